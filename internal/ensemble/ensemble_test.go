package ensemble_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"icono/internal/ensemble"
)

func votes(codes ...string) []ensemble.Vote {
	var out []ensemble.Vote
	for _, c := range codes {
		out = append(out, ensemble.Vote{Code: c, Cast: c != ""})
	}
	return out
}

func even(n int) []float64 { return slices.Repeat([]float64{1}, n) }

func TestDecide(t *testing.T) {
	for name, c := range map[string]struct {
		poll    ensemble.Poll
		votes   []ensemble.Vote
		want    string // "" for none, "-" where votes are not counted
		share   float64
		tallies string
	}{
		"majority":                  {ensemble.Poll{}, votes("a", "b", "a"), "a", 2. / 3, "a 2 b 1"},
		"plurality":                 {ensemble.Poll{}, votes("a", "b", "a", "c"), "a", 0.5, "a 2 b 1 c 1"},
		"weights":                   {ensemble.Poll{Weights: []float64{1, 2.5, 1}}, votes("a", "b", "a"), "b", 2.5 / 4.5, "b 2.5 a 2"},
		"decimal weights tie":       {ensemble.Poll{Weights: []float64{0.1, 0.2, 0.3}}, votes("a", "a", "b"), "", 0.5, "a 0.30000000000000004 b 0.3"},
		"tie":                       {ensemble.Poll{Ties: ensemble.NoWinner}, votes("a", "b"), "", 0.5, "a 1 b 1"},
		"tie, first":                {ensemble.Poll{Ties: ensemble.FirstInput}, votes("c", "b", "a", "a", "b"), "b", 0.4, "b 2 a 2 c 1"},
		"tie, input":                {ensemble.Poll{Ties: ensemble.ByInput, Inputs: []int{2, 1}}, votes("a", "b", "", "a", "b"), "b", 0.5, "a 2 b 2"},
		"tie, input voted for none": {ensemble.Poll{Ties: ensemble.ByInput, Inputs: []int{0}}, votes("c", "b", "a", "a", "b"), "", 0.4, "b 2 a 2 c 1"},
		"tie, order":                {ensemble.Poll{Ties: ensemble.ByOrder, Order: []string{"c", "b", "a"}}, votes("a", "b"), "b", 0.5, "a 1 b 1"},
		"tie, order says nothing":   {ensemble.Poll{Ties: ensemble.ByOrder, Order: []string{"c"}}, votes("a", "b"), "", 0.5, "a 1 b 1"},
		"skip":                      {ensemble.Poll{Missing: ensemble.Skip}, votes("a", "", ""), "a", 1, "a 1"},
		"count":                     {ensemble.Poll{Missing: ensemble.Count}, votes("a", "", ""), "", 2. / 3, " 2 a 1"},
		"count, first does not win": {ensemble.Poll{Missing: ensemble.Count, Ties: ensemble.FirstInput}, votes("", "a"), "a", 0.5, " 1 a 1"},
		"none":                      {ensemble.Poll{Missing: ensemble.None}, votes("a", "", "a"), "-", 0, ""},
		"too few":                   {ensemble.Poll{Least: 2}, votes("a", "", ""), "-", 0, ""},
		"nothing":                   {ensemble.Poll{Missing: ensemble.Count}, votes("", ""), "-", 0, ""},
	} {
		if c.poll.Weights == nil {
			c.poll.Weights = even(len(c.votes))
		}
		d := c.poll.Decide(c.votes)
		tallies := ""
		for _, t := range d.Tallies {
			tallies += fmt.Sprint(" ", t.Code, " ", t.Weight)
		}
		if len(tallies) > 0 {
			tallies = tallies[1:]
		}
		if d.Winner.Code != c.want && (c.want != "-" || d.Counted) || d.Counted == (c.want == "-") || math.Abs(d.Share-c.share) > 1e-12 || tallies != c.tallies {
			t.Errorf("%s: %+v, %q", name, d, tallies)
		}
		if again := c.poll.Decide(c.votes); !cmp.Equal(d, again) {
			t.Errorf("%s: another time %+v", name, again)
		}
	}
}

func drawn(r *rapid.T) (ensemble.Poll, []ensemble.Vote) {
	n := rapid.IntRange(1, 7).Draw(r, "inputs")
	p := ensemble.Poll{Missing: rapid.SampledFrom([]ensemble.Missing{ensemble.Skip, ensemble.Count, ensemble.None}).Draw(r, "missing"),
		Ties:   rapid.SampledFrom([]ensemble.Ties{ensemble.NoWinner, ensemble.FirstInput, ensemble.ByInput, ensemble.ByOrder}).Draw(r, "ties"),
		Least:  rapid.IntRange(1, 3).Draw(r, "least"),
		Inputs: rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 3).Draw(r, "deciding"),
		Order:  rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 0, 4).Draw(r, "order")}
	var codes []string
	for range n {
		codes = append(codes, rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(r, "vote"))
		p.Weights = append(p.Weights, float64(rapid.IntRange(1, 4).Draw(r, "weight")))
	}
	return p, votes(codes...)
}

