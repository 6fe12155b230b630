package bench

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkLock runs the built program over 300,000 posts through load, filter, select,
// sample and save, with and without the lock by turns, and reports the ratio of the
// medians: what it costs to state the sums of all that a run reads and yields. The bound
// is 1.25. Then it reports how long verify takes against a run.
func BenchmarkLock(b *testing.B) {
	dir := b.TempDir()
	program := filepath.Join(dir, "icono")
	if out, err := exec.Command("go", "build", "-o", program, "icono/cmd/icono").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	if err := WriteTable(filepath.Join(dir, "posts.csv"), 300_000); err != nil {
		b.Fatal(err)
	}
	if _, err := WritePipeline(dir, "posts.csv", "out.csv", 5); err != nil {
		b.Fatal(err)
	}
	took := func(args ...string) float64 {
		start := time.Now()
		if out, err := exec.Command(program, append(args, dir)...).CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		return time.Since(start).Seconds()
	}
	took("run")
	var with, without, verified []float64
	for range 7 {
		without = append(without, took("run", "--no-lock"))
		with = append(with, took("run"))
		verified = append(verified, took("verify"))
	}
	b.ReportMetric(median(with)/median(without), "x-with-lock")
	b.ReportMetric(median(verified)/median(without), "x-verify-of-run")
	b.ReportMetric(0, "ns/op")
}
