package join_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"icono/internal/option"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/join"
)

// joined runs a join without a test's clean-up, for property tests.
func joined(t *testing.T, c *join.Config, l, r stagetest.Input, batch int) ([][]any, error) {
	env, _ := stagetest.Env(t, memory.DefaultAllocator)
	table := func(in stagetest.Input) stage.Table {
		return stage.Table{Schema: in.Schema, Rows: stagetest.Batches(stagetest.Record(t, memory.DefaultAllocator, in.Schema, in.Rows...), batch, true)}
	}
	return stagetest.Collect(join.Kind().Build("j", c).Run(t.Context(), env, []stage.Table{table(l), table(r)}))
}

// A join gives what two nested loops give.
func TestNestedLoops(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		pairs := rapid.IntRange(1, 2).Draw(r, "pairs")
		draw := func(side string) [][]any {
			var rows [][]any
			for i := range rapid.IntRange(0, 25).Draw(r, side) {
				row := []any{nil, nil, fmt.Sprint(side, i)}
				for k := range 2 {
					if n := rapid.IntRange(-1, 4).Draw(r, "key"); n >= 0 {
						row[k] = strings.Repeat("a", n) // so that pairs of texts run together
					}
				}
				rows = append(rows, row)
			}
			return rows
		}
		l := stagetest.Input{Schema: stagetest.Schema(text("a"), stagetest.Dictionary("b"), text("l")), Rows: draw("l")}
		rt := stagetest.Input{Schema: stagetest.Schema(stagetest.Dictionary("a"), text("b"), text("r")), Rows: draw("r")}
		c := config(func(c *join.Config) {
			c.How = rapid.SampledFrom([]string{"left", "inner"}).Draw(r, "how")
			c.Many = rapid.SampledFrom([]string{"error", "first", "all"}).Draw(r, "many")
			c.Prefix = "r_"
		}, []option.Pair{same("a"), same("b")}[:pairs]...)
		got, err := joined(t, c, l, rt, rapid.IntRange(1, 9).Draw(r, "batch"))
		want, twins := naive(c, pairs, l.Rows, rt.Rows)
		if c.Many == "error" && twins {
			if err == nil {
				r.Fatal("no error although keys repeat")
			}
			return
		}
		if err != nil {
			r.Fatal(err)
		}
		if len(got)+len(want) > 0 && !cmp.Equal(want, got) {
			r.Fatal(cmp.Diff(want, got))
		}
	})
}

func naive(c *join.Config, pairs int, l, r [][]any) (rows [][]any, twins bool) {
	equal := func(x, y []any) bool {
		for k := range pairs {
			if x[k] == nil || x[k] != y[k] {
				return false
			}
		}
		return true
	}
	for i := range r {
		for k := range i {
			twins = twins || equal(r[i], r[k])
		}
	}
	for _, x := range l {
		found := false
		for _, y := range r {
			if equal(x, y) && (!found || c.Many == "all") {
				rows, found = append(rows, append(append([]any{}, x...), y[pairs:]...)), true
			}
		}
		if !found && c.How == "left" {
			rows = append(rows, append(append([]any{}, x...), make([]any, 3-pairs)...))
		}
	}
	return rows, twins
}

// Joining paths gives what comparing each path with every other gives.
func TestPaths(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		draw := func(label string) (rows [][]any) {
			for range rapid.IntRange(0, 12).Draw(r, label) {
				parts := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ab"}), 1, 4).Draw(r, "path")
				rows = append(rows, []any{rapid.SampledFrom([]string{"", "/", "./"}).Draw(r, "start") + strings.Join(parts, "/")})
			}
			return rows
		}
		l := stagetest.Input{Schema: stagetest.Schema(text("p")), Rows: draw("left")}
		rt := stagetest.Input{Schema: stagetest.Schema(text("p"), num("n")), Rows: draw("right")}
		for i := range rt.Rows {
			rt.Rows[i] = append(rt.Rows[i], i)
		}
		c := config(func(c *join.Config) { c.Match, c.Many = "path", "all" }, same("p"))
		got, err := joined(t, c, l, rt, 3)
		if err != nil {
			r.Fatal(err)
		}
		var want [][]any
		for _, x := range l.Rows {
			found := nearest(x[0].(string), rt.Rows)
			for _, n := range found {
				want = append(want, []any{x[0], int64(n)})
			}
			if len(found) == 0 {
				want = append(want, []any{x[0], nil})
			}
		}
		if len(got)+len(want) > 0 && !cmp.Equal(want, got) {
			r.Fatal(cmp.Diff(want, got))
		}
	})
}

func nearest(p string, rows [][]any) (found []int) {
	split := func(p string) []string {
		parts := strings.Split(strings.TrimPrefix(strings.TrimPrefix(p, "."), "/"), "/")
		for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
			parts[i], parts[j] = parts[j], parts[i]
		}
		return parts
	}
	a, best, whole := split(p), 0, false
	for i, row := range rows {
		b := split(row[0].(string))
		n := 0
		for n < len(a) && n < len(b) && a[n] == b[n] {
			n++
		}
		equal := n == len(a) && n == len(b)
		switch {
		case n == 0 || n < best || n == best && whole && !equal:
			continue
		case n > best || equal && !whole:
			best, whole, found = n, equal, nil
		}
		if n == len(a) || n == len(b) || n > 1 {
			found = append(found, i)
		}
	}
	return found
}
