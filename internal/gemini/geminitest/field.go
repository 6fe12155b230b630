package geminitest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// kind is the type of a field: a scalar's name, the name of a message, or enum.
// A message's names begin with a capital.
type kind struct {
	name   string
	list   bool
	values []string // of an enum
}

// messages returns the fields of the messages, in snake_case. Both snake_case
// and camelCase are taken, as in all of Google's JSON.
func messages() map[string]map[string]kind {
	text, number, whole, flag := kind{name: "string"}, kind{name: "double"}, kind{name: "int32"}, kind{name: "bool"}
	free := kind{name: "json"}
	resolutions := []string{"MEDIA_RESOLUTION_UNSPECIFIED", "MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_MEDIUM", "MEDIA_RESOLUTION_HIGH", "MEDIA_RESOLUTION_ULTRA_HIGH"}
	return map[string]map[string]kind{
		"GenerateContentRequest": {"model": text, "contents": {name: "Content", list: true}, "system_instruction": {name: "Content"},
			"generation_config": {name: "GenerationConfig"}, "tools": free, "tool_config": free, "safety_settings": free, "cached_content": text, "labels": free},
		"Content": {"role": text, "parts": {name: "Part", list: true}},
		"Part": {"text": text, "inline_data": {name: "Blob"}, "file_data": free, "function_call": free, "function_response": free, "thought": flag,
			"thought_signature": {name: "bytes"}, "video_metadata": free, "media_resolution": free},
		"Blob": {"mime_type": text, "data": {name: "bytes"}, "display_name": text},
		"GenerationConfig": {"temperature": number, "top_p": number, "top_k": number, "seed": whole, "max_output_tokens": whole, "candidate_count": whole,
			"stop_sequences": free, "presence_penalty": number, "frequency_penalty": number, "response_mime_type": text, "response_schema": {name: "Schema"},
			"response_json_schema": free, "response_modalities": free, "response_logprobs": flag, "logprobs": whole, "audio_timestamp": flag, "speech_config": free,
			"media_resolution": {name: "enum", values: resolutions}, "thinking_config": {name: "ThinkingConfig"}},
		"ThinkingConfig": {"thinking_budget": whole, "include_thoughts": flag,
			"thinking_level": {name: "enum", values: []string{"THINKING_LEVEL_UNSPECIFIED", "MINIMAL", "LOW", "MEDIUM", "HIGH", "minimal", "low", "medium", "high"}}},
		"Schema": {"type": {name: "enum", values: []string{"TYPE_UNSPECIFIED", "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"}},
			"format": text, "title": text, "description": text, "nullable": flag, "enum": {name: "string", list: true}, "max_items": number, "min_items": number,
			"properties": {name: "map"}, "required": {name: "string", list: true}, "min_properties": number, "max_properties": number, "min_length": number,
			"max_length": number, "pattern": text, "example": free, "any_of": {name: "Schema", list: true}, "property_ordering": {name: "string", list: true},
			"default": free, "items": {name: "Schema"}, "minimum": number, "maximum": number},
	}
}

// violation is a field that is wrong.
type violation struct{ field, description string }

// checker finds the fields that a message does not have or that have the wrong
// type.
type checker struct {
	messages map[string]map[string]kind
	found    []violation
}

func (c *checker) add(field, format string, args ...any) {
	c.found = append(c.found, violation{field, fmt.Sprintf(format, args...)})
}

// message checks an object and returns it with the names in snake_case.
func (c *checker) message(name, at string, raw json.RawMessage) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		c.add(at, "Invalid value at '%s' (type.googleapis.com/google.ai.generativelanguage.v1beta.%s), %s", at, name, short(raw))
		return
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		k, ok := c.messages[name][snake(key)]
		if !ok {
			where := ""
			if at != "" {
				where = " at '" + at + "'"
			}
			c.add(at, "Invalid JSON payload received. Unknown name %q%s: Cannot find field.", key, where)
			continue
		}
		c.value(k, strings.TrimPrefix(at+"."+snake(key), "."), fields[key])
	}
}

func (c *checker) value(k kind, at string, raw json.RawMessage) {
	if string(raw) == "null" {
		return
	}
	if k.list {
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			list = []json.RawMessage{raw} // a single value stands for a list of it
		}
		for i, v := range list {
			c.value(kind{name: k.name, values: k.values}, at+"["+strconv.Itoa(i)+"]", v)
		}
		return
	}
	if k.name == "map" {
		var fields map[string]json.RawMessage
		if json.Unmarshal(raw, &fields) != nil {
			c.add(at, "Invalid value at '%s', %s", at, short(raw))
		}
		for i, name := range slices.Sorted(maps.Keys(fields)) {
			c.message("Schema", fmt.Sprintf("%s[%d].value", at, i), fields[name])
		}
		return
	}
	if _, ok := c.messages[k.name]; ok {
		c.message(k.name, at, raw)
		return
	}
	if !k.takes(raw) {
		word := "TYPE_" + strings.ToUpper(k.name)
		if k.name == "enum" {
			word = "type.googleapis.com/google.ai.generativelanguage.v1beta enum"
		}
		c.add(at, "Invalid value at '%s' (%s), %s", at, word, short(raw))
	}
}

// takes reports whether a scalar is of the kind. Numbers may stand in quotes.
func (k kind) takes(raw json.RawMessage) bool {
	var s string
	isText := json.Unmarshal(raw, &s) == nil
	number := func() (float64, error) {
		if !isText {
			s = string(raw)
		}
		return strconv.ParseFloat(s, 64)
	}
	switch k.name {
	case "string":
		return isText
	case "bytes":
		_, err := base64.StdEncoding.DecodeString(s)
		return isText && err == nil
	case "bool":
		return string(raw) == "true" || string(raw) == "false"
	case "enum":
		return isText && slices.Contains(k.values, s)
	case "double":
		_, err := number()
		return err == nil
	case "int32":
		n, err := number()
		return err == nil && n == math.Trunc(n) && n >= math.MinInt32 && n <= math.MaxInt32
	}
	return true
}

// snake puts a name in snake_case.
func snake(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

func short(raw []byte) string { return string(raw[:min(len(raw), 60)]) }
