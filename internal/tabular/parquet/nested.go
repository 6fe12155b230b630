package parquet

import (
	"errors"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/tabular/notation"
)

// assembly puts rows of nested values together from the entries of their
// leaves, and writes them as JSON.
type assembly struct {
	chunks map[*leaf]*jsonChunk
	dst    []byte
}

// jsonChunk is a chunk whose values are written as JSON.
type jsonChunk struct {
	*chunk
	build array.Builder
	add   appender
}

func (c *column) readJSON(b *array.StringBuilder, chunks []*chunk, n int) error {
	a := &assembly{chunks: map[*leaf]*jsonChunk{}}
	defer func() {
		for _, j := range a.chunks {
			j.build.Release()
		}
	}()
	for _, at := range c.leaves {
		ch := chunks[at]
		t, k := meaningOf(ch.leaf.element)
		j := &jsonChunk{chunk: ch, build: array.NewBuilder(memory.NewGoAllocator(), t)}
		a.chunks[ch.leaf] = j
		var err error
		if j.add, err = appenderTo(j.build, ch, k); err != nil {
			return err
		}
	}
	for range n {
		for _, j := range a.chunks {
			if ok, err := j.fill(); !ok || err != nil {
				return missing(err)
			}
			if j.rep() != 0 {
				return errors.New("a row begins within a list")
			}
		}
		null := c.top.leaves()[0]
		if d := a.chunks[null].def(); d < c.top.def && !c.top.repeated() {
			if err := a.skip(c.top); err != nil {
				return err
			}
			b.AppendNull()
			continue
		}
		a.dst = a.dst[:0]
		if err := a.node(c.top); err != nil {
			return err
		}
		b.Append(string(a.dst))
	}
	return nil
}

// skip passes the entry that says that a node is not there.
func (a *assembly) skip(n *node) error {
	for _, l := range n.leaves() {
		j := a.chunks[l]
		if ok, err := j.fill(); !ok || err != nil {
			return missing(err)
		}
		if j.def() == l.def {
			return errors.New("a value stands in a struct or list that is not there")
		}
		j.next()
	}
	return nil
}

// here returns the definition level of the first leaf's current entry.
func (a *assembly) here(n *node) (int16, error) {
	j := a.chunks[n.leaves()[0]]
	ok, err := j.fill()
	if !ok || err != nil {
		return 0, missing(err)
	}
	return j.def(), nil
}

// node writes a value, which may be null.
func (a *assembly) node(n *node) error {
	if n.repeated() {
		return a.items(n, n, '[', ']', a.single)
	}
	return a.single(n)
}

func (a *assembly) single(n *node) error {
	def, err := a.here(n)
	if err != nil {
		return err
	}
	if def < n.def {
		a.dst = append(a.dst, "null"...)
		return a.skip(n)
	}
	if n.leaf != nil {
		return a.value(n.leaf)
	}
	if r, e := n.items(); r != nil {
		one := a.node
		if r == e {
			one = a.single
		}
		return a.items(r, e, '[', ']', one)
	}
	if r, k, v := n.entries(); r != nil && k.leaf != nil {
		return a.items(r, r, '{', '}', func(*node) error { return a.entry(k, v) })
	}
	a.dst = append(a.dst, '{')
	for i, c := range n.children {
		if i > 0 {
			a.dst = append(a.dst, ',')
		}
		a.dst = append(notation.AppendString(a.dst, c.element.Name), ':')
		if err := a.node(c); err != nil {
			return err
		}
	}
	a.dst = append(a.dst, '}')
	return nil
}

// items writes the elements of a repeated node.
func (a *assembly) items(r, element *node, open, end byte, one func(*node) error) error {
	a.dst = append(a.dst, open)
	def, err := a.here(r)
	if err != nil {
		return err
	}
	if def < r.def {
		a.dst = append(a.dst, end)
		return a.skip(r)
	}
	first := a.chunks[r.leaves()[0]]
	for i := 0; ; i++ {
		if i > 0 {
			a.dst = append(a.dst, ',')
		}
		before := first.left - int64(first.at)
		if err := one(element); err != nil {
			return err
		}
		more, err := first.more(r.rep)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if before == first.left-int64(first.at) {
			return errors.New("a list does not end")
		}
	}
	a.dst = append(a.dst, end)
	return nil
}

// entry writes a key, as text, and its value.
func (a *assembly) entry(k, v *node) error {
	start := len(a.dst)
	if err := a.single(k); err != nil {
		return err
	}
	if key := a.dst[start:]; len(key) == 0 || key[0] != '"' {
		a.dst = append(notation.AppendString(a.dst[:start], string(key)), ':')
	} else {
		a.dst = append(a.dst, ':')
	}
	if v == nil {
		a.dst = append(a.dst, "null"...)
		return nil
	}
	return a.node(v)
}

// value writes the value of a leaf's current entry.
func (a *assembly) value(l *leaf) error {
	j := a.chunks[l]
	if err := j.add(j.value); err != nil {
		return err
	}
	j.next()
	arr := j.build.NewArray()
	defer arr.Release()
	if notation.Null(arr)(0) {
		a.dst = append(a.dst, "null"...)
		return nil
	}
	a.dst = notation.JSON(arr)(a.dst, 0)
	return nil
}
