package report

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"icono/internal/stage"
	"icono/internal/stagetest"
)

// anyRows draws rows of the table that coded describes, keys unique.
func anyRows(rt *rapid.T) [][]any {
	name := rapid.SampledFrom([]any{"Collage", "Campaign Event", "Other", "undeclared", "another", nil})
	chance := rapid.SampledFrom([]any{0.0, 0.15, 0.42, 0.42, 0.999, 1.0, 1.5, math.NaN(), nil})
	status := rapid.SampledFrom([]any{"ok", "ok", "missing", "failed", "odd"})
	var rows [][]any
	for i := range rapid.IntRange(0, 40).Draw(rt, "rows") {
		code := name.Draw(rt, "code")
		rows = append(rows, []any{fmt.Sprintf("%02d", i), "a.png", "c", name.Draw(rt, "human"), code, "p", chance.Draw(rt, "p"), status.Draw(rt, "status"), "why"})
	}
	return rows
}

// collected runs the collector over rows in batches of a size.
func collected(t testing.TB, c Config, rows [][]any, size int) *collector {
	l, err := newLayout(c, coded())
	if err != nil {
		t.Fatal(err)
	}
	rec := stagetest.Record(t, memory.DefaultAllocator, coded(), rows...)
	all := newCollector(c, l, 7)
	for b := range stagetest.Batches(rec, size, true) {
		if err := all.add(b); err != nil {
			t.Fatal(err)
		}
	}
	all.settle()
	return all
}

