// Package keylist reads lists of rows that were chosen before: tables with a column
// `key`, and for samples a column `probability`.
package keylist

import (
	"context"
	"fmt"
	"io"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
	"icono/internal/media"
	"icono/internal/stage"
	"icono/internal/tabular"
)

// Names of the columns of a list.
const (
	Key         = "key"
	Probability = "probability"
)

// List are the keys that were chosen, with the probability that each had, NaN where
// the list does not say.
type List map[string]float64

// Read reads a list of a study. Errors name the file, and say what is wrong with it.
func Read(ctx context.Context, study stage.Study, name string) (List, error) {
	file, err := tabular.Open(ctx, tabular.Source{Name: name, Path: study.Resolve(name), Open: func() (io.ReadCloser, error) { return study.Open(name) }},
		tabular.ReadOptions{Types: map[string]string{}, Verbatim: Key})
	if err != nil {
		if _, missing := media.Reason(err); missing {
			err = fmt.Errorf("there is no file %s", name)
		}
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	at, chance := columns.Index(file.Schema(), Key), columns.Index(file.Schema(), Probability)
	if at < 0 {
		return nil, fmt.Errorf("%s has no column `%s` with the keys of the rows", name, Key)
	}
	out, row := List{}, int64(0)
	for rec, err := range file.Rows(ctx, memory.DefaultAllocator, 1024) {
		if err != nil {
			return nil, err
		}
		for i := range int(rec.NumRows()) {
			p := math.NaN()
			if chance >= 0 && !rec.Column(chance).IsNull(i) {
				var ok bool
				if p, ok = number(rec.Column(chance), i); !ok || !(p > 0 && p <= 1) {
					return nil, fmt.Errorf("%s: `%s` is %s: a number above 0 and at most 1 is wanted", file.Position(row), Probability, columns.Format(rec.Column(chance), i))
				}
			}
			key := columns.Format(rec.Column(at), i)
			switch _, twice := out[key]; {
			case rec.Column(at).IsNull(i) || key == "":
				return nil, fmt.Errorf("%s: the key is empty", file.Position(row))
			case twice:
				return nil, fmt.Errorf("%s: the key %q stands in the list twice", file.Position(row), key)
			}
			out[key] = p
			row++
		}
	}
	return out, nil
}

func number(a arrow.Array, i int) (float64, bool) {
	switch a := a.(type) {
	case *array.Float64:
		return a.Value(i), true
	case *array.Int64:
		return float64(a.Value(i)), true
	}
	return 0, false
}

// Chooser takes the rows of a list, and tells which of its keys were met.
type Chooser struct {
	list List
	met  int
}

// Choose begins to take the rows of a list.
func (l List) Choose() *Chooser { return &Chooser{list: l} }

// Rows returns the indices of the rows of a batch that are in the list, and the
// probability of each. key is the index of the key's column.
func (c *Chooser) Rows(rec arrow.Record, key int) (rows []int, chances []float64, err error) {
	texts, ok := columns.Text(rec.Column(key))
	if !ok {
		return nil, nil, fmt.Errorf("the key is %s, not text", rec.Column(key).DataType())
	}
	for i := range texts.Len() {
		if p, in := c.list[texts.At(i)]; in {
			rows, chances = append(rows, i), append(chances, p)
		}
	}
	c.met += len(rows)
	return rows, chances, nil
}

// Tell returns the rows that a stage makes with the chooser. Once all have been read it
// warns of keys in the list, of the file with a name, that no row has.
func (c *Chooser) Tell(env stage.Env, name string, rows stage.Rows) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		env.Ledger.Expect(int64(len(c.list)))
		for rec, err := range rows {
			if !yield(rec, err) || err != nil {
				return
			}
		}
		if n := len(c.list) - c.met; n > 0 && !env.Partial() {
			env.Ledger.Warn(fmt.Sprintf("%d of the %d keys in %s name no row here", n, len(c.list), name))
		}
	}
}

// NeedKey is the error of a list for rows that have no key.
func NeedKey(option string) error {
	return &stage.OptionError{Path: []string{option}, Message: "the list names rows by their key, and these rows have none", Hint: "name the column that identifies a row in the stage that loads them: `key: ID`"}
}
