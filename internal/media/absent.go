package media

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"icono/internal/picture"
)

// ErrStandIn is what reading a file gives that holds what only a Library may say.
var ErrStandIn = errors.New("the file says what is known of a picture, and is no picture")

// Absent are pictures whose files are not here, by the paths that a study names
// them by.
type Absent map[string]picture.Known

// absentLine is a line of the file of an Absent: a path, and what is known.
type absentLine struct {
	Path string `json:"path"`
	picture.Known
}

// Write writes the list as lines of JSON, sorted by path.
func (a Absent) Write(w io.Writer) error {
	b := bufio.NewWriter(w)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	for _, path := range slices.Sorted(maps.Keys(a)) {
		if err := e.Encode(absentLine{path, a[path]}); err != nil {
			return err
		}
	}
	return b.Flush()
}

// ReadAbsent reads what Write writes. Errors name the line: "pictures.jsonl:3: ...".
func ReadAbsent(name string, r io.Reader) (Absent, error) {
	out := Absent{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	at := 1
	for ; lines.Scan(); at++ {
		wrong := func(err error) (Absent, error) { return nil, fmt.Errorf("%s:%d: %w", name, at, err) }
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var l absentLine
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.DisallowUnknownFields()
		if err := d.Decode(&l); err != nil {
			return wrong(fmt.Errorf("this is not what is known of a picture: %w", err))
		}
		if _, twice := out[l.Path]; twice || l.Path == "" {
			return wrong(fmt.Errorf("the path %q is empty or stands in another line too", l.Path))
		}
		if err := l.Check(); err != nil {
			return wrong(err)
		}
		out[l.Path] = l.Known
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", name, at, err)
	}
	return out, nil
}

// SetAbsent has Open give a stand-in for pictures whose files are not here, by the list
// of a name. It is called before the library is used.
func (l *Library) SetAbsent(list string, a Absent) { l.list, l.absent = list, a }

// Listed is the SHA-256 of a picture by the list of SetAbsent, in hexadecimal digits,
// "" where it is not listed.
func (l *Library) Listed(path string) string { return l.absent[path].SHA256 }

// Withdraw has Open give the stand-in of a picture also where there is a file, since
// that is another picture by now. It reports whether the picture with the SHA-256, in
// hexadecimal digits, is known by the path.
func (l *Library) Withdraw(path, sha256 string) bool {
	if l.absent[path].SHA256 != sha256 {
		return false
	}
	if l.withdrawn == nil {
		l.withdrawn = map[string]bool{}
	}
	l.withdrawn[path] = true
	return true
}

// standIn is an open stand-in.
type standIn struct {
	*bytes.Reader
	known picture.Known
	list  string
}

// Close implements io.Closer.
func (standIn) Close() error { return nil }

// SHA256 is that of the picture which the stand-in stands for, in hexadecimal digits.
func (s standIn) SHA256() string { return s.known.SHA256 }

// List is the name of the list that says so.
func (s standIn) List() string { return s.list }

// inPlace opens the stand-in of a file that is not here, nil where there is none.
func (l *Library) inPlace(name string) io.ReadCloser {
	k, known := l.absent[name]
	if !known {
		return nil
	}
	return standIn{bytes.NewReader(k.StandIn()), k, l.list}
}
