package gemini_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"icono/internal/chat"
	"icono/internal/gemini"
	"icono/internal/gemini/geminitest"
	"icono/internal/transport"
)

func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		name    string
		does    geminitest.Behaviour
		outcome chat.Outcome
		says    string
		retry   bool
		stop    bool
		paid    bool
	}{
		{"good", geminitest.Good(), chat.OK, "", false, false, true},
		{"wrong content type", geminitest.WrongType(), chat.OK, "", false, false, true},
		{"slow in the middle", geminitest.Behaviour{Pause: 20 * time.Millisecond}, chat.OK, "", false, false, true},
		{"safety", geminitest.Behaviour{Finish: "SAFETY", Blocked: "HARM_CATEGORY_SEXUALLY_EXPLICIT"}, chat.Refused, "refused: the service stopped the answer: SAFETY, a filter for harmful content (sexually explicit)", false, false, true},
		{"recitation", geminitest.Refuses("RECITATION"), chat.Refused, "RECITATION", false, false, true},
		{"blocklist", geminitest.Refuses("BLOCKLIST"), chat.Refused, "BLOCKLIST", false, false, true},
		{"prohibited", geminitest.Refuses("PROHIBITED_CONTENT"), chat.Refused, "PROHIBITED_CONTENT", false, false, true},
		{"spii", geminitest.Refuses("SPII"), chat.Refused, "SPII, sensitive data", false, false, true},
		{"image safety", geminitest.Refuses("IMAGE_SAFETY"), chat.Refused, "IMAGE_SAFETY", false, false, true},
		{"language", geminitest.Refuses("LANGUAGE"), chat.Refused, "LANGUAGE", false, false, true},
		{"refused with half a text", geminitest.Behaviour{Finish: "SAFETY", Parts: []string{"The picture shows"}}, chat.Refused, "SAFETY", false, false, true},
		{"blocked", geminitest.Behaviour{Block: "SAFETY", Blocked: "HARM_CATEGORY_HARASSMENT"}, chat.Refused, "refused: the service blocked the request: SAFETY, a filter for harmful content (harassment)", false, false, true},
		{"blocked for any reason", geminitest.Blocks("OTHER"), chat.Refused, "blocked the request: OTHER", false, false, true},
		{"length", geminitest.CutOff(), chat.Truncated, "cut off at the bound", false, false, true},
		{"all spent on thoughts", geminitest.Behaviour{Finish: "MAX_TOKENS", Text: new(string), Usage: &geminitest.Usage{Prompt: 10, Thoughts: 600}}, chat.Truncated, "after 600, 600 of them spent on reasoning", false, false, true},
		{"silent", geminitest.Silent(), chat.Empty, "without a text (STOP)", false, false, true},
		{"only a thought", geminitest.Behaviour{Thought: "Hm.", Text: new(string)}, chat.Empty, "without a text", false, false, true},
		{"no candidate", geminitest.Empty(), chat.Empty, "no answer and no reason", false, false, true},
		{"other", geminitest.Behaviour{Finish: "OTHER", Parts: []string{"a"}}, chat.Failed, "ended abnormally (OTHER)", true, false, true},
		{"a new reason", geminitest.Behaviour{Finish: "TOO_TIRED", Message: "Come back"}, chat.Failed, "(TOO_TIRED): Come back", true, false, true},
		{"page", geminitest.Page(502), chat.Failed, "502", true, false, false},
		{"trouble", geminitest.Trouble(500), chat.Failed, "500 (INTERNAL): An internal error", true, false, false},
		{"overloaded", geminitest.Trouble(503), chat.Failed, "503 (UNAVAILABLE): The model is overloaded", true, false, false},
		{"too many", geminitest.Limited(time.Second), chat.Failed, "429 (RESOURCE_EXHAUSTED)", true, false, false},
		{"too many at Vertex AI", geminitest.Limited(-1), chat.Failed, "429 (RESOURCE_EXHAUSTED)", true, false, false},
		{"day is over", geminitest.DayIsOver(), chat.Failed, "run again when it has", false, true, false},
		{"no quota at all", geminitest.NoneAtAll(), chat.Failed, "429 (RESOURCE_EXHAUSTED)", false, true, false},
		{"API off", geminitest.Disabled("SERVICE_DISABLED"), chat.Failed, "403 (SERVICE_DISABLED): Generative Language API has not been used in project 4711 before or it is disabled; switch the API on for the project at https://console.developers", false, true, false},
		{"billing off", geminitest.Disabled("BILLING_DISABLED"), chat.Failed, "switch billing on", false, true, false},
		{"not here", geminitest.Fails(400, "FAILED_PRECONDITION", "User location is not supported for the API use."), chat.Failed, "offered at your place", false, true, false},
		{"a bad picture", geminitest.Fails(400, "INVALID_ARGUMENT", "Unable to process input image. Please retry."), chat.Failed, "400 (INVALID_ARGUMENT): Unable to process input image", false, false, false},
		{"dropped", geminitest.Breaks(), chat.Failed, "no answer", true, false, false},
		{"half", geminitest.Half(), chat.Failed, "half an answer", true, false, true},
		{"no body", geminitest.Behaviour{Status: 400, Body: []byte("")}, chat.Failed, "400: Bad Request, without a word", false, false, false},
		{"a page as an answer", geminitest.Behaviour{Body: []byte("<html><title>Login</title></html>")}, chat.Failed, `no JSON: an HTML page with the title "Login"`, true, false, true},
		{"nothing known", geminitest.Behaviour{Body: []byte(`{}`)}, chat.Failed, "no candidates", true, false, true},
		{"an error with status 200", geminitest.Behaviour{Body: []byte(`{"error":{"message":"upstream is down","code":502,"status":"UNAVAILABLE"}}`)}, chat.Failed, "502 (UNAVAILABLE): upstream is down", true, false, true},
		{"an error in a list", geminitest.Behaviour{Status: 404, Body: []byte(`[{"error":{"code":404,"message":"models/x is not found","status":"NOT_FOUND"}}]`)}, chat.Failed, "404 (NOT_FOUND): models/x is not found; check the model's name", false, true, false},
		{"a plain error", geminitest.Behaviour{Status: 400, Body: []byte(`{"error":"out of paper"}`)}, chat.Failed, "400: out of paper", false, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := geminitest.Start(t, geminitest.Options{Script: func(*geminitest.Call) geminitest.Behaviour { return c.does }})
			reply, err := client(t, s.URL, "").Complete(t.Context(), question(t, "gemini-3.5-flash"))
			if got := chat.OutcomeOf(err); got != c.outcome {
				t.Fatalf("%s: %v", got, err)
			}
			if s.Answers() == 1 != c.paid {
				t.Errorf("%d answers were made", s.Answers())
			}
			if c.paid && c.outcome != chat.Failed && !reply.Usage.Reported {
				t.Errorf("the usage is lost: %+v", reply)
			}
			if err == nil {
				return
			}
			e, ok := errors.AsType[*chat.Error](err)
			if !ok || !strings.Contains(err.Error(), c.says) || e.Retryable != c.retry || e.Stop != c.stop {
				t.Errorf("%v (retry %v, stop %v), want %q", err, e.Retryable, e.Stop, c.says)
			}
			if c.outcome == chat.Refused && (reply.Refusal == "" || e.Code == "") {
				t.Errorf("the reason is lost: %+v %+v", reply, e)
			}
			if c.outcome != chat.Failed {
				again, second := gemini.Parse(reply.Raw)
				if second == nil || second.Error() != err.Error() || again.Usage != reply.Usage {
					t.Errorf("parsed again it is %v", second)
				}
			}
		})
	}
}

