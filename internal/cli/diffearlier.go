package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
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
		var err error
		if lists[i], err = lock.ReadList(s.plan.Doc.File.Name); err != nil {
			return nil // a version without a list does not say
		}
	}
	const most = 10
	n := 0
	tell := func(path, what string) {
		if n++; n <= most {
			changes = append(changes, "the picture "+path+" "+what)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(lists[0])) {
		now, known := lists[1][path]
		_, err := lock.SumFile(after.library, path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			tell(path, "is gone")
		case known && now != lists[0][path]:
			tell(path, "changed")
		}
	}
	if n > most {
		changes = append(changes, fmt.Sprintf("and %d pictures more changed", n-most))
	}
	return changes
}
