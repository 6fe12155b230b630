package tabular_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"icono/internal/tabular"
)

// export reads an export of testdata.
func export(t *testing.T, name string) []byte {
	raw, err := os.ReadFile("testdata/exports/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestCapturesAreOneTable reads what Zeeschuimer wrote and what 4CAT made of it
// as one table: the same columns, and nothing is null that is not.
func TestCapturesAreOneTable(t *testing.T) {
	zee := export(t, "zeeschuimer-export-instagram.com-2024-09-01T123000.ndjson")
	cat := export(t, "4cat-instagram.ndjson")
	headZee, rowsZee, err := read(t, options{}, source(zee, "a.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	headCat, _, err := read(t, options{}, source(cat, "b.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	columnsZee, columnsCat := strings.Split(headZee, ","), strings.Split(headCat, ",")
	if d := cmp.Diff(sorted(columnsZee), sorted(columnsCat)); d != "" {
		t.Error(d)
	}
	head, rows, err := read(t, options{}, source(zee, "a.ndjson"), source(cat, "b.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	if head != headZee || len(rows) != 4 {
		t.Fatalf("%d rows of %s", len(rows), head)
	}
	for i, row := range rows[2:] {
		for c, name := range columnsZee {
			want := rowsZee[i][c]
			if name == "image_versions2.candidates:text" { // the one escapes the ü
				want = strings.ReplaceAll(want, `\u00fc`, "ü")
			}
			if row[c] != want {
				t.Errorf("%s: %q, not %q", name, row[c], want)
			}
		}
	}
}

func sorted(names []string) map[string]bool {
	set := map[string]bool{}
	for _, n := range names {
		set[n] = true
	}
	return set
}

func TestCaptures(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"the post's own members", `{"id":1,"nav_index":"1","source_platform":"x","data":{"id":"p","data":{"x":1},"source_platform":"y"}}`,
			"__import_meta.id:int,__import_meta.nav_index:text,__import_meta.source_platform:text,id:text,data.x:int,source_platform:text\n1|1|x|p|1|y"},
		{"marks in a text", `{"note":"\"data\": \"nav_index\": \"source_platform\":","data":{"a":1},"x":{"nav_index":1,"source_platform":2}}`,
			"note:text,data.a:int,x.nav_index:int,x.source_platform:int\n\"data\": \"nav_index\": \"source_platform\":|1|1|2"},
		{"data that is no object", `{"nav_index":"1","source_platform":"x","data":null,"n":1}`,
			"__import_meta.nav_index:text,__import_meta.source_platform:text,__import_meta.data:text,__import_meta.n:int\n1|x|∅|1"},
		{"spaces", "{ \"nav_index\" : \"1\", \"source_platform\" :\"x\", \"data\"\t: { \"a\" : 1 } }",
			"__import_meta.nav_index:text,__import_meta.source_platform:text,a:int\n1|x|1"},
		{"cut off", `{"nav_index":"1","source_platform":"x","data":{"a":1`, "error: x.jsonl:1:53: the object is cut off"},
		{"null beside an object", "{\"caption\":null,\"a\":{\"b\":null}}\n{\"caption\":{\"text\":\"x\"},\"a\":{\"b\":{\"c\":1}}}\n", "caption.text:text,a.b.c:int\n∅|∅\nx|1"},
		{"text beside an object", "{\"caption\":\"y\"}\n{\"caption\":{\"text\":\"x\"}}\n", "caption:text,caption.text:text\ny|∅\n∅|x"},
		{"null alone", "{\"caption\":null,\"a\":1}\n", "caption:text,a:int\n∅|1"},
	} {
		if d := cmp.Diff(c.want, readText(t, options{}, "x.jsonl", c.text)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
	// Over files: one has only nulls, the other objects.
	head, rows, err := read(t, options{}, source([]byte(`{"caption":null,"a":1}`), "a.jsonl"), source([]byte(`{"caption":{"text":"x"},"a":2}`), "b.jsonl"))
	if err != nil || head != "a:int,caption.text:text" || rows[0][1] != "∅" || rows[1][1] != "x" {
		t.Error(head, rows, err)
	}
}

// TestMixedFiles reads files of several formats as one table.
func TestMixedFiles(t *testing.T) {
	one, two := "1", "x"
	rec := textRecord([]string{"id", "b"}, [][]*string{{&one, &two}, {&two, nil}})
	defer rec.Release()
	parquet := write(t, "parquet", tabular.WriteOptions{}, rec.Schema(), rec)
	ints := coded(1)
	defer ints.Release()
	head, rows, err := read(t, options{FileColumn: "file", Types: map[string]string{}}, source([]byte("id,n\n7,1.5\n"), "a.csv"), source(parquet, "b.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"7", "1.5", "∅", "a.csv"}, {"1", "∅", "x", "b.parquet"}, {"x", "∅", "∅", "b.parquet"}}
	if d := cmp.Diff(want, rows); d != "" || head != "id:text,n:float,b:text,file:text" {
		t.Error(head, d)
	}
	js, err := os.ReadFile("testdata/arrow/javascript.arrow") // n is an int32
	if err != nil {
		t.Fatal(err)
	}
	head, rows, err = read(t, options{}, source([]byte("id,n,x\n7,5,1\n"), "a.csv"), source(js, "b.arrow"), source([]byte("n,label\n1.5,\n"), "c.csv"))
	if err != nil {
		t.Fatal(err)
	}
	want = [][]string{{"7", "5", "1", "∅"}, {"a", "1", "1.5", "u"}, {"b", "2", "∅", "v"}, {"c", "3", "2.5", "u"}, {"∅", "1.5", "∅", "∅"}}
	if d := cmp.Diff(want, rows); d != "" {
		t.Error(head, d)
	}
	if _, _, err := read(t, options{FileColumn: "n"}, source([]byte("id,n\n7,1.5\n"), "a.csv")); err == nil || !strings.Contains(err.Error(), "a.csv has a column \"n\" already") {
		t.Error(err)
	}
	if _, _, err := read(t, options{Types: map[string]string{"x": "int"}}, source(js, "b.arrow")); err == nil || !strings.Contains(err.Error(), "b.arrow: the column \"x\" holds float64, and `types` wants an int; a file of this format has types of its own, of which only text can be made") {
		t.Error(err)
	}
}