// A refusal for the rate is waited for as it says; one for the day is not.
func TestRateAndDay(t *testing.T) {
	s := geminitest.Start(t, geminitest.Options{Limits: geminitest.Limits{RequestsPerMinute: 1200, Burst: 1, RequestsPerDay: 3}})
	c := made(t, gemini.Options{HTTP: over(t, "", transport.Options{RequestsPerMinute: 60_000}), BaseURL: s.URL})
	for i := range 3 {
		if _, err := c.Complete(t.Context(), plain("gemini-3.5-flash")); err != nil {
			t.Fatalf("request %d: %v", i+1, err)
		}
	}
	refused := s.Statuses()[429]
	_, err := c.Complete(t.Context(), plain("gemini-3.5-flash"))
	if e, ok := errors.AsType[*chat.Error](err); !ok || !e.Stop || e.Retryable || e.Status != 429 {
		t.Errorf("%+v", err)
	}
	if n := s.Statuses()[429] - refused; n != 1 {
		t.Errorf("a quota of the day was asked for %d times", n)
	}
	if s.Answers() != 3 || refused == 0 {
		t.Errorf("%d answers, %d refusals", s.Answers(), refused)
	}
}

// A half answer and a broken connection are asked for again by the transport.
func TestAskedAgain(t *testing.T) {
	turns := []geminitest.Behaviour{geminitest.Half(), geminitest.Breaks(), geminitest.Trouble(503), geminitest.Limited(10 * time.Millisecond), geminitest.Says("done")}
	s := geminitest.Start(t, geminitest.Options{Script: func(c *geminitest.Call) geminitest.Behaviour { return turns[c.Turn-1] }})
	c := made(t, gemini.Options{HTTP: over(t, "", transport.Options{Backoff: time.Millisecond, MaxBackoff: 2 * time.Millisecond}), BaseURL: s.URL})
	reply, err := c.Complete(t.Context(), plain("gemini-3.5-flash"))
	if err != nil || reply.Text != "done" || s.Asked() != len(turns) {
		t.Errorf("%+v %v after %d", reply, err, s.Asked())
	}
}

