package vision

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/detect"
	"icono/internal/stage"
	"icono/internal/vision"
)

// named reports a model of objects that is downloaded by its name.
func named(model string) bool {
	return slices.ContainsFunc(detect.Catalogue(), func(n detect.Named) bool { return n.Name == model })
}

// find is a column with something that was found; least is the least score of an
// object.
type find struct {
	field arrow.Field
	of    func(a *vision.Annotation, least float64) any
}

// finds are the columns of the features, in the order in which features are
// listed. Names are those of Memespector without its `GV_`, but for `OCR` and
// `Objects`, which are the method's.
func (c *Config) finds() []find {
	var out []find
	for _, f := range vision.Features() {
		if !c.wants(f) {
			continue
		}
		switch f {
		case vision.Text:
			out = append(out, c.textFinds()...)
		case vision.Objects:
			out = append(out, objectFinds()...)
		case vision.Labels:
			out = append(out, labelFinds("Label", func(a *vision.Annotation) []vision.Label { return a.Labels })...)
		case vision.SafeSearch:
			out = append(out, safeFinds()...)
		case vision.Faces:
			out = append(out, faceFinds()...)
		case vision.Logos:
			out = append(out, logoFinds()...)
		case vision.Landmarks:
			out = append(out, landmarkFinds()...)
		case vision.Web:
			out = append(out, webFinds()...)
		}
	}
	return out
}

func text(name string, role stage.Role, about string, of func(a *vision.Annotation) any) find {
	f := stage.Mark(arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true}, role, "")
	return find{stage.Documented(f, stage.Documentation{Text: about}), func(a *vision.Annotation, _ float64) any { return of(a) }}
}

// orNull is a text, null where it is "".
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (c *Config) textFinds() []find {
	out := []find{
		text("OCR", stage.Text, "The text in the picture, lines as they stand; empty where there is none.", func(a *vision.Annotation) any { return a.Text }),
	}
	if c.Provider == byGoogle {
		out = append(out, text("OCR_language", stage.Finding, "The main language of the text, as BCP 47 names it.", func(a *vision.Annotation) any { return orNull(a.Language) }))
	}
	sure := stage.Mark(arrow.Field{Name: "OCR_confidence", Type: arrow.PrimitiveTypes.Float64, Nullable: true}, stage.Score, "")
	sure = stage.Documented(sure, stage.Documentation{Text: "How sure the reader is of the words that it read, 0 to 1. It does not tell of text that was missed."})
	out = append(out, find{sure, func(a *vision.Annotation, _ float64) any {
		if a.TextConfidence == nil {
			return nil
		}
		return *a.TextConfidence
	}})
	if c.Boxes {
		out = append(out, find{regions("OCR_words", "The words of the text and where they stand.", stage.Words, nil), func(a *vision.Annotation, _ float64) any {
			all := []columns.Members{}
			for _, b := range a.Blocks {
				for _, w := range b.Words {
					all = append(all, region(w.Text, w.Confidence, w.Box))
				}
			}
			return all
		}})
	}
	return out
}

func objectFinds() []find {
	above := func(a *vision.Annotation, least float64) (all []vision.Object) {
		for _, o := range a.Objects {
			if o.Score >= least {
				all = append(all, o)
			}
		}
		return all
	}
	line := text("Objects", stage.Text, "The objects by number, such as `2x Person, 1x Chair`; empty where there are none.", nil)
	line.of = func(a *vision.Annotation, least float64) any { return counted(above(a, least)) }
	return []find{line, {regions("Object_list", "The objects and where they are.", stage.Regions, nil), func(a *vision.Annotation, least float64) any {
		all := []columns.Members{}
		for _, o := range above(a, least) {
			all = append(all, region(o.Name, &o.Score, o.Box))
		}
		return all
	}}}
}

// counted is the string of the method: names by falling count, such as `2x
// Person, 1x Chair`. Equal counts stay in the order in which they were found.
func counted(objects []vision.Object) string {
	type count struct {
		name string
		n    int
	}
	var all []count
	for _, o := range objects {
		if i := slices.IndexFunc(all, func(c count) bool { return c.name == o.Name }); i >= 0 {
			all[i].n++
		} else {
			all = append(all, count{o.Name, 1})
		}
	}
	slices.SortStableFunc(all, func(a, b count) int { return b.n - a.n })
	parts := make([]string, len(all))
	for i, c := range all {
		parts[i] = fmt.Sprintf("%dx %s", c.n, c.name)
	}
	return strings.Join(parts, ", ")
}

// together joins names as Memespector does.
func together[T any](all []T, name func(T) string) string {
	parts := make([]string, len(all))
	for i, x := range all {
		parts[i] = name(x)
	}
	return strings.Join(parts, "; ")
}
