// Package suggest finds what a mistyped word was meant to be.
package suggest

import (
	"slices"
	"strings"
)

// Nearest returns the candidate that is most like the word, or "" if none is
// like it: at most a third of its letters differ, counted as edits with
// transpositions, or it is the same but for case, spaces, `-` and `_`.
func Nearest(word string, candidates []string) string {
	best, least := "", max(1, (len([]rune(word))+1)/3)+1
	for _, c := range candidates {
		if plain(c) == plain(word) {
			return c
		}
		if d := distance([]rune(strings.ToLower(word)), []rune(strings.ToLower(c))); d < least {
			best, least = c, d
		}
	}
	return best
}

// Hint words a suggestion: `did you mean "label"?`, or the candidates if they
// are few, or "".
func Hint(word string, candidates []string) string {
	if near := Nearest(word, candidates); near != "" {
		return "did you mean `" + near + "`?"
	}
	if len(candidates) == 0 || len(candidates) > 24 {
		return ""
	}
	return "there is " + strings.Join(quoted(candidates), ", ")
}

func quoted(words []string) []string {
	out := slices.Clone(words)
	for i, w := range out {
		out[i] = "`" + w + "`"
	}
	return out
}

func plain(word string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(word))
}

// distance is the optimal string alignment distance: insertions, deletions,
// substitutions and transpositions of neighbours.
func distance(a, b []rune) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		two, one, row := rows[0], rows[1], rows[2]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(one[j]+1, row[j-1]+1, one[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
		rows = [3][]int{one, row, two}
	}
	return rows[1][len(b)]
}
