package codebook

import (
	"encoding/json"
	"math"

	"icono/internal/config"
)

// maxEnumerated is the size of a range of whole numbers up to which the schema
// lists them. Not all servers know bounds, all know lists.
const maxEnumerated = 25

// JSONSchema returns the JSON Schema of an answer, in the subset that servers
// take as strict: every property required, no others, a value that may be absent
// is null. Properties stand in the order of the variables. It cannot say the
// conditions between variables; Validate checks them.
func (c *Codebook) JSONSchema() []byte {
	out, err := json.Marshal(c.objectSchema(c.root))
	if err != nil { // texts and finite numbers always marshal
		return nil
	}
	return out
}

func (c *Codebook) objectSchema(g *group) config.Object {
	var properties config.Object
	for _, m := range g.members {
		schema := c.objectSchema
		if len(m.members) == 0 {
			schema = c.valueSchema
		}
		properties = append(properties, config.Member{Name: m.name, Value: schema(m)})
	}
	return config.Object{{Name: "type", Value: "object"}, {Name: "properties", Value: properties}, {Name: "required", Value: g.names()}, {Name: "additionalProperties", Value: false}}
}

func (c *Codebook) valueSchema(m *group) config.Object {
	col := c.columns[m.column]
	v := &c.Variables[col.Variable]
	nullable := v.When != ""
	typed := func(name string) config.Member {
		if nullable {
			return config.Member{Name: "type", Value: []string{name, "null"}}
		}
		return config.Member{Name: "type", Value: name}
	}
	enum := func(values []any) config.Member {
		if nullable {
			values = append(values, nil)
		}
		return config.Member{Name: "enum", Value: values}
	}
	codes := make([]any, 0, len(v.Categories))
	for _, name := range v.Codes() {
		codes = append(codes, name)
	}
	switch {
	case col.Explanation || v.Type == Text:
		return config.Object{typed("string")}
	case v.Type == Categorical:
		return config.Object{typed("string"), enum(codes)}
	case v.Type == Multi:
		return config.Object{typed("array"), {Name: "items", Value: config.Object{{Name: "type", Value: "string"}, {Name: "enum", Value: codes}}}}
	case v.Type == Boolean:
		return config.Object{typed("boolean")}
	case v.Type == Integer && v.Min != nil && v.Max != nil && *v.Max-*v.Min < maxEnumerated:
		var numbers []any
		for n := int64(*v.Min); n <= int64(*v.Max); n++ {
			numbers = append(numbers, n)
		}
		return config.Object{typed("integer"), enum(numbers)}
	}
	out := config.Object{typed(string(v.Type))}
	if v.Min != nil {
		out = append(out, config.Member{Name: "minimum", Value: plainNumber(*v.Min)})
	}
	if v.Max != nil {
		out = append(out, config.Member{Name: "maximum", Value: plainNumber(*v.Max)})
	}
	return out
}

// plainNumber writes whole numbers without a point or an exponent.
func plainNumber(x float64) any {
	if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
		return int64(x)
	}
	return x
}
