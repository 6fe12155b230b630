package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/diag"
	"icono/internal/pipeline"
	"icono/internal/source"
	"icono/internal/stage"
	"icono/internal/stagetest"
)

// check plans a pipeline whose stages are given one a line as entries of the
// list `stages`.
func check(t testing.TB, text string, sets ...string) (*pipeline.Plan, []diag.Diagnostic) {
	t.Helper()
	var list diag.List
	var overrides []pipeline.Set
	for _, s := range sets {
		if o, ok := pipeline.ParseSet(s, &list); ok {
			overrides = append(overrides, o)
		}
	}
	doc := pipeline.Parse(source.NewFile("p.yaml", "version: 1\nstages:\n"+text), overrides, &list)
	p := pipeline.Check(context.Background(), doc, settings(t), &list)
	return p, list.Sorted()
}

func settings(t testing.TB) pipeline.Settings {
	return pipeline.Settings{Kinds: catalogue(), Study: stagetest.Folder(t.TempDir()), Workers: 2, BatchRows: 3}
}

// result is what a run did.
type result struct {
	rows  map[string][]string // keys and status of the rows of the stages that nothing reads
	facts map[string]stage.StageFacts
	err   error
}

// run plans and runs a pipeline without faults. Memory and goroutines that it
// does not give back fail the test.
func run(t testing.TB, text string, change func(*pipeline.RunSettings), sets ...string) result {
	t.Helper()
	p, faults := check(t, text, sets...)
	for _, d := range faults {
		if d.Severity == diag.Error {
			t.Fatalf("%s: %s", text, d.Message)
		}
	}
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	temp := t.TempDir()
	r := result{rows: map[string][]string{}, facts: map[string]stage.StageFacts{}}
	set := pipeline.RunSettings{Settings: settings(t), Memory: mem, TempDir: temp}
	set.Show = func(id string, table stage.Table) error {
		values, err := stagetest.Collect(table.Rows)
		r.rows[id] = []string{}
		for _, v := range values {
			r.rows[id] = append(r.rows[id], strings.TrimSuffix(fmt.Sprintln(v...), "\n"))
		}
		return err
	}
	if change != nil {
		change(&set)
	}
	facts, err := pipeline.Run(context.Background(), p, set)
	for _, f := range facts {
		r.facts[f.ID] = f
	}
	r.err = err
	mem.AssertSize(t.(interface {
		Errorf(string, ...any)
		Helper()
	}), 0)
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("temporary files are left: %v, %v", left, err)
	}
	return r
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const coded = `
- {id: rows, kind: numbers, with: {n: 100}}
- {id: codes, kind: coder, with: {every: 10, status: unreadable}, on_fault: %s}
`

func TestFaultPolicies(t *testing.T) {
	for _, c := range []struct {
		policy        string
		out, dropped  int64
		shown, faults int
		wrong         string
	}{
		{policy: "keep", out: 100, shown: 100, faults: 10},
		{policy: "drop", out: 90, dropped: 10, shown: 90, faults: 10},
		{policy: "stop", faults: 1, wrong: "stage codes: row k0 is unreadable: the reason (`on_fault: stop`)"},
		{policy: "stop above 5%", out: 100, shown: 100, faults: 10, wrong: "stage codes: 10 of 100 rows have faults, which is above the 5% of `on_fault`"},
		{policy: "stop above 10%", out: 100, shown: 100, faults: 10},
	} {
		t.Run(c.policy, func(t *testing.T) {
			r := run(t, fmt.Sprintf(coded, c.policy), nil)
			f := r.facts["codes"]
			if f.Out != c.out || len(r.rows["codes"]) != c.shown {
				t.Errorf("%d rows out, %d shown", f.Out, len(r.rows["codes"]))
			}
			want := []stage.Count{{Name: "unreadable", N: int64(c.faults)}}
			if !reflect.DeepEqual(f.Faults, want) {
				t.Errorf("faults %v, want %v", f.Faults, want)
			}
			if c.dropped > 0 && !reflect.DeepEqual(f.Dropped, []stage.Count{{Name: "unreadable", N: c.dropped}}) {
				t.Errorf("dropped %v", f.Dropped)
			}
			if got := fmt.Sprint(r.err); r.err != nil && got != c.wrong || r.err == nil && c.wrong != "" {
				t.Errorf("error %q, want %q", got, c.wrong)
			}
		})
	}
}

func TestLostRowsAreNoticed(t *testing.T) {
	r := run(t, "- {id: rows, kind: numbers}\n- {id: bad, kind: careless, with: {how: lose}}\n", nil)
	if r.err == nil || !strings.Contains(r.err.Error(), "stage bad: 10 rows went in, 6 came out, and 4 are not accounted for") {
		t.Errorf("error %v", r.err)
	}
}

