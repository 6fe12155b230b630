package tabular

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Sizes in bytes of what is looked at for the encoding: at once, and in all
// where a sample must do.
const (
	detectBytes = 1 << 18
	detectMost  = 4 << 20
)

// openDecoded opens a text file as UTF-8 without byte order mark, unpacked if
// it is a gzip or xz file.
func openDecoded(src Source, encoding string) (io.ReadCloser, error) {
	b, closer, err := openUnpacked(src)
	if err != nil {
		return nil, err
	}
	head, err := b.Peek(4)
	if err != nil && err != io.EOF {
		_ = closer.Close()
		return nil, fmt.Errorf("%s cannot be read: %w", src.Name, err)
	}
	return readCloser{decoder(b, head, encoding), closer}, nil
}

type readCloser struct {
	io.Reader
	io.Closer
}

// decoder turns what b holds into UTF-8. A byte order mark decides, then
// encoding; UTF-16 without a mark shows by the zero in its first character.
func decoder(b *bufio.Reader, head []byte, encoding string) io.Reader {
	utf16 := func(e unicode.Endianness) io.Reader {
		return transform.NewReader(&pairs{r: b}, unicode.UTF16(e, unicode.UseBOM).NewDecoder())
	}
	wide := encoding == "" || encoding == "utf-16"
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		_, _ = b.Discard(3) // peeked, so it is there
		return b
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return utf16(unicode.LittleEndian)
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return utf16(unicode.BigEndian)
	case wide && len(head) >= 2 && head[0] == 0 && head[1] != 0:
		return utf16(unicode.BigEndian)
	case encoding == "utf-16" || wide && len(head) >= 2 && head[0] != 0 && head[1] == 0:
		return utf16(unicode.LittleEndian)
	case encoding == "windows-1252":
		return transform.NewReader(b, charmap.Windows1252.NewDecoder())
	}
	return b
}

// pairs reads UTF-16, which has two bytes a unit: an odd one at the end is an
// error, since the decoder would make a character of its own of it.
type pairs struct {
	r   io.Reader
	odd bool
}

var errOddByte = errors.New("it is UTF-16, and ends within a character: the file was cut off")

// Read implements io.Reader.
func (p *pairs) Read(buf []byte) (int, error) {
	n, err := p.r.Read(buf)
	p.odd = p.odd != (n%2 == 1)
	if err == io.EOF && p.odd {
		err = errOddByte
	}
	return n, err
}

// detectEncoding checks that a file is UTF-8 or as marked, and decides between
// that ("") and Windows-1252 where no encoding is named: what is not
// valid UTF-8 is Windows-1252, unless much of it is UTF-8 beyond ASCII, which
// no text in Windows-1252 is. All of the file is looked at, since one umlaut
// may stand at its end; the first of it where a sample must do.
func detectEncoding(src Source, encoding string, sample bool) (string, error) {
	r, err := openDecoded(src, encoding)
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }() // only read
	var in io.Reader = r
	if sample {
		in = io.LimitReader(r, detectMost)
	}
	e := evidence{line: 1}
	buf := make([]byte, detectBytes)
	kept := 0
	for {
		n, err := in.Read(buf[kept:])
		if err != nil && err != io.EOF {
			return "", fmt.Errorf("%s cannot be read: %w", src.Name, err)
		}
		used := e.add(buf[:kept+n], err == io.EOF && !sample)
		kept = copy(buf, buf[used:kept+n])
		if err == io.EOF {
			break
		}
	}
	switch {
	case e.broken == 0:
		return encoding, nil // UTF-8, or as marked
	case encoding == "" && e.broken > e.wide:
		return "windows-1252", nil
	}
	return "", fmt.Errorf("%s:%d: not UTF-8: the byte 0x%02X in %q belongs to no character; save the file as UTF-8, or set `encoding: windows-1252`", src.Name, e.at, e.culprit, e.excerpt)
}

// evidence is what speaks for and against a text being UTF-8.
type evidence struct {
	wide   int64 // bytes of characters beyond their first
	broken int64 // bytes that belong to no character
	line   int   // of the next byte
	// Of the first such byte:
	at      int // its line
	culprit byte
	excerpt string
}

// add looks at a chunk and returns how much of it: a character that is cut at
// its end is left for the next, unless this is the last.
func (e *evidence) add(chunk []byte, last bool) int {
	if !last {
		chunk = chunk[:whole(chunk)]
	}
	if utf8.Valid(chunk) {
		e.line += bytes.Count(chunk, []byte{'\n'})
		e.wide += int64(len(chunk) - utf8.RuneCount(chunk))
		return len(chunk)
	}
	for i := 0; i < len(chunk); {
		r, size := utf8.DecodeRune(chunk[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			if e.broken++; e.broken == 1 {
				e.at, e.culprit = e.line, chunk[i]
				e.excerpt = around(chunk, i)
			}
		case r == '\n':
			e.line++
		default:
			e.wide += int64(size - 1)
		}
		i += size
	}
	return len(chunk)
}

// around is what stands about an offset in its line.
func around(chunk []byte, i int) string {
	before, after := chunk[max(0, i-20):i], chunk[i:min(len(chunk), i+20)]
	before = before[bytes.LastIndexByte(before, '\n')+1:]
	if end := bytes.IndexByte(after, '\n'); end >= 0 {
		after = after[:end]
	}
	return strings.ToValidUTF8(string(before)+string(after), "\ufffd")
}

// whole is the length of a chunk without a character that is cut at its end.
func whole(chunk []byte) int {
	for i := 1; i < utf8.UTFMax && i <= len(chunk); i++ {
		if at := len(chunk) - i; utf8.RuneStart(chunk[at]) {
			if !utf8.FullRune(chunk[at:]) {
				return at
			}
			break
		}
	}
	return len(chunk)
}
