package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/answers"
	"icono/internal/bundle"
	"icono/internal/media"
	"icono/internal/pipeline"
	"icono/internal/pseudonym"
	"icono/internal/stage"
	"icono/internal/tabular"
	"icono/internal/trace"
)

// sharing makes a bundle of a study.
type sharing struct {
	app    *app
	flags  shareFlags
	path   string // of the study's pipeline file
	out    string // the folder of the bundle
	report bundle.Report

	study   *study
	echo    *bundle.Echo
	history *trace.Run // of the study
	loaded  []*bundle.Loaded
	sides   []*bundle.Side
	// known are the pictures that the study read, by the paths that it read them by.
	known media.Absent
	names *pseudonym.Names
	moved map[string]string
}

// run makes the bundle: the study is replayed, what it is made from is written with
// names replaced, and the bundle is run and held against the study.
func (s *sharing) run(ctx context.Context, args []string) error {
	if !s.flags.dry {
		if err := s.verified(ctx); err != nil {
			return err
		}
	}
	if err := s.listen(ctx, args); err != nil {
		return err
	}
	defer s.close()
	if err := s.collect(ctx); err != nil {
		return failed(s.interrupted(ctx, err))
	}
	if s.flags.dry {
		return s.tell()
	}
	if err := os.MkdirAll(filepath.Dir(s.out), 0o755); err != nil {
		return wrong("%s cannot be written: %v", s.out, errors.Unwrap(err))
	}
	part := filepath.Join(filepath.Dir(s.out), "."+filepath.Base(s.out)+".partial-")
	left, err := filepath.Glob(globbed(part) + "*") // of one that was killed
	if err != nil {
		return failed(err)
	}
	for _, name := range left {
		if err := os.RemoveAll(name); err != nil {
			return failed(err)
		}
	}
	dir, err := os.MkdirTemp(filepath.Dir(s.out), filepath.Base(part))
	if err != nil {
		return wrong("%s cannot be written: %v", s.out, errors.Unwrap(err))
	}
	defer func() { _ = os.RemoveAll(dir) }() // gone already where all went well
	if err := os.Chmod(dir, 0o755); err != nil {
		return failed(err)
	}
	if err := s.write(ctx, dir); err != nil {
		return s.unshared(ctx, dir, err)
	}
	if err := s.prove(ctx, dir); err != nil {
		return s.unshared(ctx, dir, err)
	}
	if err := s.tellWho(ctx); err != nil {
		return failed(err)
	}
	if err := place(dir, s.out); err != nil {
		return failed(err)
	}
	s.report.Folder = s.out
	return s.tell()
}

// unshared is why a bundle could not be finished, in words that do not name the folder
// in which it was made.
func (s *sharing) unshared(ctx context.Context, dir string, err error) error {
	err = failed(s.interrupted(ctx, err))
	if text := err.Error(); strings.Contains(text, dir) {
		return &exitError{exitCode(err), errors.New(strings.ReplaceAll(text, dir+string(filepath.Separator), ""))}
	}
	return err
}

