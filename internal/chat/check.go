package chat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"icono/internal/picture"
)

// The parameters' names on the wire.
const (
	temperature     = "temperature"
	topP            = "top_p"
	seed            = "seed"
	maxTokens       = "max_tokens"
	maxCompletion   = "max_completion_tokens"
	reasoningEffort = "reasoning_effort"
	responseFormat  = "response_format"
)

var schemaName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// Check reports what is wrong with a request, all at once. Canonical and
// Complete need a request without errors.
func (r Request) Check() error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if r.Model == "" {
		add("the request names no model")
	}
	if !utf8.ValidString(r.Model + r.System + r.Parameters.ReasoningEffort + r.Format.Description) {
		add("the model, the system message, the effort or the description is not UTF-8 text")
	}
	if n := len(r.Messages); n == 0 || r.Messages[n-1].Role != User {
		add("the last message must be the user's question")
	}
	if r.Repeat < 0 {
		add("repeat is %d; it counts from 0", r.Repeat)
	}
	for i, m := range r.Messages {
		if m.Role != User && m.Role != Assistant {
			add("message %d has the role %q; roles are user and assistant", i+1, m.Role)
		}
		if len(m.Parts) == 0 {
			add("message %d is empty", i+1)
		}
		for _, p := range m.Parts {
			if err := p.check(m.Role); err != nil {
				add("message %d: %w", i+1, err)
			}
		}
	}
	errs = append(errs, r.Parameters.check(), r.Format.check())
	return errors.Join(errs...)
}

func (p Part) check(role Role) error {
	if p.Image == nil {
		if strings.TrimSpace(p.Text) == "" {
			return errors.New("a text part is empty")
		}
		if !utf8.ValidString(p.Text) {
			return errors.New("a text is not UTF-8; repair its encoding first")
		}
		return nil
	}
	if p.Text != "" {
		return errors.New("a part has both a text and a picture; make two parts of it")
	}
	if role == Assistant {
		return errors.New("an assistant's turn cannot hold a picture")
	}
	if d := p.Image.Detail; !slices.Contains([]Detail{"", DetailAuto, DetailLow, DetailHigh}, d) {
		return fmt.Errorf("detail is %q; it is auto, low or high", d)
	}
	_, err := p.Image.kind()
	return err
}

// kind tells the type of a picture that is sent as it is, and "" for one that
// is prepared first.
func (m *Image) kind() (string, error) {
	switch {
	case m.Prepared == "":
		return m.mime(m.Data)
	case m.Prepare == nil:
		return "", fmt.Errorf("%s is to be prepared, and nothing prepares it", m.label())
	case len(m.Data) == 0:
		return "", fmt.Errorf("%s is empty", m.label())
	}
	return "", nil
}

// sent returns the file that is sent, and its type.
func (m *Image) sent() (data []byte, mime string, err error) {
	data = m.Data
	if err := picture.Here(data); err != nil {
		return nil, "", fmt.Errorf("%s: %w", m.label(), err)
	}
	if m.Prepared != "" {
		if data, err = m.Prepare(data); err != nil {
			return nil, "", fmt.Errorf("%s: %w", m.label(), err)
		}
	}
	mime, err = m.mime(data)
	return data, mime, err
}

// mime tells a picture's type by its bytes.
func (m *Image) mime(data []byte) (string, error) {
	switch format := picture.Sniff(data); format {
	case "jpeg", "png", "gif", "webp":
		return "image/" + format, nil
	case "":
		return "", fmt.Errorf("%s is no picture of a known format; models take JPEG, PNG, GIF and WebP", m.label())
	default:
		return "", fmt.Errorf("%s is %s; models take JPEG, PNG, GIF and WebP: convert it first", m.label(), strings.ToUpper(format))
	}
}

func (m *Image) label() string {
	if m.Name == "" {
		return "the picture"
	}
	return "the picture " + m.Name
}

func (p Parameters) check() error {
	var errs []error
	if t := p.Temperature; t != nil && !(*t >= 0 && *t <= 2) {
		errs = append(errs, fmt.Errorf("temperature is %v; it is 0 to 2", *t))
	}
	if t := p.TopP; t != nil && !(*t >= 0 && *t <= 1) {
		errs = append(errs, fmt.Errorf("top_p is %v; it is 0 to 1", *t))
	}
	if n := p.MaxTokens; n != nil && (*n < 1 || *n > math.MaxInt32) {
		errs = append(errs, fmt.Errorf("max tokens is %d; it is at least 1", *n))
	}
	for _, name := range p.Optional {
		if !slices.Contains([]string{temperature, topP, seed, maxTokens, reasoningEffort}, name) {
			errs = append(errs, fmt.Errorf("the optional parameter %q is unknown", name))
		}
	}
	return errors.Join(errs...)
}

func (f Format) check() error {
	switch f.Form {
	case FormText, FormObject:
		if f.Schema != nil || f.Name != "" || f.Description != "" {
			return errors.New("a schema, its name and its description belong to the form json_schema")
		}
		return nil
	case FormSchema:
	default:
		return fmt.Errorf("the form of answers is %q; it is json_schema, json_object or none", f.Form)
	}
	if !schemaName.MatchString(f.Name) {
		return fmt.Errorf("the schema's name is %q; it is 1 to 64 letters, digits, _ and -", f.Name)
	}
	if s := bytes.TrimSpace(f.Schema); !json.Valid(s) || s[0] != '{' {
		return errors.New("the schema of answers is no JSON object")
	}
	return nil
}
