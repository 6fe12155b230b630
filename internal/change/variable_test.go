package change

import (
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/stage"
)

// The agreement of two runs is by the level of measurement of the variable, and numbers
// tell how far they moved.
func TestMatchByLevel(t *testing.T) {
	of := func(d stage.Documentation, kind arrow.DataType) arrow.Field {
		return stage.Documented(arrow.Field{Name: "v", Type: kind}, d)
	}
	sizes := stage.Documentation{Level: "ordinal", Meanings: []stage.Meaning{{Name: "small"}, {Name: "middle"}, {Name: "large"}, {Name: "Other", Residual: true}}}
	text, float := arrow.BinaryTypes.String, arrow.PrimitiveTypes.Float64
	for name, c := range map[string]struct {
		field       arrow.Field
		coded       bool
		pairs       [][2]string
		level       string
		alpha       float64
		mean, most  float64
		transitions int
	}{
		// By hand: two of four pairs differ by one step. nominal: Do 2/4, De over the margins.
		"nominal": {of(stage.Documentation{}, text), true, [][2]string{{"small", "small"}, {"small", "middle"}, {"large", "large"}, {"large", "middle"}}, "nominal", 1 - 7*2./(3*2+3*3+2*3.), 0, 0, 2},
		// ordinal: small 3, middle 2, large 3: distances 2.5², 5² and 2.5².
		"ordinal":           {of(sizes, text), true, [][2]string{{"small", "small"}, {"small", "middle"}, {"large", "large"}, {"large", "middle"}}, "ordinal", 1 - 7*2*6.25/(3*2*6.25+3*3*25+2*3*6.25), 0, 0, 2},
		"ordinal, residual": {of(sizes, text), true, [][2]string{{"small", "small"}, {"small", "Other"}, {"large", "large"}, {"large", "Other"}}, "nominal", 1 - 7*2./(3*2+3*3+2*3.), 0, 0, 2},
		"interval":          {of(stage.Documentation{Level: "interval"}, float), false, [][2]string{{"1.5", "1.5"}, {"2.5", "3.5"}, {"0", "0.5"}}, "interval", 1 - 5*1.25/(6*23.25-9.5*9.5), 0.75, 1, 0},
	} {
		v := Variable{Coded: c.coded, Measured: true}
		m := newMatch(&v, c.field)
		for _, p := range c.pairs {
			m.add("k", Value{Text: p[0]}, Value{Text: p[1]}, nil)
		}
		m.add("k", Value{Null: true}, Value{Text: "small"}, nil) // no pair
		m.end()
		if v.Alpha == nil || math.Abs(*v.Alpha-c.alpha) > 1e-9 || v.Level != c.level {
			t.Errorf("%s: alpha %v (%s), want %v (%s)", name, v.Alpha, v.Level, c.alpha, c.level)
		}
		if c.most > 0 && (v.Moved == nil || v.Moved.Mean != c.mean || v.Moved.Most != c.most) || c.most == 0 && v.Moved != nil {
			t.Errorf("%s: moved %+v", name, v.Moved)
		}
		if c.coded && len(v.Transitions) != c.transitions+1 || !c.coded && v.Transitions != nil {
			t.Errorf("%s: %+v", name, v.Transitions)
		}
	}
}

// A comment on a pull request stays below what services take, and says what it leaves out.
func TestMarkdownIsShort(t *testing.T) {
	r := &Report{}
	for i := range 40 {
		v := Variable{Stage: "s", Name: "v" + string(rune('A'+i)), Coded: true, Both: 500}
		for range 150 {
			v.Changed++
			v.Rows = append(v.Rows, Row{Key: "2657484542301776130_8094417265", From: Value{Text: "a category"}, To: Value{Text: "another category"}, Causes: []string{"prompt: category Chart of Type in codebooks/a.yaml"}})
		}
		r.Variables = append(r.Variables, v)
	}
	var text strings.Builder
	r.Markdown(&text)
	if n := text.Len(); n > 65_000 || n < 30_000 || !strings.Contains(text.String(), "more variables: `icono diff --json`") || strings.Count(text.String(), "\n| v") != 41 {
		t.Errorf("%d bytes\n%s", n, text.String()[:2000])
	}
}
