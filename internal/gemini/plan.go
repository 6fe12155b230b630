package gemini

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"icono/internal/chat"
)

// The names of what a request may hold: those of chat.Parameters.Optional, and
// three of Gemini's.
const (
	temperature     = "temperature"
	topP            = "top_p"
	seed            = "seed"
	maxTokens       = "max_tokens"
	reasoningEffort = "reasoning_effort"
	responseFormat  = "response_format"
	mediaResolution = "media_resolution"
	systemText      = "system_instruction"
)

// form is how the form of an answer is asked for, from nothing to most.
type form int

const (
	formText       form = iota
	formObject          // responseMimeType
	formSchema          // responseSchema, the subset of OpenAPI that older servers take
	formJSONSchema      // responseJsonSchema
)

func (f form) String() string {
	return [...]string{"no responseMimeType", "responseMimeType", "responseSchema", "responseJsonSchema"}[f]
}

func formOf(f chat.Form) form {
	return map[chat.Form]form{chat.FormObject: formObject, chat.FormSchema: formJSONSchema}[f]
}

// learned is what a server has told about a model.
type learned struct {
	refused map[string]string // by what is refused: why
	form    form              // the best form it can do
	limited bool
	why     string
}

// plan says how one request is put for a model.
type plan struct {
	skip    map[string]bool
	form    form
	adapted []string
}

func (p plan) sends(name string) bool { return !p.skip[name] }

func (p plan) equal(q plan) bool { return p.form == q.form && maps.Equal(p.skip, q.skip) }

// words are what the system text must say because the format is not sent.
func (p plan) words(f chat.Format) string {
	switch {
	case p.form == formOf(f.Form) || p.form == formSchema:
		return ""
	case f.Form == chat.FormSchema:
		var b bytes.Buffer
		if json.Compact(&b, f.Schema) != nil {
			return objectWords
		}
		return schemaWords + b.String()
	}
	return objectWords
}

// plan puts a request by what the server told about its model.
func (c *Client) plan(r chat.Request) plan {
	p := plan{form: formOf(r.Format.Form), skip: map[string]bool{}}
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.learned[r.Model]
	if l == nil {
		return p
	}
	for _, name := range slices.Sorted(maps.Keys(l.refused)) {
		switch {
		case name == systemText && r.System != "":
			p.skip[name] = true
			p.adapted = append(p.adapted, "the system text before the first question: the server says: "+l.refused[name])
		case name == systemText:
			p.skip[name] = true // for what the format says
		case has(r, name) && slices.Contains(r.Parameters.Optional, name):
			p.skip[name] = true
			p.adapted = append(p.adapted, name+" left out: the server says: "+l.refused[name])
		}
	}
	if l.limited && p.form > l.form {
		p.adapted = append(p.adapted, fmt.Sprintf("%s instead of %s: the server says: %s", l.form, p.form, l.why))
		p.form = l.form
	}
	return p
}

// has reports whether a request holds something.
func has(r chat.Request, name string) bool {
	q := r.Parameters
	switch name {
	case temperature:
		return q.Temperature != nil
	case topP:
		return q.TopP != nil
	case seed:
		return q.Seed != nil
	case maxTokens:
		return q.MaxTokens != nil
	case reasoningEffort:
		return q.ReasoningEffort != ""
	case responseFormat:
		return r.Format.Form != chat.FormText
	case mediaResolution:
		resolution, err := resolutionOf(r)
		return err == nil && resolution != ""
	}
	return name == systemText
}

// adapt returns the plan that a refusal leads to, and whether it is another. It
// returns an error where the user set what is refused.
func (c *Client) adapt(r chat.Request, p plan, f *fault) (plan, bool, error) {
	name := f.unsupported
	if !has(r, name) || !p.sends(name) || name == responseFormat && p.form == formText {
		return p, false, nil // not sent: the words mean something else
	}
	if name != responseFormat && name != systemText && !slices.Contains(r.Parameters.Optional, name) {
		return p, false, &chat.Error{Outcome: chat.Failed, Status: f.Status, Code: f.Code, Param: name, Stop: true,
			Message: fmt.Sprintf("%s does not take %s as it is set: %s; leave it out or choose another model", r.Model, called(name), f.Message)}
	}
	c.mu.Lock()
	l := c.learned[r.Model]
	if l == nil {
		l = &learned{refused: map[string]string{}}
		c.learned[r.Model] = l
	}
	if name != responseFormat {
		l.refused[name] = f.Message
	} else if next := below(p.form, r.Format); !l.limited || next < l.form {
		l.limited, l.form, l.why = true, next, f.Message
	}
	c.mu.Unlock()
	next := c.plan(r)
	return next, !next.equal(p), nil
}

// below returns the next lower form that can say a format.
func below(f form, format chat.Format) form {
	f--
	if f == formSchema {
		if _, err := openSchema(format.Schema); err != nil {
			f--
		}
	}
	return max(f, formText)
}

func called(name string) string {
	if name == mediaResolution {
		return "the detail of pictures (mediaResolution)"
	}
	return name
}
