package join

import (
	"bytes"
	"slices"
)

// suffixes is an index of paths by their ends: the paths, components reversed,
// in order, so that those with the longest common end are neighbours.
type suffixes struct {
	rows  []int // in the order of reversed
	paths [][]byte
}

// separator sorts before everything that a component can hold.
const separator = 0

// reverse turns `./a/b.jpg` into `b.jpg`, separator, `a`, separator.
func reverse(path []byte) []byte {
	out := make([]byte, 0, len(path)+1)
	end := len(path)
	for i := len(path) - 1; i >= -1; i-- {
		if i >= 0 && path[i] != '/' && path[i] != '\\' {
			continue
		}
		if part := path[i+1 : end]; len(part) > 0 && string(part) != "." {
			out = append(append(out, part...), separator)
		}
		end = i
	}
	return out
}

// newSuffixes indexes an arena of paths.
func newSuffixes(a *arena) *suffixes {
	s := &suffixes{}
	reversed := make([][]byte, len(a.ends))
	for row := range a.ends {
		if reversed[row] = reverse(a.at(row)); !a.null[row] && len(reversed[row]) > 0 {
			s.rows = append(s.rows, row)
		}
	}
	slices.SortStableFunc(s.rows, func(x, y int) int { return bytes.Compare(reversed[x], reversed[y]) })
	for _, row := range s.rows {
		s.paths = append(s.paths, reversed[row])
	}
	return s
}

// common returns how many components two reversed paths share from their
// beginning, and how many bytes those have.
func common(a, b []byte) (components, size int) {
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if a[i] == separator {
			components, size = components+1, i+1
		}
	}
	return components, size
}

// find returns the rows whose paths have the longest common end with a path:
// either is the end of the other, or folder and file name agree. A path that is
// equal beats one that is longer.
func (s *suffixes) find(dst []int, path []byte) []int {
	p := reverse(path)
	at, _ := slices.BinarySearchFunc(s.paths, p, bytes.Compare)
	best := 0
	for _, i := range []int{at - 1, at} {
		if i >= 0 && i < len(s.paths) {
			n, _ := common(s.paths[i], p)
			best = max(best, n)
		}
	}
	if best == 0 {
		return dst
	}
	from := len(dst)
	equal := false
	visit := func(i int) bool {
		n, size := common(s.paths[i], p)
		if n < best {
			return false
		}
		whole := size == len(p) || size == len(s.paths[i])
		if same := size == len(p) && size == len(s.paths[i]); same != equal && (same || equal) {
			if !same {
				return true
			}
			equal, dst = true, dst[:from]
		}
		if whole || n > 1 {
			dst = append(dst, s.rows[i])
		}
		return true
	}
	for i := at - 1; i >= 0 && visit(i); i-- {
	}
	for i := at; i < len(s.paths) && visit(i); i++ {
	}
	slices.Sort(dst[from:])
	return dst
}

func (s *suffixes) twins() (int, []twin) {
	count, some := 0, []twin(nil)
	for i := 1; i < len(s.paths); i++ {
		if !bytes.Equal(s.paths[i], s.paths[i-1]) {
			continue
		}
		if count++; len(some) < shownTwins {
			some = append(some, twin{s.rows[i-1], s.rows[i]})
		}
	}
	return count, some
}
