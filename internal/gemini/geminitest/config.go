package geminitest

import (
	"encoding/json"
	"slices"
)

// check returns what is wrong with the parameters, "" for nothing.
func (c Config) check(m Model) string {
	for name, set := range map[string]bool{"temperature": c.Temperature != nil, "top_p": c.TopP != nil, "seed": c.Seed != nil,
		"max_output_tokens": c.MaxTokens != nil, "media_resolution": c.Resolution != ""} {
		if set && slices.Contains(m.Refuses, name) {
			return "GenerationConfig." + name + " is not supported for this model."
		}
	}
	switch {
	case c.Temperature != nil && (*c.Temperature < 0 || *c.Temperature > 2):
		return "* GenerateContentRequest.generation_config.temperature: temperature must be in the range [0.0, 2.0].\n"
	case c.TopP != nil && (*c.TopP < 0 || *c.TopP > 1):
		return "* GenerateContentRequest.generation_config.top_p: top_p must be in the range [0.0, 1.0].\n"
	case c.MaxTokens != nil && *c.MaxTokens < 1:
		return "* GenerateContentRequest.generation_config.max_output_tokens: max_output_tokens must be positive.\n"
	}
	if why := c.checkThinking(m); why != "" {
		return why
	}
	return c.checkFormat(m)
}

func (c Config) checkThinking(m Model) string {
	t := c.Thinking
	switch {
	case t == nil:
	case t.Budget != nil && t.Level != "":
		return "You can only set only one of thinking budget and thinking level."
	case t.Level != "" && !m.Levels:
		return "Thinking level is not supported for this model."
	case t.Budget != nil && *t.Budget != 0 && !m.Budgets:
		return "Thinking is not supported for this model."
	case t.Budget != nil && *t.Budget == 0 && m.MustThink:
		return "Budget 0 is invalid. This model only works in thinking mode."
	case t.Budget != nil && (*t.Budget < -1 || *t.Budget > 32768):
		return "The thinking budget is invalid. Please choose a value between 0 and 32768."
	}
	return ""
}

func (c Config) checkFormat(m Model) string {
	schema := c.JSONSchema != nil || c.Schema != nil
	switch {
	case c.Type != "" && c.Type != "text/plain" && c.Type != "application/json" && c.Type != "text/x.enum":
		return "* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and `text/x.enum`.\n"
	case c.Type == "application/json" && m.NoJSON:
		return "JSON mode is not enabled for this model"
	case c.JSONSchema != nil && c.Schema != nil:
		return "response_schema must not be set when response_json_schema is set."
	case schema && c.Type != "application/json":
		return "* GenerateContentRequest.generation_config.response_schema: response_schema is only supported with the response mime type `application/json`.\n"
	case schema && m.NoSchema:
		return "The specified schema produces a constraint that has too many states for serving."
	case c.JSONSchema != nil && c.JSONSchema[0] != '{':
		return "* GenerateContentRequest.generation_config.response_json_schema: the schema must be an object.\n"
	}
	return checkSchema(c.Schema, "response_schema")
}

// checkSchema checks what a responseSchema must hold.
func checkSchema(raw json.RawMessage, at string) string {
	if raw == nil {
		return ""
	}
	var s struct {
		Type       string                     `json:"type"`
		AnyOf      []json.RawMessage          `json:"any_of"`
		Enum       []string                   `json:"enum"`
		Items      json.RawMessage            `json:"items"`
		Properties map[string]json.RawMessage `json:"properties"`
		Required   []string                   `json:"required"`
		Order      []string                   `json:"property_ordering"`
	}
	if json.Unmarshal(raw, &s) != nil {
		return "* GenerateContentRequest.generation_config." + at + ": unreadable.\n"
	}
	wrong := func(field, why string) string {
		return "* GenerateContentRequest.generation_config." + at + "." + field + ": " + why + "\n"
	}
	switch {
	case s.Type == "" && len(s.AnyOf) == 0:
		return wrong("type", "must be specified")
	case s.Type == "OBJECT" && len(s.Properties) == 0:
		return wrong("properties", "should be non-empty for OBJECT type")
	case s.Type == "ARRAY" && s.Items == nil:
		return wrong("items", "missing field.")
	case len(s.Enum) > 0 && s.Type != "STRING":
		return wrong("enum", "only allowed for STRING type")
	}
	for _, name := range slices.Concat(s.Required, s.Order) {
		if s.Properties[name] == nil {
			return wrong("required", "property is not defined: "+name)
		}
	}
	for name, p := range s.Properties {
		if why := checkSchema(p, at+".properties["+name+"]"); why != "" {
			return why
		}
	}
	for _, p := range append(s.AnyOf, s.Items) {
		if why := checkSchema(p, at+".items"); why != "" {
			return why
		}
	}
	return ""
}
