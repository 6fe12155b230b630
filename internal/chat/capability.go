package chat

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// learned is what a server has told about a model.
type learned struct {
	refused map[string]string // by parameter's name: why
	tokens  string            // the name that the model takes for the bound on tokens
	form    Form              // the best form it can do, if limited
	limited bool
	why     string // it is limited
}

// plan says how one request is put for a model.
type plan struct {
	tokens  string
	skip    map[string]bool
	form    Form
	adapted []string
}

func (p plan) sends(name string) bool { return !p.skip[name] }

func (p plan) equal(q plan) bool {
	return p.tokens == q.tokens && p.form == q.form && maps.Equal(p.skip, q.skip)
}

// words are what the system message must say because the format is not sent.
func (p plan) words(f Format) string {
	switch {
	case p.form == f.Form:
		return ""
	case f.Form == FormSchema:
		return schemaWords + string(compact(string(f.Schema)))
	}
	return objectWords
}

// reasoningName matches OpenAI's models that reason; their chat variants do not.
var reasoningName = regexp.MustCompile(`^(o[0-9]|gpt-[5-9]|gpt-[1-9][0-9])`)

// Reasons reports whether a model of OpenAI's reasons before it answers, by its
// name: it then takes no temperature and spends output tokens on reasoning.
func Reasons(model string) bool {
	return reasoningName.MatchString(model) && !strings.Contains(model, "-chat")
}

// plan puts a request by the names of models and by what the server told. Name
// rules leave out only what is optional: what the user set is sent, and the
// server decides.
func (c *Client) plan(r Request) plan {
	p := plan{tokens: maxTokens, form: r.Format.Form, skip: map[string]bool{}}
	named := c.provider != Compatible
	if named || Reasons(r.Model) {
		p.tokens = maxCompletion
	}
	drop := func(name, why string) {
		if r.Parameters.has(name) && slices.Contains(r.Parameters.Optional, name) && !p.skip[name] {
			p.skip[name] = true
			p.adapted = append(p.adapted, name+" left out: "+why)
		}
	}
	if named && Reasons(r.Model) && r.Parameters.ReasoningEffort != "none" {
		drop(temperature, r.Model+" reasons and takes none")
		drop(topP, r.Model+" reasons and takes none")
	}
	if named && strings.HasPrefix(r.Model, "gpt-") && !Reasons(r.Model) {
		drop(reasoningEffort, r.Model+" does not reason")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.learned[r.Model]
	if l == nil {
		return p
	}
	for _, name := range slices.Sorted(maps.Keys(l.refused)) {
		drop(name, "the server says: "+l.refused[name])
	}
	if l.tokens != "" {
		p.tokens = l.tokens
	}
	if l.limited && rank(p.form) > rank(l.form) {
		p.form = l.form
		sent := "no response_format"
		if l.form != FormText {
			sent = string(l.form)
		}
		p.adapted = append(p.adapted, fmt.Sprintf("%s instead of %s: the server says: %s", sent, r.Format.Form, l.why))
	}
	return p
}

func rank(f Form) int { return slices.Index([]Form{FormText, FormObject, FormSchema}, f) }

// has reports whether a parameter is set.
func (q Parameters) has(name string) bool {
	switch name {
	case temperature:
		return q.Temperature != nil
	case topP:
		return q.TopP != nil
	case seed:
		return q.Seed != nil
	case maxTokens, maxCompletion:
		return q.MaxTokens != nil
	case reasoningEffort:
		return q.ReasoningEffort != ""
	}
	return false
}

// learn takes note of a refusal that a request met under a plan. It returns an
// error where the user set what is refused.
func (c *Client) learn(r Request, p plan, e *Error) error {
	name := e.unsupported
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.learned[r.Model]
	if l == nil {
		l = &learned{refused: map[string]string{}}
		c.learned[r.Model] = l
	}
	switch name {
	case responseFormat:
		next := FormText
		if p.form == FormSchema {
			next = FormObject
		}
		if !l.limited || rank(next) < rank(l.form) {
			l.limited, l.form, l.why = true, next, e.Message
		}
		return nil
	case maxTokens, maxCompletion:
		other := maxTokens
		if name == maxTokens {
			other = maxCompletion
		}
		if _, both := l.refused["as "+other]; !both {
			l.refused["as "+name] = e.Message
			l.tokens = other
			return nil
		}
		name = maxTokens
	}
	if !slices.Contains(r.Parameters.Optional, name) {
		return &Error{Outcome: Failed, Status: e.Status, Code: e.Code, Param: name, Stop: true,
			Message: fmt.Sprintf("%s does not take %s as it is set: %s; leave it out or choose another model", r.Model, name, e.Message)}
	}
	l.refused[name] = e.Message
	return nil
}
