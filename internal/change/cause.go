package change

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"icono/internal/coding"
	"icono/internal/media"
	"icono/internal/stage"
	"icono/internal/trace"
)

// comparison finds causes. What it has found of a row it keeps. Stages are those of
// the later run unless a side is named.
type comparison struct {
	sides [2]Side
	// old are the stages of the earlier run, by the ids of those that they became.
	old     map[string]*trace.Stage
	known   map[cell][]string
	waiting [2]map[cell]bool
	read    [2]map[string][]source
	differ  map[string][]altered
}

// cell is a row of a stage.
type cell struct{ stage, key string }

// unknown is the cause that is named where none is found.
const unknown = "unknown: nothing that this program sees differs"

// isWaiting reports whether a question has no answer yet.
func isWaiting(e trace.Exchange) bool {
	var fault *coding.Fault
	return errors.As(e.Err, &fault) && fault.Status == stage.Skipped
}

// causes says why what a stage made of a row is not what it was: the picture, the
// settings of the stage, what was asked, what was answered to the same, and the values
// of other stages that it uses, with their causes.
func (c *comparison) causes(now *trace.Stage, key string) []string {
	at := cell{now.ID, key}
	if found, ok := c.known[at]; ok {
		return found
	}
	out := c.find(c.old[now.ID], now, key)
	if len(out) == 0 {
		out = []string{unknown}
	}
	c.known[at] = out
	return out
}

func (c *comparison) find(old, now *trace.Stage, key string) []string {
	if old.Kind != now.Kind {
		return []string{fmt.Sprintf("stage: of kind %s, was %s", now.Kind, old.Kind)}
	}
	var out []string
	add := func(cause string) {
		if cause != "" && !slices.Contains(out, cause) {
			out = append(out, cause)
		}
	}
	t := conversation(old.Heard(key), now.Heard(key))
	picture := c.picture(old, now, key)
	add(picture)
	values := c.upstream(old, now, key)
	for _, cause := range values {
		add(cause)
	}
	differ := c.options(old, now)
	for _, cause := range t.causes(now, differ, picture != "", len(values) > 0) {
		add(cause)
	}
	// Without a conversation the settings decide; with one, what was asked says which
	// of them mattered, but for those that read the answers.
	for _, o := range differ {
		if (len(now.Heard(key)) == 0 && len(old.Heard(key)) == 0 || readsAnswers(o.name)) && c.mattered(o, old, now, key) {
			add(o.cause(now.Kind))
		}
	}
	add(t.answer)
	for _, name := range []string{"model", "vision_model.onnx", "text_model.onnx"} {
		before, after := fact(c.sides[0].Run, old.ID, name), fact(c.sides[1].Run, now.ID, name)
		if len(now.Heard(key)) == 0 && before != after && before != "" && after != "" && !slices.ContainsFunc(differ, func(o altered) bool { return o.name == "model" }) {
			add("model: " + pair(before, after))
		}
	}
	return out
}

// options lists the options of a stage that differ, found once.
func (c *comparison) options(old, now *trace.Stage) []altered {
	found, known := c.differ[now.ID]
	if !known {
		found = options(old, now)
		c.differ[now.ID] = found
	}
	return found
}

// readsAnswers reports whether an option decides what becomes of answers and not what
// is asked.
func readsAnswers(option string) bool {
	return option == "method" || option == "min_score" || option == "runs" || option == "repair" || strings.HasPrefix(option, "crosswalk")
}

// causes are those that lie in what was asked. picture is set where the file is
// another one, values where the values that the stage reads differ: what follows from
// them is no cause of its own.
func (t talk) causes(now *trace.Stage, differ []altered, picture, values bool) []string {
	var out []string
	changed := func(names ...string) string {
		for _, o := range differ {
			for _, name := range names {
				if o.name == name || strings.HasPrefix(o.name, name+".") {
					return o.name
				}
			}
		}
		return ""
	}
	if t.model != "" {
		out = append(out, "model: "+t.model)
	}
	if name := changed("image", "max_side", "reduce", "detail"); t.picture && !picture && name != "" {
		out = append(out, "picture: sent in another way ("+name+")")
	} else if t.picture && !picture {
		out = append(out, "picture: another one was sent")
	}
	if len(t.prompt) > 0 {
		where := ""
		if book := unquoted(option(now, "codebook")); book != "" {
			where = " in " + book
		}
		out = append(out, "prompt: "+listed(t.prompt)+where)
	}
	switch inputs := changed("inputs"); {
	case t.texts && inputs != "":
		out = append(out, "prompt: the option inputs")
	case t.texts && !values:
		out = append(out, "data: the texts that are sent")
	}
	for _, text := range t.parameters {
		out = append(out, "parameter: "+text)
	}
	if t.format && len(out) == 0 {
		out = append(out, "prompt: the form of the answers")
	}
	return out
}

// picture says how the row's picture differs, "" where it does not, for stages that see it.
func (c *comparison) picture(old, now *trace.Stage, key string) string {
	shown := func(e trace.Exchange) bool {
		return strings.Contains(string(e.Body), `"sha256"`) || strings.Contains(string(e.Body), `"image":"`)
	}
	if now.Kind != "clip" && !slices.ContainsFunc(now.Heard(key), shown) && !slices.ContainsFunc(old.Heard(key), shown) {
		return ""
	}
	var sums [2]string
	for i, s := range []*trace.Stage{old, now} {
		if len(s.Inputs) == 0 {
			return ""
		}
		in := c.sides[i].Run.Stages[s.Inputs[0]] // which has the rows too that the stage drops
		at, found := stage.Find(in.Out, stage.Image), in.Find(key)
		if at < 0 || len(found) == 0 {
			return ""
		}
		if path := found[0].Values[at].Text; path != "" {
			sums[i] = c.sides[i].Picture(media.Under(stage.RootOf(in.Out.Field(at)), path))
		}
	}
	switch {
	case sums[0] == sums[1]:
		return ""
	case sums[1] == "":
		return "picture: there is no file any more"
	case sums[0] == "":
		return "picture: there was no file"
	}
	return "picture: another file"
}

func fact(run *trace.Run, id, name string) string {
	for _, f := range run.FactsOf(id).Facts {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}
