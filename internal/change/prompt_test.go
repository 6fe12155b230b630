package change

import (
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
)

const book = "# Role\n\nYou code.\n\n# Annotation guide\n\nIn this order.\n\n## 1. Type\n\nThe type.\nValue: one of:\n- `Collage`: several pictures\n  - Belongs here: a grid\n- `Photo`: one\n" +
	"Explanation: say why.\n\n## 2. Loud\n\nIs it loud?\nValue: true or false.\n\n# Process\n\n1. Look.\n\n# Answer\n\n{\n  \"Type\": \"<code>\"\n}\n"

// What differs between two prompts is named as a codebook names it.
func TestPromptParts(t *testing.T) {
	for change, want := range map[string][]string{
		"You code.|You code well.":     {"section Role"},
		"several pictures|many":        {"category Collage of Type"},
		"a grid|a wall":                {"category Collage of Type"},
		"The type.|The sort.":          {"Type"},
		"say why|say how":              {"Type"},
		"Is it loud?|Loud?":            {"Loud"},
		"- `Photo`: one\n|":            {"category Photo of Type (gone)"},
		"- `Photo`|- `Drawing`: d\n$0": {"category Drawing of Type (new)"},
		"1. Look.|1. Look twice.":      {"section Process"},
		"\n\n# Process|\n\n## 3. Old\n\nHow old?\n\n# Process": {"Old (new)"},
		"You code.|You  code.":                                 {"section Role"},
		"You code.\n|You code.\n\n":                            {"its spaces"},
		"a grid\n- `Photo`: one\n|a grid\n":                    {"category Photo of Type (gone)"},
	} {
		old, now, _ := strings.Cut(change, "|")
		now = strings.ReplaceAll(now, "$0", old)
		if got := promptParts(book, strings.Replace(book, old, now, 1)); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", change, got, want)
		}
	}
	if got := promptParts(book, book); got != nil {
		t.Errorf("the same: %q", got)
	}
	turned := strings.Replace(strings.Replace(book, "- `Photo`: one\n", "", 1), "- `Collage`", "- `Photo`: one\n- `Collage`", 1)
	if got := promptParts(book, turned); !slices.Equal(got, []string{"the order of its categories"}) {
		t.Errorf("another order: %q", got)
	}
	// Of a variable that is put before others, only itself is named, though it changes
	// their numbers and the form of the answer.
	first := strings.NewReplacer("## 1. Type", "## 1. New\n\nNew?\n\n## 2. Type", "## 2. Loud", "## 3. Loud", "{\n", "{\n  \"New\": \"<code>\",\n").Replace(book)
	if got := promptParts(book, first); !slices.Equal(got, []string{"New (new)"}) {
		t.Errorf("a variable in front: %q", got)
	}
	if got := promptParts("Name the place.", "Name it."); !slices.Equal(got, []string{"its text"}) {
		t.Errorf("a prompt of one's own: %q", got)
	}
	if got := listed([]string{"a", "b", "c", "d", "e"}); got != "a, b, c and 2 more" {
		t.Error(got)
	}
}

// The columns that an expression reads are those whose whole names stand in it.
func TestNamed(t *testing.T) {
	var fields []arrow.Field
	for _, name := range []string{"Caption", "AI Caption", "Text", "Text_2", "Größe", "a.b"} {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String})
	}
	schema := arrow.NewSchema(fields, nil)
	for text, want := range map[string]string{
		"Caption":                     "Caption",
		"AI Caption":                  "AI Caption",
		`$env["AI Caption"]`:          "AI Caption",
		"AI Caption + Caption":        "Caption,AI Caption",
		"upper(Text)":                 "Text",
		"Text_2 + Texts":              "Text_2",
		"Textgröße":                   "",
		`Größe == "x" and Text != ""`: "Text,Größe",
		`$env["a.b"]`:                 "a.b",
		"":                            "",
	} {
		var got []string
		for _, i := range named(schema, []string{text}) {
			got = append(got, fields[i].Name)
		}
		if strings.Join(got, ",") != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Changed options are named with what of them differs.
func TestOptionCauses(t *testing.T) {
	for _, c := range []struct {
		kind string
		altered
		want string
	}{
		{"clip", altered{"labels", `[["A",["a"]],["B",["b"]]]`, `[["A",["a","c"]],["B",["b"]]]`}, `prompt: the phrases of A (new: "c")`},
		{"clip", altered{"labels", `[["A",["a"]],["B",["b"]]]`, `[["B",["b"]]]`}, "prompt: the phrases of A (gone)"},
		{"clip", altered{"labels", `[["A",["a"]],["B",["b"]]]`, `[["B",["b"]],["A",["a"]]]`}, "prompt: the phrases of all categories, in another order"},
		{"clip", altered{"model", `"a"`, `"b"`}, "model: b, was a"},
		{"sample", altered{"n", "8", "7"}, "parameter: n (7, was 8)"},
		{"sample", altered{"n", "8", ""}, "parameter: n (the default, was 8)"},
		{"filter", altered{"where", `"A == \"x\""`, `"A == \"y\""`}, `parameter: where (A == "y", was A == "x")`},
		{"ensemble", altered{"weights", "", `[["A",2]]`}, "merge: weights"},
		{"ensemble", altered{"crosswalk", "", `[["A","B"]]`}, "merge: crosswalk"},
		{"join", altered{"how", "", `"inner"`}, "join: how (inner, was the default)"},
	} {
		if got := c.cause(c.kind); got != c.want {
			t.Errorf("%+v: %q, want %q", c.altered, got, c.want)
		}
	}
}

// Texts from the data are neither markup nor mentions nor orders to a terminal.
func TestInert(t *testing.T) {
	for _, text := range []string{"@team", "<b>x</b>", "a|b", "#12 !3 ~bug", "[x](http://a.b)", "`code`", "*a* _b_", "a\n# b", "\x1b[31mred", "&amp;", "https://a.b", "www.a.b"} {
		got := inert(text)
		if strings.ContainsAny(strings.NewReplacer("&#8288;", "").Replace(got), "@<>|[]`*_\n\x1b!~/.") || strings.Contains(got, "&amp") {
			t.Errorf("%q: %q", text, got)
		}
	}
	if got := inert("@team"); got != "&#64;&#8288;team" {
		t.Error(got)
	}
	if got := line("a\x1b[2J\nb\tc"); got != "a [2J b c" {
		t.Errorf("%q", got)
	}
}
