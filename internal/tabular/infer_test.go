package tabular_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"icono/internal/tabular"
)

// TestTypes reads a column of several values.
func TestTypes(t *testing.T) {
	for _, c := range []struct{ values, want string }{
		{"1 2 -3 0", "int: 1 2 -3 0"},
		{"1 2.5", "float: 1 2.5"},
		{"1 2.5 x", "text: 1 2.5 x"},
		{"1 NA 2 null", "int: 1 ∅ 2 ∅"},
		{"01234 5", "text: 01234 5"},
		{"1 00.5", "text: 1 00.5"},
		{"0.5 -0.25 1e3 1E-2", "float: 0.5 -0.25 1000 0.01"},
		{"-0 1", "float: -0 1"},
		{"+1 2", "text: +1 2"},
		{"999999999999999 1", "int: 999999999999999 1"},
		{"1000000000000000 1", "text: 1000000000000000 1"},
		{"3573456789012345678.0 1", "text: 3573456789012345678.0 1"},
		{"1e308 1e309", "text: 1e308 1e309"},
		{"inf -Inf 1.5", "float: inf -inf 1.5"},
		{"5. 1", "text: 5. 1"},
		{".5 1", "text: .5 1"},
		{"1,074 2", "text: 1,074 2"},
		{"0x10 1", "text: 0x10 1"},
		{"1_000 1", "text: 1_000 1"},
		{"- 1", "text: - 1"},
		{"1e 1", "text: 1e 1"},
		{"true False TRUE", "bool: true false true"},
		{"true 1", "text: true 1"},
		{"yes no", "text: yes no"},
		{"tRuE false", "text: tRuE false"},
		{"2024-02-29 1969-12-31 0001-01-01", "date: 2024-02-29 1969-12-31 0001-01-01"},
		{"2023-02-29 2024-01-01", "text: 2023-02-29 2024-01-01"},
		{"2024-13-01", "text: 2024-13-01"},
		{"2024-1-01x", "text: 2024-1-01x"},
		{"2024-01-01 2024-01-01T10:00", "datetime: 2024-01-01T00:00:00 2024-01-01T10:00:00"},
		{"2024-01-01T10:00:59.25 1960-01-01T00:00:00.000001000", "datetime: 2024-01-01T10:00:59.25 1960-01-01T00:00:00.000001"},
		{"2024-01-01T10:00:00.1234567", "text: 2024-01-01T10:00:00.1234567"},
		{"2024-01-01T10:00:00.", "text: 2024-01-01T10:00:00."},
		{"2024-01-01T24:00:00", "text: 2024-01-01T24:00:00"},
		{"2024-01-01T10:00:60", "text: 2024-01-01T10:00:60"},
		{"2024-01-01T10:0", "text: 2024-01-01T10:0"},
		{"2024-01-01T10:00:00Z 2024-01-01T10:00:00+0200 2024-01-01T10:00-05:30", "zoned: 2024-01-01T10:00:00Z 2024-01-01T08:00:00Z 2024-01-01T15:30:00Z"},
		{"2024-01-01T10:00:00.5_UTC", "zoned: 2024-01-01T10:00:00.5Z"},
		{"2024-01-01T10:00:00Z 2024-01-01T10:00:00", "text: 2024-01-01T10:00:00Z 2024-01-01T10:00:00"},
		{"2024-01-01T10:00:00Z 2024-01-01", "text: 2024-01-01T10:00:00Z 2024-01-01"},
		{"2024-01-01T10:00:00_CEST", "text: 2024-01-01T10:00:00_CEST"},
		{"2024-01-01T10:00:00+02", "text: 2024-01-01T10:00:00+02"},
		{"NA None", "text: ∅ ∅"},
	} {
		var b strings.Builder
		b.WriteString("n,v\n")
		for i, v := range strings.Fields(c.values) {
			if strings.HasSuffix(v, "_UTC") || strings.HasSuffix(v, "_CEST") {
				v = strings.ReplaceAll(v, "_", " ")
			}
			fmt.Fprintf(&b, "x%d,%s\n", i, quoteIf(v))
		}
		head, rows, err := read(t, options{NA: na()}, source([]byte(b.String()), "x.csv"))
		if err != nil {
			t.Errorf("%s: %v", c.values, err)
			continue
		}
		got := strings.TrimPrefix(head, "n:text,v:") + ":"
		for _, row := range rows {
			got += " " + strings.ReplaceAll(row[1], " ", "_")
		}
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.values, got, c.want)
		}
	}
}

