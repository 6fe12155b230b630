package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/chain"
	"icono/internal/pipeline"
	"icono/internal/price"
	"icono/internal/stage"
	"icono/internal/suggest"
	"icono/internal/tabular"
	"icono/internal/trace"
)

func (a *app) whyCommand() *cobra.Command {
	var flags studyFlags
	var file, page string
	var full bool
	c := &cobra.Command{
		Use:   "why KEY ...",
		Short: "Tell how a row came to its codes, from the source to the output",
		Long: `Tell how rows came to their codes: the line of the table, the picture and its hash, why
a stage kept or dropped the row, what each model was asked and what it answered, what a
merged code comes from, and what the answers cost. The study is run again from its stored
and recorded answers alone; nothing is asked, and nothing is written but --html.`,
		Example: `  icono why 2657484542301776130_8094417265
  icono why 2657484542301776130_8094417265 --study examples/ensemble --full
  icono why 2657484542301776130_8094417265 --html why.html`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return wrong("the key of a row is missing\nfor example `icono why 2657484542301776130_8094417265`")
			}
			return nil
		},
		RunE: func(c *cobra.Command, keys []string) error {
			if _, err := locate([]string{file}); err != nil {
				return wrong("%v\nhere a pipeline is named by --study: `icono why %s --study FILE`", err, keys[0])
			}
			known := &keyring{wanted: keys}
			return a.replayed(c.Context(), []string{file}, flags, known.keep, func(s *study, run *trace.Run) error {
				all, err := a.chains(s, run, known)
				if err != nil {
					return err
				}
				switch {
				case page != "":
					return a.whyPage(s, page, all)
				case a.json:
					j := json.NewEncoder(a.Out)
					j.SetIndent("", "  ")
					j.SetEscapeHTML(false)
					return j.Encode(all)
				}
				for i, c := range all {
					if i > 0 {
						fmt.Fprintln(a.Out)
					}
					chain.Print(a.Out, c, min(width(a.Out), 120), full)
				}
				return nil
			})
		},
	}
	c.Flags().StringVar(&file, "study", ".", "the pipeline `file or folder`")
	c.Flags().StringVar(&page, "html", "", "write a page with the picture to `file`")
	c.Flags().BoolVar(&full, "full", false, "print prompts and answers to their ends")
	c.Flags().StringArrayVar(&flags.sets, "set", nil, "override an option: `stage.option=value` (repeatable)")
	return c
}

// keyring knows the keys that are asked for, and notes those that there are.
type keyring struct {
	wanted []string
	mu     sync.Mutex
	seen   map[string]bool
}

func (k *keyring) keep(key string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.seen == nil {
		k.seen = map[string]bool{}
	}
	k.seen[key] = true
	return slices.Contains(k.wanted, key)
}

// near returns keys that may be meant: those that hold the text, or are most like it.
func (k *keyring) near(text string) []string {
	var out []string
	for key := range k.seen {
		if key != "" && strings.Contains(key, text) {
			out = append(out, key)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) })
	if len(out) == 0 && len(k.seen) < 100_000 {
		all := make([]string, 0, len(k.seen))
		for key := range k.seen {
			all = append(all, key)
		}
		slices.Sort(all)
		if key := suggest.Nearest(text, all); key != "" {
			out = []string{key}
		}
	}
	return out[:min(len(out), 5)]
}

// chains tells of each key, or which keys may be meant.
func (a *app) chains(s *study, run *trace.Run, known *keyring) ([]*chain.Chain, error) {
	options, err := s.backends.askers.options()
	if err != nil {
		return nil, failed(err)
	}
	look := func(stage *pipeline.Planned, e trace.Exchange) (dollars *float64, kept string) {
		if cost, known := asking.Cost(options.Prices, e.Request, e.Answer); known {
			x := float64(cost) / float64(price.Dollar)
			dollars = &x
		}
		return dollars, s.keptIn(options, stage.ID, e.Request.Key())
	}
	var out []*chain.Chain
	for _, key := range known.wanted {
		c := chain.Of(run, s.library, key, look)
		if c == nil {
			hint := "keys are the values of the column that `key` of the kind load names"
			if near := known.near(key); len(near) > 0 {
				hint = "did you mean " + strings.Join(near, ", ") + "?"
			}
			if !slices.ContainsFunc(run.Stages, func(s *trace.Stage) bool { return stage.Find(s.Out, stage.Key) >= 0 }) {
				hint = "no table of this study has a key: name its column with `key` in the stage that loads it"
			}
			return nil, wrong("no table of the study has a row with the key %s\n%s", key, hint)
		}
		out = append(out, c)
	}
	return out, nil
}

// keptIn is the file that holds an answer, seen from the study: the cassette of the
// stage, or the store where the cassette lacks it.
func (s *study) keptIn(o asking.Options, id string, k answers.Key) string {
	path, _ := o.Cassette(id)
	if desk := s.backends.askers.desk; desk == nil || !desk.InCassette(id, k) {
		path = o.Folder
	}
	if at, err := filepath.Rel(filepath.Dir(s.plan.Doc.File.Name), path); err == nil {
		return filepath.ToSlash(at)
	}
	return path
}

// whyPage writes chains as a page.
func (a *app) whyPage(s *study, path string, all []*chain.Chain) error {
	var text bytes.Buffer
	name := cmp.Or(s.plan.Doc.Name, filepath.Base(s.plan.Doc.File.Name))
	if err := chain.WritePage(&text, name, all); err != nil {
		return failed(err)
	}
	if err := s.spares(path); err != nil {
		return err
	}
	f, err := tabular.Create(path)
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
	fmt.Fprintf(a.Err, "wrote %s\n", path)
	return nil
}
