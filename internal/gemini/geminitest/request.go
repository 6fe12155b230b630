package geminitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"icono/internal/chat/chattest"
)

// Request is a body as the server understands it.
type Request struct {
	Model    string    `json:"-"`
	Contents []Content `json:"contents"`
	System   *Content  `json:"system_instruction"`
	Config   Config    `json:"generation_config"`
}

// Content is a turn.
type Content struct {
	Role  string `json:"role"`
	Parts []Part `json:"parts"`
}

// Part is a text or a picture.
type Part struct {
	Text   *string `json:"text"`
	Inline *Image  `json:"inline_data"`
}

// Image is a picture as it arrived.
type Image struct {
	MIME string `json:"mime_type"`
	Data []byte `json:"data"`
}

// Config is the generationConfig; nil is what was not sent.
type Config struct {
	Temperature *float64        `json:"temperature"`
	TopP        *float64        `json:"top_p"`
	Seed        *int64          `json:"seed"`
	MaxTokens   *int64          `json:"max_output_tokens"`
	Type        string          `json:"response_mime_type"`
	JSONSchema  json.RawMessage `json:"response_json_schema"`
	Schema      json.RawMessage `json:"response_schema"`
	Resolution  string          `json:"media_resolution"`
	Thinking    *struct {
		Budget *int64 `json:"thinking_budget"`
		Level  string `json:"thinking_level"`
	} `json:"thinking_config"`
}

// Text returns all texts of a request, a line each, the system text first.
func (r *Request) Text() string {
	var all []string
	turns := r.Contents
	if r.System != nil {
		turns = append([]Content{*r.System}, turns...)
	}
	for _, c := range turns {
		for _, p := range c.Parts {
			if p.Text != nil {
				all = append(all, *p.Text)
			}
		}
	}
	return strings.Join(all, "\n")
}

// Images returns all pictures of a request.
func (r *Request) Images() (all []Image) {
	for _, c := range r.Contents {
		for _, p := range c.Parts {
			if p.Inline != nil {
				all = append(all, *p.Inline)
			}
		}
	}
	return all
}

// tokens is a rough count of the tokens of a request: what this server bills.
func (r *Request) tokens() int64 {
	picture := int64(258)
	switch r.Config.Resolution {
	case "MEDIA_RESOLUTION_LOW":
		picture = 64
	case "MEDIA_RESOLUTION_HIGH":
		picture = 1120
	}
	return int64(len(r.Text())+3)/4 + picture*int64(len(r.Images())) + 1
}

var typeWord = regexp.MustCompile(`"type":"[A-Z]+"`)

// answer is the text of a good answer: by the schema of the request, a schema in
// its text, or a sentence.
func (r *Request) answer(identity string) string {
	schema := r.Config.JSONSchema
	if r.Config.Schema != nil {
		schema = typeWord.ReplaceAllFunc(r.Config.Schema, bytes.ToLower)
	}
	if text := r.Text(); schema == nil && strings.Contains(text, "JSON Schema") {
		_, text, _ = strings.Cut(text, "JSON Schema")
		var raw json.RawMessage
		if i := strings.Index(text, "{"); i >= 0 && json.NewDecoder(strings.NewReader(text[i:])).Decode(&raw) == nil {
			schema = raw
		}
	}
	switch {
	case schema != nil:
		return chattest.Satisfy(schema, identity)
	case r.Config.Type == "application/json":
		return `{"answer":"` + identity[:8] + `"}`
	}
	return "An answer to the request " + identity[:8] + "."
}

// read checks a body as Google does: its fields, then what they mean.
func (s *Server) read(body []byte, name string, vertex bool) (*Request, *Behaviour) {
	bad := func(status int, code, format string, args ...any) (*Request, *Behaviour) {
		b := Fails(status, code, fmt.Sprintf(format, args...))
		return nil, &b
	}
	m, ok := s.models[name]
	switch {
	case !ok && vertex:
		return bad(404, "NOT_FOUND", "Publisher Model `publishers/google/models/%s` was not found or your project does not have access to it.", name)
	case !ok:
		return bad(404, "NOT_FOUND", "models/%s is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.", name)
	case !json.Valid(body):
		return bad(400, "INVALID_ARGUMENT", "Invalid JSON payload received. Expected a value.")
	}
	known := messages()
	if m.NoJSONSchema {
		delete(known["GenerationConfig"], "response_json_schema")
	}
	c := checker{messages: known}
	c.message("GenerateContentRequest", "", body)
	if len(c.found) > 0 {
		b := badRequest(c.found)
		return nil, &b
	}
	r := &Request{Model: name}
	if err := json.Unmarshal(rename(kind{name: "GenerateContentRequest"}, body, known), r); err != nil {
		return bad(400, "INVALID_ARGUMENT", "Invalid JSON payload received. %v", err)
	}
	for _, why := range []string{r.checkContents(m), r.Config.check(m)} {
		if why != "" {
			return bad(400, "INVALID_ARGUMENT", "%s", why)
		}
	}
	return r, nil
}

func badRequest(found []violation) Behaviour {
	var lines []string
	var fields []any
	for _, v := range found {
		lines = append(lines, v.description)
		f := map[string]string{"description": v.description}
		if v.field != "" {
			f["field"] = v.field
		}
		fields = append(fields, f)
	}
	return Fails(400, "INVALID_ARGUMENT", strings.Join(lines, "\n"), map[string]any{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": fields})
}

// checkContents returns what is wrong with the turns, "" for nothing.
func (r *Request) checkContents(m Model) string {
	if len(r.Contents) == 0 {
		return "* GenerateContentRequest.contents: contents is not specified\n"
	}
	if r.System != nil && m.NoSystem {
		return "Developer instruction is not enabled for models/" + r.Model
	}
	for i, c := range r.Contents {
		if !slices.Contains([]string{"user", "model"}, c.Role) {
			return "Please use a valid role: user, model."
		}
		if len(c.Parts) == 0 {
			return fmt.Sprintf("* GenerateContentRequest.contents[%d].parts: contents.parts must not be empty.\n", i)
		}
		for k, p := range c.Parts {
			if (p.Text == nil) == (p.Inline == nil) {
				return fmt.Sprintf("* GenerateContentRequest.contents[%d].parts[%d].data: required oneof field 'data' must have one initialized field\n", i, k)
			}
			if p.Inline == nil {
				continue
			}
			if !slices.Contains([]string{"image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"}, p.Inline.MIME) {
				return "Unsupported MIME type: " + p.Inline.MIME
			}
			if got := http.DetectContentType(p.Inline.Data); strings.HasPrefix(got, "text/") || strings.HasPrefix(got, "image/") && got != p.Inline.MIME {
				return "Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting"
			}
		}
	}
	if r.Contents[len(r.Contents)-1].Role != "user" {
		return "Please ensure that single turn requests end with a user role or the role is empty."
	}
	return ""
}
