package clip

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Aggregate says how the likeness to phrases becomes a category.
type Aggregate string

// The ways to aggregate.
const (
	// Max takes the category of the best phrase; the probability is that
	// phrase's in the softmax over all phrases (Achmann-Reichelt and Wolff
	// 2023, doi 10.18420/inf2023_92).
	Max Aggregate = "max"
	// Mean averages the probabilities of a category's phrases and scales the
	// averages to a sum of 1.
	Mean Aggregate = "mean"
	// Sum adds up the probabilities of a category's phrases.
	Sum Aggregate = "sum"
	// PromptEnsemble averages the vectors of a category's phrases, brings the
	// average to length 1, and takes the softmax over categories (Radford et
	// al. 2021, section 3.1.4).
	PromptEnsemble Aggregate = "prompt_ensemble"
)

// Group is a category and its phrases.
type Group struct {
	Name    string
	Phrases []string
}

// Fill puts a phrase into a template in place of {}; "" is no template.
func Fill(template, phrase string) string {
	if template == "" {
		return phrase
	}
	return strings.Replace(template, "{}", phrase, 1)
}

// Head classifies vectors of pictures against vectors of phrases.
type Head struct {
	aggregate Aggregate
	scale     float64
	phrases   [][]float32 // one vector a phrase
	ensembles [][]float32 // one vector a category, for PromptEnsemble
	owner     []int       // category of each phrase
	sizes     []int       // phrases of each category
}

// Result is how a picture was classified.
type Result struct {
	// Ranking lists the categories, the likeliest first; equal ones are in
	// the order of the groups.
	Ranking []int
	// Categories and Phrases are probabilities, by index; each sums to 1, but
	// for Categories under Max, where each is that of the best phrase.
	Categories, Phrases []float64
	// Best is the likeliest phrase of each category, counted over all groups.
	Best []int
}

// NewHead makes a head of groups, the vectors of all their phrases in order
// (length 1), and the factor that cosines are multiplied with.
func NewHead(groups []Group, vectors [][]float32, aggregate Aggregate, scale float64) (*Head, error) {
	h := &Head{aggregate: aggregate, scale: scale, phrases: vectors, sizes: make([]int, len(groups))}
	for i, g := range groups {
		for range g.Phrases {
			h.owner = append(h.owner, i)
		}
		if h.sizes[i] = len(g.Phrases); h.sizes[i] == 0 {
			return nil, fmt.Errorf("the category %q has no phrase", g.Name)
		}
	}
	if len(h.owner) != len(vectors) || len(vectors) == 0 {
		return nil, fmt.Errorf("%d vectors for %d phrases", len(vectors), len(h.owner))
	}
	if aggregate == PromptEnsemble {
		h.ensembles = make([][]float32, len(groups))
		for i, v := range vectors {
			at := h.owner[i]
			if h.ensembles[at] == nil {
				h.ensembles[at] = make([]float32, len(v))
			}
			for k, x := range v {
				h.ensembles[at][k] += x
			}
		}
		for _, v := range h.ensembles {
			Normalize(v)
		}
	}
	return h, nil
}

// Classify returns the probabilities for the vector of a picture (length 1).
func (h *Head) Classify(picture []float32) Result {
	n := len(h.sizes)
	r := Result{Phrases: h.softmax(picture, h.phrases), Best: make([]int, n), Categories: make([]float64, n), Ranking: make([]int, n)}
	best, total := make([]float64, n), make([]float64, n)
	for i := range best {
		best[i] = -1
		r.Ranking[i] = i
	}
	for i, p := range r.Phrases {
		at := h.owner[i]
		total[at] += p
		if p > best[at] {
			best[at], r.Best[at] = p, i
		}
	}
	switch h.aggregate {
	case Sum:
		r.Categories = total
	case Mean:
		var all float64
		for i := range total {
			r.Categories[i] = total[i] / float64(h.sizes[i])
			all += r.Categories[i]
		}
		for i := range r.Categories {
			r.Categories[i] /= all
		}
	case PromptEnsemble:
		r.Categories = h.softmax(picture, h.ensembles)
	default:
		r.Categories = best
	}
	slices.SortStableFunc(r.Ranking, func(a, b int) int {
		switch {
		case r.Categories[a] > r.Categories[b]:
			return -1
		case r.Categories[a] < r.Categories[b]:
			return 1
		}
		return 0
	})
	return r
}

// softmax returns exp(scale*cos) over all vectors, scaled to a sum of 1.
func (h *Head) softmax(picture []float32, vectors [][]float32) []float64 {
	out := make([]float64, len(vectors))
	top := math.Inf(-1)
	for i, v := range vectors {
		var dot float64
		for k, x := range v {
			dot += float64(x) * float64(picture[k])
		}
		out[i] = h.scale * dot
		top = max(top, out[i])
	}
	var sum float64
	for i, x := range out {
		out[i] = math.Exp(x - top)
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// Normalize brings a vector to length 1; a vector of zeros stays as it is.
func Normalize(v []float32) {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		return
	}
	scale := 1 / math.Sqrt(sum)
	for i, x := range v {
		v[i] = float32(float64(x) * scale)
	}
}