func quoteIf(s string) string {
	if strings.Contains(s, ",") {
		return "\"" + s + "\""
	}
	return s
}

func TestTypesOption(t *testing.T) {
	for _, c := range []struct{ kind, values, want string }{
		{"text", "1 2", "text: 1 2"},
		{"int", "007 +5 12345678901234567 9223372036854775807", "int: 7 5 12345678901234567 9223372036854775807"},
		{"int", "1 2.5", "error: x.csv:3:2: \"2.5\" in the column \"v\" is not an int; `types` sets it: mend the value, name it under `na`, or set `v: text`"},
		{"int", "9223372036854775808", "error: x.csv:2:2: \"9223372036854775808\" in the column \"v\" is not an int; `types` sets it: mend the value, name it under `na`, or set `v: text`"},
		{"float", "1 01.5 NA .5", "float: 1 1.5 ∅ 0.5"},
		{"bool", "yes no 1 0 T False", "bool: true false true false true false"},
		{"date", "2024-01-01", "date: 2024-01-01"},
		{"datetime", "2024-01-01 2024-01-01T10:00:00+01:00", "zoned: 2024-01-01T00:00:00Z 2024-01-01T09:00:00Z"},
	} {
		text := "w,v\n," + strings.ReplaceAll(c.values, " ", "\n,") + "\n"
		head, rows, err := read(t, options{NA: na(), Types: map[string]string{"v": c.kind}}, source([]byte(text), "x.csv"))
		got := strings.TrimPrefix(head, "w:text,v:") + ":"
		for _, row := range rows {
			got += " " + row[1]
		}
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != c.want {
			t.Errorf("%s as %s\n got %s\nwant %s", c.values, c.kind, got, c.want)
		}
	}
}

