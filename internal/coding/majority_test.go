package coding

import (
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"

	"icono/internal/stage"
	"icono/internal/stagetest"
)

// An explanation goes with the value that wins, not with its own words; in a
// tie there is neither.
func TestMajority(t *testing.T) {
	of := func(role stage.Role, variable string) arrow.Field {
		return stage.Mark(stage.OfVariable(arrow.Field{Name: variable + string(role)}, variable), role, "s")
	}
	fields := []arrow.Field{of(stage.Code, "Kind"), of(stage.Explanation, "Age"), of("", "Age"), of(stage.Code, "Things"), of(stage.Explanation, "Lone")}
	runs := [][]any{
		{"Portrait", "first", int64(50), []string{"flag"}, "x"},
		{"Other", "second", int64(60), []string{"flag", "logo"}, "y"},
		{"Portrait", "third", int64(60), []string{"logo", "flag"}, "y"},
	}
	values, shares := majority(runs, fields...)
	if d := cmp.Diff([]any{"Portrait", "second", int64(60), []string{"flag", "logo"}, "y"}, values); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]float64{2. / 3, 2. / 3, 2. / 3, 2. / 3, 2. / 3}, shares); d != "" {
		t.Error(d)
	}
	values, shares = majority([][]any{{"Portrait", "a", nil, nil, nil}, {"Other", "b", int64(1), nil, nil}}, fields...)
	if d := cmp.Diff([]any{nil, nil, nil, nil, nil}, values); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]float64{0.5, 0.5, 0.5, 1, 1}, shares); d != "" {
		t.Error(d)
	}
	if values, _ := majority(runs); values[1] != nil {
		t.Error("without fields an explanation counts as a value")
	}
}

// Explanations have no column of agreement, and all columns say what they mean.
func TestLayoutOfExplanations(t *testing.T) {
	book, _, err := OpenBook(func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(`
version: 1
title: Small
variables:
  - {name: A.Place, question: 'Where?', explain: true, categories: [{name: In, definition: a}, {name: Out, definition: b}]}
  - {name: Persons, question: 'How many?', type: integer, explain: true}
`)), nil
	}, "c.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for runs, want := range map[int][]string{
		1: {"A_Place_explanation A.Place", "A_Place A.Place", "Persons_explanation Persons", "Persons Persons"},
		2: {"A_Place_explanation A.Place", "A_Place A.Place", "Persons_explanation Persons", "Persons Persons", "A_Place_agreement A.Place", "Persons_agreement Persons"},
	} {
		fields := Layout(book, "s", "", runs).Fields()
		var got []string
		for _, f := range fields[:len(fields)-2] {
			got = append(got, f.Name+" "+stage.VariableOf(f))
			if d := stage.DocumentationOf(f); d.Text == "" {
				t.Errorf("%s does not say what it means", f.Name)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		c := Layout(book, "s", "", runs)
		outcome := Outcome{Status: stage.OK, Values: []any{"since", "Out", "so", int64(2)}, Shares: []float64{0.1, 0.2, 0.3, 0.4}}
		cols, err := c.Arrays(stagetest.Memory(t), []Outcome{outcome})
		if err != nil {
			t.Fatal(err)
		}
		if runs == 2 && (cols[4].ValueStr(0) != "0.2" || cols[5].ValueStr(0) != "0.4") {
			t.Errorf("agreement %s and %s", cols[4].ValueStr(0), cols[5].ValueStr(0))
		}
		for _, a := range cols {
			a.Release()
		}
	}
}
