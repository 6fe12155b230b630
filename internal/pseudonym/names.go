package pseudonym

import (
	"cmp"
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
	// exact are such words as they are written there, theirs the handles as the data
	// write them.
	exact, theirs map[string]bool
	// handles are those that have one pseudonym however their letters are cased.
	handles map[string]bool
	short   map[string]bool
	phones  map[string]string // see Names.phone

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
	return &Names{key: k, root: &node{}, words: map[string]bool{}, exact: map[string]bool{}, theirs: map[string]bool{}, handles: map[string]bool{}, short: map[string]bool{}, phones: map[string]string{}}
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
	if sort == Handle && bare != "" {
		n.handles[handle(bare)], n.theirs[bare] = true, true
	}
	switch {
	case findable(bare):
	case sort == Handle && strings.ContainsFunc(bare, unicode.IsLetter):
		n.words[fold(bare)] = true
		n.short[bare] = true
	default:
		return
	}
	if number := dialled(bare); sort == Handle && number != "" && (n.phones[number] == "" || bare < n.phones[number]) {
		n.phones[number] = bare
	}
	n.put(bare, name{text: bare, of: bare, loose: sort == Handle})
	for _, other := range ways(bare, sort) {
		if other != bare {
			n.put(other, name{text: other, of: bare, loose: sort == Handle, other: true})
		}
	}
}

// put adds a way of writing a name.
func (n *Names) put(text string, as name) {
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
	at.take(as)
}

// take adds a name that ends at a node. What is kept, and in which order, does not depend
// on the order of adding: the first that fits a text is the one that it names.
func (at *node) take(as name) {
	if len(at.names) > 0 && at.names[0].rank() == 0 && as.rank() > 0 {
		return // a handle is found however it is written, so nothing comes behind it
	}
	if as.rank() == 0 && len(at.names) > 0 && at.names[0].rank() > 0 {
		at.names = nil
	}
	i, known := slices.BinarySearchFunc(at.names, as, compareNames)
	if known {
		return
	}
	at.names = slices.Insert(at.names, i, as)
	if as.loose { // one way of casing letters stands for all, of one handle
		first := slices.IndexFunc(at.names, func(m name) bool { return m.rank() == as.rank() })
		at.names = slices.DeleteFunc(at.names, func(m name) bool { return m.rank() == as.rank() && m != at.names[first] })
	}
}

// rank orders the names of a node: handles, ids, other ways of writing handles, and of
// writing ids.
func (m name) rank() int {
	switch {
	case m.loose && !m.other:
		return 0
	case !m.other:
		return 1
	case m.loose:
		return 2
	}
	return 3
}

func compareNames(a, b name) int {
	return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(handle(a.of), handle(b.of)), cmp.Compare(a.of, b.of), cmp.Compare(a.text, b.text))
}

// Short are the handles that are too short to be looked for in texts.
func (n *Names) Short() []string { return slices.Sorted(maps.Keys(n.short)) }

// Len is how many names are looked for in texts.
func (n *Names) Len() int { return n.root.count() }

// count is how many names end at a node and below it.
func (at *node) count() (n int) {
	for _, m := range at.names {
		if !m.other {
			n++
		}
	}
	for _, next := range at.next {
		n += next.count()
	}
	return n
}

func findable(text string) bool {
	digits := strings.Trim(text, "0123456789") == ""
	return digits && len(text) >= leastDigits || !digits && utf8.RuneCountInString(text) >= leastLetters
}

// Ambiguous marks words that the study's own files use, such as `google` or a
// category: a name that is one of them is replaced in data, where it is called @google,
// and where it is quoted as the data write it, and stays in other text. It returns the
// names that are words.
func (n *Names) Ambiguous(words map[string]bool) []string {
	out := []string{}
	for word := range words {
		n.exact[word] = true
		for _, m := range n.called(word) {
			plain := m.text == word && !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }) // an id that is a word
			if (m.loose || plain) && !n.short[m.of] {
				n.words[fold(m.text)] = true
				out = append(out, m.of)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// called are the names that a text is.
func (n *Names) called(text string) (out []name) {
	all := atoms(text)
	var walk func(at *node, j int)
	walk = func(at *node, j int) {
		if j == len(all) {
			out = append(out, at.names...)
			return
		}
		if next := at.next[fold(text[all[j].start:all[j].end])]; next != nil {
			walk(next, j+1)
		}
		if behind := at.next[gap]; behind != nil {
			walk(behind, j)
			if between(text, all, j) {
				walk(behind, j+1)
			}
		}
	}
	if len(all) > 0 {
		walk(n.root, 0)
	}
	return out
}

// Stay has a word stay in quotes too, although the data write it so.
func (n *Names) Stay(word string) {
	n.exact[word] = true
	delete(n.theirs, word)
}

// Of is the pseudonym of a name or a path, as it stands alone in a cell.
func (n *Names) Of(text string) string { return path(text, n.of) }

// Name is the pseudonym of a name that is no path, as it stands alone in a cell.
func (n *Names) Name(text string) string { return n.of(strings.TrimSpace(text)) }

// of is the pseudonym of a name. Handles have the same one with and without an @, and
// however their letters are cased.
func (n *Names) of(name string) string {
	if h := handle(strings.TrimPrefix(name, "@")); n.handles[h] {
		name = h
	}
	return n.key.Of(name)
}

// handle makes of a handle what is the same for all ways to case its letters.
func handle(text string) string { return norm.NFC.String(strings.ToLower(text)) }

// one is the pseudonym of a name in a text, which is known from then on.
func (n *Names) one(name string) string {
	p := n.of(name)
	n.issued.Store(p, true)
	return p
}
