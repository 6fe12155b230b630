package chat_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"icono/internal/chat"
	"icono/internal/chat/chattest"
)

func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		name    string
		does    chattest.Behaviour
		outcome chat.Outcome
		says    string
		retry   bool
		stop    bool
		paid    bool
	}{
		{"good", chattest.Good(), chat.OK, "", false, false, true},
		{"wrong content type", chattest.WrongType(), chat.OK, "", false, false, true},
		{"slow in the middle", chattest.Behaviour{Pause: 20 * time.Millisecond}, chat.OK, "", false, false, true},
		{"fenced", chattest.InFence(), chat.OK, "", false, false, true},
		{"cut as if whole", chattest.NoJSON(), chat.OK, "", false, false, true},
		{"refusal", chattest.Refuses(), chat.Refused, "refused: I'm sorry", false, false, true},
		{"filter", chattest.Filtered(), chat.Refused, "content filter", false, false, true},
		{"length", chattest.CutOff(), chat.Truncated, "cut off at the bound", false, false, true},
		{"all spent on reasoning", chattest.Behaviour{Finish: "length", Text: new(string), Usage: &chattest.Usage{Input: 10, Output: 600, Reasoning: 600}}, chat.Truncated, "600 of them spent on reasoning", false, false, true},
		{"silent", chattest.Silent(), chat.Empty, "without a text", false, false, true},
		{"page", chattest.Page(502), chat.Failed, `502: an HTML page with the title "502 Bad Gateway"`, true, false, false},
		{"trouble", chattest.Trouble(500), chat.Failed, "500 (server_error): The server had an error", true, false, false},
		{"too many", chattest.TooMany(time.Second), chat.Failed, "429 (rate_limit_exceeded)", true, false, false},
		{"no quota", chattest.NoQuota(), chat.Failed, "429 (insufficient_quota): You exceeded", false, true, false},
		{"dropped", chattest.Dropped(), chat.Failed, "no answer", true, false, false},
		{"half", chattest.HalfAnAnswer(), chat.Failed, "broke off after", true, false, true},
		{"no body", chattest.Behaviour{Status: 503, Body: []byte("")}, chat.Failed, "503: Service Unavailable", true, false, false},
		{"a page as an answer", chattest.Behaviour{Body: []byte("<html><title>Login</title></html>")}, chat.Failed, `no JSON: an HTML page with the title "Login"`, true, false, true},
		{"no choices", chattest.Behaviour{Body: []byte(`{"id":"x","choices":[]}`)}, chat.Failed, "no choices", true, false, true},
		{"an error with status 200", chattest.Behaviour{Body: []byte(`{"error":{"message":"upstream is down","code":502}}`)}, chat.Failed, "502 (502): upstream is down", true, false, true},
		{"azure's filter", chattest.Behaviour{Status: 400, Body: []byte(`{"error":{"message":"The response was filtered","code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"}}}`)}, chat.Refused, "was filtered", false, false, false},
		{"ollama's error", chattest.Behaviour{Status: 404, Body: []byte(`{"error":"model 'x' not found"}`)}, chat.Failed, "404: model 'x' not found", false, true, false},
		{"vllm's error", chattest.Behaviour{Status: 400, Body: []byte(`{"object":"error","message":"too long","type":"BadRequestError","param":null,"code":400}`)}, chat.Failed, "400 (400): too long", false, false, false},
		{"a detail", chattest.Behaviour{Status: 422, Body: []byte(`{"detail":[{"loc":["body"],"msg":"field required"}]}`)}, chat.Failed, "field required", false, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := chattest.Start(t, chattest.Options{Script: func(*chattest.Call) chattest.Behaviour { return c.does }})
			reply, err := client(t, s.URL, "").Complete(t.Context(), question(t, "gpt-4o"))
			if got := chat.OutcomeOf(err); got != c.outcome {
				t.Fatalf("%s: %v", got, err)
			}
			if err == nil {
				return
			}
			e, ok := errors.AsType[*chat.Error](err)
			if !ok || !strings.Contains(err.Error(), c.says) || e.Retryable != c.retry || e.Stop != c.stop {
				t.Errorf("%v (retry %v, stop %v), want %q", err, e.Retryable, e.Stop, c.says)
			}
			if s.Answers() == 1 != c.paid {
				t.Errorf("%d answers were made", s.Answers())
			}
			if c.outcome != chat.Failed && c.paid && (!reply.Usage.Reported || reply.Raw == nil) {
				t.Errorf("the usage is lost: %+v", reply)
			}
		})
	}
}

