package change

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"icono/internal/stage"
	"icono/internal/trace"
)

// Table is which rows came to or went from the table of a stage, beside those that
// came to or went from the tables that it reads.
type Table struct {
	Stage  string   `json:"stage"`
	Before int      `json:"before"`
	After  int      `json:"after"`
	Added  []string `json:"added"` // keys
	Lost   []string `json:"lost"`
	// Waiting are those of them that hang on a question without an answer.
	Waiting []string `json:"waiting,omitempty"`
	// AddedBy and LostBy are the causes.
	AddedBy []Count `json:"added_causes,omitempty"`
	LostBy  []Count `json:"lost_causes,omitempty"`
}

// pairUp finds what each stage was: the stage of its id, or one of the same kind and
// columns whose id is gone.
func pairUp(a, b *trace.Run) map[string]*trace.Stage {
	out := map[string]*trace.Stage{}
	for _, s := range b.Stages {
		if old := a.Stage(s.ID); old != nil {
			out[s.ID] = old
			continue
		}
		for _, old := range a.Stages {
			taken := slices.ContainsFunc(slices.Collect(maps.Values(out)), func(o *trace.Stage) bool { return o == old })
			if b.Stage(old.ID) == nil && !taken && old.Kind == s.Kind && slices.Equal(made(old), made(s)) {
				out[s.ID] = old
				break
			}
		}
	}
	return out
}

// made are the names of the columns that a stage makes, without those that are called
// after it.
func made(s *trace.Stage) []string {
	var out []string
	for _, at := range s.Made() {
		if f := s.Out.Field(at); telling(f) && stage.RoleOf(f) != stage.StatusRole {
			out = append(out, f.Name)
		}
	}
	return out
}

// moved are the keys of one run that the other lacks.
func moved(from, to *trace.Stage) map[string]bool {
	out := map[string]bool{}
	for _, r := range from.Rows {
		if len(to.Find(r.Key)) == 0 {
			out[r.Key] = true
		}
	}
	return out
}

// table compares the keys of a stage's table.
func (c *comparison) table(old, now *trace.Stage) Table {
	t := Table{Stage: now.ID, Before: len(old.Rows), After: len(now.Rows), Added: []string{}, Lost: []string{}}
	added, lost := moved(now, old), moved(old, now)
	for _, i := range now.Inputs {
		in := c.sides[1].Run.Stages[i]
		if was := c.old[in.ID]; was != nil && in.Key >= 0 && was.Key >= 0 {
			for key := range moved(in, was) {
				delete(added, key)
			}
			for key := range moved(was, in) {
				delete(lost, key)
			}
		}
	}
	for i, side := range []struct {
		rows []trace.Row
		keys map[string]bool
		out  *[]string
		by   *[]Count
	}{{now.Rows, added, &t.Added, &t.AddedBy}, {old.Rows, lost, &t.Lost, &t.LostBy}} {
		causes := tally{}
		for _, r := range side.rows {
			if !side.keys[r.Key] {
				continue
			}
			delete(side.keys, r.Key) // one of several rows with the key
			*side.out = append(*side.out, r.Key)
			if c.waits(0, old, r.Key) || c.waits(1, now, r.Key) {
				t.Waiting = append(t.Waiting, r.Key)
				continue
			}
			causes.add(c.choice(old, now, r.Key, i == 0))
		}
		*side.by = causes.counts()
	}
	return t
}

// choice says why a stage has a row on one side only: on the later one where added is
// set.
func (c *comparison) choice(old, now *trace.Stage, key string, added bool) []string {
	if len(now.Inputs) == 0 {
		if out := c.settings(old, now, added); len(out) > 0 {
			return out
		}
		return []string{"data: the rows of the table"}
	}
	out := append(c.settings(old, now, added), c.upstream(old, now, key)...)
	if before, after := c.sides[0].Run.Plan.Doc.Seed, c.sides[1].Run.Plan.Doc.Seed; now.Kind == "sample" && before != after {
		out = append(out, "parameter: seed")
	}
	if old.OnFault != now.OnFault {
		out = append(out, "parameter: on_fault")
	}
	switch {
	case len(out) > 0:
		return out
	case now.Kind == "sample":
		return []string{"data: the other rows that are drawn from"}
	case coder(now):
		return c.causes(now, key)
	}
	return []string{unknown}
}

// settings are the changed options that can have added a row, or lost one: a larger
// sample loses none.
func (c *comparison) settings(old, now *trace.Stage, added bool) []string {
	var out []string
	for _, o := range c.options(old, now) {
		before, after, numbers := numbers(Value{Text: o.old}, Value{Text: o.now})
		if now.Kind == "sample" && (o.name == "n" || o.name == "share") && numbers && added == (after < before) {
			continue
		}
		out = append(out, o.cause(now.Kind))
	}
	return out
}

// tally counts causes.
type tally map[string]*Count

func (t tally) add(causes []string) {
	for _, name := range causes {
		if t[name] == nil {
			t[name] = &Count{Name: name}
		}
		t[name].N++
		if len(causes) == 1 {
			t[name].Alone++
		}
	}
}

// counts are the causes, the most frequent first.
func (t tally) counts() []Count {
	var out []Count
	for _, one := range t {
		out = append(out, *one)
	}
	slices.SortFunc(out, func(a, b Count) int { return cmp.Or(b.N-a.N, strings.Compare(a.Name, b.Name)) })
	return out
}
