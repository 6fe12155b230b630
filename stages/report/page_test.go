package report

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"icono/internal/stage"
	"icono/internal/stagetest"
)

// hostile are texts that break pages.
func hostile() []string {
	return []string{
		`</script><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `javascript:alert(1)`, "{{.}}", "`backticks`", "<!--", "]]>", "</style>",
		"\u202Eright to left override", "مرحبا بالعالم", "עברית (א)", "Z̷̢a̶l̵g̷o̸", "👩‍👩‍👧‍👦", "a\x00b", "tab\tand\nline", "\xff\xfe broken", strings.Repeat("long", 2000),
		`quote ' and " and &amp;`, "", " ",
	}
}

// pages are pages of all sorts.
func pages(t *testing.T) map[string]string {
	var nasty [][]any
	evil := hostile()
	for i, s := range evil {
		valid := strings.ToValidUTF8(s, "?")
		nasty = append(nasty, []any{fmt.Sprint(i) + s, s, s, valid, valid, s, 0.5 + float64(i)/100, "failed" + s, s})
	}
	wild := coded()
	fields := wild.Fields()
	fields[4] = stage.WithCategories(fields[4], evil)
	f := facts()
	f.About, f.Name, f.Source, f.Pipeline = evil[0], evil[1], evil[0]+evil[8], evil[1]
	f.Stages = append(f.Stages, stage.StageFacts{ID: evil[0], Kind: evil[1], Dropped: []stage.Count{{Name: evil[0] + evil[4], N: 1}}, Facts: []stage.Fact{{Name: evil[0], Value: evil[1]}}})
	many := coded()
	manyFields := many.Fields()
	var names []string
	var rows [][]any
	for i := range 100 {
		names = append(names, fmt.Sprintf("category %d", i))
		rows = append(rows, []any{fmt.Sprintf("%03d", i), "a.png", "c", "h", names[i], "p", float64(i) / 100, "ok", nil})
	}
	manyFields[4] = stage.WithCategories(manyFields[4], names)
	said := book(t, 3)
	saidFields := said.Fields()
	for i, f := range saidFields {
		d := stage.Documentation{Source: evil[0], Text: evil[1] + evil[8], Notes: evil, Meanings: []stage.Meaning{{Name: "Flag", Text: evil[1], Examples: evil, CounterExamples: evil, Phrases: evil}}}
		saidFields[i] = stage.Documented(f, d)
	}
	var saidRows [][]any
	for i, s := range evil {
		saidRows = append(saidRows, []any{fmt.Sprint(i) + s, "a.png", s, "Among", []any{s, "Flag"}, i%2 == 0, i, math.Pow(10, float64(40*i)), s, 1.0, math.NaN(), math.Inf(1), nil, 0.5, -1.0, "ok", s})
	}
	all := options(func(c *Config) { c.Show, c.Columns = []string{"Caption", "Image"}, []string{"Type", "Human"} })
	noPictures := options(func(c *Config) { c.Pictures = none })
	return map[string]string{
		"coded":    made(t, all, facts(), coded(), 256, codedRows()...),
		"link":     made(t, options(func(c *Config) { c.Pictures = link }), facts(), coded(), 256, codedRows()...),
		"none":     made(t, noPictures, facts(), coded(), 256, codedRows()...),
		"empty":    made(t, all, stage.RunFacts{}, coded(), 256),
		"plain":    made(t, options(nil), stage.RunFacts{}, stagetest.Schema(stagetest.Int("x")), 256, []any{1}, []any{nil}),
		"hostile":  made(t, all, f, stagetest.Schema(fields...), 256, nasty...),
		"hundred":  made(t, options(nil), facts(), stagetest.Schema(manyFields...), 256, rows...),
		"codebook": made(t, options(nil), bookFacts("hand-coded"), book(t, 3), 2, bookRows()...),
		"said":     made(t, options(nil), bookFacts(evil[1]), stagetest.Schema(saidFields...), 256, saidRows...),
		"found":    made(t, options(nil), seenFacts(), seenTable(true), 2, seenRows()...),
		"no stage": made(t, all, stage.RunFacts{Partial: true}, coded(), 1, codedRows()...),
	}
}

