package codebook

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"icono/internal/columns"
	"icono/internal/source"
	"icono/internal/stage"
)

func compileSchema(t interface{ Fatal(...any) }, text []byte) *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func accepts(t interface{ Fatal(...any) }, s *jsonschema.Schema, text string) bool {
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err, text)
	}
	return s.Validate(v) == nil
}

func parsed(t *rapid.T, text string) *Codebook {
	c, list := Parse(source.NewFile("c.yaml", text))
	if c == nil {
		t.Fatalf("%s\n%s", printed(list), text)
	}
	return c
}

// A good answer to any codebook is accepted by the check and by the schema, and
// its values come out of the Arrow columns as they went in.
func TestGoodAnswersComeThrough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBook(t, true)
		c := parsed(t, b.yaml(nil))
		schema := compileSchema(t, c.JSONSchema())
		var codings []Coding
		for range rapid.IntRange(1, 4).Draw(t, "answers") {
			paths, given, want := b.answer(t)
			text := answerText(paths, given)
			coding, err := c.Validate([]byte(text))
			if err != nil || coding.Mended > 0 || len(coding.Notes) > 0 {
				t.Fatalf("%v %+v\n%s", err, coding, text)
			}
			if diff := cmp.Diff(want, coding.Values); diff != "" {
				t.Fatal(diff)
			}
			if !accepts(t, schema, text) {
				t.Fatalf("the schema refuses %s", text)
			}
			codings = append(codings, coding)
		}
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		fields := c.Fields("coded", "p_")
		for i, f := range fields {
			a, err := columns.Build(mem, f, len(codings)+1, func(row int) any {
				if row == len(codings) {
					return nil
				}
				return codings[row].Values[i]
			})
			if err != nil {
				t.Fatal(err)
			}
			if !arrow.TypeEqual(a.DataType(), fields[i].Type) || fields[i].Name != "p_"+c.columns[i].Name {
				t.Fatalf("%s is of type %s", fields[i], a.DataType())
			}
			for row, coding := range codings {
				if diff := cmp.Diff(coding.Values[i], columnValue(a, row)); diff != "" {
					t.Fatalf("%s: %s", fields[i].Name, diff)
				}
			}
			if !a.IsNull(len(codings)) {
				t.Fatal("a row without a coding is not null")
			}
			if d, ok := a.(*array.Dictionary); ok {
				v := &c.Variables[c.columns[i].Variable]
				if words, _ := columns.Text(d.Dictionary()); words.Len() != len(v.Codes()) || !slices.Equal(stage.CategoriesOf(fields[i]), v.Codes()) || stage.RoleOf(fields[i]) != stage.Code {
					t.Fatalf("the dictionary of %s is not that of its codes", fields[i])
				}
			}
			a.Release()
		}
		mem.AssertSize(failer{t}, 0)
	})
}

type failer struct{ *rapid.T }

func columnValue(a arrow.Array, row int) any {
	if a.IsNull(row) {
		return nil
	}
	switch a := a.(type) {
	case *array.Int64:
		return a.Value(row)
	case *array.Float64:
		return a.Value(row)
	case *array.Boolean:
		return a.Value(row)
	case *array.List:
		start, end := a.ValueOffsets(row)
		out := []string{}
		for i := start; i < end; i++ {
			out = append(out, a.ListValues().(*array.String).Value(int(i)))
		}
		return out
	}
	text, _ := columns.Text(a)
	return text.At(row)
}

// An answer with one thing changed is taken by the schema if and only if the
// check takes it as it is. Where variables have conditions, which a schema
// cannot say, the check may be stricter.
func TestSchemaAndCheckAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		conditional := rapid.Bool().Draw(t, "conditions")
		b := drawBook(t, conditional)
		c := parsed(t, b.yaml(nil))
		schema := compileSchema(t, c.JSONSchema())
		paths, given, _ := b.answer(t)
		at := rapid.IntRange(0, len(paths)-1).Draw(t, "at")
		switch change := rapid.IntRange(0, 5).Draw(t, "change"); change {
		case 0:
			paths, given = slices.Delete(paths, at, at+1), slices.Delete(given, at, at+1)
		case 1:
			paths, given = append(paths, rapid.SampledFrom([]string{"Extra", "G0.Extra", "G1.Inner.Extra", "v0"}).Draw(t, "extra")), append(given, 1)
		default:
			values := []string{`null`, `true`, `""`, `"3"`, `"true"`, `3`, `3.0`, `3.5`, `-3e0`, `[]`, `["x"]`, `[1]`, `{}`, `{"a": 1}`, `1e6`, `-1e7`}
			for _, v := range b.variables {
				for _, code := range v.Codes() {
					values = append(values, quote(code), quote(code+"x"), quote(" "+code), quote(strings.ToUpper(code)), "["+quote(code)+"]", "["+quote(strings.ToLower(code))+"]")
				}
			}
			given[at] = json.RawMessage(rapid.SampledFrom(values).Draw(t, "value"))
		}
		text := answerText(paths, given)
		coding, err := c.Validate([]byte(text))
		strict := err == nil && coding.Mended == 0 && len(coding.Notes) == 0
		loose := accepts(t, schema, text)
		if strict && !loose || loose && !strict && !conditional {
			t.Fatalf("schema %v, check %v: %v %+v\n%s\n%s", loose, strict, err, coding, text, c.JSONSchema())
		}
	})
}

// The order of keys, comments, spaces and another notation change nothing that
// is said; any word of the codebook does.
func TestNotation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBook(t, true)
		text := b.yaml(nil)
		c := parsed(t, text)
		order := func(n int) []int {
			out := make([]int, n)
			for i := range out {
				out[i] = i
			}
			return rapid.Permutation(out).Draw(t, "order")
		}
		other := parsed(t, "# a comment\n"+strings.ReplaceAll(b.yaml(order), "\n", "\n\n   # more\n  "))
		if c.Prompt(nil) != other.Prompt(nil) || string(c.JSONSchema()) != string(other.JSONSchema()) {
			t.Fatalf("another notation changes what is said:\n%s", text)
		}
		for _, change := range [][2]string{{`"Random"`, `"Other"`}, {`"definition": "x"`, `"definition": "y"`}, {`"explain": true`, `"explain": false`}} {
			changed := strings.Replace(text, change[0], change[1], 1)
			if changed != text && parsed(t, changed).Prompt(nil) == c.Prompt(nil) {
				t.Fatalf("%v does not change the prompt", change)
			}
		}
	})
}
