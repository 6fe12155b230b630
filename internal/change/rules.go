package change

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"icono/internal/stage"
	"icono/internal/trace"
)

// rule is one of a merge by rules.
type rule struct {
	Name string `json:"name"`
	When string `json:"when"`
	Then string `json:"then"`
}

func rulesOf(value string) []rule {
	var out []rule
	if json.Unmarshal([]byte(value), &out) != nil {
		return nil
	}
	return out
}

// ruleChanges names the rules that differ, by their names or categories.
func ruleChanges(old, now string) string {
	before, after := rulesOf(old), rulesOf(now)
	if len(before) == 0 || len(after) == 0 {
		return "rules"
	}
	label := func(r rule) string { return shown(cmp.Or(r.Name, r.Then)) }
	var parts []string
	for _, r := range after {
		if slices.Contains(before, r) {
			continue
		}
		what := "new"
		if slices.ContainsFunc(before, func(o rule) bool { return label(o) == label(r) && !slices.Contains(after, o) }) {
			what = "changed"
		}
		parts = append(parts, fmt.Sprintf("%s %s", label(r), what))
	}
	for _, r := range before {
		if !slices.ContainsFunc(after, func(o rule) bool { return label(o) == label(r) }) {
			parts = append(parts, label(r)+" gone")
		}
	}
	if len(parts) == 0 {
		return "rules (in another order)"
	}
	return "rules (" + strings.Join(parts, ", ") + ")"
}

// ruled are the texts in which a merge by rules names what it reads: the conditions, and
// of the inputs those that conditions name.
func ruled(s *trace.Stage) []string {
	var out []string
	for _, r := range rulesOf(option(s, "rules")) {
		out = append(out, r.When)
	}
	conditions := slices.Clone(out)
	for _, in := range pairs(option(s, "inputs")) {
		if slices.ContainsFunc(conditions, func(when string) bool { _, hit := without(when, in.name); return hit }) {
			out = append(out, unquoted(in.value))
		}
	}
	return out
}

// mattered reports whether an option that reads answers or codes can have changed what a
// stage made of a row: what settles ties matters where there is one.
func (c *comparison) mattered(o altered, old, now *trace.Stage, key string) bool {
	if now.Kind != "ensemble" || o.name != "ties" && o.name != "prefer" {
		return true
	}
	return tied(old, key) || tied(now, key)
}

// tied reports whether the votes on a row have no single winner.
func tied(s *trace.Stage, key string) bool {
	at, rows := stage.FindAdded(s.Out, stage.Phrase, s.ID), s.Find(key)
	if at < 0 || len(rows) == 0 {
		return true // the votes are not told
	}
	var most []float64
	for _, vote := range strings.Split(rows[0].Values[at].Text, ", ") {
		n, err := strconv.ParseFloat(vote[strings.LastIndexByte(vote, ' ')+1:], 64)
		if err != nil {
			return true
		}
		most = append(most, n)
	}
	slices.SortFunc(most, func(a, b float64) int { return cmp.Compare(b, a) })
	return len(most) > 1 && most[0] == most[1]
}
