package change

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"icono/internal/config"
	"icono/internal/trace"
)

// altered is an option that differs; a side without it has the default, "".
type altered struct{ name, old, now string }

// options lists the options that differ, by name.
func options(old, now *trace.Stage) []altered {
	values := map[string]altered{}
	for _, s := range old.Settings() {
		values[s.Name] = altered{name: s.Name, old: s.Value}
	}
	for _, s := range now.Settings() {
		values[s.Name] = altered{s.Name, values[s.Name].old, s.Value}
	}
	var out []altered
	for _, o := range values {
		if o.old != o.now {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b altered) int { return strings.Compare(a.name, b.name) })
	return out
}

// cause names what an option of a kind is, with what of it differs.
func (o altered) cause(kind string) string {
	switch o.name {
	case "labels":
		return "prompt: the phrases of " + listed(entries(o.old, o.now))
	case "template":
		return "prompt: the template of the phrases"
	case "model":
		return "model: " + o.change()
	case "rules":
		return "merge: " + ruleChanges(o.old, o.now)
	case "weights", "ties", "prefer", "missing", "min_votes", "else", "on_null", "method", "inputs", "categories":
		if kind == "ensemble" {
			return "merge: " + o.text()
		}
	}
	switch {
	case strings.HasPrefix(o.name, "crosswalk"):
		return "merge: " + o.text()
	case kind == "join":
		return "join: " + o.text()
	}
	return "parameter: " + o.text()
}

// text is the name of the option, with its values where they are short.
func (o altered) text() string {
	if long(o.old) || long(o.now) {
		return o.name
	}
	return o.name + " (" + o.change() + ")"
}

func (o altered) change() string {
	return pair(cmp.Or(unquoted(o.old), "the default"), cmp.Or(unquoted(o.now), "the default"))
}

// pair is a change of a value.
func pair(old, now string) string {
	return fmt.Sprintf("%s, was %s", shown(now), shown(old))
}

func long(value string) bool {
	return len(value) > 40 || strings.HasPrefix(value, "[") || strings.HasPrefix(value, "{")
}

// entries are the names of a mapping, kept as a list of pairs, whose values differ.
func entries(old, now string) []string {
	before, after := pairs(old), pairs(now)
	var out []string
	for _, p := range after {
		switch i := slices.IndexFunc(before, func(q entry) bool { return q.name == p.name }); {
		case i < 0:
			out = append(out, p.name+" (new)")
		case before[i].value != p.value:
			out = append(out, p.name+phrases(before[i].value, p.value))
		}
	}
	for _, p := range before {
		if !slices.ContainsFunc(after, func(q entry) bool { return q.name == p.name }) {
			out = append(out, p.name+" (gone)")
		}
	}
	if len(out) == 0 {
		return []string{"all categories, in another order"}
	}
	return out
}

// phrases says which phrases of a category are new and which are gone, "" where they only
// have another order.
func phrases(old, now string) string {
	var before, after []string
	if json.Unmarshal([]byte(old), &before) != nil || json.Unmarshal([]byte(now), &after) != nil {
		return ""
	}
	var parts []string
	for _, c := range []struct {
		what     string
		of, from []string
	}{{"new", after, before}, {"gone", before, after}} {
		var words []string
		for _, p := range c.of {
			if !slices.Contains(c.from, p) {
				words = append(words, fmt.Sprintf("%q", shown(p)))
			}
		}
		if len(words) > 0 {
			parts = append(parts, c.what+": "+strings.Join(words, ", "))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

// Option words what of an option of a stage differs, from its values as JSON; "" is the
// default.
func Option(kind, name, old, now string) string { return altered{name, old, now}.cause(kind) }

// entry is one of a mapping; its value is JSON.
type entry struct{ name, value string }

func pairs(value string) []entry {
	var list [][2]json.RawMessage
	if json.Unmarshal([]byte(value), &list) != nil {
		return nil
	}
	var out []entry
	for _, p := range list {
		var name string
		if json.Unmarshal(p[0], &name) != nil {
			return nil
		}
		out = append(out, entry{name, string(p[1])})
	}
	return out
}

// option returns the value of an option of a stage, "" where it is the default.
func option(s *trace.Stage, name string) string {
	i := slices.IndexFunc(s.Settings(), func(o config.Setting) bool { return o.Name == name })
	if i < 0 {
		return ""
	}
	return s.Settings()[i].Value
}
