package visiontest

import (
	"crypto/sha256"
	"maps"
	"math"
)

// Answer is an AnnotateImageResponse as JSON.
type Answer map[string]any

// Empty finds nothing.
func Empty(Picture) Answer { return Answer{} }

// Fails answers about every picture with an error of google.rpc's codes.
func Fails(code int, message string) func(Picture) Answer {
	return func(Picture) Answer { return Failure(code, message) }
}

// Failure is the answer about a picture that the service could not read.
func Failure(code int, message string) Answer {
	return Answer{"error": map[string]any{"code": code, "message": message}}
}

// With adds the members of others to an answer.
func (a Answer) With(others ...Answer) Answer {
	out := maps.Clone(a)
	for _, o := range others {
		maps.Copy(out, o)
	}
	return out
}

// dice are the bytes that an answer is derived from.
type dice struct {
	sum [sha256.Size]byte
	at  int
}

func (d *dice) roll(n int) int {
	if d.at == len(d.sum) {
		d.sum, d.at = sha256.Sum256(d.sum[:]), 0
	}
	d.at++
	return int(d.sum[d.at-1]) % n
}

// score is from 0.5 to 0.99, with seven decimals as the service writes them.
func (d *dice) score() float64 {
	return math.Round((0.5+float64(d.roll(256)*256+d.roll(256))/65536*0.49)*1e7) / 1e7
}

// Derived answers about a picture by its bytes, the same each time, with the
// features that are asked for.
func Derived(p Picture) Answer {
	a := Answer{}
	for _, f := range p.Features {
		d := &dice{sum: sha256.Sum256(append([]byte(f), p.Data...))}
		switch f {
		case "TEXT_DETECTION", "DOCUMENT_TEXT_DETECTION":
			lines := texts()[d.roll(len(texts()))]
			a = a.With(Text(p, lines.locale, lines.all...))
		case "OBJECT_LOCALIZATION":
			a = a.With(objects(d))
		case "LABEL_DETECTION":
			a = a.With(labels(d))
		case "SAFE_SEARCH_DETECTION":
			judged := map[string]any{}
			for _, name := range []string{"adult", "spoof", "medical", "violence", "racy"} {
				judged[name] = likelihoods()[d.roll(5)]
			}
			a["safeSearchAnnotation"] = judged
		case "FACE_DETECTION":
			a = a.With(faces(d, p))
		case "LOGO_DETECTION":
			if d.roll(3) == 0 {
				a["logoAnnotations"] = []any{map[string]any{"mid": "/m/0dwx7", "description": "Tagesschau", "score": d.score(), "boundingPoly": pixels(0, 0, 120, 40)}}
			}
		case "LANDMARK_DETECTION":
			if d.roll(3) == 0 {
				a["landmarkAnnotations"] = []any{map[string]any{"mid": "/m/014lft", "description": "Reichstag building", "score": d.score(), "boundingPoly": pixels(10, 0, p.Width, p.Height),
					"locations": []any{map[string]any{"latLng": map[string]any{"latitude": 52.518623, "longitude": 13.376198}}}}}
			}
		case "WEB_DETECTION":
			a = a.With(finds(d))
		}
	}
	return a
}

func likelihoods() []string {
	return []string{"VERY_UNLIKELY", "UNLIKELY", "POSSIBLE", "LIKELY", "VERY_LIKELY"}
}

func objects(d *dice) Answer {
	known := [][2]string{{"/m/01g317", "Person"}, {"/m/01mzpv", "Chair"}, {"/m/04bcr3", "Table"}, {"/m/0k4j", "Car"}, {"/j/5qg9b8", "Packaged goods"}, {"/m/03120", "Flag"}}
	var all []any
	score := 0.99
	for range d.roll(5) {
		what := known[d.roll(len(known))]
		score = math.Round((score-float64(d.roll(100))/1000)*1e7) / 1e7
		x, y := float64(d.roll(3))/4, float64(d.roll(3))/4
		all = append(all, map[string]any{"mid": what[0], "name": what[1], "score": score, "boundingPoly": shares(x, y, x+0.25+float64(d.roll(2))/4, y+0.5)})
	}
	if all == nil {
		return Answer{}
	}
	return Answer{"localizedObjectAnnotations": all}
}

