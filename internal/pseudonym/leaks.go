package pseudonym

import (
	"slices"
	"strings"

	ahocorasick "github.com/petar-dambovaliev/aho-corasick"
)

// longWord is the length from which a handle without . _ or - is looked for inside of
// longer words: #handle2021. Those with such a mark are from markedWord.
const (
	longWord   = 8
	markedWord = 5
)

// Leaks returns the names that stand in a text: those that Text would replace, but for
// everyday words of the study in quotes, since its categories stand in them too, and
// long handles that stand inside of a longer word.
func (n *Names) Leaks(text string) []string {
	var out []string
	for _, m := range n.Find(text) {
		if n.words[fold(m.Name)] && (m.Start == 0 || text[m.Start-1] != '@') {
			continue
		}
		out = append(out, m.Name)
	}
	for _, m := range n.inside(text) {
		if !slices.Contains(out, m.Name) {
			out = append(out, m.Name)
		}
	}
	return out
}

// unglued replaces handles that stand inside of longer words, as programs that read
// pictures write them.
func (n *Names) unglued(text string) string { return n.replaced(text, n.inside(text)) }

// glue finds handles anywhere in a text.
type glue struct {
	search  ahocorasick.AhoCorasick
	handles []string
}

// inside returns the long handles in a text, wherever they stand.
func (n *Names) inside(text string) (out []Match) {
	n.once.Do(n.prepare)
	if len(n.glue.handles) == 0 {
		return nil
	}
	low := fold(text)
	if len(low) != len(text) { // letters whose cases differ in length
		return n.insideByLetters(text)
	}
	for _, m := range n.glue.search.FindAll(low) {
		out = append(out, Match{m.Start(), m.End(), n.glue.handles[m.Pattern()]})
	}
	return out
}

// insideByLetters is inside for texts whose lower case has other lengths: places are
// found letter by letter.
func (n *Names) insideByLetters(text string) (out []Match) {
	var low strings.Builder
	var at []int // of each byte of the lower case the place of its letter
	for i, r := range text {
		before := low.Len()
		low.WriteString(fold(string(r)))
		for range low.Len() - before {
			at = append(at, i)
		}
	}
	at = append(at, len(text))
	for _, m := range n.glue.search.FindAll(low.String()) {
		if start, end := at[m.Start()], at[m.End()]; end > start {
			out = append(out, Match{start, end, n.glue.handles[m.Pattern()]})
		}
	}
	return out
}

// prepare builds the search for handles that no other word holds by chance.
func (n *Names) prepare() {
	var low []string
	var walk func(at *node)
	walk = func(at *node) {
		for _, m := range at.names {
			marked := strings.ContainsAny(m.text, "._-") && len(m.text) >= markedWord
			if m.loose && strings.ContainsFunc(m.text, isLetter) && (marked || len(m.text) >= longWord) && !n.words[fold(m.text)] {
				low = append(low, fold(m.text))
				n.glue.handles = append(n.glue.handles, m.text)
			}
		}
		for _, next := range at.next {
			walk(next)
		}
	}
	walk(n.root)
	if len(low) == 0 {
		return
	}
	b := ahocorasick.NewAhoCorasickBuilder(ahocorasick.Opts{MatchKind: ahocorasick.LeftMostLongestMatch})
	n.glue.search = b.Build(low)
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80 }
