package pseudonym

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	ahocorasick "github.com/petar-dambovaliev/aho-corasick"
)

// longWord is the length from which a handle without . _ or - is looked for inside of
// longer words: #handle2021. Those with such a mark are from markedWord.
const (
	longWord   = 8
	markedWord = 5
)

// Ids are looked for inside of longer words from this length to that, and so many of
// them: addresses are found as a whole.
const (
	longID    = 10
	longestID = 60
	mostIDs   = 200_000
)

// Leaks returns the names that stand in a text: those that Text would replace, but for
// everyday words of the study in quotes, since its categories stand in them too, and
// long handles that stand inside of a longer word.
func (n *Names) Leaks(text string) []string {
	var out []string
	for _, text := range append(readings(text), text) {
		for _, m := range n.Find(text) {
			if n.words[fold(m.Name)] && (m.Start == 0 || text[m.Start-1] != '@' && text[m.Start-1] != '#') {
				continue
			}
			out = append(out, m.Name)
		}
		for _, m := range n.inside(text) {
			out = append(out, m.Name)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out
}

// unglued replaces handles that stand inside of longer words, as programs that read
// pictures write them.
func (n *Names) unglued(text string) string { return n.replaced(text, n.inside(text)) }

// glue finds handles anywhere in a text.
type glue struct {
	search  ahocorasick.AhoCorasick
	handles [][]name // of each of its patterns
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
	sealed := opaque(text)
	for _, m := range n.glue.search.FindAll(low) {
		if g, is := n.glue.name(m.Pattern(), text, m.Start(), m.End()); is && !within(sealed, m.Start()) {
			out = append(out, Match{m.Start(), m.End(), g.of})
		}
	}
	return out
}

// name is the name that a pattern found at a place in a text.
func (g *glue) name(pattern int, text string, start, end int) (name, bool) {
	all := g.handles[pattern]
	if i := slices.IndexFunc(all, func(m name) bool { return m.matches(text, start, end) }); i >= 0 {
		return all[i], true
	}
	return name{}, false
}

// matches reports whether a place in a text is a name that may stand in a longer word.
func (m name) matches(text string, start, end int) bool {
	return m.loose || text[start:end] == m.text && m.fits(text, start, end)
}

// fits reports whether a place in a text is a name, and no part of a longer number. An
// id of few digits stands between other characters than letters.
func (m name) fits(text string, start, end int) bool {
	if m.loose {
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	first, _ := utf8.DecodeRuneInString(text[start:])
	last, _ := utf8.DecodeLastRuneInString(text[:end])
	few := len(m.text) < longID
	apart := func(inner, outer rune) bool {
		return sortOf(inner) == other || sortOf(outer) == other || sortOf(inner) != sortOf(outer) && !few
	}
	return apart(first, before) && apart(last, after)
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
		start, end := at[m.Start()], at[m.End()]
		if g, is := n.glue.name(m.Pattern(), text, start, end); is && end > start {
			out = append(out, Match{start, end, g.of})
		}
	}
	return out
}

// prepare builds the search for handles that no other word holds by chance.
func (n *Names) prepare() {
	var low []string
	ids, known := 0, map[string]int{}
	var walk func(at *node)
	walk = func(at *node) {
		for _, m := range at.names {
			marked := strings.ContainsAny(m.text, "._-") && len(m.text) >= markedWord
			long := m.loose && strings.ContainsFunc(m.text, isLetter) && (marked || len(m.text) >= longWord)
			if !m.loose && len(m.text) >= longID && len(m.text) <= longestID && ids < mostIDs {
				long = true
				ids++
			}
			if !long || n.words[fold(m.text)] {
				continue
			}
			for _, text := range written(m.text) {
				at, is := known[fold(text)]
				if !is {
					at = len(low)
					known[fold(text)] = at
					low, n.glue.handles = append(low, fold(text)), append(n.glue.handles, nil)
				}
				n.glue.handles[at] = append(n.glue.handles[at], m)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(at.next)) {
			walk(at.next[key])
		}
	}
	walk(n.root)
	if len(low) == 0 {
		return
	}
	b := ahocorasick.NewAhoCorasickBuilder(ahocorasick.Opts{MatchKind: ahocorasick.LeftMostLongestMatch})
	n.glue.search = b.Build(low)
}

// written are the texts that a way of writing stands for, with the same between all parts.
func written(text string) []string {
	if !strings.Contains(text, gap) {
		return []string{text}
	}
	var out []string
	for _, mark := range []string{"", " ", "_", ".", "-"} {
		out = append(out, strings.ReplaceAll(text, gap, mark))
	}
	return out
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80 }
