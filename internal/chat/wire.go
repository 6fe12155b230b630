package chat

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"

	openai "github.com/sashabaranov/go-openai"
)

// schemaWords precede the schema in the system message where the server takes
// no schema.
const schemaWords = "Answer with one JSON object and nothing else: no explanation, no code fence. The object must be valid against this JSON Schema:\n"

// objectWords ask for JSON where the server takes no response_format.
const objectWords = "Answer with one JSON object and nothing else: no explanation, no code fence."

// encode writes the body of a request under a plan.
//
// Pictures do not pass the JSON encoder, which would scan their text several
// times: the library writes a mark for each, which is replaced by the data. A
// mark cannot stand in a text, whose quotation marks are escaped, and messages
// come before the schema. Numbers are added afterwards, because the library
// drops zeros.
func encode(r Request, p plan) ([]byte, error) {
	system := r.System
	if words := p.words(r.Format); words != "" {
		if system != "" {
			system += "\n\n"
		}
		system += words
	}
	w := openai.ChatCompletionRequest{Model: r.Model}
	if system != "" {
		w.Messages = append(w.Messages, openai.ChatCompletionMessage{Role: openai.ChatMessageRoleSystem, Content: system})
	}
	var images []*Image
	for _, m := range r.Messages {
		w.Messages = append(w.Messages, m.wire(&images))
	}
	if p.sends(reasoningEffort) {
		w.ReasoningEffort = r.Parameters.ReasoningEffort
	}
	switch p.form {
	case FormSchema:
		w.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: r.Format.Name, Description: r.Format.Description, Schema: r.Format.Schema, Strict: true}}
	case FormObject:
		w.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
	text, err := json.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("the request cannot be written: %w", err)
	}
	size := len(text) + 256
	files, types := make([][]byte, len(images)), make([]string, len(images))
	for i, m := range images {
		if files[i], types[i], err = m.sent(); err != nil {
			return nil, err
		}
		size += base64.StdEncoding.EncodedLen(len(files[i])) + 64
	}
	body := make([]byte, 0, size)
	for i := range images {
		before, after, found := bytes.Cut(text, []byte(`"url":"`+mark(i)+`"`))
		if !found {
			return nil, fmt.Errorf("the request cannot be written: picture %d is lost", i+1)
		}
		body = append(body, before...)
		body = append(body, `"url":"data:`+types[i]+`;base64,`...)
		body = base64.StdEncoding.AppendEncode(body, files[i])
		body = append(body, '"')
		text = after
	}
	body = append(body, text[:len(text)-1]...)
	return append(r.Parameters.append(body, p), '}'), nil
}

func mark(i int) string { return "icono-picture-" + strconv.Itoa(i) }

// append adds the numbers that a plan sends.
func (q Parameters) append(b []byte, p plan) []byte {
	number := func(name string, x *float64) {
		if x != nil && p.sends(name) {
			b = strconv.AppendFloat(append(b, `,"`+name+`":`...), *plus(x), 'f', -1, 64)
		}
	}
	integer := func(name string, x *int64) {
		if x != nil && p.sends(name) {
			b = strconv.AppendInt(append(b, `,"`+name+`":`...), *x, 10)
		}
	}
	number(temperature, q.Temperature)
	number(topP, q.TopP)
	integer(seed, q.Seed)
	if p.sends(maxTokens) {
		integer(p.tokens, q.MaxTokens)
	}
	return b
}

// wire gives the library's form of a turn. A single text is sent as such, since
// some servers take lists of parts only for models that see pictures.
func (m Message) wire(images *[]*Image) openai.ChatCompletionMessage {
	if len(m.Parts) == 1 && m.Parts[0].Image == nil {
		return openai.ChatCompletionMessage{Role: string(m.Role), Content: m.Parts[0].Text}
	}
	out := openai.ChatCompletionMessage{Role: string(m.Role)}
	for _, p := range m.Parts {
		if p.Image == nil {
			out.MultiContent = append(out.MultiContent, openai.ChatMessagePart{Type: openai.ChatMessagePartTypeText, Text: p.Text})
			continue
		}
		out.MultiContent = append(out.MultiContent, openai.ChatMessagePart{Type: openai.ChatMessagePartTypeImageURL,
			ImageURL: &openai.ChatMessageImageURL{URL: mark(len(*images)), Detail: openai.ImageURLDetail(p.Image.Detail)}})
		*images = append(*images, p.Image)
	}
	return out
}
