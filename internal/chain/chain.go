// Package chain tells how one row came to its codes: where it stands in the data, what
// each stage did with it, what models were asked about it and what they answered.
package chain

import (
	"fmt"
	"slices"
	"strings"

	"icono/internal/pipeline"
	"icono/internal/stage"
	"icono/internal/trace"
)

// Chain is what happened to a row, in the order of the stages.
type Chain struct {
	Key string `json:"key"`
	// Places are where the row stands in the files that were loaded.
	Places  []Place  `json:"places"`
	Picture *Picture `json:"picture,omitempty"`
	Steps   []Step   `json:"steps"`
	// Cost is what the answers cost, in dollars, by the prices of the study, without
	// what of it was shared with other rows; Unpriced counts answers of unknown price.
	Cost     float64 `json:"dollars"`
	Unpriced int     `json:"unpriced,omitempty"`
}

// Step is what a stage did with the row.
type Step struct {
	Stage string `json:"stage"`
	Kind  string `json:"kind"`
	// Text says it in a few words.
	Text string `json:"text"`
	// Dropped is set where the row ends here.
	Dropped bool `json:"dropped,omitempty"`
	// Settings are what the pipeline says of the stage, where that decided.
	Settings []Named `json:"settings,omitempty"`
	// Facts are the models and prompts that the stage states.
	Facts []Named `json:"facts,omitempty"`
	// Inputs are what a merged code comes from.
	Inputs []Value `json:"inputs,omitempty"`
	Asked  []Asked `json:"asked,omitempty"`
	// Values are the columns that the stage made.
	Values []Value  `json:"values,omitempty"`
	Files  []string `json:"files,omitempty"`
}

// Named is a text with a name.
type Named struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Value is a cell. Null is no value.
type Value struct {
	Name string `json:"name"`
	Text string `json:"text"`
	Null bool   `json:"null,omitempty"`
}

// Look tells of an answer that a stage used what it cost in dollars, nil where that is
// not known, and in which file it is kept.
type Look func(s *pipeline.Planned, e trace.Exchange) (dollars *float64, kept string)

// Of tells what happened to the row with a key, nil where no stage has yielded it.
func Of(run *trace.Run, study stage.Study, key string, look Look) *Chain {
	c := &Chain{Key: key, Places: []Place{}}
	for _, i := range run.Plan.Order {
		s := run.Stages[i]
		rows := s.Find(key)
		if len(s.Inputs) == 0 {
			if len(rows) > 0 {
				c.Places = append(c.Places, places(s, rows, study)...)
				c.Steps = append(c.Steps, Step{Stage: s.ID, Kind: s.Kind, Text: "read", Values: values(s, rows[0])})
			}
			continue
		}
		before := arrived(run, s, key)
		if len(before) == 0 && len(rows) == 0 {
			continue
		}
		did := step(run, s, key, before, rows)
		for i, e := range s.Heard(key) {
			if e.Err != nil {
				continue
			}
			a := &did.Asked[i]
			if a.Dollars, a.Kept = look(s.Planned, e); a.Dollars != nil {
				c.Cost += *a.Dollars
			} else {
				c.Unpriced++
			}
		}
		c.Steps = append(c.Steps, did)
	}
	if len(c.Steps) == 0 {
		return nil
	}
	c.Picture = find(run, study, key)
	return c
}

// arrived returns the row as it reached a stage from the first of its inputs that has
// it.
func arrived(run *trace.Run, s *trace.Stage, key string) []trace.Row {
	for _, i := range s.Inputs {
		if rows := run.Stages[i].Find(key); len(rows) > 0 {
			return rows
		}
	}
	return nil
}

// step tells what a stage with inputs did.
func step(run *trace.Run, s *trace.Stage, key string, before, rows []trace.Row) Step {
	out := Step{Stage: s.ID, Kind: s.Kind, Settings: settings(s), Facts: facts(run, s)}
	repeats := 0
	for _, e := range s.Heard(key) {
		out.Asked = append(out.Asked, Question(e))
		repeats = max(repeats, e.Repeat+1)
	}
	for i := range out.Asked {
		if repeats > 1 {
			out.Asked[i].Repeats = repeats
		}
	}
	if len(rows) == 0 {
		out.Dropped, out.Inputs = true, named(run, s, before, settingTexts(s))
		out.Text = dropped(run, s, key, out.Inputs)
	}
	if list := listOf(s); list != "" {
		out.Text = listed(s, list, len(rows) > 0)
	} else if s.Kind == "sample" {
		var fact Named
		out.Text, fact = drawn(run, s, key, len(rows) > 0)
		out.Facts = append(out.Facts, fact)
	}
	if len(rows) == 0 {
		return out
	}
	out.Values = several(run, s, rows)
	out.Inputs = inputs(run, s, rows[0], before)
	if s.Kind == "join" {
		other := run.Stages[s.Inputs[1]]
		out.Facts = append(out.Facts, Named{"with rows of", strings.TrimSuffix(other.ID+" ("+strings.Join(other.Reads, ", ")+")", " ()")})
		out.Inputs = named(run, s, before, settingTexts(s))
	}
	out.Files = s.Writes
	if out.Text == "" {
		out.Text = kept(s, key, rows)
	}
	return out
}

