package pseudonym

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Match is a name in a text: its bytes from Start to End, and the name as it was
// added.
type Match struct {
	Start, End int
	Name       string
}

// Find returns the names in a text that Text would replace, in order.
func (n *Names) Find(text string) []Match {
	if n.root.next == nil {
		return nil
	}
	all, sealed := atoms(text), opaque(text)
	var out []Match
	for i := 0; i < len(all); {
		end, found := n.longest(text, all, i)
		if end == i {
			end, found = n.phone(text, all, i)
		}
		if end == i || within(sealed, all[i].start) || !found.fits(text, all[i].start, all[end-1].end) || byChance(text, all[i].start, all[end-1].end) {
			i++
			continue
		}
		out = append(out, Match{all[i].start, all[end-1].end, found.of})
		i = end
	}
	return out
}

// longest returns the longest name that begins at an atom, and the atom behind it.
func (n *Names) longest(text string, all []atom, i int) (end int, found name) {
	end = i
	if n.root.next[fold(text[all[i].start:all[i].end])] == nil {
		return end, found // as nearly everywhere
	}
	var walk func(at *node, j int, written string)
	walk = func(at *node, j int, written string) {
		if j == len(all) || at.next == nil {
			return
		}
		if behind := at.next[gap]; behind != nil {
			walk(behind, j, written)
			if between(text, all, j) {
				walk(behind, j+1, written)
			}
		}
		a := text[all[j].start:all[j].end]
		if j > i && fold(a) == " " && (mark(text, all, j-1) || mark(text, all, j+1) || spaceless(text, all, j-1) && spaceless(text, all, j+1)) {
			walk(at, j+1, written) // programs that read pictures put spaces around . and _
		}
		if j > i && (invisible(a) || fold(a) == " " && fold(text[all[j-1].start:all[j-1].end]) == " ") {
			walk(at, j+1, written)
			return
		}
		next := at.next[fold(a)]
		if next == nil {
			return
		}
		written += a
		for _, m := range next.names {
			if j+1 > end && (m.loose || m.text == written) && !(n.words[fold(m.text)] && n.stays(text, all[i].start, all[j].end)) {
				end, found = j+1, m
				break
			}
		}
		walk(next, j+1, written)
	}
	walk(n.root, i, "")
	return end, found
}

// invisible reports whether an atom is a character that nobody sees, such as a zero-width
// space.
func invisible(a string) bool {
	r, n := utf8.DecodeRuneInString(a)
	return n == len(a) && unicode.Is(unicode.Cf, r)
}

// between reports whether an atom can stand between the parts of a name.
func between(text string, all []atom, i int) bool {
	return strings.Contains(" ._-'", fold(text[all[i].start:all[i].end]))
}

// mark reports whether an atom is one of the marks that names have.
func mark(text string, all []atom, i int) bool {
	return i < len(all) && all[i].end == all[i].start+1 && strings.IndexByte("._-", text[all[i].start]) >= 0
}

// stays reports whether a name that is an everyday word of the study is left at a place.
func (n *Names) stays(text string, start, end int) bool {
	before, after := byte(0), byte(0)
	if start > 0 {
		before = text[start-1]
	}
	if end < len(text) {
		after = text[end]
	}
	quoted := before == after && (before == '"' || before == '\'')
	word := text[start:end]
	return before != '@' && before != '#' && (!quoted || n.exact[word] && !n.theirs[word])
}

// Text replaces the names in a text.
func (n *Names) Text(text string) string {
	found := n.Find(text)
	n.noteBare(text, found)
	return n.unglued(n.replaced(text, found))
}

// replaced puts pseudonyms into the places of names.
func (n *Names) replaced(text string, found []Match) string {
	if len(found) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, m := range found {
		b.WriteString(text[at:m.Start])
		b.WriteString(n.one(m.Name))
		at = m.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// Bare are handles of one word, such as an everyday word, that were replaced in texts where
// no @ or # called them, with how often: what stands around them may tell the word.
func (n *Names) Bare() map[string]int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return maps.Clone(n.bare)
}

// noteBare counts names that stand bare in a text.
func (n *Names) noteBare(text string, found []Match) {
	for _, m := range found {
		if m.End-m.Start == len(text) || m.Start > 0 && strings.IndexByte("@#/._-", text[m.Start-1]) >= 0 || strings.ContainsFunc(text[m.Start:m.End], func(r rune) bool { return !unicode.IsLetter(r) }) {
			continue
		}
		n.mu.Lock()
		if n.bare == nil {
			n.bare = map[string]int{}
		}
		n.bare[m.Name]++
		n.mu.Unlock()
	}
}

// made are pseudonyms, and what takes the place of addresses.
var made = regexp.MustCompile(`(?i)\bp[a-z2-7]{16}\b|\[(?:url|email) [a-z2-7]{8}\]`)

// byChance reports whether a place in a text lies in what Names have made, where a short
// name can stand by chance. Words of letters alone, such as partyvorsitzender, are not
// taken for that.
func byChance(text string, start, end int) bool {
	const reach = 20 // longer than what is made
	if end-start >= longWord {
		return false
	}
	from := max(0, start-reach)
	for _, m := range made.FindAllStringIndex(text[from:min(len(text), end+reach)], -1) {
		m[0], m[1] = m[0]+from, m[1]+from
		if start >= m[0] && end <= m[1] && start-m[0]+m[1]-end > 0 && strings.ContainsAny(text[m[0]:m[1]], "234567[") {
			return true
		}
	}
	return false
}

// opaque are the spans of a text that no name stands in but by chance: sums in
// hexadecimal digits, and vectors in base64.
func opaque(text string) (spans [][]int) {
	const leastHex, leastBase64 = 40, 80
	if len(text) < leastHex {
		return nil
	}
	hex, from, sums := 0, 0, [][]int(nil) // where the digits begin, and the run of base64
	for i := 0; i <= len(text); i++ {
		c := byte(' ')
		if i < len(text) {
			c = text[i]
		}
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'f' {
			continue
		}
		if i-hex >= leastHex {
			sums = append(sums, []int{hex, i})
		}
		hex = i + 1
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '+' || c == '/' {
			continue
		}
		if i-from >= leastBase64 && base64(text[from:i]) {
			sums = [][]int{{from, i}}
		}
		spans, sums, from = append(spans, sums...), nil, i+1
	}
	return spans
}

// base64 reports whether a run of its characters is data rather than words, such as those
// of a path: there neighbours are mostly of the same sort, capitals, small letters, digits
// or others. Zeros, which are many As, count for nothing.
func base64(run string) bool {
	const least = 0.45 // in words a quarter, in data two thirds
	sort := func(c byte) int {
		switch {
		case c >= 'a' && c <= 'z':
			return 0
		case c >= 'A' && c <= 'Z':
			return 1
		case c >= '0' && c <= '9':
			return 2
		}
		return 3
	}
	changes, all := 0, 0
	for i := 1; i < len(run); i++ {
		if run[i] == 'A' && run[i-1] == 'A' {
			continue
		}
		if all++; sort(run[i]) != sort(run[i-1]) {
			changes++
		}
	}
	return float64(changes) >= least*float64(all)
}

func within(spans [][]int, at int) bool {
	return slices.ContainsFunc(spans, func(s []int) bool { return at >= s[0] && at < s[1] })
}
