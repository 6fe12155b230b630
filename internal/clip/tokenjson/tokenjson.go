// Package tokenjson turns phrases into token ids as a tokenizer.json says, the
// file in which Hugging Face's library "tokenizers" keeps a tokenizer.
//
// It computes what that library's version 0.23 computes, for the parts that
// multilingual text towers use: Unigram models (SentencePiece, as in
// XLM-RoBERTa) and WordPiece models (as in multilingual BERT), the normalisers
// and pre-tokenisers that go with them, added tokens, and what frames a text.
// A file that asks for another part is refused by name: nothing is computed
// nearly.
package tokenjson

import (
	"fmt"
	"strings"
)

// Tokenizer is never changed after Parse and may be used by many goroutines.
type Tokenizer struct {
	added     addedTokens
	normalise []normaliser
	split     []splitter
	model     model
	before    []int64 // special tokens before the text
	after     []int64 // and behind it
	pad       int64
	hasPad    bool
	length    int
	ids       func(token string) (int64, bool)
}

// model turns a piece of text into ids.
type model interface {
	tokens(dst []int64, piece string) ([]int64, error)
	id(token string) (int64, bool)
}

// Tokens returns the ids of a text of any length, with the special tokens that
// frame it and without padding. Bytes that are not UTF-8 count as U+FFFD.
func (t *Tokenizer) Tokens(text string) ([]int64, error) {
	text = strings.ToValidUTF8(text, "\uFFFD")
	ids := append([]int64(nil), t.before...)
	for _, part := range t.added.raw.cut(text) {
		if part.token {
			ids = append(ids, part.id)
			continue
		}
		clean := part.text
		for _, n := range t.normalise {
			clean = n(clean)
		}
		for _, part := range t.added.clean.cut(clean) {
			if part.token {
				ids = append(ids, part.id)
				continue
			}
			var err error
			if ids, err = t.pieces(ids, part.text); err != nil {
				return nil, err
			}
		}
	}
	return append(ids, t.after...), nil
}

// pieces appends the ids of normalised text without added tokens.
func (t *Tokenizer) pieces(ids []int64, text string) ([]int64, error) {
	pieces := []string{text}
	for _, split := range t.split {
		var next []string
		for _, p := range pieces {
			next = split(next, p)
		}
		pieces = next
	}
	for _, p := range pieces {
		if p == "" {
			continue
		}
		var err error
		if ids, err = t.model.tokens(ids, p); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// Frame is the number of special tokens around a text.
func (t *Tokenizer) Frame() int { return len(t.before) + len(t.after) }

// Pad is the id that fills up short texts, if the file names one.
func (t *Tokenizer) Pad() (id int64, ok bool) { return t.pad, t.hasPad }

// Length is the number of positions that the file cuts or fills texts to, 0
// where it names none.
func (t *Tokenizer) Length() int { return t.length }

// ID is the id of a token of the vocabulary.
func (t *Tokenizer) ID(token string) (int64, bool) { return t.ids(token) }

// UnsupportedError reports a part of a tokenizer.json that is not computed
// here.
type UnsupportedError struct{ Part string }

// Error names the part.
func (e *UnsupportedError) Error() string {
	return "the tokenizer uses " + e.Part + ", which icono does not compute"
}

func unsupported(format string, args ...any) error {
	return &UnsupportedError{Part: fmt.Sprintf(format, args...)}
}
