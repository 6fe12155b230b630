package price

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Output estimates the tokens of an answer that a JSON Schema describes, and says
// what it assumes: the names of the properties, the shortest, the average and the
// longest code of each enum, 12 words for a free text (3 to 80), one to three
// entries of a list.
func Output(schema json.RawMessage) (Range, string) {
	d := json.NewDecoder(bytes.NewReader(schema))
	d.UseNumber()
	var root any
	if d.Decode(&root) != nil {
		return Range{20, 150, 600}, "output: the form of answers is unknown, assumed 150 tokens (20 to 600)"
	}
	c := &outputCounter{root: root}
	r := c.at(root, 0).Plus(Range{0, 2, 10})
	why := fmt.Sprintf("output: %d tokens by the schema (%d to %d)", r.Expected, r.Low, r.High)
	if c.texts > 0 {
		why += fmt.Sprintf(", with 16 tokens for each of %d free texts (4 to 110), assumed", c.texts)
	}
	return r, why
}

type outputCounter struct {
	root  any
	texts int
}

func (c *outputCounter) at(node any, depth int) Range {
	s, _ := node.(map[string]any)
	if depth > 12 {
		return Range{1, 4, 16}
	}
	if ref, ok := s["$ref"].(string); ok {
		return c.at(c.resolve(ref), depth+1)
	}
	if v, ok := s["const"]; ok {
		return c.value(v)
	}
	if list, ok := s["enum"].([]any); ok && len(list) > 0 {
		return c.choice(list, c.value)
	}
	if list, ok := s["anyOf"].([]any); ok && len(list) > 0 {
		return c.choice(list, func(v any) Range { return c.at(v, depth+1) })
	}
	kind, _ := s["type"].(string)
	if list, ok := s["type"].([]any); ok {
		for _, k := range list {
			if name, _ := k.(string); name != "null" {
				kind = name
			}
		}
	}
	switch kind {
	case "object":
		out := Range{0, 1, 3}
		properties, _ := s["properties"].(map[string]any)
		for name, p := range properties {
			out = out.Plus(Tokens(name)).Plus(Range{1, 2, 6}).Plus(c.at(p, depth+1))
		}
		return out
	case "array":
		item := c.at(s["items"], depth+1).Plus(Range{1, 2, 4})
		return Range{1, 2 + item.Expected, 4 + product(item.High, 3)}
	case "string":
		c.texts++
		return Range{4, 16, 110}
	}
	return Range{1, 1, 4} // numbers, booleans, null
}

func (c *outputCounter) value(v any) Range {
	if text, ok := v.(string); ok {
		return Tokens(text).Plus(Range{0, 0, 2})
	}
	return Range{1, 1, 3}
}

// choice is the range of one of several values.
func (c *outputCounter) choice(list []any, size func(any) Range) Range {
	var out Range
	var total int64
	for i, v := range list {
		r := size(v)
		if i == 0 || r.Low < out.Low {
			out.Low = r.Low
		}
		out.High = max(out.High, r.High)
		total += r.Expected
	}
	out.Expected = max(out.Low, min(out.High, total/int64(len(list))))
	return out
}

func (c *outputCounter) resolve(ref string) any {
	at := c.root
	for _, step := range strings.Split(strings.Trim(ref, "#/"), "/") {
		if step != "" {
			m, _ := at.(map[string]any)
			at = m[step]
		}
	}
	return at
}

// Reasoning estimates the tokens that a model spends on reasoning at an effort,
// and says so. The figures are assumptions until a first sample calibrates them.
func (e Entry) Reasoning(effort string) (Range, string) {
	if !e.Reasons || effort == "none" {
		return Range{}, ""
	}
	r := Range{0, 400, 4000}
	switch effort {
	case "minimal":
		r = Range{0, 32, 400}
	case "low":
		r = Range{0, 150, 1500}
	case "high":
		r = Range{100, 1500, 12000}
	case "xhigh", "max":
		r = Range{300, 5000, 40000}
	}
	if effort == "" {
		effort = "default"
	}
	return r, fmt.Sprintf("reasoning at %s effort: %d tokens (%d to %d), assumed", effort, r.Expected, r.Low, r.High)
}
