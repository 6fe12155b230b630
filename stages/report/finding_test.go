package report

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/stage"
	"icono/internal/stagetest"
)

func thing(name any, score any, box ...any) map[string]any {
	m := map[string]any{"name": name, "score": score, "left": nil, "top": nil, "right": nil, "bottom": nil}
	for i, key := range []string{"left", "top", "right", "bottom"} {
		if i < len(box) {
			m[key] = box[i]
		}
	}
	return m
}

// seenTable is a table with what was read and found, and a code merged from it.
func seenTable(agreed bool) *arrow.Schema {
	number := func(name string) arrow.Field {
		return arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Float64, Nullable: true}
	}
	things := arrow.ListOf(arrow.StructOf(arrow.Field{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true}, number("score"), number("left"), number("top"), number("right"), number("bottom")))
	list := func(name string, role stage.Role) arrow.Field {
		return stage.Mark(arrow.Field{Name: name, Type: things, Nullable: true}, role, "seen")
	}
	clip := stage.WithCategories(stage.Mark(stagetest.Text("CLIP"), stage.Code, "clip"), []string{"Photo", "Poster", "Other"})
	merged := stage.WithCategories(stage.Mark(stagetest.Text("Type"), stage.Code, "merged"), []string{"Photo", "Poster"})
	merged = stage.MergedFrom(merged, []stage.Input{{Name: "C", Column: "CLIP"}, {Name: "O", Column: "Objects"}, {Name: "long", Expression: "len(OCR) > 3"}})
	fields := []arrow.Field{stagetest.Key("ID"), stage.WithRoot(stage.Mark(stagetest.Text("Image"), stage.Image, "load"), "media"), clip,
		stage.Mark(stagetest.Text("OCR"), stage.Text, "seen"), stage.Mark(stagetest.Text("Objects"), stage.Text, "seen"), list("Object_list", stage.Regions), list("OCR_words", stage.Words),
		merged, stage.Mark(stagetest.Text("votes"), stage.Phrase, "merged")}
	if agreed {
		fields = append(fields, stage.Mark(stagetest.Text("merged_agreed"), stage.Agreed, "merged"))
	}
	return stagetest.Schema(append(fields, stage.Mark(stagetest.Text("merged_status"), stage.StatusRole, "merged"), stage.Mark(stagetest.Text("merged_error"), stage.ErrorText, "merged"))...)
}

func seenRows() [][]any {
	cup, cat := thing("Cup", 0.9, 0.1, 0.2, 0.5, 0.6), thing("Cat", 0.5, 0.0, 0.0, 1.0, 1.0)
	return [][]any{
		{"01", "a.png", "Photo", "Für alle\nÖl", "2x Cup, 1x Cat", []any{cup, cat, thing("Cup", nil)}, []any{thing("Für", 0.9, 0.1, 0.1, 0.2, 0.2)}, "Photo", "Photo 1", "C", "ok", nil},
		{"02", "a.png", "Poster", "", "", []any{}, []any{}, "Photo", "Photo 1, Poster 1", "", "ok", nil},
		{"03", "a.png", nil, nil, nil, nil, nil, nil, nil, nil, "missing", "no input has a value"},
		{"04", "gone.png", "Photo", "x", "1x Cup", []any{cup}, nil, "Photo", "Photo 1", "C", "ok", nil},
	}
}

func seenFacts() stage.RunFacts {
	return stage.RunFacts{Name: "seen", Seed: 1, Stages: []stage.StageFacts{{ID: "load", Kind: "load", Out: 4}, {ID: "seen", Kind: "vision", In: 4, Out: 4,
		Facts: []stage.Fact{{Name: "model", Value: "tesseract 5"}}}, {ID: "merged", Kind: "ensemble", In: 4, Out: 4}}}
}

