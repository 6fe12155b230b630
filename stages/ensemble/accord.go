package ensemble

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/stage"
)

// accord follows how often inputs have the code that was merged. Inputs whose
// categories are none of the result's are left out.
type accord struct {
	names      []string
	at         []int   // of the inputs compared
	both, same []int64 // rows where input and result have a code, and the same one
}

// newAccord compares the inputs that share a category with the result. all says
// that every input does.
func newAccord(inputs []input, categories []string, all bool) *accord {
	a := &accord{}
	for i, p := range inputs {
		if all || slices.ContainsFunc(p.known, func(code string) bool { return slices.Contains(categories, code) }) {
			a.names, a.at = append(a.names, p.name), append(a.at, i)
		}
	}
	a.both, a.same = make([]int64, len(a.at)), make([]int64, len(a.at))
	return a
}

// meet names the inputs that have the code in a row, as `CLIP; GPT`.
func (a *accord) meet(code string, input func(i int) (string, bool)) string {
	var names []string
	for k, i := range a.at {
		theirs, ok := input(i)
		if !ok {
			continue
		}
		a.both[k]++
		if theirs == code {
			a.same[k]++
			names = append(names, a.names[k])
		}
	}
	return strings.Join(names, "; ")
}

// tell states the figures.
func (a *accord) tell(l stage.Ledger) {
	for k, name := range a.names {
		l.Fact("agreement of "+name, share(a.same[k], a.both[k], "rows with both codes"))
	}
}

// share words a part of a whole.
func share(part, whole int64, of string) string {
	if whole == 0 {
		return "no " + of
	}
	return fmt.Sprintf("%d of %d %s (%.1f %%)", part, whole, of, 100*float64(part)/float64(whole))
}

// agreed is the column for the names of inputs.
func (m merger) agreed() arrow.Field {
	return m.field(m.id+"_agreed", arrow.BinaryTypes.String, stage.Agreed)
}
