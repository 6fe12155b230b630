package tokenjson

import (
	"encoding/json"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// normaliser changes a text before it is split.
type normaliser func(text string) string

// normaliserFile holds the options of every kind of normaliser.
type normaliserFile struct {
	Parts      []json.RawMessage `json:"normalizers"`
	Charsmap   []byte            `json:"precompiled_charsmap"`
	StripLeft  bool              `json:"strip_left"`
	StripRight bool              `json:"strip_right"`
	Pattern    struct {
		String *string `json:"String"`
		Regex  *string `json:"Regex"`
	} `json:"pattern"`
	Content string `json:"content"`
	Prepend string `json:"prepend"`
	bertFile
}

func parseNormaliser(raw json.RawMessage) ([]normaliser, error) {
	kind, err := typeOf(raw)
	if err != nil || kind == "" {
		return nil, err
	}
	var f normaliserFile
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, fmt.Errorf("the normaliser in tokenizer.json cannot be read: %w", err)
	}
	if kind != "Sequence" {
		n, err := f.one(kind)
		return []normaliser{n}, err
	}
	var all []normaliser
	for _, p := range f.Parts {
		n, err := parseNormaliser(p)
		if err != nil {
			return nil, err
		}
		all = append(all, n...)
	}
	return all, nil
}

func (f *normaliserFile) one(kind string) (normaliser, error) {
	switch kind {
	case "Precompiled":
		return newCharsmap(f.Charsmap)
	case "NFC":
		return form(norm.NFC), nil
	case "NFD":
		return form(norm.NFD), nil
	case "NFKC":
		return form(norm.NFKC), nil
	case "NFKD":
		return form(norm.NFKD), nil
	case "Lowercase":
		return lowercase, nil
	case "Nmt":
		return func(text string) string { return strings.Map(nmt, text) }, nil
	case "StripAccents":
		return func(text string) string { return without(text, isMark) }, nil
	case "Strip":
		return f.strip, nil
	case "Prepend":
		return func(text string) string {
			if text == "" {
				return text
			}
			return f.Prepend + text
		}, nil
	case "Replace":
		return f.replace()
	case "BertNormalizer":
		return f.bert(), nil
	}
	return nil, unsupported("the normaliser %s", kind)
}

func (f *normaliserFile) strip(text string) string {
	if f.StripLeft {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
	}
	if f.StripRight {
		text = strings.TrimRightFunc(text, unicode.IsSpace)
	}
	return text
}

func (f *normaliserFile) replace() (normaliser, error) {
	if s := f.Pattern.String; s != nil && *s != "" {
		return func(text string) string { return strings.ReplaceAll(text, *s, f.Content) }, nil
	}
	if f.Pattern.Regex == nil {
		return nil, unsupported("the normaliser Replace without a pattern")
	}
	tree, err := syntax.Parse(*f.Pattern.Regex, syntax.Perl)
	if err != nil || !plain(tree) {
		return nil, unsupported("the normaliser Replace with the pattern %q", *f.Pattern.Regex)
	}
	pattern, err := regexp.Compile(*f.Pattern.Regex)
	if err != nil {
		return nil, err
	}
	return func(text string) string { return pattern.ReplaceAllLiteralString(text, f.Content) }, nil
}

// plain tells whether a pattern means the same in every dialect: characters
// and repetitions of them, never empty.
func plain(e *syntax.Regexp) bool {
	switch e.Op {
	case syntax.OpLiteral:
		return e.Flags&syntax.FoldCase == 0
	case syntax.OpConcat:
		for _, sub := range e.Sub {
			if !plain(sub) {
				return false
			}
		}
		return true
	case syntax.OpPlus:
		return plain(e.Sub[0])
	case syntax.OpRepeat:
		return e.Min > 0 && plain(e.Sub[0])
	}
	return false
}

// nmt is the mapping of control characters of SentencePiece's rule nmt.
func nmt(r rune) rune {
	switch {
	case r == '\t', r == '\n', r == '\f', r == '\r', r == 0x1680, r >= 0x200B && r <= 0x200F,
		r == 0x2028, r == 0x2029, r == 0x2581, r == 0xFEFF, r == 0xFFFD:
		return ' '
	case r > 0 && r < ' ', r == 0x7F, r == 0x8F, r == 0x9F:
		return -1
	}
	return r
}

// bertFile holds the options of BertNormalizer.
type bertFile struct {
	CleanText    bool  `json:"clean_text"`
	Chinese      bool  `json:"handle_chinese_chars"`
	StripAccents *bool `json:"strip_accents"`
	Lowercase    bool  `json:"lowercase"`
}

func (f bertFile) bert() normaliser {
	accents := f.Lowercase
	if f.StripAccents != nil {
		accents = *f.StripAccents
	}
	decompose := form(norm.NFD)
	return func(text string) string {
		if f.CleanText {
			text = strings.Map(bertClean, text)
		}
		if f.Chinese {
			text = isolateChinese(text)
		}
		if accents {
			text = without(decompose(text), isAccent)
		}
		if f.Lowercase {
			text = lowercase(text)
		}
		return text
	}
}

func bertClean(r rune) rune {
	switch {
	case r == '\t', r == '\n', r == '\r':
		return ' '
	case r == 0, r == 0xFFFD, isControl(r):
		return -1
	case unicode.IsSpace(r):
		return ' '
	}
	return r
}

func isolateChinese(text string) string {
	var b strings.Builder
	for _, r := range text {
		if isChinese(r) {
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func without(text string, drop func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if drop(r) {
			return -1
		}
		return r
	}, text)
}