// TestSample takes types from the first rows: what comes later and does not fit
// is an error that says where.
func TestSample(t *testing.T) {
	text := "id,n\na,1\nb,2\nü,x\n"
	if got, want := readText(t, options{SampleRows: 2}, "x.csv", text), "error: x.csv:4:3: \"x\" in the column \"n\" is not an int; set its type: `types: {n: text}`"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := readText(t, options{SampleRows: 3}, "x.csv", text); !strings.HasPrefix(got, "id:text,n:text") {
		t.Error(got)
	}
	text = "{\"id\": \"ü\", \"n\": 1}\n{\"id\": \"ü\", \"n\": true}\n"
	if got, want := readText(t, options{SampleRows: 1}, "x.jsonl", text), "error: x.jsonl:2:18: \"true\" in the column \"n\" is not an int; set its type: `types: {n: text}`"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	text = "[{\"n\": 1},\n {\"a\": \"ü\",\n  \"n\": \"x\"}]"
	if got, want := readText(t, options{SampleRows: 1}, "x.json", text), "error: x.json:3:8: \"x\" in the column \"n\" is not an int; set its type: `types: {n: text}`"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// TestSeveral reads several files as one table.
func TestSeveral(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []string
		want  string
	}{
		{"columns by name", []string{"a,b\n1,x\n", "b,a\ny,2\n"}, "a:int,b:text\n1|x\n2|y"},
		{"a column is missing", []string{"a,b\n1,x\n", "a,c\n2,0.5\n"}, "a:int,b:text,c:float\n1|x|∅\n2|∅|0.5"},
		{"int and float", []string{"a,b\n1,x\n", "a,b\n2.5,y\n"}, "a:float,b:text\n1|x\n2.5|y"},
		{"int and text", []string{"a,b\n1,x\n", "a,b\n02,y\n"}, "a:text,b:text\n1|x\n02|y"},
		{"int and bool", []string{"a,b\n1,x\n", "a,b\ntrue,y\n"}, "a:text,b:text\n1|x\ntrue|y"},
		{"three", []string{"a,b\n1,x\n", "a,b\n1.5,y\n", "a,b\nz,y\n"}, "a:text,b:text\n1|x\n1.5|y\nz|y"},
		{"date and datetime", []string{"a,b\n2024-01-01,x\n", "a,b\n2024-01-02 10:00:00,y\n"}, "a:datetime,b:text\n2024-01-01T00:00:00|x\n2024-01-02T10:00:00|y"},
		{"date and zoned", []string{"a,b\n2024-01-01,x\n", "a,b\n2024-01-02T10:00:00Z,y\n"}, "a:text,b:text\n2024-01-01|x\n2024-01-02T10:00:00Z|y"},
		{"no values first", []string{"a,b\n,x\n", "a,b\n5,y\n"}, "a:int,b:text\n∅|x\n5|y"},
		{"no values later", []string{"a,b\n5,x\n", "a,b\n,y\n", "a,b\n2.5,z\n"}, "a:float,b:text\n5|x\n∅|y\n2.5|z"},
		{"no values, but quoted", []string{"a,b\n\"\",x\n", "a,b\n5,y\n"}, "a:int,b:text\n∅|x\n5|y"},
		{"no values at all", []string{"a,b\n,x\n", "a,b\n,y\n"}, "a:text,b:text\n∅|x\n∅|y"},
		{"no rows", []string{"a,b\n", "a,b\n5,y\n"}, "a:int,b:text\n5|y"},
		{"json beside csv", []string{"a,b\n1,x\n", "{\"a\": 2, \"b\": null}\n"}, "a:int,b:text\n1|x\n2|∅"},
	} {
		var srcs []tabular.Source
		for i, text := range c.files {
			name := fmt.Sprintf("%d.csv", i)
			if text[0] == '{' {
				name = fmt.Sprintf("%d.jsonl", i)
			}
			srcs = append(srcs, source([]byte(text), name))
		}
		head, rows, err := read(t, options{}, srcs...)
		got := head
		for _, row := range rows {
			got += "\n" + strings.Join(row, "|")
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %v\n%s", c.name, err, cmp.Diff(c.want, got))
		}
	}
	if _, _, err := read(t, options{}, source([]byte("a,b\n1,2\n"), "1.csv"), source([]byte("a,b\n1\n"), "2.csv")); err == nil || !strings.HasPrefix(err.Error(), "2.csv:2:1: ") {
		t.Errorf("error %v", err)
	}
}

// TestMemory holds that the live heap in the middle of reading does not grow
// with the rows.
func TestMemory(t *testing.T) {
	for _, name := range []string{"x.csv", "x.jsonl", "x.json"} {
		live := func(rows int) uint64 {
			f, err := tabular.Open(t.Context(), tabular.Source{Name: name, Open: rowsOf(name, rows)}, options{})
			if err != nil {
				t.Fatal(err)
			}
			batches, most := 0, uint64(0)
			for _, err := range f.Rows(t.Context(), memory.DefaultAllocator, 256) {
				if err != nil {
					t.Fatal(err)
				}
				if batches++; batches%(rows/256/5) == 0 {
					var m runtime.MemStats
					runtime.GC()
					runtime.ReadMemStats(&m)
					most = max(most, m.HeapAlloc)
				}
			}
			return most
		}
		live(5_000)
		small, large := live(10_000), live(100_000)
		if float64(large) > 1.1*float64(small) {
			t.Errorf("%s: %d bytes live at ten times the rows, %d before", name, large, small)
		}
	}
}
