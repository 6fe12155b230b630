package gpt_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/chat/chattest"
	"icono/internal/option"
	"icono/internal/stage"
	"icono/internal/stagetest"
	"icono/stages/gpt"
)

// batchConfig asks in batches and looks at them often.
func batchConfig(url string, change func(*gpt.Config)) *gpt.Config {
	return config(url, func(c *gpt.Config) {
		c.Mode, c.Batch.Poll = "batch", 0.01
		c.Inputs = option.Map[option.Expression]{{Key: "Caption", Value: "Caption"}}
		if change != nil {
			change(c)
		}
	})
}

// many are rows with pictures, each another question.
func many(n int) (rows [][]any) {
	for i := range n {
		rows = append(rows, []any{fmt.Sprint(i), "red.png", fmt.Sprint("caption ", i)})
	}
	return rows
}

// same answers each question with its own number, so that answers that are mixed
// up are seen.
func same(c *chattest.Call) chattest.Behaviour {
	text := string(c.Body)
	at := strings.Index(text, "caption ")
	number := text[at+len("caption "):]
	number = number[:strings.IndexFunc(number, func(r rune) bool { return r < '0' || r > '9' })]
	return chattest.Says(fmt.Sprintf(`{"Place": "place %s", "Persons": 1}`, number))
}

func statuses(rows [][]any) map[any]int {
	count := map[any]int{}
	for _, r := range rows {
		count[r[5]]++
	}
	return count
}

// eachItsOwn fails where a row that is coded has another one's code.
func eachItsOwn(t *testing.T, rows [][]any) {
	t.Helper()
	for _, r := range rows {
		if r[5] == "ok" && r[3] != fmt.Sprint("place ", r[0]) {
			t.Fatalf("row %v has %v", r[0], r[3])
		}
	}
}

// Batches of any sizes give what asking one by one gives, cost half of it, and
// are not asked for again.
func TestBatch(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: key, Script: same})
	files, in := study(t), slices.Concat(many(25), rows()[1:2], [][]any{{"twin", "red.png", "caption 7"}})
	priced := func(o *asking.Options) { o.Prices = prices(t) }
	live := office(t, t.TempDir(), priced)
	want, err := coded(t, live, batchConfig(s.URL, func(c *gpt.Config) { c.Mode, c.Model = "live", "local-vision" }), files, in, 4)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 1, 7} {
		s := chattest.Start(t, chattest.Options{Key: key, Script: same})
		folder := t.TempDir()
		for again := range 2 {
			d := office(t, folder, priced)
			got, err := coded(t, d, batchConfig(s.URL, func(c *gpt.Config) { c.Batch.Requests, c.Model = size, "local-vision" }), files, in, 4)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("by batches of %d: %s", size, diff)
			}
			a := d.Spending()
			if again == 0 && (a.Asked != 25 || a.Cost*2 != live.Spending().Cost || a.Cost == 0) || again == 1 && (a.Asked != 0 || a.Cost != 0) {
				t.Errorf("by batches of %d, time %d: %s; live %s", size, again, a, live.Spending())
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
		}
		batches := map[int]int{0: 1, 1: 25, 7: 4}[size]
		if s.Batches() != batches || s.Answers() != 25 || s.PaidTwice() != 0 {
			t.Errorf("by batches of %d: %d batches, %d answers", size, s.Batches(), s.Answers())
		}
		noKeyIn(t, folder)
		if left, err := filepath.Glob(filepath.Join(folder, ".icono", "batch-*")); err != nil || left != nil {
			t.Errorf("left behind: %v", left)
		}
	}
}

func TestBatchFilesAreSplitByBytes(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: key, Script: same, Batch: chattest.BatchOptions{MaxBytes: 5000}})
	got, err := coded(t, office(t, t.TempDir(), nil), batchConfig(s.URL, func(c *gpt.Config) { c.Batch.Megabytes = 0.005 }), study(t), many(30), 8)
	if err != nil || statuses(got)["ok"] != 30 || s.Batches() < 3 {
		t.Errorf("%v, %v, %d batches", statuses(got), err, s.Batches())
	}
	eachItsOwn(t, got)
}

// What a batch did not bring is asked again, in another one.
func TestBatchThatBringsLess(t *testing.T) {
	for name, o := range map[string]chattest.BatchOptions{
		"expired":       {ExpireAfter: 9},
		"foreign lines": {Foreign: true},
		"creation lost": {LoseCreation: 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := chattest.Start(t, chattest.Options{Key: key, Script: same, Batch: o})
			got, err := coded(t, office(t, t.TempDir(), nil), batchConfig(s.URL, nil), study(t), many(20), 8)
			if err != nil || statuses(got)["ok"] != 20 || s.PaidTwice() != 0 {
				t.Errorf("%v, %v, %d paid twice", statuses(got), err, s.PaidTwice())
			}
			eachItsOwn(t, got)
		})
	}
}

