package answers

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Each semantic field changes the key, the row does not, and no two fields run
// together.
func TestKey(t *testing.T) {
	base := Request{Row: "1", Provider: "openai", Model: "gpt", BaseURL: "http://a", Body: []byte(`{"a":1,"b":2}`)}
	for name, change := range map[string]func(*Request){
		"provider": func(r *Request) { r.Provider = "azure" },
		"model":    func(r *Request) { r.Model = "gpt2" },
		"base URL": func(r *Request) { r.BaseURL = "" },
		"body":     func(r *Request) { r.Body = []byte(`{"a":1,"b":3}`) },
		"order":    func(r *Request) { r.Body = []byte(`{"b":2,"a":1}`) },
		"repeat":   func(r *Request) { r.Repeat = 1 },
		"shifted":  func(r *Request) { r.Provider, r.Model = "openaig", "pt" },
		"moved":    func(r *Request) { r.Model, r.BaseURL = "gpthttp://a", "" },
	} {
		r := base
		change(&r)
		if r.Key() == base.Key() {
			t.Errorf("%s: the same key", name)
		}
	}
	row := base
	row.Row = "2"
	if row.Key() != base.Key() {
		t.Error("the row changes the key")
	}
	// Written down once: a change would make every stored answer unfindable.
	if got := base.Key().String(); got != wantKey {
		t.Errorf("the key's layout changed: %s", got)
	}
	if k, err := ParseKey(base.Key().String()); err != nil || k != base.Key() {
		t.Errorf("%s %v", k, err)
	}
	for _, bad := range []string{"", "ab", strings.Repeat("g", 64), strings.Repeat("a", 66)} {
		if _, err := ParseKey(bad); err == nil {
			t.Errorf("%q is read as a key", bad)
		}
	}
}

// wantKey was computed by another program from the layout in words.
const wantKey = "49bf75892d513c3046611a19ba263b4115ab0bc96834b03604890fdb41a9cba7"

func TestModes(t *testing.T) {
	type step struct {
		mode   Mode
		row    int
		origin Origin
		answer string // "" for a miss
	}
	for name, steps := range map[string][]step{
		"new episodes":      {{NewEpisodes, 1, Asked, "1"}, {NewEpisodes, 1, Stored, "1"}, {NewEpisodes, 2, Asked, "3"}},
		"none":              {{None, 1, "", ""}, {NewEpisodes, 1, Asked, "2"}, {None, 1, Stored, "2"}, {None, 2, "", ""}},
		"once, then replay": {{Once, 1, Asked, "1"}, {Once, 1, Stored, "1"}, {Once, 2, "", ""}},
		"all":               {{NewEpisodes, 1, Asked, "1"}, {All, 1, Asked, "2"}, {NewEpisodes, 1, Stored, "2"}, {None, 1, Stored, "2"}},
	} {
		folder := t.TempDir()
		for i, want := range steps {
			s := open(t, folder)
			one := begin(t, Options{Store: s, Mode: want.mode})
			for range 2 { // a second identical row is never asked
				a, origin, err := one.Do(t.Context(), prompt(want.row), says(string(rune('1'+i))))
				if want.answer == "" {
					if miss := (*MissError)(nil); !errors.As(err, &miss) {
						t.Errorf("%s, step %d: %v", name, i, err)
					}
					continue
				}
				if err != nil || origin != want.origin || string(a.Body) != `{"says":"`+want.answer+`"}` {
					t.Errorf("%s, step %d: %s %s %v", name, i, a.Body, origin, err)
				}
				want.origin = Stored
			}
			s.Close()
		}
	}
	if _, err := ParseMode("always"); err == nil || !strings.Contains(err.Error(), "new_episodes") {
		t.Error(err)
	}
	if _, err := NewSession(t.Context(), "frames", Options{Mode: Once}); err == nil {
		t.Error("a session that records needs a store")
	}
}

// Under mode all an older answer stays until a new one is durable.
func TestAllKeepsTheOlderAnswer(t *testing.T) {
	s := open(t, t.TempDir())
	do(t, begin(t, Options{Store: s, Mode: NewEpisodes}), prompt(1), says("old"))
	all := begin(t, Options{Store: s, Mode: All})
	broken := errors.New("the line was cut")
	for _, e := range []error{broken, &FaultError{Status: Refused, Reason: "no"}} {
		if _, _, err := all.Do(t.Context(), prompt(1), func(context.Context) (Answer, error) { return Answer{}, e }); !errors.Is(err, e) {
			t.Errorf("got %v, want %v", err, e)
		}
		if a := do(t, begin(t, Options{Store: s, Mode: None}), prompt(1), never(t)); string(a.Body) != `{"says":"old"}` {
			t.Errorf("after %v: %s", e, a.Body)
		}
	}
	if f, err := s.Faults(t.Context(), "frames"); err != nil || len(f) != 1 || !f[0].Answered {
		t.Errorf("%+v %v", f, err)
	}
}

