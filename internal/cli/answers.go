package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"icono/internal/answers"
	"icono/internal/pipeline"
	"icono/internal/stage"
)

func (a *app) answersCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "answers",
		Short: "Look at recorded answers, and write them for git",
		Long: `Answers of models are kept in .icono/answers.db beside the pipeline. A cassette is
the same answers as lines of JSON, one file a stage in the folder cassettes, made
to be shared and kept in git: a study with its cassettes runs again without key,
network and cost (icono run --record none). Cassettes hold no pictures, only their
hashes, and no keys.`,
		Example: "  icono answers export     # write cassettes/STAGE.jsonl\n  icono answers faults     # rows without a good answer, and why\n  icono answers record --stage frames coded.csv     # codes that people gave",
		Args:    atMost(0, ""),
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.answersExport(), a.answersFaults(), a.answersRecord())
	return c
}

func (a *app) answersExport() *cobra.Command {
	var flags studyFlags
	var vectors, pictures bool
	c := &cobra.Command{
		Use:   "export [FILE or FOLDER]",
		Short: "Write a cassette for each stage that asks a model",
		Long: `Write the answers that the study uses to cassettes/STAGE.jsonl. With --vectors those
of CLIP stages are written too, so that a replay needs neither the model nor the
library that runs it: about 3 kB for each picture. With --pictures what a replay needs to
know of pictures is written to pictures.jsonl: with the line pictures: pictures.jsonl in the
pipeline, a clone without the pictures is replayed too. What the file says of pictures of
other pipelines stays.`,
		Example: "  icono answers export\n  icono answers export --vectors",
		Args:    atMost(1, "file or folder"),
		RunE: func(c *cobra.Command, args []string) error {
			flags.ask.look, flags.ask.offline = !vectors, true
			flags.ask.record, flags.lists = "new_episodes", pictures
			s, err := a.open(c.Context(), args, flags, true)
			if err != nil {
				return err
			}
			defer s.close()
			if err := a.admit(s.faults); err != nil {
				return err
			}
			if err := s.tidy(); err != nil {
				return err
			}
			s.backends.askers.vectors = vectors
			var asking []string
			for _, st := range s.plan.Stages {
				if _, asks := st.Stage.(stage.Quoter); asks || vectors && st.Kind == "clip" {
					asking = append(asking, st.ID)
				}
			}
			opened := &openings{Study: s.library, paths: map[string]bool{}}
			if pictures {
				s.settings.Study = opened
				_, err = a.replay(c.Context(), s, pipeline.RunSettings{})
			} else {
				err = a.rehearse(c.Context(), s, asking...)
			}
			if err != nil {
				return err
			}
			if pictures {
				if err := a.exportPictures(c.Context(), s, opened); err != nil {
					return failed(err)
				}
			}
			if s.backends.askers.desk == nil {
				return wrong("no stage of this pipeline asks a model")
			}
			written, err := s.backends.askers.desk.Export(c.Context(), asking)
			for _, e := range written {
				switch {
				case e.Inherited:
					fmt.Fprintf(a.Out, "%s: as in %s\n", e.Stage, e.Path)
				case e.Lines > 0 || e.Missed == 0:
					fmt.Fprintf(a.Out, "%s: %s answers in %s\n", e.Stage, number(int64(e.Lines)), e.Path)
				}
				if e.Missed > 0 {
					fmt.Fprintf(a.Err, "warning: %s has %s questions without an answer; run the study first\n", e.Stage, number(e.Missed))
				}
			}
			if err == nil {
				err = s.recordCassettes(a.version)
			}
			if err != nil {
				return failed(err)
			}
			return nil
		},
	}
	flags.register(c)
	c.Flags().BoolVar(&pictures, "pictures", false, "write what is known of the pictures too")
	c.Flags().BoolVar(&vectors, "vectors", false, "write the vectors of CLIP stages too")
	return c
}

// rehearse runs stages, with all that they need, by stored answers alone. It
// writes no file.
func (a *app) rehearse(ctx context.Context, s *study, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := a.replay(ctx, s, pipeline.RunSettings{Only: ids})
	return err
}

// replay runs a study that was opened with flags.ask.offline, by stored answers
// alone. It writes no file, and returns what each stage has done.
func (a *app) replay(ctx context.Context, s *study, set pipeline.RunSettings) ([]stage.StageFacts, error) {
	set.Settings, set.Program, set.Dry = s.settings, a.version, true
	facts, err := pipeline.Run(ctx, s.plan, set)
	if err != nil {
		return facts, failed(err)
	}
	return facts, nil
}

func (a *app) answersFaults() *cobra.Command {
	c := &cobra.Command{
		Use:   "faults [FILE or FOLDER]",
		Short: "List rows without a good answer, by stage, and why",
		Long: `List what is stored of questions that came to no good answer. They are not asked
again by themselves, since most would fail again and be paid again:
icono run --retry refused,truncated,invalid asks those again.`,
		Args: atMost(1, "file or folder"),
		RunE: func(c *cobra.Command, args []string) error {
			path, err := locate(args)
			if err != nil {
				return err
			}
			store, err := answers.OpenReadOnly(c.Context(), storePath(path))
			if errors.Is(err, fs.ErrNotExist) {
				fmt.Fprintln(a.Out, "no answers are stored yet: a run stores them, and answers of a cassette are read where they lie")
				return nil
			}
			if err != nil {
				return failed(err)
			}
			defer func() { _ = store.Close() }() // only read
			totals, err := store.Totals(c.Context(), "")
			if err != nil {
				return failed(err)
			}
			rows := [][]string{{"stage", "row", "status", "times", "why"}}
			seen := map[string]bool{}
			for _, t := range totals {
				if seen[t.Stage] {
					continue
				}
				seen[t.Stage] = true
				faults, err := store.Faults(c.Context(), t.Stage)
				if err != nil {
					return failed(err)
				}
				for _, f := range faults {
					rows = append(rows, []string{t.Stage, f.Row, string(f.Status), number(int64(f.Count)), cut(f.Reason, 100)})
				}
			}
			if len(rows) == 1 {
				fmt.Fprintln(a.Out, "every question has a good answer")
				return nil
			}
			a.table(a.Out, rows, 3)
			return nil
		},
	}
	return c
}
