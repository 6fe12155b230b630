package filter

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/expression"
	"icono/internal/flow"
	"icono/internal/keylist"
	"icono/internal/stage"
)

// Reasons for which rows are dropped, and what is counted.
const (
	isFalse   = "`where` is false"
	isNull    = "`where` is null"
	notListed = "not in the list of kept rows"
	nullKept  = "`where` is null, and the row is kept"
)

type filter struct {
	config Config
	kept   keylist.List // that Probe read
}

// Probe implements stage.Prober: it reads the rows that were kept before.
func (f *filter) Probe(ctx context.Context, env stage.Env, _ bool) error {
	if f.config.Kept == "" {
		return nil
	}
	var err error
	if f.kept, err = keylist.Read(ctx, env.Study, string(f.config.Kept)); err != nil {
		return &stage.OptionError{Path: []string{"kept"}, Message: err.Error()}
	}
	return nil
}

// Files implements stage.FileUser.
func (f *filter) Files() (reads, writes []string) {
	if f.config.Kept != "" {
		reads = append(reads, string(f.config.Kept))
	}
	return reads, nil
}

// Schema implements stage.Stage.
func (f *filter) Schema(in []*arrow.Schema) (*arrow.Schema, error) {
	if f.kept != nil { // the condition may be about what is not here
		if stage.Find(in[0], stage.Key) < 0 {
			return in[0], keylist.NeedKey("kept")
		}
		return in[0], nil
	}
	_, err := f.compile(in[0])
	return in[0], err
}

func (f *filter) compile(in *arrow.Schema) (*expression.Program, error) {
	p, err := expression.Compile(string(f.config.Where), in, expression.Boolean)
	if err != nil {
		return nil, expression.OptionError([]string{"where"}, err)
	}
	return p, nil
}

// Run implements stage.Stage.
func (f *filter) Run(_ context.Context, env stage.Env, in []stage.Table) stage.Rows {
	if f.kept != nil {
		return f.listed(env, in[0])
	}
	where, err := f.compile(in[0].Schema)
	if err != nil {
		return flow.Fail(err)
	}
	return flow.Map(in[0].Rows, func(rec arrow.Record) (arrow.Record, error) {
		keep, valid, err := where.Bools(rec)
		if err != nil {
			return nil, err
		}
		var no, null int64
		for i := range keep {
			switch {
			case !valid[i]:
				if f.config.OnNull == errorNull {
					return nil, f.nullError(rec, i, where)
				}
				null++
				keep[i] = f.config.OnNull == keepNull
			case !keep[i]:
				no++
			}
		}
		env.Ledger.Dropped(isFalse, no)
		if f.config.OnNull == keepNull {
			env.Ledger.Counted(nullKept, null)
		} else {
			env.Ledger.Dropped(isNull, null)
		}
		if dropped := no + null; dropped == rec.NumRows() && f.config.OnNull != keepNull {
			return nil, nil
		}
		return columns.Filter(env.Memory, rec, keep)
	})
}

// listed keeps the rows that were kept before.
func (f *filter) listed(env stage.Env, in stage.Table) stage.Rows {
	key := stage.Find(in.Schema, stage.Key)
	chooser := f.kept.Choose()
	return chooser.Tell(env, string(f.config.Kept), flow.Map(in.Rows, func(rec arrow.Record) (arrow.Record, error) {
		rows, _, err := chooser.Rows(rec, key)
		if err != nil {
			return nil, err
		}
		env.Ledger.Dropped(notListed, rec.NumRows()-int64(len(rows)))
		if len(rows) == 0 {
			return nil, nil
		}
		return columns.Take(env.Memory, rec, rows)
	}))
}

// nullError names the row and the columns that are null in it.
func (f *filter) nullError(rec arrow.Record, row int, where *expression.Program) error {
	at := fmt.Sprintf("row %d of a batch", row)
	if k := stage.Find(rec.Schema(), stage.Key); k >= 0 {
		at = fmt.Sprintf("row %q", columns.Format(rec.Column(k), row))
	}
	var nulls []string
	for _, name := range where.Columns() {
		if rec.Column(columns.Index(rec.Schema(), name)).IsNull(row) {
			nulls = append(nulls, "`"+name+"`")
		}
	}
	why := ""
	if len(nulls) > 0 {
		why = ", because there is no value in " + strings.Join(nulls, ", ")
	}
	return fmt.Errorf("%s: `where` is null%s (`on_null: error`)", at, why)
}
