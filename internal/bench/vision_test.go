package bench

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"icono/internal/asking/askingtest"
	"icono/internal/sight"
	"icono/internal/vision"
	"icono/internal/vision/visiontest"
)

// BenchmarkPictures measures how full the requests to Google Vision are, which
// share of the allowed rate comes through the whole of asking with durable answers,
// and which share is refused: 50 requests of up to 16 pictures a second.
func BenchmarkPictures(b *testing.B) {
	const rate, pictures = 50, 4800
	var m bytes.Buffer
	if err := png.Encode(&m, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		b.Fatal(err)
	}
	var requests, refused int
	var took time.Duration
	for b.Loop() {
		s := visiontest.Start(b, visiontest.Options{Key: askingtest.Key, Plain: true, Each: visiontest.Empty, Limits: visiontest.Limits{RequestsPerMinute: 60 * rate, Window: time.Second, Silent: true}})
		d := askingtest.Office(b, b.TempDir(), nil)
		r, err := sight.Open(b.Context(), d.Desk, "seen", sight.Service{Question: vision.Question{Features: []vision.Feature{vision.Text}},
			Google: sight.Google{BaseURL: s.URL, Key: "KEY", Concurrency: 8, RequestsPerMinute: 60 * rate}})
		if err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		var next atomic.Int64
		var all sync.WaitGroup
		for range 128 {
			all.Go(func() {
				for {
					i := next.Add(1)
					if i > pictures {
						return
					}
					p := sight.Picture{Row: fmt.Sprint(i), Data: binary.BigEndian.AppendUint32(slices.Clone(m.Bytes()), uint32(i))}
					if _, err := r.Read(context.Background(), p); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
		took += time.Since(began)
		statuses := s.Statuses()
		requests, refused = requests+statuses[200], refused+statuses[429]
	}
	n := float64(b.N)
	b.ReportMetric(pictures/16*n/float64(requests), "of-full-requests")
	b.ReportMetric(float64(requests)/rate/took.Seconds(), "of-the-rate")
	b.ReportMetric(100*float64(refused)/float64(requests+refused), "%refused")
	b.ReportMetric(0, "ns/op")
}
