package redact_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"icono/internal/redact"
)

const secret = `pass"word/with+odd signs`

// A secret is hidden in every form in which a server can send it back.
func TestForms(t *testing.T) {
	for name, text := range map[string]string{
		"as it is":    "your key " + secret + " is wrong",
		"as JSON":     `{"key": "pass\"word/with+odd signs"}`,
		"in a query":  "https://a.example/?key=" + url.QueryEscape(secret),
		"twice":       secret + secret,
		"in a header": "Authorization: Bearer " + secret,
	} {
		for what, got := range map[string]string{"message": redact.Text(text, []string{secret}), "answer": string(redact.Bytes([]byte(text), []string{secret}, redact.InAnswers))} {
			if strings.Contains(got, "odd") || strings.Contains(got, "pass") {
				t.Errorf("%s, %s: %s", name, what, got)
			}
		}
	}
	if got := string(redact.Bytes([]byte("ollama says ollama"), []string{"ollama"}, redact.InAnswers)); got != "ollama says ollama" {
		t.Errorf("a short word is hidden in an answer: %s", got)
	}
	if got := redact.Text("ollama refuses", []string{"ollama"}); strings.Contains(got, "ollama") {
		t.Errorf("a short secret is shown in a message: %s", got)
	}
}

// What looks like a key of a known provider is hidden though nobody knows it.
func TestUnknownKeys(t *testing.T) {
	for _, key := range []string{"sk-proj-abcdefghij", "sk-ab***************yz", "gsk_0123456789", "AIzaSyA0123456789", "ya29.a0ARrdaM-x_y", "AQ.Ab8RN6Lq01234", "Bearer abcdefghijk",
		"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln", "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"} {
		if got := redact.Text("the key "+key+" is wrong", nil); strings.Contains(got, key) || !strings.Contains(got, "the key") {
			t.Errorf("%s: %s", key, got)
		}
	}
	for _, text := range []string{"the risk-averse task", "a bearer of news", "AIza", "eyJust words", "status sk-1"} {
		if got := redact.Text(text, nil); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestSecretsOfRequests(t *testing.T) {
	req := &http.Request{Header: http.Header{"Authorization": {"Bearer one-two-three"}, "X-Goog-Api-Key": {"four-five-six"}, "Accept": {"application/json"}}}
	got := strings.Join(redact.Secrets(req, []string{"known"}), " ")
	for _, want := range []string{"known", "one-two-three", "four-five-six"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not known: %s", want, got)
		}
	}
	if strings.Contains(got, "json") || len(redact.Secrets(nil, nil)) != 0 {
		t.Errorf("too much is a secret: %s", got)
	}
}

func TestErrors(t *testing.T) {
	inner := errors.New("connection refused")
	wrapped := &url.Error{Op: "Post", URL: "https://a.example/?key=" + secret, Err: &url.Error{Op: "Get", URL: "https://b.example", Err: inner}}
	if redact.Bare(wrapped) != inner || redact.Bare(inner) != inner {
		t.Errorf("%v", redact.Bare(wrapped))
	}
	if redact.Clean(fmt.Errorf("x: %w", errors.New("says "+secret)), []string{secret}) != nil {
		t.Error("an error with a secret is kept")
	}
	if err := fmt.Errorf("x: %w", inner); redact.Clean(err, []string{secret}) != err {
		t.Error("an error without one is dropped")
	}
}
