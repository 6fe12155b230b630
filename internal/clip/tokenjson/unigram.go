package tokenjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// unknownPenalty is how much less probable (natural logarithm) an unknown
// character is than the least probable token, as in SentencePiece.
const unknownPenalty = 10

// errNoUnknown says that a text has characters that the model cannot express.
var errNoUnknown = errors.New("the text has characters that the tokenizer does not know, and it has no token for unknown ones")

// unigram finds the most probable sequence of tokens (Kudo 2018, "Subword
// Regularization", section 3).
type unigram struct {
	scores  map[string]scored
	longest int // bytes of the longest token
	unknown int64
	hasUnk  bool
	lowest  float64
	bytes   bool // unknown characters become tokens of their bytes
}

type scored struct {
	id    int64
	score float64
}

// vocabulary entries are pairs of token and score.
type entry struct {
	token string
	score float64
}

// UnmarshalJSON implements json.Unmarshaler.
func (e *entry) UnmarshalJSON(text []byte) error {
	pair := []any{&e.token, &e.score}
	if err := json.Unmarshal(text, &pair); err != nil {
		return err
	}
	if len(pair) != 2 {
		return fmt.Errorf("%s is no pair of token and score", text)
	}
	return nil
}

func newUnigram(f modelFile) (*unigram, error) {
	var vocab []entry
	if err := json.Unmarshal(f.Vocab, &vocab); err != nil {
		return nil, fmt.Errorf("the vocabulary in tokenizer.json cannot be read: %w", err)
	}
	u := &unigram{scores: make(map[string]scored, len(vocab)), lowest: math.Inf(1), bytes: f.ByteFallback}
	if f.UnkID != nil {
		if *f.UnkID < 0 || *f.UnkID >= len(vocab) {
			return nil, fmt.Errorf("the unknown token is number %d of a vocabulary of %d", *f.UnkID, len(vocab))
		}
		u.unknown, u.hasUnk = int64(*f.UnkID), true
	}
	for i, e := range vocab {
		u.scores[e.token] = scored{int64(i), e.score}
		u.longest = max(u.longest, len(e.token))
		u.lowest = min(u.lowest, e.score)
	}
	return u, nil
}

func (u *unigram) id(token string) (int64, bool) {
	s, ok := u.scores[token]
	return s.id, ok
}

// node is the best way to a position of the text.
type node struct {
	score float64
	start int // of the last token; -1 where no way leads here
	id    int64
}

// tokens implements model: Viterbi's algorithm over the positions of
// characters. Of equally probable ways the one found first stays.
func (u *unigram) tokens(dst []int64, text string) ([]int64, error) {
	best := make([]node, len(text)+1)
	for i := range best {
		best[i].start = -1
	}
	for at := 0; at < len(text); {
		_, width := utf8.DecodeRuneInString(text[at:])
		here, single := best[at].score, false
		reach := func(end int, score float64, id int64) {
			if n := &best[end]; n.start < 0 || score > n.score {
				*n = node{score, at, id}
			}
		}
		for end := at; end < len(text) && end-at < u.longest; {
			_, n := utf8.DecodeRuneInString(text[end:])
			end += n
			if s, ok := u.scores[text[at:end]]; ok {
				reach(end, s.score+here, s.id)
				single = single || end == at+width
			}
		}
		if !single {
			if !u.hasUnk {
				return nil, errNoUnknown
			}
			reach(at+width, u.lowest-unknownPenalty+here, u.unknown)
		}
		at += width
	}
	return u.emit(dst, text, best)
}

// emit walks the best way; unknown characters beside each other are one.
func (u *unigram) emit(dst []int64, text string, best []node) ([]int64, error) {
	var ends []int // of the tokens, from the last
	for at := len(text); at > 0; {
		ends = append(ends, at)
		known := !u.hasUnk || best[at].id != u.unknown
		at = best[at].start
		for !known && at > 0 && best[at].id == u.unknown {
			at = best[at].start
		}
	}
	start := 0
	for i := len(ends) - 1; i >= 0; i-- {
		var err error
		if dst, err = u.emitOne(dst, text[start:ends[i]]); err != nil {
			return nil, err
		}
		start = ends[i]
	}
	return dst, nil
}

func (u *unigram) emitOne(dst []int64, token string) ([]int64, error) {
	if s, ok := u.scores[token]; ok {
		return append(dst, s.id), nil
	}
	if u.bytes {
		if ids, ok := u.byteIDs(token); ok {
			return append(dst, ids...), nil
		}
	}
	if !u.hasUnk {
		return nil, errNoUnknown
	}
	return append(dst, u.unknown), nil
}

func (u *unigram) byteIDs(token string) ([]int64, bool) {
	ids := make([]int64, len(token))
	for i := range len(token) {
		s, ok := u.scores[fmt.Sprintf("<0x%02X>", token[i])]
		if !ok {
			return nil, false
		}
		ids[i] = s.id
	}
	return ids, true
}
