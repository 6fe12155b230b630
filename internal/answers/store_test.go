package answers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if folder := os.Getenv(writerFolder); folder != "" {
		writeUntilKilled(folder)
	}
	if folder := os.Getenv(askerFolder); folder != "" {
		askAll(folder, os.Getenv(askerURL))
	}
	goleak.VerifyTestMain(m)
}

func open(t testing.TB, folder string) *Store {
	t.Helper()
	s, err := Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func begin(t testing.TB, o Options) *Session {
	t.Helper()
	s, err := NewSession(t.Context(), "frames", o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// prompt is a request as a stage makes it: a long shared prompt, a picture and
// a schema.
func prompt(row int) Request {
	return Request{Row: fmt.Sprint(row), Provider: "openai", Model: "gpt-x", Body: fmt.Appendf(nil,
		`{"model":"gpt-x","messages":[{"role":"system","content":[{"text":"%s"}]},{"role":"user","content":[{"image":{"sha256":"%064x","bytes":%d}}]}],"temperature":0,"response_format":{"type":"json_schema","schema":%s}}`,
		strings.Repeat("Code the picture. ", 150), row, 1000+row, `{"type":"object"}`)}
}

func says(text string) Ask {
	return func(context.Context) (Answer, error) {
		return Answer{Body: fmt.Appendf(nil, `{"says":%q}`, text), Model: "gpt-x-2026", Usage: Usage{Input: 100, CachedInput: 10, Output: 7, Reasoning: 2}}, nil
	}
}

func never(t testing.TB) Ask {
	return func(context.Context) (Answer, error) {
		t.Error("asked for what is stored")
		return Answer{}, errors.New("asked")
	}
}

func do(t testing.TB, s *Session, r Request, ask Ask) Answer {
	t.Helper()
	a, _, err := s.Do(t.Context(), r, ask)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAnswersOutliveTheStore(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a b?c#d%41é", ".icono")
	s := open(t, folder)
	first := begin(t, Options{Store: s, Mode: NewEpisodes})
	a, origin, err := first.Do(t.Context(), prompt(1), func(context.Context) (Answer, error) {
		return Answer{Body: []byte("{\n \"a\": [1.50, \"<\\u00e9>\"] }\n"), Model: "m", Note: "n", Usage: Usage{1, 2, 3, 4}}, nil
	})
	if err != nil || origin != Asked || string(a.Body) != `{"a":[1.50,"<\u00e9>"]}` {
		t.Fatalf("%s %s %v", a.Body, origin, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := first.Do(t.Context(), prompt(1), never(t)); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	files, _ := os.ReadDir(folder)
	if len(files) != 3 {
		t.Errorf("a closed store has other files than itself, its lock and .gitignore: %v", files)
	}
	if text, _ := os.ReadFile(filepath.Join(folder, ".gitignore")); string(text) != "*\n" {
		t.Errorf(".gitignore: %q", text)
	}
	b, origin, err := begin(t, Options{Store: open(t, folder), Mode: NewEpisodes}).Do(t.Context(), prompt(1), never(t))
	if err != nil || origin != Stored || !a.same(b) {
		t.Errorf("got %+v, %s, %v; stored %+v", b, origin, err, a)
	}
}

// Long prompts are stored once, and come back as they were.
func TestRequestsShareTheirPrompt(t *testing.T) {
	s := open(t, t.TempDir())
	one := begin(t, Options{Store: s, Mode: NewEpisodes})
	var whole int
	for row := range 300 {
		whole += len(prompt(row).Body)
		do(t, one, prompt(row), says("x"))
	}
	for row := range 300 {
		r := prompt(row)
		got, err := s.now(t.Context()).request(r.Key())
		if err != nil || string(got.Body) != string(r.Body) {
			t.Fatalf("row %d: %s %v", row, got.Body, err)
		}
	}
	var kept int
	if err := s.read.QueryRow(`SELECT (SELECT sum(length(body)) FROM bases) + (SELECT sum(length(middle)) FROM requests)`).Scan(&kept); err != nil || kept*20 > whole {
		t.Errorf("%d bytes of requests take %d bytes: %v", whole, kept, err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestWrongFiles(t *testing.T) {
	ctx := t.Context()
	good := t.TempDir()
	s := open(t, good)
	one := begin(t, Options{Store: s, Mode: NewEpisodes})
	for row := range 200 {
		do(t, one, prompt(row), says(fmt.Sprintf("answer of %d ", row)+strings.Repeat("long ", 200)))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(good, FileName))
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(strings.Repeat("this is a text, not a database\n", 50))
	for name, content := range map[string][]byte{"empty": {}, "text": text, "cut off": whole[:len(whole)/2], "a stub": whole[:50]} {
		folder := t.TempDir()
		path := filepath.Join(folder, FileName)
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, opener := range []func(context.Context, string) (*Store, error){Open, OpenReadOnly} {
			s, err := opener(ctx, folder)
			if damaged := (*DamagedError)(nil); !errors.As(err, &damaged) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "move it away") {
				t.Errorf("%s: %v", name, err)
			}
			if err == nil {
				s.Close()
			}
		}
		if after, _ := os.ReadFile(path); string(after) != string(content) {
			t.Errorf("%s: the file was changed", name)
		}
	}

	// Damage inside: in the one place where an answer stands.
	folder := t.TempDir()
	bad := []byte(strings.ReplaceAll(string(whole), "answer of 77 ", "answer of 78 "))
	os.WriteFile(filepath.Join(folder, FileName), bad, 0o644)
	s = open(t, folder)
	if err := s.Check(ctx); err == nil || !strings.Contains(err.Error(), "checksum") {
		t.Errorf("a changed byte in an answer: %v", err)
	}
	two, failures := begin(t, Options{Store: s, Mode: NewEpisodes}), 0
	for row := range 200 {
		if _, _, err := two.Do(ctx, prompt(row), never(t)); errors.As(err, new(*DamagedError)) {
			failures++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if failures != 1 {
		t.Errorf("%d of 200 answers are damaged, 1 is", failures)
	}

	for pragma, want := range map[string]string{"user_version = 2": "newer icono", "application_id = 7": "not an answer store"} {
		folder := t.TempDir()
		path := filepath.Join(folder, FileName)
		os.WriteFile(path, whole, 0o644)
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec("PRAGMA " + pragma); err != nil {
			t.Fatal(err)
		}
		db.Close()
		if _, err := Open(ctx, folder); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", pragma, err)
		}
	}
}

func TestReadOnly(t *testing.T) {
	folder := t.TempDir()
	if _, err := OpenReadOnly(t.Context(), folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no store: %v", err)
	}
	s := open(t, folder)
	do(t, begin(t, Options{Store: s, Mode: NewEpisodes}), prompt(1), says("x"))
	for range 2 { // beside the open store, and alone
		r, err := OpenReadOnly(t.Context(), folder)
		if err != nil {
			t.Fatal(err)
		}
		do(t, begin(t, Options{Store: r, Mode: None}), prompt(1), never(t))
		if _, err := NewSession(t.Context(), "frames", Options{Store: r, Mode: NewEpisodes}); err == nil {
			t.Error("a store for reading takes answers")
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		s.Close()
	}
}
