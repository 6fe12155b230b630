package chain

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"icono/internal/columns"
	"icono/internal/stage"
	"icono/internal/trace"
)

// inputs are the values that a merged code of the stage comes from, in the row as it
// reached the stage. Of what is computed these are the columns that the expression
// names, of rules those that the conditions name.
func inputs(run *trace.Run, s *trace.Stage, row trace.Row, before []trace.Row) []Value {
	var from []stage.Input
	for _, i := range s.Made() {
		if of := stage.InputsOf(s.Out.Field(i)); len(of) > 0 && stage.AddedBy(s.Out.Field(i)) == s.ID {
			from = of
			break
		}
	}
	conditions := conditions(s)
	var out []Value
	for _, in := range from {
		if conditions != "" && !mentions(conditions, in.Name) {
			continue // no rule reads it
		}
		at := columns.Index(s.Out, in.Column)
		switch {
		case in.Column == "" || at < 0:
			out = append(out, Value{Name: in.Name, Text: "computed: " + in.Expression})
			for _, v := range named(run, s, before, in.Expression) {
				out = append(out, Value{in.Name + " (" + v.Name + ")", v.Text, v.Null})
			}
		case in.Name != in.Column:
			out = append(out, Value{in.Name + " (" + in.Column + ")", row.Values[at].Text, row.Values[at].Null})
		default:
			out = append(out, Value{in.Name, row.Values[at].Text, row.Values[at].Null})
		}
	}
	for _, v := range named(run, s, before, conditions) {
		own := false
		for _, in := range from {
			own = own || in.Name == v.Name
		}
		if !own { // else the name is that of the input
			out = append(out, v)
		}
	}
	return out
}

// conditions are those of a merge by rules, a line each; "" for other stages.
func conditions(s *trace.Stage) string {
	var lines []string
	for _, o := range s.Settings() {
		var rules []struct{ When string }
		if o.Name == "rules" && json.Unmarshal([]byte(o.Value), &rules) == nil {
			for _, r := range rules {
				lines = append(lines, r.When)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// settingTexts are the values of the settings of a stage, a line each.
func settingTexts(s *trace.Stage) string {
	var lines []string
	for _, o := range s.Settings() {
		lines = append(lines, unquoted(o.Value))
	}
	return strings.Join(lines, "\n")
}

// named are the values of the columns that a text names, in the row as it reached the
// stage.
func named(run *trace.Run, s *trace.Stage, before []trace.Row, text string) []Value {
	if len(before) == 0 || len(s.Inputs) == 0 {
		return nil
	}
	from := run.Stages[s.Inputs[0]]
	var out []Value
	for i, f := range from.Out.Fields() {
		if i < len(before[0].Values) && mentions(text, f.Name) {
			out = append(out, Value{f.Name, before[0].Values[i].Text, before[0].Values[i].Null})
		}
	}
	return out
}

// mentions reports whether a name stands in a text, and not as a part of a longer one.
func mentions(text, name string) bool {
	in := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	for from := 0; ; {
		at := strings.Index(text[from:], name)
		if at < 0 || name == "" {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(text[:from+at])
		after, _ := utf8.DecodeRuneInString(text[from+at+len(name):])
		if !in(before) && !in(after) {
			return true
		}
		from += at + len(name)
	}
}
