package answers

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// candidates is how many stored requests a missing one is compared with.
const candidates = 64

// MissError says that a replay has no answer to a request, and how the nearest
// stored request of the stage differs.
type MissError struct {
	Stage, Row string
	Key        Key
	Mode       Mode
	// Nearest is the stored request with the fewest differences; nil where the
	// stage has none.
	Nearest     *Request
	Differences []Difference
}

func (e *MissError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "stage %q, row %q: no answer to this request is recorded, and record mode %s asks nothing", e.Stage, e.Row, e.Mode)
	switch {
	case e.Nearest == nil:
		b.WriteString(". The stage has no recorded requests at all: its cassette or its .icono folder may have been left out, or the stage renamed")
	case e.Nearest.Row == e.Row:
		b.WriteString(". What was recorded for this row differs in ")
	default:
		fmt.Fprintf(&b, ". The nearest recorded request, of row %q, differs in ", e.Nearest.Row)
	}
	for i, d := range e.Differences {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(d.String())
	}
	b.WriteString(". To ask for what is missing, run with record mode new_episodes")
	return b.String()
}

// miss explains a missing answer: the row's own requests are compared, or else
// some of the stage's.
func (s *Session) miss(ctx context.Context, k Key, r Request) error {
	e := &MissError{Stage: s.stage, Row: r.Row, Key: k, Mode: s.o.Mode}
	least := 0
	for _, ofRow := range []bool{true, false} {
		near, err := s.near(ctx, r.Row, ofRow)
		if err != nil {
			return err
		}
		for _, one := range near {
			d := Compare(r, one)
			if n := weight(d); e.Nearest == nil || n < least {
				e.Nearest, e.Differences, least = &one, d, n
			}
		}
		if e.Nearest != nil {
			break
		}
	}
	return e
}

// weight orders lists of differences: the same provider first, then few differing
// parts, then few places.
func weight(all []Difference) int {
	parts := map[string]bool{}
	for _, d := range all {
		parts[d.Part] = true
	}
	if parts["provider"] {
		return 1<<48 + len(all)
	}
	return len(parts)<<32 + len(all)
}

// near returns stored requests of the stage, newest first, of one row or of
// any.
func (s *Session) near(ctx context.Context, row string, ofRow bool) ([]Request, error) {
	var all []Request
	if st := s.o.Store; st != nil {
		var uses []use
		// The newest of a stage would need a sort of all its uses; any will do.
		text, args := `SELECT row, key FROM uses WHERE stage = ? LIMIT ?`, []any{s.stage, candidates}
		if ofRow {
			text, args = `SELECT u.row, u.key FROM uses u JOIN requests r ON r.key = u.key WHERE u.stage = ? AND u.row = ? ORDER BY r.rowid DESC LIMIT ?`, []any{s.stage, row, candidates}
		}
		err := st.list(ctx, func(scan func(...any) error) error {
			var u use
			var key []byte
			var row string
			err := scan(&row, &key)
			u.rows = []string{row}
			copy(u.key[:], key)
			uses = append(uses, u)
			return err
		}, text, args...)
		if err != nil {
			return nil, err
		}
		for _, u := range uses {
			r, err := st.now(ctx).request(u.key)
			if err != nil {
				return nil, st.explain(err)
			}
			r.Row = u.rows[0]
			all = append(all, r)
		}
	}
	if c := s.o.Cassette; c != nil {
		more, err := c.near(row, ofRow)
		if err != nil {
			return nil, err
		}
		all = slices.Concat(all, more)
	}
	return all, nil
}
