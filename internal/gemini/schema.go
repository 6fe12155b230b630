package gemini

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxDepth and maxNodes bound how far a schema is followed; what refers to itself
// ends there.
const (
	maxDepth = 32
	maxNodes = 20_000
)

// open is a schema in the subset of OpenAPI 3.0 that responseSchema takes. What
// the subset lacks is left out, so it may allow more than the JSON Schema.
type open struct {
	Type        string     `json:"type,omitempty"`
	Format      string     `json:"format,omitempty"`
	Description string     `json:"description,omitempty"`
	Nullable    bool       `json:"nullable,omitempty"`
	Enum        []string   `json:"enum,omitempty"`
	AnyOf       []*open    `json:"anyOf,omitempty"`
	Items       *open      `json:"items,omitempty"`
	MinItems    *float64   `json:"minItems,omitempty"`
	MaxItems    *float64   `json:"maxItems,omitempty"`
	Minimum     *float64   `json:"minimum,omitempty"`
	Maximum     *float64   `json:"maximum,omitempty"`
	Pattern     string     `json:"pattern,omitempty"`
	Properties  properties `json:"properties,omitempty"`
	Required    []string   `json:"required,omitempty"`
	// Order is the order in which the model answers.
	Order []string `json:"propertyOrdering,omitempty"`
}

type property struct {
	name   string
	schema *open
}

// properties keep their order.
type properties []property

// MarshalJSON writes the properties as an object in their order.
func (p properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, x := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(x.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(x.schema)
		if err != nil {
			return nil, err
		}
		b.Write(append(append(name, ':'), value...))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// node is a JSON Schema as far as it can be said in open.
type node struct {
	Ref         string            `json:"$ref"`
	Type        json.RawMessage   `json:"type"`
	Description string            `json:"description"`
	Const       json.RawMessage   `json:"const"`
	Enum        []json.RawMessage `json:"enum"`
	AnyOf       []json.RawMessage `json:"anyOf"`
	Items       json.RawMessage   `json:"items"`
	MinItems    *float64          `json:"minItems"`
	MaxItems    *float64          `json:"maxItems"`
	Minimum     *float64          `json:"minimum"`
	Maximum     *float64          `json:"maximum"`
	Pattern     string            `json:"pattern"`
	Properties  json.RawMessage   `json:"properties"`
	Required    []string          `json:"required"`
}

// openSchema puts a JSON Schema in the subset of responseSchema. It is an error
// where the schema refers to itself, or to what it does not hold.
func openSchema(schema json.RawMessage) (json.RawMessage, error) {
	c := converter{root: schema}
	o, err := c.convert(schema, 0)
	if err != nil {
		return nil, err
	}
	return json.Marshal(o)
}

type converter struct {
	root  json.RawMessage
	nodes int
}

func (c *converter) convert(raw json.RawMessage, depth int) (*open, error) {
	if c.nodes++; depth > maxDepth || c.nodes > maxNodes {
		return nil, errors.New("the schema is too large, or refers to itself")
	}
	var n node
	if err := json.Unmarshal(raw, &n); err != nil {
		return nil, fmt.Errorf("the schema cannot be read: %w", err)
	}
	if n.Ref != "" {
		target, err := c.resolve(n.Ref)
		if err != nil {
			return nil, err
		}
		return c.convert(target, depth+1)
	}
	o := &open{Description: n.Description, MinItems: n.MinItems, MaxItems: n.MaxItems, Minimum: n.Minimum, Maximum: n.Maximum, Pattern: n.Pattern, Required: n.Required}
	if n.Const != nil {
		n.Enum = []json.RawMessage{n.Const}
	}
	o.values(n.Enum)
	if n.Items != nil {
		items, err := c.convert(n.Items, depth+1)
		if err != nil {
			return nil, err
		}
		o.Items = items
	}
	for _, choice := range n.AnyOf {
		inner, err := c.convert(choice, depth+1)
		switch {
		case err != nil:
			return nil, err
		case inner.Type == "" && inner.Nullable && len(inner.AnyOf) == 0: // {"type": "null"}
			o.Nullable = true
		default:
			o.AnyOf = append(o.AnyOf, inner)
		}
	}
	names, values := members(n.Properties)
	for i, name := range names {
		inner, err := c.convert(values[i], depth+1)
		if err != nil {
			return nil, err
		}
		o.Properties, o.Order = append(o.Properties, property{name, inner}), append(o.Order, name)
	}
	o.types(n.Type)
	return o, nil
}

// values takes the values of an enum: only texts can be listed.
func (o *open) values(enum []json.RawMessage) {
	texts := true
	for _, v := range enum {
		var s string
		switch {
		case string(v) == "null":
			o.Nullable = true
		case json.Unmarshal(v, &s) == nil:
			o.Enum, o.Type = append(o.Enum, s), "STRING"
		default:
			texts = false
			o.Type = typeOf(v)
		}
	}
	if !texts {
		o.Enum = nil
	} else if len(o.Enum) > 0 {
		o.Format = "enum"
	}
}

func typeOf(v json.RawMessage) string {
	switch {
	case len(v) > 0 && (v[0] == 't' || v[0] == 'f'):
		return "BOOLEAN"
	case bytes.ContainsAny(v, ".eE"):
		return "NUMBER"
	}
	return "INTEGER"
}

// types takes the type or types of a schema.
func (o *open) types(raw json.RawMessage) {
	var one string
	var list []string
	if json.Unmarshal(raw, &one) == nil && one != "" {
		list = []string{one}
	} else if json.Unmarshal(raw, &list) != nil {
		return
	}
	if i := slices.Index(list, "null"); i >= 0 {
		o.Nullable, list = true, slices.Delete(list, i, i+1)
	}
	if len(list) == 1 {
		o.Type = strings.ToUpper(list[0])
	} else if o.Type == "" {
		for _, t := range list {
			o.AnyOf = append(o.AnyOf, &open{Type: strings.ToUpper(t)})
		}
	}
}

func (c *converter) resolve(ref string) (json.RawMessage, error) {
	at := c.root
	for _, step := range strings.Split(strings.TrimPrefix(strings.TrimPrefix(ref, "#"), "/"), "/") {
		if step == "" {
			continue
		}
		var fields map[string]json.RawMessage
		if json.Unmarshal(at, &fields) != nil || fields[step] == nil {
			return nil, fmt.Errorf("the schema refers to %s, which it does not hold", ref)
		}
		at = fields[step]
	}
	return at, nil
}

// members returns the names and values of an object in the order written.
func members(raw json.RawMessage) (names []string, values []json.RawMessage) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil
	}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		var value json.RawMessage
		if err != nil || !ok || d.Decode(&value) != nil {
			return names, values
		}
		names, values = append(names, name), append(values, value)
	}
	return names, values
}
