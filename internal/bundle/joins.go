package bundle

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"icono/internal/pipeline"
	"icono/internal/pseudonym"
	"icono/internal/source"
	"icono/internal/trace"
)

// joined are the pairs of columns by which the stages of a plan join tables.
func joined(p *pipeline.Plan) (pairs [][2]string) {
	for _, s := range p.Stages {
		pairs = append(pairs, joinedBy(s)...)
	}
	return pairs
}

// joinedBy are the pairs of columns by which a stage joins tables; none of other stages.
func joinedBy(s *pipeline.Planned) (pairs [][2]string) {
	on := s.With.Get("on")
	if s.Kind != "join" || on == nil {
		return nil
	}
	switch on.Form {
	case source.Scalar:
		pairs = append(pairs, [2]string{on.Text, on.Text})
	case source.Sequence:
		for _, item := range on.Items {
			pairs = append(pairs, [2]string{item.Text, item.Text})
		}
	case source.Mapping:
		for _, f := range on.Fields {
			pairs = append(pairs, [2]string{f.Key.Text, f.Value.Text})
		}
	}
	return pairs
}

// Met tells of a join of the study whose sides have values that are one with pseudonyms
// and two without, such as Anna and @anna; it is "" where there is none.
func Met(study *trace.Run, names *pseudonym.Names) string {
	for _, at := range study.Plan.Order {
		s := study.Stages[at]
		if len(s.Inputs) != 2 {
			continue
		}
		left, right := study.Stages[s.Inputs[0]], study.Stages[s.Inputs[1]]
		for _, pair := range joinedBy(s.Planned) {
			a, b := spellings(left, pair[0], names), spellings(right, pair[1], names)
			for _, one := range slices.SortedFunc(maps.Keys(a), cmp.Compare[string]) {
				for x := range a[one] {
					for y := range b[one] {
						if x != y && !b[one][x] {
							return fmt.Sprintf("%q and %q are two in the join `%s`, and one with pseudonyms: write both in the same way in the data", x, y, s.ID)
						}
					}
				}
			}
		}
	}
	return ""
}

// spellings are the values of a column by their pseudonyms.
func spellings(s *trace.Stage, column string, names *pseudonym.Names) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	at := s.Column(column)
	if at < 0 {
		return out
	}
	for _, row := range s.Rows {
		v := row.Values[at]
		if v.Null || v.Text == "" {
			continue
		}
		p := names.Name(v.Text)
		if out[p] == nil {
			out[p] = map[string]bool{}
		}
		out[p][v.Text] = true
	}
	return out
}
