package tokenjson

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// splitter appends the pieces of a text, none of them empty.
type splitter func(dst []string, text string) []string

// splitterFile holds the options of every kind of pre-tokeniser.
type splitterFile struct {
	Parts       []json.RawMessage `json:"pretokenizers"`
	Replacement string            `json:"replacement"`
	AddPrefix   *bool             `json:"add_prefix_space"`
	Prepend     string            `json:"prepend_scheme"`
	Split       *bool             `json:"split"`
}

func parseSplitter(raw json.RawMessage) ([]splitter, error) {
	kind, err := typeOf(raw)
	if err != nil || kind == "" {
		return nil, err
	}
	var f splitterFile
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, fmt.Errorf("the pre-tokeniser in tokenizer.json cannot be read: %w", err)
	}
	switch kind {
	case "Sequence":
		var all []splitter
		for _, p := range f.Parts {
			s, err := parseSplitter(p)
			if err != nil {
				return nil, err
			}
			all = append(all, s...)
		}
		return all, nil
	case "WhitespaceSplit":
		return []splitter{func(dst []string, text string) []string {
			return append(dst, strings.FieldsFunc(text, unicode.IsSpace)...)
		}}, nil
	case "BertPreTokenizer":
		return []splitter{bertSplit}, nil
	case "Metaspace":
		s, err := f.metaspace()
		return []splitter{s}, err
	}
	return nil, unsupported("the pre-tokeniser %s", kind)
}

// metaspace writes spaces as a visible character, puts one before the text,
// and splits before each.
func (f *splitterFile) metaspace() (splitter, error) {
	mark, split := f.Replacement, f.Split == nil || *f.Split
	if utf8.RuneCountInString(mark) != 1 {
		return nil, fmt.Errorf("the pre-tokeniser Metaspace replaces spaces by %q, which is not one character", mark)
	}
	prepend := f.Prepend != "never"
	switch f.Prepend {
	case "":
		prepend = f.AddPrefix == nil || *f.AddPrefix
	case "always", "never":
	default:
		return nil, unsupported("the pre-tokeniser Metaspace with prepend_scheme %q", f.Prepend)
	}
	return func(dst []string, text string) []string {
		text = strings.ReplaceAll(text, " ", mark)
		if prepend && !strings.HasPrefix(text, mark) {
			text = mark + text
		}
		for split && text != "" {
			_, first := utf8.DecodeRuneInString(text)
			next := strings.Index(text[first:], mark)
			if next < 0 {
				break
			}
			dst, text = append(dst, text[:first+next]), text[first+next:]
		}
		if text == "" {
			return dst
		}
		return append(dst, text)
	}, nil
}

// bertSplit splits at white space and makes each punctuation mark a piece.
func bertSplit(dst []string, text string) []string {
	start := 0
	for at, r := range text {
		space, mark := unicode.IsSpace(r), isPunctuation(r)
		if !space && !mark {
			continue
		}
		if start < at {
			dst = append(dst, text[start:at])
		}
		start = at + utf8.RuneLen(r)
		if mark {
			dst = append(dst, text[at:start])
		}
	}
	if start < len(text) {
		dst = append(dst, text[start:])
	}
	return dst
}
