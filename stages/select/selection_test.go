package selection_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"icono/internal/columns"
	"icono/internal/option"
	"icono/internal/stage"
	"icono/internal/stagetest"
	selection "icono/stages/select"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func schema() *arrow.Schema {
	image := stage.WithRoot(stage.Mark(stagetest.Text("Image"), stage.Image, "posts"), "media")
	return stagetest.Schema(stagetest.Key("ID"), stagetest.Int("Likes"), stagetest.Text("Caption"), image)
}

func input() []stagetest.Input {
	return []stagetest.Input{{Schema: schema(), Rows: [][]any{
		{"01", 5, "a", "1.jpg"}, {"02", nil, "b", "2.jpg"}, {"03", 7, nil, "3.jpg"}, {"04", 0, "", nil}}}}
}

type expressions = option.Map[option.Expression]
type names = option.Map[string]

func TestConform(t *testing.T) {
	stagetest.Conform(t, selection.Kind(),
		stagetest.Case{Name: "keep orders", Config: &selection.Config{Keep: []string{"Caption", "ID"}}, In: input(), Want: [][]any{
			{"a", "01"}, {"b", "02"}, {nil, "03"}, {"", "04"}}},
		stagetest.Case{Name: "drop", Config: &selection.Config{Drop: []string{"Caption", "Image"}}, In: input(), Want: [][]any{
			{"01", int64(5)}, {"02", nil}, {"03", int64(7)}, {"04", int64(0)}}},
		stagetest.Case{Name: "derive", Config: &selection.Config{Derive: expressions{{Key: "More", Value: "Likes + 1"}, {Key: "Much", Value: "More > 5"}}},
			In: input(), Appends: true, Want: [][]any{
				{"01", int64(5), "a", "1.jpg", int64(6), true}, {"02", nil, "b", "2.jpg", nil, nil}, {"03", int64(7), nil, "3.jpg", int64(8), true}, {"04", int64(0), "", nil, int64(1), false}}},
		stagetest.Case{Name: "all", Config: &selection.Config{
			Derive: expressions{{Key: "a", Value: `ID + "!"`}, {Key: "b", Value: "Likes ?? -1"}},
			Keep:   []string{"b", "ID"}, Rename: names{{Key: "ID", Value: "b"}, {Key: "b", Value: "ID"}}}, In: input(), Want: [][]any{
			{int64(5), "01", "01!"}, {int64(-1), "02", "02!"}, {int64(7), "03", "03!"}, {int64(0), "04", "04!"}}},
	)
}

// Roles survive renaming, and a derived column says which stage made it.
func TestRoles(t *testing.T) {
	s, err := selection.Kind().Build("cut", &selection.Config{Keep: []string{"Image", "ID"}, Derive: expressions{{Key: "n", Value: "1"}},
		Rename: names{{Key: "ID", Value: "post"}, {Key: "Image", Value: "picture"}}}).Schema([]*arrow.Schema{schema()})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"picture", "post", "n"}, columns.Names(s)); d != "" {
		t.Error(d)
	}
	if stage.Find(s, stage.Image) != 0 || stage.RootOf(s.Field(0)) != "media" || stage.Find(s, stage.Key) != 1 || stage.AddedBy(s.Field(2)) != "cut" {
		t.Errorf("schema %s", s)
	}
}

func TestCountsNulls(t *testing.T) {
	mem := stagetest.Memory(t)
	env, ledger := stagetest.Env(t, mem)
	c := &selection.Config{Derive: expressions{{Key: "x", Value: "Likes > 1 and Caption != ''"}}}
	in := input()[0]
	out := stagetest.Run(t, t.Context(), selection.Kind().Build("s", c), env, stagetest.Table(t, mem, in.Schema, in.Rows...))
	if _, err := stagetest.Collect(out.Rows); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]int64{"`x` is null": 2}, ledger.Counts()); d != "" {
		t.Error(d)
	}
}

func TestRowErrorNamesColumnAndRow(t *testing.T) {
	mem := stagetest.Memory(t)
	env, _ := stagetest.Env(t, mem)
	c := &selection.Config{Derive: expressions{{Key: "ok", Value: "1"}, {Key: "x", Value: "10 % Likes"}}}
	in := input()[0]
	out := stagetest.Run(t, t.Context(), selection.Kind().Build("s", c), env, stagetest.Table(t, mem, in.Schema, in.Rows...))
	_, err := stagetest.Collect(out.Rows)
	if err == nil || !strings.Contains(err.Error(), "`x`: row \"04\"") {
		t.Errorf("error %v", err)
	}
}

// All faults of a configuration are found at once, each at its option.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		config selection.Config
		want   []string
	}{
		{selection.Config{Keep: []string{"Captoin", "ID", "ID", "post"}, Rename: names{{Key: "ID", Value: "post"}}},
			[]string{"keep.0: there is no column `Captoin` (did you mean `Caption`?)", "keep.2: the column `ID` is listed twice (remove one)",
				"keep.3: there is no column `post` (columns are renamed last: here it is still `ID`)"}},
		{selection.Config{Keep: []string{"Caption"}}, []string{"keep: the key `ID` is not among the columns to keep (add it: it identifies the rows)"}},
		{selection.Config{Drop: []string{"ID"}}, []string{"drop.0: `ID` is the key and cannot be dropped (it identifies the rows; drop it when the study is done)"}},
		{selection.Config{Derive: expressions{{Key: "Image", Value: "1"}, {Key: "x", Value: "Lieks"}, {Key: "y", Value: "x + 1"}}, Drop: []string{"x"}},
			[]string{"derive.Image: the column `Image` exists already: it comes from the stage `posts` (give the derived column another name)",
				"derive.x: there is no column `Lieks` (did you mean `Likes`?)"}},
		{selection.Config{Rename: names{{Key: "Likes", Value: "Caption"}, {Key: "Nope", Value: "x"}}},
			[]string{"rename.Nope: there is no column `Nope`", "rename.Likes: two columns would be named `Caption`: `Likes` and `Caption` (choose another name)"}},
		{selection.Config{Drop: []string{"Likes"}, Rename: names{{Key: "Likes", Value: "x"}}}, []string{"rename.Likes: the column `Likes` is renamed, but it does not stay"}},
	} {
		_, err := selection.Kind().Build("s", &c.config).Schema([]*arrow.Schema{schema()})
		if err == nil {
			t.Errorf("no error, want %q", c.want)
			continue
		}
		got := strings.Split(err.Error(), "\n")
		if len(got) != len(c.want) {
			t.Errorf("errors %q, want %q", got, c.want)
			continue
		}
		for i := range got {
			if !strings.HasPrefix(got[i], c.want[i]) {
				t.Errorf("error %q, want %q", got[i], c.want[i])
			}
		}
	}
}

func TestValidate(t *testing.T) {
	for _, c := range []*selection.Config{{}, {Keep: []string{"a"}, Drop: []string{"b"}}} {
		var o *stage.OptionError
		if err := c.Validate(); !errors.As(err, &o) {
			t.Errorf("%+v: error %v", c, err)
		}
	}
}
