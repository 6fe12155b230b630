package expression

import (
	"errors"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"icono/internal/columns"
	"icono/internal/stage"
)

// RowError is an expression that fails on a row, such as `n % 0`.
type RowError struct {
	Row     int    // in the record
	Key     string // of the row, where the record has a key
	Source  string // the expression
	Message string
}

// Error names the row, by its key where it has one.
func (e *RowError) Error() string {
	row := fmt.Sprintf("row %d of a batch", e.Row)
	if e.Key != "" {
		row = fmt.Sprintf("row %q", e.Key)
	}
	return fmt.Sprintf("%s: the expression `%s` fails: %s", row, e.Source, e.Message)
}

// Bools evaluates a Boolean expression on every row of a record of the schema
// it was compiled for. keep holds the results, valid whether they are not null.
// Both are reused by the next call. A row's error is a *RowError.
func (p *Program) Bools(rec arrow.Record) (keep, valid []bool, err error) {
	n := int(rec.NumRows())
	p.keep, p.valid = resize(p.keep, n), resize(p.valid, n)
	err = p.each(rec, func(i int, v any) error {
		b, ok := v.(bool)
		p.keep[i], p.valid[i] = b, ok
		if !ok && v != nil {
			return fmt.Errorf("it gives %v, not true or false", v)
		}
		return nil
	})
	return p.keep, p.valid, err
}

func resize(s []bool, n int) []bool {
	if cap(s) < n {
		return make([]bool, n)
	}
	return s[:n]
}

// Array evaluates the expression on every row of a record of the schema it was
// compiled for. The caller releases the result, which is of Type. nulls is how
// many rows gave null. A row's error is a *RowError.
func (p *Program) Array(mem memory.Allocator, rec arrow.Record) (arr arrow.Array, nulls int64, err error) {
	b := array.NewBuilder(mem, p.typ)
	defer b.Release()
	b.Reserve(int(rec.NumRows()))
	err = p.each(rec, func(_ int, v any) error {
		if v == nil {
			nulls++
			b.AppendNull()
			return nil
		}
		return appendValue(b, v)
	})
	if err != nil {
		return nil, 0, err
	}
	return b.NewArray(), nulls, nil
}

// each calls fn with the value of every row; a null is nil.
func (p *Program) each(rec arrow.Record, fn func(i int, v any) error) error {
	nullable := false
	for _, c := range p.columns {
		c.bind(rec)
		nullable = nullable || c.null != nil
	}
	defer func() {
		for _, c := range p.columns {
			c.arr, c.null, c.value = nil, nil, nil // let go of the record
		}
	}()
	for i := range int(rec.NumRows()) {
		p.row = i
		var v any
		var err error
		if nullable && p.hasNull() {
			v, err = p.logic.run(p)
		} else {
			v, err = p.execute(p.whole)
		}
		if err == nil {
			err = fn(i, v)
		}
		if err != nil {
			e := &RowError{Row: i, Source: p.src, Message: plain(reason(err))}
			if k := stage.Find(rec.Schema(), stage.Key); k >= 0 {
				e.Key = columns.Format(rec.Column(k), i)
			}
			return e
		}
	}
	return nil
}

func (p *Program) hasNull() bool {
	for _, c := range p.columns {
		if c.null != nil && c.null(p.row) {
			return true
		}
	}
	return false
}

// execute runs code on the current row. A null is nil.
func (p *Program) execute(code *vm.Program) (any, error) {
	v, err := p.machine.Run(code, nil)
	if err != nil && errors.Is(err, errNull) {
		return nil, nil
	}
	return v, err
}

// reason is the message of an error without the excerpt that the library adds.
func reason(err error) string {
	message := err.Error()
	var f *file.Error
	if errors.As(err, &f) {
		message = f.Message
	}
	switch {
	case strings.Contains(message, "integer divide by zero"):
		return "it divides by zero; ask first whether it can, as in `n > 0 and m % n == 0`"
	case strings.Contains(message, "memory budget exceeded"):
		return "it makes too many values for one row"
	}
	return message
}
