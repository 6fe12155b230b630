package change

import (
	"encoding/json"
	"strings"

	"icono/internal/stage"
	"icono/internal/trace"
)

// Plain compares the values of two tables, those that the stages yield: every column
// that both have. A null and "" are alike, since few tables can tell them apart.
func Plain(old, now *trace.Stage) *Report {
	r := &Report{Values: true, Study: []string{}, Tables: []Table{}, Variables: []Variable{}}
	t := Table{Stage: now.ID, Before: len(old.Rows), After: len(now.Rows), Added: []string{}, Lost: []string{}}
	added, lost := moved(now, old), moved(old, now)
	for _, row := range now.Rows {
		if added[row.Key] {
			t.Added = append(t.Added, row.Key)
			delete(added, row.Key)
		}
	}
	for _, row := range old.Rows {
		if lost[row.Key] {
			t.Lost = append(t.Lost, row.Key)
			delete(lost, row.Key)
		}
	}
	if len(t.Added)+len(t.Lost) > 0 {
		r.Tables = append(r.Tables, t)
	}
	for to, f := range now.Out.Fields() {
		from := old.Column(f.Name)
		switch {
		case to == now.Key || from == old.Key:
		case from < 0:
			r.New = append(r.New, f.Name)
		default:
			coded := stage.RoleOf(f) == stage.Code || stage.RoleOf(old.Out.Field(from)) == stage.Code
			r.Variables = append(r.Variables, plain(old, now, from, to, coded))
		}
	}
	for i, f := range old.Out.Fields() {
		if i != old.Key && now.Column(f.Name) < 0 {
			r.Gone = append(r.Gone, f.Name)
		}
	}
	return r
}

// A column is taken for one of codes where it has at most mostCodes values, each in
// fewestRows rows on average or more.
const (
	mostCodes  = 50
	fewestRows = 2
)

// plain compares a column, that of codes where it has few values.
func plain(old, now *trace.Stage, from, to int, coded bool) Variable {
	v := Variable{Stage: now.ID, Name: now.Out.Field(to).Name, Coded: coded, Lost: len(moved(old, now))}
	values, nested := map[string]bool{}, false
	m := newMatch(&v, now.Out.Field(to))
	for _, row := range now.Rows {
		values[row.Values[to].Text] = true
		nested = nested || strings.HasPrefix(row.Values[to].Text, "[{") || strings.HasPrefix(row.Values[to].Text, "{")
		if was := old.Find(row.Key); len(was) == 1 && len(now.Find(row.Key)) == 1 {
			m.add(row.Key, bare(was[0].Values[from]), bare(row.Values[to]), nil)
		}
	}
	v.Coded = v.Coded || !nested && len(values) <= mostCodes && len(values)*fewestRows <= len(now.Rows)
	m.end()
	return v
}

// bare is a value of a table that knows no null, and whose objects have no order.
func bare(v trace.Value) Value {
	out := Value{Text: v.Text, Null: v.Null || v.Text == ""}
	if strings.HasPrefix(v.Text, "[") || strings.HasPrefix(v.Text, "{") {
		d := json.NewDecoder(strings.NewReader(v.Text))
		d.UseNumber()
		var value any
		if d.Decode(&value) == nil && !d.More() {
			text, _ := json.Marshal(value) // of what was JSON
			out.Text = string(text)
		}
	}
	return out
}
