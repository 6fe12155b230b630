package chattest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.uber.org/goleak"
	"icono/internal/chat/chattest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func post(t *testing.T, s *chattest.Server, path, body string) (int, http.Header, string) {
	t.Helper()
	h := &http.Transport{}
	defer h.CloseIdleConnections()
	res, err := (&http.Client{Transport: h}).Post(strings.TrimSuffix(s.URL, "/v1")+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(text)
}

// The server refuses what OpenAI refuses.
func TestStrictness(t *testing.T) {
	s := chattest.Start(t, chattest.Options{})
	const messages = `"messages":[{"role":"user","content":"hi"}]`
	image := func(url string) string {
		return `{"model":"gpt-4o","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"` + url + `"}}]}]}`
	}
	const gif = "data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="
	for _, c := range []struct {
		body, want string
		status     int
	}{
		{`{"model":"gpt-4o",` + messages + `}`, "chat.completion", 200},
		{image(gif), "chat.completion", 200},
		{`{`, "could not parse", 400},
		{`{` + messages + `}`, "must provide a model", 400},
		{`{"model":"gpt-0",` + messages + `}`, "model_not_found", 404},
		{`{"model":"gpt-4o"}`, "empty array", 400},
		{`{"model":"gpt-4o","messages":[]}`, "empty array", 400},
		{`{"model":"gpt-4o","detail":"low",` + messages + `}`, "Unknown parameter: 'detail'", 400},
		{`{"model":"gpt-4o","temperature":"0",` + messages + `}`, "Invalid type", 400},
		{`{"model":"gpt-4o","temperature":3,` + messages + `}`, "temperature", 400},
		{`{"model":"gpt-4o","messages":[{"role":"coder","content":"hi"}]}`, "Invalid value: 'coder'", 400},
		{`{"model":"gpt-4o","messages":[{"role":"user","content":[]}]}`, "Invalid type for", 400},
		{`{"model":"gpt-4o","messages":[{"role":"user","content":null}]}`, "Invalid type for", 400},
		{`{"model":"gpt-6-luna","max_tokens":5,` + messages + `}`, "Use 'max_completion_tokens' instead", 400},
		{`{"model":"gpt-6-luna","temperature":0,` + messages + `}`, "unsupported_value", 400},
		{`{"model":"gpt-6-luna","temperature":1,` + messages + `}`, "chat.completion", 200},
		{`{"model":"gpt-4o","reasoning_effort":"low",` + messages + `}`, "Unrecognized request argument", 400},
		{`{"model":"gpt-4o","response_format":{"type":"json_object"},` + messages + `}`, "must contain the word 'json'", 400},
		{`{"model":"gpt-4o","response_format":{"type":"json_schema","json_schema":{"name":"a b","schema":{}}},` + messages + `}`, "does not match pattern", 400},
		{image(strings.Replace(gif, "gif", "jpg", 1)), "unsupported image", 400},
		{image(strings.Replace(gif, "gif", "png", 1)), "unsupported image", 400},
		{image("data:image/gif;base64,R0lGOD!"), "Invalid base64", 400},
		{image("https://example.org/a.png"), "data URIs", 400},
	} {
		status, _, text := post(t, s, "/v1/chat/completions", c.body)
		if status != c.status || !strings.Contains(text, c.want) {
			t.Errorf("%s: %d %s, want %d %q", c.body, status, text, c.status, c.want)
		}
	}
	if status, _, _ := post(t, s, "/v1/completions", "{}"); status != 404 {
		t.Errorf("another address answers %d", status)
	}
	if status, _, _ := post(t, s, "/openai/deployments/gpt-4o/chat/completions", `{`+messages+`}`); status != 404 {
		t.Errorf("without an api-version Azure answers %d", status)
	}
	if status, _, text := post(t, s, "/openai/deployments/gpt-4o/chat/completions?api-version=x", `{`+messages+`}`); status != 200 {
		t.Errorf("Azure answers %d %s", status, text)
	}
}