// A vote gives what counting on one's fingers gives: each category in turn.
func TestNaive(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p, all := drawn(r)
		d := p.Decide(all)
		weight := func(v ensemble.Vote) (w float64) {
			for i := range all {
				if all[i] == v {
					w += p.Weights[i]
				}
			}
			return w
		}
		none := ensemble.Vote{}
		candidates := votes("a", "b", "c")
		nulls := 0
		for _, v := range all {
			if v == none {
				nulls++
			}
		}
		if len(all)-nulls < p.Least || p.Missing == ensemble.None && nulls > 0 {
			if d.Counted || d.Winner.Cast {
				r.Fatalf("%+v of %v", d, all)
			}
			return
		}
		if p.Missing == ensemble.Count {
			candidates = append(candidates, none)
		}
		total, most, leaders := 0., 0., []ensemble.Vote{}
		for _, c := range candidates {
			total += weight(c)
			switch w := weight(c); {
			case w > most:
				most, leaders = w, []ensemble.Vote{c}
			case w == most && w > 0:
				leaders = append(leaders, c)
			}
		}
		want := leaders[0]
		if len(leaders) > 1 {
			var wishes []ensemble.Vote
			switch p.Ties {
			case ensemble.FirstInput:
				wishes = all
			case ensemble.ByInput:
				for _, i := range p.Inputs {
					wishes = append(wishes, all[i])
				}
			case ensemble.ByOrder:
				wishes = votes(p.Order...)
			}
			want = none
			for _, w := range slices.Backward(wishes) {
				if w != none && slices.Contains(leaders, w) {
					want = w
				}
			}
		}
		if !d.Counted || d.Winner != want || d.Tied != (len(leaders) > 1) || math.Abs(d.Share-most/total) > 1e-12 {
			r.Fatalf("%+v of %v by %+v, want %v with %g of %g", d, all, p, want, most, total)
		}
	})
}

// Each input twice changes nothing but the weights.
func TestTwins(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p, all := drawn(r)
		p.Least = 1
		twice := p
		twice.Weights = slices.Concat(p.Weights, p.Weights)
		a, b := p.Decide(all), twice.Decide(slices.Concat(all, all))
		if a.Winner != b.Winner || a.Tied != b.Tied || math.Abs(a.Share-b.Share) > 1e-12 || len(a.Tallies) != len(b.Tallies) {
			r.Fatalf("%+v, and each twice %+v", a, b)
		}
	})
}

func TestMean(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, c := range map[string]struct {
		values, weights []float64
		missing         ensemble.Missing
		least           int
		want            ensemble.Average
	}{
		"even":      {[]float64{1, 2, 6}, even(3), ensemble.Skip, 1, ensemble.Average{N: 3, Counted: true, Mean: 3, Low: 1, High: 6}},
		"weighted":  {[]float64{1, 3}, []float64{3, 1}, ensemble.Skip, 1, ensemble.Average{N: 2, Counted: true, Mean: 1.5, Low: 1, High: 3}},
		"skipped":   {[]float64{nan, 3, inf}, even(3), ensemble.Skip, 1, ensemble.Average{N: 1, Counted: true, Mean: 3, Low: 3, High: 3}},
		"none":      {[]float64{nan, 3}, even(2), ensemble.None, 1, ensemble.Average{N: 1}},
		"too few":   {[]float64{nan, 3}, even(2), ensemble.Skip, 2, ensemble.Average{N: 1}},
		"nothing":   {[]float64{nan, -inf}, even(2), ensemble.Skip, 1, ensemble.Average{}},
		"no excess": {[]float64{0.1, 0.1, 0.1}, even(3), ensemble.Skip, 1, ensemble.Average{N: 3, Counted: true, Mean: 0.1, Low: 0.1, High: 0.1}},
		"large":     {[]float64{1e308, 1e308}, even(2), ensemble.Skip, 1, ensemble.Average{N: 2, Counted: true, Mean: 1e308, Low: 1e308, High: 1e308}},
	} {
		got := ensemble.Mean(c.values, c.weights, c.missing, c.least)
		if d := cmp.Diff(c.want, got, cmpopts.EquateApprox(1e-12, 0)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 8).Draw(r, "values")
		sum := 0.
		for _, v := range values {
			sum += v
		}
		a := ensemble.Mean(values, even(len(values)), ensemble.Skip, 1)
		if math.Abs(a.Mean-sum/float64(len(values))) > 1e-6 || a.Mean < slices.Min(values) || a.Mean > slices.Max(values) {
			r.Fatalf("%+v of %v", a, values)
		}
	})
}
