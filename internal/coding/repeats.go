package coding

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/agreement"
	"icono/internal/stage"
)

// mostCodes is how many different texts a field of a prompt of one's own has at most,
// if they are codes.
const mostCodes = 1000

// repeats follows how far several codings of each row agree, field by field. Words of
// the coder's own are left out: no two runs have them in common.
type repeats struct {
	fields []arrow.Field
	at     []int // of those that are followed
	tally  []agreement.Tally
}

func newRepeats(fields []arrow.Field) *repeats {
	s := &repeats{fields: fields, tally: make([]agreement.Tally, len(fields))}
	for i, f := range fields {
		ofBook := stage.DocumentationOf(f).Source != ""
		if stage.RoleOf(f) != stage.Explanation && !(ofBook && f.Type.ID() == arrow.STRING) {
			s.at = append(s.at, i)
		}
	}
	return s
}

// words reports whether a field turned out to hold no codes.
func (s *repeats) words(i int) bool {
	return s.fields[i].Type.ID() == arrow.STRING && s.tally[i].Codes() > mostCodes
}

// add counts what several runs said of a row.
func (s *repeats) add(runs [][]any) {
	for _, i := range s.at {
		if s.words(i) {
			continue
		}
		var codes []string
		for _, values := range runs {
			if values[i] != nil {
				codes = append(codes, plain(values[i]))
			}
		}
		s.tally[i].Add(codes...)
	}
}

// tell states the figures.
func (s *repeats) tell(l stage.Ledger, runs int) {
	for _, i := range s.at {
		if s.words(i) {
			continue
		}
		text := "not defined: no two different values"
		if alpha, level, known := s.tally[i].Alpha(agreement.ScaleOf(s.fields[i])); known {
			text = fmt.Sprintf("%.3f (%s)", alpha, level)
		}
		l.Fact("alpha of "+s.fields[i].Name, fmt.Sprintf("%s; %d rows, %d codings each", text, s.tally[i].Units(), runs))
	}
}

// plain is a value as text, as scales write it. The order of a list of codes says
// nothing.
func plain(v any) string {
	if list, ok := v.([]string); ok {
		return fmt.Sprintf("%q", slices.Sorted(slices.Values(list)))
	}
	return strings.TrimSpace(fmt.Sprint(v))
}
