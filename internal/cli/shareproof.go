package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/bundle"
	"icono/internal/diag"
	"icono/internal/lock"
	"icono/internal/pipeline"
	"icono/internal/source"
	"icono/internal/stage"
	"icono/internal/trace"
)

// prove runs the bundle, holds it against the study, and finishes it.
func (s *sharing) prove(ctx context.Context, dir string) error {
	lists, err := s.samples(dir)
	if err == nil {
		err = s.numbers(dir, lists)
	}
	if err != nil {
		return err
	}
	var shared *trace.Run
	for {
		if err := s.pipelines(dir, lists); err != nil {
			return err
		}
		if shared, err = s.rerun(ctx, dir); err != nil {
			return err
		}
		// A condition that reads the letters of a name keeps other rows here: then the
		// rows that it kept are listed.
		parted := bundle.Parted(s.history, shared, s.names)
		if parted == "" {
			break
		}
		st := s.history.Stage(parted)
		if _, listed := lists[parted]; listed || st.Kind != "filter" || st.Key < 0 {
			if met := bundle.Met(s.history, s.names); met != "" {
				return fmt.Errorf("the study cannot be shared as it is: %s", met)
			}
			return fmt.Errorf("the stage `%s` of kind %s gives other rows with pseudonyms than without them: the study cannot be shared as it is", parted, st.Kind)
		}
		if err := s.list(dir, lists, st, "kept"); err != nil {
			return err
		}
	}
	s.report.Bare = often(s.names.Bare())
	n, differences := bundle.Compare(s.history, shared, s.report.Columns, s.names)
	if slices.ContainsFunc(differences, bundle.Alike) {
		return fmt.Errorf("questions of the study that differ only in how a name is written are one question with pseudonyms, which has one answer; it is not shared:\n%s\ngive both rows the same answer, leave one out, or send with the question something else in which they differ", strings.Join(differences, "\n"))
	}
	if met := bundle.Met(s.history, s.names); met != "" && len(differences) > 0 {
		return fmt.Errorf("the study says something else with pseudonyms than without them, and is not shared:\n%s\n%s", strings.Join(differences, "\n"), met)
	}
	if len(differences) > 0 {
		return fmt.Errorf("the study says something else with pseudonyms than without them, and is not shared:\n%s\nwhat is computed from a name must stand in a table to be shared, and so must what is computed from a web or mail address: write such a column into the data, and let the pipeline read it there; a name that a rule looks for in an answer must be asked for by a question of its own; a column that was taken for a name and is none: --show NAME; a name that is an everyday word or a category: --word NAME", strings.Join(differences, "\n"))
	}
	s.report.Compared = n
	return s.finish(ctx, dir)
}

// numbers lists the rows of filters that have a list of their own, and of those whose
// conditions read ids as numbers, which have become texts.
func (s *sharing) numbers(dir string, lists bundle.Lists) error {
	for _, st := range s.history.Stages {
		if st.Kind != "filter" || st.Key < 0 {
			continue
		}
		where, own := st.With.Get("where"), st.With.Get("kept") != nil
		if !own && (where == nil || !bundle.ReadsNumbers(s.study.plan, s.report.Columns, where.Text)) {
			continue
		}
		if err := s.list(dir, lists, st, "kept"); err != nil {
			return err
		}
	}
	return nil
}

// pipelines writes the study's pipeline files, and the one that extends them.
func (s *sharing) pipelines(dir string, lists bundle.Lists) error {
	p := s.study.plan
	for i := range bundle.Files(p) {
		if err := bundle.Put(dir, bundle.StudyName(i), bundle.StudyText(p, i, s.report.Columns, s.names, s.moved)); err != nil {
			return err
		}
	}
	return bundle.Put(dir, bundle.Pipeline, bundle.Overlay(p, s.report.Tables, lists, s.names, s.report.Pictures > 0))
}

