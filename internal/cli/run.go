package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"icono/internal/pipeline"
	"icono/internal/stage"
	"icono/internal/suggest"
)

func (a *app) runCommand() *cobra.Command {
	var flags studyFlags
	var only string
	var limit int64
	var allowEmpty bool
	var locks lockFlags
	c := &cobra.Command{
		Use:   "run [FILE or FOLDER]",
		Short: "Run a pipeline",
		Long: `Check a pipeline as validate does, then run it. Every row that a stage could not
do stays in the table with its status and reason (unless on_fault says
otherwise), and every run ends with an account of all rows.

Ctrl-C ends the run tidily: what is done is saved beside the output as
NAME.partial.EXT. A second Ctrl-C ends it at once.`,
		Example: `  icono run
  icono run --limit 20                     # the first 20 rows only
  icono run --only types                   # one stage with what it needs; shows its first rows
  icono run --set types.batch_size=8 --set seed=7`,
		Args: atMost(1, "file or folder"),
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("limit") && limit < 1 {
				return wrong("--limit %d: take at least 1 row, or leave the flag out for all", limit)
			}
			line := a.progressLine()
			drain, signalled := interrupts(c.Context(), func() {
				line.say("interrupted: finishing the rows that are begun; a second Ctrl-C ends at once")
			})
			flags.ask.limited = c.Flags().Changed("budget")
			keeper, err := a.keep(locks, partial(only, limit, flags.sets), &flags.ask)
			if err != nil {
				return err
			}
			s, err := a.open(c.Context(), args, flags, true)
			if err != nil {
				return err
			}
			defer s.close()
			if _, err := flags.ask.options(s.plan, filepath.Dir(s.plan.Doc.File.Name)); err != nil && exitCode(err) == exitWrong {
				return err
			}
			if err := a.admit(s.faults); err != nil {
				return err
			}
			if only != "" && s.plan.Index(only) < 0 {
				return wrong("--only %s: no stage has this id\n%s", only, suggest.Hint(only, s.plan.IDs()))
			}
			start := time.Now()
			set := pipeline.RunSettings{Settings: s.settings, Program: a.version, Limit: limit, Drain: drain}
			set.Progress = line.update
			set.Warn = func(text string) { line.say("warning: " + text) }
			if only != "" {
				set.Only, set.Show = []string{only}, a.preview
			}
			if err := keeper.begin(c.Context(), s, &set, locks); err != nil {
				return err
			}
			if err := s.tidy(); err != nil {
				return err
			}
			line.spending = s.backends.askers.spending
			facts, err := pipeline.Run(c.Context(), s.plan, set)
			line.end()
			if text := s.backends.askers.account(); text != "" && !a.json {
				fmt.Fprintln(a.Err, "models: "+text)
			}
			if err := a.finish(facts, err, signalled(), time.Since(start)); err != nil {
				return err
			}
			if err := a.checkFilled(s.plan, facts, allowEmpty, limit > 0); err != nil {
				return err
			}
			return keeper.end(facts)
		},
	}
	flags.register(c)
	flags.ask.register(c)
	locks.register(c)
	c.Flags().StringVar(&only, "only", "", "run one `stage`, with all that it needs, and show its first rows")
	c.Flags().Int64Var(&limit, "limit", 0, "take only the first `n` rows of the table with the pictures")
	c.Flags().BoolVar(&allowEmpty, "allow-empty", false, "accept tables without rows, and coders whose rows all have faults")
	_ = c.RegisterFlagCompletionFunc("only", cobra.NoFileCompletions)
	return c
}

// partial names what makes a run one of a part of the study, or of another than the
// file says, "" for none.
func partial(only string, limit int64, sets []string) string {
	switch {
	case only != "":
		return "--only"
	case limit > 0:
		return "--limit"
	case len(sets) > 0:
		return "--set"
	}
	return ""
}

// interrupts calls tell and closes drain at the first SIGINT, SIGTERM or SIGHUP. The
// next one has its default effect: it ends the process. signalled returns the
// signal that came, or 0.
func interrupts(ctx context.Context, tell func()) (drain <-chan struct{}, signalled func() syscall.Signal) {
	watch, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	closing := make(chan struct{})
	context.AfterFunc(watch, func() {
		stop()
		close(closing)
		tell()
	})
	return closing, func() syscall.Signal {
		if cause := context.Cause(watch); cause != nil {
			return cmp.Or(signalOf(cause), syscall.SIGINT)
		}
		return 0
	}
}

// signalOf is the signal that ended a context of signal.NotifyContext, 0 where it was
// something else.
func signalOf(cause error) syscall.Signal {
	if cause == nil {
		return 0
	}
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT} {
		if strings.Contains(cause.Error(), s.String()) {
			return s
		}
	}
	return 0
}

