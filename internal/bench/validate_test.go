package bench

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"icono/internal/diag"
	"icono/internal/media"
	"icono/internal/pipeline"
	"icono/internal/source"
	"icono/stages"
)

// open parses and checks a pipeline file.
func open(tb testing.TB, path string, full bool) (*pipeline.Plan, pipeline.Settings) {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	var list diag.List
	set := pipeline.Settings{Kinds: stages.All(stages.Backends{}), Study: media.NewLibrary(filepath.Dir(path)), Full: full}
	plan := pipeline.Check(context.Background(), pipeline.Parse(source.NewFile(path, string(text)), nil, &list), set, &list)
	if list.HasErrors() {
		tb.Fatalf("%+v", list.Sorted()[0])
	}
	return plan, set
}

// BenchmarkValidate checks a file of 50 stages over a table of 10,000 rows.
// The bound is 50 ms.
func BenchmarkValidate(b *testing.B) {
	dir := b.TempDir()
	if err := WriteTable(filepath.Join(dir, "posts.csv"), 10_000); err != nil {
		b.Fatal(err)
	}
	path, err := WritePipeline(dir, "posts.csv", "out.csv", 50)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		open(b, path, false)
	}
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/file")
}