// What batch after batch does not bring is a fault, and can be asked again.
func TestBatchGivesUp(t *testing.T) {
	lose := true
	s := chattest.Start(t, chattest.Options{Key: key, Script: func(c *chattest.Call) chattest.Behaviour {
		if lose && strings.Contains(string(c.Body), "caption 3") {
			return chattest.Trouble(500)
		}
		return same(c)
	}})
	folder, files := t.TempDir(), study(t)
	d := office(t, folder, nil)
	got, err := coded(t, d, batchConfig(s.URL, nil), files, many(6), 8)
	if err != nil || statuses(got)["ok"] != 5 || got[3][5] != "failed" || s.Batches() != 3 {
		t.Fatalf("%v, %v, %d batches", got, err, s.Batches())
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	lose = false
	got, err = coded(t, office(t, folder, func(o *asking.Options) { o.Retry = answers.RetryPolicy{answers.Failed} }), batchConfig(s.URL, nil), files, many(6), 8)
	if err != nil || statuses(got)["ok"] != 6 || s.Answers() != 6 {
		t.Errorf("%v, %v, %d answers", got, err, s.Answers())
	}
}

func TestBatchFaults(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: key, Script: func(c *chattest.Call) chattest.Behaviour {
		switch body := string(c.Body); {
		case strings.Contains(body, "caption 0"):
			return chattest.Refuses()
		case strings.Contains(body, "caption 1"):
			return chattest.CutOff()
		case strings.Contains(body, "caption 2"):
			return chattest.Says(`{"Elsewhere": 1}`)
		}
		return same(c)
	}})
	got, err := coded(t, office(t, t.TempDir(), nil), batchConfig(s.URL, nil), study(t), many(4), 8)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"refused", "truncated", "invalid", "ok"} {
		if got[i][5] != want {
			t.Errorf("row %d is %v (%v), want %s", i, got[i][5], got[i][6], want)
		}
	}
	if s.Answers() != 4 {
		t.Errorf("%d answers paid", s.Answers())
	}
}

// An answer that does not pass goes back once, in the next batch.
func TestBatchRepairs(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: key, KeepBodies: true, Script: func(c *chattest.Call) chattest.Behaviour {
		told := len(c.Request.Messages) > 2
		if strings.Contains(string(c.Body), "caption 1") && (!told || strings.Contains(string(c.Body), "caption 11")) {
			return chattest.Says(`{"Elsewhere": 1}`)
		}
		return same(c)
	}})
	var mu sync.Mutex
	input := map[string]int64{} // tokens, by the note
	d := office(t, t.TempDir(), func(o *asking.Options) {
		o.Heard = func(_ string, _ answers.Request, a answers.Answer, err error) {
			mu.Lock()
			defer mu.Unlock()
			input[a.Note] = max(input[a.Note], a.Usage.Input)
		}
	})
	got, err := coded(t, d, batchConfig(s.URL, func(c *gpt.Config) { c.Repair = true }), study(t), many(12), 8)
	if err != nil || got[1][5] != "ok" || got[10][5] != "ok" || got[11][5] != "invalid" || s.Batches() != 2 || s.Answers() != 15 {
		t.Errorf("%v, %v, %d batches, %d answers", got, err, s.Batches(), s.Answers())
	}
	eachItsOwn(t, got)
	for note, n := range input { // what was sent back was paid, too
		if strings.Contains(note, "repaired: ") && n < 2*input["asked in a batch"] {
			t.Errorf("%d tokens for %q, %d for others", n, note, input["asked in a batch"])
		}
	}
	if len(input) < 2 || input["asked in a batch"] == 0 {
		t.Errorf("tokens %v", input)
	}
}

// A run that is interrupted or killed while it waits finds its batch again: at
// whatever moment, every answer is paid once and the table is the same.
func TestBatchIsFoundAgain(t *testing.T) {
	in, files := many(10), study(t)
	s := chattest.Start(t, chattest.Options{Key: key, Script: same, Batch: chattest.BatchOptions{Polls: 6}})
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 12 {
		paid, folder := s.Answers(), t.TempDir()
		c := batchConfig(s.URL, func(c *gpt.Config) { c.Batch.Requests, c.Model = 4, []string{"gpt-4o", "gpt-6-luna"}[round%2] })
		c.Inputs[0].Value = option.Expression(fmt.Sprintf(`Caption + " in round %d"`, round))
		var got [][]any
		for attempt := 0; ; attempt++ {
			ctx, cancel := context.WithCancel(t.Context())
			d := office(t, folder, nil)
			env, _ := stagetest.Env(t, memory.DefaultAllocator)
			env.Study = files
			rec := stagetest.Record(t, memory.DefaultAllocator, schema(), in...)
			out := stagetest.Run(t, ctx, gpt.Kind(d).Build("place", c), env, stage.Table{Schema: schema(), Rows: stagetest.Batches(rec, 3, true)})
			if attempt < 6 {
				time.AfterFunc(time.Duration(random.Float64()*float64(60*time.Millisecond)), cancel)
			}
			var err error
			got, err = stagetest.Collect(out.Rows)
			stopped := ctx.Err() != nil
			cancel()
			if lost := d.Close(); lost != nil {
				t.Fatal(lost)
			}
			if err == nil {
				break
			}
			if !stopped || attempt > 8 {
				t.Fatalf("round %d, attempt %d: %v", round, attempt, err)
			}
		}
		if n := s.Answers() - paid; statuses(got)["ok"] != 10 || n != 10 || s.PaidTwice() != 0 {
			t.Fatalf("round %d: %v, %d answers paid, %d twice", round, got, n, s.PaidTwice())
		}
		eachItsOwn(t, got)
	}
}

