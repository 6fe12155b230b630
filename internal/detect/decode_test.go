package detect

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"icono/internal/picture"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-6 }

// A box computed by hand: in a model of 64 x 64 pixels the anchors are 8 x 8
// cells of 8 pixels, 4 x 4 of 16 and 2 x 2 of 32. Cell 64+5 is the one at (1, 1)
// of the cells of 16: an offset of (0.5, 0.25) puts the centre at (24, 20), the
// logarithms of 2 and 1 make it 32 wide and 16 high. The picture of 200 x 100
// was scaled by 0.32, so that the box goes from 25 to 125 and from 37.5 to 87.5.
func TestDecodeByHand(t *testing.T) {
	f := frame{64, 64}
	anchors := f.anchors(32)
	if len(anchors) != 64+16+4 || anchors[69] != (anchor{1, 1, 16}) || anchors[83] != (anchor{1, 1, 32}) {
		t.Fatalf("%d anchors, %v, %v", len(anchors), anchors[69], anchors[83])
	}
	values := make([]float32, len(anchors)*7)
	copy(values[69*7:], []float32{0.5, 0.25, float32(math.Log(2)), 0, 0.8, 0.25, 0.75})
	copy(values[3*7:], []float32{0, 0, 0, 0, 0.5, 0.5, 0})               // scores 0.25
	copy(values[4*7:], []float32{0, 0, 0, 0, float32(math.NaN()), 1, 1}) // no number
	found := decode(values, anchors, 2, false, 0.3)
	if len(found) != 1 || found[0].class != 1 || !near(float64(found[0].score), 0.6) {
		t.Fatalf("found %v", found)
	}
	objects := f.objects(found, []string{"sign", "flag"}, 200, 100)
	want := Box{25.0 / 200, 37.5 / 100, 125.0 / 200, 87.5 / 100}
	if len(objects) != 1 || objects[0].Name != "flag" || !near(objects[0].Box.Left, want.Left) || !near(objects[0].Box.Top, want.Top) ||
		!near(objects[0].Box.Right, want.Right) || !near(objects[0].Box.Bottom, want.Bottom) {
		t.Errorf("objects %v, not %v", objects, want)
	}
	// The same box from a model that decodes itself.
	copy(values[69*7:], []float32{24, 20, 32, 16, 0.8, 0.25, 0.75})
	if again := f.objects(decode(values, anchors, 2, true, 0.3), []string{"sign", "flag"}, 200, 100); !near(again[0].Box.Right, want.Right) || !near(again[0].Box.Top, want.Top) {
		t.Errorf("decoded by the model: %v", again)
	}
}

// Boxes are cut at the picture's edges; what lies in the grey, or is no number,
// is dropped.
func TestObjectsStayInThePicture(t *testing.T) {
	f := frame{64, 64}
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	objects := f.objects([]candidate{{0, 0.9, -10, -10, 30, 90}, {0, 0.8, 5, 40, 20, 60}, {0, 0.7, nan, nan, nan, nan}, {0, 0.6, -inf, -inf, inf, inf}}, []string{"x"}, 200, 100)
	if len(objects) != 2 || objects[0].Box != (Box{0, 0, 30 / 0.32 / 200, 1}) || objects[1].Box != (Box{0, 0, 1, 1}) {
		t.Errorf("objects %v", objects)
	}
}

// The properties of what is kept, over 300 sets of boxes: nothing is added; two
// kept boxes of a class never overlap by more than the limit; each dropped box
// overlaps a kept one of its class that scores at least as high; the highest
// scores come first; and the order in which boxes come does not matter.
func TestSuppression(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		found := make([]candidate, r.IntN(60))
		for i := range found {
			x, y := r.Float32()*60, r.Float32()*60
			found[i] = candidate{r.IntN(3), float32(i+1) / 100, x, y, x + 1 + r.Float32()*40, y + 1 + r.Float32()*40}
		}
		kept := suppress(slices.Clone(found))
		for i, k := range kept {
			if !slices.Contains(found, k) {
				t.Fatalf("%v was added", k)
			}
			if i > 0 && kept[i-1].score < k.score {
				t.Fatalf("%v stands behind %v", k, kept[i-1])
			}
			for _, other := range kept[:i] {
				if other.class == k.class && likeness(other, k) > overlap {
					t.Fatalf("%v and %v are kept", other, k)
				}
			}
		}
		for _, c := range found {
			if !slices.Contains(kept, c) && !slices.ContainsFunc(kept, func(k candidate) bool { return k.class == c.class && k.score >= c.score && likeness(k, c) > overlap }) {
				t.Fatalf("%v is dropped for nothing", c)
			}
		}
		r.Shuffle(len(found), func(i, j int) { found[i], found[j] = found[j], found[i] })
		if again := suppress(found); !reflect.DeepEqual(again, kept) {
			t.Fatal("the order matters")
		}
	}
	if l := likeness(candidate{0, 1, 0, 0, 2, 2}, candidate{0, 1, 1, 0, 3, 2}); !near(float64(l), 1.0/3) {
		t.Errorf("two boxes that share a third have the likeness %v", l)
	}
}

// A picture stands in the left upper corner, blue first, and the rest is grey.
func TestFit(t *testing.T) {
	p := &picture.RGB{Width: 4, Height: 2, Pix: []byte{10, 20, 30, 10, 20, 30, 50, 60, 70, 50, 60, 70, 10, 20, 30, 10, 20, 30, 50, 60, 70, 50, 60, 70}}
	got := frame{2, 2}.fit(p, nil)
	if want := []byte{30, 70, 114, 114, 20, 60, 114, 114, 10, 50, 114, 114}; !slices.Equal(got, want) {
		t.Errorf("halved: %v", got)
	}
	into := make([]byte, 100)
	if got := (frame{4, 4}).fit(p, into); &got[0] != &into[0] || len(got) != 48 || got[0] != 30 || got[8] != grey || got[16+2] != 60 {
		t.Errorf("as it is: %v", got)
	}
	line := &picture.RGB{Width: 5000, Height: 1, Pix: make([]byte, 15000)}
	if got := (frame{32, 32}).fit(line, nil); got[0] != 0 || got[31] != 0 || got[32] != grey {
		t.Errorf("a line: %v", got[:64])
	}
}
