package codebook

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const small = `
version: 1
variables:
  - name: Kind
    question: q
    categories: [{name: Portrait, definition: x}, {name: Café Scene, definition: x}]
    other: true
  - name: Person.Shown
    question: q
    type: boolean
  - name: Person.Age
    question: q
    type: integer
    min: 0
    max: 120
    when: Person.Shown and Kind != "Other"
    explain: true
  - name: Things
    question: q
    type: multi
    categories: [{name: flag, definition: x}, {name: logo, definition: x}]
    not_applicable: true
    when: Kind == "Portrait"
`

const fine = `{"Kind": "Portrait", "Person": {"Shown": true, "Age_explanation": "grey hair", "Age": 60}, "Things": ["logo", "flag"]}`

func TestValidate(t *testing.T) {
	c := good(t, small)
	values := func(v ...any) []any { return v }
	portrait := values("Portrait", true, "grey hair", int64(60), []string{"flag", "logo"})
	for name, test := range map[string]struct {
		answer string
		want   Coding
		faults []string
	}{
		"bare":          {answer: fine, want: Coding{Values: portrait}},
		"fenced":        {answer: "Here it is:\n```json\n" + fine + "\n```\nAnything else?", want: Coding{Values: portrait}},
		"in prose":      {answer: "My coding {as asked} is " + fine + " and that is all.", want: Coding{Values: portrait}},
		"repeated":      {answer: fine + "\n\n" + strings.ReplaceAll(fine, ", ", ","), want: Coding{Values: portrait}},
		"two":           {answer: fine + strings.Replace(fine, "60", "61", 1), faults: []string{"several JSON objects that differ"}},
		"none":          {answer: "I cannot help with this.", faults: []string{"holds no JSON object"}},
		"cut off":       {answer: fine[:40], faults: []string{"breaks off"}},
		"cut off prose": {answer: "As {asked}: " + fine[:40], faults: []string{"breaks off"}},
		"NaN":           {answer: strings.Replace(fine, "60", "NaN", 1), faults: []string{`not valid JSON, near "grey hair\", \"Age\": NaN`}},
		"list":          {answer: "[1, 2]", faults: []string{"holds no JSON object"}},
		"mended":        {answer: strings.NewReplacer("Portrait", " cafe\u0301  SCENE", `["logo", "flag"]`, "null").Replace(fine), want: Coding{Values: values("Café Scene", true, "grey hair", int64(60), []string{"NotApplicable"}), Mended: 1}},
		"unasked":       {answer: `{"Kind": "Other", "Person": {"Shown": true, "Age_explanation": null, "Age": null}, "Things": ["NotApplicable"]}`, want: Coding{Values: values("Other", true, nil, nil, []string{"NotApplicable"})}},
		"explained":     {answer: `{"Kind": "Other", "Person": {"Shown": false, "Age_explanation": "nobody", "Age": null}, "Things": []}`, want: Coding{Values: values("Other", false, "nobody", nil, []string{"NotApplicable"})}},
		"empty":         {answer: strings.Replace(fine, `["logo", "flag"]`, "[]", 1), want: Coding{Values: values("Portrait", true, "grey hair", int64(60), []string{})}},
		"extra": {answer: strings.Replace(fine, `{"Kind"`, `{"Note": 1, "Kind"`, 1), want: Coding{Values: portrait,
			Notes: []string{"`Note` is no part of the codebook"}}},
		"twice the code": {answer: strings.Replace(fine, `"flag"]`, `"flag", "Logo"]`, 1), want: Coding{Values: portrait, Mended: 1, Notes: []string{"`Things` has \"logo\" more than once"}}},
		"duplicate key":  {answer: strings.Replace(fine, `{"Kind"`, `{"Kind": "Other", "Kind"`, 1), faults: []string{"`Kind` stands more than once"}},
		"text for number": {answer: strings.Replace(fine, "60", `"60"`, 1),
			faults: []string{"`Person.Age` is the text \"60\", and must be a whole number from 0 to 120; write the number without quotes"}},
		"out of range":    {answer: strings.Replace(fine, "60", "121", 1), faults: []string{"`Person.Age` is 121, and must be a whole number from 0 to 120"}},
		"not whole":       {answer: strings.Replace(fine, "60", "60.5", 1), faults: []string{"60.5"}},
		"huge":            {answer: strings.Replace(fine, "60", "1e999", 1), faults: []string{"1e999"}},
		"misspelt":        {answer: strings.Replace(fine, "Portrait", "Portrat", 1), faults: []string{"`Kind` has \"Portrat\", which is no code of it: it must be one of \"Portrait\", \"Café Scene\", \"Other\"; did you mean \"Portrait\"?"}},
		"null":            {answer: strings.Replace(fine, "60", "null", 1), faults: []string{"`Person.Age` is null, and must be a whole number from 0 to 120"}},
		"explained null":  {answer: strings.Replace(fine, `"grey hair"`, "null", 1), faults: []string{"`Person.Age_explanation` is null"}},
		"must be null":    {answer: strings.Replace(fine, "true", "false", 1), faults: []string{"`Person.Age` must be null here, since it is coded only if Person.Shown"}},
		"not with others": {answer: strings.Replace(fine, `"flag"]`, `"NotApplicable"]`, 1), faults: []string{"can only stand alone"}},
		"other name":      {answer: strings.Replace(fine, `"Kind"`, `"kind"`, 1), faults: []string{"`Kind` is missing: it must be one of \"Portrait\", \"Café Scene\", \"Other\"; `kind` must be written `Kind`"}},
		"no group":        {answer: `{"Kind": "Portrait", "Things": []}`, faults: []string{"`Person` is missing: it must be an object with `Shown`, `Age_explanation` and `Age`"}},
		"flat group":      {answer: `{"Kind": "Portrait", "Person": "old", "Things": []}`, faults: []string{"`Person` must be an object with"}},
		"everything": {answer: `{"Kind": 1, "Person": {"Shown": "true", "Age": {}}, "Things": "flag"}`, faults: []string{
			"`Kind` is the number 1", "`Person.Shown` is the text \"true\", and must be true or false; write", "`Person.Age_explanation` is missing", "`Person.Age` is an object", "`Things` is the text \"flag\", and must be a list of any of"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.Validate([]byte(test.answer))
			var invalid *Invalid
			if errors.As(err, &invalid) != (err != nil) || (err != nil) != (test.faults != nil) {
				t.Fatalf("error %v", err)
			}
			if err != nil {
				if len(invalid.Faults) != len(test.faults) {
					t.Errorf("%d faults:\n%s", len(invalid.Faults), err)
				}
				for _, want := range test.faults {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("no %q in\n%s", want, err)
					}
				}
				return
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// One codebook serves many answers at once.
func TestValidateTogether(t *testing.T) {
	c := good(t, small)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			answer := fine
			if i%2 == 0 {
				answer = strings.NewReplacer("true", "false", "60", "null").Replace(fine)
			}
			for range 50 {
				got, err := c.Validate([]byte(answer))
				if err != nil || (got.Values[3] == nil) != (i%2 == 0) {
					t.Error(got, err)
					return
				}
			}
		})
	}
	group.Wait()
}

// A condition that reads a variable without a value does not hold.
func TestConditionsOnNothing(t *testing.T) {
	c := good(t, `
version: 1
variables:
  - {name: A, type: boolean, question: q}
  - {name: B, type: integer, question: q, when: A}
  - {name: C, type: boolean, question: q, when: B > 3}
  - {name: D, type: boolean, question: q, when: 'B == nil'}
  - {name: E, type: multi, question: q, when: A, categories: [x, y]}
`)
	for answer, want := range map[string]bool{
		`{"A": false, "B": null, "C": null, "D": true, "E": null}`:  true,
		`{"A": false, "B": null, "C": null, "D": true, "E": []}`:    true,
		`{"A": false, "B": null, "C": null, "D": true, "E": ["x"]}`: false,
		`{"A": false, "B": null, "C": true, "D": true, "E": null}`:  false,
		`{"A": false, "B": null, "C": null, "D": null, "E": null}`:  false,
		`{"A": true, "B": 4, "C": true, "D": null, "E": []}`:        true,
		`{"A": true, "B": 3, "C": null, "D": null, "E": ["y"]}`:     true,
		`{"A": true, "B": 3, "C": null, "D": null, "E": null}`:      false,
	} {
		got, err := c.Validate([]byte(answer))
		if (err == nil) != want {
			t.Errorf("%s: %v", answer, err)
		}
		if err == nil && (got.Values[4] == nil) != (got.Values[0] == false) {
			t.Errorf("%s: %v", answer, got.Values)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	c, _ := load(b, "testdata/visual-frames.yaml")
	answer := []byte(`{"Performance_explanation": "x", "Performance": "MediaEvent", "Environment": {"Environment": "Indoors", "Location": "TVStudio"},
		"DressStyle": {"PersonShown": true, "DressStyle": "Formal", "RolledUpSleeves": false}}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Validate(answer); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPrompt(b *testing.B) {
	c, _ := load(b, "testdata/visual-frames.yaml")
	for b.Loop() {
		c.Prompt(nil)
	}
}
