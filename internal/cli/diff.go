package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"icono/internal/asking"
	"icono/internal/change"
	"icono/internal/lock"
	"icono/internal/pipeline"
	"icono/internal/trace"
)

// diffFlags are those of diff.
type diffFlags struct {
	study    string
	key      string
	markdown bool
	failOver []string
	ifAny    bool
}

func (a *app) diffCommand() *cobra.Command {
	var f diffFlags
	c := &cobra.Command{
		Use:   "diff A [B]",
		Short: "Show which codes differ between two versions of a study, and why",
		Long: `Compare two versions of a study: rows added and lost, and for every variable the codes
that changed, their share, the agreement (Krippendorff's alpha), and the cause of each
change: data, picture, prompt, model, parameter, merge, or another answer to the same
question. A and B are pipeline files, folders or git revisions; B is the study as it
lies here. Both are run again from their stored and recorded answers alone: nothing is
asked and nothing is written. Two lock files are compared as they stand.`,
		Example: `  icono diff HEAD                       # what my changes do to the codes
  icono diff main..prompts
  icono diff HEAD --markdown > change.md
  icono diff main --fail-over 5% --fail-over Type=2%
  icono diff published.csv out/coded.csv --key ID`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) > 2 {
				return wrong("`icono diff` takes one or two versions of a study\nfor example `icono diff HEAD`")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			limits, err := parseLimits(f.failOver)
			if err != nil {
				return err
			}
			if len(args) == 1 {
				if from, to, ok := strings.Cut(args[0], ".."); ok && !exists(args[0]) {
					args = []string{from, strings.TrimPrefix(to, ".")}
				}
			}
			if len(args) == 2 && !exists(args[0]) && exists(args[1]) && !isTable(args[1]) && !c.Flags().Changed("study") {
				f.study = args[1] // a revision of it
			}
			if len(args) == 2 && strings.HasSuffix(args[0], ".lock") && strings.HasSuffix(args[1], ".lock") {
				if len(limits) > 0 {
					return wrong("--fail-over counts codes that changed, and a lock holds only their sums\nname two git revisions, folders or tables")
				}
				return a.diffLocks(args[0], args[1])
			}
			if err := f.check(args, a.json); err != nil {
				return err
			}
			if len(args) == 1 {
				args = append(args, f.study)
			}
			compare := a.compareVersions
			if isTable(args[0]) || isTable(args[1]) {
				compare = a.compareTables
			}
			r, err := compare(c.Context(), f, args[0], args[1])
			var none *earlierError
			if errors.As(err, &none) && f.ifAny {
				fmt.Fprintf(a.Out, "There is no earlier version of this study to compare with: %s.\n", strings.ReplaceAll(none.Error(), "\n", "; "))
				return nil
			}
			if err != nil {
				return err
			}
			return a.tellChange(r, f, limits)
		},
	}
	c.Flags().StringVar(&f.study, "study", ".", "the pipeline `file or folder`, for git revisions")
	c.Flags().StringVar(&f.key, "key", "", "the `column` that identifies a row of a table (default: that of the other side, or the first)")
	c.Flags().BoolVar(&f.markdown, "markdown", false, "write Markdown, for a pull request")
	c.Flags().BoolVar(&f.ifAny, "if-any", false, "where there is no earlier version, or none that can be run here, say so and end with exit code 0")
	c.Flags().StringArrayVar(&f.failOver, "fail-over", nil, "end with exit code 4 where more codes changed, may have, or are gone: `share` such as 5% or Type=2% (repeatable)")
	return c
}