func labels(d *dice) Answer {
	known := [][2]string{{"/m/01kg8j", "Crowd"}, {"/m/03qtwd", "Crowd event"}, {"/m/02crq1", "Street"}, {"/m/05qdh", "Painting"}, {"/m/0jg24", "Poster"}, {"/m/03gq5hm", "Font"}}
	var all []any
	for i := range 1 + d.roll(5) {
		what, score := known[(i+d.roll(2))%len(known)], d.score()
		all = append(all, map[string]any{"mid": what[0], "description": what[1], "score": score, "topicality": score})
	}
	return Answer{"labelAnnotations": all}
}

func faces(d *dice, p Picture) Answer {
	var all []any
	for range d.roll(3) {
		x, y := d.roll(p.Width/2+1), d.roll(p.Height/2+1)
		f := map[string]any{"boundingPoly": pixels(x, y, x+p.Width/4, y+p.Height/3), "fdBoundingPoly": pixels(x+4, y+8, x+p.Width/5, y+p.Height/4),
			"rollAngle": -3.2411954, "panAngle": 7.5, "tiltAngle": -0.25, "detectionConfidence": d.score(), "landmarkingConfidence": d.score(),
			"landmarks": []any{map[string]any{"type": "LEFT_EYE", "position": map[string]any{"x": float64(x) + 20.5, "y": float64(y) + 31.25, "z": -0.0016}}}}
		for _, name := range []string{"joy", "sorrow", "anger", "surprise", "underExposed", "blurred", "headwear"} {
			f[name+"Likelihood"] = likelihoods()[d.roll(5)]
		}
		all = append(all, f)
	}
	if all == nil {
		return Answer{}
	}
	return Answer{"faceAnnotations": all}
}

func finds(d *dice) Answer {
	return Answer{"webDetection": map[string]any{
		"webEntities":             []any{map[string]any{"entityId": "/m/0d05w3", "score": 1.2045, "description": "Demonstration"}, map[string]any{"entityId": "/g/11b7w8", "score": d.score()}},
		"fullMatchingImages":      []any{map[string]any{"url": "https://example.org/full.jpg"}},
		"partialMatchingImages":   []any{map[string]any{"url": "https://example.org/part.jpg"}},
		"pagesWithMatchingImages": []any{map[string]any{"url": "https://example.org/page", "pageTitle": "A <b>demonstration</b>", "fullMatchingImages": []any{map[string]any{"url": "https://example.org/full.jpg"}}}},
		"visuallySimilarImages":   []any{map[string]any{"url": "https://example.org/similar.jpg"}},
		"bestGuessLabels":         []any{map[string]any{"label": "demonstration berlin", "languageCode": "de"}},
	}}
}

// shares is a polygon in shares of the picture, its zeros left out as protobuf's
// JSON does.
func shares(left, top, right, bottom float64) map[string]any {
	point := func(x, y float64) any {
		v := map[string]any{}
		if x != 0 {
			v["x"] = min(x, 1)
		}
		if y != 0 {
			v["y"] = min(y, 1)
		}
		return v
	}
	return map[string]any{"normalizedVertices": []any{point(left, top), point(right, top), point(right, bottom), point(left, bottom)}}
}

// pixels is the same in pixels.
func pixels(left, top, right, bottom int) map[string]any {
	point := func(x, y int) any {
		v := map[string]any{}
		if x != 0 {
			v["x"] = x
		}
		if y != 0 {
			v["y"] = y
		}
		return v
	}
	return map[string]any{"vertices": []any{point(left, top), point(right, top), point(right, bottom), point(left, bottom)}}
}
