package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/spf13/cobra"

	"icono/internal/asking"
	"icono/internal/columns"
	"icono/internal/stage"
	"icono/internal/suggest"
	"icono/internal/tabular"
)

func (a *app) answersRecord() *cobra.Command {
	var flags studyFlags
	var id, note string
	var replace bool
	c := &cobra.Command{
		Use:   "record --stage ID TABLE [FILE or FOLDER]",
		Short: "Record codes that people gave as answers",
		Long: `Record the codes of a table as answers of the model hand-coded to the questions of
a stage. The table has the key of the rows and columns that are named like those
that the stage adds; several codes of one cell are divided by a semicolon, an empty
cell is null. Each row is checked by the codebook. A run then uses these answers. Codes
that were recorded before are corrected; what a model has answered stays, unless
--replace is given.
Stages before it are run as far as answers are stored: a stage that reads what other
coders said is recorded last.`,
		Example: "  icono answers record --stage frames coded.csv --note \"coded by A and B\"",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			flags.ask.hand = &asking.Hand{Stage: id, Note: note, Replace: replace}
			flags.ask.record, flags.ask.offline = "new_episodes", true
			s, err := a.open(c.Context(), args[1:], flags, true)
			if err != nil {
				return err
			}
			defer s.close()
			if err := a.admit(s.faults); err != nil {
				return err
			}
			at := s.plan.Index(id)
			if at < 0 {
				return wrong("--stage %s: no stage has this id\n%s", id, suggest.Hint(id, s.plan.IDs()))
			}
			if _, asks := s.plan.Stages[at].Stage.(stage.Quoter); !asks {
				return wrong("the stage `%s` asks no model", id)
			}
			in := s.plan.Stages[at].In[0]
			h := flags.ask.hand
			key := in.Field(stage.Find(in, stage.Key)).Name
			if h.Rows, h.Columns, err = readHand(c.Context(), args[0], key); err != nil {
				return err
			}
			err = a.rehearse(c.Context(), s, id)
			if lacks := (*asking.NoColumnError)(nil); errors.As(err, &lacks) {
				return wrong("%s has no column `%s`, and an empty one would say that nothing applies\n%s", args[0], lacks.Column, cmp.Or(suggest.Hint(lacks.Column, h.Columns), "add it"))
			}
			if err != nil {
				return err
			}
			slices.Sort(h.Wrong)
			for _, w := range h.Wrong {
				fmt.Fprintf(a.Err, "warning: not recorded: %s\n", w)
			}
			a.tellHand(h, id, key)
			if n := h.Replaced; n > 0 {
				fmt.Fprintf(a.Out, "%s in the place of others that were stored; `icono answers export` writes them to the cassette\n", count(n, "answer"))
			}
			if len(h.Wrong) > 0 {
				return &exitError{code: exitDiffers}
			}
			return nil
		},
	}
	flags.register(c)
	c.Flags().StringVar(&id, "stage", "", "the `id` of the stage whose questions are answered")
	c.Flags().StringVar(&note, "note", "", "a `text` that is kept with each answer, such as who coded")
	c.Flags().BoolVar(&replace, "replace", false, "put the codes in the place of what a model has answered too")
	_ = c.MarkFlagRequired("stage")
	return c
}

// tellHand says how many rows were recorded, and what of the table was of no use.
func (a *app) tellHand(h *asking.Hand, id, key string) {
	rows := len(h.Asked) - len(h.Refused)
	fmt.Fprintf(a.Out, "%s of %s rows recorded for %s\n", number(int64(rows)), number(int64(len(h.Rows))), id)
	if rows > 0 && h.Recorded > rows {
		fmt.Fprintf(a.Err, "warning: each run of %s, or question of a tree, has the same codes: they say nothing of how far codings agree\n", id)
	}
	var strange []string
	for k := range h.Rows {
		if !h.Asked[k] {
			strange = append(strange, k)
		}
	}
	slices.Sort(strange)
	if len(strange) > 0 {
		fmt.Fprintf(a.Err, "warning: %s of the table %s asks nothing about, since they are left out before it or spelled otherwise: %s\n", count(len(strange), "key"), id, listed(strange))
	}
	var unused []string
	for _, c := range h.Columns {
		if c != key && len(h.Asked) > 0 && !h.Used[c] {
			unused = append(unused, c)
		}
	}
	if len(unused) > 0 {
		fmt.Fprintf(a.Err, "warning: these columns of the table are none of %s: %s\n", id, listed(unused))
	}
}

// readHand reads a table as text, by the values of its key column. A key that stands in
// two rows with other codes is an error.
func readHand(ctx context.Context, path, key string) (rows map[string]map[string]string, header []string, err error) {
	open := func() (io.ReadCloser, error) { return os.Open(path) }
	types := map[string]string{}
	probe, err := tabular.Open(ctx, tabular.Source{Name: filepath.Base(path), Path: path, Open: open}, tabular.ReadOptions{SampleRows: 1})
	if err != nil {
		return nil, nil, wrong("%s cannot be read: %v", path, err)
	}
	for _, f := range probe.Schema().Fields() {
		types[f.Name] = "text"
	}
	_ = probe.Close() // only read
	file, err := tabular.Open(ctx, tabular.Source{Name: filepath.Base(path), Path: path, Open: open}, tabular.ReadOptions{Types: types})
	if err != nil {
		return nil, nil, wrong("%s cannot be read: %v", path, err)
	}
	defer func() { _ = file.Close() }() // only read
	at := columns.Index(file.Schema(), key)
	if at < 0 {
		return nil, nil, wrong("%s has no column `%s`, which is the key of the rows\n%s", path, key, cmp.Or(suggest.Hint(key, columns.Names(file.Schema())), "add it"))
	}
	out := map[string]map[string]string{}
	line, first := 1, map[string]int{} // the header is row 1
	for rec, err := range file.Rows(ctx, memory.DefaultAllocator, 256) {
		if err != nil {
			return nil, nil, failed(err)
		}
		for row := range int(rec.NumRows()) {
			cells := map[string]string{}
			for i, f := range rec.Schema().Fields() {
				if !rec.Column(i).IsNull(row) {
					cells[f.Name] = columns.Format(rec.Column(i), row)
				}
			}
			line++
			if before, twice := out[cells[key]]; twice && !maps.Equal(before, cells) {
				return nil, nil, wrong("%s has the key %s in the rows %d and %d, with other cells\nkeep one of them; codes of two coders are two tables, each recorded for a stage of its own", path, cells[key], first[cells[key]], line)
			}
			out[cells[key]], first[cells[key]] = cells, line
		}
	}
	return out, columns.Names(file.Schema()), nil
}