func TestUsageIsReadOnce(t *testing.T) {
	for body, want := range map[string]chat.Usage{
		`{"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"cached_tokens":80,"cache_write_tokens":20},"completion_tokens_details":{"reasoning_tokens":40}}`:   {Input: 100, Output: 50, CachedInput: 80, CacheWrite: 20, Reasoning: 40, Reported: true},
		`{"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"cached_tokens":300,"cache_write_tokens":300},"completion_tokens_details":{"reasoning_tokens":90}}`: {Input: 700, Output: 50, Reasoning: 90, Doubt: "it reports 100 tokens of input, and 600 of them cached"},
		// Reasoning beside the output, in the total only.
		`{"prompt_tokens":100,"completion_tokens":50,"total_tokens":240,"completion_tokens_details":{"reasoning_tokens":90}}`: {Input: 100, Output: 140, Reasoning: 90, Reported: true},
		`{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"completion_tokens_details":{"reasoning_tokens":90}}`: {Input: 100, Output: 140, Reasoning: 90, Doubt: "it reports 50 tokens of output, and 90 of them reasoning"},
		`{"prompt_tokens":100.0,"completion_tokens":50.0,"prompt_tokens_details":null}`:                                       {Input: 100, Output: 50, Reported: true},
		`{"prompt_tokens":-1,"completion_tokens":50}`:                                                                         {Output: 50, Doubt: "it reports -1 tokens"},
		`{"prompt_tokens":1e300,"completion_tokens":50}`:                                                                      {Input: 1 << 40, Output: 50, Doubt: "it reports 1e+300 tokens"},
		`{"prompt_tokens":1.5,"completion_tokens":50}`:                                                                        {Output: 50, Doubt: "it reports 1.5 tokens"},
		`{"prompt_tokens":0,"completion_tokens":50}`:                                                                          {Output: 50, Doubt: "it reports no tokens of input"},
		`{"prompt_tokens":7,"completion_tokens":NaN}`:                                                                         {Input: 7, Doubt: "it reports no tokens of output, and answers with a text"},
		`{"completion_tokens":50}`:                                                                                            {},
		`"many"`:                                                                                                              {},
		`null`:                                                                                                                {},
		`{"prompt_tokens":"100","completion_tokens":50}`:                                                                      {},
		`{"prompt_tokens":7}`:                                                                                                 {Input: 7, Doubt: "it reports no tokens of output, and answers with a text"},
	} {
		r, err := chat.Parse([]byte(`{"id":1,"created":1.5,"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"usage":` + body + `}`))
		if err != nil || r.Usage != want || r.Text != "a" {
			t.Errorf("%s: %+v %v, want %+v", body, r, err, want)
		}
	}
}

func TestContentInParts(t *testing.T) {
	r, err := chat.Parse([]byte(`{"choices":[{"message":{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},"finish_reason":null}]}`))
	if err != nil || r.Text != "ab" || r.Usage.Reported {
		t.Errorf("%+v %v", r, err)
	}
}

// A key is in no error and in nothing that is kept, whatever a server echoes.
func TestNoKeyComesBack(t *testing.T) {
	const key = "planted-KEY-4711/with+signs=="
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch auth := r.Header.Get("Authorization"); {
		case strings.Contains(r.URL.Path, "/models"):
			w.WriteHeader(500)
			_, _ = w.Write([]byte("header was " + auth))
		case r.Header.Get("X-Turn") == "":
			_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{"finish_reason": "stop", "message": map[string]any{"content": "you sent " + auth}}}, "id": auth})
		}
	}))
	defer h.Close()
	c := client(t, h.URL, key)
	reply, err := c.Complete(t.Context(), plain("m"))
	if err != nil || strings.Contains(string(reply.Raw)+reply.Text+reply.ID, key) || !strings.Contains(reply.Text, "[hidden]") {
		t.Errorf("%+v %v", reply, err)
	}
	if _, err := c.Models(t.Context()); err == nil || strings.Contains(err.Error(), key) {
		t.Errorf("%v", err)
	}
	if reply, err := client(t, h.URL, "ollama").Complete(t.Context(), plain("m")); err != nil || reply.Text != "you sent Bearer ollama" {
		t.Errorf("a word that serves as a key is taken from an answer: %+v %v", reply, err)
	}
	s := chattest.Start(t, chattest.Options{Key: "the-right-one", EchoKey: true})
	for _, wrong := range []string{key, "sk-proj-abcdefgh12345678"} {
		_, err = client(t, s.URL, wrong).Complete(t.Context(), plain("gpt-4o"))
		e, ok := errors.AsType[*chat.Error](err)
		if !ok || e.Status != 401 || !e.Stop || strings.Contains(err.Error(), wrong) {
			t.Errorf("%v", err)
		}
	}
	s = chattest.Start(t, chattest.Options{Key: "the-right-one"})
	if _, err = client(t, s.URL, "sk-proj-abcdefgh12345678").Complete(t.Context(), plain("gpt-4o")); err == nil || strings.Contains(err.Error(), "5678") {
		t.Errorf("a half-masked key stands in %v", err)
	}
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	if _, err = client(t, closed.URL+"/secret-path", "k").Complete(t.Context(), plain("m")); err == nil || strings.Contains(err.Error(), "secret-path") {
		t.Errorf("an address stands in %v", err)
	}
}

func TestCancelledWhileWaiting(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Script: func(*chattest.Call) chattest.Behaviour { return chattest.Slow(time.Hour) }})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := client(t, s.URL, "").Complete(ctx, plain("gpt-4o"))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestModelsAndTheirEnd(t *testing.T) {
	s := chattest.Start(t, chattest.Options{})
	models, err := client(t, s.URL, "").Models(t.Context())
	if err != nil || len(models) != len(chattest.DefaultModels()) {
		t.Fatalf("%v %v", models, err)
	}
	at := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	if w := chat.Warning(models, "gpt-5-mini", at); !strings.Contains(w, "will shut gpt-5-mini down on 2026-12-11") {
		t.Errorf("%q", w)
	}
	if w := chat.Warning(models, "gpt-5-mini", at.AddDate(1, 0, 0)); !strings.Contains(w, "shut gpt-5-mini down on 2026-12-11") {
		t.Errorf("%q", w)
	}
	if w := chat.Warning(models, "gpt-6-luna", at) + chat.Warning(models, "gpt-5-mini", at.AddDate(-1, 0, 0)) + chat.Warning(nil, "m", at); w != "" {
		t.Errorf("%q", w)
	}
}
