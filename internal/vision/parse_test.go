package vision_test

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"icono/internal/chat"
	"icono/internal/vision"
	"icono/internal/vision/visiontest"
)

func share(x float64) *float64 { return &x }

func TestShapesOfAnswers(t *testing.T) {
	cases := map[string]struct {
		raw  string
		size vision.Size
		want vision.Annotation
	}{
		"nothing at all": {raw: `{}`},
		"zero coordinates are left out": {
			raw: `{"localizedObjectAnnotations":[{"mid":"/m/01g317","name":"Person","score":0.9012345,"boundingPoly":{"normalizedVertices":[{},{"x":0.5},{"x":0.5,"y":0.75},{"y":0.75}]}},
				{"mid":"/j/0","languageCode":"","name":"Tie","score":0.5,"boundingPoly":{"normalizedVertices":[{"x":-0.01,"y":0.2},{"x":1.002,"y":0.2},{"x":1.002,"y":0.9},{"x":-0.01,"y":0.9}]}}]}`,
			want: vision.Annotation{Objects: []vision.Object{{ID: "/m/01g317", Name: "Person", Score: 0.9012345, Box: &vision.Box{Right: 0.5, Bottom: 0.75}}, {ID: "/j/0", Name: "Tie", Score: 0.5, Box: &vision.Box{Top: 0.2, Right: 1, Bottom: 0.9}}}},
		},
		"pixels and their size": {
			raw: `{"logoAnnotations":[{"mid":"/m/1","description":"CDU","score":0.75,"boundingPoly":{"vertices":[{"x":100},{"x":200},{"x":200,"y":50},{"x":100,"y":50}]}}]}`, size: vision.Size{Width: 400, Height: 100},
			want: vision.Annotation{Logos: []vision.Object{{ID: "/m/1", Name: "CDU", Score: 0.75, Box: &vision.Box{Left: 0.25, Right: 0.5, Bottom: 0.5}}}},
		},
		"pixels without a size": {
			raw:  `{"logoAnnotations":[{"description":"CDU","boundingPoly":{"vertices":[{"x":100},{"x":200}]}}]}`,
			want: vision.Annotation{Logos: []vision.Object{{Name: "CDU"}}},
		},
		"text without its structure": {
			raw: `{"textAnnotations":[{"locale":"de","description":"Grüße aus\nKöln\n","boundingPoly":{"vertices":[{"x":10,"y":10},{"x":90,"y":10},{"x":90,"y":40},{"x":10,"y":40}]}},{"description":"Grüße","boundingPoly":{"vertices":[{"x":10,"y":10},{"x":50,"y":10},{"x":50,"y":20},{"x":10,"y":20}]}}]}`, size: vision.Size{Width: 100, Height: 100},
			want: vision.Annotation{Text: "Grüße aus\nKöln", Language: "de", Blocks: []vision.Block{{Kind: "text", Text: "Grüße aus\nKöln", Box: &vision.Box{Left: 0.1, Top: 0.1, Right: 0.9, Bottom: 0.4}, Words: []vision.Word{{Text: "Grüße", Box: &vision.Box{Left: 0.1, Top: 0.1, Right: 0.5, Bottom: 0.2}}}}}},
		},
		"breaks and confidences": {
			raw: `{"fullTextAnnotation":{"text":"a b-\nc","pages":[{"width":10,"height":20,"property":{"detectedLanguages":[{"languageCode":"en","confidence":0.25},{"languageCode":"de","confidence":0.75}]},"blocks":[{"blockType":1,"confidence":0.5,
				"paragraphs":[{"words":[{"confidence":0.5,"symbols":[{"text":"a","property":{"detectedBreak":{"type":"SPACE"}}}]},{"confidence":1,"boundingBox":{"vertices":[{"x":5},{"x":10},{"x":10,"y":20},{"x":5,"y":20}]},"symbols":[{"text":"b","property":{"detectedBreak":{"type":"HYPHEN"}}},{"text":"c","property":{"detectedBreak":{"type":5}}}]}]}]}]}]}}`,
			want: vision.Annotation{Text: "a b-\nc", Language: "de", Languages: []vision.Language{{Code: "de", Confidence: 0.75}, {Code: "en", Confidence: 0.25}}, TextConfidence: share(2.5 / 3),
				Blocks: []vision.Block{{Kind: "text", Text: "a b-\nc", Confidence: share(0.5), Words: []vision.Word{{Text: "a", Confidence: share(0.5)}, {Text: "bc", Confidence: share(1), Box: &vision.Box{Left: 0.5, Right: 1, Bottom: 1}}}}}},
		},
		"words and numbers for likelihoods": {
			raw:  `{"safeSearchAnnotation":{"adult":"VERY_UNLIKELY","spoof":2,"medical":"NEW_WORD","violence":99,"racy":"VERY_LIKELY"}}`,
			want: vision.Annotation{SafeSearch: &vision.Likelihoods{Adult: "VERY_UNLIKELY", Spoof: "UNLIKELY", Medical: "UNKNOWN", Violence: "UNKNOWN", Racy: "VERY_LIKELY"}},
		},
		"members that nobody knows": {
			raw:  `{"somethingNew":{"a":[1]},"labelAnnotations":[{"mid":"/m/2","description":"Crowd","score":0.9,"topicality":0.9,"newMember":true}]}`,
			want: vision.Annotation{Labels: []vision.Label{{ID: "/m/2", Name: "Crowd", Score: 0.9, Topicality: 0.9}}},
		},
		"a place at zero": {
			raw:  `{"landmarkAnnotations":[{"description":"Null Island","score":0.5,"locations":[{"latLng":{}},{"latLng":{"latitude":-33.5,"longitude":151.25}},{}]}]}`,
			want: vision.Annotation{Landmarks: []vision.Landmark{{Name: "Null Island", Score: 0.5, Locations: []vision.Location{{}, {Latitude: -33.5, Longitude: 151.25}}}}},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := vision.Parse([]byte(c.raw), c.size)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("read otherwise (- wanted, + got):\n%s", d)
			}
		})
	}
}

