package asking

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"icono/internal/answers"
	"icono/internal/coding"
)

// HandCoded is the model of answers that a person gave.
const HandCoded = coding.HandCoded

// Hand are codes that a person gave, as answers to the questions of a stage.
type Hand struct {
	Stage string
	// Rows are the cells of each row by its key, named like the stage's columns.
	Rows map[string]map[string]string
	// Columns are those of the table.
	Columns []string
	// Note is kept with each answer, such as who coded.
	Note string
	// Replace puts the codes in the place of what a model has answered too, and not
	// only of codes that were given by hand before.
	Replace bool

	Recorded int             // questions
	Replaced int             // of Recorded, those that differ from what was stored
	Wrong    []string        // rows whose codes are no answer, and why
	Refused  map[string]bool // these rows
	Asked    map[string]bool // rows of the table that the stage asks about
	Used     map[string]bool // columns of the table that questions ask for

	given map[answers.Key]given
}

// NoColumnError says that a table of codes lacks a column.
type NoColumnError struct{ Column string }

func (e *NoColumnError) Error() string { return "the table has no column `" + e.Column + "`" }

// given are the codes of the first row with a question.
type given struct{ row, body string }

// byHand records a person's codes as the answer to a question, if there are any.
func (l *Line) byHand(ctx context.Context, q coding.Question, r answers.Request) error {
	h := l.desk.options.Hand
	if h == nil || h.Stage != l.stage || h.Rows[q.Row] == nil {
		return nil
	}
	text, err := h.answer(q, l)
	if lacks := (*NoColumnError)(nil); errors.As(err, &lacks) {
		return err
	}
	if err == nil && q.Check != nil {
		err = q.Check(text)
	}
	if err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		h.refuse(q.Row, err.Error())
		return nil
	}
	body, err := l.server.spoken(text, HandCoded)
	if err != nil {
		return err
	}
	one := answers.Answer{Body: body, Model: HandCoded, Note: h.Note}
	before, found, err := l.session.Lookup(ctx, r)
	if fault := (*answers.FaultError)(nil); err != nil && !errors.As(err, &fault) {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if h.given == nil {
		h.given = map[answers.Key]given{}
	}
	shares := func(row, with string) {
		h.refuse(row, fmt.Sprintf("its question is that of the row %s, which has other codes", with))
	}
	switch first, again := h.given[r.Key()]; {
	case again && first.body != string(body) && first.row < q.Row: // whatever the order they come in
		shares(q.Row, first.row)
		return nil
	case again && first.body != string(body):
		shares(first.row, q.Row)
		h.Recorded--
	case !again && found && err == nil && before.Model != HandCoded && !h.Replace:
		h.refuse(q.Row, before.Model+" has answered its question already; --replace puts these codes in the place of its answer")
		return nil
	case !again && found && err == nil && (!sameJSON(before.Body, body) || before.Note != one.Note):
		h.Replaced++
	}
	h.given[r.Key()] = given{q.Row, string(body)}
	if err := l.session.Record(ctx, answers.Recorded{Request: r, Answer: one, Replace: true}); err != nil {
		return err
	}
	h.Recorded++
	return nil
}

// refuse notes a row whose codes are not recorded.
func (h *Hand) refuse(row, why string) {
	if h.Refused == nil {
		h.Refused = map[string]bool{}
	}
	h.Refused[row] = true
	h.Wrong = append(h.Wrong, row+": "+why)
}

// sameJSON reports whether two JSON texts are the same but for white space.
func sameJSON(a, b []byte) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}

// answer makes an answer of the cells of a row; without a schema it has them all. The
// error is a *NoColumnError where an empty cell would mean that nothing applies, and there
// is no cell.
func (h *Hand) answer(q coding.Question, l *Line) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if h.Asked == nil {
		h.Asked, h.Used = map[string]bool{}, map[string]bool{}
	}
	h.Asked[q.Row] = true
	cells := h.Rows[q.Row]
	if q.Column != "" {
		h.Used[q.Column] = true
		return cells[q.Column], nil
	}
	if schema := q.Request.Format.Schema; len(schema) > 0 {
		text, err := h.compose(schema, "", cells)
		return string(text), err
	}
	for _, c := range h.Columns {
		h.Used[c] = true
	}
	text, err := json.Marshal(cells)
	return string(text), err
}

// property is a part of a strict JSON Schema.
type property struct {
	Type       any             `json:"type"`
	Properties json.RawMessage `json:"properties"`
	Required   []string        `json:"required"`
	Items      json.RawMessage `json:"items"`
}

// compose makes an answer that has the form of a schema from the cells of a row:
// the column of a nested property has its names joined by `_`, several codes are
// divided by `;`, and an empty cell is null.
func (h *Hand) compose(schema json.RawMessage, prefix string, cells map[string]string) (json.RawMessage, error) {
	var p property
	if err := json.Unmarshal(schema, &p); err != nil {
		return nil, fmt.Errorf("the stage takes no codes by hand: %w", err)
	}
	if p.Properties == nil {
		h.Used[prefix] = true
		if len(p.Items) > 0 && !slices.Contains(h.Columns, prefix) {
			return nil, &NoColumnError{prefix}
		}
		return leaf(p, cells[prefix])
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(p.Properties, &members); err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteByte('{')
	for i, name := range p.Required {
		column := name
		if prefix != "" {
			column = prefix + "_" + name
		}
		value, err := h.compose(members[name], column, cells)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s:%s", key, value)
	}
	b.WriteByte('}')
	return json.RawMessage(b.String()), nil
}

func leaf(p property, cell string) (json.RawMessage, error) {
	cell = strings.TrimSpace(cell)
	kind, ok := p.Type.(string)
	if list, nullable := p.Type.([]any); nullable && len(list) > 0 {
		kind, ok = list[0].(string)
	}
	if !ok || cell == "" && kind != "array" {
		return json.RawMessage("null"), nil
	}
	switch kind {
	case "array":
		codes := []string{}
		for code := range strings.SplitSeq(cell, ";") {
			if code = strings.TrimSpace(code); code != "" {
				codes = append(codes, code)
			}
		}
		return json.Marshal(codes)
	case "boolean":
		if b, err := strconv.ParseBool(strings.ToLower(cell)); err == nil {
			return json.Marshal(b)
		}
	case "integer", "number":
		if _, err := strconv.ParseFloat(cell, 64); err == nil {
			return json.RawMessage(cell), nil
		}
	}
	return json.Marshal(cell)
}
