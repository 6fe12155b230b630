package palette_test

import "math"

const side = 224

// image is a picture of side * side pixels, 3 bytes each.
type image []byte

func blank() image { return make(image, 3*side*side) }

func (p image) set(x, y int, rgb [3]byte) { copy(p[3*(y*side+x):], rgb[:]) }

func (p image) at(x, y int) (r, g, b int) {
	i := 3 * (y*side + x)
	return int(p[i]), int(p[i+1]), int(p[i+2])
}

// fill draws a picture from a function of the place.
func fill(f func(x, y int) [3]byte) image {
	p := blank()
	for y := range side {
		for x := range side {
			p.set(x, y, f(x, y))
		}
	}
	return p
}

// colourOf names the colour of a pixel in whole numbers, from the rules that
// README.md states.
func colourOf(r, g, b int) string {
	m := max(r, g, b)
	c := m - min(r, g, b)
	if m < 50 {
		return "black"
	}
	if 100*c < 15*m {
		if m >= 210 {
			return "white"
		}
		return "grey"
	}
	// The hue in degrees is h / c.
	var h int
	switch m {
	case r:
		h = 60 * (g - b)
		if h < 0 {
			h += 360 * c
		}
	case g:
		h = 60*(b-r) + 120*c
	default:
		h = 60*(r-g) + 240*c
	}
	below := func(degrees int) bool { return h < degrees*c }
	light := 100*c < 50*m
	switch {
	case below(15) || !below(345):
		if light && m >= 180 {
			return "pink"
		}
		return "red"
	case below(45):
		if light || m < 160 {
			return "brown"
		}
		return "orange"
	case below(70):
		if m < 128 && below(55) {
			return "brown"
		}
		if m < 128 {
			return "green"
		}
		return "yellow"
	case below(165):
		return "green"
	case below(195):
		return "turquoise"
	case below(255):
		return "blue"
	case below(315):
		return "purple"
	default:
		return "pink"
	}
}

func luma(r, g, b int) int { return (2126*r + 7152*g + 722*b + 5000) / 10000 }

func ramp(x, lo, hi float64) float64 { return min(1, max(0, (x-lo)/(hi-lo))) }

// raw are the measures before they are scaled.
type raw struct {
	shares                                     map[string]float64
	light, chroma, warmth, activity, deviation float64
	strokes                                    float64
}

func measureRaw(p image) raw {
	const n = side * side
	m := raw{shares: map[string]float64{}}
	var sumY, sumYY, sumC, sumW, sumDX, sumDY, strokes int
	var y [side][side]int
	for j := range side {
		for i := range side {
			r, g, b := p.at(i, j)
			m.shares[colourOf(r, g, b)] += 1.0 / n
			v := luma(r, g, b)
			y[j][i] = v
			sumY += v
			sumYY += v * v
			sumC += max(r, g, b) - min(r, g, b)
			sumW += r - b
		}
	}
	abs := func(a int) int { return max(a, -a) }
	for j := range side {
		for i := range side {
			if i > 0 {
				sumDX += abs(y[j][i] - y[j][i-1])
			}
			if j > 0 {
				sumDY += abs(y[j][i] - y[j-1][i])
			}
			if stroke(&y, i, j) {
				strokes++
			}
		}
	}
	m.light = float64(sumY) / n / 255
	m.chroma = float64(sumC) / n / 255
	m.warmth = float64(sumW) / n / 255
	m.activity = float64(sumDX+sumDY) / (2 * side * (side - 1)) / 255
	mean := float64(sumY) / n
	m.deviation = math.Sqrt(max(0, float64(sumYY)/n-mean*mean)) / 255
	m.strokes = float64(strokes) / n
	return m
}

// stroke tells whether the place is part of a thin horizontal cut through a
// line: much darker than a pixel at most three to the left and one at most
// three to the right while the ground around is light and even, or the same
// with light and dark exchanged.
func stroke(y *[side][side]int, i, j int) bool {
	for _, sign := range []int{1, -1} {
		edge := func(step int) int {
			most := -1 << 30
			for k := 1; k <= 3; k++ {
				most = max(most, sign*y[j][min(side-1, max(0, i+step*k))])
			}
			return most
		}
		if min(edge(-1), edge(1))-sign*y[j][i] < strokeEdge {
			continue
		}
		even := 0
		for v := max(0, j-4); v <= min(side-1, j+4); v++ {
			for u := max(0, i-4); u <= min(side-1, i+4); u++ {
				if sign*y[v][u] >= ground(y, u, v, sign)-strokeEven {
					even++
				}
			}
		}
		if even >= strokeGround {
			return true
		}
	}
	return false
}

const (
	strokeEdge   = 40
	strokeEven   = 16
	strokeGround = 36 // of 81
)

// ground is the largest value (smallest, for sign -1) within four pixels.
func ground(y *[side][side]int, i, j, sign int) int {
	most := -1 << 30
	for v := max(0, j-4); v <= min(side-1, j+4); v++ {
		for u := max(0, i-4); u <= min(side-1, i+4); u++ {
			most = max(most, sign*y[v][u])
		}
	}
	return most
}
