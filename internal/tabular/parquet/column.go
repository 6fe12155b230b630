package parquet

import (
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// column is a column of the table: a value, a list of values, or anything
// deeper as its JSON text. The fields of structs are columns of their own,
// with the struct's name before theirs: "user.name".
type column struct {
	field  arrow.Field
	leaves []int // indices of leaves in the file
	list   bool
	// itemDef is the definition level at which a list has an element.
	itemDef int16
	kind    kind
	top     *node // of a column as JSON text
}

// columnsOf returns the columns of a file. The Arrow schema that the file was
// written from, which may be nil, gives types that Parquet lacks.
func columnsOf(root *node, leaves []*leaf, before *arrow.Schema) ([]column, error) {
	b := &columnBuilder{index: map[*leaf]int{}, names: map[string]bool{}}
	for i, l := range leaves {
		b.index[l] = i
	}
	for _, n := range root.children {
		var origin *arrow.Field
		if before != nil {
			if at := before.FieldIndices(n.element.Name); len(at) == 1 {
				f := before.Field(at[0])
				origin = &f
			}
		}
		if err := b.walk(n, "", origin); err != nil {
			return nil, err
		}
	}
	return b.columns, nil
}

type columnBuilder struct {
	index   map[*leaf]int
	names   map[string]bool
	columns []column
}

func (b *columnBuilder) walk(n *node, prefix string, origin *arrow.Field) error {
	name := prefix + n.element.Name
	switch {
	case n.leaf != nil && !n.repeated():
		t, k := meaningOf(n.element)
		return b.add(name, column{leaves: []int{b.index[n.leaf]}, kind: k}, t, origin)
	case n.leaf != nil:
		return b.addList(name, n, n, origin)
	case !n.repeated() && !n.isList() && !n.isMap():
		if len(n.children) == 0 {
			return nil // a struct without fields says nothing
		}
		for _, c := range n.children {
			if err := b.walk(c, name+".", fieldOf(origin, c.element.Name)); err != nil {
				return err
			}
		}
		return nil
	}
	if r, e := n.items(); r != nil && e.leaf != nil && !n.repeated() && (r == e || !e.repeated()) {
		return b.addList(name, r, e, origin)
	}
	c := column{top: n}
	for _, l := range n.leaves() {
		c.leaves = append(c.leaves, b.index[l])
	}
	if len(c.leaves) == 0 {
		return nil
	}
	return b.add(name, c, arrow.BinaryTypes.String, nil)
}

func fieldOf(origin *arrow.Field, name string) *arrow.Field {
	if origin == nil {
		return nil
	}
	if s, ok := origin.Type.(*arrow.StructType); ok {
		if f, ok := s.FieldByName(name); ok {
			return &f
		}
	}
	return nil
}

// addList adds a list whose elements are single values.
func (b *columnBuilder) addList(name string, repeated, element *node, origin *arrow.Field) error {
	item, k := meaningOf(element.element)
	c := column{leaves: []int{b.index[element.leaf]}, kind: k, list: true, itemDef: repeated.def}
	var before arrow.DataType
	if origin != nil {
		before = elementType(origin.Type)
	}
	if item = restore(item, before); item.ID() == arrow.DICTIONARY {
		item = arrow.BinaryTypes.String
	}
	t := arrow.DataType(arrow.ListOf(item))
	if origin != nil {
		switch o := origin.Type.(type) {
		case *arrow.LargeListType:
			t = arrow.LargeListOf(item)
		case *arrow.FixedSizeListType:
			t = arrow.FixedSizeListOf(o.Len(), item)
		}
	}
	return b.add(name, c, t, origin)
}

func (b *columnBuilder) add(name string, c column, t arrow.DataType, origin *arrow.Field) error {
	if b.names[name] {
		return fmt.Errorf("two columns are called %q", name)
	}
	b.names[name] = true
	c.field = arrow.Field{Name: name, Type: t, Nullable: true}
	if origin != nil {
		c.field.Metadata = origin.Metadata
		if !c.list {
			c.field.Type = restore(t, origin.Type)
		}
	}
	b.columns = append(b.columns, c)
	return nil
}

// read appends the next n rows of the column to a builder.
func (c *column) read(b array.Builder, chunks []*chunk, n int) error {
	if c.top != nil {
		return c.readJSON(b.(*array.StringBuilder), chunks, n)
	}
	ch := chunks[c.leaves[0]]
	if c.list {
		return c.readLists(b.(array.ListLikeBuilder), ch, n)
	}
	add, err := appenderTo(b, ch, c.kind)
	if err != nil {
		return err
	}
	b.Reserve(n)
	for n > 0 {
		if ok, err := ch.fill(); !ok || err != nil {
			return missing(err)
		}
		for ; n > 0 && ch.at < ch.n; n-- {
			if ch.def() == ch.leaf.def {
				if err := add(ch.value); err != nil {
					return err
				}
			} else {
				b.AppendNull()
			}
			ch.next()
		}
	}
	return nil
}

func missing(err error) error {
	if err == nil {
		return errors.New("values are missing at its end")
	}
	return err
}

func (c *column) readLists(b array.ListLikeBuilder, ch *chunk, n int) error {
	items := b.ValueBuilder()
	add, err := appenderTo(items, ch, c.kind)
	if err != nil {
		return err
	}
	fixed := -1
	if t, ok := c.field.Type.(*arrow.FixedSizeListType); ok {
		fixed = int(t.Len())
	}
	for range n {
		if ok, err := ch.fill(); !ok || err != nil {
			return missing(err)
		}
		if ch.rep() != 0 {
			return errors.New("a row begins within a list")
		}
		if def := ch.def(); def < c.itemDef {
			if def < c.itemDef-1 {
				b.AppendNull()
			} else if b.Append(true); fixed > 0 {
				return fmt.Errorf("an empty list where lists have %d elements", fixed)
			}
			ch.next()
			if more, err := ch.more(1); more || err != nil {
				return errors.Join(err, errAfterEmpty(more))
			}
			continue
		}
		b.Append(true)
		count := 0
		for more := true; more; count++ {
			switch def := ch.def(); {
			case def == ch.leaf.def:
				err = add(ch.value)
			case def < c.itemDef:
				err = errAfterEmpty(true)
			default:
				items.AppendNull()
			}
			if err != nil {
				return err
			}
			ch.next()
			if more, err = ch.more(1); err != nil {
				return err
			}
		}
		if fixed >= 0 && count != fixed {
			return fmt.Errorf("a list of %d elements where lists have %d", count, fixed)
		}
	}
	return nil
}

func errAfterEmpty(more bool) error {
	if more {
		return errors.New("an empty list goes on")
	}
	return nil
}
