package flow_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"icono/internal/flow"
	"icono/internal/stage"
	"icono/internal/stagetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errBoom = errors.New("boom")

// numbers yields 0 to n-1 and then err, if it is not nil.
func numbers(n int, err error) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
		if err != nil && yield(0, err) {
			panic("pulled on after an error")
		}
	}
}

// Results come in order, each item is computed once, and no more than window
// items are under way.
func TestOrdered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, workers, window := rapid.IntRange(0, 60).Draw(t, "n"), rapid.IntRange(0, 5).Draw(t, "workers"), rapid.IntRange(0, 9).Draw(t, "window")
		slow := rapid.IntRange(1, 9).Draw(t, "slow")
		failAt := rapid.IntRange(-1, 70).Draw(t, "failAt")
		stopAt := rapid.IntRange(-1, 70).Draw(t, "stopAt")
		var upstream error
		if rapid.Bool().Draw(t, "upstream") {
			upstream = errBoom
		}
		var open, calls atomic.Int64
		fn := func(_ context.Context, i int) (int, error) {
			calls.Add(1)
			if i%slow == 0 {
				time.Sleep(50 * time.Microsecond)
			}
			if i == failAt {
				return 0, errBoom
			}
			open.Add(1)
			return i * i, nil
		}
		var taken int64
		in := func(yield func(int, error) bool) {
			for i, err := range numbers(n, upstream) {
				if err == nil {
					taken++
				}
				if !yield(i, err) {
					return
				}
			}
		}
		var got []int
		var failed error
		for v, err := range flow.Ordered(context.Background(), in, workers, window, fn, func(int) { open.Add(-1) }) {
			if failed != nil {
				t.Fatal("goes on after an error")
			}
			if failed = err; err != nil {
				continue
			}
			if under := taken - int64(len(got)); under > int64(max(1, workers, window)) {
				t.Fatalf("%d items under way", under)
			}
			open.Add(-1)
			got = append(got, v)
			if len(got)-1 == stopAt {
				break
			}
		}
		want := n
		if failAt >= 0 {
			want = min(want, failAt)
		}
		if stopAt >= 0 {
			want = min(want, stopAt+1)
		}
		for i, v := range got {
			if v != i*i {
				t.Fatalf("result %d is %d", i, v)
			}
		}
		if len(got) != want {
			t.Fatalf("%d results, want %d", len(got), want)
		}
		stopped := stopAt >= 0 && stopAt < want
		if wantErr := !stopped && (failAt >= 0 && failAt < n || upstream != nil); wantErr != (failed != nil) || failed != nil && !errors.Is(failed, errBoom) {
			t.Fatalf("error %v", failed)
		}
		if open.Load() != 0 || calls.Load() != taken {
			t.Fatalf("%d results left, %d calls for %d items", open.Load(), calls.Load(), taken)
		}
	})
}

func TestOrderedPanic(t *testing.T) {
	_, err := drain(flow.Ordered(t.Context(), numbers(9, nil), 3, 3, func(_ context.Context, i int) (int, error) {
		if i == 4 {
			panic("four")
		}
		return i, nil
	}, nil))
	var p *flow.PanicError
	if !errors.As(err, &p) || p.Value != "four" || !strings.Contains(p.Error(), "flow_test.go") {
		t.Fatalf("error %v", err)
	}
}

func drain[T any](in iter.Seq2[T, error]) (out []T, err error) {
	for v, e := range in {
		if e != nil {
			return out, e
		}
		out = append(out, v)
	}
	return out, nil
}

// A cancelled context ends the stream although a worker waits for it.
func TestOrderedCancel(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("why")
	_, err := drain(flow.Ordered(ctx, numbers(9, nil), 2, 4, func(ctx context.Context, i int) (int, error) {
		if i == 3 {
			cancel(why)
		}
		if i > 3 {
			<-ctx.Done()
			return 0, ctx.Err()
		}
		return i, nil
	}, nil))
	if !errors.Is(err, why) {
		t.Fatalf("error %v", err)
	}
}

// record is a table of one column of integers from 0.
func table(t testing.TB, n int) (arrow.Record, *arrow.Schema) {
	schema := stagetest.Schema(stagetest.Int("n"))
	rows := make([][]any, n)
	for i := range rows {
		rows[i] = []any{i}
	}
	return stagetest.Record(t, stagetest.Memory(t), schema, rows...), schema
}

