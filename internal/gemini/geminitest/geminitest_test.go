package geminitest_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"icono/internal/gemini/geminitest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func post(t *testing.T, s *geminitest.Server, path, body string) (int, string) {
	t.Helper()
	h := &http.Transport{}
	defer h.CloseIdleConnections()
	res, err := (&http.Client{Transport: h}).Post(strings.TrimSuffix(s.URL, "/v1beta")+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// The server refuses what Google refuses, in Google's words.
func TestStrictness(t *testing.T) {
	s := geminitest.Start(t, geminitest.Options{})
	const path = "/v1beta/models/gemini-2.5-flash:generateContent"
	const hi = `"contents":[{"role":"user","parts":[{"text":"hi"}]}]`
	with := func(config string) string { return `{` + hi + `,"generationConfig":{` + config + `}}` }
	picture := func(mime, data string) string {
		return `{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"` + mime + `","data":"` + data + `"}}]}]}`
	}
	png := base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\n and so on"))
	for _, c := range []struct {
		body, want string
		status     int
	}{
		{`{` + hi + `}`, `"finishReason":"STOP"`, 200},
		{`{"contents":[{"role":"user","parts":[{"text":"hi"}]}],"generation_config":{"max_output_tokens":"5"}}`, "STOP", 200},
		{picture("image/png", png), "STOP", 200},
		{`{`, "Invalid JSON payload", 400},
		{`{}`, "contents is not specified", 400},
		{`{"messages":[],` + hi + `}`, `Unknown name \"messages\": Cannot find field.`, 400},
		{with(`"detail":"low"`), `Unknown name \"detail\" at 'generation_config': Cannot find field.`, 400},
		{`{"contents":[{"role":"user","parts":[{"text":"hi"},{"image":{}}]}]}`, `Unknown name \"image\" at 'contents[0].parts[1]'`, 400},
		{with(`"thinkingConfig":{"level":"low"}`), `\"level\" at 'generation_config.thinking_config'`, 400},
		{with(`"seed":3000000000`), `Invalid value at 'generation_config.seed' (TYPE_INT32), 3000000000`, 400},
		{with(`"seed":1.5`), `TYPE_INT32`, 400},
		{with(`"temperature":"hot"`), `Invalid value at 'generation_config.temperature' (TYPE_DOUBLE)`, 400},
		{with(`"temperature":3`), "must be in the range [0.0, 2.0]", 400},
		{with(`"maxOutputTokens":0`), "must be positive", 400},
		{with(`"mediaResolution":"LOW"`), "generation_config.media_resolution", 400},
		{with(`"responseJsonSchema":{"type":"object"}`), "only supported with the response mime type `application/json`", 400},
		{with(`"responseMimeType":"application/json","responseSchema":{"type":"STRING"},"responseJsonSchema":{"type":"string"}`), "must not be set", 400},
		{with(`"responseMimeType":"application/json","responseSchema":{"type":"STRING","additionalProperties":false}`), `\"additionalProperties\" at 'generation_config.response_schema'`, 400},
		{with(`"responseMimeType":"application/json","responseSchema":{"type":"OBJECT","properties":{"a":{"type":"string"}}}`), "generation_config.response_schema.properties[0].value.type", 400},
		{with(`"responseMimeType":"application/json","responseSchema":{"type":"OBJECT","properties":{"a":{"type":"STRING"}},"required":["b"]}`), "property is not defined: b", 400},
		{with(`"responseMimeType":"text/html"`), "allowed mimetypes", 400},
		{with(`"thinkingConfig":{"thinkingBudget":5,"thinkingLevel":"low"}`), "only one of thinking budget", 400},
		{with(`"thinkingConfig":{"thinkingLevel":"low"}`), "Thinking level is not supported", 400},
		{`{"contents":[{"role":"assistant","parts":[{"text":"hi"}]}]}`, "Please use a valid role: user, model.", 400},
		{`{"contents":[{"role":"user","parts":[]}]}`, "must not be empty", 400},
		{`{"contents":[{"role":"user","parts":[{}]}]}`, "required oneof field", 400},
		{`{"contents":[{"role":"model","parts":[{"text":"hi"}]}]}`, "end with a user role", 400},
		{picture("image/png", "no base64!"), "'contents[0].parts[0].inline_data.data' (TYPE_BYTES)", 400},
		{picture("image/gif", png), "Unsupported MIME type: image/gif", 400},
		{picture("image/jpeg", png), "Unable to process input image", 400},
		{picture("", png), "Unsupported MIME type", 400},
	} {
		if status, got := post(t, s, path, c.body); status != c.status || !strings.Contains(got, c.want) && !strings.Contains(strings.ReplaceAll(got, `\u0027`, "'"), c.want) {
			t.Errorf("%s: %d %s, want %q", c.body, status, got, c.want)
		}
	}
	for path, want := range map[string]int{
		"/v1/projects/p/locations/eu/publishers/google/models/gemini-2.5-flash:generateContent": 200,
		"/v1/projects/p/locations/eu/publishers/google/models/gemini-0:generateContent":         404,
		"/v1beta/models/gemini-0:generateContent":                                               404,
		"/v1beta/models/gemini-2.5-flash:predict":                                               404,
		"/v1beta/chat/completions":                                                              404,
	} {
		if status, got := post(t, s, path, `{`+hi+`}`); status != want {
			t.Errorf("%s: %d %s", path, status, got)
		}
	}
}

// The same question has the same answer, and is counted.
func TestAnswersAreTheSameAndCounted(t *testing.T) {
	s := geminitest.Start(t, geminitest.Options{Limits: geminitest.Limits{RequestsPerDay: 2}})
	const path, body = "/v1beta/models/gemini-2.5-flash:generateContent", `{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`
	_, first := post(t, s, path, body)
	_, second := post(t, s, path, strings.ReplaceAll(body, ":", ": "))
	if first != second {
		t.Errorf("%s\n%s", first, second)
	}
	if status, got := post(t, s, path, body); status != 429 || !strings.Contains(got, "PerDay") || !strings.Contains(got, "retryDelay") {
		t.Errorf("%d %s", status, got)
	}
	if s.Answers() != 2 || s.PaidTwice() != 1 || s.Asked() != 3 || s.Statuses()[200] != 2 {
		t.Errorf("%d answers, %d twice, %d asked, %v", s.Answers(), s.PaidTwice(), s.Asked(), s.Statuses())
	}
}
