package clip

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/clip"
	"icono/internal/stage"
)

// outcome is what became of one row.
type outcome struct {
	status stage.Status
	err    string
	result clip.Result
}

// layout knows the columns that the stage appends: for each of the best
// categories its name, phrase and probability; the scores; status and error.
type layout struct {
	categories, phrases []string
	topK                int
	scores              []string // their names
	perPhrase           bool
	fields              []arrow.Field
}

// words is the type of columns that hold one of a few words.
func words() arrow.DataType {
	return &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
}

func newLayout(c Config, id string) layout {
	l := layout{categories: c.Labels.Keys(), topK: c.TopK}
	for _, e := range c.Labels {
		l.phrases = append(l.phrases, e.Value...)
	}
	for rank := 1; rank <= c.TopK; rank++ {
		name := c.Column
		if rank > 1 {
			name += " " + strconv.Itoa(rank)
		}
		code := stage.WithCategories(arrow.Field{Name: name, Type: words(), Nullable: true}, l.categories)
		code = stage.Documented(code, c.documentation(rank))
		phrase := arrow.Field{Name: name + " Label", Type: words(), Nullable: true}
		probability := arrow.Field{Name: name + " Probability", Type: arrow.PrimitiveTypes.Float64, Nullable: true}
		if rank == 1 {
			code, phrase, probability = stage.Mark(code, stage.Code, id), stage.Mark(phrase, stage.Phrase, id), stage.Mark(probability, stage.Probability, id)
		}
		l.fields = append(l.fields, code, phrase, probability)
	}
	switch c.Scores {
	case "categories":
		l.scores = l.categories
	case "phrases":
		l.scores, l.perPhrase = l.phrases, true
	}
	for _, s := range l.scores {
		l.fields = append(l.fields, stage.Mark(arrow.Field{Name: c.Column + ": " + s, Type: arrow.PrimitiveTypes.Float64, Nullable: true}, stage.Score, id))
	}
	l.fields = append(l.fields,
		stage.Mark(arrow.Field{Name: id + "_status", Type: words()}, stage.StatusRole, id),
		stage.Mark(arrow.Field{Name: id + "_error", Type: arrow.BinaryTypes.String, Nullable: true}, stage.ErrorText, id))
	return l
}

// documentation says what the category of a rank means.
func (c Config) documentation(rank int) stage.Documentation {
	d := stage.Documentation{Text: "The category whose phrases the picture is most like, as the model measures it."}
	if rank > 1 {
		d.Text = fmt.Sprintf("The category at place %d, by the likeness of the picture to its phrases.", rank)
	}
	for _, e := range c.Labels {
		d.Meanings = append(d.Meanings, stage.Meaning{Name: e.Key, Phrases: e.Value})
	}
	if c.Template != "" {
		d.Notes = append(d.Notes, fmt.Sprintf("Phrases stand in %q for {}.", c.Template))
	}
	return d
}

// arrays builds the appended columns of some rows. The caller releases them.
func (l layout) arrays(mem memory.Allocator, rows []outcome) []arrow.Array {
	var out []arrow.Array
	for rank := range l.topK {
		category := func(o outcome) int {
			if o.status != stage.OK {
				return -1
			}
			return o.result.Ranking[rank]
		}
		out = append(out,
			dictionary(mem, l.categories, rows, category),
			dictionary(mem, l.phrases, rows, func(o outcome) int {
				if at := category(o); at >= 0 {
					return o.result.Best[at]
				}
				return -1
			}),
			numbers(mem, rows, func(o outcome) float64 { return o.result.Categories[o.result.Ranking[rank]] }))
	}
	for i := range l.scores {
		out = append(out, numbers(mem, rows, func(o outcome) float64 {
			if l.perPhrase {
				return o.result.Phrases[i]
			}
			return o.result.Categories[i]
		}))
	}
	statuses := stage.Statuses()
	names := make([]string, len(statuses))
	for i, s := range statuses {
		names[i] = string(s)
	}
	return append(out,
		dictionary(mem, names, rows, func(o outcome) int { return slices.Index(statuses, o.status) }),
		texts(mem, rows))
}

// dictionary builds a column of words; an index of -1 is null.
func dictionary(mem memory.Allocator, words []string, rows []outcome, index func(outcome) int) arrow.Array {
	values := array.NewStringBuilder(mem)
	defer values.Release()
	values.AppendValues(words, nil)
	dict := values.NewArray()
	defer dict.Release()
	indices := array.NewInt32Builder(mem)
	defer indices.Release()
	for _, o := range rows {
		if at := index(o); at < 0 {
			indices.AppendNull()
		} else {
			indices.Append(int32(at))
		}
	}
	at := indices.NewArray()
	defer at.Release()
	return array.NewDictionaryArray(&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}, at, dict)
}

// numbers builds a column of probabilities, rounded to 6 decimals: beyond them
// devices and batch sizes may differ.
func numbers(mem memory.Allocator, rows []outcome, value func(outcome) float64) arrow.Array {
	b := array.NewFloat64Builder(mem)
	defer b.Release()
	for _, o := range rows {
		if o.status != stage.OK {
			b.AppendNull()
		} else {
			b.Append(math.Round(value(o)*1e6) / 1e6)
		}
	}
	return b.NewArray()
}

// texts builds the column of errors.
func texts(mem memory.Allocator, rows []outcome) arrow.Array {
	b := array.NewStringBuilder(mem)
	defer b.Release()
	for _, o := range rows {
		if o.err == "" {
			b.AppendNull()
		} else {
			b.Append(strings.ToValidUTF8(o.err, "?"))
		}
	}
	return b.NewArray()
}

// interrupted is what becomes of a row that was not computed when the run was
// to end.
func interrupted() outcome {
	return outcome{status: stage.Skipped, err: "the run was interrupted"}
}
