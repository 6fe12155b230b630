package change

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/stage"
	"icono/internal/trace"
)

// source is a column that a stage reads from its first input.
type source struct {
	at   int
	name string
	// maker is the stage that computed it, nil for data.
	maker *trace.Stage
}

// reads returns the columns that a stage reads, by what its options and the columns
// that it made say of them. Its picture is not among them.
func (c *comparison) reads(side int, s *trace.Stage) []source {
	if found, known := c.read[side][s.ID]; known {
		return found
	}
	var out []source
	if len(s.Inputs) > 0 {
		run := c.sides[side].Run
		in := run.Stages[s.Inputs[0]]
		above := run.Plan.Upstream(run.Plan.Index(s.ID))
		for _, at := range named(in.Out, expressions(s)) {
			f := in.Out.Field(at)
			maker := run.Stage(stage.AddedBy(f))
			// A table can come from another study, with ids that stand here for others.
			if maker != nil && (len(maker.Inputs) == 0 || maker.ID == s.ID || !above[run.Plan.Index(maker.ID)]) {
				maker = nil
			}
			out = append(out, source{at, f.Name, maker})
		}
	}
	c.read[side][s.ID] = out
	return out
}

// expressions are the texts in which a stage names columns.
func expressions(s *trace.Stage) []string {
	if option(s, "method") == `"rules"` {
		return ruled(s)
	}
	var out []string
	for _, o := range s.Settings() {
		switch o.Name {
		case "inputs", "derive":
			for _, p := range pairs(o.Value) {
				out = append(out, unquoted(p.value))
			}
		case "where", "by", "on":
			out = append(out, texts(o.Value)...)
		case "column":
			if s.Kind == "unnest" {
				out = append(out, unquoted(o.Value))
			}
		}
	}
	for _, at := range s.Made() {
		for _, in := range stage.InputsOf(s.Out.Field(at)) {
			if stage.AddedBy(s.Out.Field(at)) == s.ID {
				out = append(out, cmp.Or(in.Column, in.Expression))
			}
		}
	}
	return out
}

// named returns the columns that texts name: the whole of a text, or words of it, a
// longer name before a shorter one.
func named(schema *arrow.Schema, texts []string) []int {
	order := make([]int, schema.NumFields())
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(schema.Field(b).Name) - len(schema.Field(a).Name) })
	found := map[int]bool{}
	for _, text := range texts {
		for _, i := range order {
			rest, hit := without(text, schema.Field(i).Name)
			if hit {
				found[i], text = true, rest
			}
		}
	}
	var out []int
	for i := range order {
		if found[i] {
			out = append(out, i)
		}
	}
	return out
}

// without takes a name out of a text, where it is not a part of a longer word.
func without(text, name string) (rest string, hit bool) {
	in := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	for from := 0; name != ""; {
		at := strings.Index(text[from:], name)
		if at < 0 {
			break
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(name):])
		if in(before) || in(after) {
			from = at + len(name)
			continue
		}
		text, hit, from = text[:at]+"\x00"+text[at+len(name):], true, at+1
	}
	return text, hit
}

func unquoted(value string) string {
	var text string
	if json.Unmarshal([]byte(value), &text) == nil {
		return text
	}
	return value
}

// texts are all texts in a JSON value.
func texts(value string) []string {
	var v any
	if json.Unmarshal([]byte(value), &v) != nil {
		return nil
	}
	var out []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			out = append(out, v)
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			for name, item := range v {
				out = append(out, name)
				walk(item)
			}
		}
	}
	walk(v)
	return out
}

// waits reports whether what a stage makes of a row hangs on a question without an
// answer, its own or one of a stage whose values it reads.
func (c *comparison) waits(side int, s *trace.Stage, key string) bool {
	at := cell{s.ID, key}
	if found, known := c.waiting[side][at]; known {
		return found
	}
	found := slices.ContainsFunc(s.Heard(key), isWaiting) ||
		slices.ContainsFunc(c.reads(side, s), func(r source) bool { return r.maker != nil && c.waits(side, r.maker, key) })
	c.waiting[side][at] = found
	return found
}

// upstream are the causes of the values that a stage reads and that differ: the data,
// or what changed them in the stage that made them.
func (c *comparison) upstream(old, now *trace.Stage, key string) []string {
	if len(old.Inputs) == 0 || len(now.Inputs) == 0 {
		return nil
	}
	before, after := c.sides[0].Run.Stages[old.Inputs[0]], c.sides[1].Run.Stages[now.Inputs[0]]
	a, b := before.Find(key), after.Find(key)
	if len(a) != 1 || len(b) != 1 {
		return nil
	}
	var out []string
	for _, r := range c.reads(1, now) {
		k := before.Column(r.name)
		if k >= 0 && a[0].Values[k] == b[0].Values[r.at] {
			continue
		}
		join := c.joined(now, r.name)
		switch {
		case r.maker != nil && c.old[r.maker.ID] != nil:
			for _, cause := range c.causes(r.maker, key) {
				out = append(out, r.name+" changed ("+cause+")")
			}
		case join != "":
			out = append(out, join)
		case k < 0:
			out = append(out, "data: "+r.name+" (new)")
		default:
			out = append(out, "data: "+r.name)
		}
	}
	return out
}

// joined is the changed option of the join that brought a column to a stage, "" where
// none did.
func (c *comparison) joined(s *trace.Stage, column string) string {
	run := c.sides[1].Run
	for len(s.Inputs) > 0 {
		in := run.Stages[s.Inputs[0]]
		if in.Column(column) < 0 {
			return ""
		}
		if old := c.old[in.ID]; in.Kind == "join" && old != nil && run.Stages[in.Inputs[0]].Column(column) < 0 {
			for _, o := range c.options(old, in) {
				return o.cause(in.Kind)
			}
		}
		s = in
	}
	return ""
}
