package lock

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"icono/internal/diag"
	"icono/internal/source"
)

// sums draws a SHA-256 in the form of locks.
var digits = rapid.StringOfN(rapid.RuneFrom([]rune("0123456789abcdef")), 64, 64, 64)

func sum(t *rapid.T) Sum { return Sum("sha256:" + digits.Draw(t, "digits")) }

func some[V any](t *rapid.T, value func(*rapid.T) V) map[string]V {
	out := map[string]V{}
	for range rapid.IntRange(0, 3).Draw(t, "n") {
		out[rapid.String().Draw(t, "name")] = value(t)
	}
	return out
}

// drawn is a lock of any content.
func drawn(t *rapid.T) *File {
	text := func(t *rapid.T) string { return rapid.String().Draw(t, "text") }
	count := func(t *rapid.T) int64 { return rapid.Int64Range(0, 1<<40).Draw(t, "count") }
	f := &File{Program: text(t), Pipeline: Pipeline{Header: sum(t), Seed: rapid.Uint64Max(1<<63-1).Draw(t, "seed"), Text: sum(t), Reads: some(t, sum)}, Stages: map[string]*Stage{}}
	if rapid.Bool().Draw(t, "pictures") {
		f.Pictures = Pictures{List: "pipeline.pictures.sha256", Files: int(count(t)), Sum: sum(t)}
	}
	for range rapid.IntRange(1, 4).Draw(t, "stages") {
		s := &Stage{Kind: text(t), Config: sum(t), Options: some(t, text), Text: sum(t), Reads: some(t, sum), Cassettes: some(t, sum), Facts: some(t, text),
			Rows: count(t), Columns: some(t, sum), Faults: some(t, count), Writes: some(t, sum), Contents: some(t, sum)}
		for range rapid.IntRange(0, 2).Draw(t, "inputs") {
			s.From = append(s.From, text(t))
		}
		if rapid.Bool().Draw(t, "asks") {
			s.Answers, s.AnswersSum = int(count(t)), sum(t)
		}
		f.Stages[text(t)] = s
	}
	return f
}

// What is written is read again, whatever stands in it, and written the same.
func TestWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawn(t)
		text := string(f.Bytes())
		again, err := Parse(source.NewFile("pipeline.lock", text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if d := Compare(f, again); len(d) > 0 || string(again.Bytes()) != text {
			t.Fatalf("%v\n%s", d, text)
		}
	})
}

// A changed byte is an error with a place, or a difference, and never a panic.
func TestChangedBytesOfALock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawn(t)
		text := f.Bytes()
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		text[at] ^= byte(rapid.IntRange(1, 127).Draw(t, "bits"))
		again, err := Parse(source.NewFile("pipeline.lock", string(text)))
		var faults *diag.Faults
		if errors.As(err, &faults) {
			if faults.List[0].Span.File == nil {
				t.Fatalf("no place: %v", err)
			}
			return
		}
		if len(Compare(f, again)) == 0 && f.Program == again.Program && f.Pictures == again.Pictures {
			t.Fatalf("byte %d is not found:\n%s", at, text)
		}
	})
}

func TestWrongLocks(t *testing.T) {
	good := string((&File{Program: "0.1.0", Pipeline: Pipeline{Header: sumText("a"), Text: sumText("b")}, Stages: map[string]*Stage{"a": {Kind: "load", Config: sumText("c"), Text: sumText("d")}}}).Bytes())
	for name, c := range map[string]struct{ old, new, want string }{
		"empty":           {good, "", "the file is empty"},
		"another version": {"lock: 1", "lock: 2", "no lock of version 1"},
		"conflict":        {"    kind: load", "<<<<<<< HEAD\n    kind: load\n=======\n    kind: save\n>>>>>>> other", "conflicts by a merge"},
		"two lines":       {"    kind: load\n", "    kind: load\n    kind: save\n", "a second time"},
		"an unknown key":  {"    kind: load\n", "    kind: load\n    kinds: save\n", "no entry `kinds`"},
		"a wrong sum":     {string(sumText("c")), "sha256:12", "64 hexadecimal digits"},
		"other spaces":    {"    kind: load\n", "    kind:  load\n", "not written like this"},
		"no mapping":      {good, "- 1\n", "no lock of version 1"},
		"line ends":       {good, strings.ReplaceAll(good, "\n", "\r\n"), "those of Windows"},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		if _, err := Parse(source.NewFile("pipeline.lock", text)); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "pipeline.lock:") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Lists of pictures are read as they were written, with any path.
func TestList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := map[string]Sum{}
		for range rapid.IntRange(0, 5).Draw(t, "n") {
			all[rapid.StringN(1, 20, -1).Draw(t, "path")] = sum(t)
		}
		again, err := ParseList(string(List(all)))
		if err != nil || !maps.Equal(all, again) {
			t.Fatalf("%v: %q, want %q", err, again, all)
		}
	})
	for _, text := range []string{"x", strings.Repeat("a", 64) + " one space", strings.Repeat("a", 64) + "  a\n" + strings.Repeat("b", 64) + "  a\n", strings.Repeat("A", 64) + "  a\n"} {
		if _, err := ParseList(text); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}