func TestSeveralLanguages(t *testing.T) {
	p := visiontest.Picture{Width: 300, Height: 200, Features: []string{"DOCUMENT_TEXT_DETECTION"}}
	var a vision.Annotation
	s := visiontest.Start(t, visiontest.Options{Each: func(q visiontest.Picture) visiontest.Answer {
		q.Width, q.Height = p.Width, p.Height
		return visiontest.Text(q, "de", "Grüße aus der Straße", "en|Vote now", "uk|Київ")
	}})
	b := batcher(t, client(t, s, vision.Options{}), vision.Question{Features: []vision.Feature{vision.Text}, Document: true}, vision.Gathering{})
	a, _, err := b.Annotate(t.Context(), &vision.Image{Data: drawn(t, 1)})
	if err != nil {
		t.Fatal(err)
	}
	if a.Text != "Grüße aus der Straße\nVote now\nКиїв" || a.Language != "de" || len(a.Languages) != 3 || a.Languages[0].Code != "de" {
		t.Errorf("the text is %q in %s of %v", a.Text, a.Language, a.Languages)
	}
	if a.TextConfidence == nil || *a.TextConfidence != 0.97 || len(a.Blocks) != 3 || a.Blocks[0].Text != "Grüße aus der Straße" || a.Blocks[0].Words[3].Text != "Straße" || a.Blocks[2].Words[0].Box == nil {
		t.Errorf("the blocks are %+v", a.Blocks)
	}
}

