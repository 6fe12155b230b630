package answers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// shortestSecret is the length in bytes from which a secret is looked for:
// local servers take words such as "ollama" for a key.
const shortestSecret = 16

// forms are the ways in which secrets can stand in a text or in JSON.
func forms(secrets []string) []string {
	var all []string
	for _, secret := range secrets {
		if len(secret) < shortestSecret {
			continue
		}
		all = append(all, secret)
		for _, escape := range []bool{false, true} { // of <, > and &
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(escape)
			if e.Encode(secret) == nil {
				all = append(all, b.String()[1:b.Len()-2]) // without quotes and line end
			}
		}
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) }) // one may hold another
	return all
}

func (s *Session) hide(text string) string {
	for _, form := range s.secrets {
		text = strings.ReplaceAll(text, form, "[secret]")
	}
	return text
}

// text is a text as it is kept: without secrets, and valid UTF-8.
func (s *Session) text(t string) string { return strings.ToValidUTF8(s.hide(t), "\uFFFD") }

// check refuses a request that must not be stored.
func (s *Session) check(r Request) error {
	if r.Repeat < 0 {
		return fmt.Errorf("row %q: repeat %d: repeats count from 0", r.Row, r.Repeat)
	}
	names := []string{r.Row, r.Provider, r.Model, r.BaseURL}
	for _, name := range names {
		if !utf8.ValidString(name) {
			return fmt.Errorf("row %q: %q is not valid UTF-8", r.Row, name)
		}
	}
	for _, form := range s.secrets {
		if bytes.Contains(r.Body, []byte(form)) || strings.Contains(strings.Join(names, "\x00"), form) {
			return fmt.Errorf("row %q: the request itself holds a secret (a key or a password); it would be stored and shared with the answers: take it out of the prompt, the address or the data", s.hide(r.Row))
		}
	}
	return nil
}

// clean brings an answer into the form in which it is kept.
func (s *Session) clean(a Answer) Answer {
	if len(s.secrets) > 0 {
		a.Body = []byte(s.hide(string(a.Body)))
	}
	a.Model, a.Note, a.Body = s.text(a.Model), s.text(a.Note), compact(a.Body)
	return a
}

func (s *Session) cleanFault(f *FaultError) *FaultError {
	g := *f
	g.Reason, g.Raw = s.text(f.Reason), compact([]byte(s.hide(string(f.Raw))))
	return &g
}
