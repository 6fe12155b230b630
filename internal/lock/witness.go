package lock

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"icono/internal/stage"
)

// Witness is a study that notes the sums of the files that are read through it to
// their ends. It is safe for concurrent use.
type Witness struct {
	stage.Study
	mu   sync.Mutex
	sums map[string]Sum
}

// NewWitness watches what is read of a study.
func NewWitness(s stage.Study) *Witness { return &Witness{Study: s, sums: map[string]Sum{}} }

// Open implements stage.Study.
func (w *Witness) Open(path string) (io.ReadCloser, error) {
	r, err := w.Study.Open(path)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if s, is := r.(standIn); is {
		w.sums[path] = Sum("sha256:" + s.SHA256())
		return r, nil
	}
	if _, known := w.sums[path]; known {
		return r, nil
	}
	return &watched{ReadCloser: r, sum: sha256.New(), end: func(s Sum) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.sums[path] = s
	}}, nil
}

// standIn is an open file that stands for a picture which is not here, and knows
// its sum by a list.
type standIn interface {
	SHA256() string
	List() string
}

// watched is a file that is being read.
type watched struct {
	io.ReadCloser
	sum hash.Hash
	end func(Sum)
}

// Read implements io.Reader.
func (f *watched) Read(p []byte) (int, error) {
	n, err := f.ReadCloser.Read(p)
	f.sum.Write(p[:n])
	if err == io.EOF && f.end != nil {
		f.end(sumOf(f.sum))
		f.end = nil
	}
	return n, err
}

func sumOf(h hash.Hash) Sum { return Sum("sha256:" + hex.EncodeToString(h.Sum(nil))) }

// sumText is the sum of a text.
func sumText(text string) Sum {
	h := sha256.New()
	_, _ = io.WriteString(h, text) // a hash takes everything
	return sumOf(h)
}

// SumFile is the sum of a file of a study.
func SumFile(s stage.Study, path string) (Sum, error) {
	sum, _, err := sumFile(s, path)
	return sum, err
}

// sumFile is the sum of a file of a study, and the list that tells it of a picture which
// is not here.
func sumFile(s stage.Study, path string) (sum Sum, list string, err error) {
	r, err := s.Open(path)
	if err != nil {
		return "", "", err
	}
	defer func() { _ = r.Close() }() // only read
	if s, is := r.(standIn); is {
		return Sum("sha256:" + s.SHA256()), s.List(), nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", "", err
	}
	return sumOf(h), "", nil
}

// List is the list of the files with these sums, in the form of sha256sum: 64
// hexadecimal digits, two spaces, the path. Like that program it writes a path with
// line ends or backslashes behind a backslash, as \n, \r and \\.
func List(sums map[string]Sum) []byte {
	var b strings.Builder
	escape := strings.NewReplacer("\\", `\\`, "\n", `\n`, "\r", `\r`)
	for _, path := range slices.Sorted(maps.Keys(sums)) {
		escaped := escape.Replace(path)
		if escaped != path {
			b.WriteByte('\\')
		}
		fmt.Fprintf(&b, "%s  %s\n", strings.TrimPrefix(string(sums[path]), "sha256:"), escaped)
	}
	return []byte(b.String())
}

// ParseList reads what List writes. The error names the line.
func ParseList(text string) (map[string]Sum, error) {
	sums := map[string]Sum{}
	unescape := strings.NewReplacer(`\\`, "\\", `\n`, "\n", `\r`, "\r")
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if line == "" && text == "" {
			break
		}
		rest, escaped := strings.CutPrefix(line, `\`)
		digits, path, ok := strings.Cut(rest, "  ")
		sum := Sum("sha256:" + digits)
		if escaped {
			path = unescape.Replace(path)
		}
		if _, twice := sums[path]; !ok || twice || path == "" || !sumForm.MatchString(string(sum)) {
			return nil, fmt.Errorf("line %d is not a SHA-256, two spaces and a path that no other line has", i+1)
		}
		sums[path] = sum
	}
	return sums, nil
}
