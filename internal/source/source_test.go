package source

import (
	"strings"
	"testing"
)

func parse(t *testing.T, text string) (*Node, []*SyntaxError) {
	t.Helper()
	return Parse(NewFile("p.yaml", text))
}

func TestPositionsCountCharacters(t *testing.T) {
	f := NewFile("p.yaml", "über: [a, 'é', b]\r\nx: y\n")
	if got := f.Position(strings.Index(f.Text, "b]")); got != (Position{1, 16}) {
		t.Errorf("b stands at %v, want 1:16", got)
	}
	if got := f.Position(strings.Index(f.Text, "y\n")); got != (Position{2, 4}) {
		t.Errorf("y stands at %v, want 2:4", got)
	}
	for offset := range f.Text {
		if back := f.Offset(f.Position(offset)); back != offset && f.Text[offset] != '\n' && f.Text[offset] != '\r' {
			t.Errorf("offset %d comes back as %d", offset, back)
		}
	}
}

func TestSpansCoverWhatStandsInTheFile(t *testing.T) {
	text := "a: plain text # note\nb: \"quoted \\\" one\"\nc: 'it''s'\nd: |\n  block\n  text\ne: &anchor [1, 2]\nf: *anchor\ng: {h: \"x\"}\n"
	root, faults := parse(t, text)
	if len(faults) > 0 {
		t.Fatal(faults[0])
	}
	want := map[string]string{"a": "plain text", "b": `"quoted \" one"`, "c": "'it''s'", "d": "|", "f": "*anchor"}
	for key, cut := range want {
		s := root.Get(key).Span
		if got := text[s.Start:s.End]; got != cut {
			t.Errorf("%s covers %q, want %q", key, got, cut)
		}
	}
	if got := root.Get("f").Items[1].Text; got != "2" {
		t.Errorf("the alias gives %q, want 2", got)
	}
	h, _ := root.Find([]string{"g", "h"})
	if s := h.Inner(0, 1); text[s.Start:s.End] != "x" {
		t.Errorf("inside the quotes stands %q", text[s.Start:s.End])
	}
}

func TestFaultsOfYAML(t *testing.T) {
	cases := map[string]struct{ text, message, at string }{
		"duplicate key":   {"a: 1\nb: 2\na: 3\n", "a second time", "3:1"},
		"tab":             {"a:\n\tb: 1\n", "a tab", "2:1"},
		"second document": {"a: 1\n---\nb: 2\n", "second document", "2:1"},
		"merge key":       {"x: &x {a: 1}\ny:\n  <<: *x\n", "merge keys", "3:3"},
		"empty":           {"", "empty", "1:1"},
		"not UTF-8":       {"a: \xff\n", "not UTF-8", "1:4"},
		"open quote":      {"a: \"x\nb: 1\n", "not YAML", ""},
		"complex key":     {"? [a]\n: 1\n", "a key must be a word", ""},
		"alias in itself": {"a: &a [*a]\n", "contains itself", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, faults := parse(t, c.text)
			if len(faults) == 0 {
				t.Fatal("no fault found")
			}
			f := faults[0]
			if !strings.Contains(f.Message, c.message) {
				t.Errorf("message %q, want %q in it", f.Message, c.message)
			}
			p := f.Span.File.Position(f.Span.Start)
			if at := join(p); c.at != "" && at != c.at {
				t.Errorf("place %s, want %s", at, c.at)
			}
		})
	}
}

func join(p Position) string {
	return strings.Join([]string{itoa(p.Line), itoa(p.Column)}, ":")
}

func itoa(n int) string { return string(rune('0' + n)) }

func TestAliasBombIsRefused(t *testing.T) {
	text := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 9; i++ {
		prev, next := "*a"+itoa(i-1), "a"+itoa(i)
		text += next + ": &" + next + " [" + strings.Repeat(prev+", ", 9) + prev + "]\n"
	}
	_, faults := parse(t, text)
	if len(faults) == 0 {
		t.Fatal("10^9 values were accepted")
	}
}

func TestSetReplacesAndAdds(t *testing.T) {
	root, _ := parse(t, "a:\n  b: 1\nlist: [{x: 1}, {x: 2}]\n")
	v, err := Value("--set", "[7]")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range [][]string{{"a", "b"}, {"a", "new", "deep"}, {"list", "1", "x"}} {
		out := root.Set(path, v)
		if got, ok := out.Find(path); !ok || got != v {
			t.Errorf("%v was not set", path)
		}
		if before, ok := root.Find(path); ok && before == v {
			t.Errorf("%v changed the original", path)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a: [1, {b: c}]\n", "- &x y\n- *x\n", "a: |\n  b\n", "\t", "a: !!binary x", "? - a\n: b", "a: \"\\u00e9\"\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		root, faults := Parse(NewFile("f", text))
		if root == nil && len(faults) == 0 {
			t.Fatal("neither a node nor a fault")
		}
		var walk func(*Node)
		walk = func(n *Node) {
			if n.Span.Start < 0 || n.Span.End > len(text) || n.Span.Start > n.Span.End {
				t.Fatalf("span %d to %d in %d bytes", n.Span.Start, n.Span.End, len(text))
			}
			for _, i := range n.Items {
				walk(i)
			}
			for _, e := range n.Fields {
				walk(e.Key)
				walk(e.Value)
			}
		}
		if root != nil {
			walk(root)
		}
	})
}
