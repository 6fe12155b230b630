package tabular_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"icono/internal/tabular"
)

// warned reads a table and returns it with what it warns of.
func warned(t *testing.T, o options, text string) (table string, warnings []string) {
	t.Helper()
	f, err := tabular.Open(t.Context(), source([]byte(text), "x.csv"), o)
	if err != nil {
		return "error: " + err.Error(), nil
	}
	return readText(t, o, "x.csv", text), tabular.NotesOf(f).Warnings
}

func TestDecimals(t *testing.T) {
	for _, c := range []struct {
		name, decimal, text, want, warns string
	}{
		{"decimal commas", "", "a;b\n3,14;x\n2;y\n", "a:float,b:text\n3.14|x\n2|y", ""},
		{"with thousands", "", "a;b\n1.234,5;x\n-2,25;y\n", "a:float,b:text\n1234.5|x\n-2.25|y", ""},
		{"three digits after nought", "", "a;b\n0,125;x\n1,250;y\n", "a:float,b:text\n0.125|x\n1.25|y", ""},
		{"in quotes", "", "a;b\n\"3,1\";x\n\"\";y\nNA;z\n", "a:float,b:text\n3.1|x\n∅|y\n∅|z", ""},
		{"unclear", "", "a;b\n1,074;x\n310;y\n", "a:text,b:text\n1,074|x\n310|y", "x.csv: the column \"a\" holds numbers with commas, such as 1,074, and stays text; set `decimal: \",\"` if the comma stands before the fraction, `decimal: \".\"` if the point does, or `types: {a: text}`"},
		{"thousands", "", "a;b\n1,234,567;x\n310;y\n", "a:text,b:text\n1,234,567|x\n310|y", "holds numbers with commas, such as 1,234,567,"},
		{"between commas nothing is found", "", "a,b\n\"3,14\",x\n\"2\",y\n", "a:text,b:text\n3,14|x\n2|y", "holds numbers with commas, such as 3,14,"},
		{"lists of numbers are none", "", "a;b\n\"48.137,11.575\";1\n", "a:text,b:int\n48.137,11.575|1", ""},
		{"one text among them", "", "a;b\n3,14;x\nviel;y\n", "a:text,b:text\n3,14|x\nviel|y", ""},
		{"ids with leading zeros", "", "a;b\n0123;1\n3,14;2\n", "a:text,b:int\n0123|1\n3,14|2", ""},
		{"points beside commas", "", "a;b\n3,14;1.234\n2;12.500\n", "a:float,b:text\n3.14|1.234\n2|12.500", "the column \"b\" holds points, which may divide thousands, since another column has decimal commas, such as 1.234,"},
		{"points that divide no thousands", "", "a;b\n3,14;1.5\n2;12.500\n", "a:float,b:float\n3.14|1.5\n2|12.5", ""},
		{"points alone", "", "a;b\n1.234;x\n2.500;y\n", "a:float,b:text\n1.234|x\n2.5|y", ""},
		{"many digits", "", "a;b\n1234567890123456,5;x\n", "a:text,b:text\n1234567890123456,5|x", ""},
		{"exponents", "", "a;b\n1,5E+10;x\n", "a:float,b:text\n15000000000|x", ""},
		{"comma", ",", "a,b,c\n\"1.234\",\"3,5\",1.5\n2,4,x\n", "a:int,b:float,c:text\n1234|3.5|1.5\n2|4|x", ""},
		{"comma, dates and versions stay", ",", "a;b;c\n31.12.2021;1.2.3;2021-12-31\n", "a:text,b:text,c:date\n31.12.2021|1.2.3|2021-12-31", ""},
		{"point", ".", "a,b\n\"1,074\",\"1,074.5\"\n310,7\n", "a:int,b:float\n1074|1074.5\n310|7", ""},
		{"point, bad groups", ".", "a,b\n\"1,0745\",\"10,74\"\n\"1,074\",2\n", "a:text,b:text\n1,0745|10,74\n1,074|2", ""},
		{"point, long ids", ".", "a\n\"1,234,567,890,123,456\"\n", "a:text\n1,234,567,890,123,456", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, warnings := warned(t, options{NA: na(), Decimal: c.decimal}, c.text)
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if all := strings.Join(warnings, "\n"); (all == "") != (c.warns == "") || !strings.Contains(all, c.warns) {
				t.Errorf("warns of %q", all)
			}
		})
	}
}