func TestStrictSchemas(t *testing.T) {
	closed := func(inner string) string {
		return `{"type":"object","properties":{"a":` + inner + `},"required":["a"],"additionalProperties":false}`
	}
	deep := `{"type":"string"}`
	for range 6 {
		deep = closed(deep)
	}
	for schema, want := range map[string]string{
		closed(`{"type":"string"}`):                          "",
		closed(`{"anyOf":[{"type":"null"},{"enum":["x"]}]}`): "",
		closed(`{"type":["string","null"]}`):                 "",
		`{"type":"array","items":{}}`:                        "got something else",
		`[]`:                                                 "must be a JSON Schema",
		`{"type":"object","properties":{}}`:                  "additionalProperties",
		`{"type":"object","additionalProperties":false,"properties":{"a":{"type":"string"}},"required":[]}`: "Missing 'a'",
		`{"type":"object","additionalProperties":false,"properties":{},"required":["a"]}`:                   "names what is no property",
		closed(`{"type":"object","properties":{}}`):                                                         "additionalProperties",
		closed(`{"oneOf":[{"type":"string"}]}`):                                                             "'oneOf' is not permitted",
		closed(`{"description":"x"}`):                                                                       "must have a 'type' key",
		closed(`{"type":"array"}`):                                                                          "missing items",
		closed(`3`):                                                                                         "not a schema",
		deep:                                                                                                "nesting exceeds",
	} {
		if got := chattest.StrictFault(json.RawMessage(schema)); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", schema, got, want)
		}
	}
}

// What the server makes up is valid by another implementation of JSON Schema,
// and differs between requests.
func TestAnswersSatisfyTheSchema(t *testing.T) {
	const schema = `{"type":"object","additionalProperties":false,"required":["n","list","e","c","o","when","x","r"],"properties":{
		"n":{"type":"integer","minimum":3,"maximum":5},"list":{"type":"array","items":{"enum":["a","b","c"]},"minItems":1,"maxItems":3},
		"e":{"anyOf":[{"type":"null"},{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":9}]},"c":{"const":"k"},
		"o":{"type":"object","additionalProperties":false,"required":["b"],"properties":{"b":{"type":"boolean"}}},
		"when":{"type":"string","format":"date"},"x":{"type":["string","null"]},"r":{"$ref":"#/$defs/d"}},"$defs":{"d":{"enum":[1,2]}}}`
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("s.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("s.json")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i := range 300 {
		text := chattest.Satisfy(json.RawMessage(schema), fmt.Sprint(i))
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if err := compiled.Validate(v); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if again := chattest.Satisfy(json.RawMessage(schema), fmt.Sprint(i)); again != text {
			t.Fatalf("%s and %s for the same seed", text, again)
		}
		seen[text] = true
	}
	if len(seen) < 200 {
		t.Errorf("%d answers of 300 differ", len(seen))
	}
}

func TestLimitsAreKept(t *testing.T) {
	for name, l := range map[string]chattest.Limits{
		"bucket": {RequestsPerMinute: 60, Burst: 3}, "window": {RequestsPerMinute: 3, Window: time.Minute}, "tokens": {TokensPerMinute: 3 * 8},
	} {
		s := chattest.Start(t, chattest.Options{Limits: l})
		var codes []int
		for range 5 {
			status, h, text := post(t, s, "/v1/chat/completions", `{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}`)
			codes = append(codes, status)
			if status == 429 && (h.Get("Retry-After") == "" || h.Get("Retry-After-Ms") == "" || !strings.Contains(text, "rate_limit_exceeded")) {
				t.Errorf("%s: %v %s", name, h, text)
			}
			if name == "bucket" && (h.Get("X-Ratelimit-Limit-Requests") != "60" || h.Get("X-Ratelimit-Remaining-Requests") == "") {
				t.Errorf("%s: %v", name, h)
			}
		}
		if fmt.Sprint(codes) != "[200 200 200 429 429]" || s.Statuses()[429] != 2 || s.Answers() != 3 {
			t.Errorf("%s: %v", name, codes)
		}
	}
}

func TestWhatIsPaidIsCounted(t *testing.T) {
	s := chattest.Start(t, chattest.Options{Script: func(c *chattest.Call) chattest.Behaviour {
		if c.Turn == 1 {
			return chattest.Trouble(500)
		}
		return chattest.Good()
	}})
	ask := func(body string) { post(t, s, "/v1/chat/completions", body) }
	for range 3 {
		ask(`{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}`)
	}
	ask(`{"messages":[{"content":"hi","role":"user"}], "model":"gpt-4o"}`) // the same, written otherwise
	ask(`{"model":"gpt-4o","messages":[{"role":"user","content":"ho"}]}`)
	if s.Asked() != 5 || s.Answers() != 3 || s.PaidTwice() != 2 || len(s.Paid()) != 1 || s.Statuses()[500] != 2 {
		t.Errorf("asked %d, answers %d, twice %d, %v", s.Asked(), s.Answers(), s.PaidTwice(), s.Statuses())
	}
}

func TestStorm(t *testing.T) {
	does := chattest.Storm(time.Second, 2*time.Second, nil)
	for since, want := range map[time.Duration]int{0: 0, time.Second: 429, 1999 * time.Millisecond: 429, 2 * time.Second: 0} {
		if b := does(&chattest.Call{Since: since}); b.Status != want {
			t.Errorf("after %s: %d", since, b.Status)
		}
	}
}
