package codebook

import (
	"icono/internal/config"
)

// EditorSchema returns the JSON Schema of codebook files, for editors. docs
// gives the comments of the fields of Codebook and of the structs in it.
func EditorSchema(docs config.Docs) config.Object {
	out := config.Object{
		{Name: "$schema", Value: "https://json-schema.org/draft/2020-12/schema"},
		{Name: "title", Value: "icono codebook"},
		{Name: "description", Value: "The variables that a study codes, for icono."},
	}
	out = append(out, config.Schema(config.Describe(&Codebook{Privacy: true}), docs)...)
	return append(adapted(out, ""), config.Member{Name: "oneOf", Value: []config.Object{
		{{Name: "required", Value: []string{"variables"}}}, {{Name: "required", Value: []string{"tree"}}}}})
}

// adapted says what the tags of a struct cannot: codes that are switched on or
// named, categories by name alone, the version.
func adapted(o config.Object, owner string) config.Object {
	out := make(config.Object, 0, len(o))
	for _, m := range o {
		below, ok := m.Value.(config.Object)
		switch {
		case !ok:
			if list, isList := m.Value.([]config.Object); isList {
				changed := make([]config.Object, len(list))
				for i, item := range list {
					changed[i] = adapted(item, "")
				}
				m.Value = changed
			}
		case owner == "properties" && (m.Name == "other" || m.Name == "not_applicable" || m.Name == "unclear"):
			m.Value = replaced(below, config.Member{Name: "type", Value: []string{"boolean", "string"}})
		case owner == "properties" && m.Name == "version":
			m.Value = replaced(below, config.Member{Name: "const", Value: Version})
		case owner == "properties" && m.Name == "categories":
			m.Value = named(adapted(below, m.Name))
		default:
			m.Value = adapted(below, m.Name)
		}
		out = append(out, m)
	}
	return out
}

// replaced replaces the type of a schema.
func replaced(o config.Object, m config.Member) config.Object {
	out := config.Object{}
	for _, old := range o {
		if old.Name == "type" {
			old = m
		}
		out = append(out, old)
	}
	return out
}

// named lets the entries of a list be names alone.
func named(o config.Object) config.Object {
	name := config.Object{{Name: "type", Value: "string"}, {Name: "pattern", Value: `\S`}}
	out := config.Object{}
	for _, m := range o {
		if forms, ok := m.Value.([]config.Object); ok && m.Name == "anyOf" && len(forms) == 2 {
			list := config.Object{}
			for _, part := range forms[1] {
				if part.Name == "items" {
					part.Value = config.Object{{Name: "anyOf", Value: []any{name, part.Value}}}
				}
				list = append(list, part)
			}
			m.Value = []config.Object{name, forms[0], list}
		}
		out = append(out, m)
	}
	return out
}
