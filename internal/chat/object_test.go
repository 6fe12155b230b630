package chat_test

import (
	"encoding/json"
	"strings"
	"testing"

	"icono/internal/chat"
)

func TestObjectIsFound(t *testing.T) {
	for _, c := range []struct {
		text, want string
		wrapping   chat.Wrapping
	}{
		{`{"a": 1}`, `{"a": 1}`, chat.Bare},
		{"\uFEFF \n{\"a\": 1}\n", `{"a": 1}`, chat.Bare},
		{"<think>maybe {\"a\": 2}</think>\n{\"a\": 1}", `{"a": 1}`, chat.Bare},
		{"```json\n{\"a\": 1}\n```", `{"a": 1}`, chat.Fenced},
		{"```\r\n{\"a\": 1}```", `{"a": 1}`, chat.Fenced},
		{"Here:\n```json\n{\"a\": 1}\n```\nand again\n```json\n{\"a\":1}\n```", `{"a": 1}`, chat.Fenced},
		{"Sure! {\"a\": {\"b\": \"}\"}} is it.", `{"a": {"b": "}"}}`, chat.Within},
		{"The set {x, y} gives {\"a\": 1}", `{"a": 1}`, chat.Within},
		{"```python\nprint({1})\n``` {\"a\": 1}", `{"a": 1}`, chat.Within},
	} {
		got, w, err := chat.Object(c.text)
		if err != nil || string(got) != c.want || w != c.wrapping {
			t.Errorf("%q: %s %s %v", c.text, got, w, err)
		}
	}
	for text, want := range map[string]string{
		"":                                  "no JSON object",
		"[1]":                               "no JSON object",
		`{"a": {"b": 1}, "c`:                "breaks off",
		`{"a": {"b": 1}, 'c': 2}`:           "malformed",
		`{'a': {"b": 1}}`:                   "malformed",
		"```json\n{\"a\": {\"b\": 1},\n```": "breaks off",
		`{"a": 1} or {"a": 2}`:              "several",
		"```\n{\"a\":1}\n```\n```\n{\"a\":2}\n```": "several",
		strings.Repeat("{", 100_000):               "breaks off",
	} {
		if got, _, err := chat.Object(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %s %v", text, got, err)
		}
	}
}

func FuzzObject(f *testing.F) {
	for _, s := range []string{`{"a":1}`, "```json\n{}\n```", "a {b {\"c\": [1]} } {\"d\":1}", "<think>{</think>{}", "{{{}}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		raw, w, err := chat.Object(text)
		if err != nil {
			return
		}
		var o map[string]any
		if json.Unmarshal(raw, &o) != nil || w == "" || !strings.Contains(text, string(raw)) {
			t.Fatalf("%q gives %s", text, raw)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}`,
		`{"choices":[{"message":{"content":[{"type":"text","text":"a"}]}}]}`, `{"choices":[{"message":{"content":3}}]}`, `{"error":{"message":["a","b"],"code":429}}`,
		`{"error":"x"}`, `<html>`, `{"choices":[{"message":{"refusal":"no"}}],"created":"x"}`, `{"choices":[{"message":`, `null`, `{"detail":{}}`, "\xef\xbb\xbf{}", `{"a":[NaN,-Infinity,"NaN\""]}`, `{"usage":{"prompt_tokens":-1,"completion_tokens":1e99}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := chat.Parse(raw)
		u := r.Usage
		if u.Input < 0 || u.Output < 0 || u.CachedInput+u.CacheWrite > u.Input || u.Reported && u.Reasoning > u.Output || !u.Reported && u.Doubt == "" && u != (chat.Usage{}) {
			t.Fatalf("%s: %+v", raw, u)
		}
		if (err == nil) != (chat.OutcomeOf(err) == chat.OK) || err == nil && strings.TrimSpace(r.Text) == "" {
			t.Fatalf("%s: %+v %v", raw, r, err)
		}
		if err != nil && err.Error() == "" {
			t.Fatalf("%s: an error without words", raw)
		}
	})
}
