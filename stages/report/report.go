package report

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/stage"
	"icono/internal/suggest"
	"icono/internal/tabular"
)

// report is a stage of kind report.
type report struct {
	id     string
	config Config
	layout layout
}

// layout is where the columns of interest stand.
type layout struct {
	key, image int // -1 where there is none
	root       string
	codes      []codeColumn
	status     []statusColumn
	show       []int
}

// codeColumn is a coded variable with what its coder says about it.
type codeColumn struct {
	at, phrase, probability int // phrase and probability are -1 where there is none
	name, stage             string
	categories              []string
}

// statusColumn is how a stage went, row by row.
type statusColumn struct {
	at, reason int
	stage      string
}

// Files implements stage.FileUser.
func (r *report) Files() (reads, writes []string) { return nil, []string{string(r.config.Path)} }

// EstimateRows implements stage.Estimator.
func (*report) EstimateRows(in []int64) int64 { return in[0] }

// Schema implements stage.Stage: the rows pass through.
func (r *report) Schema(in []*arrow.Schema) (*arrow.Schema, error) {
	s := in[0]
	r.layout = layout{key: stage.Find(s, stage.Key), image: stage.Find(s, stage.Image)}
	if r.layout.image >= 0 {
		r.layout.root = stage.RootOf(s.Field(r.layout.image))
	}
	var errs []error
	if err := r.findCodes(s); err != nil {
		errs = append(errs, err)
	}
	for i, name := range r.config.Show {
		at, err := find(s, name, "show", i, len(r.config.Show))
		errs = append(errs, err)
		r.layout.show = append(r.layout.show, at)
	}
	for i, f := range s.Fields() {
		if stage.RoleOf(f) == stage.StatusRole {
			id := stage.AddedBy(f)
			r.layout.status = append(r.layout.status, statusColumn{i, stage.FindAdded(s, stage.ErrorText, id), id})
		}
	}
	return s, errors.Join(errs...)
}

// findCodes finds the coded columns: those named, or all with the role.
func (r *report) findCodes(s *arrow.Schema) error {
	var errs []error
	add := func(at int) {
		f := s.Field(at)
		c := codeColumn{at: at, phrase: -1, probability: -1, name: f.Name, stage: stage.AddedBy(f), categories: stage.CategoriesOf(f)}
		if c.stage != "" && stage.FindAdded(s, stage.Code, c.stage) == at {
			c.phrase, c.probability = stage.FindAdded(s, stage.Phrase, c.stage), stage.FindAdded(s, stage.Probability, c.stage)
		}
		r.layout.codes = append(r.layout.codes, c)
	}
	for i, name := range r.config.Columns {
		at, err := find(s, name, "columns", i, len(r.config.Columns))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		add(at)
	}
	if len(r.config.Columns) == 0 {
		for i, f := range s.Fields() {
			if stage.RoleOf(f) == stage.Code {
				add(i)
			}
		}
	}
	return errors.Join(errs...)
}

func find(s *arrow.Schema, name, option string, i, n int) (int, error) {
	at := columns.Index(s, name)
	if at >= 0 {
		return at, nil
	}
	where := []string{option, fmt.Sprint(i)}
	if n == 1 {
		where = where[:1]
	}
	return -1, &stage.OptionError{Path: where, Message: fmt.Sprintf("there is no column %q", name), Hint: suggest.Hint(name, columns.Names(s))}
}

// Run implements stage.Stage: it passes rows on, and writes the page when they
// have ended.
func (r *report) Run(_ context.Context, env stage.Env, in []stage.Table) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		c := newCollector(r.config, r.layout, env.Seed)
		for rec, err := range in[0].Rows {
			if err != nil {
				yield(nil, err)
				return
			}
			c.add(rec)
			if !yield(rec, nil) {
				return
			}
		}
		if err := r.write(env, c); err != nil {
			yield(nil, err)
		}
	}
}

// write renders the page. A run that was interrupted writes beside the page of
// a complete one.
func (r *report) write(env stage.Env, c *collector) error {
	name := string(r.config.Path)
	if env.Draining() {
		ext := path.Ext(name)
		name = strings.TrimSuffix(name, ext) + ".partial" + ext
	}
	target := env.Study.Resolve(name)
	f, err := tabular.Create(target)
	if err != nil {
		return err
	}
	p := newPage(r.config, c, env.Run(), pictures{env: env, config: r.config, root: r.layout.root, from: filepath.Dir(target)})
	if err := render(f, p); err != nil {
		return errors.Join(fmt.Errorf("%s cannot be written: %w", name, err), f.Abort())
	}
	if err := f.Commit(); err != nil {
		return err
	}
	env.Ledger.Fact("file", name)
	return nil
}