// dropped says why a row does not come out of a stage that reads the values.
func dropped(run *trace.Run, s *trace.Stage, key string, read []Value) string {
	switch s.Kind {
	case "filter":
		var empty []string
		for _, v := range read {
			if v.Null {
				empty = append(empty, v.Name)
			}
		}
		if len(empty) > 0 {
			return "dropped here: `where` is not true, with no value of " + strings.Join(empty, ", ")
		}
		return "dropped here: `where` is not true"
	case "join":
		if len(run.Stages[s.Inputs[0]].Find(key)) == 0 {
			return "it is a row of the other table, which stands in those that match it"
		}
		return "dropped here: no row of the other table matches"
	case "unnest":
		return "dropped here: its list is empty"
	}
	if s.OnFault.Drop {
		return "dropped here: the stage could not do it, and `on_fault` is drop"
	}
	return "it does not come out of this stage"
}

// kept says what became of a row that comes out of a stage.
func kept(s *trace.Stage, key string, rows []trace.Row) string {
	status := stage.FindAdded(s.Out, stage.StatusRole, s.ID)
	switch {
	case len(rows) > 1 && len(s.Writes) > 0:
		return "written, as several rows; the first is shown"
	case len(rows) > mostRows && s.Kind == "join":
		return fmt.Sprintf("joined with %d rows of the other table; the first %d are shown", len(rows), mostRows)
	case len(rows) > 1 && s.Kind == "join":
		return fmt.Sprintf("joined with %d rows of the other table", len(rows))
	case len(rows) > 1:
		return "made into several rows; the first is shown"
	case len(s.Writes) > 0:
		return "written"
	case status >= 0 && rows[0].Values[status].Text != string(stage.OK):
		text := "not coded: " + rows[0].Values[status].Text
		if why := stage.FindAdded(s.Out, stage.ErrorText, s.ID); why >= 0 && !rows[0].Values[why].Null {
			text += ": " + rows[0].Values[why].Text
		}
		return text
	case s.Kind == "filter":
		return "kept: `where` is true"
	case len(s.Heard(key)) > 0:
		return "answered"
	case status >= 0:
		return "coded"
	case s.Kind == "join" && !slices.ContainsFunc(values(s, rows[0]), func(v Value) bool { return !v.Null }):
		return "no row of the other table matches"
	case s.Kind == "join":
		return "joined"
	}
	return "passed on"
}

// values are the columns that a stage made; a join's are those of its other tables.
func values(s *trace.Stage, row trace.Row) []Value {
	var out []Value
	for _, i := range s.Made() {
		out = append(out, Value{s.Out.Field(i).Name, row.Values[i].Text, row.Values[i].Null})
	}
	return out
}

// mostRows is how many of the rows that one became are shown.
const mostRows = 10

// several are the values of the rows that came of one: those of each of them, where a join
// made several, with its number.
func several(run *trace.Run, s *trace.Stage, rows []trace.Row) []Value {
	if len(rows) == 1 || s.Kind != "join" {
		return values(s, rows[0])
	}
	before := run.Stages[s.Inputs[0]]
	var out []Value
	for n, row := range rows[:min(len(rows), mostRows)] {
		for i, f := range s.Out.Fields() {
			if before.Column(f.Name) < 0 {
				out = append(out, Value{fmt.Sprintf("%d: %s", n+1, f.Name), row.Values[i].Text, row.Values[i].Null})
			}
		}
	}
	return out
}

// settings are what the pipeline says of stages that choose, code or change rows.
func settings(s *trace.Stage) []Named {
	var out []Named
	if s.Kind == "load" || s.Kind == "save" || s.Kind == "report" {
		return nil
	}
	for _, o := range s.Settings() {
		if !slices.Contains([]string{"model", "codebook", "prompt"}, o.Name) { // which the facts or the questions tell
			out = append(out, Named{o.Name, unquoted(o.Value)})
		}
	}
	if s.OnFault != pipeline.Keep() {
		out = append(out, Named{"on_fault", s.OnFault.String()})
	}
	return out
}
