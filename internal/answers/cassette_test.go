package answers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawn is any stored thing: bodies that are JSON, JSON with white space, or
// neither, and texts with every kind of character.
func drawn() *rapid.Generator[Recorded] {
	body := rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.Custom(func(t *rapid.T) []byte {
		return fmt.Appendf(nil, rapid.SampledFrom([]string{`{"n":%d,"t":"<é& \u2028"}`, ` [%d ]`, "{\n\"a\":%d}\n", "%d", "null", `{"a":1e400,"a":%d}`}).Draw(t, "form"), rapid.IntRange(0, 5).Draw(t, "n"))
	}))
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "a", "b\x00c", "<\"é\u2028"}))
	return rapid.Custom(func(t *rapid.T) Recorded {
		r := Recorded{Request: Request{text.Draw(t, "row"), text.Draw(t, "provider"), text.Draw(t, "model"), text.Draw(t, "url"), body.Draw(t, "request"), rapid.IntRange(0, 3).Draw(t, "repeat")}}
		u := Usage{rapid.Int64Range(0, 1<<40).Draw(t, "in"), 0, rapid.Int64Range(0, 9).Draw(t, "out"), 0}
		if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
			r.Fault = &FaultError{Status: rapid.SampledFrom([]Status{Refused, Truncated, Invalid, Failed}).Draw(t, "status"), Reason: text.Draw(t, "reason"), Raw: body.Draw(t, "raw"), Usage: u, Count: rapid.IntRange(1, 3).Draw(t, "count")}
		} else {
			r.Answer = Answer{body.Draw(t, "body"), text.Draw(t, "as"), u, text.Draw(t, "note")}
		}
		return r
	})
}

