package source

import (
	"strconv"
	"strings"
)

// Form is the form of a node.
type Form int

// The forms of nodes.
const (
	Scalar Form = iota
	Sequence
	Mapping
)

// Node is a YAML value with its place.
type Node struct {
	Form Form
	// Tag is the type that YAML's rules give a scalar: !!str, !!int, !!float,
	// !!bool, !!null, !!timestamp or a tag of the user's.
	Tag string
	// Text is the value of a scalar, unquoted.
	Text string
	// Plain marks a scalar without quotes.
	Plain bool
	// Items are the values of a sequence.
	Items []*Node
	// Fields are the entries of a mapping, in the file's order.
	Fields []Field
	Span   Span
	// block marks a scalar in a block (| or >) or of several lines, where
	// an offset into Text is not one into the file. alias marks one whose text
	// stands elsewhere.
	block, alias bool
}

// Field is an entry of a mapping.
type Field struct{ Key, Value *Node }

// IsNull reports whether the node is an absent or null value.
func (n *Node) IsNull() bool { return n == nil || n.Form == Scalar && n.Tag == "!!null" }

// Get returns the value under a key of a mapping, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for _, f := range n.Fields {
		if f.Key.Text == key {
			return f.Value
		}
	}
	return nil
}

// KeyNode returns the key of an entry of a mapping, or nil.
func (n *Node) KeyNode(key string) *Node {
	if n == nil {
		return nil
	}
	for _, f := range n.Fields {
		if f.Key.Text == key {
			return f.Key
		}
	}
	return nil
}

// Find follows a path of keys and indices as far as it leads, and returns the
// last node reached and whether that is the whole path.
func (n *Node) Find(path []string) (*Node, bool) {
	at := n
	for _, step := range path {
		next := at.Get(step)
		if i, err := strconv.Atoi(step); next == nil && err == nil && at.Form == Sequence && i >= 0 && i < len(at.Items) {
			next = at.Items[i]
		}
		if next == nil {
			return at, false
		}
		at = next
	}
	return at, true
}

// Inner returns the span of the bytes start to end of a scalar's text, or the
// span of all of it where the file writes the text in another way.
func (n *Node) Inner(start, end int) Span {
	s := n.Span
	if s.File == nil || n.alias || start < 0 || start > len(n.Text) || start == 0 && end == 0 {
		return s
	}
	end = min(max(end, start), len(n.Text))
	if n.block {
		return n.sought(start, end)
	}
	raw := s.File.Text[s.Start:s.End]
	skip := 0
	if !n.Plain {
		if len(raw) != len(n.Text)+2 || strings.Contains(raw, "\n") { // escapes and line ends shift the offsets
			return n.sought(start, end)
		}
		skip = 1
	} else if raw != n.Text {
		return n.sought(start, end)
	}
	return Span{s.File, s.Start + skip + start, s.Start + skip + end}
}

// CutByComment reports whether a # after a plain scalar ends it: what follows
// is a comment, which is not always what was meant.
func (n *Node) CutByComment() bool {
	if n == nil || n.Form != Scalar || !n.Plain || n.alias || n.Span.File == nil {
		return false
	}
	rest, _, _ := strings.Cut(n.Span.File.Text[n.Span.End:], "\n")
	trimmed := strings.TrimLeft(rest, " \t")
	return len(trimmed) < len(rest) && strings.HasPrefix(trimmed, "#")
}

// sought is Inner for text that the file writes in another way: over several
// lines, or with escapes. The same words stand there in the same order, so the
// word is found by counting where it stands among its equals.
func (n *Node) sought(start, end int) Span {
	word := n.Text[start:end]
	if first, _, more := strings.Cut(word, "\n"); more {
		word = first
	}
	word = strings.TrimSpace(word)
	if word == "" {
		return n.Span
	}
	before := strings.Count(n.Text[:start], word)
	at := n.Span.Start
	for ; before >= 0; before-- {
		next := strings.Index(n.Span.File.Text[at:], word)
		if next < 0 {
			return n.Span
		}
		if at += next; before > 0 {
			at += len(word)
		}
	}
	return n.Span.File.At(at, len(word))
}

// Describe names the value for a message.
func (n *Node) Describe() string {
	switch {
	case n == nil:
		return "nothing"
	case n.Form == Sequence:
		return "a list"
	case n.Form == Mapping:
		return "a mapping"
	}
	switch n.Tag {
	case "!!null":
		return "no value"
	case "!!int", "!!float":
		return "the number " + n.Text
	case "!!bool":
		return n.Text
	case "!!timestamp":
		return "the date " + n.Text
	}
	return "the text " + strconv.Quote(n.Text)
}

// Set returns the mapping with the value under a path of keys replaced or
// added; mappings on the way are copied or made. n may be nil.
func (n *Node) Set(path []string, value *Node) *Node {
	if len(path) == 0 {
		return value
	}
	out := &Node{Form: Mapping, Tag: "!!map"}
	if n != nil && n.Form == Sequence {
		return n.setItem(path, value)
	}
	if n != nil {
		*out = *n
		out.Form, out.Tag, out.Text = Mapping, "!!map", ""
		out.Fields = append([]Field{}, n.Fields...)
	} else {
		out.Span = value.Span
	}
	for i, f := range out.Fields {
		if f.Key.Text == path[0] {
			out.Fields[i].Value = f.Value.Set(path[1:], value)
			return out
		}
	}
	key := &Node{Tag: "!!str", Text: path[0], Plain: true, Span: value.Span}
	out.Fields = append(out.Fields, Field{key, (*Node)(nil).Set(path[1:], value)})
	return out
}

func (n *Node) setItem(path []string, value *Node) *Node {
	i, err := strconv.Atoi(path[0])
	if err != nil || i < 0 || i >= len(n.Items) {
		return n
	}
	out := *n
	out.Items = append([]*Node{}, n.Items...)
	out.Items[i] = n.Items[i].Set(path[1:], value)
	return &out
}

// List returns the values of a sequence; none of what is no sequence.
func (n *Node) List() []*Node {
	if n == nil {
		return nil
	}
	return n.Items
}

// Scalar returns the text of a scalar, "" of what is none.
func (n *Node) Scalar() string {
	if n == nil {
		return ""
	}
	return n.Text
}
