package token_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"icono/internal/clip/token"
	"icono/internal/sharedtest"
)

func tokenizer(t testing.TB) *token.Tokenizer {
	t.Helper()
	tok, err := token.New()
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

type vector struct {
	Text string
	IDs  []int64 // with Start and End
}

func check(t *testing.T, tok *token.Tokenizer, v vector) {
	t.Helper()
	ids, n, err := tok.Encode(v.Text)
	if err != nil {
		t.Errorf("%q: %v", v.Text, err)
		return
	}
	if !slices.Equal(ids[:n], v.IDs) {
		t.Errorf("%+q:\n got %v\nwant %v", v.Text, ids[:n], v.IDs)
	}
}

// Vectors of Hugging Face's Rust tokenizer 0.22.2.
func TestSharedVectors(t *testing.T) {
	raw, err := os.ReadFile(sharedtest.Path(t, "models", "tokenizer", "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) != 76 {
		t.Fatalf("%d vectors, want 76", len(vectors))
	}
	tok := tokenizer(t)
	for _, v := range vectors {
		check(t, tok, v)
	}
}

// Vectors of Hugging Face's Rust tokenizer 0.23.2; testdata/README.md tells
// how they were drawn.
func TestRandomVectors(t *testing.T) {
	file, err := os.Open("testdata/vectors.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	tok := tokenizer(t)
	count := 0
	for lines := bufio.NewScanner(file); lines.Scan(); count++ {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		check(t, tok, v)
	}
	if count < 280 {
		t.Errorf("only %d vectors", count)
	}
}

// These ids can be derived by hand: the id of a byte is its place in the byte
// alphabet ('!' is 0, 'a' is 64, byte 0 is 188), 256 more at the end of a word;
// merge k of the list is 512+k, and its third line is "t h".
func TestByHand(t *testing.T) {
	tests := []struct {
		name, text string
		want       []int64
	}{
		{"a letter", "a", []int64{64 + 256}},
		{"upper case", "A", []int64{64 + 256}},
		{"digits stay apart", "12", []int64{16 + 256, 17 + 256}},
		{"empty", "", nil},
		{"white space only", " \t\u0085\u2028\u3000", nil},
		{"a control character", "\x00", []int64{188 + 256}},
		{"a zero-width space is not space", "a\u200Bb", tokenizer(t).Tokens("a \u200B b")},
		{"composed and decomposed", "e\u0301", tokenizer(t).Tokens("é")},
		{"upper-case contraction", "A'S", tokenizer(t).Tokens("a's")},
		{"a special token cuts a word", "a<|endoftext|>a", []int64{320, token.End, 320}},
		{"the start token in capitals", "a<|STARTOFTEXT|>a", []int64{320, token.Start, 320}},
		{"a wrong byte is U+FFFD", "a\xffa", tokenizer(t).Tokens("a\uFFFDa")},
		{"a surrogate is three", "\xed\xa0\x80", tokenizer(t).Tokens("\uFFFD\uFFFD\uFFFD")},
		{"half a character is one", "\xe2\x82!", tokenizer(t).Tokens("\uFFFD!")},
	}
	tok := tokenizer(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := tok.Tokens(test.text); !slices.Equal(got, test.want) {
				t.Errorf("%q gives %v, want %v", test.text, got, test.want)
			}
		})
	}
}

func TestEncodeFrame(t *testing.T) {
	tok := tokenizer(t)
	for _, words := range []int{0, 1, 74, 75} {
		ids, n, err := tok.Encode(strings.Repeat("a ", words))
		if err != nil {
			t.Fatal(err)
		}
		if len(ids) != token.Length || n != words+2 {
			t.Errorf("%d words: %d ids, n = %d", words, len(ids), n)
		}
		if ids[0] != token.Start || slices.Index(ids, int64(token.End)) != n-1 {
			t.Errorf("%d words: the frame is wrong: %v", words, ids)
		}
		for _, id := range ids[n:] {
			if id != token.End {
				t.Errorf("%d words: padding %d", words, id)
			}
		}
	}
}

func TestEncodeRefusesLongPhrases(t *testing.T) {
	ids, n, err := tokenizer(t).Encode(strings.Repeat("a ", 76))
	var long *token.TooLong
	if !errors.As(err, &long) || long.Tokens != 76 || long.Limit != 75 {
		t.Fatalf("got %v", err)
	}
	if ids != nil || n != 0 {
		t.Errorf("ids came with the error")
	}
}

// A merge takes the same time however long the word is; quadratic work would
// not end within the test's time.
func TestVeryLongWord(t *testing.T) {
	tok := tokenizer(t)
	const n = 1 << 20
	got := tok.Tokens(strings.Repeat("ab", n))
	if len(got) == 0 || len(got) > 2*n {
		t.Errorf("%d tokens", len(got))
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"a photo of a cat", "I'LL", "<|endoftext|>", "\xff\u0301", "İ\u3000\U00010D50", "👩🏽‍🚀"} {
		f.Add(s)
	}
	tok := tokenizer(f)
	f.Fuzz(func(t *testing.T, s string) {
		ids := tok.Tokens(s)
		for _, id := range ids {
			if id < 0 || id >= token.Size {
				t.Fatalf("%q: id %d", s, id)
			}
		}
		if again := tok.Tokens(s); !slices.Equal(ids, again) {
			t.Fatalf("%q: two answers", s)
		}
		framed, n, err := tok.Encode(s)
		switch {
		case len(ids) > token.Limit && err == nil:
			t.Fatalf("%q: %d tokens were accepted", s, len(ids))
		case len(ids) <= token.Limit && (err != nil || n != len(ids)+2 || !slices.Equal(framed[1:n-1], ids)):
			t.Fatalf("%q: %v, n %d, %v", s, framed, n, err)
		}
		// White space around and between words never matters.
		if spaced := tok.Tokens("\u2003" + s + "\n"); !slices.Equal(ids, spaced) {
			t.Fatalf("%q: %v, with space around %v", s, ids, spaced)
		}
	})
}

func BenchmarkTokens(b *testing.B) {
	tok := tokenizer(b)
	for b.Loop() {
		tok.Tokens("a photograph of a politician speaking to a crowd at a campaign event")
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		tokenizer(b)
	}
}
