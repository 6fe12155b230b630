package tabular

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// detectBytes is how much of a file decides on its encoding.
const detectBytes = 1 << 20

// openDecoded opens a text file as UTF-8 without byte order mark, unpacked.
func openDecoded(src Source, encoding string) (io.ReadCloser, error) {
	f, err := src.Open()
	if err != nil {
		return nil, err
	}
	var r io.Reader = f
	if strings.HasSuffix(strings.ToLower(src.Name), ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			_ = f.Close()
			return nil, fmt.Errorf("%s is no gzip file: %w", src.Name, err)
		}
		r = z
	}
	b := bufio.NewReaderSize(r, 1<<16)
	head, err := b.Peek(4)
	if err != nil && err != io.EOF {
		_ = f.Close()
		return nil, fmt.Errorf("%s cannot be read: %w", src.Name, err)
	}
	return readCloser{decoder(b, head, encoding), f}, nil
}

type readCloser struct {
	io.Reader
	io.Closer
}

// decoder turns what b holds into UTF-8.
func decoder(b *bufio.Reader, head []byte, encoding string) io.Reader {
	utf16 := func(e unicode.Endianness) io.Reader {
		return transform.NewReader(b, unicode.UTF16(e, unicode.UseBOM).NewDecoder())
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		_, _ = b.Discard(3) // peeked, so it is there
		return b
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return utf16(unicode.LittleEndian)
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return utf16(unicode.BigEndian)
	case encoding == "utf-16" || encoding == "" && len(head) >= 2 && head[0] != 0 && head[1] == 0:
		return utf16(unicode.LittleEndian)
	case encoding == "" && len(head) >= 2 && head[0] == 0 && head[1] != 0:
		return utf16(unicode.BigEndian)
	case encoding == "windows-1252":
		return transform.NewReader(b, charmap.Windows1252.NewDecoder())
	}
	return b
}

// detectEncoding decides between UTF-8 and Windows-1252 for a file that is
// neither marked nor named: what is not valid UTF-8 is Windows-1252. All of
// the file is looked at, since one umlaut may stand at its end.
func detectEncoding(src Source) (string, error) {
	r, err := openDecoded(src, "")
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }() // only read
	buf := make([]byte, detectBytes)
	kept := 0
	for {
		n, err := r.Read(buf[kept:])
		chunk := buf[:kept+n]
		// A character may be cut at the end of the chunk.
		whole := len(chunk)
		for i := 1; i <= 3 && i <= len(chunk) && err == nil; i++ {
			if utf8.RuneStart(chunk[len(chunk)-i]) {
				if !utf8.FullRune(chunk[len(chunk)-i:]) {
					whole = len(chunk) - i
				}
				break
			}
		}
		if !utf8.Valid(chunk[:whole]) {
			return "windows-1252", nil
		}
		kept = copy(buf, chunk[whole:])
		if err == io.EOF {
			return "utf-8", nil
		}
		if err != nil {
			return "", fmt.Errorf("%s cannot be read: %w", src.Name, err)
		}
	}
}
