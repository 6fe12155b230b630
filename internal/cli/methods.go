package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/lock"
	"icono/internal/methods"
	"icono/internal/pipeline"
	"icono/internal/price"
	"icono/internal/source"
	"icono/internal/tabular"
)

func (a *app) methodsCommand() *cobra.Command {
	var flags studyFlags
	var file string
	c := &cobra.Command{
		Use:   "methods [FILE or FOLDER]",
		Short: "Write what a paper says of its methods, with blanks for the author",
		Long: `Write a sheet, as Markdown, on how the study was done: data, sample, coders with models,
parameters, prompts and codebooks, agreement, rows without a code, cost, software and what
a rerun needs. The study is run again from its stored and recorded answers alone; nothing
is asked. What only the author can say stands as [AUTHOR: ...]; nothing is guessed.`,
		Example: "  icono methods\n  icono methods examples/ensemble -o methods.md",
		Args:    atMost(1, "file or folder"),
		RunE: func(c *cobra.Command, args []string) error {
			path, err := locate(args)
			if err != nil {
				return err
			}
			return a.writeMethods(c.Context(), path, flags, file)
		},
	}
	c.Flags().StringVarP(&file, "output", "o", "", "write to `file` in place of standard output")
	flags.register(c)
	return c
}

// writeMethods writes the sheet of a study to a file, to standard output where none is
// named.
func (a *app) writeMethods(ctx context.Context, path string, flags studyFlags, file string) error {
	r := methods.NewRecorder()
	flags.ask.look, flags.ask.offline, flags.ask.record = true, true, "new_episodes"
	flags.ask.heard = r.Heard
	s, err := a.open(ctx, []string{path}, flags, true)
	if err != nil {
		return err
	}
	defer s.close()
	if err := a.admit(s.faults); err != nil {
		return err
	}
	options, err := s.backends.askers.options()
	if err != nil {
		return err
	}
	r.Begin(s.plan, func(q answers.Request, found answers.Answer) (price.Money, bool) {
		return asking.Cost(options.Prices, q, found)
	})
	facts, err := a.replay(ctx, s, pipeline.RunSettings{Tap: r.Tap})
	if err != nil {
		return err
	}
	inputs, err := s.inputs(a.version)
	if err != nil {
		return failed(err)
	}
	sheet := r.Sheet(a.version, facts, inputs)
	for _, st := range sheet.Stages {
		for _, asked := range st.Asked {
			if e, known := options.Prices.Find(asked.Provider, asked.Model); known && e.Priced() {
				asked.Prices = strings.TrimSuffix(e.From+", "+e.Date, ", ")
			}
		}
	}
	if err := s.accompany(sheet, inputs); err != nil {
		return err
	}
	return a.writeSheet(s, file, sheet)
}

// spares refuses to write to a file that the study is made from.
func (s *study) spares(path string) error {
	at, err := os.Stat(path)
	if err != nil {
		return nil // there is nothing to lose
	}
	own := []string{lock.Path(s.plan.Doc.File.Name)}
	for _, f := range append([]*source.File{s.plan.Doc.File}, s.plan.Doc.Bases...) {
		own = append(own, f.Name)
	}
	for _, st := range s.plan.Stages {
		for _, name := range append(slices.Clone(st.Reads), st.Writes...) {
			own = append(own, s.library.Resolve(name))
		}
	}
	for _, name := range own {
		if known, err := os.Stat(name); err == nil && os.SameFile(at, known) {
			return wrong("%s is a file of the study, and would be overwritten\nname another file", path)
		}
	}
	return nil
}

// accompany states the files that belong to no stage: pipelines and the lock.
func (s *study) accompany(sheet *methods.Sheet, inputs *lock.File) error {
	main := s.plan.Doc.File.Name
	for _, f := range append([]*source.File{s.plan.Doc.File}, s.plan.Doc.Bases...) {
		name, err := filepath.Rel(filepath.Dir(main), f.Name)
		if err != nil {
			name = filepath.Base(f.Name)
		}
		sheet.Pipeline = append(sheet.Pipeline, methods.NewFile(filepath.ToSlash(name), f.Text))
	}
	path := lock.Path(main)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return failed(err)
	}
	locked, err := readLock(main)
	if err != nil {
		return err
	}
	inputs.Pictures = locked.Pictures // `icono verify` checks them
	sheet.Lock = &methods.Lock{File: methods.NewFile(filepath.Base(path), string(text)), Program: locked.Program, Pictures: locked.Pictures.Files,
		List: methods.File{Path: locked.Pictures.List, SHA256: locked.Pictures.Sum}, Differences: len(lock.Of(lock.Compare(locked, inputs), lock.Cause))}
	return nil
}

// writeSheet writes a sheet to a file, or to standard output where none is named.
func (a *app) writeSheet(s *study, file string, sheet *methods.Sheet) error {
	var text bytes.Buffer
	if a.json {
		j := json.NewEncoder(&text)
		j.SetIndent("", "  ")
		j.SetEscapeHTML(false)
		if err := j.Encode(sheet); err != nil {
			return failed(err)
		}
	} else if err := sheet.Write(&text); err != nil {
		return failed(err)
	}
	if file == "" {
		_, err := a.Out.Write(text.Bytes())
		return err
	}
	if err := s.spares(file); err != nil {
		return err
	}
	f, err := tabular.Create(file)
	if err != nil {
		return failed(err)
	}
	defer func() { _ = f.Abort() }() // does nothing after Commit
	if _, err := f.Write(text.Bytes()); err != nil {
		return failed(err)
	}
	if err := f.Commit(); err != nil {
		return failed(err)
	}
	fmt.Fprintf(a.Err, "wrote %s\n", file)
	return nil
}