// A first interrupt leaves the batch to the next run, and says so.
func TestBatchIsLeft(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: key, Script: same, Batch: chattest.BatchOptions{Polls: 40}})
	folder, files := t.TempDir(), study(t)
	env, ledger := stagetest.Env(t, memory.DefaultAllocator)
	drain := make(chan struct{})
	env.Study, env.Drain = files, drain
	go func() { // as soon as the batch has been handed in
		for s.Batches() == 0 && t.Context().Err() == nil {
			time.Sleep(time.Millisecond)
		}
		close(drain)
	}()
	rec := stagetest.Record(t, memory.DefaultAllocator, schema(), many(5)...)
	d := office(t, folder, nil)
	out := stagetest.Run(t, t.Context(), gpt.Kind(d).Build("place", batchConfig(s.URL, func(c *gpt.Config) { c.Batch.Poll = 0.1 })), env, stage.Table{Schema: schema(), Rows: stagetest.Batches(rec, 3, true)})
	got, err := stagetest.Collect(out.Rows)
	if err != nil || statuses(got)["skipped"] != 5 {
		t.Fatalf("%v, %v", got, err)
	}
	if text := strings.Join(ledger.Warnings(), "\n"); !strings.Contains(text, "run the study again to fetch its answers") {
		t.Errorf("told %q", text)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	got, err = coded(t, office(t, folder, nil), batchConfig(s.URL, nil), files, many(8), 3) // with three new rows
	if err != nil || statuses(got)["ok"] != 8 || s.Answers() != 8 || s.Batches() != 2 {
		t.Errorf("%v, %v, %d answers in %d batches", got, err, s.Answers(), s.Batches())
	}
}

// A decision tree is walked batch by batch.
func TestBatchOfATree(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: key, Script: func(c *chattest.Call) chattest.Behaviour {
		if strings.Contains(string(c.Body), "Is a person seen?") {
			return chattest.Says(`{"answer": "yes"}`)
		}
		return chattest.Says(`{"answer": "no"}`)
	}})
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "tree.yaml"), []byte(tree), 0o644); err != nil {
		t.Fatal(err)
	}
	c := batchConfig(s.URL, func(c *gpt.Config) {
		c.Prompt, c.Columns, c.Codebook, c.Image.Send = "", nil, "tree.yaml", false
	})
	got, err := coded(t, office(t, t.TempDir(), nil), c, stagetest.Folder(dir), many(4), 3)
	if err != nil || s.Batches() != 2 || s.Answers() != 8 {
		t.Fatalf("%v, %v, %d batches, %d answers", got, err, s.Batches(), s.Answers())
	}
	for _, r := range got {
		if r[3] != "Portrait" || r[4] != "ok" {
			t.Errorf("%v", r)
		}
	}
}

const tree = `
version: 1
title: Crowds
tree:
  name: Type
  definition: What the picture is.
  questions:
    - {id: person, ask: 'Is a person seen?', yes: many, no: Thing}
    - {id: many, ask: 'Are there many?', yes: Crowd, no: Portrait}
  categories:
    - {name: Crowd, definition: several persons}
    - {name: Portrait, definition: a single person}
    - {name: Thing, definition: nobody}
`

// A server without batches is named as such, and nothing stays set aside.
func TestServerWithoutBatches(t *testing.T) {
	h := httptest.NewServer(http.NotFoundHandler())
	defer h.Close()
	d := office(t, t.TempDir(), nil)
	_, err := coded(t, d, batchConfig(h.URL, nil), study(t), many(5), 3)
	if err == nil || !strings.Contains(err.Error(), "remove `mode: batch`") || d.Spending().Reserved != 0 {
		t.Errorf("%v, %s reserved", err, d.Spending().Reserved)
	}
}

func TestBatchIsRefused(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: key, Script: same, Batch: chattest.BatchOptions{MaxRequests: 2}})
	_, err := coded(t, office(t, t.TempDir(), nil), batchConfig(s.URL, nil), study(t), many(5), 3)
	if err == nil || !strings.Contains(err.Error(), "nothing of it was asked or paid") {
		t.Errorf("error %v", err)
	}
}
