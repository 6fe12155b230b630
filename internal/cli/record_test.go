package cli

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"icono/internal/chat/chattest"
)

// Codes that are corrected replace those that were given before and are told; what a
// model has answered is replaced only when that is asked for; rows that share a question
// cannot have different codes, whatever the order they come in.
func TestRecordAgain(t *testing.T) {
	t.Setenv("CI", "")
	t.Setenv("OPENAI_API_KEY", "sk-test")
	server := httptest.NewServer(chattest.New(chattest.Options{Script: func(c *chattest.Call) chattest.Behaviour { return chattest.Says(`{"Tone": "calm"}`) }}))
	defer server.Close()
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	write("posts.csv", "ID,Text\na,one\nb,two\nc,two\nd,four\n")
	write("pipeline.yaml", fmt.Sprintf(`version: 1
stages:
  - {id: posts, kind: load, with: {path: posts.csv, key: ID}}
  - id: tone
    kind: gpt
    with: {model: gpt-4o, base_url: "%s/v1", prompt: "How does it sound?", columns: [Tone], image: {send: false}, inputs: {Text: Text}}
  - {id: out, kind: save, with: {path: out/tone.csv}}
`, server.URL))
	tones := func() string {
		t.Helper()
		if code, _, text := run(t, "run", "--record", "none", "--no-lock", dir); code != exitDone {
			t.Fatal(text)
		}
		text, err := os.ReadFile(filepath.Join(dir, "out/tone.csv"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	record := func(want int, csv string, flags ...string) string {
		t.Helper()
		code, out, errs := run(t, append([]string{"answers", "record", "--stage", "tone", write("hand.csv", csv), dir}, flags...)...)
		if code != want {
			t.Fatalf("exit code %d\n%s%s", code, out, errs)
		}
		return out + errs
	}
	if said := record(exitDone, "ID,Tone\na,loud\nd,calm\n"); strings.Contains(said, "in the place of") {
		t.Error(said)
	}
	if said := record(exitDone, "ID,Tone\na,angry\nd,calm\n"); !strings.Contains(said, "1 answer in the place of others") {
		t.Error(said)
	}
	for range 5 {
		if said := record(exitDiffers, "ID,Tone\nb,soft\nc,hard\n"); !strings.Contains(said, "c: its question is that of the row b, which has other codes") || !strings.Contains(said, "1 of 2 rows") {
			t.Error(said)
		}
	}
	if text := tones(); !strings.Contains(text, "a,one,angry") || !strings.Contains(text, "b,two,soft") || !strings.Contains(text, "c,two,soft") {
		t.Error(text)
	}
	// Now a model answers anew.
	if code, _, text := run(t, "run", "--record", "all", "--no-lock", dir); code != exitDone {
		t.Fatal(text)
	}
	if said := record(exitDiffers, "ID,Tone\na,angry\n"); !strings.Contains(said, "a: gpt-4o") || !strings.Contains(said, "--replace") {
		t.Error(said)
	}
	if text := tones(); !strings.Contains(text, "a,one,calm") {
		t.Errorf("what a model answered is lost:\n%s", text)
	}
	if said := record(exitDone, "ID,Tone\na,angry\n", "--replace"); !strings.Contains(said, "1 answer in the place of others") {
		t.Error(said)
	}
	if text := tones(); !strings.Contains(text, "a,one,angry") || !strings.Contains(text, "d,four,calm") {
		t.Error(text)
	}
}
