package tabular_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJSON(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)
	for _, c := range []struct{ name, file, text, want string }{
		{"lines", "x.jsonl", "{\"a\":1,\"b\":\"x\"}\n\n{\"b\":\"y\"}\r\n", "a:int,b:text\n1|x\n∅|y"},
		{"no line end", "x.jsonl", `{"a":1}`, "a:int\n1"},
		{"array", "x.json", "\ufeff[ {\"a\" : 1 , \"b\":\"]}\\\"\"},\n{\"c\":true}]\n\n", "a:int,b:text,c:bool\n1|]}\"|∅\n∅|∅|true"},
		{"empty array", "x.json", " [ ] ", ""},
		{"only empty objects", "x.jsonl", "{}\n{\"a\":{}}\n", "error: x.jsonl: no object has a value, so there are no columns"},
		{"empty objects", "x.jsonl", "{}\n{\"a\":{}}\n{\"a\":{\"b\":1}}\n", "a.b:int\n∅\n∅\n1"},
		{"nested", "x.jsonl", `{"u":{"name":"x","d":{"e":[1, {"f" : null}],"g":2.50}}}`, "u.name:text,u.d.e:text,u.d.g:float\nx|[1,{\"f\":null}]|2.5"},
		{"long numbers", "x.jsonl", "{\"a\":3573456789012345678,\"b\":1}\n{\"a\":5,\"b\":1.5}\n", "a:text,b:float\n3573456789012345678|1\n5|1.5"},
		{"texts are no numbers", "x.jsonl", `{"a":"1","b":"true","c":"2024-01-01","d":"","e":"NA"}`, "a:text,b:text,c:date,d:text,e:text\n1|true|2024-01-01||NA"},
		{"mixed", "x.jsonl", "{\"a\":1,\"b\":true,\"c\":[]}\n{\"a\":\"x\",\"b\":0,\"c\":\"y\"}\n{\"a\":null,\"b\":null,\"c\":null}\n", "a:text,b:text,c:text\n1|true|[]\nx|0|y\n∅|∅|∅"},
		{"value and object", "x.jsonl", "{\"a\":null}\n{\"a\":{\"b\":1}}\n{\"a\":2}\n", "a:int,a.b:int\n∅|∅\n∅|1\n2|∅"},
		{"escapes", "x.jsonl", `{"\u00fc":"\ud83d\udc4b\n\"\\\/","\ud800":"\ud800"}`, "ü:text,\ufffd:text\n👋\n\"\\/|\ufffd"},
		{"NaN of Python", "x.jsonl", "{\"a\":NaN}\n{\"a\":1.5}\n", "a:float\n∅\n1.5"},
		{"beyond a float", "x.jsonl", "{\"a\":1e400}\n", "a:text\n1e400"},
		{"broken", "x.jsonl", "{\"a\":1}\n{\"ü\":1,}\n", "error: x.jsonl:2:8: not JSON: '\"' is wanted here, not '}'"},
		{"no value", "x.jsonl", `{"a":}`, "error: x.jsonl:1:6: not JSON: a value is wanted here, not '}'"},
		{"no colon", "x.jsonl", `{"a" 1}`, "error: x.jsonl:1:6: not JSON: ':' is wanted here, not '1'"},
		{"no comma", "x.jsonl", `{"a":1 "b":2}`, "error: x.jsonl:1:8: not JSON: ',' is wanted here, not '\"'"},
		{"bare word", "x.jsonl", `{"a":None, "b":1}`, "error: x.jsonl:1:6: not JSON: \"None\" is no value; text needs quotes"},
		{"bad number", "x.jsonl", `{"a":012}`, "error: x.jsonl:1:6: not JSON: \"012\" is no number"},
		{"bad escape", "x.jsonl", `{"a":"\x41"}`, "error: x.jsonl:1:8: not JSON: invalid character 'x' in string escape code"},
		{"bad list", "x.jsonl", `{"a":[1,,2]}`, "error: x.jsonl:1:9: not JSON: invalid character ',' looking for beginning of value"},
		{"tab in a text", "x.jsonl", "{\"a\":\"x\ty\"}", "error: x.jsonl:1:8: not JSON: the character '\\t' in a string is written with a backslash"},
		{"cut off in a text", "x.jsonl", "{\"a\":1}\n{\"a\":\"xy", "error: x.jsonl:2:9: the object is cut off"},
		{"cut off in a list", "x.jsonl", "{\"a\":[1,", "error: x.jsonl:1:9: the object is cut off"},
		{"cut off in a word", "x.jsonl", "{\"a\":tr", "error: x.jsonl:1:6: the object is cut off"},
		{"cut off after a number", "x.jsonl", "{\"a\":1", "error: x.jsonl:1:7: the object is cut off"},
		{"cut off with a line end", "x.jsonl", "{\"a\":\"xy\n{\"a\":1}\n", "error: x.jsonl:1:9: the object is cut off"},
		{"two in a line", "x.jsonl", `{"a":1} {"a":2}`, "error: x.jsonl:1:9: more than one object in the line; for a JSON array of objects set `format: json`"},
		{"no object", "x.jsonl", "{\"a\":1}\n5\n", "error: x.jsonl:2:1: an object { } is wanted"},
		{"an array", "x.jsonl", "[{\"a\":1}]", "error: x.jsonl:1:1: an object { } is wanted, and this is a list; for a JSON array of objects set `format: json`"},
		{"twice", "x.jsonl", "{\"a\":1,\"b\":2,\"a\":3}", "error: x.jsonl:1:18: the name \"a\" stands twice in the object"},
		{"twice by flattening", "x.jsonl", "{\"a.b\":1,\"a\":{\"b\":2}}", "error: x.jsonl:1:19: the name \"a.b\" stands twice in the object"},
		{"deep objects", "x.jsonl", deep, "error: x.jsonl:1:501: objects stand in one another more than 100 deep"},
		{"deep lists", "x.jsonl", "{\"a\":" + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}", "error: x.jsonl:1:10006: not JSON: invalid character '[' exceeded max depth"},
		{"one object", "x.json", "\n{\"node\":{\"id\":\"1\"},\n \"version\":{\"type\":\"Post\"}}\n", "node.id:text,version.type:text\n1|Post"},
		{"lines in an array file", "x.json", "{\"a\":1}\n{\"a\":2}\n", "error: x.json:1:7: there is more after the object; for one object a line set `format: jsonl`"},
		{"one object cut off", "x.json", "{\"a\":[1,\n", "error: x.json:2:1: the file is cut off: no `}` closes the object"},
		{"a number alone", "x.json", "5", "error: x.json:1:1: a JSON table is an array of objects or one object, and this begins with neither `[` nor `{`; for one object a line set `format: jsonl`"},
		{"array cut off", "x.json", "[{\"a\":1},\n{\"a\"", "error: x.json:2:4: the file is cut off: no `]` closes the array"},
		{"array never closed", "x.json", "[{\"a\":1}\n", "error: x.json:2:1: the file is cut off: no `]` closes the array"},
		{"array without a comma", "x.json", "[{\"a\":1}\n {\"a\":2}]", "error: x.json:2:2: a comma or `]` is wanted after an object"},
		{"array with a comma too many", "x.json", "[{\"a\":1},\n]", "error: x.json:2:1: an object { } is wanted"},
		{"array of numbers", "x.json", "[1]", "error: x.json:1:2: an object { } is wanted"},
		{"more after the array", "x.json", "[{\"a\":1}]\n{}", "error: x.json:1:9: there is more after the `]` that closes the array"},
		{"broken element", "x.json", "[{\"a\":1},\n {\"ü\":1,\n  \"b\":}]", "error: x.json:3:7: not JSON: a value is wanted here, not '}'"},
		{"odd brackets", "x.json", "[{\"a\":1]", "error: x.json:1:8: not JSON: ',' is wanted here, not ']'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, readText(t, options{NA: na()}, c.file, c.text)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestTooManyNames(t *testing.T) {
	var b strings.Builder
	b.WriteString("{")
	for i := range 20_001 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "\"k%d\":1", i)
	}
	b.WriteString("}")
	if got := readText(t, options{}, "x.jsonl", b.String()); !strings.Contains(got, "more than 20000 different names, the next is \"k20000\"") {
		t.Error(got)
	}
}

