package sample

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"icono/internal/columns"
	"icono/internal/flow"
	"icono/internal/stage"
	"icono/internal/tabular"
)

// Reasons for which rows are dropped, and what is counted.
const (
	notDrawn    = "not sampled"
	notReached  = "not reached before the interruption"
	smallStrata = "strata with fewer rows than `n`"
)

// draw is one run of the stage.
type draw struct {
	sample
	env    stage.Env
	out    *arrow.Schema
	key    int
	by     []int
	lot    *lot
	strata map[string]*stratum
	word   []byte // scratch of stratum
}

// share draws from a batch at a rate.
func (d *draw) share(rec arrow.Record) (arrow.Record, error) {
	key, ok := columns.Text(rec.Column(d.key))
	if !ok {
		return nil, fmt.Errorf("the key is %s, not text", rec.Column(d.key).DataType())
	}
	var rows []int
	var chances []float64
	for i := range key.Len() {
		if below(d.lot.of(key.At(i)), *d.config.Share) {
			rows, chances = append(rows, i), append(chances, *d.config.Share)
		}
	}
	return d.take(rec, rows, chances)
}

// listed takes the rows that were drawn before.
func (d *draw) listed(in stage.Rows) stage.Rows {
	chooser := d.drawn.Choose()
	return chooser.Tell(d.env, string(d.config.Drawn), flow.Map(in, func(rec arrow.Record) (arrow.Record, error) {
		rows, chances, err := chooser.Rows(rec, d.key)
		if err != nil {
			return nil, err
		}
		return d.take(rec, rows, chances)
	}))
}

// number draws n rows of each stratum: one pass finds the largest lot drawn,
// a second one over a copy on disk takes the rows.
func (d *draw) number(ctx context.Context, in stage.Table) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		spool, err := tabular.NewSpool("", in.Schema)
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = spool.Close() }() // nothing is lost with it
		d.strata = map[string]*stratum{}
		for rec, err := range in.Rows {
			if err == nil {
				err = d.register(rec)
			}
			if err == nil {
				err = spool.Append(rec)
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
		d.tell()
		flow.Map(d.untilDrained(spool, spool.Rows(ctx, d.env.Memory)), d.pick)(yield)
	}
}

// untilDrained ends a stream early when the run is to end, and accounts for
// the rows that are left.
func (d *draw) untilDrained(spool *tabular.Spool, rows stage.Rows) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		left := spool.NumRows()
		for rec, err := range rows {
			if err == nil && d.env.Draining() {
				d.env.Ledger.Dropped(notReached, left)
				return
			}
			if err == nil {
				left -= rec.NumRows()
			}
			if !yield(rec, err) {
				return
			}
		}
	}
}

// register lets the rows of a batch take part in the draw.
func (d *draw) register(rec arrow.Record) error {
	key, ok := columns.Text(rec.Column(d.key))
	if !ok {
		return fmt.Errorf("the key is %s, not text", rec.Column(d.key).DataType())
	}
	for i := range key.Len() {
		word := d.stratum(rec, i)
		s := d.strata[string(word)]
		if s == nil {
			s = &stratum{}
			d.strata[string(word)] = s
		}
		k := key.At(i)
		s.add(*d.config.N, entry{d.lot.of(k), k}, strings.Clone)
	}
	return nil
}

// pick takes the rows of a batch that are drawn.
func (d *draw) pick(rec arrow.Record) (arrow.Record, error) {
	key, _ := columns.Text(rec.Column(d.key))
	var rows []int
	var chances []float64
	for i := range key.Len() {
		s, k := d.strata[string(d.stratum(rec, i))], key.At(i)
		if s.drawn(entry{d.lot.of(k), k}) {
			rows, chances = append(rows, i), append(chances, s.probability(*d.config.N))
		}
	}
	return d.take(rec, rows, chances)
}

// stratum names the stratum of a row, differently for every combination of
// values. The result is valid until the next call.
func (d *draw) stratum(rec arrow.Record, row int) []byte {
	d.word = d.word[:0]
	for _, at := range d.by {
		arr := rec.Column(at)
		text := columns.Format(arr, row)
		if arr.IsNull(row) {
			d.word = append(d.word, "-:"...)
			continue
		}
		d.word = append(strconv.AppendInt(d.word, int64(len(text)), 10), ':')
		d.word = append(d.word, text...)
	}
	return d.word
}

// take makes the output of a batch: the rows, with their probabilities.
func (d *draw) take(rec arrow.Record, rows []int, chances []float64) (arrow.Record, error) {
	d.env.Ledger.Dropped(notDrawn, rec.NumRows()-int64(len(rows)))
	if len(rows) == 0 {
		return nil, nil
	}
	taken, err := columns.Take(d.env.Memory, rec, rows)
	if err != nil {
		return nil, err
	}
	defer taken.Release()
	b := array.NewFloat64Builder(d.env.Memory)
	defer b.Release()
	known := make([]bool, len(chances))
	for i, p := range chances {
		known[i] = p == p // a list of drawn rows may not say it
	}
	b.AppendValues(chances, known)
	col := b.NewArray()
	defer col.Release()
	return columns.Append(taken, d.out, col)
}

// tell counts strata, and warns of those that are smaller than the sample.
func (d *draw) tell() {
	small, drawn := 0, int64(0)
	for _, s := range d.strata {
		drawn += min(s.rows, int64(*d.config.N))
		if s.rows < int64(*d.config.N) {
			small++
		}
	}
	d.env.Ledger.Expect(drawn)
	if len(d.by) > 0 {
		d.env.Ledger.Fact("strata", strconv.Itoa(len(d.strata)))
	}
	switch {
	case small == 0:
	case len(d.by) > 0:
		d.env.Ledger.Counted(smallStrata, int64(small))
		d.env.Ledger.Warn(fmt.Sprintf("%d of %d strata have fewer than %d rows: all their rows are taken", small, len(d.strata), *d.config.N))
	default:
		d.env.Ledger.Warn(fmt.Sprintf("there are %d rows, fewer than the %d to draw: all are taken", d.strata[""].rows, *d.config.N))
	}
}
