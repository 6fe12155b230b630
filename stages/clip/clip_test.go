package clip_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"icono/internal/clip/cliptest"
	"icono/internal/onnx/graph"
	"icono/internal/option"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/clip"
)

func TestConform(t *testing.T) {
	m, files := newMachine(t), study(t)
	in := []stagetest.Input{{Schema: schema(), Rows: rows()}}
	stagetest.Conform(t, clip.Kind(m, nil),
		stagetest.Case{Name: "batches of 3", Config: config(func(c *clip.Config) { c.BatchSize = 3 }), In: in, Appends: true, Study: files},
		stagetest.Case{Name: "one batch, all columns", Config: config(func(c *clip.Config) { c.TopK, c.Scores = 3, "phrases" }), In: in, Appends: true, Study: files},
		stagetest.Case{Name: "no picture is good", Config: config(nil), In: []stagetest.Input{{Schema: schema(), Rows: [][]any{{"1", "gone.png", 1}, {"2", nil, 2}}}},
			Appends: true, Study: files},
	)
}

func TestColumns(t *testing.T) {
	out := classify(t, newMachine(t), config(func(c *clip.Config) {
		c.Labels = option.Map[[]string]{{Key: "Red", Value: []string{"red"}}, {Key: "Blue", Value: []string{"a cold blue"}},
			{Key: "Amber", Value: []string{"tangerine", "a blue orange"}}, {Key: "Black", Value: []string{"black"}}}
	}), rows(), 2, 4, study(t))
	var names []string
	for _, f := range out.schema.Fields() {
		names = append(names, f.Name)
	}
	if d := cmp.Diff([]string{"ID", "File", "Likes", "Classification", "Classification Label", "Classification Probability", "mood_status", "mood_error"}, names); d != "" {
		t.Errorf("columns: %s", d)
	}
	for name, want := range map[string][]any{
		"Classification":       {"Red", nil, "Blue", nil, nil, "Black", "Red", nil, nil, "Amber", "Red"},
		"Classification Label": {"red", nil, "a cold blue", nil, nil, "black", "red", nil, nil, "tangerine", "red"},
		"mood_status":          {"ok", "missing", "ok", "missing", "unreadable", "ok", "ok", "missing", "unreadable", "ok", "ok"},
	} {
		if d := cmp.Diff(want, out.column(t, name)); d != "" {
			t.Errorf("%s (-want +got): %s", name, d)
		}
	}
	wrong := out.column(t, "mood_error")
	for i, want := range map[int]string{1: "there is no file gone.png", 3: "the row names no picture", 7: "the row names no picture", 4: "", 8: ""} {
		text, ok := wrong[i].(string)
		if !ok || text == "" || want != "" && text != want {
			t.Errorf("row %d has the error %v; want %q", i+1, wrong[i], want)
		}
	}
	for i, status := range out.column(t, "mood_status") {
		p := out.column(t, "Classification Probability")[i]
		if (status == "ok") != (wrong[i] == nil) || (status == "ok") != (p != nil) {
			t.Errorf("row %d: status %v, error %v, probability %v", i+1, status, wrong[i], p)
		}
	}
	for name, role := range map[string]stage.Role{"Classification": stage.Code, "Classification Label": stage.Phrase,
		"Classification Probability": stage.Probability, "mood_status": stage.StatusRole, "mood_error": stage.ErrorText} {
		f := out.schema.Field(slices.Index(names, name))
		if stage.RoleOf(f) != role || stage.AddedBy(f) != "mood" {
			t.Errorf("%s has the role %q of stage %q", name, stage.RoleOf(f), stage.AddedBy(f))
		}
	}
	if d := cmp.Diff([]string{"Red", "Blue", "Amber", "Black"}, stage.CategoriesOf(out.schema.Field(3))); d != "" {
		t.Error(d)
	}
}

