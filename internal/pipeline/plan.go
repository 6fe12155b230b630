package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/config"
	"icono/internal/diag"
	"icono/internal/source"
	"icono/internal/stage"
	"icono/internal/suggest"
)

// Plan is a checked pipeline: every stage built and the schema of every edge
// known.
type Plan struct {
	Doc    *Document
	Stages []*Planned // in the file's order
	Order  []int      // indices of Stages, inputs before readers
}

// Planned is one stage of a plan.
type Planned struct {
	Spec
	Stage   stage.Stage
	Inputs  []int // indices into Plan.Stages
	Readers []int
	In      []*arrow.Schema
	Out     *arrow.Schema
	// Reads and Writes are the files that the stage names.
	Reads, Writes []string
	origin        map[string]string // column -> id of the stage that made it
	config        any
	kind          stage.Kind
	broken        bool
	asked         bool // for the schema of its output, which checks expressions
}

// Settings is what checking and running need besides the document.
type Settings struct {
	Kinds []stage.Kind
	Study stage.Study
	// Workers and BatchRows are as in stage.Env; 0 means the default.
	Workers, BatchRows int
	// Full makes Check read data to the end where types depend on it.
	Full bool
	// Warn takes what is worth telling besides diagnostics; may be nil.
	Warn func(text string)
}

// Check builds every stage and checks everything that can be known before a
// row flows. All that is wrong is added to list; the plan can be run only if
// that holds no error.
func Check(ctx context.Context, d *Document, s Settings, list *diag.List) *Plan {
	p := &Plan{Doc: d}
	for _, spec := range d.Stages {
		p.Stages = append(p.Stages, build(spec, s.Kinds, list))
	}
	p.connect(list)
	p.sort(list)
	for _, i := range p.Order {
		p.derive(ctx, p.Stages[i], s, list)
	}
	for _, st := range p.Stages {
		if !st.asked {
			st.checkSyntax(list)
		}
	}
	p.checkFiles(s, list)
	p.checkReaders(list)
	return p
}

// build decodes the configuration of a stage and makes the stage of it.
func build(spec Spec, kinds []stage.Kind, list *diag.List) *Planned {
	p := &Planned{Spec: spec, broken: true}
	at := slices.IndexFunc(kinds, func(k stage.Kind) bool { return k.Name == spec.Kind })
	if at < 0 {
		if spec.Kind != "" {
			names := make([]string, len(kinds))
			for i, k := range kinds {
				names[i] = k.Name
			}
			list.Error("unknown-kind", spec.kindAt, fmt.Sprintf("there is no kind `%s`", spec.Kind), suggest.Hint(spec.Kind, names))
		}
		return p
	}
	p.kind = kinds[at]
	c := p.kind.NewConfig()
	var own diag.List
	config.Decode(spec.With, c, spec.kindAt, fmt.Sprintf("the stage `%s`", spec.ID), &own)
	for _, d := range own.Sorted() {
		if other := owner(d, spec.With, kinds); d.Code == "unknown-option" && other != "" {
			d.Hint = "it is an option of the kind `" + other + "`"
		}
		list.Add(d)
	}
	if own.HasErrors() {
		return p
	}
	p.broken, p.config = false, c
	if v, ok := c.(stage.Validator); ok {
		p.report(v.Validate(), list)
	}
	if !p.broken {
		p.Stage = p.kind.Build(spec.ID, c)
	}
	return p
}

// owner returns the kind that has the option that a diagnostic calls unknown.
func owner(d diag.Diagnostic, with *source.Node, kinds []stage.Kind) string {
	if with == nil {
		return ""
	}
	for _, f := range with.Fields {
		if f.Key.Span != d.Span {
			continue
		}
		for _, k := range kinds {
			for _, o := range config.Describe(k.NewConfig()) {
				if o.Name == f.Key.Text {
					return k.Name
				}
			}
		}
	}
	return ""
}

// report adds an error of the stage to list, with the place of the option.
func (p *Planned) report(err error, list *diag.List) {
	for _, err := range split(err) {
		var faults *diag.Faults // of another file that the stage reads
		if errors.As(err, &faults) {
			for _, d := range faults.List {
				list.Add(d)
				p.broken = p.broken || d.Severity == diag.Error
			}
			continue
		}
		var o *stage.OptionError
		if !errors.As(err, &o) {
			list.Error("stage", p.kindAt, err.Error(), "")
			p.broken = true
			continue
		}
		d := diag.Diagnostic{Severity: diag.Error, Code: "option", Span: p.place(o), Message: o.Message, Hint: o.Hint}
		if n, found := p.With.Find(o.Path); found && d.Hint == "" && o.Start > 0 && o.Start+1 >= len(n.Text) && n.CutByComment() {
			d.Hint = "what follows the # is a comment: put the whole value in quotes if it belongs to it"
		}
		if o.Warning {
			d.Severity = diag.Warning
		} else {
			p.broken = true
		}
		list.Add(d)
	}
}

// place finds the option that an error is about.
func (p *Planned) place(o *stage.OptionError) source.Span {
	if len(o.Path) == 0 || p.With == nil {
		return p.kindAt
	}
	n, found := p.With.Find(o.Path)
	switch {
	case found:
		return n.Inner(o.Start, o.End)
	case n == p.With:
		return p.kindAt
	}
	return n.Span
}

// split takes joined errors apart.
func split(err error) []error {
	if err == nil {
		return nil
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var out []error
		for _, e := range many.Unwrap() {
			out = append(out, split(e)...)
		}
		return out
	}
	return []error{err}
}

// derive computes the schema of a stage's output from those of its inputs.
func (p *Plan) derive(ctx context.Context, s *Planned, set Settings, list *diag.List) {
	for _, i := range s.Inputs {
		if p.Stages[i].Out == nil {
			s.broken = true
			return
		}
		s.In = append(s.In, p.Stages[i].Out)
	}
	if s.broken {
		return
	}
	if probe, ok := s.Stage.(stage.Prober); ok {
		env := stage.Env{Stage: s.ID, Seed: p.Doc.Seed, Study: set.Study, Ledger: newLedger(set.Warn)}
		set.fill(&env)
		if s.report(probe.Probe(ctx, env, set.Full), list); s.broken {
			return
		}
	}
	s.asked = true
	out, err := s.Stage.Schema(s.In)
	s.Out = out // a stage with a fault may know what it would yield
	if s.report(err, list); s.broken {
		return
	}
	if s.faultAt.File != nil && stage.FindAdded(out, stage.StatusRole, s.ID) < 0 {
		list.Error("no-faults", s.faultAt, fmt.Sprintf("the kind `%s` cannot fail on a single row, so `on_fault` says nothing here", s.Kind), "remove the line, or move it to the stage that codes")
	}
	if f, ok := s.Stage.(stage.FileUser); ok {
		s.Reads, s.Writes = f.Files()
	}
	s.checkColumns(p, list)
}
