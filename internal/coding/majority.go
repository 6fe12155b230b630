package coding

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/stage"
)

// majority returns for each field the value that most runs have, with the share
// of the runs that have it. In a tie the value is null and the share that of
// each of the first. No value is a value too. An explanation, which fields tell,
// is that of the first run with the winning value of its variable.
func majority(runs [][]any, fields ...arrow.Field) (values []any, shares []float64) {
	for field := range runs[0] {
		decides := explained(fields, field)
		votes := map[string]int{}
		most := 0
		for _, r := range runs {
			votes[name(r[decides])]++
			most = max(most, votes[name(r[decides])])
		}
		winners := 0
		for _, n := range votes {
			if n == most {
				winners++
			}
		}
		var winner any
		if winners == 1 {
			first := slices.IndexFunc(runs, func(r []any) bool { return votes[name(r[decides])] == most })
			winner = runs[first][field]
		}
		values, shares = append(values, winner), append(shares, float64(most)/float64(len(runs)))
	}
	return values, shares
}

// explained returns the field whose value the field at i explains; i itself
// where it is no explanation.
func explained(fields []arrow.Field, i int) int {
	if i >= len(fields) || stage.RoleOf(fields[i]) != stage.Explanation {
		return i
	}
	for at, f := range fields {
		if at != i && stage.VariableOf(f) == stage.VariableOf(fields[i]) {
			return at
		}
	}
	return i
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
