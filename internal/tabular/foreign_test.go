package tabular_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestForeignTypes reads files that other programs wrote: types that later
// steps do not know come as those that they know.
func TestForeignTypes(t *testing.T) {
	for _, c := range []struct {
		file, types, want string
	}{
		{"arrow/javascript.arrow", "", "id:dictionary<values=utf8, indices=int32, ordered=false>,n:int32,x:float,label:dictionary<values=utf8, indices=int32, ordered=false>\na|1|1.5|u\nb|2|∅|v\nc|3|2.5|u"},
		{"arrow/javascript-float16.arrow", "b", "h:float32,n:text,b:text\n1.5|∅|hi\n∅|∅|∅\n-0.25|∅|ü"},
		{"parquet/duckdb-interval.parquet", "", "id:int32,iv:text,bin:binary,nul:int32\n1|P1M2DT3.5S|ab|∅\n2|∅|\xff|∅"},
		{"parquet/duckdb-interval.parquet", "bin", "error: parquet/duckdb-interval.parquet: row 2: the column \"bin\" is to be text (`types`), and its bytes are not UTF-8"},
		{"parquet/wasm-float16.parquet", "b", "h:float32,n:text,b:text\n1.5|∅|hi\n∅|∅|∅\n-0.25|∅|ü"},
		{"parquet/wasm-float16.parquet", "h", "h:text,n:text,b:binary\n1.5|∅|hi\n∅|∅|∅\n-0.25|∅|ü"},
	} {
		raw, err := os.ReadFile("testdata/" + c.file)
		if err != nil {
			t.Fatal(err)
		}
		o := options{}
		if c.types != "" {
			o.Types = map[string]string{c.types: "text"}
		}
		if d := cmp.Diff(c.want, readText(t, o, c.file, string(raw))); d != "" {
			t.Errorf("%s: %s", c.file, d)
		}
	}
}

// TestArrowOfJavaScriptDamaged: an error, or all rows, where the schema stands
// in the footer only.
func TestArrowOfJavaScriptDamaged(t *testing.T) {
	raw, err := os.ReadFile("testdata/arrow/javascript.arrow")
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	for at := range raw {
		for _, flip := range []byte{0x01, 0x80, 0xff} {
			bad := bytes.Clone(raw)
			bad[at] ^= flip
			rows, err := readIPC(bad)
			if err != nil {
				failed++
			} else if len(rows) != 3 {
				t.Fatalf("byte %d: %d rows without an error", at, len(rows))
			}
		}
		if rows, err := readIPC(raw[:at]); err == nil {
			t.Errorf("%d of %d bytes gave %d rows and no error", at, len(raw), len(rows))
		}
	}
	t.Logf("%d of %d are errors", failed, 3*len(raw))
}
