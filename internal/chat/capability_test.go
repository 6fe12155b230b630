package chat_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"icono/internal/chat"
	"icono/internal/chat/chattest"
)

func TestModelsTakeWhatTheyTake(t *testing.T) {
	full := chat.Parameters{Temperature: of(0.0), TopP: of(0.9), Seed: of(int64(1)), MaxTokens: of(int64(600)), ReasoningEffort: "low",
		Optional: []string{"temperature", "top_p", "seed", "reasoning_effort"}}
	for _, c := range []struct {
		model   string
		asked   int
		adapted []string
		sent    []string
		absent  []string
	}{
		// A server that is not OpenAI's tells the client by its refusals.
		{"gpt-6-luna", 3, []string{"temperature left out", "top_p left out"}, []string{"max_completion_tokens", "reasoning_effort", "json_schema"}, []string{`"temperature"`, `"max_tokens"`}},
		{"gpt-4o", 2, []string{"reasoning_effort left out"}, []string{`"temperature":0`, `"max_tokens":600`, "json_schema"}, []string{"reasoning_effort"}},
		{"local-vision", 2, []string{"reasoning_effort left out"}, []string{`"max_tokens":600`, "json_schema", `"seed":1`}, []string{"max_completion_tokens"}},
		{"local-object", 3, []string{"reasoning_effort left out", "json_object instead of json_schema"}, []string{`"type":"json_object"`, "JSON Schema"}, []string{"json_schema"}},
		{"local-text", 5, []string{"seed left out", "no response_format instead of json_schema"}, []string{"JSON Schema"}, []string{"response_format", `"seed"`}},
	} {
		t.Run(c.model, func(t *testing.T) {
			s := chattest.Start(t, chattest.Options{KeepBodies: true})
			cl := client(t, s.URL, "")
			r := question(t, c.model)
			if c.model == "local-text" {
				r.Messages = []chat.Message{{Role: chat.User, Parts: []chat.Part{chat.Text("a"), chat.Text("b")}}}
			}
			r.Parameters = full
			reply, err := cl.Complete(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			if s.Asked() != c.asked {
				t.Errorf("asked %d times, want %d: %v", s.Asked(), c.asked, reply.Adapted)
			}
			said := strings.Join(reply.Adapted, "\n")
			for _, want := range c.adapted {
				if !strings.Contains(said, want) {
					t.Errorf("%q lacks %q", said, want)
				}
			}
			bodies := s.Bodies()
			last := string(bodies[len(bodies)-1])
			for _, want := range c.sent {
				if !strings.Contains(last, want) {
					t.Errorf("the body lacks %s: %s", want, last)
				}
			}
			for _, no := range c.absent {
				if strings.Contains(last, no) {
					t.Errorf("the body has %s: %s", no, last)
				}
			}
			if raw, _, err := chat.Object(reply.Text); err != nil || !json.Valid(raw) {
				t.Errorf("the answer is %s", reply.Text)
			}
			again, err := cl.Complete(t.Context(), r)
			if err != nil || s.Asked() != c.asked+1 || strings.Join(again.Adapted, "\n") != said {
				t.Errorf("asked %d times the second time: %v %v", s.Asked()-c.asked, again.Adapted, err)
			}
		})
	}
}

// What the user set is sent or is an error, never left out.
func TestExplicitParametersAreNeverDropped(t *testing.T) {
	s := chattest.Start(t, chattest.Options{KeepBodies: true})
	for _, c := range []struct {
		model, want string
		set         chat.Parameters
	}{
		{"gpt-6-luna", "gpt-6-luna does not take temperature as it is set: Unsupported value", chat.Parameters{Temperature: of(0.0)}},
		{"gpt-6-luna", "does not take top_p", chat.Parameters{TopP: of(0.1), Optional: []string{"temperature"}}},
		{"gpt-6-luna", "does not take reasoning_effort", chat.Parameters{ReasoningEffort: "extreme"}},
		{"gpt-4o", "does not take reasoning_effort", chat.Parameters{ReasoningEffort: "low"}},
		{"local-text", "does not take seed", chat.Parameters{Seed: of(int64(5))}},
	} {
		r := plain(c.model)
		r.Parameters = c.set
		for range 2 {
			_, err := client(t, s.URL, "").Complete(t.Context(), r)
			e, ok := errors.AsType[*chat.Error](err)
			if !ok || !strings.Contains(err.Error(), c.want) || !e.Stop || e.Retryable {
				t.Errorf("%s: %v", c.model, err)
			}
		}
	}
	if s.Answers() != 0 {
		t.Errorf("%d answers were paid", s.Answers())
	}
	// With no effort, a reasoning model takes a temperature.
	r := plain("gpt-6-luna")
	r.Parameters = chat.Parameters{Temperature: of(0.0), ReasoningEffort: "none"}
	if _, err := client(t, s.URL, "").Complete(t.Context(), r); err != nil {
		t.Error(err)
	}
}

// Refusals as other servers word them.
func TestRefusalsInOtherWords(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		left   string
	}{
		{400, `{"error":{"message":"litellm.UnsupportedParamsError: gpt-5 models don't support temperature=0. Only temperature=1 is supported.","type":"None","param":null,"code":"400"}}`, "temperature"},
		{400, `{"object":"error","message":"[{'type': 'extra_forbidden', 'loc': ('body', 'temperature'), 'msg': 'Extra inputs are not permitted'}]","type":"BadRequestError","param":null,"code":400}`, "temperature"},
		{400, `{"error":{"message":"This response_format type is unavailable now","type":"invalid_request_error"}}`, "json_object instead"},
		{500, `{"error":{"code":500,"message":"response_format type must be one of \"text\" or \"json_object\", but got: json_schema","type":"server_error"}}`, "json_object instead"},
		{400, `{"error":{"message":"This model does not support response format ` + "`json_schema`" + `."}}`, "json_object instead"},
		{422, `{"detail":"temperature: Extra inputs are not permitted"}`, "temperature"},
	} {
		var mu sync.Mutex
		asked := 0
		h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if asked++; asked == 1 {
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
				return
			}
			fmt.Fprint(w, `{"choices":[{"message":{"content":"{}"},"finish_reason":"stop"}]}`)
		}))
		r := question(t, "some-model")
		r.Parameters = chat.Parameters{Temperature: of(0.0), Optional: []string{"temperature"}}
		reply, err := client(t, h.URL, "").Complete(t.Context(), r)
		if err != nil || len(reply.Adapted) != 1 || !strings.Contains(reply.Adapted[0], c.left) || asked != 2 {
			t.Errorf("%s: %v %v after %d", c.body, reply.Adapted, err, asked)
		}
		h.Close()
	}
}

