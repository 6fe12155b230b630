package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"icono/internal/bundle"
	"icono/internal/diag"
	"icono/internal/lock"
	"icono/internal/pipeline"
	"icono/internal/stage"
	"icono/stages/report"
)

func (a *app) verifyCommand() *cobra.Command {
	var flags studyFlags
	var lenient bool
	c := &cobra.Command{
		Use:   "verify [FILE or FOLDER]",
		Short: "Check data, pictures, recorded answers, lock and outputs against each other",
		Long: `Check a study against its lock, offline and without cost: the pipeline, the tables,
codebooks and pictures that it was made from, the recorded answers, the files that it
wrote, and what comes of running it again from the recorded answers alone. Nothing is
written. What differs is listed, with exit code 4; what this machine cannot compute
(a model that is not recorded and not here) is said, with exit code 3. Of a folder that
icono share has written, every file is checked against SHA256SUMS too.`,
		Example: "  icono verify\n  icono verify examples/ensemble --json",
		Args:    atMost(1, "file or folder"),
		RunE: func(c *cobra.Command, args []string) error {
			path, err := locate(args)
			if err != nil {
				return err
			}
			locked, err := readLock(path)
			if err != nil {
				return err
			}
			v := &verification{app: a, locked: locked, Differences: []lock.Difference{}, lenient: lenient}
			if err := v.run(c.Context(), path, flags); err != nil {
				return err
			}
			return v.report()
		},
	}
	c.Flags().BoolVar(&lenient, "ignore-form", false, "let pass what is written in another way and says the same: comments, the order of keys, quotes")
	c.Flags().IntVar(&flags.workers, "workers", 0, "how many things to compute at once (default: the processors)")
	return c
}

// verification is what a check of a study finds.
type verification struct {
	app    *app
	study  *study
	locked *lock.File
	// unsealed is a bundle that has no checksums yet.
	unsealed bool
	// lenient lets pass what is only written in another way.
	lenient bool

	Differences []lock.Difference `json:"differences"`
	// Faults keep the study from being run again; Unchecked is what this machine
	// lacks for that.
	Faults    []string `json:"faults,omitempty"`
	Unchecked string   `json:"unchecked,omitempty"`
	Pictures  int      `json:"pictures"`
	Answers   int      `json:"answers"`
	Rows      int64    `json:"rows"`
	Files     int      `json:"files"`
	// Unrecorded is how many answers stand in the store alone, by stage.
	Unrecorded map[string]int `json:"unrecorded,omitempty"`
}

// run checks the files, then runs the study again.
func (v *verification) run(ctx context.Context, path string, flags studyFlags) error {
	recorder := lock.NewRecorder()
	flags.ask.record, flags.ask.look, flags.ask.carried, flags.ask.heard = "none", true, true, recorder.Heard
	s, err := v.app.open(ctx, []string{path}, flags, true)
	if err != nil {
		return err
	}
	defer s.close()
	v.study = s
	s.settings.Warn = nil // a run has told
	for _, d := range s.faults {
		if d.Severity == diag.Error {
			at := d.Span.String()
			v.Faults = append(v.Faults, strings.TrimPrefix(at+": "+d.Message, ": "))
		}
	}
	if !v.unsealed {
		sealed, files, err := bundle.CheckSums(filepath.Dir(path))
		if err != nil {
			v.Faults = append(v.Faults, err.Error())
		}
		v.Files, v.Differences = files, append(v.Differences, sealed...)
	}
	pictures, sums, err := lock.CheckPictures(ctx, path, v.locked, s.library, s.settings.Workers)
	if err != nil {
		return failed(err)
	}
	v.Pictures = len(sums)
	v.Differences = append(v.Differences, pictures...)
	v.Differences = append(v.Differences, lock.CheckListed(s.plan.Doc.Pictures, s.library.Listed, sums, pictures)...)
	found, err := s.inputs(v.app.version)
	if err != nil {
		v.Faults = append(v.Faults, err.Error())
		found = v.locked.Inputs()
	}
	found.Pictures = v.locked.Pictures // which have been checked
	if len(v.Faults) == 0 {
		v.again(ctx, recorder, found)
	}
	if v.Unchecked != "" || len(v.Faults) > 0 {
		v.Differences = append(v.Differences, lock.Of(lock.Compare(v.locked, found), lock.Cause, lock.Form)...)
	} else {
		v.Differences = append(v.Differences, lock.Of(lock.Compare(v.locked, found), lock.Cause, lock.Form, lock.Effect)...)
	}
	if desk := s.backends.askers.desk; desk != nil {
		v.Unrecorded = desk.Unrecorded()
		if v.recorded() {
			for _, id := range slices.Sorted(maps.Keys(v.Unrecorded)) {
				v.Differences = append(v.Differences, lock.Difference{Sort: lock.Cause, Stage: id, What: lock.Unrecorded, Found: strconv.Itoa(v.Unrecorded[id])})
			}
		}
	}
	v.Differences = append(v.Differences, lock.CheckWritten(v.locked, s.library, report.Content)...)
	v.count()
	return ctx.Err()
}

