package cli

import (
	"cmp"
	"fmt"
	"os"
	"slices"

	"icono/internal/diag"
	"icono/internal/lock"
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

// picturesChanged names the pictures that differ by the lists of two versions.
func picturesChanged(before, after *study) (changes []string) {
	var lists [2]map[string]lock.Sum
	for i, s := range []*study{before, after} {
		text, err := os.ReadFile(lock.ListPath(s.plan.Doc.File.Name))
		if err != nil {
			return nil // a version that has no list does not say
		}
		if lists[i], err = lock.ParseList(string(text)); err != nil {
			return nil
		}
	}
	var names []string
	for path, sum := range lists[1] {
		if was, known := lists[0][path]; known && was != sum {
			names = append(names, path)
		}
	}
	slices.Sort(names)
	const most = 10
	for i, path := range names {
		if i == most {
			return append(changes, fmt.Sprintf("and %d pictures more changed", len(names)-most))
		}
		changes = append(changes, "the picture "+path+" changed")
	}
	return changes
}
