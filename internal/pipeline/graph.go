package pipeline

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"icono/internal/diag"
	"icono/internal/media"
	"icono/internal/source"
	"icono/internal/suggest"
)

// connect finds the inputs of every stage and checks their number.
func (p *Plan) connect(list *diag.List) {
	index, ids := map[string]int{}, []string{}
	for i, s := range p.Stages {
		if _, twice := index[s.ID]; !twice && s.ID != "" {
			index[s.ID] = i
			ids = append(ids, s.ID)
		}
	}
	for i, s := range p.Stages {
		refs := s.From
		if !s.HasFrom && i > 0 && s.kind.Inputs.Max != 0 {
			refs = []Ref{{p.Stages[i-1].ID, s.kindAt}}
			if p.Stages[i-1].ID == "" {
				s.broken = true
				continue
			}
		}
		for _, r := range refs {
			at, ok := index[r.ID]
			if !ok {
				s.broken = true
				list.Error("unknown-stage", r.At, fmt.Sprintf("no stage has the id `%s`", r.ID), hintStage(r.ID, s.ID, ids))
				continue
			}
			s.Inputs = append(s.Inputs, at)
		}
		if s.kind.Name == "" || s.badFrom || len(s.Inputs) != len(refs) {
			s.broken = true
			continue
		}
		if !s.kind.Inputs.Allows(len(s.Inputs)) {
			s.broken = true
			s.wrongArity(i, list)
		}
	}
	for i, s := range p.Stages {
		for _, in := range s.Inputs {
			if !slices.Contains(p.Stages[in].Readers, i) {
				p.Stages[in].Readers = append(p.Stages[in].Readers, i)
			}
		}
	}
}

// hintStage hints at the stage that an unknown id in `from` of the stage self
// was meant to be.
func hintStage(id, self string, ids []string) string {
	if strings.ContainsAny(id, ", ") {
		return "several stages are a list: `from: [" + strings.Join(strings.FieldsFunc(id, func(r rune) bool { return r == ',' || r == ' ' }), ", ") + "]`"
	}
	others := slices.DeleteFunc(slices.Clone(ids), func(other string) bool { return other == self })
	return suggest.Hint(id, others)
}

func (s *Planned) wrongArity(i int, list *diag.List) {
	at, hint := s.kindAt, "name them: `from: [posts, codes]`"
	if s.kind.Inputs.Max == 1 {
		hint = "name one: `from: posts`"
	}
	if len(s.From) > 0 {
		at = source.Span{File: s.From[0].At.File, Start: s.From[0].At.Start, End: s.From[len(s.From)-1].At.End}
	}
	if s.HasFrom && len(s.From) == 0 {
		at = s.fromAt
	}
	switch {
	case s.kind.Inputs.Max == 0:
		hint = "remove `from`"
	case i == 0 && !s.HasFrom:
		hint = "a pipeline begins with a stage that reads data: `kind: load`"
	}
	list.Error("arity", at, fmt.Sprintf("the kind `%s` takes %s, and the stage `%s` has %s", s.kind.Name, s.kind.Inputs, s.ID, inputs(len(s.Inputs))), hint)
}

// closing finds a place that closes a ring of stages, each of which reads the
// next: a `from` if any is written, the last one first.
func (p *Plan) closing(ring []int) source.Span {
	for k := len(ring) - 2; k >= 0; k-- {
		for _, r := range p.Stages[ring[k]].From {
			if r.ID == p.Stages[ring[k+1]].ID {
				return r.At
			}
		}
	}
	return p.Stages[ring[len(ring)-2]].kindAt
}

func inputs(n int) string {
	if n == 0 {
		return "none"
	}
	return fmt.Sprint(n)
}

