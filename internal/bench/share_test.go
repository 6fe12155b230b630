package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkShare gives the time that sharing a study of 50,000 posts of 2,000 accounts
// takes, with two texts a post in which names stand, as a multiple of running it.
func BenchmarkShare(b *testing.B) {
	dir := b.TempDir()
	program := filepath.Join(dir, "icono")
	if out, err := exec.Command("go", "build", "-o", program, "icono/cmd/icono").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	study := filepath.Join(dir, "study")
	var table strings.Builder
	table.WriteString("ID,Username,Caption,Comment,likes\n")
	for i := range 50_000 {
		who, other := fmt.Sprintf("account.%d_x", i*7%2000), fmt.Sprintf("account.%d_x", i*13%2000)
		fmt.Fprintf(&table, "26574845%011d,%s,Heute mit @%s am Marktplatz; alles unter https://example.org/p/%d und bei %s,\"Danke, @%s und @nobody.%d!\",%d\n", i, who, other, i, who, other, i, i%997)
	}
	if err := os.MkdirAll(study, 0o755); err != nil {
		b.Fatal(err)
	}
	for name, text := range map[string]string{"posts.csv": table.String(), "pipeline.yaml": `version: 1
stages:
  - {id: posts, kind: load, with: {path: posts.csv, key: ID}}
  - {id: some, kind: filter, with: {where: 'likes > 10 and len(Caption) > 3 and len(Comment) > 3'}}
  - {id: drawn, kind: sample, with: {n: 20, by: Username}}
  - {id: out, kind: save, with: {path: out/posts.csv}}
`} {
		if err := os.WriteFile(filepath.Join(study, name), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	took := func(args ...string) float64 {
		start := time.Now()
		if out, err := exec.Command(program, append(args, study)...).CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		return time.Since(start).Seconds()
	}
	took("run")
	var run, share []float64
	for range 3 {
		run = append(run, took("run"))
		share = append(share, took("share", "--force", "-o", filepath.Join(dir, "shared")))
	}
	b.ReportMetric(median(share)/median(run), "x-share-of-run")
	b.ReportMetric(0, "ns/op")
}
