package suggest_test

import (
	"testing"

	"pgregory.net/rapid"

	"icono/internal/suggest"
)

func TestNearest(t *testing.T) {
	options := []string{"labels", "label_column", "model", "batch_size", "on_fault", "Time of Posting", "ID"}
	for word, want := range map[string]string{
		"lables": "labels", "Labels": "labels", "batch-size": "batch_size", "batchsize": "batch_size", "batch_sizes": "batch_size", "modle": "model",
		"onfault": "on_fault", "time_of_posting": "Time of Posting", "id": "ID", "Id": "ID", "labelcolumn": "label_column",
		"xyz": "", "temperature": "", "": "",
	} {
		if got := suggest.Nearest(word, options); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

func TestHint(t *testing.T) {
	if got := suggest.Hint("pth", []string{"path", "format"}); got != "did you mean `path`?" {
		t.Error(got)
	}
	if got := suggest.Hint("zzzzz", []string{"path", "format"}); got != "there is `path`, `format`" {
		t.Error(got)
	}
	if got := suggest.Hint("zzzzz", nil); got != "" {
		t.Error(got)
	}
	if got := suggest.Hint("zzzzz", make([]string, 40)); got != "" {
		t.Error(got)
	}
}

// One edit of a longer word is always found, and a word suggests itself.
func TestOneEdit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := []rune(rapid.StringMatching(`[a-zäß]{5,12}`).Draw(t, "word"))
		at := rapid.IntRange(0, len(word)-2).Draw(t, "at")
		edited := append([]rune{}, word...)
		switch rapid.IntRange(0, 3).Draw(t, "edit") {
		case 0:
			edited = append(edited[:at], edited[at+1:]...)
		case 1:
			edited[at] = 'q'
		case 2:
			edited[at], edited[at+1] = edited[at+1], edited[at]
		}
		if got := suggest.Nearest(string(edited), []string{"1234567890", string(word)}); got != string(word) {
			t.Fatalf("%q for %q: %q", string(edited), string(word), got)
		}
	})
}
