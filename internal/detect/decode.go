package detect

import (
	"cmp"
	"math"
	"slices"
)

// anchor is a cell of a grid over the model's input.
type anchor struct{ x, y, stride float32 }

// anchors lists the cells in the order of a model's output: the grids with
// cells of 8, 16 and 32 pixels (and 64 for the models called P6), each row by
// row.
func (f frame) anchors(largest int) []anchor {
	var all []anchor
	for stride := 8; stride <= largest; stride *= 2 {
		for y := range f.height / stride {
			for x := range f.width / stride {
				all = append(all, anchor{float32(x), float32(y), float32(stride)})
			}
		}
	}
	return all
}

// candidate is a box that scored, in pixels of the model's input.
type candidate struct {
	class                    int
	score                    float32
	left, top, right, bottom float32
}

// decode gives the boxes of one picture that score at least least. values holds
// for each anchor the box's centre and size, the score that there is an object,
// and a score for each of the classes, of which the best counts. Unless ready,
// the centre is an offset from the cell, in cells, and the size the logarithm of
// a number of cells.
func decode(values []float32, anchors []anchor, classes int, ready bool, least float32) []candidate {
	var found []candidate
	width := 5 + classes
	for i, a := range anchors {
		v := values[i*width : (i+1)*width]
		best := 0
		for c, s := range v[5:] {
			if s > v[5+best] {
				best = c
			}
		}
		score := v[4] * v[5+best]
		if !(score >= least) {
			continue // too low, or no number
		}
		x, y, w, h := v[0], v[1], v[2], v[3]
		if !ready {
			x, y = (x+a.x)*a.stride, (y+a.y)*a.stride
			w, h = exp(w)*a.stride, exp(h)*a.stride
		}
		found = append(found, candidate{best, score, x - w/2, y - h/2, x + w/2, y + h/2})
	}
	return found
}

func exp(x float32) float32 { return float32(math.Exp(float64(x))) }

// suppress keeps, of the boxes of one class that overlap by more than overlap,
// the one with the highest score. The highest scores come first; equal ones in
// the order of their classes, and of the anchors.
func suppress(found []candidate) []candidate {
	slices.SortStableFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.class, b.class))
	})
	var kept []candidate
	for _, c := range found {
		if !slices.ContainsFunc(kept, func(k candidate) bool { return k.class == c.class && likeness(k, c) > overlap }) {
			kept = append(kept, c)
		}
	}
	return kept
}

// likeness is the intersection over union of two boxes.
func likeness(a, b candidate) float32 {
	w := min(a.right, b.right) - max(a.left, b.left)
	h := min(a.bottom, b.bottom) - max(a.top, b.top)
	if w <= 0 || h <= 0 {
		return 0
	}
	shared := w * h
	return shared / ((a.right-a.left)*(a.bottom-a.top) + (b.right-b.left)*(b.bottom-b.top) - shared)
}

// objects turns boxes of the model's input into those of a picture of w x h
// pixels. A box that lies in the grey beside the picture is none.
func (f frame) objects(kept []candidate, names []string, w, h int) []Object {
	objects := make([]Object, 0, len(kept))
	r := f.ratio(w, h)
	part := func(v float32, side int) float64 { return min(1, max(0, float64(v)/r/float64(side))) }
	for _, c := range kept {
		b := Box{part(c.left, w), part(c.top, h), part(c.right, w), part(c.bottom, h)}
		if b.Right > b.Left && b.Bottom > b.Top {
			objects = append(objects, Object{names[c.class], c.class, float64(c.score), b})
		}
	}
	return objects
}
