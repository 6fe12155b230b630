package chat

import (
	"bytes"
	"encoding/base64"
	"io"
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/iotest"
)

// A body read in any steps is the text that it stands for.
func TestBodyInAnySteps(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for size := range 60 {
		data := make([]byte, size*size%1009)
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		b := &body{letters: newAlphabet()}
		b.add([]byte(`{"a":"`), data)
		b.add([]byte(`","b":"`), data[:min(len(data), size%5)])
		b.add([]byte(`"}`), nil)
		want := `{"a":"` + base64.StdEncoding.EncodeToString(data) + `","b":"` + base64.StdEncoding.EncodeToString(data[:min(len(data), size%5)]) + `"}`
		if got := b.text(); string(got) != want || b.size != int64(len(want)) {
			t.Fatalf("%d bytes: %s", len(data), got)
		}
		for step := 1; step < 20; step++ {
			f, err := b.open()
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			buffer := make([]byte, step)
			for err == nil {
				var n int
				n, err = f.Read(buffer)
				got.Write(buffer[:n])
			}
			if err != io.EOF || got.String() != want {
				t.Fatalf("in steps of %d: %s %v", step, got.String(), err)
			}
		}
		f, _ := b.open()
		if err := iotest.TestReader(f, []byte(want)); err != nil {
			t.Fatal(err)
		}
	}
}

// BenchmarkSend writes a request with a picture of 300 kB and reads it as the
// network does.
func BenchmarkSend(b *testing.B) {
	c, err := New(Options{HTTP: http.DefaultClient})
	if err != nil {
		b.Fatal(err)
	}
	data := append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), make([]byte, 300_000)...)
	r := Request{Model: "gpt-4o", System: "Code the picture.", Messages: []Message{{Role: User, Parts: []Part{Picture(data, DetailLow)}}}}
	buffer := make([]byte, 32<<10)
	for b.Loop() {
		body, err := c.encode(r, c.plan(r))
		if err != nil {
			b.Fatal(err)
		}
		f, _ := body.open()
		n := int64(0)
		for err == nil {
			var k int
			k, err = f.Read(buffer)
			n += int64(k)
		}
		if err != io.EOF || n != body.size {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/request")
}
