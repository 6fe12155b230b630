package chain

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"icono/internal/answers"
	"icono/internal/trace"
)

// The line of a record is found where the key stands as a value of one record alone.
func TestLineOfARecord(t *testing.T) {
	for name, c := range map[string]struct {
		read func(io.Reader, string) int
		text string
		want int
	}{
		"plain":             {inCSV, "ID,Text\na,x\nb,y\n", 3},
		"after line ends":   {inCSV, "ID,Text\na,\"x\n\ny\"\nb,y\n", 5},
		"semicolons":        {inCSV, "ID;Text\na;x, b\nb;y\n", 3},
		"tabs":              {inCSV, "ID\tText\na\tx\nb\ty\n", 3},
		"stray quotes":      {inCSV, "ID,Text\na,the \"x\" b\nb,y\n", 3},
		"within a value":    {inCSV, "ID,Text\nabc,x\nb2,y\n", 0},
		"twice":             {inCSV, "ID,Text\na,x\nb,y\nc,b\nb,z\n", 0},
		"no such":           {inCSV, "ID,Text\na,x\n", 0},
		"JSON":              {inLines, "{\"id\":\"a\"}\n\n{\"id\":\"b\",\"n\":1}\n", 3},
		"JSON, other value": {inLines, "{\"id\":\"a\",\"text\":\"see b\"}\n{\"id\":\"b\"}\n", 2},
	} {
		if got := c.read(strings.NewReader(c.text), "b"); got != c.want {
			t.Errorf("%s: line %d, want %d", name, got, c.want)
		}
	}
}

// Questions are told part by part, whatever their form.
func TestQuestion(t *testing.T) {
	e := trace.Exchange{Request: answers.Request{Provider: "openai", Model: "m", Body: []byte(`{"model":"m","messages":[{"role":"system","content":[{"text":"code it"}]},{"role":"user","content":[{"image":{"sha256":"ab"}},{"text":"a post"}]}],"temperature":0}`)},
		Answer: answers.Answer{Body: []byte(`{"a":1}`), Model: "m-1", Usage: answers.Usage{Input: 3, Output: 2}}}
	got := Question(e)
	want := []Part{{Role: "system", Text: "code it"}, {Role: "user", SHA256: "ab"}, {Role: "user", Text: "a post"}}
	if len(got.Parts) != 3 || got.Parts[0] != want[0] || got.Parts[1] != want[1] || got.Parts[2] != want[2] || got.Parameters != `{"temperature":0}` || got.By != "m-1" || got.Input != 3 {
		t.Errorf("%+v", got)
	}
	for body, parts := range map[string]int{`{"image":"cd","task":"text"}`: 1, `no JSON`: 1, `[1]`: 1} {
		e.Body = []byte(body)
		if got := Question(e); len(got.Parts) != parts {
			t.Errorf("%s: %+v", body, got)
		}
	}
}

// A column is named by its whole name.
func TestMentions(t *testing.T) {
	for text, want := range map[string]bool{"ID": true, "len(ID) > 3": true, `"ID"`: true, "VIDEO": false, "ID_2 == 1": false, "VIDEO or ID": true, "": false, "ÄID": false} {
		if got := mentions(text, "ID"); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	if mentions("anything", "") {
		t.Error("an empty name is mentioned")
	}
}

// What posts and models say can neither move the cursor of a terminal nor become a
// part of the page.
func TestHostileTexts(t *testing.T) {
	const evil = "\x1b[2J<script>alert(1)</script>\u202eabc"
	c := &Chain{Key: evil, Places: []Place{{Stage: "s", File: evil}}, Picture: &Picture{Path: evil, Fault: evil},
		Steps: []Step{{Stage: "s", Kind: "gpt", Text: evil, Settings: []Named{{evil, evil}}, Facts: []Named{{evil, evil}}, Inputs: []Value{{Name: evil, Text: evil}},
			Asked: []Asked{{Provider: evil, Model: evil, Parts: []Part{{evil, evil, ""}}, Answer: evil, By: evil, Note: evil, Fault: ""}}, Values: []Value{{Name: evil, Text: evil}}, Files: []string{evil}}}}
	var text, page bytes.Buffer
	Print(&text, c, 80, true)
	if strings.Contains(text.String(), "\x1b") {
		t.Error("an escape reaches the terminal")
	}
	if err := WritePage(&page, evil, []*Chain{c}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "<script") {
		t.Error("a script reaches the page")
	}
}

// Lines keep to their width, and nothing is lost but spaces at their ends.
func TestWrap(t *testing.T) {
	text := strings.Repeat("words of several lengths and averyverylongwordthatfitsnowhereatall ", 5)
	for width := 5; width < 60; width++ {
		lines := wrap(text, width)
		for _, line := range lines {
			if len([]rune(strings.TrimRight(line, " "))) > width {
				t.Fatalf("%d: %q", width, line)
			}
		}
		if strings.Join(lines, "") != text {
			t.Fatalf("%d: %q", width, lines)
		}
	}
}
