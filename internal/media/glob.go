package media

import (
	"path"
	"strings"
)

// hasMeta reports whether a path is a pattern.
func hasMeta(p string) bool { return strings.ContainsAny(p, "*?[") }

// checkGlob reports a malformed pattern.
func checkGlob(pattern string) error {
	for _, part := range strings.Split(pattern, "/") {
		if _, err := path.Match(part, ""); err != nil {
			return err
		}
	}
	return nil
}

// matchGlob reports whether name fits pattern, both with slashes: each part as
// path.Match has it, and a part "**" stands for any number of parts, also none.
// It takes time in the product of the numbers of parts.
func matchGlob(pattern, name string) bool {
	p, n := strings.Split(pattern, "/"), strings.Split(name, "/")
	i, j := 0, 0
	star, mark := -1, 0 // the last "**" and what it has swallowed up to
	for j < len(n) {
		switch {
		case i < len(p) && p[i] == "**":
			star, mark = i, j
			i++
		case i < len(p) && matchPart(p[i], n[j]):
			i, j = i+1, j+1
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == "**" {
		i++
	}
	return i == len(p)
}

func matchPart(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}