func TestLookupNeverAsks(t *testing.T) {
	s := open(t, t.TempDir())
	one := begin(t, Options{Store: s, Mode: NewEpisodes})
	if _, found, err := one.Lookup(t.Context(), prompt(1)); found || err != nil {
		t.Error(found, err)
	}
	if err := one.Record(t.Context(), Recorded{Request: prompt(1), Answer: Answer{Body: []byte("1")}}, Recorded{Request: prompt(2), Fault: &FaultError{Status: Refused}}); err != nil {
		t.Fatal(err)
	}
	if a, found, err := one.Lookup(t.Context(), prompt(1)); !found || err != nil || string(a.Body) != "1" {
		t.Error(a, found, err)
	}
	if _, found, err := one.Lookup(t.Context(), prompt(2)); !found || !errors.As(err, new(*FaultError)) {
		t.Error(found, err)
	}
	if _, found, err := begin(t, Options{Store: s, Mode: All}).Lookup(t.Context(), prompt(1)); found || err != nil {
		t.Error(found, err)
	}
	if err := one.Record(t.Context(), Recorded{Request: prompt(3), Fault: &FaultError{Status: "odd"}}); err == nil {
		t.Error("a status that does not exist is stored")
	}
}

// A planted key is in no file, wherever it comes from.
func TestSecretsAreNotStored(t *testing.T) {
	const secret = "sk-planted/0123456789\"<abc>"
	folder := t.TempDir()
	s := open(t, folder)
	one := begin(t, Options{Store: s, Mode: NewEpisodes, Secrets: []string{secret, "", "ollama"}})
	a := do(t, one, prompt(1), func(context.Context) (Answer, error) {
		return Answer{Body: []byte(`{"echo":"sk-planted/0123456789\"<abc>","ollama":1}`), Model: secret, Note: secret}, nil
	})
	if want := `{"echo":"[secret]","ollama":1}`; string(a.Body) != want {
		t.Errorf("%s, want %s", a.Body, want)
	}
	one.Do(t.Context(), prompt(2), func(context.Context) (Answer, error) { return Answer{}, errors.New("401 for " + secret) })
	one.Do(t.Context(), prompt(3), func(context.Context) (Answer, error) {
		return Answer{}, &FaultError{Status: Failed, Reason: "401 for " + secret, Raw: []byte(secret)}
	})
	r := prompt(4)
	r.Body = []byte(`{"prompt":"` + secret + `"}`)
	if _, _, err := one.Do(t.Context(), r, never(t)); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("a request with a secret: %v", err)
	}
	r = prompt(5)
	r.BaseURL = "http://u:" + secret + "@host"
	if _, _, err := one.Do(t.Context(), r, never(t)); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("an address with a secret: %v", err)
	}
	var cassette strings.Builder
	if _, err := one.Export(t.Context(), &cassette, nil); err != nil {
		t.Fatal(err)
	}
	texts := []string{cassette.String()}
	read := func() { // with the log of writes, and again without
		filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
			text, _ := os.ReadFile(path)
			texts = append(texts, string(text))
			return err
		})
	}
	read()
	s.Close()
	read()
	marks := 0
	for _, text := range texts {
		if strings.Contains(text, "sk-planted") {
			t.Error("a file holds the secret")
		}
		marks += strings.Count(text, "401 for [secret]")
	}
	if marks < 3 {
		t.Errorf("the texts around the secret are in %d places only: the test looks at the wrong files", marks)
	}
}

// Identical requests of many rows are asked once, and each row is noted.
func TestSingleFlight(t *testing.T) {
	const callers = 50
	s := open(t, t.TempDir())
	for _, mode := range []Mode{NewEpisodes, All} {
		one := begin(t, Options{Store: s, Mode: mode})
		var asked, shared atomic.Int64
		var all sync.WaitGroup
		for row := range callers {
			all.Go(func() {
				r := prompt(1)
				r.Row = string(rune('A' + row))
				r.Repeat = len(mode)
				a, origin, err := one.Do(t.Context(), r, func(ctx context.Context) (Answer, error) {
					asked.Add(1)
					return says("x")(ctx)
				})
				if err != nil || string(a.Body) != `{"says":"x"}` {
					t.Errorf("%s %v", a.Body, err)
				}
				if origin == Shared {
					shared.Add(1)
				}
			})
		}
		all.Wait()
		if asked.Load() != 1 {
			t.Errorf("%s: asked %d times", mode, asked.Load())
		}
	}
	if err := s.settle(); err != nil {
		t.Fatal(err)
	}
	var rows int
	if err := s.read.QueryRow(`SELECT count(DISTINCT row) FROM uses`).Scan(&rows); err != nil || rows != callers {
		t.Errorf("%d rows are noted, %v", rows, err)
	}
}