// rerun runs the bundle with the answers of the study, and writes its lock, cassettes
// and outputs.
func (s *sharing) rerun(ctx context.Context, dir string) (*trace.Run, error) {
	s.echo.Begin(s.study.plan, s.names, s.moved)
	for _, name := range []string{storeFolder, cassetteFolder} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	a := s.quiet()
	record := trace.NewRecorder(nil)
	var flags studyFlags
	flags.workers = s.flags.workers
	flags.ask.offline, flags.ask.record, flags.ask.known = true, "new_episodes", s.echo.Known
	keeper, err := a.keep(lockFlags{}, "", &flags.ask)
	if err != nil {
		return nil, err
	}
	flags.ask.heard = both(flags.ask.heard, record.Heard)
	st, err := a.open(ctx, []string{filepath.Join(dir, bundle.Pipeline)}, flags, true)
	if err != nil {
		return nil, err
	}
	defer st.close()
	if err := s.refused(st.faults); err != nil {
		return nil, err
	}
	st.backends.askers.vectors, st.settings.Warn = true, nil
	set := pipeline.RunSettings{Settings: st.settings, Program: a.version}
	if err := keeper.begin(ctx, st, &set, lockFlags{}); err != nil {
		return nil, err
	}
	record.Begin(st.plan)
	locking := set.Tap
	set.Tap = func(id string, rec arrow.Record) error {
		if err := locking(id, rec); err != nil {
			return err
		}
		return record.Tap(id, rec)
	}
	facts, err := pipeline.Run(ctx, st.plan, set)
	if err != nil {
		return nil, err
	}
	if err := keeper.end(facts); err != nil {
		return nil, err
	}
	var asking []string
	for _, p := range st.plan.Stages {
		if _, asks := p.Stage.(stage.Quoter); asks || p.Kind == "clip" {
			asking = append(asking, p.ID)
		}
	}
	if desk := st.backends.askers.desk; desk != nil {
		if _, err := desk.Export(ctx, asking); err != nil {
			return nil, err
		}
		if err := st.recordCassettes(a.version); err != nil {
			return nil, err
		}
	}
	return record.End(facts), nil
}

// refused words what keeps a bundle from being run.
func (s *sharing) refused(faults []diag.Diagnostic) error {
	for _, d := range faults {
		if d.Severity == diag.Error {
			for _, name := range s.flags.choice.Drop {
				if ids := bundle.UsedBy(s.study.plan, name); len(ids) > 0 && strings.Contains(d.Message, name) {
					return fmt.Errorf("--drop %s: it is used by %s, and cannot be left out", name, strings.Join(ids, ", "))
				}
			}
			return fmt.Errorf("the study cannot be run with pseudonyms: %s: %s\n%s\nwhere a column was taken for a name and is none, say so: --show NAME; where a stage computes with a name, write it so that it does not", d.Span.String(), d.Message, d.Hint)
		}
	}
	return nil
}

// quiet is the program with nothing to say, for what it does to itself.
func (s *sharing) quiet() *app {
	a := *s.app
	a.Out, a.Err, a.plain, a.json = io.Discard, io.Discard, true, false
	return &a
}

// finish verifies the bundle, searches it for names, and writes what it says of itself.
func (s *sharing) finish(ctx context.Context, dir string) error {
	file := filepath.Join(dir, bundle.Pipeline)
	if err := os.RemoveAll(filepath.Join(dir, storeFolder)); err != nil {
		return err
	}
	a := s.quiet()
	locked, err := readLock(file)
	if err != nil {
		return err
	}
	v := &verification{app: a, locked: locked, Differences: []lock.Difference{}, unsealed: true}
	if err := v.run(ctx, file, studyFlags{workers: s.flags.workers}); err != nil {
		return err
	}
	if err := v.report(); err != nil {
		lines := append(v.Faults, v.study.differences(v.Differences)...)
		return fmt.Errorf("what was made of the study does not pass `icono verify`: %s\n%s", err.Error(), strings.Join(lines, "\n"))
	}
	if err := a.writeMethods(ctx, file, studyFlags{}, filepath.Join(dir, bundle.Methods)); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(dir, storeFolder)); err != nil {
		return err
	}
	if err := bundle.Put(dir, bundle.Citation, s.citation()); err != nil {
		return err
	}
	replaced := func(text string) string { return cmp.Or(s.moved[text], s.names.Text(text)) }
	if err := bundle.Put(dir, bundle.Readme, s.report.ReadmeFile(replaced)); err != nil {
		return err
	}
	var outputs []string
	for _, st := range v.locked.Stages {
		outputs = slices.AppendSeq(outputs, maps.Keys(st.Writes))
	}
	crate, err := s.report.CrateFile(dir, a.version, outputs)
	if err != nil {
		return err
	}
	if err := bundle.Put(dir, bundle.Crate, string(crate)); err != nil {
		return err
	}
	leaks, err := bundle.Search(ctx, dir, s.names)
	if err != nil {
		return err
	}
	if len(leaks) > 0 {
		return s.leaked(leaks)
	}
	if err := bundle.WriteSums(dir); err != nil {
		return err
	}
	_, s.report.Files, err = bundle.CheckSums(dir)
	return err
}

// citation is the citation file of the study where it has one, and one that is made
// where it has none.
func (s *sharing) citation() string {
	text, err := os.ReadFile(filepath.Join(filepath.Dir(s.path), bundle.Citation))
	if err == nil && len(s.report.Authors) == 0 {
		return bundle.BookText(source.NewFile(bundle.Citation, string(text)), s.names)
	}
	return s.report.CitationFile()
}
