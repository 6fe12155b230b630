package stage_test

import (
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"

	"icono/internal/stage"
)

func TestDocumentation(t *testing.T) {
	d := stage.Documentation{Source: "Frames", Text: "Where?", Level: "nominal", Notes: []string{"One code.", `Only if Kind == "x".`},
		Meanings: []stage.Meaning{{Name: "In", Text: "a", Examples: []string{"b"}, CounterExamples: []string{"c"}, Phrases: []string{"d"}}, {Name: "Other", Residual: true}}}
	f := stage.WithCategories(stage.Mark(arrow.Field{Name: "Place"}, stage.Code, "frames"), []string{"In", "Other"})
	f = stage.OfVariable(stage.Documented(stage.Documented(f, stage.Documentation{Text: "old"}), d), "A.Place")
	if diff := cmp.Diff(d, stage.DocumentationOf(f)); diff != "" {
		t.Error(diff)
	}
	if stage.VariableOf(f) != "A.Place" || stage.RoleOf(f) != stage.Code || len(stage.CategoriesOf(f)) != 2 {
		t.Error("what was known of the field is lost")
	}
	if m, ok := d.Meaning("Other"); !ok || !m.Residual {
		t.Error("no meaning of a category")
	}
	if _, ok := d.Meaning("Else"); ok {
		t.Error("a meaning of no category")
	}
	broken := arrow.Field{Metadata: arrow.NewMetadata([]string{"icono.documentation"}, []string{`{"text": 3`})}
	for _, plain := range []arrow.Field{{Name: "x"}, broken} {
		if diff := cmp.Diff(stage.Documentation{}, stage.DocumentationOf(plain)); diff != "" || stage.VariableOf(plain) != "" {
			t.Error("a field without documentation has some", diff)
		}
	}
}
