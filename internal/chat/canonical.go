package chat

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"icono/internal/picture"
)

// Canonical returns what decides an answer as compact JSON, the same bytes for
// the same question in every release: the request as it is wanted, before any
// adaption to a server, with each picture's bytes replaced by its SHA-256, size
// and type, and how it is prepared. Members have a fixed order, absent ones are left out.
//
// The layout is part of stored answers: changing it makes every stored answer
// unfindable.
func (r Request) Canonical() ([]byte, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	c := canonical{Model: r.Model, Repeat: r.Repeat, TopP: plus(r.Parameters.TopP), Temperature: plus(r.Parameters.Temperature),
		Seed: r.Parameters.Seed, MaxTokens: r.Parameters.MaxTokens, Effort: r.Parameters.ReasoningEffort}
	if r.System != "" {
		c.Messages = append(c.Messages, canonicalMessage{"system", []canonicalPart{{Text: r.System}}})
	}
	for _, m := range r.Messages {
		parts := make([]canonicalPart, len(m.Parts))
		for i, p := range m.Parts {
			parts[i].Text = p.Text
			if p.Image != nil {
				mime, err := p.Image.kind()
				if err != nil {
					return nil, err
				}
				sum := p.Image.hash()
				parts[i].Image = &canonicalImage{hex.EncodeToString(sum[:]), picture.Size(p.Image.Data), mime, p.Image.Detail, p.Image.Prepared}
			}
		}
		c.Messages = append(c.Messages, canonicalMessage{m.Role, parts})
	}
	if f := r.Format; f.Form != FormText {
		c.Format = &canonicalFormat{Type: f.Form, Name: f.Name, Description: f.Description}
		if f.Form == FormSchema {
			var b bytes.Buffer
			if err := json.Compact(&b, f.Schema); err != nil {
				return nil, err
			}
			c.Format.Schema = b.Bytes()
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(c); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// hash is the SHA-256 of the data. It is found once: examples are part of every
// request of a stage.
func (m *Image) hash() [sha256.Size]byte {
	m.once.Do(func() { m.sum = picture.Sum(m.Data) })
	return m.sum
}

// plus makes a negative zero a plain one, which is the same number to a model.
func plus(x *float64) *float64 {
	if x != nil && *x == 0 {
		return new(float64)
	}
	return x
}

type canonical struct {
	Model       string             `json:"model"`
	Messages    []canonicalMessage `json:"messages"`
	Temperature *float64           `json:"temperature,omitempty"`
	TopP        *float64           `json:"top_p,omitempty"`
	Seed        *int64             `json:"seed,omitempty"`
	MaxTokens   *int64             `json:"max_tokens,omitempty"`
	Effort      string             `json:"reasoning_effort,omitempty"`
	Format      *canonicalFormat   `json:"response_format,omitempty"`
	Repeat      int                `json:"repeat,omitempty"`
}

type canonicalMessage struct {
	Role  Role            `json:"role"`
	Parts []canonicalPart `json:"content"`
}

type canonicalPart struct {
	Text  string          `json:"text,omitempty"`
	Image *canonicalImage `json:"image,omitempty"`
}

type canonicalImage struct {
	SHA256 string `json:"sha256"`
	Bytes  int    `json:"bytes"`
	MIME   string `json:"mime,omitempty"`
	Detail Detail `json:"detail,omitempty"`
	// Prepared is of an image that is made of the one with this hash.
	Prepared string `json:"prepared,omitempty"`
}

type canonicalFormat struct {
	Type        Form            `json:"type"`
	Name        string          `json:"name,omitempty"`
	Description string          `json:"description,omitempty"`
	Schema      json.RawMessage `json:"schema,omitempty"`
}