// check refuses what cannot be meant.
func (f diffFlags) check(versions []string, json bool) error {
	if f.markdown && json {
		return wrong("--markdown and --json cannot be had at once\nchoose one")
	}
	for _, v := range versions {
		switch {
		case strings.HasSuffix(v, ".lock") && exists(v):
			return wrong("a lock is compared with another lock: name both\nfor example `icono diff old/pipeline.lock pipeline.lock`")
		case calledTable(v) && !exists(v):
			return wrong("there is no file %s", v)
		}
	}
	if len(versions) == 1 && isTable(versions[0]) {
		if _, err := locate([]string{f.study}); err != nil {
			return wrong("%s can be compared with a table, or with the study that lies here: there is none\nname a second table, or the study by --study", versions[0])
		}
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// compareVersions replays both versions and compares them.
func (a *app) compareVersions(ctx context.Context, f diffFlags, from, to string) (report *change.Report, err error) {
	if f.key != "" {
		return nil, wrong("--key is for tables: the pipelines say what identifies a row")
	}
	var paths [2]string
	var flags [2]studyFlags
	for i, version := range []string{from, to} {
		path, remove, err := materialise(ctx, f.study, cmp.Or(version, "HEAD"))
		if err != nil && i == 0 {
			return nil, &earlierError{err}
		}
		if err != nil {
			return nil, err
		}
		defer remove()
		paths[i], flags[i].ask.earlier = path, !exists(version)
	}
	begun := false
	err = a.replayed(ctx, paths[:1], flags[0], nil, func(sa *study, ra *trace.Run) error {
		begun = true
		return a.replayed(ctx, paths[1:], flags[1], nil, func(sb *study, rb *trace.Run) error {
			before, err := a.side(sa, ra)
			if err != nil {
				return err
			}
			after, err := a.side(sb, rb)
			if err != nil {
				return err
			}
			report = change.Between(before, after)
			report.Study, err = a.studyChanges(sa, sb)
			report.Study = append(report.Study, picturesChanged(sa, sb)...)
			report.Study = append(append(report.Study, a.tellUnlike(from, sa)...), a.tellUnlike(to, sb)...)
			return err
		})
	})
	if err != nil && !begun && exitCode(err) == exitMissing {
		err = &earlierError{err}
	}
	return report, err
}

// side is a run to be compared.
func (a *app) side(s *study, run *trace.Run) (change.Side, error) {
	options, err := s.backends.askers.options()
	if err != nil {
		return change.Side{}, failed(err)
	}
	sums := map[string]string{}
	return change.Side{Run: run,
		Picture: func(path string) string {
			if _, known := sums[path]; !known {
				sum, err := lock.SumFile(s.library, path)
				if err != nil {
					sum = ""
				}
				sums[path] = string(sum)
			}
			return sums[path]
		},
		Cost: func(e trace.Exchange) (int64, bool) {
			cost, known := asking.Cost(options.Prices, e.Request, e.Answer)
			return int64(cost), known
		}}, nil
}

// studyChanges says what differs in what the two versions are made from.
func (a *app) studyChanges(before, after *study) ([]string, error) {
	x, err := before.inputs(a.version)
	if err != nil {
		return nil, failed(err)
	}
	y, err := after.inputs(a.version)
	if err != nil {
		return nil, failed(err)
	}
	out := []string{}
	for _, d := range lock.Of(lock.Compare(x, y), lock.Cause) {
		switch i, k := before.plan.Index(d.Stage), after.plan.Index(d.Stage); {
		case d.What == "cassettes":
		case d.What == "options" && i >= 0 && k >= 0 && d.Name != "on_fault":
			st := after.plan.Stages[k]
			out = append(out, d.Stage+": "+change.Option(st.Kind, d.Name, setting(before.plan.Stages[i], d.Name), setting(st, d.Name)))
		default:
			out = append(out, strings.ReplaceAll(d.String(), "locked ", "before "))
		}
	}
	return out, nil
}

// setting is the value of an option of a stage as JSON, "" for the default.
func setting(s *pipeline.Planned, name string) string {
	for _, o := range s.Settings() {
		if o.Name == name {
			return o.Value
		}
	}
	return ""
}

// diffLocks compares two lock files.
func (a *app) diffLocks(from, to string) error {
	var files [2]*lock.File
	for i, path := range []string{from, to} {
		f, err := lock.ReadFile(path)
		if err != nil {
			return wrong("%v", err)
		}
		files[i] = f
	}
	all := lock.Of(lock.Compare(files[0], files[1]), lock.Cause, lock.Effect)
	if a.json {
		j := json.NewEncoder(a.Out)
		j.SetIndent("", "  ")
		return j.Encode(append([]lock.Difference{}, all...))
	}
	for _, d := range all {
		fmt.Fprintln(a.Out, strings.ReplaceAll(d.String(), "locked ", "before "))
	}
	if len(all) == 0 {
		fmt.Fprintln(a.Out, "no difference")
	}
	return nil
}

// tellChange prints a report, and fails where more changed than is allowed.
func (a *app) tellChange(r *change.Report, f diffFlags, limits []limit) error {
	switch {
	case a.json:
		j := json.NewEncoder(a.Out)
		j.SetIndent("", "  ")
		j.SetEscapeHTML(false)
		if err := j.Encode(r); err != nil {
			return failed(err)
		}
	case f.markdown:
		r.Markdown(a.Out)
	default:
		r.Print(a.Out)
	}
	over, err := exceeded(r, limits)
	if err != nil {
		return err
	}
	if len(over) > 0 {
		return &exitError{exitDiffers, errors.New(strings.Join(over, "\n"))}
	}
	return nil
}