// finish prints the account of a run and chooses the exit code.
func (a *app) finish(facts []stage.StageFacts, err error, signalled syscall.Signal, took time.Duration) error {
	if a.json {
		if e := a.summaryJSON(facts, err); e != nil {
			return failed(e)
		}
	} else {
		a.summary(facts, err == nil, signalled != 0, took)
	}
	switch {
	case signalled != 0:
		if !errors.Is(err, context.Canceled) && err != nil {
			fmt.Fprintf(a.Err, "error: %v\n", err)
		}
		fmt.Fprintln(a.Err, "interrupted: "+left(facts))
		return &exitError{code: 128 + int(signalled)}
	case errors.As(err, new(*pipeline.StoppedError)):
		return &exitError{exitDiffers, fmt.Errorf("%w; %s\nrun again with more to go on: what is answered is kept", err, left(facts))}
	case err != nil:
		return failed(err)
	}
	return nil
}

// checkFilled refuses to call a run done that has nothing to show. A trial is
// only warned of.
func (a *app) checkFilled(p *pipeline.Plan, facts []stage.StageFacts, allow, trial bool) error {
	hollow := pipeline.Hollow(p, facts)
	if len(hollow) == 0 || allow {
		return nil
	}
	if trial {
		for _, text := range hollow {
			fmt.Fprintf(a.Err, "warning: %s\n", text)
		}
		return nil
	}
	return &exitError{exitDiffers, errors.New(strings.Join(append(hollow, "--allow-empty accepts this"), "\n"))}
}

// left says what an interrupted run leaves behind.
func left(facts []stage.StageFacts) string {
	const untouched = "the complete outputs of earlier runs are untouched"
	for _, f := range facts {
		for _, fact := range f.Facts {
			if fact.Name == "file" {
				return "what was done is in the .partial files; " + untouched
			}
		}
	}
	return "nothing was written; " + untouched
}

// summary prints what each stage has done with how many rows. A run that ended
// before any row has none to show.
func (a *app) summary(facts []stage.StageFacts, done, early bool, took time.Duration) {
	if !done && !slices.ContainsFunc(facts, func(f stage.StageFacts) bool { return f.In+f.Out > 0 }) {
		return
	}
	rows := [][]string{{"stage", "kind", "in", "out", "dropped", "faults"}}
	for _, f := range facts {
		rows = append(rows, []string{f.ID, f.Kind, number(f.In), number(f.Out), tally(f.Dropped), tally(f.Faults)})
	}
	a.table(a.Err, rows, 2, 3)
	for _, f := range facts {
		if len(f.Added) > 0 {
			fmt.Fprintf(a.Err, "%s: rows added: %s\n", f.ID, tally(f.Added))
		}
		for _, c := range f.Counted {
			fmt.Fprintf(a.Err, "%s: %s %s\n", f.ID, number(c.N), c.Name)
		}
		for _, fact := range f.Facts {
			if done && fact.Name == "file" {
				fmt.Fprintf(a.Err, "%s wrote %s\n", f.ID, fact.Value)
			}
		}
	}
	switch {
	case done && early:
		fmt.Fprintf(a.Err, "ended early after %.2f s: every row that was read is accounted for\n", took.Seconds())
	case done:
		fmt.Fprintf(a.Err, "done in %.2f s: every row is accounted for\n", took.Seconds())
	}
}

func (a *app) summaryJSON(facts []stage.StageFacts, err error) error {
	type count map[string]int64
	type entry struct {
		ID      string            `json:"id"`
		Kind    string            `json:"kind"`
		In      int64             `json:"in"`
		Out     int64             `json:"out"`
		Dropped count             `json:"dropped,omitempty"`
		Added   count             `json:"added,omitempty"`
		Counted count             `json:"counted,omitempty"`
		Faults  count             `json:"faults,omitempty"`
		Facts   map[string]string `json:"facts,omitempty"`
	}
	counts := func(in []stage.Count) count {
		out := count{}
		for _, c := range in {
			out[c.Name] = c.N
		}
		return out
	}
	out := struct {
		Stages []entry `json:"stages"`
		Error  string  `json:"error,omitempty"`
	}{Stages: []entry{}}
	for _, f := range facts {
		e := entry{f.ID, f.Kind, f.In, f.Out, counts(f.Dropped), counts(f.Added), counts(f.Counted), counts(f.Faults), map[string]string{}}
		for _, fact := range f.Facts {
			e.Facts[fact.Name] = fact.Value
		}
		out.Stages = append(out.Stages, e)
	}
	if err != nil {
		out.Error = err.Error()
	}
	j := json.NewEncoder(a.Out)
	j.SetIndent("", "  ")
	j.SetEscapeHTML(false)
	return j.Encode(out)
}

// tally words counts: "3: where is false 2, where is null 1".
func tally(counts []stage.Count) string {
	var total int64
	var parts []string
	for _, c := range counts {
		total += c.N
		parts = append(parts, number(c.N)+" "+c.Name)
	}
	switch len(parts) {
	case 0:
		return "-"
	case 1:
		return parts[0]
	}
	return number(total) + ": " + strings.Join(parts, ", ")
}