// The codes are the same whatever the batches and the number of workers, and
// the model is always given batch_size pictures at once, the last time what is
// left. Rows without a picture take no place in a batch.
func TestBatches(t *testing.T) {
	m, files := newMachine(t), study(t)
	var in [][]any
	for i := range 130 { // 11 rows of which 6 have a picture, again and again
		row := slices.Clone(rows()[i%11])
		row[0] = fmt.Sprintf("%03d", i)
		in = append(in, row)
	}
	good := 0
	for _, row := range in {
		if name, _ := row[1].(string); drawings()[name].at != nil {
			good++
		}
	}
	var want [][]any
	for _, use := range []struct{ batch, workers, records int }{
		{1, 5, 10}, {3, 1, 10}, {3, 4, 256}, {64, 2, 1}, {64, 5, 256},
	} {
		c := config(func(c *clip.Config) { c.BatchSize, c.Scores = use.batch, "phrases" })
		got := classify(t, m, c, in, use.workers, use.records, files)
		if want == nil {
			want = got.rows
		}
		if d := cmp.Diff(want, got.rows); d != "" {
			t.Fatalf("%+v: other results: %s", use, d)
		}
		calls := slices.Repeat([]int{use.batch}, good/use.batch)
		if good%use.batch > 0 {
			calls = append(calls, good%use.batch)
		}
		if d := cmp.Diff(calls, m.seen()); d != "" {
			t.Fatalf("%+v: pictures a call (-want +got): %s", use, d)
		}
	}
}

// What the configuration says is what the model is opened with; a path is one
// from the study's folder.
func TestRequest(t *testing.T) {
	m, files := newMachine(t), study(t)
	if err := os.WriteFile(filepath.Join(string(files), "vision_model.onnx"), []byte("no model"), 0o644); err != nil {
		t.Fatal(err)
	}
	c := config(func(c *clip.Config) { c.BatchSize, c.Threads, c.ImageSize = 7, 1, side })
	out := classify(t, m, c, rows(), 1, 4, files)
	if d := cmp.Diff([]clip.Request{{Model: "palette", Name: "palette", Device: "cpu", Precision: "fp32", Threads: 1, ImageSize: side, BatchSize: 7}}, m.asked); d != "" {
		t.Error(d)
	}
	if facts := out.ledger.Facts(); facts["batch size"] != "" || facts["aggregate"] != "max" || facts["template"] != "none" || facts["model"] != "tested" {
		t.Errorf("facts %v", facts)
	}
	env, _ := stagetest.Env(t, memory.DefaultAllocator)
	env.Study = files
	s := clip.Kind(m, nil).Build("mood", config(func(c *clip.Config) { c.Model = "./" }))
	if _, err := s.Schema([]*arrow.Schema{schema()}); err != nil {
		t.Fatal(err)
	}
	err := s.(stage.Preparer).Prepare(t.Context(), env, nil)
	if err == nil || !strings.Contains(err.Error(), filepath.Join(string(files), "vision_model.onnx")) {
		t.Errorf("a folder whose model is garbage: %v", err)
	}
}

