package tabular_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"icono/internal/stagetest"
	"icono/internal/tabular"
)

// A null that stands alone in its row does not become a line that readers skip.
func TestNullInOneColumn(t *testing.T) {
	schema := stagetest.Schema(stagetest.Text("a"))
	rec := stagetest.Record(t, memory.DefaultAllocator, schema, []any{nil}, []any{"x"}, []any{""}, []any{nil})
	var out bytes.Buffer
	w, err := tabular.NewWriter(&out, tabular.CSV, schema, tabular.WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(rec); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if want := "a\r\nNA\r\nx\r\n\"\"\r\nNA\r\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	f, err := tabular.Open(t.Context(), tabular.Source{Name: "a.csv", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(out.String())), nil }},
		tabular.ReadOptions{NA: []string{"NA"}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := stagetest.Collect(f.Rows(t.Context(), memory.DefaultAllocator, 10))
	if d := cmp.Diff([][]any{{nil}, {"x"}, {""}, {nil}}, got); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
}
