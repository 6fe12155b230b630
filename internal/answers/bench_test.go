package answers

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// BenchmarkRerun looks up the 50,000 answers of a finished stage.
func BenchmarkRerun(b *testing.B) {
	const rows = 50_000
	s := open(b, b.TempDir())
	one := begin(b, Options{Store: s, Mode: NewEpisodes})
	var all []Recorded
	for row := range rows {
		a, _ := says(fmt.Sprint(row))(b.Context())
		all = append(all, Recorded{Request: prompt(row), Answer: a})
	}
	if err := one.Record(b.Context(), all...); err != nil {
		b.Fatal(err)
	}
	for _, workers := range []int{1, 2, 8} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			for b.Loop() {
				var group sync.WaitGroup
				for w := range workers {
					group.Go(func() {
						for row := w; row < rows; row += workers {
							do(b, one, all[row].Request, never(b))
						}
					})
				}
				group.Wait()
			}
			b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "lookups/s")
		})
	}
}

// BenchmarkStore stores answers durably, by how many callers at once. The
// ratio tells what sharing flushes to the disk is worth.
func BenchmarkStore(b *testing.B) {
	var single float64
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			s := open(b, b.TempDir())
			one := begin(b, Options{Store: s, Mode: NewEpisodes})
			rows := make(chan int)
			var group sync.WaitGroup
			for range callers {
				group.Go(func() {
					for row := range rows {
						do(b, one, prompt(row), says("x"))
					}
				})
			}
			n := 0
			for b.Loop() {
				rows <- n
				n++
			}
			close(rows)
			group.Wait()
			rate := float64(n) / b.Elapsed().Seconds()
			b.ReportMetric(rate, "answers/s")
			if callers == 1 {
				single = rate
			} else if single > 0 {
				b.ReportMetric(rate/single, "times-one-caller")
			}
		})
	}
}

// BenchmarkCassette opens a cassette of 5,000 requests of 3 kB and replays it.
func BenchmarkCassette(b *testing.B) {
	const rows = 5_000
	one := begin(b, Options{Store: open(b, b.TempDir()), Mode: NewEpisodes})
	for row := range rows {
		a, _ := says(fmt.Sprint(row))(b.Context())
		one.o.Store.submit(&write{do: func(w *writer) error {
			_, err := w.putAnswer("frames", prompt(row).Key(), prompt(row), a, false)
			return err
		}})
	}
	path := filepath.Join(b.TempDir(), "frames.jsonl")
	b.Run("export", func(b *testing.B) {
		for b.Loop() {
			var text bytes.Buffer
			if n, err := one.Export(b.Context(), &text, nil); n != rows || err != nil {
				b.Fatal(n, err)
			}
			if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "lines/s")
	})
	b.Run("replay", func(b *testing.B) {
		for b.Loop() {
			c, err := OpenCassette(path)
			if err != nil {
				b.Fatal(err)
			}
			replay := begin(b, Options{Cassette: c, Mode: None})
			for row := range rows {
				do(b, replay, prompt(row), never(b))
			}
			c.Close()
		}
		b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "lines/s")
	})
}
