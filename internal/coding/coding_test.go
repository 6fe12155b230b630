package coding_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/google/go-cmp/cmp"

	"icono/internal/chat"
	"icono/internal/coding"
	"icono/internal/price"
	"icono/internal/stage"
	"icono/internal/stagetest"
)

// oracle answers questions by a function, and keeps them.
type oracle struct {
	answer func(q coding.Question) string
	asked  []coding.Question
}

func (o *oracle) Ask(_ context.Context, q coding.Question) (coding.Answered, error) {
	o.asked = append(o.asked, q)
	text := o.answer(q)
	if err := q.Check(text); err != nil {
		return coding.Answered{}, &coding.Fault{Status: stage.Invalid, Reason: err.Error()}
	}
	return coding.Answered{Reply: chat.Reply{Text: text, Model: "oracle"}}, nil
}

func (o *oracle) Quote(context.Context, coding.Question, *price.Estimate) (*coding.Answered, error) {
	return nil, nil
}
func (o *oracle) Terms() []string     { return nil }
func (o *oracle) Reasons() []string   { return nil }
func (o *oracle) Facts() []stage.Fact { return nil }

func book(t testing.TB, text string) coding.Scheme {
	t.Helper()
	b, _, err := coding.OpenBook(func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }, "c.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const small = `
version: 1
title: Small
variables:
  - {name: Place, question: 'Where?', categories: [{name: In, definition: a}, {name: Out, definition: b}, {name: Sea, definition: c}]}
  - {name: Persons, question: 'How many?', type: integer, min: 0, max: 9}
`

var row = coding.Row{Key: "1", Texts: []coding.Named{{Name: "Caption", Text: "x"}, {Name: "OCR", Text: " "}}}

func TestRuns(t *testing.T) {
	answers := []string{`{"Place": "In", "Persons": 1}`, `{"Place": "Out", "Persons": 2}`, `{"Place": "In", "Persons": 3}`}
	o := &oracle{}
	o.answer = func(coding.Question) string { return answers[len(o.asked)-1] }
	c := coding.Coder{Scheme: book(t, small), Asker: o, Request: chat.Request{Model: "m"}, Runs: 3}
	out, err := c.Code(t.Context(), row)
	if err != nil {
		t.Fatal(err)
	}
	// A majority for the place; a tie of three for the number, which is null.
	if d := cmp.Diff([]any{"In", nil}, out.Values); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]float64{2. / 3, 1. / 3}, out.Shares); d != "" {
		t.Error(d)
	}
	for i, q := range o.asked {
		if q.Request.Repeat != i {
			t.Errorf("question %d is repeat %d", i, q.Request.Repeat)
		}
	}
	answers[1] = "no JSON"
	o.asked = nil
	if out, err = c.Code(t.Context(), row); err != nil || out.Status != stage.Invalid || !strings.HasPrefix(out.Reason, "run 2 of 3: ") {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestShuffle(t *testing.T) {
	orders := map[string]bool{}
	for _, seed := range []uint64{1, 1, 2, 3, 4, 5} {
		o := &oracle{answer: func(coding.Question) string { return `{"Place": "In", "Persons": 1}` }}
		c := coding.Coder{Scheme: book(t, small), Asker: o, Request: chat.Request{Model: "m"}, Shuffle: true, Seed: seed}
		if _, err := c.Code(t.Context(), row); err != nil {
			t.Fatal(err)
		}
		orders[o.asked[0].Request.System] = true
	}
	if len(orders) < 2 || len(orders) > 5 {
		t.Errorf("%d orders of three categories for 5 seeds", len(orders))
	}
}

func TestTextsThatAreSent(t *testing.T) {
	o := &oracle{answer: func(coding.Question) string { return `{"Place": "In", "Persons": 1}` }}
	c := coding.Coder{Scheme: book(t, small), Asker: o, Request: chat.Request{Model: "m"}}
	if _, err := c.Code(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	turn := o.asked[0].Request.Messages[0]
	if len(turn.Parts) != 1 || turn.Parts[0].Text != "Caption: x" {
		t.Errorf("sent %+v", turn)
	}
}

const tree = `
version: 1
title: Types
tree:
  name: Type
  questions:
    - {id: collage, ask: 'Several pictures?', yes: Collage, no: people}
    - {id: people, ask: 'Are there people?', yes: Portrait, no: Other}
  categories: [{name: Collage, definition: a}, {name: Portrait, definition: b}, {name: Other, definition: c}]
`

func TestTree(t *testing.T) {
	for answers, want := range map[string]string{"yes": "Collage", "no yes": "Portrait", "no no": "Other"} {
		o := &oracle{}
		o.answer = func(coding.Question) string {
			return fmt.Sprintf(`{"answer": %q}`, strings.Fields(answers)[len(o.asked)-1])
		}
		c := coding.Coder{Scheme: book(t, tree), Asker: o, Request: chat.Request{Model: "m"}}
		out, err := c.Code(t.Context(), row)
		if err != nil || out.Values[len(out.Values)-1] != want || len(o.asked) != len(strings.Fields(answers)) {
			t.Errorf("%s: %+v after %d questions, %v", answers, out, len(o.asked), err)
		}
	}
}

func TestColumns(t *testing.T) {
	s := book(t, small)
	c := coding.Layout(s, "frames", "g_", 2)
	var names []string
	for _, f := range c.Fields() {
		names = append(names, f.Name)
	}
	if d := cmp.Diff([]string{"g_Place", "g_Persons", "g_Place_agreement", "g_Persons_agreement", "frames_status", "frames_error"}, names); d != "" {
		t.Error(d)
	}
	mem := stagetest.Memory(t)
	cols, err := c.Arrays(mem, []coding.Outcome{
		{Status: stage.OK, Values: []any{"Sea", int64(3)}, Shares: []float64{1, 0.5}},
		{Status: stage.Refused, Reason: "no"},
	})
	if err != nil {
		t.Fatal(err)
	}
	rec := array.NewRecord(arrow.NewSchema(c.Fields(), nil), cols, 2)
	for _, a := range cols {
		a.Release()
	}
	got, err := stagetest.Collect(stagetest.Batches(rec, 2, false))
	if err != nil {
		t.Fatal(err)
	}
	rec.Release()
	if d := cmp.Diff([][]any{{"Sea", int64(3), 1.0, 0.5, "ok", nil}, {nil, nil, nil, nil, "refused", "no"}}, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"In", "Out", "Sea"}, stage.CategoriesOf(c.Fields()[0])); d != "" {
		t.Error(d)
	}
}

func TestFree(t *testing.T) {
	f := coding.Free{Text: "Where?", Columns: []string{"Place_Name", "Persons", "Tags_1", "Gone"}}
	got, err := f.Read("Here it is:\n```json\n{\"Place\": {\"Name\": \"Hall\"}, \"Persons\": 12345678901234567890, \"Tags\": [\"a\", true]}\n```")
	if d := cmp.Diff([]any{"Hall", "12345678901234567890", "true", nil}, got); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
	for _, text := range []string{"", "no JSON", `{"Else": 1}`, `[1]`, `{"Persons": 1} {"Persons": 2}`} {
		if got, err := f.Read(text); err == nil {
			t.Errorf("%q gives %v", text, got)
		}
	}
}