func page7(t testing.TB, c Config, all *collector) string {
	var b bytes.Buffer
	if err := render(&b, compose(c, stage.RunFacts{Seed: 7}, all, nil)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestBatchesOfAnySizeGiveTheSamePage(t *testing.T) {
	c := *options(func(c *Config) { c.Columns = []string{"Type", "Human"}; c.PerCategory, c.LeastCertain = 2, 3 })
	rapid.Check(t, func(rt *rapid.T) {
		rows := anyRows(rt)
		want := page7(t, c, collected(t, c, rows, 256))
		if got := page7(t, c, collected(t, c, rows, rapid.IntRange(1, 9).Draw(rt, "size"))); got != want {
			rt.Fatal(cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
		}
	})
}

// TestCountsAreThoseOfAPlainLoop compares with counting by hand, and the rows
// shown with sorting all of them.
func TestCountsAreThoseOfAPlainLoop(t *testing.T) {
	c := *options(func(c *Config) { c.PerCategory, c.LeastCertain = 2, 3 })
	rapid.Check(t, func(rt *rapid.T) {
		rows := anyRows(rt)
		all := collected(t, c, rows, 4)
		v := all.variables[0]
		lots := newLot(7)
		counts, empty, statuses := map[string]int64{}, int64(0), map[string]int64{}
		byCategory := map[string][]string{}
		var certain []place
		for _, r := range rows {
			key := r[0].(string)
			statuses[r[7].(string)]++
			code, ok := r[4].(string)
			if !ok {
				empty++
				continue
			}
			counts[code]++
			byCategory[code] = append(byCategory[code], key)
			if p, ok := r[6].(float64); ok && p >= 0 && p <= 1 {
				certain = append(certain, place{p, lots.of(key), key})
			}
		}
		if empty != v.empty || v.coded+v.empty != int64(len(rows)) || v.certainty.n != int64(len(certain)) {
			rt.Fatalf("empty %d, want %d; coded %d of %d rows; %d probabilities, want %d", v.empty, empty, v.coded, len(rows), v.certainty.n, len(certain))
		}
		for i, name := range v.names {
			if v.counts[i].rows != counts[name] {
				rt.Errorf("%s: %d, want %d", name, v.counts[i].rows, counts[name])
			}
			keys := byCategory[name]
			slices.SortFunc(keys, func(a, b string) int { return place{0, lots.of(a), a}.compare(place{0, lots.of(b), b}) })
			if d := cmp.Diff(keys[:min(2, len(keys))], keysOf(v.examples[i].sorted())); len(keys) > 0 && d != "" {
				rt.Errorf("%s shows other rows: %s", name, d)
			}
		}
		slices.SortFunc(certain, place.compare)
		var least []string
		for _, p := range certain[:min(3, len(certain))] {
			least = append(least, p.key)
		}
		if d := cmp.Diff(least, keysOf(v.least.sorted())); d != "" {
			rt.Error(d)
		}
		if d := cmp.Diff(statuses, all.faults[0].counts); d != "" {
			rt.Error(d)
		}
	})
}

func keysOf(rows []*row) []string {
	var out []string
	for _, r := range rows {
		out = append(out, r.key)
	}
	return out
}

// TestWhatIsKeptIsBounded feeds many rows, each with a code, a status and a
// text of its own.
func TestWhatIsKeptIsBounded(t *testing.T) {
	c := *options(func(c *Config) { c.Columns, c.Show = []string{"Human", "Caption"}, []string{"Caption"} })
	l, err := newLayout(c, coded())
	if err != nil {
		t.Fatal(err)
	}
	all := newCollector(c, l, 7)
	size := func() (n, bytes int) {
		count := func(l *lowest) {
			for _, d := range l.rows {
				n, bytes = n+1, bytes+len(d.row.key)+len(d.row.show[0].Value)+len(d.row.fault)
			}
		}
		for _, v := range all.variables {
			count(&v.least)
			n += len(v.names)
			for i := range v.examples {
				count(&v.examples[i])
			}
		}
		for _, f := range all.faults {
			for _, l := range f.examples {
				count(l)
			}
		}
		for _, x := range all.crosses {
			n += len(x.counts)
		}
		return n, bytes
	}
	feed := func(from, to int) {
		var rows [][]any
		for i := from; i < to; i++ {
			s := fmt.Sprint(i)
			rows = append(rows, []any{s, "a.png", s + strings.Repeat(" long", 2000), s, "Other", "p", 0.5, "status " + s, strings.Repeat("why ", 2000)})
		}
		if err := all.add(stagetest.Record(t, memory.DefaultAllocator, coded(), rows...)); err != nil {
			t.Fatal(err)
		}
	}
	feed(0, 1000)
	before, _ := size()
	feed(1000, 4000)
	after, bytes := size()
	if after != before {
		t.Errorf("%d things are kept after 1,000 rows, %d after 4,000", before, after)
	}
	if most := after * 3 * (maxValue + 8); bytes > most {
		t.Errorf("%d bytes of text are kept, above %d", bytes, most)
	}
	if v := all.variables[0]; len(v.names) != maxCategories || v.beyond != 4000-maxCategories {
		t.Errorf("%d categories, and %d rows of further ones", len(v.names), v.beyond)
	}
}

// TestTheDrawStaysAsItIs holds the draw, so that a study shows the same rows
// for ever: the first 8 bytes of SHA-256("report:2021:2651231231231231231").
func TestTheDrawStaysAsItIs(t *testing.T) {
	if got := newLot(2021).of("2651231231231231231"); got != 0x5ab737d29d79d02c {
		t.Errorf("the lot is %#x", got)
	}
}

func TestQuantiles(t *testing.T) {
	var h histogram
	for i := range 100 { // 0, 0.01 .. 0.99
		h.add(float64(i) / 100)
	}
	for q, want := range map[float64]float64{0: 0, 0.25: 0.24, 0.5: 0.49, 0.75: 0.74, 1: 0.99} {
		if got := h.quantile(q); math.Abs(got-want) > 1e-12 {
			t.Errorf("quantile %g is %g, want %g", q, got, want)
		}
	}
	for i, n := range h.bars() {
		if n != 5 {
			t.Errorf("bar %d holds %d values, want 5", i, n)
		}
	}
	if h.add(1.01) || h.add(math.NaN()) || h.add(-0.1) || h.outside != 3 || !h.add(1) || h.bars()[bins-1] != 6 {
		t.Error("values outside of 0 to 1 are counted, or 1 is not")
	}
}

// TestKappa uses the table of Cohen's own example of 1960 in proportions of 200
// rows: 88, 14, 18; 10, 40, 10; 2, 6, 12. There, agreement is 0.70, and kappa
// (0.70 - 0.41) / (1 - 0.41).
func TestKappa(t *testing.T) {
	x := &cross{a: newVariable(codeColumn{categories: []string{"p", "n", "x"}}, 0, 0), b: newVariable(codeColumn{categories: []string{"p", "n", "x"}}, 0, 0), counts: map[[2]int]int64{}}
	for i, n := range []int64{88, 14, 18, 10, 40, 10, 2, 6, 12} {
		x.counts[[2]int{i / 3, i % 3}] = n
		x.rows += n
	}
	share, kappa, ok := x.agreement()
	if want := (0.70 - 0.41) / (1 - 0.41); !ok || math.Abs(share-0.70) > 1e-12 || math.Abs(kappa-want) > 1e-12 {
		t.Errorf("agreement %g, kappa %g, want 0.70 and %g", share, kappa, want)
	}
	x.counts, x.rows = map[[2]int]int64{{0, 0}: 5}, 5
	if _, _, ok := x.agreement(); ok {
		t.Error("kappa of one category is defined")
	}
}