func values(rows stage.Rows) (out []int, err error) {
	all, err := stagetest.Collect(rows)
	for _, r := range all {
		out = append(out, int(r[0].(int64)))
	}
	return out, err
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// Every combinator passes rows, errors and early ends on, and leaves neither
// memory nor goroutines behind.
func TestCombinators(t *testing.T) {
	keep := func(r arrow.Record) (arrow.Record, error) { return r.NewSlice(0, r.NumRows()), nil }
	for name, combine := range map[string]func(context.Context, *arrow.Schema, stage.Rows) stage.Rows{
		"Map": func(_ context.Context, _ *arrow.Schema, in stage.Rows) stage.Rows { return flow.Map(in, keep) },
		"Observe": func(_ context.Context, _ *arrow.Schema, in stage.Rows) stage.Rows {
			return flow.Observe(in, func(arrow.Record) {})
		},
		"Prefetch": func(ctx context.Context, _ *arrow.Schema, in stage.Rows) stage.Rows { return flow.Prefetch(ctx, in, 3) },
		"MapParallel": func(ctx context.Context, _ *arrow.Schema, in stage.Rows) stage.Rows {
			return flow.MapParallel(ctx, in, 3, func(_ context.Context, r arrow.Record) (arrow.Record, error) { return keep(r) })
		},
		"Rebatch": func(_ context.Context, s *arrow.Schema, in stage.Rows) stage.Rows {
			return flow.Rebatch(stagetest.Memory(t), s, in, 4)
		},
	} {
		t.Run(name, func(t *testing.T) {
			rec, schema := table(t, 100)
			for _, size := range []int{1, 7, 100} {
				got, err := values(combine(t.Context(), schema, stagetest.Batches(rec, size, true)))
				if d := cmp.Diff(upTo(100), got); d != "" || err != nil {
					t.Fatalf("%v %s", err, d)
				}
				for range combine(t.Context(), schema, stagetest.Batches(rec, size, false)) {
					break
				}
				failing := func(yield func(arrow.Record, error) bool) {
					for r := range stagetest.Batches(rec, size, false) {
						if !yield(r, nil) {
							return
						}
					}
					yield(nil, errBoom)
				}
				if got, err := values(combine(t.Context(), schema, failing)); !errors.Is(err, errBoom) || len(got) > 100 {
					t.Fatalf("%d rows, error %v", len(got), err)
				}
			}
			nothing := func(func(arrow.Record, error) bool) {}
			if got, err := values(combine(t.Context(), schema, nothing)); len(got) > 0 || err != nil {
				t.Fatal(got, err)
			}
			if _, err := values(combine(t.Context(), schema, flow.Fail(errBoom))); !errors.Is(err, errBoom) {
				t.Fatal(err)
			}
		})
	}
}

func TestMapSkipsAndFails(t *testing.T) {
	rec, _ := table(t, 10)
	odd := func(r arrow.Record) (arrow.Record, error) {
		n := r.Column(0).(*array.Int64).Value(0)
		if n == 7 {
			return nil, errBoom
		}
		if n%2 == 0 {
			return nil, nil
		}
		return r.NewSlice(0, 1), nil
	}
	for name, rows := range map[string]stage.Rows{
		"Map":         flow.Map(stagetest.Batches(rec, 1, false), odd),
		"MapParallel": flow.MapParallel(t.Context(), stagetest.Batches(rec, 1, false), 3, func(_ context.Context, r arrow.Record) (arrow.Record, error) { return odd(r) }),
	} {
		got, err := values(rows)
		if !slices.Equal(got, []int{1, 3, 5}) || !errors.Is(err, errBoom) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestPrefetchCancelAndPanic(t *testing.T) {
	rec, _ := table(t, 10)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	var failed error
	for _, err := range flow.Prefetch(ctx, stagetest.Batches(rec, 1, false), 2) {
		if n++; n == 3 {
			cancel()
		}
		failed = err
	}
	if !errors.Is(failed, context.Canceled) {
		t.Errorf("error %v", failed)
	}
	_, err := values(flow.Prefetch(t.Context(), func(func(arrow.Record, error) bool) { panic("upstream") }, 2))
	var p *flow.PanicError
	if !errors.As(err, &p) {
		t.Errorf("error %v", err)
	}
}
