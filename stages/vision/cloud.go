package vision

import (
	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/stage"
	"icono/internal/vision"
)

// The columns of what only a cloud service finds.

func labelFinds(what string, of func(*vision.Annotation) []vision.Label) []find {
	return []find{
		text(what+"_Descriptions", stage.Text, "What the picture is about, the surest first, divided by `; `.", func(a *vision.Annotation) any {
			return together(of(a), func(l vision.Label) string { return l.Name })
		}),
		{regions(what+"_list", "What the picture is about, with Google's ids.", stage.Regions, []arrow.Field{textMember("id")}), func(a *vision.Annotation, _ float64) any {
			all := []columns.Members{}
			for _, l := range of(a) {
				all = append(all, region(l.Name, &l.Score, nil, orNull(l.ID)))
			}
			return all
		}},
	}
}

func textMember(name string) arrow.Field {
	return arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true}
}

// likelihoods are the service's words, in order.
func likelihoods() []string {
	return []string{"UNKNOWN", "VERY_UNLIKELY", "UNLIKELY", "POSSIBLE", "LIKELY", "VERY_LIKELY"}
}

func likely(l vision.Likelihood) any { return orNull(string(l)) }

func safeFinds() []find {
	var out []find
	for _, s := range []struct {
		name string
		of   func(*vision.Likelihoods) vision.Likelihood
	}{
		{"Adult", func(l *vision.Likelihoods) vision.Likelihood { return l.Adult }},
		{"Spoof", func(l *vision.Likelihoods) vision.Likelihood { return l.Spoof }},
		{"Medical", func(l *vision.Likelihoods) vision.Likelihood { return l.Medical }},
		{"Violence", func(l *vision.Likelihoods) vision.Likelihood { return l.Violence }},
		{"Racy", func(l *vision.Likelihoods) vision.Likelihood { return l.Racy }},
	} {
		dictionary := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
		f := stage.WithCategories(stage.Mark(arrow.Field{Name: "Safe_" + s.name, Type: dictionary, Nullable: true}, stage.Code, ""), likelihoods())
		f = stage.Documented(f, stage.Documentation{Text: "How likely Google's safe search finds it that the picture is of this sort.", Level: "ordinal"})
		out = append(out, find{f, func(a *vision.Annotation, _ float64) any {
			if a.SafeSearch == nil {
				return nil
			}
			return likely(s.of(a.SafeSearch))
		}})
	}
	return out
}

// moods are what is told of a face, by Memespector's names.
func moods() []struct {
	name string
	of   func(vision.Face) vision.Likelihood
} {
	return []struct {
		name string
		of   func(vision.Face) vision.Likelihood
	}{
		{"Joy", func(f vision.Face) vision.Likelihood { return f.Joy }},
		{"Sorrow", func(f vision.Face) vision.Likelihood { return f.Sorrow }},
		{"Anger", func(f vision.Face) vision.Likelihood { return f.Anger }},
		{"Surprise", func(f vision.Face) vision.Likelihood { return f.Surprise }},
		{"UnderExposed", func(f vision.Face) vision.Likelihood { return f.UnderExposed }},
		{"Blurred", func(f vision.Face) vision.Likelihood { return f.Blurred }},
		{"Headwear", func(f vision.Face) vision.Likelihood { return f.Headwear }},
	}
}