// A schema that the server calls invalid is a mistake, not a lack of ability.
func TestInvalidSchemaIsNotAdaptedTo(t *testing.T) {
	s := chattest.Start(t, chattest.Options{})
	r := question(t, "gpt-4o")
	r.Format.Schema = json.RawMessage(`{"type":"object","properties":{"a":{"type":"string"}}}`)
	_, err := client(t, s.URL, "").Complete(t.Context(), r)
	if err == nil || !strings.Contains(err.Error(), "additionalProperties") || s.Asked() != 1 {
		t.Errorf("%v after %d", err, s.Asked())
	}
}

// A server that refuses for ever is asked a few times only.
func TestAdaptingEnds(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Script: func(c *chattest.Call) chattest.Behaviour {
		return chattest.Unsupported([]string{"temperature", "max_tokens", "max_completion_tokens", "response_format", "seed"}[c.Seq%5])
	}})
	r := question(t, "gpt-4o")
	r.Parameters = chat.Parameters{Temperature: of(0.0), MaxTokens: of(int64(5)), Seed: of(int64(5)), Optional: []string{"temperature", "max_tokens", "seed"}}
	if _, err := client(t, s.URL, "").Complete(t.Context(), r); err == nil || s.Asked() > 9 {
		t.Errorf("%v after %d", err, s.Asked())
	}
}

func TestManyLearnAtOnce(t *testing.T) {
	s := chattest.Start(t, chattest.Options{})
	cl := client(t, s.URL, "")
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			r := question(t, "local-object")
			r.Parameters = chat.Parameters{MaxTokens: of(int64(100)), ReasoningEffort: "low", Optional: []string{"reasoning_effort"}}
			if _, err := cl.Complete(t.Context(), r); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if s.Answers() != 16 {
		t.Errorf("%d answers", s.Answers())
	}
}

func TestNamesOfReasoningModels(t *testing.T) {
	for model, want := range map[string]bool{"gpt-6-luna": true, "gpt-5": true, "gpt-5.4-mini": true, "o3": true, "o4-mini": true, "gpt-10": true,
		"gpt-4o": false, "gpt-4.1-mini": false, "gpt-5-chat-latest": false, "llama3.2-vision": false, "gpt-3.5-turbo": false, "opus": false} {
		if chat.Reasons(model) != want {
			t.Errorf("%s: %v", model, !want)
		}
	}
}
