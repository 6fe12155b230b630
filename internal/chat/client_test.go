package chat_test

import (
	"net/http"
	"strings"
	"testing"

	"icono/internal/chat"
	"icono/internal/chat/chattest"
)

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		in       chat.Options
		base     string
		provider chat.Provider
		header   string
	}{
		{chat.Options{}, "", chat.OpenAI, "Authorization"},
		{chat.Options{BaseURL: "https://api.openai.com/v1/"}, "", chat.OpenAI, "Authorization"},
		{chat.Options{BaseURL: "https://api.openai.com"}, "", chat.OpenAI, "Authorization"},
		{chat.Options{BaseURL: "http://localhost:11434"}, "http://localhost:11434/v1", chat.Compatible, "Authorization"},
		{chat.Options{BaseURL: "http://localhost:11434/v1/chat/completions"}, "http://localhost:11434/v1", chat.Compatible, "Authorization"},
		{chat.Options{BaseURL: "https://router.example/api/v1"}, "https://router.example/api/v1", chat.Compatible, "Authorization"},
		{chat.Options{BaseURL: "https://x.openai.azure.com/openai", APIVersion: "v"}, "https://x.openai.azure.com", chat.Azure, "Api-Key"},
		{chat.Options{BaseURL: "https://gateway.example/azure", APIVersion: "v"}, "https://gateway.example/azure", chat.Azure, "Api-Key"},
		{chat.Options{BaseURL: "https://x.openai.azure.com/openai/v1"}, "https://x.openai.azure.com/openai/v1", chat.Compatible, "Api-Key"},
	} {
		c.in.HTTP = http.DefaultClient
		cl, err := chat.New(c.in)
		if err != nil {
			t.Errorf("%+v: %v", c.in, err)
			continue
		}
		if name, _ := cl.KeyHeader(); cl.BaseURL() != c.base || cl.Provider() != c.provider || name != c.header {
			t.Errorf("%s: %q %s %s", c.in.BaseURL, cl.BaseURL(), cl.Provider(), name)
		}
	}
	for base, want := range map[string]string{"localhost:11434": "http://", "ftp://x": "http://", "https://user:hidden-word@x/v1": "no user", "https://x/v1?key=hidden-word": "no user",
		"https://x.openai.azure.com": "API version", "http://[::1": "cannot be read"} {
		_, err := chat.New(chat.Options{HTTP: http.DefaultClient, BaseURL: base})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden-word") {
			t.Errorf("%s: %v", base, err)
		}
	}
	for _, o := range []chat.Options{{}, {HTTP: http.DefaultClient, Provider: "other"}, {HTTP: http.DefaultClient, APIVersion: "v"}} {
		if _, err := chat.New(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

func TestAzure(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Key: "azure-key-1", KeepBodies: true})
	h := &http.Transport{}
	t.Cleanup(h.CloseIdleConnections)
	c, err := chat.New(chat.Options{HTTP: &http.Client{Transport: apiKeyed{h}}, BaseURL: strings.TrimSuffix(s.URL, "/v1"), Provider: chat.Azure, APIVersion: "2025-04-01-preview", Deployment: "gpt-4o"})
	if err != nil {
		t.Fatal(err)
	}
	r := question(t, "gpt-4o")
	r.Parameters.Temperature = of(0.0)
	if _, err := c.Complete(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(s.Bodies()[0]), `"temperature":0`) {
		t.Error("the temperature is lost")
	}
	if _, err := c.Models(t.Context()); err != nil {
		t.Error(err)
	}
	roundTrip(t, c, s)
}

type apiKeyed struct{ next http.RoundTripper }

func (k apiKeyed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Api-Key", "azure-key-1")
	return k.next.RoundTrip(r)
}

// BenchmarkBody reports the cost of writing a request with a picture of 300 KB.
func BenchmarkBody(b *testing.B) {
	h := &http.Client{}
	c, err := chat.New(chat.Options{HTTP: h})
	if err != nil {
		b.Fatal(err)
	}
	r := question(b, "gpt-6-luna")
	data := append(pixel(b, 3), make([]byte, 300_000)...)
	r.Messages[2].Parts[1].Image.Data = data
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, _, err := c.Body(r); err != nil {
			b.Fatal(err)
		}
	}
}
