package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"icono/internal/diag"
	"icono/internal/lock"
	"icono/internal/pipeline"
	"icono/internal/stage"
)

// lockFlags say whether a run writes its lock, or is held to it.
type lockFlags struct{ locked, without bool }

func (f *lockFlags) register(c *cobra.Command) {
	c.Flags().BoolVar(&f.locked, "locked", false, "refuse to run, or to succeed, where the study is not as in its lock; exit code 4")
	c.Flags().BoolVar(&f.without, "no-lock", false, "leave the lock as it is")
	c.MarkFlagsMutuallyExclusive("locked", "no-lock")
}

// keeper writes the lock of a run, or holds the run to it.
type keeper struct {
	app      *app
	study    *study
	recorder *lock.Recorder
	witness  *lock.Witness
	// locked is the lock that the run is held to, nil for none; before is what the
	// study is made from, as it was when the run began.
	locked, before *lock.File
}

// keep returns the keeper of a run that has its whole study in view, nil for others.
// It is begun before the study is opened, since it listens to the answers.
func (a *app) keep(f lockFlags, partial string, ask *askFlags) (*keeper, error) {
	switch {
	case f.locked && partial != "":
		return nil, wrong("--locked compares the whole study as the file says it; leave out %s", partial)
	case f.without || partial != "":
		return nil, nil
	}
	k := &keeper{app: a, recorder: lock.NewRecorder()}
	ask.heard = k.recorder.Heard
	return k, nil
}

// begin watches a run that is about to begin.
func (k *keeper) begin(ctx context.Context, s *study, set *pipeline.RunSettings, f lockFlags) error {
	if k == nil {
		return nil
	}
	k.study, k.witness = s, lock.NewWitness(s.library)
	k.recorder.Begin(s.plan)
	set.Tap, set.Study = k.recorder.Tap, k.witness
	var err error
	if k.before, err = s.inputs(k.app.version); err != nil {
		return failed(err)
	}
	if !f.locked {
		return nil
	}
	if k.locked, err = readLock(s.plan.Doc.File.Name); err != nil {
		return err
	}
	found, _, err := lock.CheckPictures(ctx, s.plan.Doc.File.Name, k.locked, s.library, s.settings.Workers)
	if err != nil {
		return failed(err)
	}
	k.before.Pictures = k.locked.Pictures // as they were checked
	return k.held(append(lock.Of(lock.Compare(k.locked, k.before), lock.Cause), found...), "nothing was run")
}

// end writes the lock of a run that is done, or compares it with what came of it.
func (k *keeper) end(facts []stage.StageFacts) error {
	if k == nil {
		return nil
	}
	file := k.study.plan.Doc.File.Name
	pictures := k.recorder.Complete(k.before, k.study.plan, facts, k.witness)
	if all := lock.Outdated(k.study.library.Listed, pictures); len(all) > 0 {
		fmt.Fprintf(k.app.Err, "warning: %s says something else of %s than what is there, so that the study is not replayed as here where they are not: %s\n  icono answers export --vectors --pictures writes it anew\n",
			k.study.plan.Doc.Pictures, count(len(all), "picture"), listed(all))
	}
	if k.locked != nil {
		return k.held(lock.Of(lock.Compare(k.locked, k.before), lock.Cause, lock.Effect), "the outputs were written, and are not those of the lock")
	}
	if err := lock.Write(file, k.before, pictures); err != nil {
		fmt.Fprintf(k.app.Err, "warning: the lock cannot be written: %v\n  --no-lock runs without it\n", err)
	}
	return nil
}

// held refuses differences from the lock.
func (k *keeper) held(all []lock.Difference, then string) error {
	if len(all) == 0 {
		return nil
	}
	name := filepath.Base(lock.Path(k.study.plan.Doc.File.Name))
	lines := []string{fmt.Sprintf("the study is not as in %s: %s", name, then)}
	if k.locked.Program != k.app.version {
		lines = append(lines, fmt.Sprintf("the lock was written by icono %s; this is %s", k.locked.Program, k.app.version))
	}
	lines = append(lines, k.study.differences(all)...)
	return &exitError{exitDiffers, errors.New(strings.Join(append(lines, "run it without --locked to take what is there now as the new lock"), "\n"))}
}

// differences words differences, with their places in the pipeline.
func (s *study) differences(all []lock.Difference) []string {
	var lines []string
	list, err := lock.ReadList(s.plan.Doc.File.Name)
	if err != nil {
		list = nil // then less is known of what differs
	}
	for _, d := range all {
		text := d.String()
		if hint := lock.Hint(s.library, list, d); hint != "" {
			text += ": " + hint
		}
		if d.Sort == lock.Form && d.Stage == "" {
			text += " (" + s.plan.Doc.File.Name + ")"
		}
		if i := s.plan.Index(d.Stage); i >= 0 && d.Sort != lock.Effect {
			option := ""
			if d.What == "options" {
				option = d.Name
			}
			if at := s.plan.Stages[i].At(option).String(); at != "" {
				text += " (" + at + ")"
			}
		}
		lines = append(lines, diag.Printable(text))
	}
	return lines
}

// inputs states what the study is made from now.
func (s *study) inputs(program string) (*lock.File, error) {
	dir := filepath.Dir(s.plan.Doc.File.Name)
	options, err := s.backends.askers.options()
	if err != nil {
		return nil, err
	}
	return lock.Inputs(s.plan, s.library, func(id string) []string {
		path, found := options.Cassette(id)
		rel, err := filepath.Rel(dir, path)
		if !found || err != nil {
			return nil
		}
		return []string{filepath.ToSlash(rel)}
	}, program)
}

// recordCassettes states the cassettes that were written in the lock, where there is
// one.
func (s *study) recordCassettes(program string) error {
	file := s.plan.Doc.File.Name
	locked, err := lock.Read(file)
	if err != nil {
		return nil // a run writes it
	}
	now, err := s.inputs(program)
	if err != nil {
		return err
	}
	for id, st := range locked.Stages {
		if found := now.Stages[id]; found != nil {
			st.Cassettes = found.Cassettes
		}
	}
	if name := s.plan.Doc.Pictures; name != "" && locked.Pipeline.Reads[name] != "" {
		locked.Pipeline.Reads[name] = now.Pipeline.Reads[name]
	}
	return lock.Renew(file, locked)
}

// readLock reads the lock of a pipeline file, which must be there.
func readLock(pipeline string) (*lock.File, error) {
	f, err := lock.Read(pipeline)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, wrong("there is no lock %s\n`icono run` writes one", lock.Path(pipeline))
	case err != nil:
		return nil, &exitError{exitDiffers, fmt.Errorf("%w\n`icono run` writes the lock anew, after a merge too", err)}
	}
	return f, nil
}
