package cli

import (
	"cmp"
	"fmt"

	"icono/internal/diag"
)

// earlierError says that there is no earlier version to compare with, or none that can
// be run here.
type earlierError struct{ err error }

func (e *earlierError) Error() string { return e.err.Error() }
func (e *earlierError) Unwrap() error { return e.err }

// tellUnlike warns of pictures that an earlier version cannot be run with.
func (a *app) tellUnlike(version string, s *study) (changes []string) {
	if len(s.unlike) == 0 {
		return nil
	}
	for _, path := range s.unlike {
		changes = append(changes, fmt.Sprintf("the picture %s is another, and git does not keep the earlier one: its row is compared as if it had been the same", path))
	}
	fmt.Fprintf(a.Err, "warning: %s not those that %s was run with, and git does not keep them: what they change in codes cannot be told\n  `icono answers export --vectors --pictures` records what is needed of pictures from now on\n", count(len(s.unlike), "picture is", "pictures are"), diag.Printable(cmp.Or(version, "HEAD")))
	return changes
}