// A file is not finished with rows lost on the way to it.
func TestLostRowsReachNoFile(t *testing.T) {
	r := run(t, "- {id: rows, kind: numbers}\n- {id: bad, kind: careless, with: {how: lose}}\n- {id: out, kind: sink}\n", nil)
	if r.err == nil || len(r.facts["out"].Facts) > 0 {
		t.Errorf("error %v, facts %v", r.err, r.facts["out"].Facts)
	}
	if r := run(t, "- {id: rows, kind: numbers}\n- {id: out, kind: sink}\n", nil); r.err != nil || len(r.facts["out"].Facts) != 1 {
		t.Errorf("error %v, facts %v", r.err, r.facts["out"].Facts)
	}
}

func TestHollow(t *testing.T) {
	for text, want := range map[string][]string{
		"- {id: rows, kind: numbers}\n- {id: out, kind: sink}\n":               nil,
		"- {id: rows, kind: numbers, with: {n: 0}}\n- {id: out, kind: sink}\n": {"no row reached `out`: `rows` has none"},
		"- {id: rows, kind: numbers, with: {n: 1}}\n- {id: codes, kind: coder, with: {every: 1}, on_fault: drop}\n- {id: even, kind: multiples}\n- {id: out, kind: sink}\n": {
			"every row of `codes` has a fault: 1 failed; row k0 is failed: the reason", "no row reached `out`: `codes` dropped all 1 (1 failed)"},
		"- {id: rows, kind: numbers}\n- {id: codes, kind: coder, with: {every: 2}}\n- {id: out, kind: sink}\n": nil,
	} {
		p, _ := check(t, text)
		var facts []stage.StageFacts
		for _, f := range run(t, text, nil).facts {
			facts = append(facts, f)
		}
		if d := cmp.Diff(want, pipeline.Hollow(p, facts)); d != "" {
			t.Errorf("%s%s", text, d)
		}
	}
}

func TestCostlyStagesArePreparedLast(t *testing.T) {
	var order []string
	p, _ := check(t, "- {id: rows, kind: numbers}\n- {id: codes, kind: coder}\n- {id: more, kind: numbers}\n- {id: both, kind: beside, from: [codes, more]}\n")
	for _, s := range p.Stages {
		s.Stage = told{s.Stage, func() { order = append(order, s.ID) }}
	}
	for _, s := range p.Stages {
		if s.ID == "codes" {
			s.Stage = costlyTold{s.Stage.(told)}
		}
	}
	if _, err := pipeline.Run(context.Background(), p, pipeline.RunSettings{Settings: settings(t), TempDir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"rows", "more", "both", "codes"}, order); d != "" {
		t.Error(d)
	}
}

// told tells when it is prepared.
type told struct {
	stage.Stage
	tell func()
}

func (t told) Prepare(context.Context, stage.Env, []*arrow.Schema) error { t.tell(); return nil }

type costlyTold struct{ told }

func (costlyTold) Costly() {}

func TestErrorsNameTheirStageOnce(t *testing.T) {
	for _, tail := range []string{"", "- {id: a, kind: multiples}\n- {id: b, kind: multiples}\n", "- {id: a, kind: multiples}\n- {id: b, kind: beside, from: [bad, a]}\n"} {
		r := run(t, "- {id: rows, kind: numbers}\n- {id: bad, kind: careless, with: {how: fail}}\n"+tail, nil)
		if r.err == nil || r.err.Error() != "stage bad: the cable is cut" {
			t.Errorf("error %v", r.err)
		}
	}
}

// Two readers of one stage, of which each filters, see all of its rows, and
// the stage runs once.
func TestTwoReaders(t *testing.T) {
	r := run(t, `
- {id: rows, kind: numbers, with: {n: 10}}
- {id: even, kind: multiples}
- {id: thirds, kind: multiples, from: rows, with: {of: 3}}
- {id: both, kind: beside, from: [even, thirds]}
- {id: twice, kind: beside, from: [rows, rows]}
`, nil)
	if r.err != nil {
		t.Fatal(r.err)
	}
	want := map[string][]string{"both": {"k0 0", "k2 2", "k4 4", "k6 6", "k8 8"}, "twice": {"k0 0", "k1 1", "k2 2", "k3 3", "k4 4", "k5 5", "k6 6", "k7 7", "k8 8", "k9 9"}}
	if d := cmp.Diff(want, r.rows); d != "" {
		t.Error(d)
	}
	if f := r.facts["rows"]; f.Out != 10 {
		t.Errorf("the shared stage yielded %d rows", f.Out)
	}
	if c := r.facts["both"].Counted; len(c) != 1 || c[0].N != 4 {
		t.Errorf("the second table had %v", c)
	}
	if c := r.facts["twice"].Counted; len(c) != 1 || c[0].N != 10 {
		t.Errorf("the second table had %v", c)
	}
}

func TestOnlyRunsWhatIsNeeded(t *testing.T) {
	r := run(t, `
- {id: last, kind: beside, from: [even, other]}
- {id: rows, kind: numbers}
- {id: even, kind: multiples}
- {id: other, kind: numbers}
`, func(s *pipeline.RunSettings) { s.Only = []string{"even"} })
	if r.err != nil || len(r.rows) != 1 || len(r.rows["even"]) != 5 || len(r.facts) != 2 {
		t.Errorf("%v %v %v", r.rows, r.facts, r.err)
	}
}

