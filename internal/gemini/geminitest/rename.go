package geminitest

import (
	"bytes"
	"encoding/json"
)

// rename writes a value that has been checked with the names of fields in
// snake_case and in the order written, and numbers without quotes. The names of properties and free JSON
// stay.
func rename(k kind, raw json.RawMessage, known map[string]map[string]kind) json.RawMessage {
	if (k.name == "int32" || k.name == "double") && raw[0] == '"' { // numbers may stand in quotes
		return bytes.Trim(raw, `"`)
	}
	fields := known[k.name]
	if fields == nil && k.name != "map" {
		return raw
	}
	if k.list {
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			list = []json.RawMessage{raw}
		}
		for i, v := range list {
			list[i] = rename(kind{name: k.name}, v, known)
		}
		return marshal(list)
	}
	var b bytes.Buffer
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return raw
	}
	for b.WriteByte('{'); d.More(); {
		t, err := d.Token()
		name, ok := t.(string)
		var value json.RawMessage
		if err != nil || !ok || d.Decode(&value) != nil {
			return raw
		}
		of := kind{name: "Schema"}
		if fields != nil {
			name = snake(name)
			of = fields[name]
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.Write(append(append(marshal(name), ':'), rename(of, value, known)...))
	}
	b.WriteByte('}')
	return b.Bytes()
}