// Relative paths start at the folder that the image column names.
func TestRoot(t *testing.T) {
	m, files := newMachine(t), study(t)
	table := stagetest.Schema(stagetest.Key("ID"), stage.WithRoot(stage.Mark(stagetest.Text("File"), stage.Image, "load"), "media/images"))
	if err := os.MkdirAll(files.Resolve("media/images"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(files.Resolve("red.png"), files.Resolve("media/images/red.png")); err != nil {
		t.Fatal(err)
	}
	env, _ := stagetest.Env(t, memory.DefaultAllocator)
	env.Study = files
	in := stagetest.Table(t, memory.DefaultAllocator, table, []any{"1", "red.png"}, []any{"2", files.Resolve("blue.png")}, []any{"3", "blue.png"})
	out := stagetest.Run(t, t.Context(), clip.Kind(m, nil).Build("mood", config(nil)), env, in)
	got, err := stagetest.Collect(out.Rows)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []any{"Warm", "Cool", nil} {
		if got[i][2] != want {
			t.Errorf("row %d: %v, want %v", i+1, got[i], want)
		}
	}
	if got[2][6] != "there is no file media/images/blue.png" {
		t.Errorf("error %v", got[2][6])
	}
}

// A phrase without a meaning is named with its place before a picture is read.
func TestPhraseWithoutMeaning(t *testing.T) {
	m := newMachine(t)
	env, _ := stagetest.Env(t, memory.DefaultAllocator)
	s := clip.Kind(m, nil).Build("mood", config(func(c *clip.Config) {
		c.Labels = option.Map[[]string]{{Key: "Warm", Value: []string{"red", "a politician"}}, {Key: "Cool", Value: []string{"a tram"}}}
	}))
	if _, err := s.Schema([]*arrow.Schema{schema()}); err != nil {
		t.Fatal(err)
	}
	err := s.(stage.Preparer).Prepare(t.Context(), env, nil)
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 2 {
		t.Fatalf("error %v", err)
	}
	for i, want := range [][]string{{"labels", "Warm", "1"}, {"labels", "Cool"}} {
		var o *stage.OptionError
		if !errors.As(joined.Unwrap()[i], &o) || !slices.Equal(o.Path, want) || o.Hint != "it knows colours" {
			t.Errorf("error %#v, want one at %v", o, want)
		}
	}
}

// A model that fails ends the stream with its error, after the records that
// were complete, and leaves nothing behind.
func TestModelFails(t *testing.T) {
	dir := t.TempDir()
	if err := cliptest.Write(dir, cliptest.Options{Length: 77}); err != nil {
		t.Fatal(err)
	}
	// The image tower gives vectors of 6, the text tower of 3.
	g := graph.New("another size")
	in := g.Input("image", graph.Float, graph.Sym("N"), graph.Fixed(3), graph.Fixed(cliptest.Size), graph.Fixed(cliptest.Size))
	means := g.Node("ReduceMean", []string{in}, []string{"means"}, graph.Ints("axes", 2, 3), graph.Int("keepdims", 0))
	g.Node("Concat", []string{means, means}, []string{"embedding"}, graph.Int("axis", 1))
	g.Output("embedding", graph.Float, graph.Sym("N"), graph.Sym("D"))
	data, err := g.Marshal()
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "visual", "model.onnx"), data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	env, _ := stagetest.Env(t, stagetest.Memory(t))
	env.Study = study(t)
	bad := [][]any{{"01", nil, 1}, {"02", "gone.png", 1}}
	rec := stagetest.Record(t, env.Memory, schema(), slices.Concat(bad, rows())...)
	c := config(func(c *clip.Config) {
		c.Model, c.BatchSize = dir, 2
		c.Labels = option.Map[[]string]{{Key: "Red", Value: []string{"rot"}}, {Key: "Blue", Value: []string{"blue"}}}
	})
	out := stagetest.Run(t, t.Context(), clip.Kind(newMachine(t), nil).Build("mood", c), env, stage.Table{Schema: schema(), Rows: stagetest.Batches(rec, 2, false)})
	got, err := stagetest.Collect(out.Rows)
	if len(got) != 2 || err == nil || !strings.Contains(err.Error(), "the image tower gives [2 6] for 2 pictures, and the text tower vectors of 3") {
		t.Errorf("%d rows, then %v", len(got), err)
	}
}

// The configuration is refused where a column that names pictures is lacking,
// or a model's name is wrong.
func TestSchemaFaults(t *testing.T) {
	s := clip.Kind(new(machine), nil).Build("mood", config(func(c *clip.Config) { c.Model = "pallete" }))
	_, err := s.Schema([]*arrow.Schema{stagetest.Schema(stagetest.Key("ID"), stagetest.Text("File"))})
	if err == nil || !strings.Contains(err.Error(), "no column names the pictures") || !strings.Contains(err.Error(), "did you mean `palette`") {
		t.Errorf("error %v", err)
	}
}
