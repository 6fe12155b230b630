package answers

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// Request is what decides an answer, and nothing operational.
type Request struct {
	// Row is the key of the row that asks. It serves messages and lists, and is
	// no part of the key: rows with the same picture share an answer.
	Row             string
	Provider, Model string
	// BaseURL is "" for the provider's own.
	BaseURL string
	// Body is everything else that reaches the model, each picture's bytes
	// replaced by their hash, produced by the caller as the same bytes for the
	// same question. It is taken as it is given: the order of members is part of
	// it, since the order of a schema's properties matters to a model. It holds
	// no secret.
	Body []byte
	// Repeat tells apart the repeats of one question, from 0.
	Repeat int
}

// Key identifies a request.
type Key [sha256.Size]byte

// Key is the SHA-256 over the fields that decide the answer, each preceded by
// its length, so that no two different requests run together. The layout is
// part of stored answers: changing it makes all of them unfindable.
func (r Request) Key() Key {
	h := sha256.New()
	b := make([]byte, 0, 256)
	for _, s := range []string{"icono answer 1", r.Provider, r.Model, r.BaseURL} {
		b = binary.BigEndian.AppendUint64(b, uint64(len(s)))
		b = append(b, s...)
	}
	b = binary.BigEndian.AppendUint64(b, uint64(r.Repeat))
	h.Write(binary.BigEndian.AppendUint64(b, uint64(len(r.Body))))
	h.Write(r.Body)
	return Key(h.Sum(b[:0]))
}

// String is the key in hexadecimal digits.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// ParseKey reads a key's hexadecimal digits.
func ParseKey(text string) (Key, error) {
	var k Key
	if n, err := hex.Decode(k[:], []byte(text[:min(len(text), 2*len(k))])); err != nil || n != len(k) || len(text) != 2*len(k) {
		return Key{}, fmt.Errorf("%q is no key of a request: it has %d hexadecimal digits", clip(text, 80), 2*len(k))
	}
	return k, nil
}

// clip shortens a text for a message.
func clip(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most]) + "…"
}
