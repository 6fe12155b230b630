package pseudonym

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Names are the names that must not stand in what is shared, and their pseudonyms. It
// is filled before it is used; then it is safe for concurrent use.
type Names struct {
	key  Key
	root *node
	// words are names that mean something in the study's own files too.
	words map[string]bool
	// count is of the names that are looked for in texts.
	count int

	once sync.Once
	glue glue
}

// node is a state of the search: the names that begin with the same atoms.
type node struct {
	next  map[string]*node
	names []name
}

// name is a name that ends at a node.
type name struct {
	text string
	// loose names are found however their letters are cased.
	loose bool
}

// NewNames makes an empty set of names with the key of their pseudonyms.
func NewNames(k Key) *Names { return &Names{key: k, root: &node{}, words: map[string]bool{}} }

// Sort says what a name is of.
type Sort int

// Sorts of names. Handles are the same in upper and lower case, ids are not.
const (
	Handle Sort = iota
	ID
)

// What a name must have to be looked for in texts: "12" would be found everywhere.
const (
	leastLetters = 3
	leastDigits  = 6
)

// Add adds a name. Those that are too short to be told from other text are replaced
// where they stand alone, and not looked for in texts.
func (n *Names) Add(text string, sort Sort) {
	text = strings.TrimSpace(text)
	bare := strings.TrimPrefix(text, "@")
	if !findable(bare) {
		return
	}
	at := n.root
	for _, a := range atoms(bare) {
		if at.next == nil {
			at.next = map[string]*node{}
		}
		key := fold(bare[a.start:a.end])
		if at.next[key] == nil {
			at.next[key] = &node{}
		}
		at = at.next[key]
	}
	for _, known := range at.names {
		if known.text == bare || known.loose && sort == Handle {
			return // the first writing of a handle names it
		}
	}
	at.names = append(at.names, name{bare, sort == Handle})
	n.count++
}

// Len is how many names are looked for in texts.
func (n *Names) Len() int { return n.count }

func findable(text string) bool {
	digits := strings.Trim(text, "0123456789") == ""
	return digits && len(text) >= leastDigits || !digits && utf8.RuneCountInString(text) >= leastLetters
}

// Ambiguous marks words that the study's own files use, such as `google` or a
// category: a name that is one of them is replaced in data, where it is quoted and
// where it is called @google, and stays in other text. It returns the names that are.
func (n *Names) Ambiguous(words map[string]bool) []string {
	out := []string{}
	for word := range words {
		if at := n.root.next[fold(word)]; at != nil && len(at.names) > 0 && at.names[0].loose {
			n.words[fold(word)] = true
			out = append(out, at.names[0].text)
		}
	}
	slices.Sort(out)
	return out
}

// Of is the pseudonym of a name or a path, as it stands alone in a cell.
func (n *Names) Of(text string) string { return n.key.Path(text) }

// Match is a name in a text: its bytes from Start to End, and the name as it was
// added.
type Match struct {
	Start, End int
	Name       string
}

// Find returns the names in a text that Text would replace, in order.
func (n *Names) Find(text string) []Match {
	if n.count == 0 {
		return nil
	}
	all := atoms(text)
	var out []Match
	for i := 0; i < len(all); {
		end, found := n.longest(text, all, i)
		if end == i {
			i++
			continue
		}
		out = append(out, Match{all[i].start, all[end-1].end, found.text})
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
		a := text[all[j].start:all[j].end]
		if j > i && a == " " && (mark(text, all, j-1) || mark(text, all, j+1)) {
			walk(at, j+1, written) // programs that read pictures put spaces around . and _
		}
		next := at.next[fold(a)]
		if next == nil {
			return
		}
		written += a
		for _, m := range next.names {
			if j+1 > end && (m.loose || m.text == written) && !(j == i && n.stays(text, all, i)) {
				end, found = j+1, m
				break
			}
		}
		walk(next, j+1, written)
	}
	walk(n.root, i, "")
	return end, found
}

// mark reports whether an atom is one of the marks that names have.
func mark(text string, all []atom, i int) bool {
	return i < len(all) && all[i].end == all[i].start+1 && strings.IndexByte("._-", text[all[i].start]) >= 0
}

// stays reports whether a name that is an everyday word of the study is left.
func (n *Names) stays(text string, all []atom, i int) bool {
	if !n.words[fold(text[all[i].start:all[i].end])] {
		return false
	}
	before, after := byte(0), byte(0)
	if at := all[i].start; at > 0 {
		before = text[at-1]
	}
	if at := all[i].end; at < len(text) {
		after = text[at]
	}
	quoted := before == after && (before == '"' || before == '\'')
	return before != '@' && !quoted
}

// Text replaces the names in a text.
func (n *Names) Text(text string) string { return n.unglued(n.replaced(text, n.Find(text))) }

// replaced puts pseudonyms into the places of names.
func (n *Names) replaced(text string, found []Match) string {
	if len(found) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, m := range found {
		b.WriteString(text[at:m.Start])
		b.WriteString(n.key.Of(m.Name))
		at = m.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// atom is a run of letters and digits, or one other character.
type atom struct{ start, end int }

// atoms takes a text apart.
func atoms(text string) []atom {
	var out []atom
	run := -1
	for i, r := range text {
		word := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
		if word && run < 0 {
			run = i
		}
		if !word {
			if run >= 0 {
				out = append(out, atom{run, i})
				run = -1
			}
			out = append(out, atom{i, i + utf8.RuneLen(validRune(text, i, r))})
		}
	}
	if run >= 0 {
		out = append(out, atom{run, len(text)})
	}
	return out
}

// validRune is the rune at a place, one of a byte where the text is no UTF-8 there.
func validRune(text string, i int, r rune) rune {
	if r == utf8.RuneError {
		if _, n := utf8.DecodeRuneInString(text[i:]); n == 1 {
			return 0 // one byte long
		}
	}
	return r
}

func fold(text string) string { return strings.ToLower(text) }
