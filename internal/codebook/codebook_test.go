package codebook

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"icono/internal/columns"
	"icono/internal/config"
	"icono/internal/gen/docs"
	"icono/internal/source"
	"icono/internal/stage"
)

func TestDefaults(t *testing.T) {
	c := good(t, small)
	for i, want := range []struct {
		t Type
		l Level
	}{{Categorical, Nominal}, {Boolean, Nominal}, {Integer, Interval}, {Multi, Nominal}} {
		if v := c.Variables[i]; v.Type != want.t || v.Level != want.l {
			t.Errorf("%s: %s %s", v.Name, v.Type, v.Level)
		}
	}
	if got := c.Variables[0].Codes(); !slices.Equal(got, []string{"Portrait", "Café Scene", "Other"}) || !c.Privacy {
		t.Error(got, c.Privacy)
	}
	var names []string
	for _, col := range c.columns {
		names = append(names, col.Name)
	}
	if want := []string{"Kind", "Person_Shown", "Person_Age_explanation", "Person_Age", "Things"}; !slices.Equal(names, want) {
		t.Error(names)
	}
}

// The schema says every bound, in the form that most servers know.
func TestBoundsInSchema(t *testing.T) {
	for text, want := range map[string]string{
		"integer, min: 1, max: 3":                `{"type":"integer","enum":[1,2,3]}`,
		"integer, min: 0, max: 24":               `{"type":"integer","enum":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24]}`,
		"integer, min: 0, max: 25":               `{"type":"integer","minimum":0,"maximum":25}`,
		"integer, min: -2":                       `{"type":"integer","minimum":-2}`,
		"number, min: 0.5, max: 1":               `{"type":"number","minimum":0.5,"maximum":1}`,
		"number, max: 10, when: First":           `{"type":["number","null"],"maximum":10}`,
		"multi, categories: [x, y], when: First": `{"type":["array","null"],"items":{"type":"string","enum":["x","y"]}}`,
	} {
		c := good(t, "version: 1\nvariables: [{name: First, type: boolean}, {name: A, type: "+text+"}]")
		if got := string(c.JSONSchema()); !strings.Contains(got, `"A":`+want+"}") {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func TestPrivacy(t *testing.T) {
	with, without := good(t, small), good(t, strings.Replace(small, "version: 1", "version: 1\nprivacy: false", 1))
	if !strings.Contains(with.Prompt(nil), privacyNote) || strings.Contains(without.Prompt(nil), "# Privacy") {
		t.Error("the privacy note is not what `privacy` says")
	}
}

// Shuffling moves the categories of nominal variables only, and leaves the
// answer's form alone.
func TestOrder(t *testing.T) {
	c := good(t, `
version: 1
variables:
  - {name: A, question: q, other: true, unclear: true, categories: [{name: a1, definition: x}, {name: a2, definition: x}, {name: a3, definition: x}]}
  - {name: B, question: q, level: ordinal, categories: [{name: b1, definition: x}, {name: b2, definition: x}]}
  - {name: C, question: q, type: multi, categories: [{name: c1, definition: x}, {name: c2, definition: x}]}
`)
	var asked []int
	got := c.Prompt(func(n int) []int {
		asked = append(asked, n)
		out := make([]int, n)
		for i := range out {
			out[i] = n - 1 - i
		}
		return out
	})
	at := -1
	for _, code := range []string{"a3", "a2", "a1", "Other", "Unclear", "b1", "b2", "c2", "c1"} {
		next := strings.Index(got, "\n- `"+code+"`")
		if next <= at {
			t.Errorf("%s stands at %d, after %d", code, next, at)
		}
		at = next
	}
	if !slices.Equal(asked, []int{3, 2}) {
		t.Error(asked)
	}
	for _, bad := range [][]int{nil, {0, 0, 0}, {0, 1}, {0, 1, 7}, {-1, 0, 1}} {
		if c.Prompt(func(int) []int { return bad }) != c.Prompt(nil) {
			t.Errorf("%v is no order, and changes the prompt", bad)
		}
	}
}

func TestFlatten(t *testing.T) {
	got, err := Flatten([]byte("```json\n{\"a\": {\"b\": 1.50, \"c\": [true, {\"d\": null}], \"e\": {}, \"f\": []}, \"z\": \"x\\ny\"}\n```"))
	want := []Pair{{"a_b", "1.50", false}, {"a_c_0", "true", false}, {"a_c_1_d", "", true}, {"z", "x\ny", false}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for _, bad := range []string{`{"a": {"b": 1}, "a_b": 2}`, `{"a": 1, "a": 1}`, `none`, `{"a": NaN}`} {
		if got, err := Flatten([]byte(bad)); err == nil {
			t.Errorf("%s gives %v", bad, got)
		}
	}
}

// The walk asks only what the answers lead to.
func TestWalk(t *testing.T) {
	c, _ := load(t, "testdata/tree.yaml")
	if len(c.Steps()) != 3 || len(good(t, small).Steps()) != 0 {
		t.Fatal(c.Steps())
	}
	for leaf, answers := range map[string][]string{"Collage": {"yes"}, "MediaWork": {"no", "yes"}, "Portrait": {"no", "no", "One"}} {
		var asked []string
		got, err := c.Walk(func(s *Step) (Coding, error) {
			answer := answers[len(asked)]
			asked = append(asked, s.ID)
			return s.Book.Validate([]byte(fmt.Sprintf(`{"answer_explanation": "since", "answer": %q}`, answer)))
		})
		if err != nil || got.Values[1] != leaf || len(asked) != len(answers) || strings.Count(got.Values[0].(string), "since") != len(answers) {
			t.Errorf("%s: %v %+v %v", leaf, asked, got, err)
		}
		leaves, err := columns.Build(memory.DefaultAllocator, c.Fields("", "")[1], 1, func(int) any { return got.Values[1] })
		if err != nil || columnValue(leaves, 0) != leaf {
			t.Error(leaves, err)
		}
	}
	if _, err := c.Walk(func(s *Step) (Coding, error) { return s.Book.Validate([]byte(`{"answer": "perhaps"}`)) }); err == nil {
		t.Error("an answer that is none is taken")
	}
	if got, err := c.Validate([]byte(`{"ImageType_explanation": "x", "ImageType": "Event"}`)); err != nil || got.Values[1] != "Event" {
		t.Error("the tree in one prompt:", got, err)
	}
}

// The columns say what they mean.
func TestDocumentation(t *testing.T) {
	c := good(t, small)
	documented := map[string]stage.Documentation{}
	for _, f := range c.Fields("coded", "p_") {
		documented[f.Name] = stage.DocumentationOf(f)
		if want := strings.TrimPrefix(strings.ReplaceAll(strings.TrimSuffix(f.Name, "_explanation"), "_", "."), "p."); stage.VariableOf(f) != want {
			t.Errorf("%s belongs to %q, want %q", f.Name, stage.VariableOf(f), want)
		}
		if got := stage.RoleOf(f) == stage.Explanation; got != strings.HasSuffix(f.Name, "_explanation") {
			t.Errorf("%s has the role %q", f.Name, stage.RoleOf(f))
		}
	}
	age := documented["p_Person_Age"]
	if want := []string{"A whole number from 0 to 120; interval level.", `Coded only if Person.Shown and Kind != "Other". Otherwise its value is null.`}; !slices.Equal(age.Notes, want) || age.Meanings != nil {
		t.Errorf("%+v", age)
	}
	kind := documented["p_Kind"]
	if m, ok := kind.Meaning("Other"); len(kind.Meanings) != 3 || !ok || !m.Residual || m.Text == "" || kind.Meanings[0].Residual || kind.Meanings[0].Text == "" {
		t.Errorf("%+v", kind)
	}
	if why := documented["p_Person_Age_explanation"]; !strings.Contains(why.Text, "Person.Age") {
		t.Errorf("%+v", why)
	}
	tree, _ := load(t, "testdata/tree.yaml")
	fields := tree.Fields("coded", "")
	if notes := strings.Join(stage.DocumentationOf(fields[1]).Notes, "\n"); strings.Count(notes, "Question ") != 3 || !strings.Contains(notes, "yes leads to Collage") {
		t.Error(notes)
	}
}

// Editors accept what Parse accepts, and every option has prose.
func TestEditorSchema(t *testing.T) {
	prose, err := docs.Read("../..", "icono", "internal/codebook")
	if err != nil {
		t.Fatal(err)
	}
	var check func(options []config.Option)
	check = func(options []config.Option) {
		for _, o := range options {
			if prose.Field(o.Owner, o.Field) == "" {
				t.Errorf("%s.%s has no comment", o.Owner, o.Field)
			}
			check(o.Fields)
			if o.Elem != nil {
				check(o.Elem.Fields)
			}
		}
	}
	check(config.Describe(&Codebook{}))
	text, err := EditorSchema(prose.Field).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	schema := compileSchema(t, text)
	for text, want := range map[string]bool{
		small: true,
		"version: 1\nvariables: [{name: A, categories: [x, {name: y}], other: true, unclear: Vague, when: true}]": true,
		"version: 2\nvariables: [{name: A, type: text}]":                                                          false,
		"version: 1\nvariables: [{name: A, type: txt}]":                                                           false,
		"version: 1\nvariables: [{name: A, other: 3}]":                                                            false,
		"version: 1\nvariables: [{type: text}]":                                                                   false,
		"version: 1":                                                                                              false,
		"version: 1\nvariables: [{name: A, type: text}]\ntree: {name: x}":                                         false,
	} {
		root, faults := source.Parse(source.NewFile("c.yaml", text))
		if len(faults) > 0 {
			t.Fatal(faults[0])
		}
		if got := schema.Validate(root.JSON()); (got == nil) != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	for _, name := range []string{"testdata/visual-frames.yaml", "testdata/tree.yaml"} {
		root := parseFile(t, name)
		if err := schema.Validate(root.JSON()); err != nil {
			t.Error(name, err)
		}
	}
}
