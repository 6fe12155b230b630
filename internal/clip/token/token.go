// Package token turns phrases into the token ids that CLIP's text tower reads.
//
// It computes what Hugging Face's fast CLIP tokenizer computes for OpenAI's
// vocabulary: the special tokens written in a text are recognised, the rest is
// brought to NFC, every run of Unicode white space becomes one space, each
// character is lower-cased by itself (İ becomes i and U+0307, Σ becomes σ also
// at a word's end), the text is split into contractions, runs of letters,
// single digits and runs of anything else, and each piece is merged by
// byte-pair encoding.
package token

import (
	"fmt"
	"iter"
	"strings"
)

// The frame that CLIP's text tower expects.
const (
	Length = 77    // positions, both special tokens included
	Limit  = 75    // tokens that a phrase may have
	Start  = 49406 // <|startoftext|>
	End    = 49407 // <|endoftext|>, also the padding
	Size   = 49408 // number of token ids
)

// The special tokens as they may stand in a text. As in the published
// tokenizer files, the end token is recognised in the text as written, the
// start token after normalisation, so in any case of its letters.
const (
	startText = "<|startoftext|>"
	endText   = "<|endoftext|>"
)

// TooLong reports a phrase with more tokens than CLIP reads. Nothing is cut
// off silently.
type TooLong struct {
	Tokens int // tokens of the phrase, without the two that frame it
	Limit  int // tokens that fit
}

func (e *TooLong) Error() string {
	return fmt.Sprintf("the phrase has %d tokens, CLIP reads at most %d: shorten it", e.Tokens, e.Limit)
}

// Tokenizer holds the vocabulary. It is never changed after New and may be
// used by many goroutines at once.
type Tokenizer struct {
	bytes  [256]int32     // the id of each byte
	merges map[pair]int32 // the id that two neighbouring tokens become
}

// New loads the embedded vocabulary, which takes some milliseconds: make one
// tokenizer and keep it. An error means that the program was built wrongly.
func New() (*Tokenizer, error) {
	bytes := byteIDs()
	merges, err := readMerges(vocabulary, bytes)
	if err != nil {
		return nil, err
	}
	return &Tokenizer{bytes: bytes, merges: merges}, nil
}

// Encode returns the Length ids that the text tower reads: Start, the tokens of
// the text, End, and End again up to the end. n counts the tokens in use, both
// special ones included: 2 for an empty text. An attention mask is n ones
// followed by zeros. OpenAI's own code pads with 0; the tower reads its answer
// at the first End and looks backwards only, so the padding never matters to
// CLIP, and Hugging Face's choice is the one that exported models are tested
// with. A text of more than Limit tokens is a *TooLong.
func (t *Tokenizer) Encode(text string) (ids []int64, n int, err error) {
	tokens := t.Tokens(text)
	if len(tokens) > Limit {
		return nil, 0, &TooLong{Tokens: len(tokens), Limit: Limit}
	}
	ids = make([]int64, 0, Length)
	ids = append(ids, Start)
	ids = append(ids, tokens...)
	n = len(ids) + 1
	for len(ids) < Length {
		ids = append(ids, End)
	}
	return ids, n, nil
}

// Tokens returns the tokens of a text of any length, without the frame and
// without padding. Bytes that are not UTF-8 count as U+FFFD, one for each
// maximal part of a character, as Python's and browsers' decoders have it.
func (t *Tokenizer) Tokens(text string) []int64 {
	var ids []int64
	text = repair(text)
	for raw, end := range parts(text, endText) {
		if end {
			ids = append(ids, End)
			continue
		}
		for clean, start := range parts(normalise(raw), startText) {
			if start {
				ids = append(ids, Start)
				continue
			}
			for piece := range pieces(clean) {
				ids = t.merge(ids, piece)
			}
		}
	}
	return ids
}

// parts yields text cut at each occurrence of special, and the occurrences
// with true.
func parts(text, special string) iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		for {
			before, after, found := strings.Cut(text, special)
			if before != "" && !yield(before, false) {
				return
			}
			if !found || !yield(special, true) {
				return
			}
			text = after
		}
	}
}