// --limit counts rows of the table with the pictures, else of the first.
func TestLimit(t *testing.T) {
	for image, want := range map[string]map[string]int64{"false": {"one": 4, "two": 10, "both": 4}, "true": {"one": 10, "two": 4, "both": 10}} {
		for _, batch := range []int{1, 3, 4, 256} {
			r := run(t, "- {id: one, kind: numbers}\n- {id: two, kind: numbers, with: {image: "+image+"}}\n- {id: both, kind: beside, from: [one, two]}\n",
				func(s *pipeline.RunSettings) { s.Limit, s.BatchRows = 4, batch })
			for id, n := range want {
				if r.facts[id].Out != n {
					t.Errorf("image %s, batch %d: %s yielded %d rows, want %d", image, batch, id, r.facts[id].Out, n)
				}
			}
		}
	}
}

// A run that is asked to drain yields the rows begun, all the way down, also
// those that lie spooled for a second reader.
func TestDrain(t *testing.T) {
	drain := make(chan struct{})
	var once sync.Once
	r := run(t, `
- {id: rows, kind: numbers, with: {n: 1000}}
- {id: codes, kind: coder}
- {id: a, kind: multiples, with: {of: 1}}
- {id: b, kind: multiples, from: codes, with: {of: 1}}
`, func(s *pipeline.RunSettings) {
		s.Drain = drain
		s.Memory = stopAfter{s.Memory, func() { once.Do(func() { close(drain) }) }, new(int)}
	})
	n := len(r.rows["a"])
	if r.err != nil || n == 0 || n == 1000 || len(r.rows["b"]) != n || r.facts["codes"].Out != int64(n) {
		t.Errorf("%d rows and %d, %v", n, len(r.rows["b"]), r.err)
	}
}

// stopAfter calls stop at the 100th allocation.
type stopAfter struct {
	memory.Allocator
	stop  func()
	count *int
}

func (s stopAfter) Allocate(n int) []byte {
	if *s.count++; *s.count == 100 {
		s.stop()
	}
	return s.Allocator.Allocate(n)
}

func TestCancelEndsARun(t *testing.T) {
	p, faults := check(t, "- {id: rows, kind: numbers}\n- {id: bad, kind: careless, with: {how: hang}}\n- {id: b, kind: beside, from: [bad, rows]}\n")
	if len(faults) > 1 {
		t.Fatal(faults)
	}
	ctx, cancel := context.WithCancel(context.Background())
	set := pipeline.RunSettings{Settings: settings(t), Progress: func(state []pipeline.Progress) {
		if len(state) == 3 {
			cancel()
		}
	}}
	if _, err := pipeline.Run(ctx, p, set); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestForecast holds plan to what a run of random pipelines does.
func TestForecast(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var text strings.Builder
		n := rapid.IntRange(1, 9).Draw(rt, "stages")
		for i := range n {
			kinds := []string{"numbers"}
			if i > 0 {
				kinds = append(kinds, "multiples", "beside", "coder", "multiples")
			}
			from := func() string { return fmt.Sprintf("s%d", rapid.IntRange(0, max(i-1, 0)).Draw(rt, "from")) }
			fmt.Fprintf(&text, "- {id: s%d, kind: ", i)
			switch rapid.SampledFrom(kinds).Draw(rt, "kind") {
			case "numbers":
				fmt.Fprintf(&text, "numbers, with: {n: %d}}\n", rapid.IntRange(0, 20).Draw(rt, "n"))
			case "multiples":
				fmt.Fprintf(&text, "multiples, from: %s, with: {of: %d}}\n", from(), rapid.IntRange(1, 4).Draw(rt, "of"))
			case "beside":
				fmt.Fprintf(&text, "beside, from: [%s, %s]}\n", from(), from())
			case "coder":
				fmt.Fprintf(&text, "coder, from: %s, with: {every: %d}, on_fault: %s}\n", from(), rapid.IntRange(0, 4).Draw(rt, "every"), rapid.SampledFrom([]string{"keep", "drop"}).Draw(rt, "policy"))
			}
		}
		r := run(t, text.String(), nil)
		if r.err != nil {
			rt.Fatal(r.err)
		}
		p, _ := check(t, text.String())
		rows, err := pipeline.Forecast(context.Background(), p, settings(t))
		if err != nil {
			rt.Fatal(err)
		}
		for i, s := range p.Stages {
			got := rows[i]
			if want := r.facts[s.ID].Out; got != want && got != -1 {
				rt.Fatalf("%s%s: %d rows foretold, %d came", text.String(), s.ID, got, want)
			}
			if got == -1 && !strings.Contains(text.String(), "coder") {
				rt.Fatalf("%s%s: nothing foretold", text.String(), s.ID)
			}
		}
	})
}
