package chat

import (
	"encoding/base64"
	"encoding/binary"
	"io"
)

// body is a request as it is sent. Its pictures are put into base64 as they are
// read: they are the most of a request, and are never held as text.
type body struct {
	letters *alphabet
	pieces  []piece
	size    int64
}

// piece is a text and, after it, a file that stands in base64.
type piece struct{ text, file []byte }

func (b *body) add(text, file []byte) {
	b.pieces = append(b.pieces, piece{text, file})
	b.size += int64(len(text) + base64.StdEncoding.EncodedLen(len(file)))
}

// open returns the body from its beginning.
func (b *body) open() (io.ReadCloser, error) {
	return &bodyReader{letters: b.letters, rest: b.pieces}, nil
}

// text is the whole body.
func (b *body) text() []byte {
	out := make([]byte, b.size)
	n := 0
	for _, p := range b.pieces {
		n += copy(out[n:], p.text)
		n += b.letters.encode(out[n:], p.file)
	}
	return out
}

// bodyReader reads a body.
type bodyReader struct {
	letters *alphabet
	piece           // what is left of the first
	rest    []piece // those after it
	left    []byte  // of a group that was longer than what was read last
	held    [4]byte
}

func (r *bodyReader) Close() error { return nil }

func (r *bodyReader) Read(p []byte) (n int, err error) {
	for n < len(p) {
		k := 0
		switch room := p[n:]; {
		case len(r.left) > 0:
			k = copy(room, r.left)
			r.left = r.left[k:]
		case len(r.text) > 0:
			k = copy(room, r.text)
			r.text = r.text[k:]
		case len(r.file) > 0 && len(room) >= 4:
			groups := min(len(room)/4*3, len(r.file))
			k = r.letters.encode(room, r.file[:groups])
			r.file = r.file[groups:]
		case len(r.file) > 0:
			group := min(3, len(r.file))
			r.left = r.held[:r.letters.encode(r.held[:], r.file[:group])]
			r.file = r.file[group:]
		case len(r.rest) > 0:
			r.piece, r.rest = r.rest[0], r.rest[1:]
		default:
			if n == 0 {
				return 0, io.EOF
			}
			return n, nil
		}
		n += k
	}
	return n, nil
}

// alphabet writes base64: it has the two characters that stand for each twelve
// bits.
type alphabet [1 << 12]uint16

func newAlphabet() *alphabet {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	a := &alphabet{}
	for i := range a {
		a[i] = uint16(letters[i>>6]) | uint16(letters[i&63])<<8
	}
	return a
}

// encode is base64.StdEncoding.Encode in half the time, which is most of what it
// costs to ask about a picture. It returns how much it wrote.
func (a *alphabet) encode(to, from []byte) int {
	n := base64.StdEncoding.EncodedLen(len(from))
	for ; len(from) >= 8 && len(to) >= 8; to, from = to[8:], from[6:] {
		v := binary.BigEndian.Uint64(from)
		binary.LittleEndian.PutUint64(to, uint64(a[v>>52])|uint64(a[v>>40&0xfff])<<16|uint64(a[v>>28&0xfff])<<32|uint64(a[v>>16&0xfff])<<48)
	}
	base64.StdEncoding.Encode(to, from)
	return n
}
