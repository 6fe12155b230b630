package change

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"icono/internal/coding"
	"icono/internal/columns"
	"icono/internal/config"
	"icono/internal/media"
	"icono/internal/stage"
	"icono/internal/trace"
)

// comparison finds causes. What it has found of a row it keeps.
type comparison struct {
	sides [2]Side
	known map[cell][]string
}

// cell is a row of a stage.
type cell struct{ stage, key string }

// isWaiting reports whether a question has no answer yet.
func isWaiting(e trace.Exchange) bool {
	var fault *coding.Fault
	return errors.As(e.Err, &fault) && fault.Status == stage.Skipped
}

func waits(s *trace.Stage, key string) bool {
	return slices.ContainsFunc(s.Heard(key), isWaiting)
}

// causes says why what a stage made of a row is not what it was: the picture, the
// settings of the stage, what was asked, what was answered to the same, and the values
// of other stages that it uses, with their causes.
func (c *comparison) causes(id, key string) []string {
	at := cell{id, key}
	if found, ok := c.known[at]; ok {
		return found
	}
	c.known[at] = nil // stages do not read each other in a circle
	out := c.find(id, key)
	if len(out) == 0 {
		out = []string{"unknown: nothing that this program sees differs"}
	}
	c.known[at] = out
	return out
}

func (c *comparison) find(id, key string) []string {
	old, now := c.sides[0].Run.Stage(id), c.sides[1].Run.Stage(id)
	var out []string
	add := func(cause string) {
		if cause != "" && !slices.Contains(out, cause) {
			out = append(out, cause)
		}
	}
	picture := c.picture(old, now, key)
	if picture {
		add("picture: another file")
	}
	asked, told := conversation(old.Heard(key), now.Heard(key))
	for _, cause := range asked {
		if cause == "picture" && picture {
			continue
		}
		add(described(cause, old, now))
	}
	for _, cause := range c.upstream(old, now, key) {
		add(cause)
	}
	// Without a conversation the settings decide; with one, what was asked says which
	// of them mattered, but for those that read the answers.
	for _, name := range changed(old.Settings(), now.Settings()) {
		if len(now.Heard(key)) == 0 || name == "method" || strings.HasPrefix(name, "crosswalk") || name == "min_score" || name == "runs" {
			add(setting(now.Kind, name))
		}
	}
	if told && len(asked) == 0 {
		add("answer: the same question was answered anew")
	}
	if old.Kind != now.Kind {
		add(fmt.Sprintf("stage: of kind %s, was %s", now.Kind, old.Kind))
	}
	for _, name := range []string{"model", "vision_model.onnx", "text_model.onnx"} {
		if len(now.Heard(key)) == 0 && fact(c.sides[0].Run, id, name) != fact(c.sides[1].Run, id, name) {
			add("model")
		}
	}
	return out
}

// setting names what an option of a kind is.
func setting(kind, name string) string {
	switch name {
	case "labels", "template":
		return "prompt: " + name
	case "model":
		return "model"
	case "rules", "weights", "ties", "prefer", "missing", "min_votes", "else", "on_null", "method", "inputs", "categories":
		if kind == "ensemble" {
			return "merge: " + name
		}
	}
	if strings.HasPrefix(name, "crosswalk") {
		return "merge: " + name
	}
	return "parameter: " + name
}

// described names the cause of another question by what of the stage was changed.
func described(part string, old, now *trace.Stage) string {
	names := changed(old.Settings(), now.Settings())
	switch part {
	case "prompt", "answer format", "order":
		for _, name := range []string{"codebook", "prompt", "inputs", "language", "words", "examples", "columns"} {
			if slices.Contains(names, name) {
				return "prompt: " + name
			}
		}
		for _, s := range now.Settings() {
			if s.Name == "codebook" {
				return "prompt: the text of " + strings.Trim(s.Value, `"`)
			}
		}
		return "prompt"
	case "model", "provider", "base URL":
		return "model"
	case "picture":
		return "picture: sent in another way"
	}
	return "parameter"
}

// picture reports whether the row's picture is another file, for stages that see it.
func (c *comparison) picture(old, now *trace.Stage, key string) bool {
	sees := now.Kind == "clip" || slices.ContainsFunc(now.Heard(key), func(e trace.Exchange) bool {
		return strings.Contains(string(e.Body), `"sha256"`) || strings.Contains(string(e.Body), `"image":"`)
	})
	if !sees {
		return false
	}
	var sums [2]string
	for i, s := range []*trace.Stage{old, now} {
		at, found := stage.Find(s.Out, stage.Image), s.Find(key)
		if at < 0 || len(found) == 0 || found[0].Values[at].Text == "" {
			continue
		}
		sums[i] = c.sides[i].Picture(media.Under(stage.RootOf(s.Out.Field(at)), found[0].Values[at].Text))
	}
	return sums[0] != sums[1]
}

// upstream are the values that the stage uses and that differ, with their causes.
func (c *comparison) upstream(old, now *trace.Stage, key string) []string {
	used := uses(now)
	if used == "" {
		return nil
	}
	a, b := input(c.sides[0].Run, old, key), input(c.sides[1].Run, now, key)
	if a == nil || b == nil {
		return nil
	}
	before := c.sides[0].Run.Stages[old.Inputs[0]]
	after := c.sides[1].Run.Stages[now.Inputs[0]]
	var out []string
	for i, f := range after.Out.Fields() {
		k := columns.Index(before.Out, f.Name)
		if k < 0 || a.Values[k] == b.Values[i] || !mentions(used, f.Name) {
			continue
		}
		maker := stage.AddedBy(f)
		if s := c.sides[1].Run.Stage(maker); s == nil || !coder(s) || c.sides[0].Run.Stage(maker) == nil {
			out = append(out, "data: "+f.Name)
			continue
		}
		for _, cause := range c.causes(maker, key) {
			out = append(out, f.Name+" changed ("+cause+")")
		}
	}
	return out
}

// uses is the text of the settings of a stage that name columns.
func uses(s *trace.Stage) string {
	var b strings.Builder
	for _, o := range s.Settings() {
		switch o.Name {
		case "inputs", "rules", "column", "weights":
			b.WriteString(o.Value + "\n")
		}
	}
	return b.String()
}

// mentions reports whether a text names a column.
func mentions(text, column string) bool {
	quoted, _ := json.Marshal(column) // a text always marshals
	word := regexp.MustCompile(`(^|[^\pL\pN_])` + regexp.QuoteMeta(column) + `($|[^\pL\pN_])`)
	return strings.Contains(text, string(quoted)) || word.MatchString(text)
}

func input(run *trace.Run, s *trace.Stage, key string) *trace.Row {
	if len(s.Inputs) == 0 {
		return nil
	}
	if rows := run.Stages[s.Inputs[0]].Find(key); len(rows) == 1 {
		return &rows[0]
	}
	return nil
}

// changed are the names of the options that differ.
func changed(old, now []config.Setting) []string {
	values := map[string]string{}
	for _, s := range old {
		values[s.Name] = s.Value
	}
	var out []string
	for _, s := range now {
		if values[s.Name] != s.Value {
			out = append(out, s.Name)
		}
		delete(values, s.Name)
	}
	for name := range values {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func fact(run *trace.Run, id, name string) string {
	for _, f := range run.FactsOf(id).Facts {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}
