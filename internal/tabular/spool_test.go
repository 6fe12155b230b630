package tabular_test

import (
	"context"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"icono/internal/tabular"
	"icono/internal/tabular/tabletest"
)

// TestSpool appends random batches, whose dictionaries differ, and reads them
// several times at once; nothing may be left in memory.
func TestSpool(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		defer mem.AssertSize(t, 0)
		schema := tabletest.Schema(4).Draw(rt, "schema")
		s, err := tabular.NewSpool(t.TempDir(), schema)
		if err != nil {
			rt.Fatal(err)
		}
		var want [][]string
		for range rapid.IntRange(0, 5).Draw(rt, "batches") {
			rec := tabletest.Record(rt, mem, schema, rapid.IntRange(0, 9).Draw(rt, "rows"))
			slice := rec.NewSlice(min(1, rec.NumRows()), rec.NumRows())
			for _, r := range []arrow.Record{rec, slice} {
				want = append(want, tabletest.Cells(r)...)
				if err := s.Append(r); err != nil {
					rt.Fatal(err)
				}
				r.Release()
			}
		}
		var wait sync.WaitGroup
		for range 3 {
			wait.Go(func() {
				got, err := tabletest.Rows(s.Rows(context.Background(), mem))
				if diff := cmp.Diff(want, got); err != nil || diff != "" {
					rt.Errorf("%v %s", err, diff)
				}
			})
		}
		wait.Wait()
		for range s.Rows(context.Background(), mem) {
			break
		}
		if err := s.Close(); err != nil {
			rt.Fatal(err)
		}
	})
}

func TestSpoolErrors(t *testing.T) {
	if _, err := tabular.NewSpool("/nowhere/at/all", arrow.NewSchema(nil, nil)); err == nil {
		t.Error("a spool in a folder that is not there")
	}
	rec := mixed()
	defer rec.Release()
	s, err := tabular.NewSpool("", rec.Schema())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Append(rec); err != nil {
		t.Fatal(err)
	}
	other := array.NewRecord(arrow.NewSchema(rec.Schema().Fields()[:1], nil), rec.Columns()[:1], rec.NumRows())
	defer other.Release()
	if err := s.Append(other); err == nil {
		t.Error("a batch of other columns was taken")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := tabletest.Rows(s.Rows(ctx, memory.NewGoAllocator())); err == nil {
		t.Error("reading goes on after a cancel")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Append(rec); err == nil {
		t.Error("a closed spool takes batches")
	}
}
