package stagetest_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/stage"
	"icono/internal/stagetest"
)

// broken is a stage that breaks one rule of the contract.
type broken struct{ how string }

type config struct {
	How string `yaml:"how"`
}

func kind() stage.Kind {
	return stage.Define("broken", stage.One(), func() config { return config{} }, func(_ string, c config) stage.Stage { return broken{c.How} })
}

func (b broken) Schema(in []*arrow.Schema) (*arrow.Schema, error) {
	if b.how == "schema" {
		return columns.AppendFields(in[0], stagetest.Int("more")), nil
	}
	return in[0], nil
}

func (b broken) Run(_ context.Context, env stage.Env, in []stage.Table) stage.Rows {
	switch b.how {
	case "eager":
		for range in[0].Rows {
			break
		}
	case "told":
		env.Ledger.Fact("a", "b")
	}
	first := true
	return func(yield func(arrow.Record, error) bool) {
		for rec, err := range in[0].Rows {
			switch {
			case err != nil && b.how == "swallow":
				return
			case err != nil && b.how == "twice":
				yield(nil, err)
				yield(nil, err)
				return
			case err != nil:
				yield(nil, err)
				return
			case b.how == "lose" && rec.NumRows() > 0 && first:
				first = false
				continue
			case b.how == "leak":
				rec.Retain()
			case b.how == "goroutine":
				go time.Sleep(time.Second)
			case b.how == "count":
				env.Ledger.Dropped("nothing", 1)
			case b.how == "batches":
				turned, err := columns.Take(env.Memory, rec, backwards(rec))
				more := yield(turned, err)
				turned.Release()
				if !more {
					return
				}
				continue
			}
			if !yield(rec, nil) {
				return
			}
		}
	}
}

func backwards(rec arrow.Record) []int {
	var rows []int
	for i := int(rec.NumRows()) - 1; i >= 0; i-- {
		rows = append(rows, i)
	}
	return rows
}

func conform(t *testing.T, how string) {
	stagetest.Conform(t, kind(), stagetest.Case{Name: "case", Config: &config{how}, In: []stagetest.Input{
		{Schema: stagetest.Schema(stagetest.Key("ID")), Rows: [][]any{{"1"}, {"2"}, {"3"}}}}, Appends: how != "batches"})
}

const chosen = "STAGETEST_BROKEN"

// TestChosen runs the suite on the stage that TestCatches chooses.
func TestChosen(t *testing.T) {
	how, ok := os.LookupEnv(chosen)
	if !ok {
		t.Skip("run by TestCatches")
	}
	conform(t, how)
}

func TestGood(t *testing.T) { conform(t, "") }

// The suite fails for a stage that breaks a rule.
func TestCatches(t *testing.T) {
	for how, want := range map[string]string{
		"schema":    "delivers the schema",
		"eager":     "before it was ranged over",
		"told":      "told the ledger something before",
		"swallow":   "fails after 0 batches, and the stage gives []",
		"twice":     "the stream goes on after an error",
		"lose":      "are not accounted for",
		"leak":      "LEAK",
		"goroutine": "unexpected goroutines",
		"count":     "are not accounted for",
		"batches":   "batches of 1 rows",
	} {
		t.Run(how, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestChosen$")
			cmd.Env = append(os.Environ(), chosen+"="+how)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), want) {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
