package gpt_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/gemini/geminitest"
	"icono/internal/option"
	"icono/internal/price"
	"icono/stages/gpt"
)

// geminiConfig asks a server of Google's protocol.
func geminiConfig(url string, change func(*gpt.Config)) *gpt.Config {
	return config(url, func(c *gpt.Config) {
		c.Provider, c.Model = asking.Gemini, "gemini-2.5-flash"
		c.Inputs = option.Map[option.Expression]{{Key: "Caption", Value: "Caption"}}
		if change != nil {
			change(c)
		}
	})
}

// Rows are coded by Gemini as by others: in order, each once, replayed without key
// and server, and paid for by Google's prices.
func TestGemini(t *testing.T) {
	s := geminitest.Start(t, geminitest.Options{Key: key, KeepBodies: true, Script: func(c *geminitest.Call) geminitest.Behaviour {
		b := geminitest.Says(fmt.Sprintf(`{"Place": %q, "Persons": 1}`, strings.TrimPrefix(c.Request.Text()[strings.Index(c.Request.Text(), "Caption: "):], "Caption: ")))
		b.Usage = &geminitest.Usage{Prompt: 1000, Candidates: 100}
		return b
	}})
	folder, files := t.TempDir(), study(t)
	c := geminiConfig(s.URL, nil)
	first := office(t, folder, nil)
	want, err := coded(t, first, c, files, many(30), 7)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range want {
		if r[5] != "ok" || !strings.HasPrefix(fmt.Sprint(r[3]), fmt.Sprint("caption ", i)) {
			t.Fatalf("row %d: %v", i, r)
		}
	}
	// 0.30 dollars a million tokens in, 2.50 out.
	if cost, err := price.Dollars(30 * (1000*0.30 + 100*2.50) / 1e6); err != nil || first.Spending().Cost != cost {
		t.Errorf("spent %s, want %s", first.Spending().Cost, cost)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again := office(t, folder, func(o *asking.Options) { o.Mode, o.Variable = answers.None, func(string) string { return "" } })
	got, err := coded(t, again, c, files, many(30), 1)
	if d := cmp.Diff(want, got); err != nil || d != "" || s.Asked() != 30 {
		t.Errorf("%v, %d requests, %s", err, s.Asked(), d)
	}
	noKeyIn(t, folder)
}

// One detail holds for all pictures of a question.
func TestDetailsOfGemini(t *testing.T) {
	c := geminiConfig("", func(c *gpt.Config) {
		c.Image.Detail, c.Examples = "low", &gpt.Examples{Path: "e.csv", Image: "image", Answer: "answer"}
	})
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "detail: low") {
		t.Errorf("error %v", err)
	}
	c.Examples.Detail = "low"
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	c.Mode = "batch"
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "batches") {
		t.Errorf("error %v", err)
	}
}
