package stagetest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"icono/internal/config"
	"icono/internal/diag"
	"icono/internal/source"
	"icono/internal/stage"
)

// Case is one use of a kind that must work.
type Case struct {
	Name string
	// Config is what the kind's Build takes: a pointer, as NewConfig gives it.
	Config any
	// In are the inputs. The first is the table whose rows are conserved.
	In []Input
	// Want are the rows as values of columns.Value; nil compares the runs with
	// each other only.
	Want [][]any
	// Appends states that the output is the first input and further columns.
	Appends bool
	// Study is the folder of the files that the case reads and writes; nil is
	// an empty one.
	Study stage.Study
}

// Input is an input table in Go values, as Record takes them.
type Input struct {
	Schema *arrow.Schema
	Rows   [][]any
}

// Conform holds a kind to the contract of package stage in every case: the
// schema delivered is the one promised, batches of any size give the same rows,
// every row is accounted for, nothing runs before it is ranged over, early
// ends, cancellation and errors of inputs leave neither memory nor goroutines
// behind.
func Conform(t *testing.T, kind stage.Kind, cases ...Case) {
	t.Run("defaults", func(t *testing.T) { defaults(t, kind) })
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			if !kind.Inputs.Allows(len(c.In)) {
				t.Fatalf("the kind takes %s, and the case has %d", kind.Inputs, len(c.In))
			}
			f := fixture{kind, c}
			t.Run("rows", f.rows)
			t.Run("lazy", f.lazy)
			t.Run("early break", f.earlyBreak)
			t.Run("cancel", f.cancelled)
			if len(c.In) > 0 {
				t.Run("empty input", f.empty)
				t.Run("upstream error", f.upstream)
			}
		})
	}
}

func defaults(t *testing.T, kind stage.Kind) {
	a, b := kind.NewConfig(), kind.NewConfig()
	if kind.Name == "" || reflect.TypeOf(a).Kind() != reflect.Pointer || a == b {
		t.Fatalf("the kind %q gives the configuration %T", kind.Name, a)
	}
	if d := cmp.Diff(a, b, cmp.Exporter(func(reflect.Type) bool { return true })); d != "" {
		t.Errorf("the defaults differ from call to call: %s", d)
	}
	var list diag.List
	config.Decode(nil, a, source.Span{}, kind.Name, &list)
	for _, d := range list.Sorted() {
		if d.Code != "required" {
			t.Errorf("a default is wrong: %s", d.Message)
		}
	}
}

type fixture struct {
	kind stage.Kind
	Case
}

func (f fixture) rows(t *testing.T) {
	want := f.Want
	for _, size := range []int{256, 1, 2, 7} {
		r, out := f.start(t, size, nil)
		got := r.all(out)
		if want == nil {
			want = got
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("batches of %d rows (-want +got):\n%s", size, d)
		}
		if f.Appends {
			f.appended(t, out.Schema, got)
		}
	}
}

// appended checks that the first columns are those of the input.
func (f fixture) appended(t *testing.T, out *arrow.Schema, got [][]any) {
	in := f.In[0]
	for i, want := range in.Schema.Fields() {
		if i >= out.NumFields() || !out.Field(i).Equal(want) {
			t.Fatalf("column %d of the input is not column %d of the output:\n%s", i, i, out)
		}
	}
	rec := Record(t, memory.DefaultAllocator, in.Schema, in.Rows...)
	for i, row := range Values(rec) {
		if i >= len(got) || !cmp.Equal(row, got[i][:len(row)]) {
			t.Fatalf("row %d of the input has changed", i)
		}
	}
}

func (f fixture) lazy(t *testing.T) {
	r, _ := f.start(t, 1, nil)
	for i, n := range r.pulled {
		if n > 0 {
			t.Errorf("took rows of input %d before it was ranged over", i)
		}
	}
	if !r.ledger.silent() {
		t.Error("told the ledger something before it was ranged over")
	}
}

func (f fixture) earlyBreak(t *testing.T) {
	_, out := f.start(t, 1, nil)
	for _, err := range out.Rows {
		if err != nil {
			t.Fatalf("error: %v", err)
		}
		break
	}
}

// patience is how long a cancelled stage may take to end.
const patience = 20 * time.Second

// cancelled cancels while the last input yields its second batch.
func (f fixture) cancelled(t *testing.T) {
	last := len(f.In) - 1
	r, out := f.start(t, 1, func(r *trial, i int, rows stage.Rows) stage.Rows {
		return func(yield func(arrow.Record, error) bool) {
			n := 0
			for rec, err := range rows {
				if n++; i == last && n == 2 {
					r.cancel()
				}
				if r.ctx.Err() != nil {
					yield(nil, context.Cause(r.ctx))
					return
				}
				if !yield(rec, err) {
					return
				}
			}
		}
	})
	if len(f.In) == 0 {
		r.cancel()
	}
	began := time.Now()
	var failed error
	for _, err := range out.Rows {
		if failed != nil {
			t.Fatal("the stream goes on after an error")
		}
		failed = err
	}
	if time.Since(began) > patience {
		t.Errorf("took %s to end", time.Since(began))
	}
	if r.ctx.Err() != nil && !errors.Is(failed, context.Canceled) {
		t.Errorf("ended with the error %v after it was cancelled", failed)
	}
}

func (f fixture) empty(t *testing.T) {
	none := fixture{f.kind, f.Case}
	none.In = nil
	for _, in := range f.In {
		none.In = append(none.In, Input{Schema: in.Schema})
	}
	for _, size := range []int{1, 2} { // without and with an empty batch
		r, out := none.start(t, size, nil)
		if got := r.all(out); len(got) != 0 {
			t.Errorf("%d rows of nothing", len(got))
		}
	}
}

func (f fixture) upstream(t *testing.T) {
	boom := errors.New("upstream fails")
	for bad := range f.In {
		for _, after := range []int{0, 1} {
			failed := false
			_, out := f.start(t, 1, func(_ *trial, i int, rows stage.Rows) stage.Rows {
				if i != bad {
					return rows
				}
				return func(yield func(arrow.Record, error) bool) {
					n := 0
					for rec, err := range rows {
						if n++; n > after {
							break
						}
						if !yield(rec, err) {
							return
						}
					}
					failed = true
					if yield(nil, boom) {
						t.Error("the stage pulls on after an error")
					}
				}
			})
			var got []error
			for _, err := range out.Rows {
				if err != nil {
					got = append(got, err)
				} else if len(got) > 0 {
					t.Error("rows after an error")
				}
			}
			if failed && (len(got) != 1 || !errors.Is(got[0], boom)) {
				t.Errorf("input %d fails after %d batches, and the stage gives %v", bad, after, got)
			}
		}
	}
}
