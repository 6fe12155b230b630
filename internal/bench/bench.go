// Package bench measures the program as a whole: how long a file takes to
// check, what the engine adds to the work of the stages, whether memory stays
// flat, and how near the CLIP stage comes to what the machine allows. `make
// bench` runs it. Figures are ratios to something measured in the same run.
package bench

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// WriteTable writes a CSV file of n rows like an export of posts, with a
// fixed seed.
func WriteTable(path string, n int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("ID,Username,Caption,Likes,Score\n")
	for i := range n {
		fmt.Fprintf(&b, "%019d,account_%d,\"a caption, with a comma and some words %d\",%d,%.4f\n", 2_600_000_000_000_000_000+i, i%17, i, r.IntN(10000), r.Float64())
		if b.Len() > 1<<20 {
			if _, err := f.WriteString(b.String()); err != nil {
				return err
			}
			b.Reset()
		}
	}
	if _, err := f.WriteString(b.String()); err != nil {
		return err
	}
	return f.Close()
}

// WritePipeline writes a pipeline file of n stages over a table: filters,
// derived columns and samples in turn, and a save to a file out at the end.
func WritePipeline(dir, table, out string, n int) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\nname: bench\nseed: 7\nstages:\n  - id: posts\n    kind: load\n    with: {path: %s, key: ID}\n", table)
	for i := 1; i < n-1; i++ {
		fmt.Fprintf(&b, "  - id: s%d\n", i)
		switch i % 3 {
		case 0:
			fmt.Fprintf(&b, "    kind: sample\n    with: {share: 0.999, column: p%d}\n", i)
		case 1:
			fmt.Fprintf(&b, "    kind: filter\n    with: {where: 'Likes >= 0 and Username != \"account_%d\"'}\n", 100+i)
		default:
			fmt.Fprintf(&b, "    kind: select\n    with:\n      derive: {d%d: 'Likes * %d + Score'}\n", i, i)
		}
	}
	fmt.Fprintf(&b, "  - id: out\n    kind: save\n    with: {path: %s}\n", out)
	path := filepath.Join(dir, "pipeline.yaml")
	return path, os.WriteFile(path, []byte(b.String()), 0o644)
}
