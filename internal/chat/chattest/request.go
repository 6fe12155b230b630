package chattest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Request is a completion's body as the server understands it.
type Request struct {
	Model       string          `json:"model"`
	Messages    []Message       `json:"messages"`
	Temperature *float64        `json:"temperature"`
	TopP        *float64        `json:"top_p"`
	Seed        *int64          `json:"seed"`
	MaxTokens   *int64          `json:"max_tokens"`
	MaxComplete *int64          `json:"max_completion_tokens"`
	Effort      *string         `json:"reasoning_effort"`
	Stream      bool            `json:"stream"`
	Format      *ResponseFormat `json:"response_format"`
}

// ResponseFormat is what the answer must look like.
type ResponseFormat struct {
	Type   string `json:"type"`
	Schema *struct {
		Name        string          `json:"name"`
		Description string          `json:"description"`
		Schema      json.RawMessage `json:"schema"`
		Strict      bool            `json:"strict"`
	} `json:"json_schema"`
}

// Message is a turn. Content is a text or a list of parts.
type Message struct {
	Role    string          `json:"role"`
	Content json.RawMessage `json:"content"`
	Texts   []string        `json:"-"`
	Images  []Image         `json:"-"`
}

// Image is a picture as it arrived.
type Image struct {
	MIME, Detail string
	Data         []byte
}

// Text returns all texts of a request, a line each.
func (r *Request) Text() string {
	var all []string
	for _, m := range r.Messages {
		all = append(all, m.Texts...)
	}
	return strings.Join(all, "\n")
}

// Images returns all pictures of a request.
func (r *Request) Images() (all []Image) {
	for _, m := range r.Messages {
		all = append(all, m.Images...)
	}
	return all
}

// Schema returns the schema asked for, nil if none.
func (r *Request) Schema() json.RawMessage {
	if r == nil || r.Format == nil || r.Format.Schema == nil {
		return nil
	}
	return r.Format.Schema.Schema
}

// tokens is a rough count of the tokens of a request: what this server bills.
func (r *Request) tokens() int64 {
	if r == nil {
		return 1
	}
	n := int64(len(r.Text())+len(r.Schema())+3)/4 + 4*int64(len(r.Messages)) + 3
	for _, m := range r.Images() {
		if n += 765; m.Detail == "low" {
			n -= 680
		}
	}
	return n
}

// known returns the names that a body may hold.
func known() []string {
	return []string{"model", "messages", "temperature", "top_p", "seed", "max_tokens", "max_completion_tokens", "reasoning_effort", "stream",
		"response_format", "n", "stop", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "user", "store", "metadata", "service_tier",
		"verbosity", "safety_identifier", "prompt_cache_key", "tools", "tool_choice", "parallel_tool_calls", "logit_bias", "modalities", "prediction"}
}

// read checks a body as OpenAI does. The request is never nil.
func (s *Server) read(body []byte, deployment string) (*Request, *Behaviour) {
	r := &Request{}
	bad := func(code, param, format string, args ...any) (*Request, *Behaviour) {
		b := fault(400, code, param, fmt.Sprintf(format, args...))
		return r, &b
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return bad("", "", "We could not parse the JSON body of your request.")
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(known(), name) {
			return bad("unknown_parameter", name, "Unknown parameter: '%s'.", name)
		}
	}
	if err := json.Unmarshal(body, r); err != nil {
		return bad("invalid_type", "", "Invalid type in the request: %v", err)
	}
	if r.Model == "" {
		r.Model = deployment
	}
	m, ok := s.models[r.Model]
	switch {
	case r.Model == "":
		return bad("", "model", "you must provide a model parameter")
	case !ok:
		b := fault(404, "model_not_found", "", "The model `"+r.Model+"` does not exist or you do not have access to it.")
		return r, &b
	case len(r.Messages) == 0:
		return bad("empty_array", "messages", "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.")
	case r.Stream:
		return bad("unsupported_value", "stream", "Unsupported value: 'stream' does not support true on this server.")
	}
	for i := range r.Messages {
		if b := r.Messages[i].read(i, m); b != nil {
			return r, b
		}
	}
	if b := r.checkParameters(m); b != nil {
		return r, b
	}
	return r, r.checkFormat(m)
}

// read fills texts and pictures.
func (g *Message) read(i int, m Model) *Behaviour {
	at := fmt.Sprintf("messages[%d]", i)
	bad := func(code, param, format string, args ...any) *Behaviour {
		b := fault(400, code, param, fmt.Sprintf(format, args...))
		return &b
	}
	if !slices.Contains([]string{"system", "developer", "user", "assistant"}, g.Role) {
		return bad("invalid_value", at+".role", "Invalid value: '%s'. Supported values are: 'system', 'assistant', 'user', and 'developer'.", g.Role)
	}
	var text string
	if json.Unmarshal(g.Content, &text) == nil && len(g.Content) > 0 && g.Content[0] == '"' {
		g.Texts = []string{text}
		return nil
	}
	var parts []struct {
		Type  string  `json:"type"`
		Text  *string `json:"text"`
		Image *struct {
			URL    string `json:"url"`
			Detail string `json:"detail"`
		} `json:"image_url"`
	}
	if err := json.Unmarshal(g.Content, &parts); err != nil || len(parts) == 0 {
		return bad("invalid_type", at+".content", "Invalid type for '%s.content': expected one of a string or array of objects.", at)
	}
	for k, p := range parts {
		here := fmt.Sprintf("%s.content[%d]", at, k)
		switch {
		case p.Type == "text" && p.Text != nil:
			g.Texts = append(g.Texts, *p.Text)
		case p.Type == "image_url" && p.Image != nil && g.Role == "user":
			if m.NoPictures {
				return bad("", "", "Invalid content type. image_url is only supported by certain models.")
			}
			if !slices.Contains([]string{"", "auto", "low", "high"}, p.Image.Detail) {
				return bad("invalid_value", here+".image_url.detail", "Invalid value: '%s'. Supported values are: 'low', 'high', and 'auto'.", p.Image.Detail)
			}
			img, why := decodeImage(p.Image.URL)
			if why != "" {
				return bad("invalid_image_format", here+".image_url", "%s", why)
			}
			img.Detail = p.Image.Detail
			g.Images = append(g.Images, img)
		default:
			return bad("invalid_value", here, "Invalid value: '%s'.", p.Type)
		}
	}
	return nil
}

var dataURI = regexp.MustCompile(`^data:([a-z]+/[a-z0-9.+-]+);base64,`)

// decodeImage reads a data URI and compares its type with its bytes.
func decodeImage(uri string) (Image, string) {
	head := dataURI.FindStringSubmatch(uri[:min(len(uri), 100)])
	if head == nil {
		return Image{}, "You uploaded an unsupported image: this server takes data URIs in base64 only."
	}
	data, err := base64.StdEncoding.DecodeString(uri[len(head[0]):])
	if err != nil || len(data) == 0 {
		return Image{}, "Invalid base64 image_url."
	}
	mime := http.DetectContentType(data)
	if !slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, mime) || mime != head[1] {
		return Image{}, "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp']."
	}
	return Image{MIME: mime, Data: data}, ""
}