func TestJSONEncodings(t *testing.T) {
	lines := "{\"id\":\"1\",\"text\":\"" + strings.Repeat("plain ", 60_000) + "\"}\n{\"id\":\"2\",\"text\":\"Übermut – 5 €\"}\n"
	for file, text := range map[string]string{"x.jsonl": lines, "x.json": "[" + strings.Replace(strings.TrimSpace(lines), "}\n{", "},{", 1) + "]"} {
		want := readText(t, options{}, file, text)
		if !strings.HasSuffix(want, "2|Übermut – 5 €") {
			t.Fatal(want)
		}
		for name, raw := range encodings(t, text) {
			if got := readText(t, options{}, file, string(raw)); got != want {
				t.Errorf("%s in %s: %.200s", name, file, got)
			}
		}
	}
}

// FuzzJSON holds that no file breaks the reader, that two readings agree, and
// that what is read is JSON and the other way round.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `{"a":{"b":[1,"x"]},"c":null}`, "{\"a\":\"\\u00fc\"}\n{\"b\":true}", `{"a":NaN}`, `{"a":-1.5e3}`, `{"a":"`, `{"a":1}{`, `{"":0}`} {
		f.Add([]byte(s), true)
		f.Add([]byte("["+strings.ReplaceAll(s, "\n", ",")+"]"), false)
	}
	f.Fuzz(func(t *testing.T, raw []byte, lines bool) {
		if len(raw) > 1<<16 {
			return
		}
		name := map[bool]string{true: "x.jsonl", false: "x.json"}[lines]
		_, rows, err := read(t, options{Encoding: "utf-8"}, source(raw, name))
		if bytes.Contains(raw, []byte("NaN")) || bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")) || bytes.ContainsAny(raw, "\x1f\xfe\xff") {
			return
		}
		want := 0
		if lines {
			for _, line := range bytes.Split(raw, []byte("\n")) {
				if len(bytes.TrimSpace(line)) == 0 {
					continue
				}
				var object map[string]any
				if json.Unmarshal(line, &object) != nil {
					want = -1
					break
				}
				want++
			}
		} else {
			var all []map[string]any
			var one map[string]any
			switch {
			case json.Unmarshal(raw, &all) == nil:
				want = len(all)
			case json.Unmarshal(raw, &one) == nil:
				want = 1
			default:
				want = -1
			}
		}
		if err == nil && want != len(rows) && (want >= 0 || len(rows) > 0) {
			t.Fatalf("%q gives %d rows, and encoding/json %d", raw, len(rows), want)
		}
	})
}