// sort orders the stages so that inputs come first, and finds cycles.
func (p *Plan) sort(list *diag.List) {
	const (
		unseen = iota
		open
		done
	)
	state := make([]int, len(p.Stages))
	var visit func(i int, path []int)
	visit = func(i int, path []int) {
		switch state[i] {
		case done:
			return
		case open:
			ring := append(slices.Clone(path[slices.Index(path, i):]), i)
			names := make([]string, len(ring))
			for k, at := range ring {
				names[k] = "`" + p.Stages[at].ID + "`"
				p.Stages[at].broken = true
			}
			at := p.closing(ring)
			slices.Reverse(names)
			list.Error("cycle", at, "stages read each other in a circle: "+strings.Join(names, " → "), "let one of them read another stage with `from`")
			return
		}
		state[i] = open
		for _, in := range p.Stages[i].Inputs {
			visit(in, append(path, i))
		}
		state[i] = done
		p.Order = append(p.Order, i)
	}
	for i := range p.Stages {
		visit(i, nil)
	}
}

// checkFiles refuses a stage that would overwrite what another one names.
func (p *Plan) checkFiles(set Settings, list *diag.List) {
	owner := map[string]string{}
	resolve := func(path string) string {
		full := set.Study.Resolve(path)
		if real, err := filepath.EvalSymlinks(full); err == nil {
			return real
		}
		return filepath.Clean(full)
	}
	for _, s := range p.Stages {
		for _, path := range s.Reads {
			owner[resolve(path)] = "the stage `" + s.ID + "` reads"
		}
	}
	for _, f := range p.Doc.Bases {
		owner[resolve(filepath.Base(f.Name))] = "is a pipeline file that this one extends"
	}
	owner[resolve(filepath.Base(p.Doc.File.Name))] = "is the pipeline file itself"
	for _, s := range p.Stages {
		for _, path := range s.Writes {
			full := resolve(path)
			at := s.kindAt
			if n := s.With.Get("path"); n != nil {
				at = n.Span
			}
			if who := owner[full]; who != "" {
				list.Error("overwrite", at, fmt.Sprintf("the stage `%s` would overwrite %s, which %s", s.ID, path, who), "give it another path")
				continue
			}
			if reader := p.reads(set, path, full); reader != "" {
				list.Error("overwrite", at, fmt.Sprintf("the stage `%s` would write %s, which the stage `%s` would read in the next run", s.ID, path, reader), "write it to another folder")
				continue
			}
			owner[full] = "the stage `" + s.ID + "` writes too"
		}
	}
}

// reads returns the id of the stage whose pattern would take up a written file
// in a later run, or "".
func (p *Plan) reads(set Settings, path, full string) string {
	for _, s := range p.Stages {
		for _, pattern := range s.Reads {
			pattern = filepath.ToSlash(set.Study.Resolve(pattern))
			if media.Matches(pattern, filepath.ToSlash(full)) || media.Matches(pattern, filepath.ToSlash(filepath.Clean(set.Study.Resolve(path)))) {
				return s.ID
			}
		}
	}
	return ""
}

// checkReaders warns of rows that go nowhere.
func (p *Plan) checkReaders(list *diag.List) {
	if list.HasErrors() {
		return
	}
	for _, s := range p.Stages {
		if len(s.Readers) == 0 && len(s.Writes) == 0 {
			list.Warn("unread", s.idAt, fmt.Sprintf("nothing reads the rows of the stage `%s`, and it writes no file", s.ID), "add a stage of kind `save`, or remove it")
		}
	}
}

// Index returns the index of the stage with the id, or -1.
func (p *Plan) Index(id string) int {
	return slices.IndexFunc(p.Stages, func(s *Planned) bool { return s.ID == id })
}

// IDs returns the ids of the stages, in the file's order.
func (p *Plan) IDs() []string {
	ids := make([]string, len(p.Stages))
	for i, s := range p.Stages {
		ids[i] = s.ID
	}
	return ids
}

// Upstream marks the stages that the stage at i needs, and itself.
func (p *Plan) Upstream(i int) []bool {
	need := make([]bool, len(p.Stages))
	var visit func(int)
	visit = func(i int) {
		if need[i] {
			return
		}
		need[i] = true
		for _, in := range p.Stages[i].Inputs {
			visit(in)
		}
	}
	visit(i)
	return need
}
