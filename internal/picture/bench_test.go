package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"testing"
	"time"

	"golang.org/x/image/draw"
)

// scene draws a picture that is as hard to code as a photo: smooth shades,
// edges and grain, the same at every call.
func scene(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	state := uint32(1)
	for y := range h {
		for x := range w {
			state = state*1664525 + 1013904223
			grain := float64(state>>24)/16 - 8
			fx, fy := float64(x), float64(y)
			r := 128 + 90*math.Sin(fx/53)*math.Cos(fy/71) + grain
			g := 128 + 70*math.Sin((fx+fy)/37) + 20*math.Sin(fx/5) + grain
			b := 255*fx/float64(w) + grain
			if math.Hypot(fx-0.6*float64(w), fy-0.4*float64(h)) < 0.25*float64(w) {
				r, g, b = 230+grain, 190+grain, 160+grain
			}
			if y/40%5 == 0 && x/60%3 == 0 {
				r, g = 30, 30
			}
			m.SetRGBA(x, y, color.RGBA{byte(max(0, min(255, r))), byte(max(0, min(255, g))), byte(max(0, min(255, b))), 255})
		}
	}
	return m
}

func sceneJPEG(tb testing.TB, w, h int) []byte {
	tb.Helper()
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, scene(w, h), &jpeg.Options{Quality: 88}); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

// BenchmarkDecodeResize reports img/s of DecodeCrop on JPEGs of 1080 x 1350
// and how many times faster it is than the standard library's decoder with
// draw.CatmullRom, measured in the same run.
func BenchmarkDecodeResize(b *testing.B) {
	data := sceneJPEG(b, 1080, 1350)
	dst := make([]byte, 3*224*224)
	var d Decoder
	own := func() {
		if err := d.DecodeCrop(data, 224, Options{}, dst); err != nil {
			b.Fatal(err)
		}
	}
	plain := func() {
		img, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			b.Fatal(err)
		}
		small := image.NewRGBA(image.Rect(0, 0, 224, 280))
		draw.CatmullRom.Scale(small, small.Rect, img, img.Bounds(), draw.Src, nil)
	}
	b.ReportAllocs()
	for b.Loop() {
		own()
	}
	rate := float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(rate, "img/s")
	const rounds = 5
	start := time.Now()
	for range rounds {
		plain()
	}
	b.ReportMetric(rate*time.Since(start).Seconds()/rounds, "x-catmullrom")
}

// The three parts of the work.
func BenchmarkParts(b *testing.B) {
	data := sceneJPEG(b, 1080, 1350)
	b.Run("jpeg", func(b *testing.B) {
		for b.Loop() {
			if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
				b.Fatal(err)
			}
		}
	})
	var d Decoder
	src, err := d.openJPEG(data)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("colour", func(b *testing.B) {
		row := make([]byte, 3*1080)
		for b.Loop() {
			for y := range 1350 {
				src.row(y, row)
			}
		}
	})
	p := materialise(src)
	b.Run("resize", func(b *testing.B) {
		var s Scaler
		dst := make([]byte, 3*224*224)
		for b.Loop() {
			s.ResizeCrop(p, 224, dst)
		}
	})
}
