package bench

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// BenchmarkMemory runs the built program over a table and over one of ten
// times the rows, through load, filter, select, sample and save, and reports
// the ratio of the peaks of resident memory. The bound is 1.10. The smaller
// table saved to Parquet has several row groups, so that both runs hold one.
func BenchmarkMemory(b *testing.B) {
	dir := b.TempDir()
	program := filepath.Join(dir, "icono")
	if out, err := exec.Command("go", "build", "-o", program, "icono/cmd/icono").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for _, c := range []struct {
		format string
		rows   int
	}{{"csv", 100_000}, {"parquet", 300_000}} {
		b.Run(c.format, func(b *testing.B) {
			var peaks []float64
			for _, n := range []int{c.rows, 10 * c.rows} {
				if err := WriteTable(filepath.Join(dir, "posts.csv"), n); err != nil {
					b.Fatal(err)
				}
				if _, err := WritePipeline(dir, "posts.csv", "out."+c.format, 5); err != nil {
					b.Fatal(err)
				}
				// A child's peak counts that of its parent at the fork, so this
				// process must stay small: the table is written in pieces.
				peaks = append(peaks, peak(b, program, dir))
			}
			b.ReportMetric(peaks[0]/(1<<20), "MB-1x")
			b.ReportMetric(peaks[1]/(1<<20), "MB-10x")
			b.ReportMetric(peaks[1]/peaks[0], "x-memory-10x-rows")
		})
	}
}

// peak runs a pipeline and returns the peak of resident memory in bytes, the
// median of three runs.
func peak(b *testing.B, program, dir string) float64 {
	var seen []float64
	for range 3 {
		cmd := exec.Command(program, "run", dir)
		cmd.Env = append(os.Environ(), "TMPDIR="+dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		seen = append(seen, float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)*1024)
	}
	return seen[0] + seen[1] + seen[2] - max(seen[0], seen[1], seen[2]) - min(seen[0], seen[1], seen[2])
}
