package chat_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"icono/internal/chat"
)

// Answers as some servers write them.
func TestOddAnswers(t *testing.T) {
	const usage = `"usage":{"prompt_tokens":10,"completion_tokens":2}`
	for name, c := range map[string]struct {
		body string
		text string
		says string
	}{
		"byte order mark":   {"\xef\xbb\xbf" + `{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],` + usage + `}`, "a", ""},
		"NaN":               {`{"choices":[{"message":{"content":"NaN \" a"},"finish_reason":"stop","logprobs":{"x":[NaN,-Infinity,-1]}}],` + usage + `}`, `NaN " a`, ""},
		"no usage":          {`{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"usage":null}`, "a", ""},
		"no reason to end":  {`{"choices":[{"message":{"content":"a"},"finish_reason":null}]}`, "a", ""},
		"parts":             {`{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}}]}`, "ab", ""},
		"thoughts in parts": {`{"choices":[{"message":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"a"}]}}]}`, "a", ""},
		"null":              {`null`, "", "no choices"},
		"a list":            {`[]`, "", "no choices"},
		"no message":        {`{"choices":[null]}`, "", "without a text"},
		"an error in words": {`{"error":"model not loaded"}`, "", "model not loaded"},
		"a page":            {`<html><title>Log in</title></html>`, "", `an HTML page with the title "Log in"`},
		"a broken string":   {`{"choices":[{"message":{"content":"NaN`, "", "breaks off"},
	} {
		t.Run(name, func(t *testing.T) {
			h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/plain")
				_, _ = w.Write([]byte(c.body))
			}))
			defer h.Close()
			client, err := chat.New(chat.Options{HTTP: h.Client(), BaseURL: h.URL})
			if err != nil {
				t.Fatal(err)
			}
			r, err := client.Complete(t.Context(), question(t, "gpt-4o"))
			if c.says != "" {
				if err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil || r.Text != c.text || !json.Valid(r.Raw) {
				t.Errorf("%+v %v", r, err)
			}
			again, err := chat.Parse(r.Raw) // as it is stored
			if err != nil || again.Text != r.Text || again.Usage != r.Usage {
				t.Errorf("stored: %+v %v", again, err)
			}
		})
	}
}