// again runs the study by what is recorded, and states what came of it.
func (v *verification) again(ctx context.Context, r *lock.Recorder, found *lock.File) {
	r.Begin(v.study.plan)
	facts, err := v.app.replay(ctx, v.study, pipeline.RunSettings{Tap: r.Tap})
	var missing *stage.MissingError
	switch {
	case errors.As(err, &missing):
		v.Unchecked = err.Error()
	case err != nil:
		v.Faults = append(v.Faults, err.Error())
	default:
		r.Complete(found, v.study.plan, facts, lock.NewWitness(v.study.library))
		found.Pictures = v.locked.Pictures
		found.Written(v.locked)
	}
}

// recorded reports whether the study keeps its answers in cassettes, so that those which
// stand in none are lost to others.
func (v *verification) recorded() bool {
	for _, st := range v.study.plan.Stages {
		if was := v.locked.Stages[st.ID]; was != nil && len(was.Cassettes) > 0 || v.study.backends.askers.desk.Recorded(st.ID) {
			return true
		}
	}
	return false
}

// count says how much was checked.
func (v *verification) count() {
	sealed := v.Files > 0 // of a bundle all files are counted
	for _, s := range v.locked.Stages {
		v.Answers += s.Answers
		if !sealed {
			v.Files += len(s.Reads) + len(s.Cassettes) + len(s.Writes)
		}
		v.Rows = max(v.Rows, s.Rows)
	}
}

// report prints what was found, and chooses the exit code.
func (v *verification) report() error {
	a := v.app
	name := filepath.Base(lock.Path(v.study.plan.Doc.File.Name))
	if a.json {
		j := json.NewEncoder(a.Out)
		j.SetIndent("", "  ")
		j.SetEscapeHTML(false)
		if err := j.Encode(v); err != nil {
			return failed(err)
		}
	} else {
		for _, text := range v.Faults {
			fmt.Fprintf(a.Out, "%s\n", diag.Printable(text))
		}
		for _, text := range v.study.differences(v.Differences) {
			fmt.Fprintln(a.Out, text)
		}
	}
	unrecorded := slices.Sorted(maps.Keys(v.Unrecorded))
	if len(unrecorded) > 0 && v.recorded() {
		unrecorded = nil // they are differences
	}
	for _, id := range unrecorded {
		fmt.Fprintf(a.Err, "note: %s of %s in .icono alone, which git does not carry: icono answers export --vectors\n", count(v.Unrecorded[id], "answer"), id)
	}
	n := len(v.Differences) + len(v.Faults)
	if v.lenient {
		n -= len(lock.Of(v.Differences, lock.Form))
	}
	switch {
	case n > 0:
		text := fmt.Sprintf("the study is not as in %s: %s", name, count(n, "difference"))
		if v.Unchecked != "" {
			text += "\nit could not be run again here: " + v.Unchecked
		}
		if v.locked.Program != a.version {
			text += fmt.Sprintf("\nthe lock was written by icono %s; this is %s", v.locked.Program, a.version)
		}
		return &exitError{exitDiffers, errors.New(text)}
	case v.Unchecked != "":
		return &exitError{exitMissing, fmt.Errorf("the files are as in %s, and the study could not be run again here: %s\n`icono answers export --vectors`, where it can be run, records what is missing here", name, v.Unchecked)}
	}
	if v.locked.Program != a.version {
		fmt.Fprintf(a.Err, "note: by %s it was written by icono %s; this is %s\n", name, diag.Printable(v.locked.Program), a.version)
	}
	if !a.json {
		fmt.Fprintf(a.Out, "as in %s: %s, %s, %s, and %s of the run that was repeated\n", name, count(v.Files, "file"), count(v.Pictures, "picture"), count(v.Answers, "answer"), count(int(v.Rows), "row"))
	}
	return nil
}