func TestEveryPageIsAccessible(t *testing.T) {
	for name, page := range pages(t) {
		t.Run(name, func(t *testing.T) {
			root, ids := tree(t, page), map[string]bool{}
			for _, e := range elements(root) {
				if id, ok := attr(e, "id"); ok && ids[id] {
					t.Errorf("the id %q stands twice", id)
				} else if ok {
					ids[id] = true
				}
			}
			level := 0
			for _, h := range elements(root, "h1", "h2", "h3", "h4") {
				n := int(h.Data[1] - '0')
				if n > level+1 {
					t.Errorf("%s after h%d: %s", h.Data, level, text(h))
				}
				if level = n; text(h) == "" && name != "hostile" {
					t.Errorf("an empty %s", h.Data)
				}
			}
			if n := len(elements(root, "h1")); n != 1 {
				t.Errorf("%d h1", n)
			}
			for _, m := range elements(root, "img") {
				if alt, ok := attr(m, "alt"); !ok || alt == "" {
					t.Error("a picture without an alternative text")
				}
			}
			for _, a := range elements(root, "a") {
				if to, _ := attr(a, "href"); !strings.HasPrefix(to, "#") || !ids[to[1:]] {
					t.Errorf("a link leads to %q, which is not in the page", to)
				}
			}
			for _, s := range elements(root, "svg") {
				_, label := attr(s, "aria-label")
				if hidden, _ := attr(s, "aria-hidden"); hidden != "true" && !label {
					t.Error("a chart that is neither named nor hidden")
				}
			}
			for _, h := range elements(root, "th") {
				if _, ok := attr(h, "scope"); !ok {
					t.Errorf("a heading of a table without a scope: %s", text(h))
				}
			}
			for _, table := range elements(root, "table") {
				if len(elements(table, "caption")) != 1 {
					t.Errorf("a table without a caption: %s", text(table))
				}
			}
		})
	}
}

func TestNothingIsLoadedOrRun(t *testing.T) {
	for name, page := range pages(t) {
		t.Run(name, func(t *testing.T) {
			root := tree(t, page)
			if n := len(elements(root, "script")); n != 1 || text(elements(root, "script")[0]) != "" {
				t.Errorf("%d scripts", n)
			}
			style, script := elements(root, "style"), elements(root, "script")
			if len(style) != 1 || style[0].FirstChild.Data != styleText || script[0].FirstChild.Data != scriptText {
				t.Error("style or script are not what the policy allows")
			}
			for _, e := range elements(root) {
				for _, a := range e.Attr {
					switch {
					case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
						t.Errorf("an attribute %s=%q", a.Key, a.Val)
					case a.Key == "src" && !strings.HasPrefix(a.Val, "data:image/jpeg;base64,") && name != "link":
						t.Errorf("a source %q", a.Val)
					case a.Key == "http-equiv" && a.Val != "Content-Security-Policy":
						t.Errorf("a header %q", a.Val)
					}
				}
				if e.Data == "link" || e.Data == "iframe" || e.Data == "base" || e.Data == "form" {
					t.Errorf("an element %s", e.Data)
				}
			}
			if strings.Contains(text(root), "ZgotmplZ") || strings.Contains(page, "ZgotmplZ") {
				t.Error("the template found something unsafe")
			}
			if strings.Contains(page, "NaN") {
				t.Error("a number that is none")
			}
		})
	}
}

func TestFiguresAndTablesAreNumberedInOrder(t *testing.T) {
	number := regexp.MustCompile(`<b>(Figure|Table) (\d+)\.</b>`)
	for name, page := range pages(t) {
		next := map[string]int{"Figure": 1, "Table": 1}
		for _, m := range number.FindAllStringSubmatch(page, -1) {
			if n, _ := strconv.Atoi(m[2]); n != next[m[1]] {
				t.Errorf("%s: %s %d after %d", name, m[1], n, next[m[1]]-1)
			}
			next[m[1]]++
		}
	}
}