func TestKeysAndTokens(t *testing.T) {
	const key = "AIzaSyPlanted-KEY-4711_abcdefghijklmnop"
	s := geminitest.Start(t, geminitest.Options{Key: "the-right-one", Token: "fresh-token-0815-abcdef"})
	for _, x := range []struct {
		key, says string
		status    int
	}{{key, "API key not valid. Please pass a valid API key; check the API key", 400}, {"", "unregistered callers", 403}} {
		_, err := client(t, s.URL, x.key).Complete(t.Context(), plain("gemini-3.5-flash"))
		if e, ok := errors.AsType[*chat.Error](err); !ok || !e.Stop || e.Status != x.status || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%v", err)
		}
	}
	if _, err := client(t, s.URL, "the-right-one").Complete(t.Context(), plain("gemini-0")); !strings.Contains(err.Error(), "404 (NOT_FOUND): models/gemini-0 is not found") {
		t.Errorf("%v", err)
	}
	tokens, given := []string{"stale-token-0815-abcdef", "fresh-token-0815-abcdef"}, 0
	vertex := gemini.Options{HTTP: over(t, "", transport.Options{MaxAttempts: 1}), BaseURL: strings.TrimSuffix(s.URL, "/v1beta"), Project: "my-study", Location: "eu",
		Token: func(context.Context) (string, error) { given++; return tokens[min(given, len(tokens))-1], nil }}
	if _, err := made(t, vertex).Complete(t.Context(), plain("gemini-3.5-flash")); err != nil || given != 2 {
		t.Errorf("%v after %d tokens", err, given)
	}
	vertex.Token = func(context.Context) (string, error) { return "wrong-token-0815-abcdef", nil }
	before := s.Statuses()[401]
	_, err := made(t, vertex).Complete(t.Context(), plain("gemini-3.5-flash"))
	if e, ok := errors.AsType[*chat.Error](err); !ok || !e.Stop || e.Status != 401 || !strings.Contains(err.Error(), "gcloud auth") || s.Statuses()[401] != before+1 {
		t.Errorf("%v", err)
	}
	none := errors.New("no credentials on this machine")
	vertex.Token = func(context.Context) (string, error) { return "", none }
	_, err = made(t, vertex).Complete(t.Context(), plain("gemini-3.5-flash"))
	if e, ok := errors.AsType[*chat.Error](err); !ok || !e.Stop || !errors.Is(err, none) {
		t.Errorf("%v", err)
	}
	none = errors.New("no credentials in " + key)
	_, err = made(t, vertex).Complete(t.Context(), plain("gemini-3.5-flash"))
	if err == nil || errors.Is(err, none) || strings.Contains(err.Error(), key) {
		t.Errorf("%v", err)
	}
}

