package gpt_test

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"icono/internal/chat/chattest"
	"icono/internal/option"
	"icono/stages/gpt"
)

// Every option either decides the answers, and is asked about anew when it is
// changed, or does not, and costs nothing.
func TestWhatDecidesAnAnswer(t *testing.T) {
	number, seed := 0.7, 9
	decides := map[string]func(*gpt.Config){
		"Model":           func(c *gpt.Config) { c.Model = "gpt-4.1-mini" },
		"Prompt":          func(c *gpt.Config) { c.Prompt += "?" },
		"Columns":         func(c *gpt.Config) { c.Columns = c.Columns[:1] },
		"Image.Send":      func(c *gpt.Config) { c.Image.Send = false },
		"Image.Detail":    func(c *gpt.Config) { c.Image.Detail = "low" },
		"Image.MaxSide":   func(c *gpt.Config) { c.Image.MaxSide = 4 },
		"Inputs":          func(c *gpt.Config) { c.Inputs[0].Key = "Text" },
		"Runs":            func(c *gpt.Config) { c.Runs = 2 },
		"Repair":          func(c *gpt.Config) { c.Repair = true },
		"Temperature":     func(c *gpt.Config) { c.Temperature = &number },
		"TopP":            func(c *gpt.Config) { c.TopP = &number },
		"Seed":            func(c *gpt.Config) { c.Seed = &seed },
		"MaxTokens":       func(c *gpt.Config) { c.MaxTokens = 77 },
		"ReasoningEffort": func(c *gpt.Config) { c.Model, c.ReasoningEffort = "gpt-6-luna", "high" },
	}
	operational := map[string]func(*gpt.Config){
		"Key":               func(c *gpt.Config) { c.Key = "ANOTHER_NAME" },
		"Concurrency":       func(c *gpt.Config) { c.Concurrency = 3 },
		"RequestsPerMinute": func(c *gpt.Config) { c.RequestsPerMinute = 6000 },
		"TokensPerMinute":   func(c *gpt.Config) { c.TokensPerMinute = 1e7 },
		"Timeout":           func(c *gpt.Config) { c.Timeout = 9 },
		"Prefix":            func(c *gpt.Config) { c.Prefix = "x_" },
		"Mode":              func(c *gpt.Config) { c.Mode = "batch" },
		"Batch.Requests":    func(c *gpt.Config) { c.Mode, c.Batch.Requests = "batch", 1 },
		"Batch.Megabytes":   func(c *gpt.Config) { c.Mode, c.Batch.Megabytes = "batch", 1 },
		"Batch.Poll":        func(c *gpt.Config) { c.Mode, c.Batch.Poll = "batch", 1 },
	}
	// These have tests of their own, or need another server.
	elsewhere := []string{"Codebook", "Shuffle", "Examples", "BaseURL", "APIVersion", "Deployment", "Provider", "Project", "Location"}
	var check func(of reflect.Type, prefix string)
	check = func(of reflect.Type, prefix string) {
		for i := range of.NumField() {
			f := of.Field(i)
			if name := prefix + f.Name; f.Anonymous {
				check(f.Type, prefix)
			} else if f.Type.Kind() == reflect.Struct {
				check(f.Type, name+".")
			} else if decides[name] == nil && operational[name] == nil && !slices.Contains(elsewhere, name) {
				t.Errorf("the option %s is not tested", name)
			}
		}
	}
	check(reflect.TypeFor[gpt.Config](), "")

	s := chattest.Start(t, chattest.Options{Key: key, Script: func(c *chattest.Call) chattest.Behaviour {
		return chattest.Says(`{"Place": "here", "Persons": 1}`)
	}})
	files := study(t)
	base := func(c *gpt.Config) {
		c.Inputs = option.Map[option.Expression]{{Key: "Caption", Value: "Caption"}}
		c.Batch.Poll = 0.01
	}
	run := func(folder string, change func(*gpt.Config)) int {
		t.Helper()
		before := s.Answers()
		d := office(t, folder, nil)
		got, err := coded(t, d, config(s.URL, func(c *gpt.Config) {
			base(c)
			change(c)
		}), files, rows()[:1], 1)
		if err != nil || len(got) != 1 || !slices.Contains(got[0], any("ok")) {
			t.Errorf("%v, %v", got, err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		return s.Answers() - before
	}
	for name, change := range decides {
		folder := filepath.Join(t.TempDir(), strings.ToLower(name))
		start := func(*gpt.Config) {}
		if name == "ReasoningEffort" { // of the same model
			start = func(c *gpt.Config) { c.Model = "gpt-6-luna" }
		}
		if run(folder, start) != 1 || run(folder, change) != 1 || run(folder, change) != 0 {
			t.Errorf("%s does not decide the answer", name)
		}
	}
	folder := t.TempDir()
	run(folder, func(*gpt.Config) {})
	for name, change := range operational {
		if n := run(folder, change); n != 0 {
			t.Errorf("%s is operational, and %d answers are paid", name, n)
		}
	}
}
