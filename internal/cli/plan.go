package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"icono/internal/columns"
	"icono/internal/pipeline"
	"icono/internal/stage"
)

func (a *app) planCommand() *cobra.Command {
	var flags studyFlags
	var format string
	c := &cobra.Command{
		Use:   "plan [FILE or FOLDER]",
		Short: "Show what a run would do, and on how many rows",
		Long: `Check a pipeline and show, for every stage, the rows that reach it, the columns
that it adds and the files that it reads and writes. Rows are counted by running
the stages that cost nothing (load, filter, select, sample, join); below a stage
that costs something they are foretold where that is possible.`,
		Example: `  icono plan
  icono plan --format mermaid    # a drawing for a README on GitHub
  icono plan --format dot | dot -Tsvg > plan.svg`,
		Args: atMost(1, "file or folder"),
		RunE: func(c *cobra.Command, args []string) error {
			flags.ask.limited = c.Flags().Changed("budget")
			s, err := a.open(c.Context(), args, flags, true)
			if err != nil {
				return err
			}
			defer s.close()
			if a.json && format == "text" {
				format = "json"
			}
			if err := a.admit(s.faults); err != nil {
				return err
			}
			if !slices.Contains(planFormats(), format) {
				return wrong("--format cannot be %q\nchoose text, json, mermaid or dot", format)
			}
			if _, err := s.backends.askers.options(); err != nil {
				return err
			}
			forecast, err := pipeline.Forecast(c.Context(), s.plan, s.settings)
			if err != nil {
				return failed(err)
			}
			quotes, err := pipeline.Quotes(c.Context(), s.plan, s.settings)
			if err != nil {
				return failed(err)
			}
			recalls, err := pipeline.Recalls(c.Context(), s.plan, s.settings)
			if err != nil {
				return failed(err)
			}
			since, locked, err := s.since(c.Context(), a.version, forecast)
			if err != nil {
				fmt.Fprintf(a.Err, "warning: what changed since the lock cannot be told: %v\n", err)
			}
			s.answered(quotes, since, locked)
			notes, err := a.ahead(c.Context(), args, flags, s, quotes, recalls)
			if err != nil {
				return failed(err)
			}
			switch format {
			case "json":
				return a.planJSON(s.plan, forecast, quotes, recalls, since)
			case "mermaid":
				a.mermaid(s.plan, forecast)
			case "dot":
				a.dot(s.plan, forecast)
			default:
				a.planText(s.plan, forecast, since)
				a.planVectors(s.plan, recalls)
				budget := s.plan.Doc.Budget
				if flags.ask.limited {
					budget = flags.ask.budget
				}
				a.planMoney(s.plan, quotes, budget)
				for _, n := range notes {
					fmt.Fprintln(a.Out, n)
				}
			}
			return nil
		},
	}
	flags.register(c)
	flags.ask.register(c)
	flags.ask.look = true
	c.Flags().StringVar(&format, "format", "text", "text, json, mermaid or dot")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(planFormats(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func planFormats() []string { return []string{"text", "json", "mermaid", "dot"} }

// rowsText words a forecast: "42" or "?".
func rowsText(n int64) string {
	if n < 0 {
		return "?"
	}
	return number(n)
}

// added returns the columns of a stage's output that its first input lacks.
func added(s *pipeline.Planned) []string {
	names := []string{}
	for _, f := range s.Out.Fields() {
		if len(s.In) == 0 || columns.Index(s.In[0], f.Name) < 0 {
			names = append(names, f.Name)
		}
	}
	return names
}

func (a *app) planText(p *pipeline.Plan, rows []int64, since map[string]string) {
	fmt.Fprintf(a.Out, "%s", cmp.Or(p.Doc.Name, filepath.Base(p.Doc.File.Name)))
	if p.Doc.About != "" {
		fmt.Fprintf(a.Out, ": %s", p.Doc.About)
	}
	fmt.Fprintf(a.Out, " (seed %d)\n\n", p.Doc.Seed)
	table := [][]string{{"stage", "kind", "from", "rows", "adds", "files"}}
	for i, s := range p.Stages {
		adds := strings.Join(added(s), ", ")
		if len([]rune(adds)) > 60 {
			adds = fmt.Sprintf("%d columns", len(added(s)))
		}
		var files []string
		for _, f := range s.Reads {
			files = append(files, "reads "+f)
		}
		for _, f := range s.Writes {
			files = append(files, "writes "+f)
		}
		row := []string{s.ID, s.Kind, strings.Join(p.InputIDs(s), ", "), rowsText(rows[i]), adds, strings.Join(files, ", ")}
		if since != nil {
			row = slices.Insert(row, 4, cut(since[s.ID], 40))
		}
		table = append(table, row)
	}
	if since != nil {
		table[0] = slices.Insert(table[0], 4, "since the lock")
	}
	a.table(a.Out, table, 3)
	if text := since[""]; text != "" {
		fmt.Fprintf(a.Out, "since the lock: %s\n", text)
	}
}

func (a *app) planJSON(p *pipeline.Plan, rows []int64, quotes map[string]stage.Quote, recalls map[string]stage.Recall, since map[string]string) error {
	type column struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	type entry struct {
		ID      string   `json:"id"`
		Kind    string   `json:"kind"`
		From    []string `json:"from"`
		Rows    *int64   `json:"rows"` // null if not known
		Columns []column `json:"columns"`
		Adds    []string `json:"adds"`
		Reads   []string `json:"reads"`
		Writes  []string `json:"writes"`
		// SinceLock is what changed since the lock was written: `as locked`, what
		// changed, or `after` the stage that it hangs on. Absent without a lock.
		SinceLock string `json:"since_lock,omitempty"`
		// Asks is what questions to models would come to; absent where there are
		// none, or their number is not known yet.
		Asks *moneyJSON `json:"asks,omitempty"`
		// Computes is what a model on this machine would compute; absent as Asks.
		Computes *recallJSON `json:"computes,omitempty"`
	}
	out := struct {
		Name string `json:"name"`
		Seed uint64 `json:"seed"`
		// SinceLock is what changed that belongs to no stage.
		SinceLock string  `json:"since_lock,omitempty"`
		Stages    []entry `json:"stages"`
	}{p.Doc.Name, p.Doc.Seed, since[""], nil}
	for i, s := range p.Stages {
		e := entry{ID: s.ID, Kind: s.Kind, From: p.InputIDs(s), Adds: added(s), SinceLock: since[s.ID], Reads: append([]string{}, s.Reads...), Writes: append([]string{}, s.Writes...)}
		if rows[i] >= 0 {
			e.Rows = &rows[i]
		}
		if q, ok := quotes[s.ID]; ok {
			e.Asks = asJSON(q)
		}
		if r, ok := recalls[s.ID]; ok {
			e.Computes = &recallJSON{r.Rows, r.Stored, r.Compute, r.Phrases, append([]string{}, r.Reasons...), append([]string{}, r.Notes...)}
		}
		for _, f := range s.Out.Fields() {
			e.Columns = append(e.Columns, column{f.Name, f.Type.String()})
		}
		out.Stages = append(out.Stages, e)
	}
	j := json.NewEncoder(a.Out)
	j.SetIndent("", "  ")
	j.SetEscapeHTML(false)
	return j.Encode(out)
}

func (a *app) mermaid(p *pipeline.Plan, rows []int64) {
	fmt.Fprintln(a.Out, "flowchart LR")
	for i, s := range p.Stages {
		fmt.Fprintf(a.Out, "  s%d[\"<b>%s</b><br/>%s\"]\n", i, s.ID, s.Kind)
	}
	for i, s := range p.Stages {
		for _, in := range s.Inputs {
			fmt.Fprintf(a.Out, "  s%d -->|%s| s%d\n", in, rowsText(rows[in]), i)
		}
	}
}

func (a *app) dot(p *pipeline.Plan, rows []int64) {
	fmt.Fprintln(a.Out, "digraph plan {\n  rankdir=LR; node [shape=box, fontname=\"sans-serif\"]; edge [fontname=\"sans-serif\"]")
	for i, s := range p.Stages {
		fmt.Fprintf(a.Out, "  s%d [label=%q]\n", i, s.ID+"\n"+s.Kind)
		for _, in := range s.Inputs {
			fmt.Fprintf(a.Out, "  s%d -> s%d [label=%q]\n", in, i, rowsText(rows[in]))
		}
	}
	fmt.Fprintln(a.Out, "}")
}