func TestContentOfThePage(t *testing.T) {
	all := pages(t)
	cases := map[string][]string{
		"coded": {"The table holds 6 rows, identified by ID , of 8 that the stage load read.", "took out 2 rows ( where is false).",
			"with the model palette in 4 of 6 rows (66.7 %); faults: 1 missing and 1 unreadable.",
			"The most frequent of 3 categories are Collage and Campaign Event (n = 2 each, 50.0 % of coded rows).",
			"Table 4. The one row that the stage types gave the status unreadable .", "06 the file is cut off", "there is no such file",
			"They agree in 66.7 %; Cohen’s kappa is 0.50", "No row has the code Other .", "This file contains small copies of pictures"},
		"none":     {"This page holds no pictures (pictures: none)."},
		"link":     {"This page links to picture files beside it"},
		"empty":    {"The table holds no rows"},
		"plain":    {"No stage of the pipeline has coded these rows", "row 1"},
		"no stage": {"Incomplete run."},
	}
	for name, wants := range cases {
		got := strings.NewReplacer(" ,", " ,").Replace(text(tree(t, all[name])))
		for _, want := range wants {
			if !strings.Contains(squeeze(got), squeeze(want)) {
				t.Errorf("%s: no %q", name, want)
			}
		}
	}
	if !strings.Contains(all["link"], `src="../media/b%20c%231.png" width="60" height="30"`) {
		t.Error("a linked picture is not named by its path from the page")
	}
	if strings.Contains(all["none"], "<img") {
		t.Error("a picture in a page without pictures")
	}
}

func squeeze(s string) string { return strings.ReplaceAll(s, " ", "") }

func TestPicturesInArchivesCannotBeLinked(t *testing.T) {
	folder := study(t)
	png, err := os.ReadFile(folder.Resolve("media/a.png"))
	if err != nil {
		t.Fatal(err)
	}
	l := loader{config: Config{Pictures: link}, folder: "/study/out"}
	if s := l.link("photos.ZIP/a.png", png); !strings.Contains(s.Missing, "zip archive") {
		t.Errorf("got %+v", s)
	}
}

var setting = regexp.MustCompile(`(--[a-z0-9-]+): (#[0-9a-f]{3,6})`)

// TestContrast holds WCAG 2.2's AA: 4.5 to 1 for text, 3 to 1 for shapes, in
// the light, the dark and the printed palette.
func TestContrast(t *testing.T) {
	palettes := strings.Split(styleText, ":root {")[1:]
	if len(palettes) != 3 {
		t.Fatalf("%d palettes", len(palettes))
	}
	for i, p := range palettes {
		body, _, _ := strings.Cut(p, "}")
		colour := map[string]string{}
		for _, m := range setting.FindAllStringSubmatch(body, -1) {
			colour[m[1]] = m[2]
		}
		for _, pair := range []struct {
			a, b string
			min  float64
		}{{"ink", "paper", 7}, {"quiet", "paper", 4.5}, {"link", "paper", 4.5}, {"ink", "faint", 4.5}, {"quiet", "faint", 4.5}, {"warn", "warn-paper", 4.5},
			{"ink", "s1", 4.5}, {"ink", "s2", 4.5}, {"ink", "s3", 4.5}, {"ink", "s4", 4.5}, {"ink", "s5", 4.5}, {"bar", "paper", 3}, {"residual", "paper", 3}, {"link", "faint", 3}} {
			if got := contrast(t, colour["--"+pair.a], colour["--"+pair.b]); got < pair.min {
				t.Errorf("palette %d: %s on %s has %.2f to 1, below %g", i, pair.a, pair.b, got, pair.min)
			}
		}
	}
}

// contrast is WCAG's ratio of relative luminances.
func contrast(t *testing.T, a, b string) float64 {
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	v, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatalf("no colour: %q", hex)
	}
	sum := 0.0
	for i, weight := range []float64{0.0722, 0.7152, 0.2126} {
		c := float64(v>>(8*i)&255) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
