package change

import (
	"icono/internal/trace"

	"icono/internal/stage"
)

// data compares the columns of data that a stage has loaded or joined, by the key, and
// returns those that differ.
func (c *comparison) data(old, now *trace.Stage) []Variable {
	if old == nil || old.Key < 0 || now.Key < 0 || now.Kind != "load" && now.Kind != "join" {
		return nil
	}
	var out []Variable
	for _, at := range now.Made() {
		f := now.Out.Field(at)
		maker := c.sides[1].Run.Stage(stage.AddedBy(f))
		from := old.Column(f.Name)
		if at == now.Key || from < 0 || maker != nil && len(maker.Inputs) > 0 {
			continue
		}
		v := Variable{Stage: now.ID, Name: f.Name}
		m := newMatch(&v, f)
		for _, row := range now.Rows {
			if was := old.Find(row.Key); len(was) == 1 && len(now.Find(row.Key)) == 1 {
				m.add(row.Key, Value(was[0].Values[from]), Value(row.Values[at]), nil)
			}
		}
		if m.end(); v.Changed > 0 {
			out = append(out, v)
		}
	}
	return out
}
