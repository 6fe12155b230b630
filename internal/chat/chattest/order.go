package chattest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// orders finds the order in which each set of properties is written, by the
// sorted names of the set: models answer in the schema's order.
func orders(schema json.RawMessage) map[string][]string {
	out := map[string][]string{}
	var walk func(raw json.RawMessage)
	walk = func(raw json.RawMessage) {
		names, values := members(raw)
		for i, name := range names {
			if name == "properties" {
				inner, _ := members(values[i])
				out[setName(inner)] = inner
			}
			walk(values[i])
		}
		var list []json.RawMessage
		if len(names) == 0 && json.Unmarshal(raw, &list) == nil {
			for _, v := range list {
				walk(v)
			}
		}
	}
	walk(schema)
	return out
}

// members returns the names and values of an object in the order written.
func members(raw json.RawMessage) (names []string, values []json.RawMessage) {
	d := json.NewDecoder(strings.NewReader(string(raw)))
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

func setName(names []string) string {
	sorted := slices.Sorted(slices.Values(names))
	return strings.Join(sorted, "\x00")
}

// propertyNames returns the properties of a schema in their order.
func propertyNames(order map[string][]string, properties map[string]any) []string {
	names := slices.Sorted(maps.Keys(properties))
	if o, ok := order[setName(names)]; ok {
		return o
	}
	return names
}
