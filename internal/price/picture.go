package price

import (
	"fmt"
	"math"
)

// Range is a number that is not known exactly. Low <= Expected <= High.
type Range struct{ Low, Expected, High int64 }

// Exactly is a range of one number.
func Exactly(n int64) Range { return Range{n, n, n} }

// Plus adds ranges.
func (r Range) Plus(s Range) Range {
	return Range{sum(r.Low, s.Low), sum(r.Expected, s.Expected), sum(r.High, s.High)}
}

// Times multiplies a range by a count.
func (r Range) Times(n int64) Range {
	return Range{product(r.Low, n), product(r.Expected, n), product(r.High, n)}
}

func sum(a, b int64) int64 { return int64(Money(a).plus(Money(b))) }

func product(a, n int64) int64 {
	if a <= 0 || n <= 0 {
		return 0
	}
	if a > math.MaxInt64/n {
		return math.MaxInt64
	}
	return a * n
}

// Pictures returns the tokens that a picture of width by height pixels comes to
// at a detail ("", auto, low or high), and how that was found. Sizes are those
// of the picture as it is sent, turned upright.
func (e Entry) Pictures(width, height int, detail string) (Range, string) {
	if width < 1 || height < 1 {
		return Range{}, "no picture"
	}
	w, h := float64(width), float64(height)
	g := e.Images
	if g == nil {
		return unknownPicture(w, h)
	}
	switch g.Rule {
	case "tile":
		return g.tiles(w, h, detail)
	case "patch":
		return g.patchTokens(w, h, detail)
	case "crops":
		return g.crops(w, h, detail)
	}
	if detail == "low" && g.Low > 0 {
		return Exactly(int64(g.Low)), fmt.Sprintf("%d tokens a picture at low detail", g.Low)
	}
	return Exactly(int64(g.Base)), fmt.Sprintf("%d tokens a picture of any size", g.Base)
}

// tiles counts by OpenAI's rule for gpt-4o and 4.1: fit into 2048 x 2048, then
// the short side to at most 768, then base + per tile of 512 x 512.
func (g Images) tiles(w, h float64, detail string) (Range, string) {
	if detail == "low" {
		return Exactly(int64(g.Low)), fmt.Sprintf("%d tokens at low detail, whatever the size", g.Low)
	}
	if r := 2048 / max(w, h); r < 1 {
		w, h = w*r, h*r
	}
	if r := 768 / min(w, h); r < 1 {
		w, h = w*r, h*r
	}
	across, down := ceil(w/512), ceil(h/512)
	n := int64(g.Base) + int64(g.PerTile)*across*down
	why := fmt.Sprintf("%d + %d x %d tiles (%d x %d) of 512 pixels", g.Base, g.PerTile, across*down, across, down)
	if detail == "high" || g.Low == 0 {
		return Exactly(n), why
	}
	return Range{min(int64(g.Low), n), n, n}, why + "; detail auto may count less"
}

// crops spans what a model counts that looks at parts of larger pictures beside
// the whole. Expected is Google's older rule, as many tokens as the least for each
// 768 x 768 pixels.
func (g Images) crops(w, h float64, detail string) (Range, string) {
	least, most := int64(g.Least), int64(g.Base)
	if detail == "low" && g.Low > 0 {
		return Exactly(int64(g.Low)), fmt.Sprintf("%d tokens a picture at low detail", g.Low)
	}
	n := min(max(product(least, ceil(w/768)*ceil(h/768)), least), most)
	return Range{least, n, most}, fmt.Sprintf("%d to %d tokens a picture, by its size", least, most)
}

// patchTokens counts patches of 32 x 32 pixels, times what one is billed as.
func (g Images) patchTokens(w, h float64, detail string) (Range, string) {
	most := g.Cap
	if (detail == "" || detail == "auto") && g.CapAuto != 0 {
		most = max(g.CapAuto, 0)
	}
	across, down := patches(w, h, most)
	n := float64(across * down)
	why := fmt.Sprintf("%d x %d patches of 32 pixels x %v", across, down, g.Multiplier)
	r := Exactly(ceil(n * g.Multiplier))
	if g.MultiplierHigh > g.Multiplier {
		r.High = ceil(n * g.MultiplierHigh)
		why += fmt.Sprintf(" (by another source %v)", g.MultiplierHigh)
	}
	if most > 0 && ceil(w/32)*ceil(h/32) > int64(most) {
		// The bound is documented for some models of the family and assumed
		// for the others.
		full := ceil(float64(ceil(w/32)*ceil(h/32)) * max(g.Multiplier, g.MultiplierHigh))
		if bound := ceil(10_000 * max(g.Multiplier, g.MultiplierHigh)); full > bound {
			full = max(bound, r.High)
		}
		r.High = max(r.High, full)
		why += fmt.Sprintf(", shrunk to at most %d patches; high if it is not shrunk", most)
	}
	if detail == "low" {
		if g.Low > 0 {
			r.Low = min(r.Low, int64(g.Low))
		}
		why += "; this model counts low detail as high"
	}
	return r, why
}

// patches shrinks a picture to at most a number of patches and counts them across
// and down, by the formula of OpenAI's guide to images: scale by
// r = sqrt(32² most / (w h)), then so that the shorter count is whole.
func patches(w, h float64, most int) (across, down int64) {
	if most <= 0 || ceil(w/32)*ceil(h/32) <= int64(most) {
		return ceil(w / 32), ceil(h / 32)
	}
	r := math.Sqrt(32 * 32 * float64(most) / (w * h))
	pw, ph := w*r/32, h*r/32
	if pw < 1 || ph < 1 { // a thin strip
		return max(1, min(ceil(pw), int64(most))), max(1, min(ceil(ph), int64(most)))
	}
	r *= min(math.Floor(pw)/pw, math.Floor(ph)/ph)
	return ceil(w * r / 32), ceil(h * r / 32)
}

// unknownPicture spans what the known families would count. Models on one's own
// machine count from 64 tokens to one for each 28 x 28 pixels.
func unknownPicture(w, h float64) (Range, string) {
	high := max(ceil(w/28)*ceil(h/28)*5/4, 1500)
	return Range{min(64, high), min(800, high), high}, "the model's way to count pictures is unknown: anything between 64 tokens and one for each patch of 28 pixels, assumed"
}

// ceil rounds up, but not for what is above a whole number only by an error of
// the arithmetic.
func ceil(x float64) int64 { return int64(math.Ceil(x - 1e-9)) }