// place puts a finished folder in its place. What was there goes only once it is.
func place(dir, out string) error {
	before := dir + "-before"
	switch err := os.Rename(out, before); {
	case err == nil:
		defer func() { _ = os.RemoveAll(before) }() // else the next one removes it
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := os.Rename(dir, out); err != nil {
		return errors.Join(err, os.Rename(before, out))
	}
	return nil
}

// globbed is a path as a pattern that stands for it alone.
func globbed(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

func (s *sharing) close() {
	for _, l := range s.tables() {
		_ = l.Spool.Close() // nothing is lost with it
	}
	s.study.close()
}

// listen replays the study, and keeps what it loads, reads, asks and finds.
func (s *sharing) listen(ctx context.Context, args []string) error {
	var flags studyFlags
	flags.workers = s.flags.workers
	record := trace.NewRecorder(nil)
	flags.ask.offline, flags.ask.record, flags.ask.kept = true, "new_episodes", s.echo.Kept
	flags.ask.heard = both(record.Heard, s.echo.Heard)
	st, err := s.app.open(ctx, args, flags, true)
	if err != nil {
		return err
	}
	s.study = st
	if err := s.app.admit(st.faults); err != nil {
		st.close()
		return err
	}
	fail := func(err error) error {
		s.close()
		return failed(s.interrupted(ctx, err))
	}
	st.backends.askers.vectors = true
	opened := &openings{Study: st.library, paths: map[string]bool{}}
	st.settings.Study, st.settings.Warn = opened, nil
	record.Begin(st.plan)
	spools := map[string]*bundle.Loaded{}
	for _, p := range st.plan.Stages {
		if p.Kind != "load" {
			continue
		}
		spool, err := tabular.NewSpool("", p.Out)
		if err != nil {
			return fail(err)
		}
		spools[p.ID] = &bundle.Loaded{Planned: p, Spool: spool}
		s.loaded = append(s.loaded, spools[p.ID])
	}
	facts, err := s.app.replay(ctx, st, pipeline.RunSettings{Tap: func(id string, rec arrow.Record) error {
		if l := spools[id]; l != nil {
			if err := l.Spool.Append(rec); err != nil {
				return err
			}
		}
		return record.Tap(id, rec)
	}})
	if err != nil {
		return fail(err)
	}
	if desk := st.backends.askers.desk; desk != nil {
		if n := desk.Spending().Missed; n > 0 {
			return fail(&stage.MissingError{What: fmt.Sprintf("%s of the study have no answer yet", count(int(n), "question")), Mend: "run the study first: icono run"})
		}
	}
	st.backends.closeModels()
	s.history = record.End(facts)
	inputs, err := st.inputs(s.app.version)
	if err == nil {
		s.known, err = opened.pictures(ctx, inputs, st.settings.Workers)
	}
	if err != nil {
		return fail(err)
	}
	return nil
}

// collect finds the names that are to be replaced, and decides on columns.
func (s *sharing) collect(ctx context.Context) error {
	key, err := s.readKey()
	if err != nil {
		return err
	}
	p := s.study.plan
	if s.sides, err = bundle.Sides(ctx, p, s.study.library); err != nil {
		return err
	}
	seen := map[string][]bundle.Seen{}
	for _, l := range s.tables() {
		if seen[l.ID], err = l.Look(ctx); err != nil {
			return err
		}
	}
	if err := s.checkChoice(); err != nil {
		return err
	}
	s.report.Columns = bundle.Columns(p, s.flags.choice, func(id string, column int) bundle.Seen { return seen[id][column] })
	s.names = pseudonym.NewNames(key)
	for _, side := range s.sides {
		s.report.Columns = append(s.report.Columns, side.Columns(s.flags.choice, seen[side.ID])...)
	}
	for _, l := range s.tables() {
		if err := l.Register(ctx, s.report.Columns, s.names); err != nil {
			return err
		}
	}
	texts, err := s.codebooks()
	if err != nil {
		return err
	}
	words := bundle.Words(p, texts...)
	for _, word := range s.flags.choice.Words {
		words[word] = true
	}
	s.report.Words = s.names.Ambiguous(words)
	for _, word := range s.flags.choice.Words {
		if !slices.ContainsFunc(s.report.Words, func(known string) bool { return strings.EqualFold(known, word) }) {
			return wrong("--word %s: no account and nobody has this name", word)
		}
		s.names.Stay(word)
	}
	for _, f := range bundle.Files(p) {
		texts = append(texts, f.Text)
	}
	for _, text := range texts {
		for _, m := range s.names.Find(text) {
			name := text[m.Start:m.End]
			if slices.ContainsFunc(s.report.Words, func(word string) bool { return strings.EqualFold(word, m.Name) }) {
				continue // it stays
			}
			if !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && r != ' ' }) {
				s.report.Own = append(s.report.Own, name)
			}
		}
	}
	slices.Sort(s.report.Own)
	s.report.Own = slices.Compact(s.report.Own)
	for _, st := range p.Stages {
		if v := st.With.Get("shuffle"); v != nil && v.Text == "true" {
			s.report.Notes = append(s.report.Notes, fmt.Sprintf("The stage `%s` shuffles categories by the key of the row: the questions here have them in another order than those that were answered.", s.names.Text(st.ID)))
		}
	}
	s.report.Names, s.report.Short, s.report.Signed = s.names.Len(), s.names.Short(), nil
	for _, note := range s.echo.Signed() {
		s.report.Signed = append(s.report.Signed, s.names.Prose(note))
	}
	if servers := bundle.Servers(p); len(servers) > 0 {
		s.report.Notes = append(s.report.Notes, fmt.Sprintf("The addresses of the servers that were asked stay: %s.", strings.Join(servers, ", ")))
	}
	s.moved = bundle.Moved(p, s.names)
	s.report.Title = cmp.Or(s.report.Title, s.names.Written(p.Doc.Name))
	s.report.Text = s.names.Written(p.Doc.About)
	return nil
}

// heard is asking.Options.Heard.
type heard = func(stageID string, r answers.Request, a answers.Answer, err error)

// both has two listeners told.
func both(one, other heard) heard {
	return func(id string, r answers.Request, a answers.Answer, err error) {
		one(id, r, a, err)
		other(id, r, a, err)
	}
}