func exported(t testing.TB, s *Session) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := s.Export(context.Background(), &b, nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A cassette's bytes do not depend on the order of asking, and say all: through
// another store, or read where it stands, come the same bytes and answers.
func TestCassetteRoundTrip(t *testing.T) {
	ctx, folder, turn := t.Context(), t.TempDir(), 0
	stores := []*Store{open(t, filepath.Join(folder, "1")), open(t, filepath.Join(folder, "2")), open(t, filepath.Join(folder, "3"))}
	rapid.Check(t, func(rt *rapid.T) {
		turn++ // each turn has a stage and requests of its own
		var sessions []*Session
		for _, st := range stores {
			s, err := NewSession(ctx, fmt.Sprint("stage ", turn), Options{Store: st, Mode: NewEpisodes})
			if err != nil {
				rt.Fatal(err)
			}
			sessions = append(sessions, s)
		}
		one, two, three := sessions[0], sessions[1], sessions[2]
		all := rapid.SliceOfNDistinct(drawn(), 0, 8, func(r Recorded) Key { return r.Request.Key() }).Draw(rt, "all")
		for i := range all {
			all[i].Request.Provider += fmt.Sprint(turn)
		}
		twins := slices.Clone(all) // other rows with the same requests
		for i := range twins {
			twins[i].Request.Row += "2"
			twins[i].Fault = nil
		}
		if err := one.Record(ctx, all...); err != nil {
			rt.Fatal(err)
		}
		for _, r := range rapid.Permutation(all).Draw(rt, "order") {
			if err := two.Record(ctx, r); err != nil {
				rt.Fatal(err)
			}
		}
		for i := range twins {
			for _, s := range []*Session{one, two} {
				if _, _, err := s.Lookup(ctx, twins[i].Request); err != nil && !errors.As(err, new(*FaultError)) {
					rt.Fatal(err)
				}
			}
		}
		text := exported(t, one)
		if other := exported(t, two); other != text {
			rt.Fatalf("another order gives other bytes:\n%s\n%s", text, other)
		}
		path := filepath.Join(folder, "frames.jsonl")
		os.WriteFile(path, []byte(text), 0o644)
		for range 2 {
			if _, err := three.o.Store.Import(ctx, three.stage, path); err != nil {
				rt.Fatal(err)
			}
			if other := exported(t, three); other != text {
				rt.Fatalf("a second store gives other bytes:\n%s\n%s", text, other)
			}
		}
		c, err := OpenCassette(path)
		if err != nil {
			rt.Fatal(err)
		}
		defer c.Close()
		replay, err := NewSession(ctx, one.stage, Options{Cassette: c, Mode: None})
		if err != nil {
			rt.Fatal(err)
		}
		if other := exported(t, replay); other != text {
			rt.Fatalf("the cassette itself gives other bytes:\n%s\n%s", text, other)
		}
		for _, r := range all {
			a, _, err := replay.Do(ctx, r.Request, nil)
			b, _, stored := one.o.Store.now(ctx).answer(r.Request.Key(), "", "")
			f := (*FaultError)(nil)
			switch {
			case stored != nil:
				rt.Fatal(stored)
			case b != nil && (err != nil || !a.same(*b)):
				rt.Fatalf("%+v, %v, want %+v", a, err, b)
			case b == nil && (!errors.As(err, &f) || f.Reason != strings.ToValidUTF8(r.Fault.Reason, "\uFFFD") || f.Count != r.Fault.Count || f.Usage != r.Fault.Usage):
				rt.Fatalf("%+v, %v, want %+v", f, err, r.Fault)
			}
		}
	})
}

// A study shipped with a cassette replays without writing anything, and the
// cassette it writes again holds both layers.
func TestCassetteBeforeStore(t *testing.T) {
	folder := t.TempDir()
	s := open(t, filepath.Join(folder, "origin"))
	one := begin(t, Options{Store: s, Mode: NewEpisodes})
	for row := range 3 {
		do(t, one, prompt(row), says("shipped"))
	}
	path := filepath.Join(folder, "frames.jsonl")
	text := exported(t, one)
	os.WriteFile(path, []byte(strings.ReplaceAll(text, "\n", "\r\n")), 0o444) // as git may check it out
	c, err := OpenCassette(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, mode := range []Mode{None, Once} {
		replay := begin(t, Options{Cassette: c, Mode: mode})
		do(t, replay, prompt(1), never(t))
		if _, _, err := replay.Do(t.Context(), prompt(9), never(t)); !errors.As(err, new(*MissError)) || !strings.Contains(err.Error(), "picture") {
			t.Errorf("%s: %v", mode, err)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, FileName)); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a replay made a store")
	}

	local := open(t, filepath.Join(folder, "local"))
	both := begin(t, Options{Store: local, Cassette: c, Mode: NewEpisodes})
	do(t, both, prompt(1), never(t))
	do(t, both, prompt(5), says("local"))
	if got := exported(t, both); strings.Count(got, "\n") != 4 || !strings.Contains(got, "local") {
		t.Errorf("both layers give\n%s", got)
	}
	// What is asked again goes before what was shipped, and is told.
	do(t, begin(t, Options{Store: local, Cassette: c, Mode: All}), prompt(1), says("newer"))
	both = begin(t, Options{Store: local, Cassette: c, Mode: NewEpisodes})
	if a := do(t, both, prompt(1), never(t)); !strings.Contains(string(a.Body), "newer") || both.Superseded() != 1 {
		t.Errorf("%s, %d superseded", a.Body, both.Superseded())
	}
	// Of an earlier version of the study, what it shipped goes first.
	earlier := begin(t, Options{Store: local, Cassette: c, CassetteFirst: true, Mode: None})
	for row, want := range map[int]string{1: "shipped", 5: "local"} {
		if a := do(t, earlier, prompt(row), never(t)); !strings.Contains(string(a.Body), want) {
			t.Errorf("row %d of an earlier version: %s", row, a.Body)
		}
	}
	if got := exported(t, both); strings.Count(got, "newer") != 1 || strings.Count(got, "\n") != 4 {
		t.Errorf("after asking again:\n%s", got)
	}
	var b bytes.Buffer
	if n, err := both.Export(t.Context(), &b, func(k Key) bool { return k == prompt(5).Key() }); n != 1 || err != nil || !strings.Contains(b.String(), "local") {
		t.Errorf("%d %v\n%s", n, err, &b)
	}
}

func TestWrongCassettes(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder)
	one := begin(t, Options{Store: s, Mode: NewEpisodes})
	do(t, one, prompt(1), says("one"))
	do(t, one, prompt(2), says("two"))
	text := exported(t, one)
	lines := strings.SplitAfter(text, "\n")
	other := strings.Replace(lines[0], `"says":"one"`, `"says":"1"`, 1)
	for name, test := range map[string]struct{ text, want string }{
		"edited request":   {lines[0] + strings.Replace(lines[1], `"temperature":0`, `"temperature":1`, 1), ":2: the key"},
		"edited model":     {strings.Replace(lines[0], `"model":"gpt-x","repeat"`, `"model":"gpt-y","repeat"`, 1), ":1: the key"},
		"bad key":          {`{"key":"12","rows":["1"]}`, ":1: "},
		"no JSON":          {lines[0] + "hello\n", ":2: this is no line"},
		"cut off":          {lines[0] + lines[1][:100], ":2: this is no line"},
		"two in a line":    {strings.TrimSpace(lines[0]) + lines[1], ":1: this is no line"},
		"unknown member":   {strings.Replace(lines[0], `"rows"`, `"colour":1,"rows"`, 1), "colour"},
		"no rows":          {strings.Replace(lines[0], `"rows":["1"]`, `"rows":[]`, 1), "names no row"},
		"no outcome":       {lines[0][:strings.Index(lines[0], `,"answer"`)] + "}\n", "either an"},
		"unknown status":   {lines[0][:strings.Index(lines[0], `,"answer"`)] + `,"fault":{"status":"odd"}}`, "odd"},
		"merge conflict":   {"<<<<<<< HEAD\n" + lines[0], "merge conflict"},
		"conflict inside":  {lines[0] + lines[1] + other, "frames.jsonl:1 and "},
		"conflict outside": {other, ""},
	} {
		path := filepath.Join(t.TempDir(), "frames.jsonl")
		os.WriteFile(path, []byte(test.text), 0o644)
		c, err := OpenCassette(path)
		if err == nil {
			c.Close()
		}
		if test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path)) {
			t.Errorf("%s: open: %v", name, err)
		}
		fresh := open(t, t.TempDir())
		_, err = fresh.Import(t.Context(), "frames", path)
		if test.want != "" && (err == nil || !strings.Contains(err.Error(), strings.Replace(test.want, ":1 and ", ":", 1)) || !strings.Contains(err.Error(), path)) {
			t.Errorf("%s: import: %v", name, err)
		}
		if n, err := fresh.Totals(t.Context(), ""); test.want != "" && (len(n) != 0 || err != nil) {
			t.Errorf("%s: half of a wrong cassette is imported: %v %v", name, n, err)
		}
		_, err = s.Import(t.Context(), "frames", path)
		if name == "conflict outside" && (!errors.As(err, new(*ConflictError)) || !strings.Contains(err.Error(), path+":1 and the store "+s.Path())) {
			t.Errorf("%s: %v", name, err)
		}
	}
	path := filepath.Join(t.TempDir(), "frames.jsonl")
	os.WriteFile(path, []byte("\xef\xbb\xbf"+lines[1]+"\n\n"+strings.ReplaceAll(lines[0], `":`, `" : `)+lines[1]), 0o644)
	c, err := OpenCassette(path) // with a byte order mark, blank lines, a formatter's spaces, a line twice
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := exported(t, begin(t, Options{Cassette: c, Mode: None})); got != text {
		t.Errorf("got\n%s\nwant\n%s", got, text)
	}
	if got, err := s.Import(t.Context(), "frames", path); err != nil || got != (Imported{Known: 3}) {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := OpenCassette(path + "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// FuzzLine: any line is refused or comes back as it was, with any request.
func FuzzLine(f *testing.F) {
	f.Add([]byte(`,"rows":["a"],"answer":{"model":"m","usage":{},"body":{"a":1}}}`), []byte(`{"a":1}`))
	f.Add([]byte(`,"rows":["b","a"],"fault":{"status":"refused","reason":"r","count":2,"usage":{"input":1},"raw_base64":"AAA="}}`), []byte("no JSON"))
	f.Fuzz(func(t *testing.T, rest, body []byte) {
		r := Request{Model: "m", Body: body}
		raw, coded := split(body)
		l, err := json.Marshal(line{Key: r.Key().String(), Model: "m", Request: raw, RequestBase64: coded})
		if err != nil {
			t.Fatal(err)
		}
		text := slices.Concat(bytes.Replace(l[:len(l)-1], []byte(`"rows":null,`), nil, 1), rest)
		e, err := decode(text)
		if err != nil {
			return
		}
		var first, second bytes.Buffer
		if err := e.encode(&first); err != nil {
			t.Fatal(err)
		}
		again, err := decode(first.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", &first, err)
		}
		again.encode(&second)
		if first.String() != second.String() || again.key != e.key {
			t.Errorf("%s\n%s", &first, &second)
		}
	})
}
