package pseudonym

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Names are the names that must not stand in what is shared, and their pseudonyms. It
// is filled before it is used; then it is safe for concurrent use.
type Names struct {
	key  Key
	root *node
	// words are names that mean something in the study's own files too.
	words map[string]bool
	short map[string]bool
	// count is of the names that are looked for in texts.
	count int

	once   sync.Once
	glue   glue
	issued sync.Map // pseudonyms that stand in texts

	mu   sync.Mutex
	bare map[string]int // see Bare
}

// node is a state of the search: the names that begin with the same atoms.
type node struct {
	next  map[string]*node
	names []name
}

// name is a name that ends at a node.
type name struct {
	text string
	// of is the name whose pseudonym it has, text itself but for other ways of writing.
	of string
	// loose names are found however their letters are cased; other marks another way of
	// writing one.
	loose, other bool
}

// NewNames makes an empty set of names with the key of their pseudonyms.
func NewNames(k Key) *Names {
	return &Names{key: k, root: &node{}, words: map[string]bool{}, short: map[string]bool{}}
}

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

// Add adds a name. A handle is looked for as others write it too: blaues.ufer as
// blaues_ufer, Blaues Ufer and #blauesufer. Names that are too short to be told from
// other text are replaced where they stand alone, and handles behind an @ or a #.
func (n *Names) Add(text string, sort Sort) {
	text = strings.TrimSpace(text)
	bare := strings.TrimPrefix(text, "@")
	switch {
	case findable(bare):
	case sort == Handle && strings.ContainsFunc(bare, unicode.IsLetter):
		n.words[fold(bare)] = true
		n.short[bare] = true
	default:
		return
	}
	if !n.put(bare, name{text: bare, of: bare, loose: sort == Handle}) {
		return
	}
	n.count++
	for _, form := range []norm.Form{norm.NFC, norm.NFD} { // letters such as ü in one character or in two
		if other := form.String(bare); other != bare {
			n.put(other, name{text: other, of: bare, loose: sort == Handle, other: true})
		}
	}
	if sort != Handle {
		return
	}
	for _, dot := range []string{`\.`, `\\.`} { // in patterns, and those in quotes
		if other := strings.ReplaceAll(bare, ".", dot); other != bare {
			n.put(other, name{text: other, of: bare, loose: true, other: true})
		}
	}
	parts := strings.FieldsFunc(bare, func(r rune) bool { return r < 0x80 && strings.ContainsRune("._- ", r) })
	if len(parts) < 2 || len(strings.Join(parts, "")) < longWord {
		return
	}
	for _, between := range []string{"", " ", "_", ".", "-"} {
		if other := strings.Join(parts, between); other != bare {
			n.put(other, name{text: other, of: bare, loose: true, other: true})
		}
	}
}

// put adds a way of writing a name, unless that is known.
func (n *Names) put(text string, as name) bool {
	at := n.root
	for _, a := range atoms(text) {
		if at.next == nil {
			at.next = map[string]*node{}
		}
		key := fold(text[a.start:a.end])
		if at.next[key] == nil {
			at.next[key] = &node{}
		}
		at = at.next[key]
	}
	for i, known := range at.names {
		switch {
		case known.other && !as.other && as.loose: // a name goes before a way of writing another
			at.names[i] = as
			return true
		case known.text == text || known.loose && as.loose:
			return false // the first writing of a handle names it
		}
	}
	at.names = append(at.names, as)
	return true
}

// Short are the handles that are too short to be looked for in texts.
func (n *Names) Short() []string { return slices.Sorted(maps.Keys(n.short)) }

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
		at := n.root
		for _, a := range atoms(word) {
			if at = at.next[fold(word[a.start:a.end])]; at == nil {
				break
			}
		}
		if at == nil || at == n.root {
			continue
		}
		for _, m := range at.names {
			if m.loose && !n.short[m.of] {
				n.words[fold(m.text)] = true
				out = append(out, m.of)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Of is the pseudonym of a name or a path, as it stands alone in a cell.
func (n *Names) Of(text string) string { return n.key.Path(text) }

// one is the pseudonym of a name in a text, which is known from then on.
func (n *Names) one(name string) string {
	p := n.key.Of(name)
	n.issued.Store(p, true)
	return p
}

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
		a := text[all[j].start:all[j].end]
		if j > i && fold(a) == " " && (mark(text, all, j-1) || mark(text, all, j+1)) {
			walk(at, j+1, written) // programs that read pictures put spaces around . and _
		}
		if j > i && invisible(a) {
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
	return before != '@' && before != '#' && !quoted
}

// Text replaces the names in a text.
func (n *Names) Text(text string) string { return n.unglued(n.replaced(text, n.Find(text))) }

// Bare are handles of one word, such as an everyday word, that Prose has replaced where
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

// fold makes what is to be taken for the same the same: letters of any case, and white
// space.
func fold(text string) string {
	if r, n := utf8.DecodeRuneInString(text); n == len(text) && unicode.IsSpace(r) {
		return " "
	}
	return strings.ToLower(text)
}
