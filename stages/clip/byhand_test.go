package clip_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"icono/internal/palette"
	"icono/stages/clip"
)

// cosines are those of a drawing with every phrase, from the model's vectors:
// the picture's pixels are written here as CLIP's paper says, without the
// stage's decoder, and every phrase is embedded alone.
func cosines(t *testing.T, e clip.Encoder, d drawing, phrases []string) (image []float64, texts [][]float64, cos []float64) {
	t.Helper()
	mean, std := []float64{0.48145466, 0.4578275, 0.40821073}, []float64{0.26862954, 0.26130258, 0.27577711}
	pixels := make([]float32, 3*side*side)
	for y := range side {
		for x := range side {
			c := d.at(x, y)
			for k, v := range []uint8{c.R, c.G, c.B} {
				pixels[k*side*side+y*side+x] = float32((float64(v)/255 - mean[k]) / std[k])
			}
		}
	}
	vector := make([]float32, e.Dim())
	if err := e.EmbedImages(t.Context(), pixels, 1, vector); err != nil {
		t.Fatal(err)
	}
	image = unit(vector)
	for _, p := range phrases {
		v, err := e.EmbedTexts(t.Context(), []string{p})
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, unit(v[0]))
		cos = append(cos, dot(image, unit(v[0])))
	}
	return image, texts, cos
}

func unit[F float32 | float64](v []F) []float64 {
	var sum float64
	out := make([]float64, len(v))
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	for i, x := range v {
		out[i] = float64(x) / math.Sqrt(sum)
	}
	return out
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func softmax(cos []float64) []float64 {
	out, sum := make([]float64, len(cos)), 0.0
	for i, c := range cos {
		out[i] = math.Exp(100 * c)
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// answer is what the stage has to say about a picture.
type answer struct {
	phrases, categories []float64
	best                []string // phrase of each category
}

// byHand computes the answer from cosines.
func byHand(aggregate string, image []float64, texts [][]float64, cos []float64) answer {
	a := answer{phrases: softmax(cos)}
	at := 0
	var averages []float64
	for _, e := range labels() {
		p := a.phrases[at : at+len(e.Value)]
		a.best = append(a.best, e.Value[slices.Index(p, slices.Max(p))])
		sum, centre := 0.0, make([]float64, len(image))
		for i := range p {
			sum += p[i]
			for k, x := range texts[at+i] {
				centre[k] += x / float64(len(p))
			}
		}
		averages = append(averages, dot(image, unit(centre)))
		a.categories = append(a.categories, map[string]float64{"max": slices.Max(p), "sum": sum, "mean": sum / float64(len(p))}[aggregate])
		at += len(e.Value)
	}
	switch aggregate {
	case "prompt_ensemble":
		a.categories = softmax(averages)
	case "mean":
		total := 0.0
		for _, c := range a.categories {
			total += c
		}
		for i := range a.categories {
			a.categories[i] /= total
		}
	}
	return a
}

// Every way to aggregate, each with the best three categories, all scores and
// a template, gives what plain Go makes of the model's vectors.
func TestByHand(t *testing.T) {
	m, files := newMachine(t), study(t)
	e, err := m.Open(t.Context(), clip.Request{Model: palette.Name, Device: "cpu", Precision: "fp32"})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[float64]string{}
	for _, aggregate := range []string{"max", "sum", "mean", "prompt_ensemble"} {
		for _, use := range []struct{ column, template, scores string }{
			{"Classification", "", "categories"}, {"Stimmung", "a flat {}, please", "phrases"}, // flat is a word that palette knows
		} {
			c := config(func(c *clip.Config) {
				c.Aggregate, c.TopK, c.BatchSize = aggregate, 3, 4
				c.Column, c.Template, c.Scores = use.column, use.template, use.scores
			})
			out := classify(t, m, c, rows(), 2, 3, files)
			checkByHand(t, fmt.Sprintf("%s, %+v", aggregate, use), c, e, out)
			if use.scores == "categories" {
				p := out.column(t, "Classification: Warm")[6].(float64) // halves.png
				if other, ok := seen[p]; ok {
					t.Errorf("%s and %s cannot be told apart", other, aggregate)
				}
				seen[p] = aggregate
			}
		}
	}
}

func checkByHand(t *testing.T, name string, c *clip.Config, e clip.Encoder, out outcome) {
	t.Helper()
	var phrases, categories, plain []string
	for _, l := range c.Labels {
		categories = append(categories, l.Key)
		plain = append(plain, l.Value...)
		for _, p := range l.Value {
			if c.Template != "" {
				p = "a flat " + p + ", please"
			}
			phrases = append(phrases, p)
		}
	}
	near := func(row int, column string, want float64) {
		t.Helper()
		if got, ok := out.column(t, column)[row].(float64); !ok || math.Abs(got-want) > 5e-6 {
			t.Errorf("%s: row %d: %s is %v, want %.6f", name, row+1, column, out.column(t, column)[row], want)
		}
	}
	for i, row := range rows() {
		file, _ := row[1].(string)
		d, ok := drawings()[file]
		if !ok {
			continue
		}
		image, texts, cos := cosines(t, e, d, phrases)
		want := byHand(c.Aggregate, image, texts, cos)
		for rank := range 3 {
			column := c.Column
			if rank > 0 {
				column += fmt.Sprint(" ", rank+1)
			}
			sorted := slices.Sorted(slices.Values(want.categories))
			p := sorted[2-rank]
			at := slices.Index(want.categories, p)
			near(i, column+" Probability", p)
			if got, label := out.column(t, column)[i], out.column(t, column+" Label")[i]; got != categories[at] || label != want.best[at] {
				t.Errorf("%s: row %d: %s is %v by %v, want %s by %s of %.7f", name, i+1, column, got, label, categories[at], want.best[at], want.categories)
			}
		}
		if c.Scores == "categories" {
			for k, n := range categories {
				near(i, c.Column+": "+n, want.categories[k])
			}
		} else {
			for k, n := range plain {
				near(i, c.Column+": "+n, want.phrases[k])
			}
		}
	}
}
