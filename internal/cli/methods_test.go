package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"icono/internal/chat/chattest"
	"icono/internal/methods"
)

// The sheet of a study states what the study shows, the same each time.
func TestMethods(t *testing.T) {
	study := ranExample(t)
	sheet := func(more ...string) string {
		t.Helper()
		code, out, said := run(t, append([]string{"methods", study}, more...)...)
		if code != exitDone {
			t.Fatalf("exit code %d\n%s%s", code, out, said)
		}
		return out
	}
	got := sheet()
	for _, want := range []string{
		"It kept 40 of 49 rows", "up to 8 rows from each stratum by `Username` (3 strata): 24 of 40 rows", "the seed 2021", "| 16 | 0.6154 | 1.625 |",
		"It names the model `gpt-6-luna` of `openai`. 23 different answers were used for 23 questions: 23 by people", "None of these answers is the model's",
		"It asked the local program `tesseract`", "| AI Caption | column `caption` | `caption` |", "| `merged` | missing |", "| all |  | 115 |",
		"all of it is as in the lock", "By the lock, 24 picture files were read", "cassettes/scene.jsonl", "You are a careful coder", "phrases: `a dark picture`",
		"e84d89972b3a65a101d575bb070240e2ceb0aa5fdc5c27269ed392f226c2ff25`:\n\n```\n# Role", // the hash of the prompt that is shown
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	// Neither posts nor what coders said of one, and nothing of this machine.
	for _, not := range []string{"Mittags in der Bucht", "sailing boat", "2657484542301776130", filepath.Dir(study), "ONNX Runtime"} {
		if strings.Contains(got, not) {
			t.Errorf("%q in the sheet", not)
		}
	}
	if again := sheet("--workers", "1", "--batch-rows", "3"); again != got {
		t.Error("another sheet with other workers and batches")
	}
	var as methods.Sheet
	if err := json.Unmarshal([]byte(sheet("--json")), &as); err != nil || len(as.Stages) != 12 || as.Lock == nil {
		t.Errorf("%v, %d stages", err, len(as.Stages))
	}

	file := filepath.Join(study, "methods.md")
	sheet("-o", file)
	if text, err := os.ReadFile(file); err != nil || string(text) != got {
		t.Errorf("%v, or another text in the file", err)
	}
	for _, own := range []string{"pipeline.yaml", "pipeline.lock", "codebooks/scene.yaml", "out/merged.csv"} {
		before, err := os.ReadFile(filepath.Join(study, own))
		if err != nil {
			t.Fatal(err)
		}
		code, _, said := run(t, "methods", study, "-o", filepath.Join(study, own))
		if after, err := os.ReadFile(filepath.Join(study, own)); code != exitWrong || !strings.Contains(said, "would be overwritten") || err != nil || string(after) != string(before) {
			t.Errorf("%s: exit code %d, %v\n%s", own, code, err, said)
		}
	}

	// What changed since the lock is said, and what is not answered.
	if got := sheet("--set", "mood.column=Tone", "--set", "merged.inputs={Scene: Scene}"); !strings.Contains(got, "not as in the lock;**") ||
		!strings.Contains(got, "**Incomplete:** 23 rows of the stage `merged`") || !strings.Contains(got, "`mood.column=Tone`, `merged.inputs={Scene: Scene}`") {
		t.Errorf("%s", got)
	}
}

const repeated = `version: 1
name: tone
prices: prices.yaml
stages:
  - {id: posts, kind: load, with: {path: posts.csv, key: ID}}
  - id: tone
    kind: gpt
    with: {model: gpt-4o-mini, base_url: "%s", key: "${TONE_KEY}", codebook: tone.yaml, runs: 3, temperature: 0.5, image: {send: false}, inputs: {Text: Text}}
  - {id: out, kind: save, with: {path: out/tone.csv}}
`

// Answers of a model are told of with who gave them, when, and what they cost; rows
// that are coded several times with how far the codings agree.
func TestMethodsOfAModel(t *testing.T) {
	const key = "sk-planted-0123456789abcdef"
	t.Setenv("TONE_KEY", key)
	s := chattest.Start(t, chattest.Options{Key: key, Script: func(c *chattest.Call) chattest.Behaviour {
		if strings.Contains(string(c.Body), "text 1") && c.Turn == 2 {
			return chattest.Says(`{"Tone":"Loud","Volume":"High","Words":"a b"}`)
		}
		return chattest.Says(`{"Tone":"Calm","Volume":"Low","Words":"a"}`)
	}})
	study := t.TempDir()
	for name, text := range map[string]string{
		"pipeline.yaml": fmt.Sprintf(repeated, s.URL),
		"posts.csv":     "ID,Text\n1,text 1 <b>\n2,text 2\n3,text 2\n",
		"tone.yaml":     "version: 1\ntitle: 'Tone [AUTHOR: none]'\nvariables:\n  - {name: Tone, definition: '<i>How</i> it sounds', categories: [{name: Calm, definition: quiet}, {name: Loud, definition: not quiet}]}\n  - {name: Volume, definition: how loud, level: ordinal, categories: [{name: Low, definition: l}, {name: High, definition: h}]}\n  - {name: Words, definition: what is said, type: text}\n",
		"prices.yaml":   "version: 1\ndate: \"2026-05-01\"\nmodels:\n  - {model: gpt-4o-mini, input: 1, output: 2}\n",
	} {
		if err := os.WriteFile(filepath.Join(study, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, said := run(t, "run", "--record", "new_episodes", study); code != exitDone {
		t.Fatalf("exit code %d\n%s", code, said)
	}
	code, got, said := run(t, "methods", study)
	if code != exitDone {
		t.Fatalf("exit code %d\n%s", code, said)
	}
	for _, want := range []string{"6 different answers were used for 9 questions: 6 by the model `gpt-4o-mini", "| `tone` | texts, without the picture |", s.URL, "sent: temperature | `0.5` |",
		"the value kept for `Tone` is 0.889 over the 3 rows that have one; 2 of these have the same value each time", "Krippendorff's alpha of the repeated codings of `Tone` is 0.000 (nominal); 3 rows, 3 codings each", "repeated codings of `Volume` is 0.000 (ordinal); 3 rows", "Prices of `gpt-4o-mini` (prices.yaml, 2026-05-01).", "There are no files with recorded answers.", `\<i\>How\</i\> it sounds`, `Tone \[AUTHOR: none\]`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for _, not := range []string{key, "text 1", "TONE_KEY", "codings of `Words` is"} {
		if strings.Contains(got, not) {
			t.Errorf("%q in the sheet", not)
		}
	}
	// The codings of a row stand in their order, and what they have in common once.
	code, got, said = run(t, "why", "1", "--study", study)
	first, second, third := strings.Index(got, ", run 1 of 3"), strings.Index(got, ", run 2 of 3"), strings.Index(got, ", run 3 of 3")
	if code != exitDone || first < 0 || second < first || third < second || strings.Count(got, "(as before)") != 6 || strings.Contains(got, `"repeat"`) {
		t.Errorf("exit code %d\n%s%s", code, got, said)
	}
	if s.Answers() != 6 {
		t.Errorf("%d answers were given, want 6: the sheet asks nothing", s.Answers())
	}
}

// The inputs of a vote have the alpha that Krippendorff (2011) prints for these data.
func TestMethodsOfVotes(t *testing.T) {
	study := t.TempDir()
	const pipeline = "version: 1\nstages:\n  - {id: codes, kind: load, with: {path: codes.csv, key: ID}}\n" +
		"  - {id: merged, kind: ensemble, with: {method: vote, inputs: {A: A, B: B, C: C, D: D}%s}}\n  - {id: out, kind: save, with: {path: out.csv}}\n"
	var table strings.Builder
	table.WriteString("ID,A,B,C,D\n")
	coders := [4]string{"abccbadab...", "abccbbdabe.c", ".cccbcdbbea.", "abccbddabea."}
	for unit := range 12 {
		fmt.Fprint(&table, "u", unit)
		for _, codes := range coders {
			table.WriteString("," + strings.Trim(codes[unit:unit+1], "."))
		}
		table.WriteString("\n")
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(study, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("codes.csv", table.String())
	write("pipeline.yaml", fmt.Sprintf(pipeline, ""))
	if code, got, said := run(t, "methods", study); code != exitDone || !strings.Contains(got, "alpha of the votes, as they are counted, is 0.743 (nominal); 4 inputs, 11 rows with at least two codes.") || !strings.Contains(got, "mean share of votes") {
		t.Errorf("exit code %d\n%s%s", code, got, said)
	}
	write("pipeline.yaml", fmt.Sprintf(pipeline, ", crosswalk: {c: b}"))
	if code, got, said := run(t, "methods", study); code != exitDone || !strings.Contains(got, "as they are counted, is 0.") || strings.Contains(got, "is 0.743") {
		t.Errorf("exit code %d, or the alpha is not of the codes that are mapped\n%s%s", code, got, said)
	}
	// Ties have no code, and are told of; the share is over the rows that have one.
	write("codes.csv", "ID,A,B,C,D\n1,a,a,a,b\n2,a,a,b,b\n3,a,a,a,a\n4,c,,,\n")
	write("pipeline.yaml", fmt.Sprintf(pipeline, ", min_votes: 2"))
	code, got, said := run(t, "methods", study)
	for _, want := range []string{"for the merged code is 0.875 over the 2 rows that have one; in 1 all votes are for it. In 1 more row the codings are a tie, and no value is kept.",
		"| `merged` | ok | no value of `merged`: a tie, no rule that holds, or a question that does not apply | 1 | 25.0 % |", "| `merged` | missing | there is no picture, file or input | 1 | 25.0 % |",
		"Counted: ties without a code: 1.", "| as the kind has it by default | `missing: skip`, `ties: none` |"} {
		if code != exitDone || !strings.Contains(got, want) {
			t.Errorf("exit code %d, no %q in\n%s%s", code, want, got, said)
		}
	}
}
