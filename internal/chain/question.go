package chain

import (
	"encoding/json"
	"errors"
	"strings"

	"icono/internal/answers"
	"icono/internal/trace"
)

// Asked is a question about a row, and its answer.
type Asked struct {
	Provider string `json:"provider"`
	Model    string `json:"model"`
	BaseURL  string `json:"base_url,omitempty"`
	// Repeat counts the codings of a row from 0; Repeats is how many there are.
	Repeat  int `json:"repeat,omitempty"`
	Repeats int `json:"repeats,omitempty"`
	// Request is the SHA-256 by which the answer is kept.
	Request string `json:"request"`
	// Parts are what was said, and the pictures that were shown; Parameters are all
	// else, as JSON.
	Parts      []Part `json:"parts"`
	Parameters string `json:"parameters,omitempty"`
	// Answer is the raw answer, as JSON or text; where there is a fault, what was
	// returned and could not be used.
	Answer string `json:"answer,omitempty"`
	// By is who answered, as the server or the person says; Note how, where it did not
	// come the usual way.
	By   string `json:"by,omitempty"`
	Note string `json:"note,omitempty"`
	// Input and Output are tokens.
	Input  int64 `json:"input_tokens,omitempty"`
	Output int64 `json:"output_tokens,omitempty"`
	// Dollars are what the answer cost, by the prices of the study; nil where there is
	// none, or its price is not known. Kept is the file that holds it.
	Dollars *float64 `json:"dollars,omitempty"`
	Kept    string   `json:"kept_in,omitempty"`
	// Fault says why there is no answer.
	Fault string `json:"fault,omitempty"`
}

// Part is something that a model was told, or a picture that it was shown.
type Part struct {
	Role   string `json:"role,omitempty"`
	Text   string `json:"text,omitempty"`
	SHA256 string `json:"picture_sha256,omitempty"`
}

// Question takes a question, as it is kept, and its answer apart.
func Question(e trace.Exchange) Asked {
	k := e.Request.Key()
	out := Asked{Provider: e.Provider, Model: e.Model, BaseURL: e.BaseURL, Repeat: e.Repeat, Request: k.String(), By: e.Answer.Model, Note: e.Answer.Note,
		Input: e.Answer.Usage.Input, Output: e.Answer.Usage.Output, Answer: string(e.Answer.Body)}
	if e.Err != nil {
		out.Fault = e.Err.Error()
		var fault *answers.FaultError
		if errors.As(e.Err, &fault) { // what came of it all the same
			out.Answer, out.Input, out.Output = string(fault.Raw), fault.Usage.Input, fault.Usage.Output
		}
	}
	var body map[string]json.RawMessage
	if json.Unmarshal(e.Body, &body) != nil {
		out.Parts = []Part{{Text: string(e.Body)}}
		return out
	}
	var messages []struct {
		Role    string `json:"role"`
		Content []struct {
			Text  string `json:"text"`
			Image *struct {
				SHA256 string `json:"sha256"`
			} `json:"image"`
		} `json:"content"`
	}
	if json.Unmarshal(body["messages"], &messages) == nil {
		delete(body, "messages")
		for _, m := range messages {
			for _, c := range m.Content {
				p := Part{Role: m.Role, Text: c.Text}
				if c.Image != nil {
					p.SHA256 = c.Image.SHA256
				}
				out.Parts = append(out.Parts, p)
			}
		}
	}
	var sum string
	if json.Unmarshal(body["image"], &sum) == nil && sum != "" {
		out.Parts = append(out.Parts, Part{SHA256: sum})
		delete(body, "image")
	}
	delete(body, "model")
	delete(body, "repeat") // which tells questions apart, and is not sent
	if len(body) > 0 {
		text, _ := json.Marshal(body) // of what was JSON
		out.Parameters = string(text)
	}
	return out
}

// facts are the models and prompts that a stage states.
func facts(run *trace.Run, s *trace.Stage) []Named {
	var out []Named
	for _, f := range run.FactsOf(s.ID).Facts {
		if f.Name == "model" || strings.HasPrefix(f.Name, "model ") || f.Name == "prompt" || f.Name == "codebook" || strings.Contains(f.Value, "sha256:") && f.Name != "content" {
			out = append(out, Named{f.Name, f.Value})
		}
	}
	return out
}

// unquoted is a JSON text as plain text, and other JSON as it is.
func unquoted(value string) string {
	var text string
	if json.Unmarshal([]byte(value), &text) == nil {
		return text
	}
	return value
}
