package clip_test

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"icono/internal/sharedtest"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/clip"
)

// Real pictures get the same numbers, to the last decimal given, whatever the
// batch size: 17 leave one row over for batches of 2 and of 16.
func TestBatchSizeOfRealPictures(t *testing.T) {
	folder, data := sharedtest.Path(t, "models", "cococlip"), sharedtest.Path(t, "data")
	f, err := os.Open(filepath.Join(data, "images.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	table, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var in [][]any
	for i := 1; i < len(table) && len(in) < 17; i += 6 {
		in = append(in, []any{table[i][0], "images/" + table[i][0], 0})
	}
	m := newMachine(t)
	var want [][]any
	for _, size := range []int{16, 1, 2, 7} {
		c := config(func(c *clip.Config) { c.Model, c.BatchSize, c.Labels, c.Scores = folder, size, content(), "phrases" })
		got := classify(t, m, c, in, 2, 5, stagetest.Folder(data))
		if want == nil {
			want = got.rows
		}
		if d := cmp.Diff(want, got.rows); len(in) != 17 || d != "" {
			t.Errorf("%d pictures, %d at a time (-want +got): %s", len(in), size, d)
		}
	}
}

// drainer ends the run while its model computes a batch.
type drainer struct {
	*machine
	drain chan struct{}
	at    int // which call
}

func (d *drainer) Open(ctx context.Context, r clip.Request) (clip.Encoder, error) {
	e, err := d.machine.Open(ctx, r)
	return &draining{Encoder: e, drainer: d}, err
}

type draining struct {
	clip.Encoder
	*drainer
	once sync.Once
}

func (d *draining) EmbedImages(ctx context.Context, pixels []float32, n int, dst []float32) error {
	d.mu.Lock()
	open := len(d.calls) + 1
	d.mu.Unlock()
	if open == d.at {
		d.once.Do(func() { close(d.drain) })
	}
	return d.Encoder.EmbedImages(ctx, pixels, n, dst)
}

// When the run is to end, the batch that the model computes is finished and
// counts; the rows left of the record are skipped and say why. A batch of the
// model is smaller than a record, as by default.
func TestDrain(t *testing.T) {
	d := &drainer{machine: newMachine(t), drain: make(chan struct{}), at: 2}
	env, _ := stagetest.Env(t, stagetest.Memory(t))
	env.Study, env.Drain, env.Workers = study(t), d.drain, 3
	var in [][]any
	for i := range 256 {
		in = append(in, []any{string(rune('A'+i/16)) + string(rune('A'+i%16)), []string{"red.png", "blue.png", "amber.png"}[i%3], i})
	}
	const size = 32
	c := config(func(c *clip.Config) { c.BatchSize = size })
	rec := stagetest.Record(t, memory.DefaultAllocator, schema(), in...)
	out := stagetest.Run(t, t.Context(), clip.Kind(d, nil).Build("mood", c), env, stage.Table{Schema: schema(), Rows: stagetest.Batches(rec, 256, true)})
	got, err := stagetest.Collect(out.Rows)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]int{size, size}, d.seen()); d != "" {
		t.Errorf("pictures a call (-want +got): %s", d)
	}
	o := outcome{schema: out.Schema, rows: got}
	if len(got) != len(in) {
		t.Fatalf("%d rows of %d", len(got), len(in))
	}
	codes, why := o.column(t, "Classification"), o.column(t, "mood_error")
	for i, status := range o.column(t, "mood_status") {
		done := i < 2*size
		if done != (status == "ok") || done != (codes[i] != nil) || !done && (status != "skipped" || why[i] != "the run was interrupted") {
			t.Fatalf("row %d: status %v, code %v, error %v", i+1, status, codes[i], why[i])
		}
	}
}
