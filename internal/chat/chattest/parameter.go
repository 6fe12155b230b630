package chattest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// checkParameters checks what the model takes, and the ranges.
func (r *Request) checkParameters(m Model) *Behaviour {
	refused := func(name string, set bool) *Behaviour {
		if !set || !slices.Contains(m.Refuses, name) {
			return nil
		}
		b := Unsupported(name)
		return &b
	}
	value := func(name, why string) *Behaviour {
		b := fault(400, "unsupported_value", name, "Unsupported value: '"+name+"' "+why)
		return &b
	}
	for _, b := range []*Behaviour{refused("temperature", r.Temperature != nil), refused("top_p", r.TopP != nil), refused("seed", r.Seed != nil),
		refused("max_tokens", r.MaxTokens != nil), refused("max_completion_tokens", r.MaxComplete != nil), refused("reasoning_effort", r.Effort != nil)} {
		if b != nil {
			return b
		}
	}
	thinks := m.Reasons && (r.Effort == nil || *r.Effort != "none")
	switch {
	case m.Reasons && r.MaxTokens != nil:
		b := fault(400, "unsupported_parameter", "max_tokens", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.")
		return &b
	case m.OldTokens && r.MaxComplete != nil:
		b := fault(400, "", "", "Unrecognized request argument supplied: max_completion_tokens")
		return &b
	case thinks && r.Temperature != nil && *r.Temperature != 1:
		return value("temperature", fmt.Sprintf("does not support %v with this model. Only the default (1) value is supported.", *r.Temperature))
	case thinks && r.TopP != nil && *r.TopP != 1:
		b := Unsupported("top_p")
		return &b
	case !m.Reasons && r.Effort != nil:
		b := fault(400, "", "", "Unrecognized request argument supplied: reasoning_effort")
		return &b
	case m.Reasons && r.Effort != nil && !slices.Contains([]string{"none", "minimal", "low", "medium", "high", "xhigh", "max"}, *r.Effort):
		return value("reasoning_effort", fmt.Sprintf("does not support '%s' with this model.", *r.Effort))
	case r.Temperature != nil && (*r.Temperature < 0 || *r.Temperature > 2):
		b := fault(400, "decimal_above_max_value", "temperature", "Invalid 'temperature': expected a value between 0 and 2.")
		return &b
	case r.MaxTokens != nil && *r.MaxTokens < 1 || r.MaxComplete != nil && *r.MaxComplete < 1:
		b := fault(400, "integer_below_min_value", "max_completion_tokens", "Invalid 'max_completion_tokens': integer below minimum value.")
		return &b
	}
	return nil
}

var formatName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// checkFormat checks the response_format.
func (r *Request) checkFormat(m Model) *Behaviour {
	bad := func(format string, args ...any) *Behaviour {
		b := fault(400, "", "response_format", fmt.Sprintf(format, args...))
		return &b
	}
	switch f := r.Format; {
	case f == nil || f.Type == "text":
	case f.Type == "json_object" && m.NoObject, f.Type == "json_schema" && m.NoSchema:
		return bad("Invalid parameter: 'response_format' of type '%s' is not supported with this model.", f.Type)
	case f.Type == "json_object":
		if !strings.Contains(strings.ToLower(r.Text()), "json") {
			return bad("'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.")
		}
	case f.Type != "json_schema":
		return bad("Invalid value: '%s'. Supported values are: 'json_object', 'json_schema', and 'text'.", f.Type)
	case f.Schema == nil || !formatName.MatchString(f.Schema.Name):
		return bad("Invalid 'response_format.json_schema.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.")
	default:
		if why := StrictFault(f.Schema.Schema); f.Schema.Strict && why != "" {
			return bad("Invalid schema for response_format '%s': %s", f.Schema.Name, why)
		}
	}
	return nil
}

// strictWords returns the keywords of the strict subset.
func strictWords() []string {
	return []string{"type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "$ref", "$defs", "definitions",
		"title", "description", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "pattern", "format", "default"}
}

// maxDepth is the number of levels that objects may be nested.
const maxDepth = 5

// StrictFault returns why a schema is not in the subset that strict output
// takes, "" if it is: the root is an object, every object closed and all its
// properties required, no other keywords, at most 5 levels.
func StrictFault(schema json.RawMessage) string {
	var root map[string]any
	if json.Unmarshal(schema, &root) != nil {
		return "schema must be a JSON Schema of 'type: \"object\"'."
	}
	if root["type"] != "object" || root["anyOf"] != nil {
		return "schema must be a JSON Schema of 'type: \"object\"', got something else."
	}
	return strictAt(root, "()", 0)
}

func strictAt(node map[string]any, at string, depth int) string {
	for word := range node {
		if !slices.Contains(strictWords(), word) {
			return fmt.Sprintf("In context=%s, '%s' is not permitted.", at, word)
		}
	}
	properties, _ := node["properties"].(map[string]any)
	if isType(node, "object") {
		if depth++; depth > maxDepth {
			return fmt.Sprintf("In context=%s, nesting exceeds %d levels.", at, maxDepth)
		}
		if node["additionalProperties"] != false {
			return fmt.Sprintf("In context=%s, 'additionalProperties' is required to be supplied and to be false.", at)
		}
		required, _ := node["required"].([]any)
		for name := range properties {
			if !slices.Contains(required, any(name)) {
				return fmt.Sprintf("In context=%s, 'required' is required to be supplied and to be an array including every key in properties. Missing '%s'.", at, name)
			}
		}
		if len(required) != len(properties) {
			return fmt.Sprintf("In context=%s, 'required' names what is no property.", at)
		}
	}
	if node["type"] == nil && node["anyOf"] == nil && node["$ref"] == nil && node["enum"] == nil && node["const"] == nil {
		return fmt.Sprintf("In context=%s, schema must have a 'type' key.", at)
	}
	if isType(node, "array") && node["items"] == nil {
		return fmt.Sprintf("In context=%s, array schema missing items.", at)
	}
	return strictBelow(node, properties, at, depth)
}

// strictBelow checks the schemas within a schema.
func strictBelow(node, properties map[string]any, at string, depth int) string {
	below := map[string]any{}
	for name, p := range properties {
		below["('properties', '"+name+"')"] = p
	}
	for _, word := range []string{"$defs", "definitions"} {
		defs, _ := node[word].(map[string]any)
		for name, p := range defs {
			below["('"+word+"', '"+name+"')"] = p
		}
	}
	if node["items"] != nil {
		below["('items')"] = node["items"]
	}
	choices, _ := node["anyOf"].([]any)
	for i, p := range choices {
		below[fmt.Sprintf("('anyOf', '%d')", i)] = p
	}
	for where, p := range below {
		inner, ok := p.(map[string]any)
		if !ok {
			return fmt.Sprintf("In context=%s, %v is not a schema.", where, p)
		}
		if why := strictAt(inner, where, depth); why != "" {
			return why
		}
	}
	return ""
}

// isType reports whether a schema allows a type by name.
func isType(node map[string]any, name string) bool {
	list, _ := node["type"].([]any)
	return node["type"] == name || slices.Contains(list, any(name))
}
