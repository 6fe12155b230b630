package gemini

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"icono/internal/chat"
)

// What the system instruction says where the server takes no schema, or no
// response type.
const (
	schemaWords = "Answer with one JSON object and nothing else: no explanation, no code fence. The object must be valid against this JSON Schema:\n"
	objectWords = "Answer with one JSON object and nothing else: no explanation, no code fence."
)

type request struct {
	System   *content  `json:"systemInstruction,omitempty"`
	Contents []content `json:"contents"`
	Config   config    `json:"generationConfig"`
}

type content struct {
	Role  string `json:"role,omitempty"`
	Parts []part `json:"parts"`
}

type part struct {
	Text   string `json:"text,omitempty"`
	Inline *blob  `json:"inlineData,omitempty"`
}

type blob struct {
	MIME string `json:"mimeType"`
	Data []byte `json:"data"` // base64 on the wire
}

// config is the generationConfig. What is nil or "" is not sent; zeros are.
type config struct {
	Temperature *float64        `json:"temperature,omitempty"`
	TopP        *float64        `json:"topP,omitempty"`
	Seed        *int64          `json:"seed,omitempty"`
	MaxTokens   *int64          `json:"maxOutputTokens,omitempty"`
	Type        string          `json:"responseMimeType,omitempty"`
	JSONSchema  json.RawMessage `json:"responseJsonSchema,omitempty"`
	Schema      json.RawMessage `json:"responseSchema,omitempty"`
	Resolution  string          `json:"mediaResolution,omitempty"`
	Thinking    *thinking       `json:"thinkingConfig,omitempty"`
}

type thinking struct {
	Budget *int64 `json:"thinkingBudget,omitempty"`
	Level  string `json:"thinkingLevel,omitempty"`
}

// encode writes the body of a request under a plan.
func encode(r chat.Request, p plan) ([]byte, error) {
	var w request
	system := r.System
	if words := p.words(r.Format); words != "" {
		system = strings.TrimPrefix(system+"\n\n"+words, "\n\n")
	}
	for _, m := range r.Messages {
		c := content{Role: "user"}
		if m.Role == chat.Assistant {
			c.Role = "model"
		}
		for _, x := range m.Parts {
			if x.Image == nil {
				c.Parts = append(c.Parts, part{Text: x.Text})
				continue
			}
			data, mime, err := file(x.Image)
			if err != nil {
				return nil, err
			}
			c.Parts = append(c.Parts, part{Inline: &blob{mime, data}})
		}
		w.Contents = append(w.Contents, c)
	}
	switch {
	case system == "":
	case p.sends(systemText):
		w.System = &content{Parts: []part{{Text: system}}}
	case w.Contents[0].Role == "user":
		w.Contents[0].Parts = append([]part{{Text: system}}, w.Contents[0].Parts...)
	default:
		w.Contents = append([]content{{Role: "user", Parts: []part{{Text: system}}}}, w.Contents...)
	}
	var err error
	if w.Config, err = configOf(r, p); err != nil {
		return nil, err
	}
	body, err := json.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("the request cannot be written: %w", err)
	}
	return body, nil
}

func configOf(r chat.Request, p plan) (c config, err error) {
	q := r.Parameters
	if p.sends(temperature) {
		c.Temperature = plus(q.Temperature)
	}
	if p.sends(topP) {
		c.TopP = plus(q.TopP)
	}
	if p.sends(seed) {
		c.Seed = q.Seed
	}
	if p.sends(maxTokens) {
		c.MaxTokens = q.MaxTokens
	}
	if p.sends(reasoningEffort) {
		if c.Thinking, err = thinkingOf(r.Model, q.ReasoningEffort); err != nil {
			return c, err
		}
	}
	if c.Resolution, err = resolutionOf(r); err != nil {
		return c, err
	}
	if p.form >= formObject {
		c.Type = "application/json"
	}
	switch p.form {
	case formJSONSchema:
		c.JSONSchema = r.Format.Schema
	case formSchema:
		c.Schema, err = openSchema(r.Format.Schema)
	}
	return c, err
}

// plus makes a negative zero a plain one, as the canonical form does.
func plus(x *float64) *float64 {
	if x != nil && *x == 0 {
		return new(float64)
	}
	return x
}

// budgets are the thinking tokens that Google gives the words of an effort in
// its OpenAI-compatible interface, for models that take a budget.
func budgets(effort string) (int64, bool) {
	switch effort {
	case "none":
		return 0, true
	case "minimal", "low":
		return 1024, true
	case "medium":
		return 8192, true
	case "high":
		return 24576, true
	}
	return 0, false
}

// thinkingOf puts an effort as the model takes it: models 2.x a budget of
// tokens, later ones a level. A number is a budget, -1 the model's choice; none
// is a budget of 0 for all.
func thinkingOf(model, effort string) (*thinking, error) {
	if effort == "" {
		return nil, nil
	}
	if n, err := strconv.ParseInt(effort, 10, 64); err == nil {
		if n < -1 || n > math.MaxInt32 {
			return nil, fmt.Errorf("the reasoning effort is %d; a budget of thinking tokens is at least 0, or -1 for the model's choice", n)
		}
		return &thinking{Budget: &n}, nil
	}
	budget, known := budgets(effort)
	if effort == "none" || known && strings.HasPrefix(strings.TrimPrefix(model, "models/"), "gemini-2.") {
		return &thinking{Budget: &budget}, nil
	}
	return &thinking{Level: effort}, nil
}
