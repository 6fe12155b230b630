package pseudonym

import (
	"slices"
	"strings"
)

// glued is how many handles are looked for inside of longer words too: more would
// take too long.
const glued = 2000

// longWord is the length from which a handle without . _ or - is looked for inside of
// longer words: #handle2021.
const longWord = 8

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
	low := ""
	for _, h := range n.distinct() {
		if low == "" {
			low = fold(text)
		}
		if strings.Contains(low, fold(h)) && !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return out
}

// unglued replaces handles that stand inside of longer words, as programs that read
// pictures write them.
func (n *Names) unglued(text string) string {
	for _, h := range n.distinct() {
		for from := 0; ; {
			low := fold(text[from:])
			at := strings.Index(low, fold(h))
			if at < 0 || len(low) != len(text)-from { // letters whose cases differ in length
				break
			}
			to := n.key.Of(h)
			text = text[:from+at] + to + text[from+at+len(h):]
			from += at + len(to)
		}
	}
	return text
}

// distinct are the handles that no other word holds by chance.
func (n *Names) distinct() []string {
	n.once.Do(func() {
		var walk func(at *node)
		walk = func(at *node) {
			for _, m := range at.names {
				marked := strings.ContainsAny(m.text, "._-") && len(m.text) >= 5
				if m.loose && strings.ContainsFunc(m.text, isLetter) && (marked || len(m.text) >= longWord) && !n.words[fold(m.text)] {
					n.handles = append(n.handles, m.text)
				}
			}
			for _, next := range at.next {
				walk(next)
			}
		}
		walk(n.root)
		slices.Sort(n.handles)
		if len(n.handles) > glued {
			n.handles = nil
		}
	})
	return n.handles
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80 }