func faceFinds() []find {
	count := arrow.Field{Name: "Faces", Type: arrow.PrimitiveTypes.Int64, Nullable: true}
	out := []find{{stage.Documented(count, stage.Documentation{Text: "The number of faces that were found; nobody is recognised.", Level: "ratio"}),
		func(a *vision.Annotation, _ float64) any { return int64(len(a.Faces)) }}}
	var members []arrow.Field
	for _, m := range moods() {
		members = append(members, textMember(m.name))
		out = append(out, text("Face_"+m.name, stage.Finding, "How likely it is of each face, divided by `; `.", func(a *vision.Annotation) any {
			return together(a.Faces, func(f vision.Face) string { return string(m.of(f)) })
		}))
	}
	for _, name := range []string{"roll", "pan", "tilt"} {
		members = append(members, arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Float64, Nullable: true})
	}
	return append(out, find{regions("Face_list", "The faces, where they are, and how the head is turned in degrees.", stage.Regions, members), func(a *vision.Annotation, _ float64) any {
		all := []columns.Members{}
		for _, f := range a.Faces {
			var others []any
			for _, m := range moods() {
				others = append(others, likely(m.of(f)))
			}
			all = append(all, region("Face", &f.Score, f.Box, append(others, f.Roll, f.Pan, f.Tilt)...))
		}
		return all
	}})
}

func logoFinds() []find {
	return []find{
		text("Logo_Descriptions", stage.Text, "The logos, the surest first, divided by `; `.", func(a *vision.Annotation) any {
			return together(a.Logos, func(o vision.Object) string { return o.Name })
		}),
		{regions("Logo_list", "The logos and where they are.", stage.Regions, []arrow.Field{textMember("id")}), func(a *vision.Annotation, _ float64) any {
			all := []columns.Members{}
			for _, o := range a.Logos {
				all = append(all, region(o.Name, &o.Score, o.Box, orNull(o.ID)))
			}
			return all
		}},
	}
}

func landmarkFinds() []find {
	degrees := func(name string) arrow.Field {
		return arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Float64, Nullable: true}
	}
	return []find{
		text("Landmark_Descriptions", stage.Text, "The places that were recognised, the surest first, divided by `; `.", func(a *vision.Annotation) any {
			return together(a.Landmarks, func(l vision.Landmark) string { return l.Name })
		}),
		{regions("Landmark_list", "The places, where in the picture, and where on earth in degrees.", stage.Regions, []arrow.Field{textMember("id"), degrees("latitude"), degrees("longitude")}),
			func(a *vision.Annotation, _ float64) any {
				all := []columns.Members{}
				for _, l := range a.Landmarks {
					others := []any{orNull(l.ID), nil, nil}
					if len(l.Locations) > 0 {
						others[1], others[2] = l.Locations[0].Latitude, l.Locations[0].Longitude
					}
					all = append(all, region(l.Name, &l.Score, l.Box, others...))
				}
				return all
			}},
	}
}

func webFinds() []find {
	web := func(of func(*vision.WebFinds) string) func(a *vision.Annotation) any {
		return func(a *vision.Annotation) any {
			if a.Web == nil {
				return ""
			}
			return of(a.Web)
		}
	}
	same := func(s string) string { return s }
	out := []find{text("Web_BestGuessLabels", stage.Text, "What Google takes the picture for, by where it stands in the web.", web(func(w *vision.WebFinds) string { return together(w.BestGuess, same) }))}
	out = append(out, labelFinds("Web_Entity", func(a *vision.Annotation) []vision.Label {
		if a.Web == nil {
			return nil
		}
		return a.Web.Entities
	})...)
	for _, l := range []struct {
		name, about string
		of          func(*vision.WebFinds) []string
	}{
		{"Web_FullMatchingImages", "Addresses of the same picture, divided by `; `.", func(w *vision.WebFinds) []string { return w.Full }},
		{"Web_PartialMatchingImages", "Addresses of pictures with a part of it.", func(w *vision.WebFinds) []string { return w.Partial }},
		{"Web_VisuallySimilarImages", "Addresses of pictures that look like it.", func(w *vision.WebFinds) []string { return w.Similar }},
	} {
		out = append(out, text(l.name, stage.Finding, l.about, web(func(w *vision.WebFinds) string { return together(l.of(w), same) })))
	}
	return append(out, text("Web_PagesWithFullMatchingImages", stage.Finding, "Addresses of pages with the picture.", web(func(w *vision.WebFinds) string {
		return together(w.Pages, func(p vision.Page) string { return p.URL })
	})))
}