func TestDecimalsOfSetTypes(t *testing.T) {
	for _, c := range []struct{ kind, decimal, value, want string }{
		{"int", ",", "1.234.567", "int: 1234567"},
		{"int", ".", "-1,234", "int: -1234"},
		{"float", ",", "+1.234,50", "float: 1234.5"},
		{"float", ",", "1.5", "error: x.csv:2:3: \"1.5\" in the column \"v\" is not a float; `types` sets it: mend the value, name it under `na`, or set `v: text`"},
		{"float", "", "3,14", "error: x.csv:2:3: \"3,14\" in the column \"v\" is not a float; set `decimal: \",\"` if the comma stands before the fraction, `decimal: \".\"` if it divides thousands"},
		{"text", ",", "3,14", "text: 3,14"},
		{"date", "", "31.12.2021", "date: 2021-12-31"},
		{"date", "", "1.2.2021", "date: 2021-02-01"},
		{"date", "", "29.2.2021", "error: x.csv:2:3: \"29.2.2021\" in the column \"v\" is not a date; `types` sets it: mend the value, name it under `na`, or set `v: text`"},
		{"date", "", "31.12.21", "error: x.csv:2:3: \"31.12.21\" in the column \"v\" is not a date; `types` sets it: mend the value, name it under `na`, or set `v: text`"},
		{"datetime", "", "31.12.2021 23:59", "zoned: 2021-12-31T23:59:00Z"},
		{"datetime", "", "31.12.2021, 23:59:58", "zoned: 2021-12-31T23:59:58Z"},
		{"datetime", "", "1.7.2021 9:05 Uhr", "zoned: 2021-07-01T09:05:00Z"},
		{"datetime", "", "31.12.2021 23:59 MEZ", "zoned: 2021-12-31T22:59:00Z"},
		{"datetime", "", "2023-10-09 20:10:19 CEST", "zoned: 2023-10-09T18:10:19Z"},
		{"datetime", "", "2023-10-09 20:10:19 EDT", "zoned: 2023-10-10T00:10:19Z"},
		{"datetime", "", "2023-10-09 20:10:19 PST", "zoned: 2023-10-10T04:10:19Z"},
		{"datetime", "", "2023-10-09 20:10:19Z CEST", "error: x.csv:2:3: \"2023-10-09 20:10:19Z CEST\" in the column \"v\" is not a datetime; write 2021-12-31T23:59 or 31.12.2021 23:59, with Z, +01:00 or a word such as CET after it if need be; or set `v: text`"},
		{"datetime", "", "2023-10-09 20:10:19 IST", "error: x.csv:2:3: \"2023-10-09 20:10:19 IST\" in the column \"v\" is not a datetime; write 2021-12-31T23:59 or 31.12.2021 23:59, with Z, +01:00 or a word such as CET after it if need be; or set `v: text`"},
	} {
		text := "w;v\nx;" + c.value + "\n"
		head, rows, err := read(t, options{Decimal: c.decimal, Types: map[string]string{"v": c.kind}}, source([]byte(text), "x.csv"))
		got := strings.TrimPrefix(head, "w:text,v:") + ":"
		for _, row := range rows {
			got += " " + row[1]
		}
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != c.want {
			t.Errorf("%s as %s\n got %s\nwant %s", c.value, c.kind, got, c.want)
		}
	}
}

// TestDecimalsProperty writes numbers as German and English write them.
func TestDecimalsProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		decimal := rapid.SampledFrom([]string{",", "."}).Draw(t, "decimal")
		group := map[string]string{",": ".", ".": ","}[decimal]
		grouped := rapid.Bool().Draw(t, "grouped")
		var b strings.Builder
		b.WriteString("v\n")
		var want []string
		for range rapid.IntRange(1, 9).Draw(t, "rows") {
			hundredths := rapid.Int64Range(-1e13, 1e13).Draw(t, "v")
			v := float64(hundredths) / 100
			text := strconv.FormatFloat(math.Abs(v), 'f', 2, 64)
			whole, fraction, _ := strings.Cut(text, ".")
			for at := len(whole) - 3; grouped && at > 0; at -= 3 {
				whole = whole[:at] + group + whole[at:]
			}
			if v < 0 {
				whole = "-" + whole
			}
			fmt.Fprintf(&b, "\"%s%s%s\"\n", whole, decimal, fraction)
			want = append(want, strconv.FormatFloat(v, 'f', -1, 64))
		}
		_, rows, err := read(t, options{Decimal: decimal, Delimiter: ";"}, source([]byte(b.String()), "x.csv"))
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			if row[0] != want[i] {
				t.Fatalf("%s: row %d is %s, not %s", b.String(), i, row[0], want[i])
			}
		}
	})
}

// FuzzDecimals holds that no text breaks a notation, and that what is read as a
// number has the digits of the text.
func FuzzDecimals(f *testing.F) {
	for _, s := range []string{"1.234,5", "1,074", "-0,5", "1.2.3", "1,5E+10", "31.12.2021 23:59 MEZ", "2023-10-09 20:10:19 CEST", "9:05", "1.1.2021,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		quoted := "v\n\"" + strings.ReplaceAll(s, "\"", "\"\"") + "\"\n"
		for _, o := range []options{{}, {Decimal: ","}, {Decimal: "."}, {Types: map[string]string{"v": "datetime"}}, {Types: map[string]string{"v": "date"}}, {Types: map[string]string{"v": "float"}, Decimal: ","}} {
			o.Delimiter, o.Encoding = ";", "utf-8"
			head, rows, err := read(t, o, source([]byte(quoted), "x.csv"))
			if err != nil || len(rows) != 1 || len(o.Types) > 0 || head != "v:int" {
				continue
			}
			if digitsOf(rows[0][0]) != digitsOf(s) {
				t.Fatalf("%q with %q is read as %s", s, o.Decimal, rows[0][0])
			}
		}
	})
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
