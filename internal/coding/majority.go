package coding

import (
	"fmt"
	"slices"
	"strings"
)

// majority returns for each field the value that most runs have, with the share
// of the runs that have it. In a tie the value is null and the share that of
// each of the first. No value is a value too.
func majority(runs [][]any) (values []any, shares []float64) {
	for field := range runs[0] {
		votes := map[string]int{}
		most := 0
		for _, r := range runs {
			votes[name(r[field])]++
			most = max(most, votes[name(r[field])])
		}
		var winner any
		winners := 0
		for _, n := range votes {
			if n == most {
				winners++
			}
		}
		for _, r := range runs {
			if winners == 1 && votes[name(r[field])] == most {
				winner = r[field]
			}
		}
		values, shares = append(values, winner), append(shares, float64(most)/float64(len(runs)))
	}
	return values, shares
}

// name is the same for equal values and differs for others. The order of a
// list of codes says nothing.
func name(v any) string {
	if list, ok := v.([]string); ok {
		list = slices.Clone(list)
		slices.Sort(list)
		return fmt.Sprintf("%T %q", v, list)
	}
	return strings.TrimSpace(fmt.Sprintf("%T %v", v, v))
}
