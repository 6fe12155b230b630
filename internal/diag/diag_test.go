package diag

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"icono/internal/source"
)

func example() []Diagnostic {
	f := source.NewFile("p.yaml", "größe: wrong\nother: "+strings.Repeat("x", 150)+"!\n")
	var l List
	l.Warn("late", f.At(strings.Index(f.Text, "!"), 1), "odd", "")
	l.Add(Diagnostic{Code: "early", Span: f.At(strings.Index(f.Text, "wrong"), 5), Message: "bad: 100%\nreally", Hint: "use `right`",
		Notes: []Note{{f.At(0, 1), "see here"}}})
	l.Error("early", f.At(strings.Index(f.Text, "wrong"), 5), "bad: 100%\nreally", "twice")
	return l.Sorted()
}

func TestPrintPutsTheCaretBelow(t *testing.T) {
	var b bytes.Buffer
	Print(&b, example(), false)
	want := "p.yaml:1:8: error: bad: 100%\nreally\n  1 | größe: wrong\n    |        ^~~~~\n  help: use `right`\n  p.yaml:1:1: see here\n"
	got := b.String()
	if !strings.HasPrefix(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	lines := strings.Split(strings.TrimSpace(got), "\n")
	text, caret := lines[len(lines)-2], lines[len(lines)-1]
	if n := len([]rune(text)); n > maxExcerpt+8 {
		t.Errorf("the excerpt is %d characters wide", n)
	}
	if at := strings.Index(caret, "^"); []rune(text)[at] != '!' {
		t.Errorf("the caret of the long line points at %q", []rune(text)[at])
	}
}

func TestSortedDropsRepeats(t *testing.T) {
	if got := example(); len(got) != 2 || got[0].Code != "early" {
		t.Errorf("sorted: %+v", got)
	}
}

func TestPrintJSONHasPlaces(t *testing.T) {
	var b bytes.Buffer
	if err := PrintJSON(&b, example()); err != nil {
		t.Fatal(err)
	}
	var out []map[string]any
	if err := json.Unmarshal(b.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if out[0]["line"] != 1.0 || out[0]["column"] != 8.0 || out[0]["end_column"] != 13.0 || out[0]["severity"] != "error" {
		t.Errorf("%v", out[0])
	}
	b.Reset()
	if err := PrintJSON(&b, nil); err != nil || strings.TrimSpace(b.String()) != "[]" {
		t.Errorf("no diagnostics give %q", b.String())
	}
}

func TestPrintGitHubEscapes(t *testing.T) {
	var b bytes.Buffer
	PrintGitHub(&b, example())
	want := "::error file=p.yaml,line=1,col=8,endLine=1,endColumn=13::bad: 100%25%0Areally%0Ause `right`\n"
	if !strings.HasPrefix(b.String(), want) {
		t.Error(cmp.Diff(want, b.String()))
	}
}
