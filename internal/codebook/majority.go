package codebook

import (
	"fmt"
	"strings"
)

// Vote is what several codings of one item say about a column.
type Vote struct {
	// Value is what most of them have, nil in a tie. nil is a value too.
	Value any
	// Share is the part of the codings that have it, or in a tie that each of
	// the leading values has.
	Share float64
	Tie   bool
}

// Majority compares codings of one item, column by column. The value that most
// codings have wins; where several lead, none does. An explanation is that of
// the first coding with the winning value. There must be a coding.
func (c *Codebook) Majority(codings []Coding) []Vote {
	out := make([]Vote, len(c.columns))
	for i, col := range c.columns {
		at := i
		if col.Explanation {
			at++ // its value stands after it
		}
		votes, first, most := map[string]int{}, map[string]int{}, 0
		for k, coding := range codings {
			name := ballot(coding.Values[at])
			if votes[name]++; votes[name] == 1 {
				first[name] = k
			}
			most = max(most, votes[name])
		}
		leading, winner := 0, 0
		for name, n := range votes {
			if n == most {
				leading, winner = leading+1, first[name]
			}
		}
		out[i] = Vote{Share: float64(most) / float64(len(codings)), Tie: leading > 1}
		if leading == 1 {
			out[i].Value = codings[winner].Values[i]
		}
	}
	return out
}

// ballot is equal for equal values and differs for others. Codes of a list are
// in the codebook's order.
func ballot(v any) string {
	if s, ok := v.([]string); ok {
		return fmt.Sprintf("%q", s)
	}
	return strings.TrimSpace(fmt.Sprintf("%T %v", v, v))
}
