package report

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"icono/internal/stage"
	"icono/internal/stagetest"
)

func TestConform(t *testing.T) {
	in := []stagetest.Input{{Schema: coded(), Rows: codedRows()}}
	plain := []stagetest.Input{{Schema: stagetest.Schema(stagetest.Text("a"), stagetest.Int("b")), Rows: [][]any{{"x", 1}, {nil, nil}, {"z", 3}}}}
	stagetest.Conform(t, Kind(),
		stagetest.Case{Name: "coded", Config: options(nil), In: in, Appends: true},
		stagetest.Case{Name: "pictures", Config: options(func(c *Config) { c.Show = []string{"Caption"} }), In: in, Appends: true, Study: study(t)},
		stagetest.Case{Name: "nothing coded, no key", Config: options(nil), In: plain, Appends: true},
		stagetest.Case{Name: "columns", Config: options(func(c *Config) { c.Columns = []string{"Human", "Type"}; c.PerCategory = 0 }), In: in, Appends: true},
	)
}

func TestWrongOptions(t *testing.T) {
	schema := stagetest.Schema(stagetest.Key("ID"), stagetest.Text("Caption"), stagetest.Float("Score"))
	cases := map[string]struct {
		change func(*Config)
		want   string
	}{
		"show":    {func(c *Config) { c.Show = []string{"Capton"} }, "show.0: there is no column `Capton` (did you mean `Caption`?)"},
		"column":  {func(c *Config) { c.Columns = []string{"Caption", "captoin"} }, "columns.1: there is no column `captoin` (did you mean `Caption`?)"},
		"number":  {func(c *Config) { c.Columns = []string{"Score"} }, "columns.0: the column `Score` is float64, and has no categories to count (name columns of text, whole numbers or yes and no)"},
		"twice":   {func(c *Config) { c.Columns = []string{"Caption", "Caption"} }, "columns.1: the column `Caption` is named twice (remove one of them)"},
		"folder":  {func(c *Config) { c.Path = "out/" }, "path: `path` names a folder (name a file in it: `out/report.html`)"},
		"no html": {func(c *Config) { c.Path = "out/report.pdf" }, "path: a report is a page of HTML, and `report.pdf` ends in no `.html` (write `out/report.html`)"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			config := options(c.change)
			err := config.Validate()
			if err == nil {
				_, err = Kind().Build("r", config).Schema([]*arrow.Schema{schema})
			}
			var option *stage.OptionError
			if !errors.As(err, &option) || option.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

var update = flag.Bool("update", false, "write the golden pages")

// TestGolden holds small pages byte for byte. Pictures are linked, since the
// bytes of JPEG copies are the standard library's affair.
func TestGolden(t *testing.T) {
	plain := stagetest.Schema(stagetest.Key("ID"), stagetest.Int("Likes"))
	cases := map[string]struct {
		config *Config
		facts  stage.RunFacts
		schema *arrow.Schema
		rows   [][]any
	}{
		"coded": {options(func(c *Config) {
			c.Pictures, c.Show, c.Columns = link, []string{"Caption"}, []string{"Type", "Human"}
		}), facts(), coded(), codedRows()},
		"empty":    {options(nil), stage.RunFacts{Name: "nothing"}, coded(), nil},
		"plain":    {options(func(c *Config) { c.Title = "A table" }), stage.RunFacts{Partial: true, Seed: 1}, plain, [][]any{{"a", 1}, {"b", nil}}},
		"faults":   {options(nil), facts(), coded(), codedRows()[4:]},
		"codebook": {options(func(c *Config) { c.Pictures = link }), bookFacts("gpt-x"), book(t, 3), bookRows()},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			// The style has no place in a golden file: it changes with taste.
			page := strings.Replace(made(t, c.config, c.facts, c.schema, 256, c.rows...), styleText, "", 1)
			page = strings.Replace(strings.Replace(page, scriptText, "", 1), htmlPolicy(), "", 1)
			file := filepath.Join("testdata", name+".html")
			if *update {
				if err := os.WriteFile(file, []byte(page), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(page, "\n")); d != "" {
				t.Errorf("-want +got, `go test -update` accepts it:\n%s", d)
			}
		})
	}
}

// htmlPolicy is the policy as an attribute has it.
func htmlPolicy() string { return strings.NewReplacer("'", "&#39;", "+", "&#43;").Replace(policy()) }

func TestInterruptedRunLeavesTheOldReport(t *testing.T) {
	mem := stagetest.Memory(t)
	env, ledger := stagetest.Env(t, mem)
	folder := study(t)
	env.Study = folder
	drain := make(chan struct{})
	close(drain)
	env.Drain = drain
	c := options(nil)
	old := folder.Resolve("out/report.html")
	if err := os.MkdirAll(filepath.Dir(old), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(old, []byte("old"), 0o666); err != nil {
		t.Fatal(err)
	}
	out := stagetest.Run(t, t.Context(), Kind().Build("report", c), env, stagetest.Table(t, mem, coded(), codedRows()...))
	if _, err := stagetest.Collect(out.Rows); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(folder.Resolve("out/report.partial.html"))
	if err != nil || !strings.Contains(string(page), "Incomplete run.") {
		t.Errorf("no banner in %d bytes, error %v", len(page), err)
	}
	if kept, err := os.ReadFile(old); err != nil || string(kept) != "old" {
		t.Errorf("the old report is now %q, error %v", kept, err)
	}
	if w := ledger.Warnings(); len(w) != 1 || !strings.Contains(w[0], "out/report.partial.html") {
		t.Errorf("warnings: %q", w)
	}
}

func TestNoPageAfterAnErrorOrACancel(t *testing.T) {
	for _, cancel := range []bool{false, true} {
		mem := stagetest.Memory(t)
		env, _ := stagetest.Env(t, mem)
		ctx, stop := context.WithCancel(t.Context())
		rows := func(yield func(arrow.Record, error) bool) {
			if cancel {
				stop()
				return
			}
			yield(nil, errors.New("boom"))
		}
		out := stagetest.Run(t, ctx, Kind().Build("report", options(nil)), env, stage.Table{Schema: coded(), Rows: rows})
		if _, err := stagetest.Collect(out.Rows); err == nil {
			t.Error("no error")
		}
		stop()
		if left, err := os.ReadDir(env.Study.Resolve("out")); err == nil && len(left) > 0 {
			t.Errorf("left %v", left)
		}
	}
}

func TestUnwritableIsKnownBeforeTheRun(t *testing.T) {
	env, _ := stagetest.Env(t, stagetest.Memory(t))
	if err := os.MkdirAll(env.Study.Resolve("out/report.html"), 0o777); err != nil {
		t.Fatal(err)
	}
	s := Kind().Build("report", options(nil)).(stage.Preparer)
	if err := s.Prepare(t.Context(), env, []*arrow.Schema{coded()}); err == nil {
		t.Error("a folder stands where the page should go, and Prepare says nothing")
	}
}

// Batches of any size give the same page.
func TestEqualRunsGiveEqualBytes(t *testing.T) {
	want := made(t, options(nil), facts(), coded(), 256, codedRows()...)
	for _, batch := range []int{1, 2, 5} {
		if got := made(t, options(nil), facts(), coded(), batch, codedRows()...); got != want {
			t.Errorf("batches of %d give another page", batch)
		}
	}
	if !strings.Contains(want, "data:image/jpeg;base64,") {
		t.Error("no embedded picture")
	}
}

// BenchmarkCollect gives the time that a row costs, apart from pictures.
func BenchmarkCollect(b *testing.B) {
	const rows = 4096
	var table [][]any
	for i := range rows {
		r := slices.Clone(codedRows()[i%6])
		r[0] = strconv.Itoa(i)
		table = append(table, r)
	}
	rec := stagetest.Record(b, memory.DefaultAllocator, coded(), table...)
	c := *options(nil)
	l, err := newLayout(c, coded())
	if err != nil {
		b.Fatal(err)
	}
	all := newCollector(c, l, 7)
	b.ReportAllocs()
	for b.Loop() {
		if err := all.add(rec); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
}
