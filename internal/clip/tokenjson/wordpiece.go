package tokenjson

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// wordPiece takes the longest token that a word begins with, again and again
// (Wu et al. 2016, "Google's Neural Machine Translation System", section 4.1).
type wordPiece struct {
	vocab    map[string]int64
	unknown  int64
	prefix   string // of tokens that continue a word
	maxChars int    // longer words are unknown
}

func newWordPiece(f modelFile) (*wordPiece, error) {
	w := &wordPiece{prefix: "##", maxChars: 100}
	if err := json.Unmarshal(f.Vocab, &w.vocab); err != nil {
		return nil, fmt.Errorf("the vocabulary in tokenizer.json cannot be read: %w", err)
	}
	if f.Prefix != nil {
		w.prefix = *f.Prefix
	}
	if f.MaxChars != nil {
		w.maxChars = *f.MaxChars
	}
	var ok bool
	if w.unknown, ok = w.vocab[f.UnkToken]; !ok {
		return nil, fmt.Errorf("the unknown token %q is not in the vocabulary of tokenizer.json", f.UnkToken)
	}
	return w, nil
}

func (w *wordPiece) id(token string) (int64, bool) {
	id, ok := w.vocab[token]
	return id, ok
}

// tokens implements model.
func (w *wordPiece) tokens(dst []int64, word string) ([]int64, error) {
	if utf8.RuneCountInString(word) > w.maxChars {
		return append(dst, w.unknown), nil
	}
	first := len(dst)
	for start := 0; start < len(word); {
		id, end := w.longest(word, start)
		if end == start {
			return append(dst[:first], w.unknown), nil
		}
		dst, start = append(dst, id), end
	}
	return dst, nil
}

// longest finds the longest token at start; end is start where there is none.
func (w *wordPiece) longest(word string, start int) (id int64, end int) {
	for end = len(word); end > start; {
		token := word[start:end]
		if start > 0 {
			token = w.prefix + token
		}
		if id, ok := w.vocab[token]; ok {
			return id, end
		}
		_, n := utf8.DecodeLastRuneInString(word[start:end])
		end -= n
	}
	return 0, start
}
