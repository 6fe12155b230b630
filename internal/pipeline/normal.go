package pipeline

import (
	"reflect"
	"slices"
	"strings"

	"icono/internal/config"
	"icono/internal/source"
)

// Settings are the options of the stage that decide results, as far as they differ
// from the defaults: equal however the file is written.
func (s *Planned) Settings() []config.Setting {
	if s.config == nil {
		return nil
	}
	return config.Settings(s.config, s.kind.NewConfig())
}

// Defaults are the options of the stage that decide results and have their defaults, but
// for those whose default is to be left out.
func (s *Planned) Defaults() []config.Setting {
	if s.config == nil {
		return nil
	}
	own := s.Settings()
	return slices.DeleteFunc(config.Settings(s.config, reflect.New(reflect.TypeOf(s.config).Elem()).Interface()), func(o config.Setting) bool {
		return slices.ContainsFunc(own, func(p config.Setting) bool { return p.Name == o.Name })
	})
}

// At is the place of an option in the pipeline file, that of the kind where the
// option is not written.
func (s *Planned) At(option string) source.Span {
	if n := s.With.KeyNode(option); n != nil {
		return n.Span
	}
	return s.kindAt
}

// Made returns the indices of the columns that the stage has made or may have
// changed: all of them where the stage does not leave those of its first input in
// their places.
func (s *Planned) Made() []int {
	first := 0
	if len(s.In) > 0 {
		first = s.In[0].NumFields()
	}
	for i := range first {
		if i >= s.Out.NumFields() || !s.Out.Field(i).Equal(s.In[0].Field(i)) {
			first = 0
			break
		}
	}
	var out []int
	for i := first; i < s.Out.NumFields(); i++ {
		out = append(out, i)
	}
	return out
}

// String is the policy as pipeline files write it.
func (p Policy) String() string {
	switch {
	case p.Drop:
		return "drop"
	case p.Stop && p.Share > 0:
		return "stop above " + percent(p.Share)
	case p.Stop:
		return "stop"
	}
	return "keep"
}

// Passages are the parts of a pipeline's text, and of those that it extends, by the
// id of the stage that they are about, "" for what is about none. Each byte stands
// in one of them. Of files that cannot be read as YAML all stands under "".
func (d *Document) Passages() map[string]string {
	out := map[string]string{}
	for _, f := range append([]*source.File{d.File}, d.Bases...) {
		root, _ := source.Parse(f)
		at, id := 0, ""
		for _, item := range root.Get("stages").List() {
			start := before(f.Text, item.Span.Start, at)
			out[id] += f.Text[at:start]
			at, id = start, item.Get("id").Scalar()
		}
		out[id] += f.Text[at:]
	}
	return out
}

// before is the start of the line of an offset, or of the comments and empty lines
// above it, not before least.
func before(text string, offset, least int) int {
	lineStart := func(at int) int { return strings.LastIndexByte(text[:at], '\n') + 1 }
	start := lineStart(offset)
	for start > least {
		above := lineStart(start - 1)
		line := strings.TrimSpace(text[above : start-1])
		if above < least || line != "" && !strings.HasPrefix(line, "#") {
			break
		}
		start = above
	}
	return max(start, least)
}

// InputIDs are the ids of the stages that the stage reads, in order.
func (p *Plan) InputIDs(s *Planned) []string {
	ids := []string{}
	for _, at := range s.Inputs {
		ids = append(ids, p.Stages[at].ID)
	}
	return ids
}

// reading lists the stages that the one at i depends on: what each reads comes before it,
// in the order of its inputs.
func (p *Plan) reading(i int) []int {
	var out []int
	var visit func(k int)
	visit = func(k int) {
		for _, in := range p.Stages[k].Inputs {
			if !slices.Contains(out, in) {
				visit(in)
				out = append(out, in)
			}
		}
	}
	visit(i)
	return out
}

// overrides are the options that were given from outside of the file and decide results.
func (p *Plan) overrides() []string {
	return slices.DeleteFunc(slices.Clone(p.Doc.Overrides), func(text string) bool {
		path, _, _ := strings.Cut(text, "=")
		id, option, _ := strings.Cut(path, ".")
		option, _, _ = strings.Cut(option, ".")
		at := p.Index(id)
		return at >= 0 && p.Stages[at].config != nil && slices.Contains(config.Operational(p.Stages[at].config), option)
	})
}
