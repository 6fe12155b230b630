package ensemble

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"icono/internal/columns"
	"icono/internal/expression"
	"icono/internal/stage"
)

// noRule is counted.
const noRule = "rows for which no rule holds"

// Verdicts on a row besides the index of the rule that holds.
const (
	open    = -1 // no rule has held so far
	unknown = -2 // a condition is null, and the row has no code
)

// hearing is one run of a stage of rules.
type hearing struct {
	*ruled
	*statute
	env    stage.Env
	accord *accord
}

func (r *hearing) batch(rec arrow.Record) (arrow.Record, error) {
	cols, err := arrays(r.env.Memory, r.inputs, rec)
	if err != nil {
		return nil, err
	}
	defer columns.Release(cols)
	all := slices.Clone(cols)
	for _, at := range r.columns {
		all = append(all, rec.Column(at))
	}
	seen := array.NewRecord(r.seen, all, rec.NumRows())
	defer seen.Release()
	verdicts := slices.Repeat([]int{open}, int(rec.NumRows()))
	reasons := make([]string, len(verdicts))
	for i := range r.programs {
		if err := r.rule(i, seen, verdicts, reasons); err != nil {
			return nil, err
		}
	}
	read := make([]func(int) (string, bool), len(cols))
	for i, a := range cols {
		if codable(a.DataType()) {
			read[i] = codes(a)
		}
	}
	rows := make([]result, len(verdicts))
	var without int64
	for row, v := range verdicts {
		fields := rec.Schema().NumFields()
		fields = r.schema.NumFields() - fields - 2
		code, by := "", ""
		switch {
		case v == unknown:
			rows[row] = failed(fields, stage.Missing, reasons[row])
			continue
		case v >= 0:
			code, by = r.config.Rules[v].Then, r.labels[v]
		case r.config.Else != "":
			code, by = r.config.Else, elseLabel
		default:
			without++
			rows[row] = failed(fields, stage.OK, "")
			continue
		}
		rows[row] = result{values: []any{code, by}, status: stage.OK}
		if r.compared {
			rows[row].values = append(rows[row].values, r.accord.meet(code, func(i int) (string, bool) { return read[i](row) }))
		}
	}
	r.env.Ledger.Counted(noRule, without)
	return appendTo(r.env.Memory, rec, r.schema, rows)
}

// rule applies a rule to the rows that are open.
func (r *hearing) rule(i int, seen arrow.Record, verdicts []int, reasons []string) error {
	holds, valid, err := r.programs[i].Bools(seen)
	if err != nil { // perhaps on a row that an earlier rule has decided
		if holds, valid, err = r.open(r.programs[i], seen, verdicts); err != nil {
			return err
		}
	}
	var null int64
	for row, v := range verdicts {
		switch {
		case v != open:
		case holds[row] && valid[row]:
			verdicts[row] = i
		case valid[row]:
		case r.config.OnNull == errorNull:
			return fmt.Errorf("row %s: %s (`on_null: error`)", r.key(seen, row), r.null(i, seen, row))
		case r.config.OnNull == noneNull:
			verdicts[row], reasons[row] = unknown, r.null(i, seen, row)
		default:
			null++
		}
	}
	r.env.Ledger.Counted(fmt.Sprintf("rows for which rule `%s` is null", r.labels[i]), null)
	return nil
}

// open evaluates a condition on the open rows alone.
func (r *hearing) open(p *expression.Program, seen arrow.Record, verdicts []int) (holds, valid []bool, err error) {
	holds, valid = make([]bool, len(verdicts)), make([]bool, len(verdicts))
	for row, v := range verdicts {
		if v != open {
			continue
		}
		one := seen.NewSlice(int64(row), int64(row)+1)
		h, ok, err := p.Bools(one)
		one.Release()
		if err != nil {
			return nil, nil, err
		}
		holds[row], valid[row] = h[0], ok[0]
	}
	return holds, valid, nil
}

// null says which rule is null in a row, and for want of what.
func (r *hearing) null(i int, seen arrow.Record, row int) string {
	var without []string
	for _, name := range r.programs[i].Columns() {
		if seen.Column(columns.Index(r.seen, name)).IsNull(row) {
			without = append(without, "`"+name+"`")
		}
	}
	text := fmt.Sprintf("the rule `%s` is null", r.labels[i])
	if len(without) > 0 {
		text += ", because there is no value in " + strings.Join(without, ", ")
	}
	return text
}

func (r *hearing) key(seen arrow.Record, row int) string {
	if k := stage.Find(r.seen, stage.Key); k >= 0 {
		return fmt.Sprintf("%q", columns.Format(seen.Column(k), row))
	}
	return fmt.Sprintf("%d of a batch", row)
}
