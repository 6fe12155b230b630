package config

import (
	"bytes"
	"encoding/json"
	"reflect"

	"icono/internal/option"
)

// Docs returns the prose of an option, by the struct and field that carry it.
type Docs func(owner, field string) string

// Object is a JSON object whose members keep their order.
type Object []Member

// Member is a member of an Object.
type Member struct {
	Name  string
	Value any
}

// MarshalJSON writes the members in order, without escaping HTML.
func (o Object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := e.Encode(m.Name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := e.Encode(m.Value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Schema returns the JSON Schema (draft 2020-12) of a configuration.
func Schema(options []Option, docs Docs) Object {
	properties, required := Object{}, []string{}
	for _, o := range options {
		properties = append(properties, Member{o.Name, o.schema(docs)})
		if o.Required && o.Default == nil {
			required = append(required, o.Name)
		}
	}
	out := Object{{"type", "object"}, {"properties", properties}, {"additionalProperties", false}}
	if len(required) > 0 {
		out = append(out, Member{"required", required})
	}
	return out
}

// notBlank is the pattern of a text with something in it.
const notBlank = `\S`

func (o Option) schema(docs Docs) Object {
	out := Object{}
	if doc := docs(o.Owner, o.Field); doc != "" {
		out = append(out, Member{"description", doc})
	}
	out = append(out, o.shape(docs)...)
	if d := plain(o.Default); d != nil {
		out = append(out, Member{"default", d})
	}
	if o.Example != "" {
		out = append(out, Member{"examples", []any{exampleValue(o)}})
	}
	return out
}

// exampleValue reads an example as JSON where it is that, as in lists.
func exampleValue(o Option) any {
	var v any
	if json.Unmarshal([]byte(o.Example), &v) == nil && o.Type != Text && o.Type != Path {
		return v
	}
	return o.Example
}

func (o Option) shape(docs Docs) Object {
	switch o.Type {
	case List:
		elem := o.Elem.schema(docs)
		list := bounded(Object{{"type", "array"}, {"items", elem}}, "minItems", "maxItems", o)
		if o.Min != nil && *o.Min > 1 {
			return list
		}
		return Object{{"anyOf", []Object{elem, list}}}
	case Map:
		elem := o.Elem.schema(docs)
		return bounded(Object{{"type", "object"}, {"additionalProperties", elem}}, "minProperties", "maxProperties", o)
	case Struct:
		return Schema(o.Fields, docs)
	case Pairs:
		name := Object{{"type", "string"}, {"pattern", notBlank}}
		return Object{{"anyOf", []Object{
			name,
			{{"type", "array"}, {"items", name}, {"minItems", 1}},
			{{"type", "object"}, {"additionalProperties", name}, {"minProperties", 1}},
		}}}
	case Boolean:
		return Object{{"type", "boolean"}}
	case Integer:
		return bounded(Object{{"type", "integer"}}, "minimum", "maximum", o)
	case Number:
		return bounded(Object{{"type", "number"}}, "minimum", "maximum", o)
	case Expression:
		// A list, so that a choice by type stays decidable for editors.
		return Object{{"type", []string{"string", "number", "boolean"}}, {"pattern", notBlank}}
	case Path, Endpoint:
		return Object{{"type", "string"}, {"pattern", notBlank}}
	case Secret:
		return Object{{"type", "string"}, {"pattern", `^\s*\$\{[A-Za-z_][A-Za-z0-9_]*\}\s*$`}}
	}
	out := bounded(Object{{"type", "string"}}, "minLength", "maxLength", o)
	if len(o.Enum) > 0 {
		out = append(out, Member{"enum", o.Enum})
	} else if o.Required && o.Default == nil {
		out = append(out, Member{"pattern", notBlank})
	}
	return out
}

func bounded(out Object, low, high string, o Option) Object {
	if o.Min != nil {
		out = append(out, Member{low, *o.Min})
	}
	if o.Max != nil {
		out = append(out, Member{high, *o.Max})
	}
	return out
}

// plain turns a default into what JSON shows: mappings in order, no empties.
func plain(v any) any {
	r := reflect.ValueOf(v)
	if !r.IsValid() || (r.Kind() == reflect.Slice && r.Len() == 0) {
		return nil
	}
	if isMap(r.Type()) {
		out := Object{}
		for i := range r.Len() {
			out = append(out, Member{r.Index(i).Field(0).String(), plain(r.Index(i).Field(1).Interface())})
		}
		return out
	}
	if r.Type() == reflect.TypeFor[option.Pairs]() {
		return nil
	}
	if r.Kind() == reflect.Pointer {
		return plain(r.Elem().Interface())
	}
	return v
}
