package chat

import (
	"bytes"
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
func (c *Client) encode(r Request, p plan) (*body, error) {
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
	out := &body{letters: c.letters}
	for i, m := range images {
		before, after, found := bytes.Cut(text, []byte(`"url":"`+mark(i)+`"`))
		if !found {
			return nil, fmt.Errorf("the request cannot be written: picture %d is lost", i+1)
		}
		file, kind, err := m.sent()
		if err != nil {
			return nil, err
		}
		head := append(before[:len(before):len(before)], `"url":"data:`+kind+`;base64,`...)
		out.add(head, file)
		text = append([]byte{'"'}, after...)
	}
	out.add(append(r.Parameters.append(text[:len(text)-1:len(text)-1], p), '}'), nil)
	return out, nil
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
