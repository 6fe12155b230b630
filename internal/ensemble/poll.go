// Package ensemble merges what several coders say about one item: votes on a
// category, and means of numbers. It knows neither tables nor models.
package ensemble

import "slices"

// Missing says what an input counts that says nothing about an item.
type Missing string

// Values of Missing.
const (
	Skip  Missing = "skip"  // nothing
	Count Missing = "count" // a vote for no category, a candidate like the others
	None  Missing = "none"  // there is no result for the item
)

// Ties says which of several categories with the most votes wins.
type Ties string

// Values of Ties.
const (
	NoWinner   Ties = "none"
	FirstInput Ties = "first" // that of the first input which voted for one of them
	ByInput    Ties = "input" // that of the first input of a list which voted for one of them
	ByOrder    Ties = "order" // the first of them in a list of categories
)

// closeness is the share of all weights below which two sums of weights are equal:
// 0.1 + 0.2 and 0.3 are a tie.
const closeness = 1e-9

// Poll says how votes are counted.
type Poll struct {
	// Weights are those of the inputs, each above 0.
	Weights []float64
	Missing Missing
	// Least is how many inputs must vote for a category, at least 1.
	Least int
	Ties  Ties
	// Inputs decide a tie by ByInput, Order by ByOrder, the first before the others.
	Inputs []int
	Order  []string
}

// Vote is what one input says.
type Vote struct {
	Code string
	Cast bool // false where it says nothing
}

// Tally is the weight of the votes for a category, or for none.
type Tally struct {
	Vote
	Weight float64
}

// Decision is what became of the votes on one item.
type Decision struct {
	// Winner is the category, not cast where there is none.
	Winner Vote
	// Counted says that there were votes enough to count. If not, only Cast is set.
	Counted bool
	// Cast is the number of inputs that voted for a category.
	Cast int
	// Share is that of the winner, in a tie that of each of the first, of the
	// weight of all votes counted.
	Share float64
	// Tied says that several had the most votes.
	Tied bool
	// Tallies are the votes, heaviest first, equal ones by the order of inputs.
	Tallies []Tally
}

// Unanimous reports whether at least two inputs voted, and all for one category.
func (d Decision) Unanimous() bool { return d.Counted && d.Cast > 1 && len(d.Tallies) == 1 }

// Decide counts the votes of the inputs, one each and in their order.
func (p Poll) Decide(votes []Vote) Decision {
	var d Decision
	for _, v := range votes {
		if v.Cast {
			d.Cast++
		}
	}
	if d.Cast < max(1, p.Least) || p.Missing == None && d.Cast < len(votes) {
		return d
	}
	d.Counted = true
	var total float64
	for i, v := range votes {
		if !v.Cast {
			if p.Missing != Count {
				continue
			}
			v.Code = ""
		}
		total += p.Weights[i]
		at := slices.IndexFunc(d.Tallies, func(t Tally) bool { return t.Vote == v })
		if at < 0 {
			at, d.Tallies = len(d.Tallies), append(d.Tallies, Tally{Vote: v})
		}
		d.Tallies[at].Weight += p.Weights[i]
	}
	var most float64
	for _, t := range d.Tallies {
		most = max(most, t.Weight)
	}
	var first []Vote
	for _, t := range d.Tallies {
		if t.Weight >= most-closeness*total {
			first = append(first, t.Vote)
		}
	}
	d.Share = most / total
	d.Tied = len(first) > 1
	d.Winner = first[0]
	if d.Tied {
		d.Winner = p.settle(first, votes)
	}
	slices.SortStableFunc(d.Tallies, func(a, b Tally) int {
		switch diff := b.Weight - a.Weight; {
		case diff > closeness*total:
			return 1
		case diff < -closeness*total:
			return -1
		}
		return 0
	})
	return d
}

// settle decides a tie. No category never wins one.
func (p Poll) settle(first, votes []Vote) Vote {
	if p.Ties == ByOrder {
		for _, code := range p.Order {
			if v := (Vote{code, true}); slices.Contains(first, v) {
				return v
			}
		}
		return Vote{}
	}
	deciding := p.Inputs
	switch p.Ties {
	case NoWinner:
		deciding = nil
	case FirstInput:
		deciding = nil
		for i := range votes {
			deciding = append(deciding, i)
		}
	}
	for _, i := range deciding {
		if v := votes[i]; v.Cast && slices.Contains(first, v) {
			return v
		}
	}
	return Vote{}
}
