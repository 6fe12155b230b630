// Package config turns YAML nodes into configurations: it describes the
// options of a configuration struct, decodes nodes onto its defaults, checks
// constraints, and writes the JSON Schema of it. Package option names the
// types and tags that fields can have.
package config

import (
	"reflect"
	"strconv"
	"strings"

	"icono/internal/option"
)

// Type is the sort of value that an option takes.
type Type string

// The types of options.
const (
	Text       Type = "text"
	Expression Type = "expression"
	Path       Type = "path"
	Integer    Type = "integer"
	Number     Type = "number"
	Boolean    Type = "boolean"
	List       Type = "list"    // of Elem; one value stands for a list of one
	Map        Type = "mapping" // from the user's words to Elem
	Struct     Type = "options" // with Fields
	Pairs      Type = "columns" // option.Pairs
	Secret     Type = "secret"  // option.Secret
	Endpoint   Type = "address" // option.Endpoint
)

// Option describes one option of a configuration, or the elements of one.
type Option struct {
	// Name is the name in YAML; Owner and Field are the Go struct and field
	// that carry its doc comment.
	Name         string
	Owner, Field string
	Type         Type
	Elem         *Option
	Fields       []Option
	Enum         []string
	Min, Max     *float64
	Required     bool
	// Default is the value in the defaults; nil where there is none.
	Default any
	Example string
}

// Describe returns the options of a configuration, given as a pointer to a
// struct that holds the defaults. Those of a struct that is embedded with the
// tag `yaml:",inline"` stand among its own.
func Describe(config any) []Option { return describeStruct(reflect.ValueOf(config).Elem()) }

// Members are the options of an option's mapping, or of each entry of its list.
func (o Option) Members() []Option {
	for o.Elem != nil {
		o = *o.Elem
	}
	return o.Fields
}

func describeStruct(v reflect.Value) []Option {
	var out []Option
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous && f.Tag.Get("yaml") == ",inline" {
			out = append(out, describeStruct(v.Field(i))...)
			continue
		}
		name := nameOf(f)
		if name == "" {
			continue
		}
		o := describe(f.Type, v.Field(i))
		o.Name, o.Owner, o.Field = name, v.Type().PkgPath()+"."+v.Type().Name(), f.Name
		o.constrain(f.Tag)
		if !v.Field(i).IsZero() && o.Type != Struct {
			o.Default = v.Field(i).Interface()
		} else if o.Type == Boolean && f.Type.Kind() != reflect.Pointer {
			o.Default = false
		}
		out = append(out, o)
	}
	return out
}

// nameOf returns the YAML name of a field, "" for one that is no option.
func nameOf(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	if name == "-" || !f.IsExported() {
		return ""
	}
	return name
}

func describe(t reflect.Type, v reflect.Value) Option {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
		v = reflect.New(t).Elem()
	}
	switch {
	case t == reflect.TypeFor[option.Expression]():
		return Option{Type: Expression}
	case t == reflect.TypeFor[option.Path]():
		return Option{Type: Path}
	case t == reflect.TypeFor[option.Secret]():
		return Option{Type: Secret}
	case t == reflect.TypeFor[option.Endpoint]():
		return Option{Type: Endpoint}
	case t == reflect.TypeFor[option.Pairs]():
		return Option{Type: Pairs}
	case isMap(t):
		elem := describe(t.Elem().Field(1).Type, reflect.New(t.Elem().Field(1).Type).Elem())
		return Option{Type: Map, Elem: &elem}
	}
	switch t.Kind() {
	case reflect.Bool:
		return Option{Type: Boolean}
	case reflect.Int, reflect.Int64, reflect.Uint64, reflect.Int32, reflect.Uint32:
		return Option{Type: Integer}
	case reflect.Float64, reflect.Float32:
		return Option{Type: Number}
	case reflect.Slice:
		elem := describe(t.Elem(), reflect.New(t.Elem()).Elem())
		return Option{Type: List, Elem: &elem}
	case reflect.Struct:
		return Option{Type: Struct, Fields: describeStruct(v)}
	}
	return Option{Type: Text}
}

func isMap(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[interface{ IsMap() }]())
}

// constrain reads the tags. A list's or mapping's enum is that of its
// elements; its min and max count them.
func (o *Option) constrain(tag reflect.StructTag) {
	o.Required = tag.Get("required") == "true"
	o.Example = tag.Get("example")
	o.Min, o.Max = bound(tag.Get("min")), bound(tag.Get("max"))
	if enum := tag.Get("enum"); enum != "" {
		at := o
		for at.Elem != nil {
			at = at.Elem
		}
		at.Enum = strings.Split(enum, ",")
	}
}

func bound(text string) *float64 {
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return &v
	}
	return nil
}
