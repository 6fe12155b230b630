package tokenjson

import (
	"fmt"
	"strings"
	"unicode"
)

// addedToken is a token that is recognised in a text as it stands.
type addedToken struct {
	ID         int64  `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"`
	LeftStrip  bool   `json:"lstrip"`
	RightStrip bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"`
}

// addedTokens are looked for in the text as it is written and, those that are
// so marked, in the normalised text.
type addedTokens struct{ raw, clean finder }

func newAdded(all []addedToken, m model, normalise []normaliser) (addedTokens, error) {
	var out addedTokens
	for _, a := range all {
		if a.SingleWord {
			return out, unsupported("the added token %q only as a whole word (single_word)", a.Content)
		}
		if id, ok := m.id(a.Content); ok && id != a.ID {
			return out, fmt.Errorf("the added token %q has the id %d, and %d in the vocabulary", a.Content, a.ID, id)
		}
		if !a.Normalized {
			out.raw = out.raw.with(a)
			continue
		}
		for _, n := range normalise {
			a.Content = n(a.Content)
		}
		out.clean = out.clean.with(a)
	}
	return out, nil
}

// finder looks for tokens; at one place the longest counts.
type finder []addedToken

func (f finder) with(a addedToken) finder {
	if a.Content == "" {
		return f
	}
	return append(f, a)
}

// part is a stretch of text, or a token in it.
type part struct {
	text  string
	id    int64
	token bool
}

// cut splits a text at the tokens in it. A token may take the white space
// beside it with it.
func (f finder) cut(text string) []part {
	var out []part
	done := 0
	for at := 0; at < len(text); {
		found := -1
		for i, a := range f {
			if strings.HasPrefix(text[at:], a.Content) && (found < 0 || len(a.Content) > len(f[found].Content)) {
				found = i
			}
		}
		if found < 0 {
			at++
			continue
		}
		start, end := at, at+len(f[found].Content)
		at = end
		if f[found].LeftStrip {
			start = max(done, len(strings.TrimRightFunc(text[:start], unicode.IsSpace)))
		}
		if f[found].RightStrip {
			end = len(text) - len(strings.TrimLeftFunc(text[end:], unicode.IsSpace))
		}
		if done < start {
			out = append(out, part{text: text[done:start]})
		}
		out = append(out, part{id: f[found].ID, token: true})
		done = end
	}
	if done < len(text) {
		out = append(out, part{text: text[done:]})
	}
	return out
}
