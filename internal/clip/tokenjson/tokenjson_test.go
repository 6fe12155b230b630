package tokenjson

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// testCase is a base file with parts replaced, as testdata/oracle.js has it.
type testCase struct {
	Name  string         `json:"name"`
	Base  string         `json:"base"`
	Set   map[string]any `json:"set"`
	Model map[string]any `json:"model"`
}

func read(t testing.TB, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// build returns the tokenizer.json of a case.
func (c testCase) build(t testing.TB) []byte {
	t.Helper()
	var file map[string]any
	read(t, c.Base, &file)
	own := file["normalizer"]
	for key, value := range c.Set {
		file[key] = value
	}
	for key, value := range c.Model {
		file["model"].(map[string]any)[key] = value
	}
	if n, ok := file["normalizer"].(map[string]any); ok {
		if parts, ok := n["normalizers"].([]any); ok && parts[0] == nil {
			parts[0] = own
		}
	}
	text, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func parse(t testing.TB, c testCase) *Tokenizer {
	t.Helper()
	tokenizer, err := Parse(c.build(t))
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	return tokenizer
}

// TestOracle compares ids with those of Hugging Face's library. ICONO_STRINGS
// and ICONO_ANSWERS name larger files of oracle.js.
func TestOracle(t *testing.T) {
	var cases []testCase
	var texts []string
	var answers map[string][][]int64
	stringsFile, answersFile := "strings.json", "answers.json"
	if more := os.Getenv("ICONO_STRINGS"); more != "" {
		stringsFile, answersFile = more, os.Getenv("ICONO_ANSWERS")
	}
	read(t, "cases.json", &cases)
	read(t, stringsFile, &texts)
	read(t, answersFile, &answers)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			tokenizer, want := parse(t, c), answers[c.Name]
			if len(texts) < 100 || len(want) != len(texts) {
				t.Fatalf("%d answers for %d texts", len(want), len(texts))
			}
			wrong := 0
			for i, text := range texts {
				got, err := tokenizer.Tokens(text)
				if err != nil || !slices.Equal(got, want[i]) {
					if wrong++; wrong < 5 {
						t.Errorf("%+q gives %v, %v; the library gives %v", text, got, err, want[i])
					}
				}
			}
			if wrong > 0 {
				t.Errorf("%d of %d texts are wrong", wrong, len(texts))
			}
		})
	}
}

func TestSettings(t *testing.T) {
	var cases []testCase
	read(t, "cases.json", &cases)
	for _, c := range []struct {
		name          string
		frame, length int
		pad           int64
		hasPad        bool
	}{{"xlm-roberta", 2, 0, 0, false}, {"normal forms", 2, 512, 1, true}, {"bert", 2, 16, 0, true}} {
		at := slices.IndexFunc(cases, func(k testCase) bool { return k.Name == c.name })
		tokenizer := parse(t, cases[at])
		if pad, ok := tokenizer.Pad(); pad != c.pad || ok != c.hasPad || tokenizer.Length() != c.length || tokenizer.Frame() != c.frame {
			t.Errorf("%s: pad %d %v, length %d, frame %d", c.name, pad, ok, tokenizer.Length(), tokenizer.Frame())
		}
	}
	if id, ok := parse(t, cases[0]).ID("<pad>"); id != 1 || !ok {
		t.Errorf("<pad> is %d, %v", id, ok)
	}
}

// TestRefused names what is not computed, and never computes it nearly.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		set, model map[string]any
		want       string
	}{
		{map[string]any{"normalizer": map[string]any{"type": "ByteLevel"}}, nil, "the normaliser ByteLevel"},
		{map[string]any{"pre_tokenizer": map[string]any{"type": "ByteLevel"}}, nil, "the pre-tokeniser ByteLevel"},
		{map[string]any{"pre_tokenizer": map[string]any{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first"}}, nil, `prepend_scheme "first"`},
		{map[string]any{"post_processor": map[string]any{"type": "ByteLevel"}}, nil, "the post-processor ByteLevel"},
		{map[string]any{"normalizer": map[string]any{"type": "Replace", "pattern": map[string]any{"Regex": `\s+`}, "content": " "}}, nil, `the pattern "\\s+"`},
		{map[string]any{"padding": map[string]any{"strategy": "BatchLongest", "direction": "Left", "pad_id": 1}}, nil, "padding to the Left"},
		{map[string]any{"added_tokens": []any{map[string]any{"id": 3000, "content": "x", "single_word": true}}}, nil, "single_word"},
		{nil, map[string]any{"type": "WordLevel"}, `a model of type "WordLevel"`},
		{nil, map[string]any{"type": "BPE", "vocab": map[string]any{"a": 0}}, "a BPE model that is not CLIP's own"},
	} {
		_, err := Parse(testCase{Base: "unigram.json", Set: c.set, Model: c.model}.build(t))
		var refused *UnsupportedError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want an error that names %s, got %v", c.want, err)
		}
	}
}

func TestOwnCLIP(t *testing.T) {
	vocab := map[string]int{"<|endoftext|>": clipSize - 1}
	for i := len(vocab); i < clipSize; i++ {
		vocab[string(rune(0x10000+i))] = i
	}
	text, err := json.Marshal(map[string]any{"model": map[string]any{"type": "BPE", "end_of_word_suffix": "</w>", "vocab": vocab}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(text); !errors.Is(err, ErrCLIP) {
		t.Errorf("got %v", err)
	}
}

func TestUnknownWithoutToken(t *testing.T) {
	tokenizer, err := Parse([]byte(`{"model":{"type":"Unigram","unk_id":null,"vocab":[["a",-1]]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tokenizer.Tokens("ab"); !errors.Is(err, errNoUnknown) {
		t.Errorf("got %v", err)
	}
}

// TestConcatenation: words that white space parts have tokens of their own.
func TestConcatenation(t *testing.T) {
	var cases []testCase
	read(t, "cases.json", &cases)
	tokenizer := parse(t, cases[0])
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zäöüß]{1,12}`), 1, 6).Draw(t, "words")
		whole, err := tokenizer.Tokens(strings.Join(words, " "))
		if err != nil {
			t.Fatal(err)
		}
		parts := []int64{0}
		for _, w := range words {
			ids, err := tokenizer.Tokens(w)
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, ids[1:len(ids)-1]...)
		}
		if !slices.Equal(whole, append(parts, 2)) {
			t.Fatalf("%v and %v", whole, parts)
		}
	})
}

func FuzzTokens(f *testing.F) {
	var cases []testCase
	read(f, "cases.json", &cases)
	var all []*Tokenizer
	for _, c := range cases {
		all = append(all, parse(f, c))
	}
	f.Add("ein rotes Bild\xff<mask>e\u0301")
	f.Fuzz(func(t *testing.T, text string) {
		for i, tokenizer := range all {
			if _, err := tokenizer.Tokens(text); err != nil {
				t.Errorf("%s: %q: %v", cases[i].Name, text, err)
			}
		}
		for at := 0; at < len(text) && utf8.ValidString(text); {
			n := cluster(text[at:])
			if n <= 0 || !utf8.ValidString(text[at:at+n]) {
				t.Fatalf("the cluster at %d of %q has %d bytes", at, text, n)
			}
			at += n
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"model":{"type":"Unigram","unk_id":0,"vocab":[["a",-1]]},"normalizer":{"type":"Precompiled","precompiled_charsmap":"BAAAAAAAAAAA"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if tokenizer, err := Parse(text); err == nil {
			_, _ = tokenizer.Tokens("a ä <s> ﬁ")
		}
	})
}
