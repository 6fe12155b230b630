package answers

import (
	"context"
	"slices"
	"strings"
)

// Reason says why a request has no stored answer: which parts differ from what was
// asked about the same row, such as "prompt, parameter", or "" where nothing was
// asked about it.
func (s *Session) Reason(ctx context.Context, r Request) (string, error) {
	near, err := s.near(ctx, r.Row, true)
	if err != nil || len(near) == 0 {
		return "", err
	}
	var best []Difference
	for i, one := range near {
		if d := Compare(r, one); i == 0 || weight(d) < weight(best) {
			best = d
		}
	}
	var parts []string
	for _, d := range best {
		if !slices.Contains(parts, d.Part) {
			parts = append(parts, d.Part)
		}
	}
	return strings.Join(parts, ", "), nil
}

// Near returns stored requests of a row, the newest first.
func (s *Session) Near(ctx context.Context, row string) ([]Request, error) {
	return s.near(ctx, row, true)
}
