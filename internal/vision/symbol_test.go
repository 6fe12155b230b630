package vision_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"icono/internal/vision"
	"icono/internal/vision/visiontest"
)

func TestLeanReadsTheSame(t *testing.T) {
	p := visiontest.Picture{Width: 1080, Height: 1920, Features: []string{"DOCUMENT_TEXT_DETECTION"}}
	text, err := json.Marshal(visiontest.Text(p, "de", strings.Split(strings.Repeat("Wahlkampf <b> & Straße|", 30), "|")...))
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]string{
		"text":        string(text),
		"breaks":      `{"fullTextAnnotation":{"text":"ab-\nc d","pages":[{"blocks":[{"paragraphs":[{"words":[{"symbols":[{"text":"a"},{"text":"b","property":{"detectedBreak":{"type":"HYPHEN"}}},{"text":"c","property":{"detectedLanguages":[]}},{"text":"d","property":{"detectedBreak":{"type":"SPACE","isPrefix":true}}}]}]}]}]}]},"new":1.10,"x":"<&>"}`,
		"odd":         `{"fullTextAnnotation":{"pages":[7,{"blocks":[{"paragraphs":[{"words":[{"symbols":["a"]},{"symbols":[]},{"symbols":[{}]}]}]}]}]}}`,
		"no symbols":  `{"labelAnnotations":[{"description":"symbols"}]}`,
		"no response": `"symbols" `,
	}
	for name, raw := range cases {
		lean := vision.Lean([]byte(raw))
		want, err1 := vision.Parse([]byte(raw), vision.Size{})
		got, err2 := vision.Parse(lean, vision.Size{})
		if d := cmp.Diff(want, got); d != "" || (err1 == nil) != (err2 == nil) {
			t.Errorf("%s reads otherwise (%v, %v):\n%s", name, err1, err2, d)
		}
		if again := vision.Lean(lean); string(again) != string(lean) {
			t.Errorf("%s: leaner still: %s", name, again)
		}
	}
	if lean := vision.Lean(text); len(lean) > len(text)/2 {
		t.Errorf("%d bytes became %d", len(text), len(lean))
	} else {
		t.Logf("%d bytes became %d", len(text), len(lean))
	}
	if got := string(vision.Lean([]byte(cases["breaks"]))); !strings.Contains(got, `"new":1.10,"x":"<&>"`) || !strings.Contains(got, `{"text":"c"},{"property"`) {
		t.Errorf("the rest changed: %s", got)
	}
}
