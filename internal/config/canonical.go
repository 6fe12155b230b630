package config

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// Setting is an option with a value of its own.
type Setting struct {
	Name string
	// Value is JSON without white space.
	Value string
}

// Settings lists the options of a configuration that differ from defaults and that
// decide results, by name: two files that say the same have the same. Options with
// the tag operational:"true" decide speed only; those of type secret are left out
// with them. Mappings keep their order, since the order of categories and inputs
// decides, unless they have the tag unordered:"true". Both arguments are pointers
// to the same struct type.
func Settings(config, defaults any) []Setting {
	all := settings(reflect.ValueOf(config).Elem(), reflect.ValueOf(defaults).Elem())
	slices.SortFunc(all, func(a, b Setting) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func settings(v, d reflect.Value) []Setting {
	var out []Setting
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous && f.Tag.Get("yaml") == ",inline" {
			out = append(out, settings(v.Field(i), d.Field(i))...)
			continue
		}
		if !decides(f, v.Field(i)) {
			continue
		}
		value, usual := canonical(f, v.Field(i)), canonical(f, d.Field(i))
		if value != usual {
			out = append(out, Setting{nameOf(f), value})
		}
	}
	return out
}

// Operational are the names of the options of a configuration that decide no results.
func Operational(config any) []string {
	var out []string
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		for i := range v.NumField() {
			f := v.Type().Field(i)
			switch {
			case f.Anonymous && f.Tag.Get("yaml") == ",inline":
				walk(v.Field(i))
			case nameOf(f) != "" && !decides(f, v.Field(i)):
				out = append(out, nameOf(f))
			}
		}
	}
	walk(reflect.ValueOf(config).Elem())
	return out
}

// decides reports whether a field is an option that decides results.
func decides(f reflect.StructField, v reflect.Value) bool {
	return nameOf(f) != "" && f.Tag.Get("operational") != "true" && describe(f.Type, v).Type != Secret
}

func canonical(f reflect.StructField, v reflect.Value) string {
	text, err := json.Marshal(bare(v, f.Tag.Get("unordered") == "true"))
	if err != nil { // configurations hold finite numbers, texts and booleans
		return err.Error()
	}
	return string(text)
}

// bare returns a value as what JSON writes in one way.
func bare(v reflect.Value, unordered bool) any {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return bare(v.Elem(), unordered)
	case reflect.Slice:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = bare(v.Index(i), unordered)
		}
		if unordered {
			slices.SortFunc(out, func(a, b any) int { return strings.Compare(sortable(a), sortable(b)) })
		}
		return out
	case reflect.Struct:
		if v.NumField() == 2 && v.Type().Field(0).Tag == "" { // an entry of a mapping, or a pair
			return []any{bare(v.Field(0), unordered), bare(v.Field(1), unordered)}
		}
		out := map[string]any{}
		for i := range v.NumField() {
			if f := v.Type().Field(i); decides(f, v.Field(i)) {
				out[nameOf(f)] = bare(v.Field(i), unordered)
			}
		}
		return out
	}
	return v.Interface()
}

func sortable(v any) string {
	b, _ := json.Marshal(v) // of what bare returns
	return string(b)
}