// A server that gives nothing but refusals can be told from one that answers.
func TestGivenUpInARow(t *testing.T) {
	s := geminitest.Start(t, geminitest.Options{Script: func(*geminitest.Call) geminitest.Behaviour { return geminitest.Trouble(503) }})
	c := made(t, gemini.Options{HTTP: over(t, "", transport.Options{MaxAttempts: 2, Backoff: time.Millisecond}), BaseURL: s.URL})
	for want := range int64(3) {
		_, err := c.Complete(t.Context(), plain("gemini-3.5-flash"))
		if n := transport.InARow(err); n != want+1 || !strings.Contains(err.Error(), "the server answered 503 (UNAVAILABLE): The model is overloaded. Please try again later; gave up after 2 attempts (2 times 503)") {
			t.Errorf("%d: %v", n, err)
		}
	}
}

// A key is in no error and in nothing that is kept, whatever a server echoes.
func TestNoKeyComesBack(t *testing.T) {
	const key, token = "planted-KEY-4711/with+signs==", "planted-TOKEN-0815/with<signs>=="
	echo := func(c *geminitest.Call) geminitest.Behaviour {
		return geminitest.Says("you sent " + c.Header.Get("X-Goog-Api-Key") + " and " + c.Header.Get("Authorization"))
	}
	bare := &http.Transport{}
	t.Cleanup(bare.CloseIdleConnections)
	for name, h := range map[string]*http.Client{"transport": over(t, key, transport.Options{MaxAttempts: 1}), "bare": {Transport: keyed{bare, key}}} {
		for _, s := range []*geminitest.Server{
			geminitest.Start(t, geminitest.Options{Script: echo}),
			geminitest.Start(t, geminitest.Options{Key: "another", EchoKey: true}),
			geminitest.Start(t, geminitest.Options{Script: func(c *geminitest.Call) geminitest.Behaviour {
				return geminitest.Fails(500, "INTERNAL", *echo(c).Text)
			}}),
		} {
			c := made(t, gemini.Options{HTTP: h, BaseURL: s.URL, Token: func(context.Context) (string, error) { return token, nil }})
			reply, err := c.Complete(t.Context(), plain("gemini-3.5-flash"))
			all := string(reply.Raw) + reply.Text + reply.ID
			all += within(err)
			for _, secret := range []string{key, token, `planted-TOKEN-0815/with\u003csigns`} {
				if strings.Contains(all, secret) {
					t.Errorf("%s: %q stands in %s", name, secret, all)
				}
			}
			if all == "" {
				t.Error("nothing came")
			}
		}
	}
	s := geminitest.Start(t, geminitest.Options{Script: echo})
	if reply, err := client(t, s.URL, "").Complete(t.Context(), plain("gemini-3.5-flash")); err != nil || reply.Text != "you sent  and " {
		t.Errorf("%+v %v", reply, err)
	}
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	if _, err := client(t, closed.URL+"/secret-path", key).Complete(t.Context(), plain("m")); err == nil || strings.Contains(err.Error(), "secret-path") {
		t.Errorf("an address stands in %v", err)
	}
}

// within is all that can be dug out of an error.
func within(err error) string {
	if err == nil {
		return ""
	}
	text := err.Error() + fmt.Sprintf("%+v", err)
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		text += within(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			text += within(inner)
		}
	}
	return text
}

// keyed adds the key to a copy of the request and shows it in the response.
type keyed struct {
	next http.RoundTripper
	key  string
}

func (k keyed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Goog-Api-Key", k.key)
	return k.next.RoundTrip(r)
}

func TestCancelledWhileWaiting(t *testing.T) {
	arrived := make(chan struct{}, 1)
	s := geminitest.Start(t, geminitest.Options{Script: func(*geminitest.Call) geminitest.Behaviour {
		arrived <- struct{}{}
		return geminitest.Slow(time.Hour)
	}})
	ctx, cancel := context.WithCancelCause(t.Context())
	done := make(chan error, 1)
	c := made(t, gemini.Options{HTTP: over(t, "", transport.Options{}), BaseURL: s.URL})
	go func() {
		_, err := c.Complete(ctx, plain("gemini-3.5-flash"))
		done <- err
	}()
	<-arrived
	cancel(errors.New("enough"))
	select {
	case err := <-done:
		if e, ok := errors.AsType[*chat.Error](err); !ok || e.Stop || !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	case <-time.After(time.Second):
		t.Fatal("a cancelled request waits on")
	}
}