func TestFindings(t *testing.T) {
	page := made(t, options(nil), seenFacts(), seenTable(true), 2, seenRows()...)
	for id, wants := range map[string][]string{
		"variable-2": {
			"Inputs and the merged code", "C column CLIP 3 2 66.7 %",
			"How it came about C Photo (same code) O 2x Cup, 1x Cat long len(OCR) > 3 Decided by Photo 1 Merged Photo",
			"Text and things found OCR Für alle Öl Objects 2x Cup, 1x Cat Object_list Cup 0.90, Cat 0.50, Cup",
			"OCR none Objects none Object_list none",
		},
		"found-1": {"Found by the stage seen (vision) with the model tesseract 5 in 2 of 3 rows (66.7 %) of the pictures that were looked at.",
			"Cup 3 2 66.7 %", "Cat 1 1 33.3 %"},
	} {
		got := sectionText(t, page, id)
		for _, want := range wants {
			if !strings.Contains(got, squeeze(want)) {
				t.Errorf("%s: no %q in %s", id, want, got)
			}
		}
	}
	// Boxes in pixels of the copy, 60 by 30, and words without names.
	for _, want := range []string{`<svg class="boxes" viewBox="0 0 60 30"`, `<rect class="k0" x="6.0" y="6.0" width="24.0" height="12.0"/>`, `<rect class="k1" x="0.0" y="0.0" width="60.0" height="30.0"/>`, `>Cat</text>`,
		`<g class="layer-2"><rect class="k0" x="6.0" y="3.0" width="6.0" height="3.0"/></g>`,
		`<input type="checkbox" id="layer-1" checked> <bdi>Object_list</bdi>`, `<input type="checkbox" id="layer-2"> <bdi>OCR_words</bdi>`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
	if n := strings.Count(page, ">Für</text>"); n > 0 {
		t.Error("words are written over themselves")
	}
	if none := made(t, options(func(c *Config) { c.Pictures = none }), seenFacts(), seenTable(true), 2, seenRows()...); strings.Contains(none, "<svg class=\"boxes\"") || strings.Contains(none, "layer-1\" checked") {
		t.Error("boxes are drawn without pictures")
	}
	// Without the column of names nobody knows who agreed.
	if other := made(t, options(nil), seenFacts(), seenTable(false), 2, append([][]any{}, cut(seenRows(), 9)...)...); strings.Contains(other, "Inputs and the merged code") {
		t.Error("agreement is made up")
	}
}

// cut leaves a column out.
func cut(rows [][]any, at int) (out [][]any) {
	for _, r := range rows {
		out = append(out, append(append([]any{}, r[:at]...), r[at+1:]...))
	}
	return out
}

// What no picture can have is listed, and not drawn; many things keep the page
// small.
func TestOddFindings(t *testing.T) {
	var many []any
	for i := range 20_000 {
		many = append(many, thing(fmt.Sprintf("thing %d", i), 0.5, 0.1, 0.1, 0.2, 0.2))
	}
	rows := [][]any{
		{"01", "a.png", "Photo", strings.Repeat("long ", 300_000), "x", many, many, "Photo", "v", "C", "ok", nil},
		{"02", "a.png", "Photo", "x", "x", []any{thing(nil, math.NaN(), math.NaN(), 0.0, 1.0, 1.0), thing("</svg><script>", 2.0, -1.0, 0.0, 1.0, 1.0), thing("upside down", 0.5, 0.9, 0.9, 0.1, 0.1), thing("half", 0.5, 0.1)}, nil, "Photo", "v", "C", "ok", nil},
	}
	page := made(t, options(nil), seenFacts(), seenTable(true), 1, rows...)
	if len(page) > 1<<20 {
		t.Errorf("the page has %d bytes", len(page))
	}
	for _, want := range []string{"and " + grouped(20_000-maxRegions) + " more", "things with rarer names left out", "upside down", "half"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(page, "</svg><script>") || strings.Contains(page, ">upside down</text>") || strings.Contains(page, "NaN") {
		t.Error("something is drawn that has no place, or stands in the page as it is")
	}
}

// Columns with the roles but of other types are passed over.
func TestFindingsOfOtherTypes(t *testing.T) {
	for name, f := range map[string]arrow.Field{
		"text":          stagetest.Text("x"),
		"list of text":  {Name: "x", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true},
		"other members": {Name: "x", Type: arrow.ListOf(arrow.StructOf(arrow.Field{Name: "y", Type: arrow.PrimitiveTypes.Int64})), Nullable: true},
		"numbers":       stagetest.Int("x"),
	} {
		for _, role := range []stage.Role{stage.Regions, stage.Words, stage.Text} {
			page := made(t, options(nil), stage.RunFacts{}, stagetest.Schema(stagetest.Key("ID"), stage.Mark(f, role, "s")), 1, []any{"1", nil})
			if strings.Contains(page, "found-1") {
				t.Errorf("%s as %s", name, role)
			}
		}
	}
}
