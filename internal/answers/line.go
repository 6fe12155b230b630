package answers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// entry is a request and what came of it: what one line of a cassette holds.
type entry struct {
	key     Key
	rows    []string // that made the request, sorted
	request Request
	answer  *Answer
	fault   *FaultError // nil where there is an answer
}

// line is the form of an entry in a cassette. What is not JSON in its shortest
// form stands in base64, so that its bytes come back as they were.
type line struct {
	Key           string          `json:"key"`
	Rows          []string        `json:"rows"`
	Provider      string          `json:"provider"`
	Model         string          `json:"model"`
	BaseURL       string          `json:"base_url,omitempty"`
	Repeat        int             `json:"repeat"`
	Request       json.RawMessage `json:"request,omitempty"`
	RequestBase64 []byte          `json:"request_base64,omitempty"`
	Answer        *lineAnswer     `json:"answer,omitempty"`
	Fault         *lineFault      `json:"fault,omitempty"`
}

type lineAnswer struct {
	Model      string          `json:"model"`
	Note       string          `json:"note,omitempty"`
	Usage      Usage           `json:"usage"`
	Body       json.RawMessage `json:"body,omitempty"`
	BodyBase64 []byte          `json:"body_base64,omitempty"`
}

type lineFault struct {
	Status    Status          `json:"status"`
	Reason    string          `json:"reason"`
	Count     int             `json:"count"`
	Usage     Usage           `json:"usage"`
	Raw       json.RawMessage `json:"raw,omitempty"`
	RawBase64 []byte          `json:"raw_base64,omitempty"`
}

// split gives bytes as JSON, or else for base64.
func split(body []byte) (json.RawMessage, []byte) {
	if utf8.Valid(body) && json.Valid(body) && bytes.Equal(compact(body), body) {
		return body, nil
	}
	return nil, body
}

// joined is the inverse of split. White space that a formatter put in is taken
// out again.
func joined(raw json.RawMessage, coded []byte) ([]byte, error) {
	if raw != nil && coded != nil {
		return nil, errors.New("a body stands there both as JSON and in base64")
	}
	return append(compact(raw), coded...), nil
}

// encode writes an entry as a line.
func (e *entry) encode(w io.Writer) error {
	l := line{Key: e.key.String(), Rows: e.rows, Provider: e.request.Provider, Model: e.request.Model, BaseURL: e.request.BaseURL, Repeat: e.request.Repeat}
	l.Request, l.RequestBase64 = split(e.request.Body)
	if a := e.answer; a != nil {
		l.Answer = &lineAnswer{Model: a.Model, Note: a.Note, Usage: a.Usage}
		l.Answer.Body, l.Answer.BodyBase64 = split(a.Body)
	} else {
		f := e.fault
		l.Fault = &lineFault{Status: f.Status, Reason: f.Reason, Count: f.Count, Usage: f.Usage}
		l.Fault.Raw, l.Fault.RawBase64 = split(f.Raw)
	}
	c := json.NewEncoder(w)
	c.SetEscapeHTML(false)
	return c.Encode(l)
}

// decode reads a line and checks that its key fits its content.
func decode(text []byte) (*entry, error) {
	for _, mark := range []string{"<<<<<<<", "=======", ">>>>>>>"} {
		if bytes.HasPrefix(text, []byte(mark)) {
			return nil, errors.New("a merge conflict of git stands here: keep the lines of both sides and remove the marks")
		}
	}
	var l line
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return nil, fmt.Errorf("this is no line of a cassette: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if d.More() {
		return nil, errors.New("this is no line of a cassette: more follows after the line's object")
	}
	e := &entry{rows: slices.Compact(slices.Sorted(slices.Values(l.Rows)))}
	e.request = Request{Provider: l.Provider, Model: l.Model, BaseURL: l.BaseURL, Repeat: l.Repeat}
	var err error
	if e.key, err = ParseKey(l.Key); err != nil {
		return nil, err
	}
	if len(e.rows) == 0 {
		return nil, errors.New(`"rows" names no row`)
	}
	e.request.Row = e.rows[0]
	if e.request.Body, err = joined(l.Request, l.RequestBase64); err != nil {
		return nil, err
	}
	if k := e.request.Key(); k != e.key {
		return nil, fmt.Errorf("the key %s… does not fit the request, whose key is %s…: the line was edited, or its request reordered. Put the line back as it was recorded", apart(e.key, k), apart(k, e.key))
	}
	return e, e.outcome(l)
}

// outcome reads the answer or the fault of a line.
func (e *entry) outcome(l line) error {
	if (l.Answer == nil) == (l.Fault == nil) {
		return errors.New(`a line holds either an "answer" or a "fault"`)
	}
	if a := l.Answer; a != nil {
		body, err := joined(a.Body, a.BodyBase64)
		e.answer = &Answer{Body: body, Model: a.Model, Note: a.Note, Usage: a.Usage}
		return err
	}
	f := l.Fault
	if !f.Status.known() {
		return fmt.Errorf("the status %q of a fault is none of refused, truncated, invalid, unreadable, failed", f.Status)
	}
	raw, err := joined(f.Raw, f.RawBase64)
	e.fault = &FaultError{Status: f.Status, Reason: f.Reason, Count: max(f.Count, 1), Usage: f.Usage, Raw: raw, Stored: true}
	return err
}

// conflicts reports whether two entries of one request cannot both stand. An
// answer and a fault can: the answer then counts.
func (e *entry) conflicts(other *entry) bool {
	return e.answer != nil && other.answer != nil && !e.answer.same(*other.answer)
}

// over merges two entries of one request that do not conflict; what e holds
// goes before what other holds.
func (e *entry) over(other *entry) *entry {
	m := *e
	m.rows = slices.Compact(slices.Sorted(slices.Values(slices.Concat(e.rows, other.rows))))
	if m.answer == nil && (other.answer != nil || m.fault == nil || other.fault != nil && other.fault.Count > m.fault.Count) {
		m.answer, m.fault = other.answer, other.fault
	}
	if m.answer != nil {
		m.fault = nil
	}
	return &m
}

// apart is the beginning of a key, long enough to tell it from another.
func apart(k, other Key) string {
	const least = 12
	a, b := k.String(), other.String()
	n := least
	for n < len(a) && a[:n] == b[:n] {
		n++
	}
	return a[:n]
}
