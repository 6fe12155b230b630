package tabular_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

func TestCSV(t *testing.T) {
	long := strings.Repeat("ü", 300_000)
	for _, c := range []struct{ name, text, want string }{
		{"comma", "a,b\n1,x\n", "a:int,b:text\n1|x"},
		{"semicolon with commas inside", "a;b\n\"1,5\";x, y\n2;z\n", "a:float,b:text\n1.5|x, y\n2|z"},
		{"tab", "a\tb\n1\tx,y;z\n", "a:int,b:text\n1|x,y;z"},
		{"bar", "a|b\n1|x\n", "a:int,b:text\n1|x"},
		{"one column", "a\nx\n", "a:text\nx"},
		{"one column with commas in cells", "a\n\"x, y\"\n\"z, w\"\n", "a:text\nx, y\nz, w"},
		{"excel names the delimiter", "sep=;\r\na;b\r\n1;2,5\r\n", "a:int,b:float\n1|2.5"},
		{"excel names the delimiter after a mark", "\ufeffsep=;\r\na;b\r\n1;x\r\n", "a:int,b:text\n1|x"},
		{"excel names a tab", "sep=\t\r\na\tb,c\r\n1\tx\r\n", "a:int,b,c:text\n1|x"},
		{"excel names something else", "sep=~\na~b\n1~x\n", "a:int,b:text\n1|x"},
		{"excel names a letter", "sep=x\na,b\n", "error: the delimiter \"x\" will not do: give one character that is no letter, digit or quote, such as \",\" or \";\""},
		{"a column called sep=", "\"sep=;\",b\n1,x\n", "sep=;:int,b:text\n1|x"},
		{"excel names the comma", "sep=,\na,b\n1,2\n", "a:int,b:int\n1|2"},
		{"crlf", "a,b\r\n1,x\r\n", "a:int,b:text\n1|x"},
		{"cr", "a,b\r1,x\r2,y\r", "a:int,b:text\n1|x\n2|y"},
		{"no line end at the end", "a,b\n1,x", "a:int,b:text\n1|x"},
		{"last cell empty at the end", "a,b\n1,", "a:int,b:text\n1|∅"},
		{"blank lines", "a,b\n\n1,x\n\r\n\n2,y\n\n", "a:int,b:text\n1|x\n2|y"},
		{"line ends in quotes", "a,b\n1,\"x\ny\"\n2,\"z\r\nw\"\n", "a:int,b:text\n1|x\ny\n2|z\r\nw"},
		{"doubled quotes", "a,b\n1,\"say \"\"hi\"\"\"\n2,\"\"\"\"\n", "a:int,b:text\n1|say \"hi\"\n2|\""},
		{"quotes inside are text", "a,b\n1,5\" disk\n2,x\"\"y\n", "a:int,b:text\n1|5\" disk\n2|x\"\"y"},
		{"quoted empty is no null in text", "a,b\n\"\",x\n,y\n", "a:text,b:text\n|x\n∅|y"},
		{"quoted NA is no null in text", "a,b\n\"NA\",x\nNA,y\n", "a:text,b:text\nNA|x\n∅|y"},
		{"quoted empty is null in numbers", "\"a\",\"b\"\n\"1\",\"\"\n\"\",\"x\"\n\"NA\",\"\"\n", "a:int,b:text\n1|\n∅|x\n∅|"},
		{"only a header", "a,b\n", "a:text,b:text"},
		{"only a header, no line end", "a,b", "a:text,b:text"},
		{"no name", ",b,\n0,x,\n", "Unnamed: 0:int,b:text,Unnamed: 2:text\n0|x|∅"},
		{"spaces round names", " a , b\n1, x\n", "a:int,b:text\n1| x"},
		{"huge cell", "a,b\n1," + long + "\n", "a:int,b:text\n1|" + long},
		{"nothing at all", "", "error: x.csv is empty (0 bytes)"},
		{"only blank lines", "\n\n", "error: x.csv has no line with the names of columns"},
		{"only a mark", "\ufeff", "error: x.csv has no line with the names of columns"},
		{"too few", "a,b\n1,x\n2\n", "error: x.csv:3:1: the row has 1 cells, and the header names 2 columns; a cell with \",\", a quote or a line end in it needs quotes"},
		{"too many after quoted lines", "a,b\n1,\"x\n\ny\"\n2,x,y\n", "error: x.csv:5:1: the row has 3 cells, and the header names 2 columns; a cell with \",\", a quote or a line end in it needs quotes"},
		{"too few at once in crlf", "a,b\r\n\"x\r\ny\",1\r\n2\r\n", "error: x.csv:4:1: the row has 1 cells, and the header names 2 columns; a cell with \",\", a quote or a line end in it needs quotes"},
		{"twice", "a,b, a\n", "error: x.csv:1:5: two columns are called \"a\", number 1 and number 3; rename one of them"},
		{"text after a quote", "a,b\n1,\"ü\"x\n", "error: x.csv:2:6: text after the quote that closes a cell; a quote inside a cell is written twice (\"\")"},
		{"open quote", "a,b\n1,\"x\n2,y\n", "error: x.csv:2:3: a quote that opens here is never closed"},
		{"NUL", "a,b\n1,x\x00y\n", "error: x.csv:2:4: a NUL byte in a text file; is it UTF-16? Set `encoding`"},
		{"NUL in quotes", "a,b\n1,\"x\n\x00y\"\n", "error: x.csv:3:1: a NUL byte in a text file; is it UTF-16? Set `encoding`"},
		{"a workbook", "PK\x03\x04xxxx", "error: x.csv is a zip archive or an Excel workbook, not csv: export it as CSV (UTF-8); Excel workbooks are not read"},
		{"a picture", "\x89PNG\r\n", "error: x.csv is a picture, not csv: set `format`, or name the right file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, readText(t, options{NA: na()}, "x.csv", c.text)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestDelimiterOption(t *testing.T) {
	if got := readText(t, options{Delimiter: "~"}, "x.csv", "a~b\n1~x,y\n"); got != "a:int,b:text\n1|x,y" {
		t.Error(got)
	}
	for _, o := range []options{{Delimiter: ";"}, {Format: "csv"}, {Delimiter: ","}} {
		want := "a:int,b:text\n1|x"
		text := "sep=;\r\na;b\r\n1;x\r\n"
		if o.Delimiter == "," {
			text = strings.ReplaceAll(text, ";", ",")
		}
		if got := readText(t, o, "x.csv", text); got != want {
			t.Errorf("%+v: %s", o, got)
		}
	}
	if got := readText(t, options{}, "x.tsv", "sep=\t\na\tb\n1\tx\n"); got != "a:int,b:text\n1|x" {
		t.Error(got)
	}
	if got := readText(t, options{}, "x.tsv", "a,b\tc\n1\t\"2\t3\"\n"); got != "a,b:int,c:text\n1|2\t3" {
		t.Error(got)
	}
	for _, d := range []string{"ü", "ab", "\"", "\n"} {
		if got := readText(t, options{Delimiter: d}, "x.csv", "a,b\n"); !strings.Contains(got, "will not do") {
			t.Errorf("%q: %s", d, got)
		}
	}
}

func gzipped(t fataler, raw []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// encodings returns a text in the encodings that are found without being named.
func encodings(t fataler, text string) map[string][]byte {
	out := map[string][]byte{"utf-8": []byte(text), "utf-8 with mark": []byte("\ufeff" + text), "gzip": gzipped(t, []byte(text))}
	for name, e := range map[string]*struct {
		order unicode.Endianness
		mark  unicode.BOMPolicy
	}{
		"utf-16 little": {unicode.LittleEndian, unicode.IgnoreBOM}, "utf-16 big": {unicode.BigEndian, unicode.IgnoreBOM},
		"utf-16 little with mark": {unicode.LittleEndian, unicode.UseBOM}, "utf-16 big with mark": {unicode.BigEndian, unicode.UseBOM},
	} {
		raw, err := unicode.UTF16(e.order, e.mark).NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		out[name] = raw
	}
	if raw, err := charmap.Windows1252.NewEncoder().Bytes([]byte(text)); err == nil {
		out["windows-1252"] = raw
	}
	return out
}

func TestEncodings(t *testing.T) {
	// The only umlaut stands at the very end, behind what is read at once.
	text := "id;text\n" + strings.Repeat("1;"+strings.Repeat("plain ", 800)+"\n", 100) + "2;Übermut – für 5 €\n"
	want := readText(t, options{}, "x.csv", text)
	if !strings.HasSuffix(want, "2|Übermut – für 5 €") {
		t.Fatal(want[len(want)-100:])
	}
	for name, raw := range encodings(t, text) {
		for _, file := range []string{"x.csv", "x.csv.gz"} {
			if got := readText(t, options{}, file, string(raw)); got != want {
				t.Errorf("%s in %s: %.200s", name, file, got)
			}
		}
		declared := strings.Fields(name)[0]
		if declared == "gzip" {
			declared = "utf-8"
		}
		if got := readText(t, options{Encoding: declared}, "x.csv", string(raw)); got != want {
			t.Errorf("%s as declared: %.200s", name, got)
		}
	}
}

func TestEncodingFaults(t *testing.T) {
	for _, c := range []struct {
		encoding, text, want string
	}{
		// Mojibake in every row would be worse than one message.
		{"", "a\nÄÖÜ\nßß\nbroken \xf0\x9f here\n", "x.csv:4: not UTF-8: the byte 0xF0 in \"broken � here\" belongs to no character"},
		{"utf-8", "a\nM\xfcnchen\n", "x.csv:2: not UTF-8: the byte 0xFC"},
		{"", "\x1f\x8bno gzip", "x.csv is a broken gzip file"},
		{"", string(gzipped(t, []byte("a\n"+strings.Repeat("x\n", 9999)))[:40]), "x.csv cannot be read: unexpected EOF"},
		{"windows-1252", "a\x00,b\n", "a NUL byte"},
	} {
		if got := readText(t, options{Encoding: c.encoding}, "x.csv", c.text); !strings.Contains(got, c.want) {
			t.Errorf("%q: %s", c.text, got)
		}
	}
	if got := readText(t, options{}, "x.csv", "a\nM\xfcnchen\n"); got != "a:text\nMünchen" {
		t.Error(got)
	}
	if got := readText(t, options{Encoding: "windows-1252"}, "x.csv", "a\n\xc3\xbc\n"); got != "a:text\nÃ¼" {
		t.Error(got)
	}
}

// table draws names and rows of a table of texts, nil for null.
func drawTable(t *rapid.T) (names []string, rows [][]*string) {
	text := rapid.OneOf(
		rapid.StringOfN(rapid.SampledFrom([]rune("ab ,;\t|\"\n\r'ü€=0")), 0, 12, -1),
		rapid.SampledFrom([]string{"", "007", "1", "NA", "true", "2024-01-01", "\r\n", "\"", "sep=;", "-0.5"}))
	names = rapid.SliceOfNDistinct(rapid.StringOfN(rapid.SampledFrom([]rune("abcü_. ")), 1, 6, -1).Filter(func(s string) bool { return strings.TrimSpace(s) == s }), 2, 6, rapid.ID[string]).Draw(t, "names")
	for range rapid.IntRange(0, 12).Draw(t, "rows") {
		row := make([]*string, len(names))
		for i := range row {
			if rapid.IntRange(0, 4).Draw(t, "null") > 0 {
				s := text.Draw(t, "cell")
				row[i] = &s
			}
		}
		rows = append(rows, row)
	}
	return names, rows
}

// TestCSVProperty writes random tables of text in all dialects and reads them.
func TestCSVProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names, rows := drawTable(t)
		delim := rapid.SampledFrom([]string{",", ";", "\t", "|"}).Draw(t, "delimiter")
		end := rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "end")
		all := rapid.Bool().Draw(t, "quote all")
		quote := func(s string) string {
			if s == "" || all || strings.ContainsAny(s, delim+"\"\r\n") {
				return "\"" + strings.ReplaceAll(s, "\"", "\"\"") + "\""
			}
			return s
		}
		var b strings.Builder
		types := map[string]string{}
		for i, n := range names {
			if i > 0 {
				b.WriteString(delim)
			}
			b.WriteString(quote(n))
			types[n] = "text"
		}
		b.WriteString(end)
		want := [][]string(nil)
		for _, row := range rows {
			out := make([]string, len(row))
			for i, s := range row {
				if i > 0 {
					b.WriteString(delim)
				}
				if out[i] = "∅"; s != nil {
					out[i] = *s
					b.WriteString(quote(*s))
				}
			}
			want = append(want, out)
			b.WriteString(end)
		}
		all16 := encodings(t, b.String())
		kinds := make([]string, 0, len(all16))
		for _, k := range []string{"utf-8", "utf-8 with mark", "gzip", "utf-16 little", "utf-16 big", "utf-16 little with mark", "utf-16 big with mark", "windows-1252"} {
			// A short text may be UTF-8 by chance, or begin with a wide character.
			if _, ok := all16[k]; ok && (k != "windows-1252" || strings.Count(b.String(), "ü") == 0) && !strings.HasPrefix(b.String(), "€") {
				kinds = append(kinds, k)
			}
		}
		kind := rapid.SampledFrom(kinds).Draw(t, "encoding")
		_, got, err := read(t, options{Delimiter: delim, Types: types}, source(all16[kind], "x.csv"))
		if err != nil {
			t.Fatalf("%q as %s: %v", b.String(), kind, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%q as %s: %s", b.String(), kind, d)
		}
	})
}

// FuzzCSV holds that no file breaks the reader, that two readings agree, and
// that what the standard library reads is read in the same way.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,x\n", "a;b\n\"1\"\"\";\"x\ny\"\n", "\ufeffa\r\nx", "a\x00b", "sep=;\na;b", "\xff\xfea\x00\n\x00", "\x1f\x8b\x08", ",\n,", "a\n\"", "a,b\r1,2\r"} {
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, raw []byte, sniff bool) {
		if len(raw) > 1<<16 {
			return
		}
		o := options{NA: na()}
		if !sniff {
			o.Delimiter = ","
			o.Types = map[string]string{}
			o.Encoding = "utf-8"
		}
		_, rows, err := read(t, o, source(raw, "x.csv"))
		if sniff || err != nil || bytes.ContainsAny(raw, "\r\x1f\xfe\xef") || bytes.HasPrefix(raw, []byte("sep=")) {
			return
		}
		r := csv.NewReader(bytes.NewReader(raw))
		r.LazyQuotes = false
		want, err := r.ReadAll()
		if err == nil && len(want) != len(rows)+1 {
			t.Fatal(fmt.Sprintf("%q", raw), "has", len(rows), "rows, and encoding/csv finds", len(want)-1)
		}
	})
}
