package bundle

import (
	"slices"
	"strings"

	"icono/internal/columns"
	"icono/internal/expression"
	"icono/internal/pipeline"
	"icono/internal/pseudonym"
	"icono/internal/source"
)

// hiding are the names in an expression whose values are replaced by pseudonyms, with the
// columns of the tables that they come from.
type hiding map[string]Column

// hidings are those of the expressions of each stage of a plan, and of the columns that it
// yields, by its id.
func hidings(p *pipeline.Plan, all []Column) (in, out map[string]hiding) {
	in, out = map[string]hiding{}, map[string]hiding{}
	for _, at := range p.Order {
		s := p.Stages[at]
		h := hiding{}
		for _, i := range s.Inputs {
			for name, c := range out[p.Stages[i].ID] {
				h[name] = c
			}
		}
		if s.Kind == "load" {
			for _, c := range all {
				if c.Stage == s.ID && (c.Handle || c.ID) {
					h[c.Name] = c
				}
			}
		}
		for option, kinds := range map[string]string{"inputs": "ensemble", "derive": "select"} {
			if made := s.With.Get(option); made != nil && s.Kind == kinds {
				for _, f := range made.Fields {
					h.derive(f.Key.Text, f.Value.Scalar())
				}
			}
		}
		in[s.ID], out[s.ID] = h, hiding{}
		renamed := map[string]string{}
		if r := s.With.Get("rename"); r != nil && s.Kind == "select" {
			for _, f := range r.Fields {
				renamed[f.Key.Text] = f.Value.Scalar()
			}
		}
		for name, c := range h {
			if to := renamed[name]; to != "" {
				name = to
			}
			if columns.Index(s.Out, name) >= 0 {
				out[s.ID][name] = c
			}
		}
	}
	return in, out
}

// derive notes that a name stands for what an expression gives.
func (h hiding) derive(name, of string) {
	from := expression.Sources(of)
	i := slices.IndexFunc(from, func(read string) bool { _, hidden := h[read]; return hidden })
	if i < 0 {
		delete(h, name)
		return
	}
	h[name] = h[from[i]]
}

// condition is an expression as it is shared: texts in quotes that are compared with
// hidden values are replaced as those are, also where they are parts of names, and in
// others the names that stand there.
func (h hiding) condition(text string, names *pseudonym.Names) (string, bool) {
	literals := expression.Literals(text)
	if len(literals) == 0 {
		return text, false
	}
	var b strings.Builder
	at := 0
	for _, l := range literals {
		now := names.Text(l.Value)
		if i := slices.IndexFunc(l.With, func(name string) bool { _, hidden := h[name]; return hidden }); i >= 0 {
			now = names.Of(l.Value)
			if h[l.With[i]].Handle {
				now = names.Name(l.Value)
			}
		}
		b.WriteString(names.Text(text[at:l.Start]))
		if now == l.Value {
			b.WriteString(text[l.Start:l.End])
		} else {
			quote := text[l.Start : l.Start+1]
			b.WriteString(quote + strings.NewReplacer(`\`, `\\`, quote, `\`+quote, "\n", `\n`).Replace(now) + quote)
		}
		at = l.End
	}
	b.WriteString(names.Text(text[at:]))
	return b.String(), true
}

// prose are the entries of pipelines, codebooks, price files and citation files that hold
// what people wrote.
const prose = ` title about role objective theory references instructions definition question ask examples counter_examples prompt source note notes abstract message description `

// written reports whether a scalar is such prose.
func (s spot) written() bool {
	return !s.key && strings.Contains(prose, " "+s.entry()+" ") || len(s.path) == 1 && s.path[0] == "name"
}

// described reports whether a scalar of a pipeline is such prose: of the pipeline itself or
// of an option of a stage, for below those columns can be called so.
func (s spot) described() bool {
	const option = 4 // stages, the stage, with, the option
	return s.written() && (len(s.path) == 1 || len(s.path) == option && s.path[2] == "with")
}

// StudyText is the text of the i-th of Files as it is shared: names replaced, also
// addresses in prose, and paths as moved says.
func StudyText(p *pipeline.Plan, i int, all []Column, names *pseudonym.Names, moved map[string]string) string {
	f := Files(p)[i]
	hidden, _ := hidings(p, all)
	root, _ := source.Parse(f)
	var ids []string
	for _, s := range root.Get("stages").List() {
		ids = append(ids, s.Get("id").Scalar())
	}
	return studyHead + rewriteYAML(f, names, func(s spot) string {
		if s.key || len(s.path) == 0 {
			return names.Text(s.Text)
		}
		switch to, move := moved[s.Text]; {
		case s.path[0] == "extends":
			return StudyName(i + 1)
		case s.described():
			return names.Written(s.Text)
		case move && (s.path[0] == "stages" || s.path[0] == "prices"):
			return to
		}
		if at := s.stage(root); at >= 0 {
			if text, is := hidden[ids[at]].condition(s.Text, names); is {
				return text
			}
		}
		return names.Text(s.Text)
	})
}

// stage is which of the stages of a pipeline file a scalar stands in, -1 for none.
func (s spot) stage(root *source.Node) int {
	return slices.IndexFunc(root.Get("stages").List(), func(n *source.Node) bool {
		return n.Span.Start <= s.Span.Start && s.Span.Start < n.Span.End || n == s.Node
	})
}

// Servers are the addresses of the servers that the stages of a plan ask, where they name
// some, sorted.
func Servers(p *pipeline.Plan) (out []string) {
	for _, s := range p.Stages {
		if at := s.With.Get("base_url").Scalar(); at != "" {
			out = append(out, at)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// BookText is the text of another YAML file that the study reads, as it is shared.
func BookText(f *source.File, names *pseudonym.Names) string {
	return rewriteYAML(f, names, func(s spot) string {
		switch {
		case s.key:
		case s.written():
			return names.Written(s.Text)
		case s.entry() == "when":
			if text, is := (hiding{}).condition(s.Text, names); is {
				return text
			}
		}
		return names.Text(s.Text)
	})
}
