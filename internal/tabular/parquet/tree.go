package parquet

import (
	"errors"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/schema"
	xparquet "github.com/xitongsys/parquet-go/parquet"
)

// node is an element of the file's schema.
type node struct {
	element  *xparquet.SchemaElement
	def, rep int16 // levels at which it is there
	children []*node
	leaf     *leaf // of a node without children
}

// leaf is a column of values in the file.
type leaf struct {
	element  *xparquet.SchemaElement
	path     []string
	def, rep int16 // the greatest levels
	descr    *schema.Column
}

func (l *leaf) name() string { return strings.Join(l.path, ".") }

const maxDepth = 64

// treeOf returns the root of the schema and its leaves in the file's order.
func treeOf(elements []*xparquet.SchemaElement) (*node, []*leaf, error) {
	b := &treeBuilder{rest: elements}
	root, err := b.node(nil, 0, 0)
	if err != nil {
		return nil, nil, err
	}
	if len(b.rest) > 0 {
		return nil, nil, errors.New("its schema has elements that belong nowhere")
	}
	if root.leaf != nil {
		return nil, nil, errors.New("it has no columns")
	}
	return root, b.leaves, nil
}

type treeBuilder struct {
	rest   []*xparquet.SchemaElement
	leaves []*leaf
}

func (b *treeBuilder) node(path []string, def, rep int16) (*node, error) {
	if len(b.rest) == 0 || len(path) > maxDepth {
		return nil, errors.New("its schema is damaged")
	}
	e := b.rest[0]
	b.rest = b.rest[1:]
	root := path == nil
	if !root {
		switch e.GetRepetitionType() {
		case xparquet.FieldRepetitionType_OPTIONAL:
			def++
		case xparquet.FieldRepetitionType_REPEATED:
			def, rep = def+1, rep+1
		}
	}
	n := &node{element: e, def: def, rep: rep}
	if e.Type != nil {
		var err error
		n.leaf, err = newLeaf(e, path, def, rep)
		b.leaves = append(b.leaves, n.leaf)
		return n, err
	}
	if e.GetNumChildren() < 0 || int(e.GetNumChildren()) > len(b.rest) {
		return nil, errors.New("its schema is damaged")
	}
	for range e.GetNumChildren() {
		below := append(append(make([]string, 0, len(path)+1), path...), b.rest[0].Name)
		child, err := b.node(below, def, rep)
		if err != nil {
			return nil, err
		}
		n.children = append(n.children, child)
		if len(b.rest) == 0 && len(n.children) < int(e.GetNumChildren()) {
			return nil, errors.New("its schema is damaged")
		}
	}
	return n, nil
}

func newLeaf(e *xparquet.SchemaElement, path []string, def, rep int16) (*leaf, error) {
	l := &leaf{element: e, path: path, def: def, rep: rep}
	t := parquet.Type(e.GetType())
	fixed := t == parquet.Types.FixedLenByteArray
	if t < 0 || t > parquet.Types.FixedLenByteArray || fixed && (e.GetTypeLength() <= 0 || e.GetTypeLength() > 1<<20) {
		return nil, fmt.Errorf("column %q has an unknown type", l.name())
	}
	length := int32(-1)
	if fixed {
		length = e.GetTypeLength()
	}
	// Arrow decodes values by this; the levels are those given, whatever the
	// node's repetition.
	p, err := schema.NewPrimitiveNode("value", parquet.Repetitions.Optional, t, -1, length)
	if err != nil {
		return nil, fmt.Errorf("column %q: %w", l.name(), err)
	}
	l.descr = schema.NewColumn(p, def, rep)
	return l, nil
}

// isList and isMap tell the groups that stand for lists and maps.
func (n *node) isList() bool {
	l := n.element.LogicalType
	return l != nil && l.LIST != nil || n.element.ConvertedType != nil && *n.element.ConvertedType == xparquet.ConvertedType_LIST
}

func (n *node) isMap() bool {
	if l := n.element.LogicalType; l != nil && l.MAP != nil {
		return true
	}
	c := n.element.ConvertedType
	return c != nil && (*c == xparquet.ConvertedType_MAP || *c == xparquet.ConvertedType_MAP_KEY_VALUE)
}

func (n *node) repeated() bool {
	return n.element.RepetitionType != nil && *n.element.RepetitionType == xparquet.FieldRepetitionType_REPEATED
}

// items returns the repeated node and the element's node of a list, which are
// the same for a list of two levels, by the rules of the Parquet format for
// old files; or nil.
func (n *node) items() (repeated, element *node) {
	if !n.isList() || len(n.children) != 1 || !n.children[0].repeated() {
		return nil, nil
	}
	r := n.children[0]
	if r.leaf != nil || len(r.children) != 1 || r.element.Name == "array" || r.element.Name == n.element.Name+"_tuple" {
		return r, r
	}
	return r, r.children[0]
}

// entries returns the repeated node of a map, its key and its value (nil for a
// map of keys only); or nil.
func (n *node) entries() (repeated, key, value *node) {
	if !n.isMap() || len(n.children) != 1 || !n.children[0].repeated() {
		return nil, nil, nil
	}
	switch r := n.children[0]; len(r.children) {
	case 1:
		return r, r.children[0], nil
	case 2:
		return r, r.children[0], r.children[1]
	}
	return nil, nil, nil
}

// leaves returns the leaves below a node.
func (n *node) leaves() []*leaf {
	if n.leaf != nil {
		return []*leaf{n.leaf}
	}
	var all []*leaf
	for _, c := range n.children {
		all = append(all, c.leaves()...)
	}
	return all
}
