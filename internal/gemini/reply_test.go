package gemini_test

import (
	"encoding/json"
	"errors"
	"testing"
	"unicode/utf8"

	"icono/internal/chat"
	"icono/internal/gemini"
)

func TestUsage(t *testing.T) {
	for body, want := range map[string]chat.Usage{
		`{"promptTokenCount":1305,"candidatesTokenCount":50,"thoughtsTokenCount":40,"cachedContentTokenCount":1000,"totalTokenCount":1395,"promptTokensDetails":[{"modality":"IMAGE","tokenCount":1290}]}`: {Input: 1305, CachedInput: 1000, Output: 90, Reasoning: 40, Reported: true},
		`{"promptTokenCount":15.0,"candidatesTokenCount":2}`:                           {Input: 15, Output: 2, Reported: true},
		`{"promptTokenCount":15,"candidatesTokenCount":2,"totalTokenCount":60}`:        {Input: 15, Output: 45, Reported: true},
		`{"promptTokenCount":15,"totalTokenCount":15}`:                                 {Input: 15, Doubt: "it reports no tokens of output, and answers with a text"},
		`{"promptTokenCount":0,"candidatesTokenCount":3}`:                              {Output: 3, Doubt: "it reports no tokens of input"},
		`{"promptTokenCount":5,"cachedContentTokenCount":50,"candidatesTokenCount":1}`: {Input: 55, Output: 1, Doubt: "it reports 5 tokens of input, and 50 of them cached"},
		`{"promptTokenCount":-1,"candidatesTokenCount":3}`:                             {Output: 3, Doubt: "it reports -1 tokens"},
		`{"promptTokenCount":1.5,"candidatesTokenCount":3,"thoughtsTokenCount":4}`:     {Output: 7, Doubt: "it reports 1.5 tokens"},
		`{"promptTokenCount":1e300,"candidatesTokenCount":3}`:                          {Input: 1 << 40, Output: 3, Doubt: "it reports 1e+300 tokens"},
		`{"promptTokenCount":3,"candidatesTokenCount":-4}`:                             {Input: 3, Doubt: "it reports -4 tokens"},
		`{"candidatesTokenCount":3}`:                                                   {},
		`{"promptTokenCount":"many"}`:                                                  {},
		`"many"`:                                                                       {},
		`null`:                                                                         {},
	} {
		r, err := gemini.Parse([]byte(`{"candidates":[{"content":{"parts":[{"text":"a"}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":` + body + `,"modelVersion":"gemini-3.5-flash-001","responseId":"x"}`))
		if err != nil || r.Usage != want || r.Text != "a" || r.Model != "gemini-3.5-flash-001" || r.ID != "x" {
			t.Errorf("%s: %+v %v, want %+v", body, r, err, want)
		}
	}
}

func TestParts(t *testing.T) {
	for body, want := range map[string]string{
		`{"candidates":[{"content":{"parts":[{"text":"Let me think.","thought":true},{"text":"{\"a\":"},{"text":"1}","thoughtSignature":"QUJD"}]},"finishReason":"STOP"}]}`: `{"a":1}`,
		`{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}`:                                               "a",
		`{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}],"modelVersion":7}`:        "a",
		`{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP","safetyRatings":"fine"}]}`:  "a",
		`{"candidates":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"second"}]}}]}`:     "a",
		`{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}],"promptFeedback":{}}`:     "a",
		`{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}],"promptFeedback":"none"}`: "a",
	} {
		if r, err := gemini.Parse([]byte(body)); err != nil || r.Text != want {
			t.Errorf("%s: %+v %v", body, r, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"candidates":[{"content":{"parts":[{"text":"a","thought":true},{"text":"b"}],"role":"model"},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,"thoughtsTokenCount":2},"modelVersion":"m","responseId":"r"}`,
		`{"promptFeedback":{"blockReason":"SAFETY","safetyRatings":[{"category":"HARM_CATEGORY_HARASSMENT","blocked":true}]}}`,
		`{"candidates":[{"finishReason":"SAFETY","finishMessage":"no"}]}`, `{"candidates":[{"finishReason":"MAX_TOKENS"}]}`, `{"candidates":[{}]}`, `{"candidates":[null]}`, `{"candidates":7}`,
		`{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":"PerDay","quotaValue":"0"}]},{"retryDelay":"3s"}]}}`,
		`[{"error":{"code":500}}]`, `{"error":"x"}`, `{`, ``, `null`, "<html><title>x</title>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := gemini.Parse(raw)
		if string(r.Raw) != string(raw) {
			t.Fatal("the raw answer is another")
		}
		if err == nil {
			if r.Text == "" || !json.Valid(raw) {
				t.Fatalf("an answer without a text is good: %q", raw)
			}
			return
		}
		if u := r.Usage; u.Input < 0 || u.Output < 0 || u.CachedInput < 0 || u.Reported && (u.CachedInput > u.Input || u.Reasoning > u.Output) {
			t.Fatalf("%q: %+v", raw, u)
		}
		e, ok := errors.AsType[*chat.Error](err)
		if !ok || e.Error() == "" || e.Outcome == chat.OK || e.Outcome == "" || !utf8.ValidString(e.Message) || len(e.Message) > 4000 {
			t.Fatalf("%q: %+v", raw, err)
		}
	})
}