func TestErrorOfAPictureKeepsWhatWasFound(t *testing.T) {
	a, err := vision.Parse([]byte(`{"error":{"code":14,"message":"try later"},"labelAnnotations":[{"description":"Crowd","score":1}]}`), vision.Size{})
	var e *chat.Error
	if !errors.As(err, &e) || !e.Retryable || e.Code != "UNAVAILABLE" || e.Status != 200 || len(a.Labels) != 1 {
		t.Errorf("%v, %+v", err, a)
	}
	_, err = vision.Parse([]byte(`{"error":{"code":3,"message":"Invalid language code: xx"}}`), vision.Size{})
	if !errors.As(err, &e) || !e.Stop || !strings.Contains(err.Error(), "`language_hints`") {
		t.Errorf("a wrong hint gives %v", err)
	}
	if _, err = vision.Parse([]byte(`{"error":{}}`), vision.Size{}); err != nil {
		t.Errorf("an empty error gives %v", err)
	}
	for _, raw := range []string{"", "null", "[]", `"text"`, `{"labelAnnotations":`, `{"labelAnnotations":7}`} {
		_, err := vision.Parse([]byte(raw), vision.Size{})
		if !errors.As(err, &e) || e.Outcome != chat.Failed {
			t.Errorf("%q gives %v", raw, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"localizedObjectAnnotations":[{"boundingPoly":{"normalizedVertices":[{},{"x":"NaN","y":-2}]},"score":"Infinity"}]}`), 10, 10)
	f.Add([]byte(`{"faceAnnotations":[{"boundingPoly":{"vertices":[{"x":-2147483648},{"y":2147483647}]},"rollAngle":"-Infinity","joyLikelihood":77}],"error":{"code":-1}}`), 1, 0)
	f.Add([]byte(`{"fullTextAnnotation":{"text":"\n\r\n","pages":[null,{"width":-1,"blocks":[{"blockType":"TABLE","paragraphs":[{"words":[{}]}]}]}]},"landmarkAnnotations":[{"locations":[{"latLng":{"latitude":"NaN"}}]}]}`), -5, 3)
	f.Add([]byte(`{"fullTextAnnotation":{"pages":[{"blocks":[{"paragraphs":[{"words":[{"symbols":[{"text":"a"},{"text":"b","property":{"detectedBreak":{"type":"HYPHEN","isPrefix":true}}},{"text":"c"}]}]}]}]}]}}`), 1, 1)
	f.Fuzz(func(t *testing.T, raw []byte, w, h int) {
		a, err := vision.Parse(raw, vision.Size{Width: w, Height: h})
		again, err2 := vision.Parse(raw, vision.Size{Width: w, Height: h})
		if !reflect.DeepEqual(a, again) || (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error() {
			t.Fatal("the same answer reads otherwise the second time")
		}
		if lean := vision.Lean(raw); err == nil {
			if b, err := vision.Parse(lean, vision.Size{Width: w, Height: h}); err != nil || !reflect.DeepEqual(a, b) {
				t.Fatalf("without its letters the answer reads otherwise: %v, %s", err, lean)
			}
		}
		if e := (*chat.Error)(nil); err != nil && !errors.As(err, &e) {
			t.Fatalf("the error is a %T", err)
		}
		within := func(x float64) {
			if math.IsNaN(x) || x < 0 || x > 1 {
				t.Fatalf("%v is not within 0 and 1", x)
			}
		}
		boxed := func(b *vision.Box) {
			if b == nil {
				return
			}
			for _, x := range []float64{b.Left, b.Top, b.Right, b.Bottom} {
				within(x)
			}
			if b.Left > b.Right || b.Top > b.Bottom {
				t.Fatalf("the box %+v is inside out", b)
			}
		}
		for _, o := range append(a.Objects, a.Logos...) {
			within(o.Score)
			boxed(o.Box)
		}
		for _, f := range a.Faces {
			boxed(f.Box)
			if math.IsNaN(f.Roll) || math.IsInf(f.Roll, 0) {
				t.Fatal("a face is turned by no number")
			}
		}
		for _, b := range a.Blocks {
			boxed(b.Box)
		}
		if a.TextConfidence != nil {
			within(*a.TextConfidence)
		}
	})
}
