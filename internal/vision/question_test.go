package vision_test

import (
	"bytes"
	"strings"
	"testing"

	"icono/internal/vision"
)

// TestCanonicalIsPinned holds the layout that stored answers are found by.
func TestCanonicalIsPinned(t *testing.T) {
	m := &vision.Image{Data: []byte("\x89PNG\r\n\x1a\n picture"), Name: "operational.png"}
	cases := map[string]vision.Question{
		`{"features":["objects","text"],"image":{"sha256":"SUM","bytes":16,"mime":"image/png"}}`:                                                                                                        {Features: []vision.Feature{vision.Text, vision.Objects}},
		`{"features":["labels","text"],"document":true,"language_hints":["de","en"],"confidence":true,"max_results":5,"model":"builtin/latest","image":{"sha256":"SUM","bytes":16,"mime":"image/png"}}`: {Features: []vision.Feature{vision.Text, vision.Labels}, Document: true, LanguageHints: []string{"de", "en"}, Confidence: true, MaxResults: 5, Model: vision.Latest},
		`{"features":["faces"],"image":{"sha256":"SUM","bytes":16,"mime":"image/png"}}`:                                                                                                                 {Features: []vision.Feature{vision.Faces}, Model: vision.Stable},
	}
	for want, q := range cases {
		want = strings.ReplaceAll(want, "SUM", "a44fd1444d0d4950a6629828085004c84f72a1a602747720829132a894f286ac")
		got, err := q.Canonical(m)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	prepared := &vision.Image{Data: m.Data, Prepared: "jpeg, longer side at most 640", Prepare: func(b []byte) ([]byte, error) { return b, nil }}
	got, err := vision.Question{Features: []vision.Feature{vision.Faces}}.Canonical(prepared)
	if err != nil || !bytes.HasSuffix(got, []byte(`"bytes":16,"prepared":"jpeg, longer side at most 640"}}`)) {
		t.Errorf("a prepared picture: %s, %v", got, err)
	}
}

func TestWrongQuestionsSayWhatIsRight(t *testing.T) {
	text := []vision.Feature{vision.Text}
	for want, q := range map[string]vision.Question{
		"no feature is asked for; features are text, objects": {},
		`"colour" is unknown`:               {Features: []vision.Feature{"colour"}},
		"text is asked for twice":           {Features: []vision.Feature{vision.Text, vision.Text}},
		`"German" is no code`:               {Features: text, LanguageHints: []string{"German"}},
		"belong to the feature text":        {Features: []vision.Feature{vision.Objects}, LanguageHints: []string{"de"}},
		"at least 1":                        {Features: text, MaxResults: -1},
		"builtin/stable and builtin/latest": {Features: text, Model: "best"},
	} {
		err := q.Check()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v gives %v", q, err)
		}
		if _, e := vision.NewBatcher(nil, q, vision.Gathering{}); e == nil {
			t.Errorf("a batcher takes %+v", q)
		}
	}
}

func TestPicturesThatCannotBeSent(t *testing.T) {
	for want, m := range map[string]*vision.Image{
		"the picture a.txt is TEXT": {Name: "a.txt", Data: []byte("just some words in a file")},
		"the picture b is empty":    {Name: "b"},
		"nothing prepares it":       {Name: "c", Data: []byte("x"), Prepared: "smaller"},
		"PDF":                       {Data: []byte("%PDF-1.7 ...")},
	} {
		if _, err := objects.Canonical(m); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
