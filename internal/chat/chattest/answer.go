package chattest

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
)

// answer is the text of a good answer: by the schema of the request, a schema in
// its system message, or a sentence.
func (r *Request) answer(identity string) string {
	schema := r.Schema()
	if schema == nil {
		for _, m := range r.Messages {
			for _, t := range m.Texts {
				if i := strings.Index(t, "{"); m.Role == "system" && i >= 0 && strings.Contains(t[:i], "JSON Schema") {
					var raw json.RawMessage
					if json.NewDecoder(strings.NewReader(t[i:])).Decode(&raw) == nil {
						schema = raw
					}
				}
			}
		}
	}
	switch {
	case schema != nil:
		return Satisfy(schema, identity)
	case r.Format != nil && r.Format.Type == "json_object":
		return `{"answer":"` + identity[:8] + `"}`
	}
	return "An answer to the request " + identity[:8] + "."
}

// Satisfy returns a JSON text that a schema of the strict subset accepts, the
// same for the same seed. Patterns and formats other than date are not followed.
func Satisfy(schema json.RawMessage, seed string) string {
	var root any
	d := json.NewDecoder(bytes.NewReader(schema))
	d.UseNumber()
	if d.Decode(&root) != nil {
		return "{}"
	}
	g := &generator{root: root, seed: seed, order: orders(schema)}
	var b bytes.Buffer
	g.write(&b, root, "", 0)
	return b.String()
}

type generator struct {
	root  any
	seed  string
	order map[string][]string // properties in the schema's order, by path
}

// pick returns a number below n that depends on the seed and the path only.
func (g *generator) pick(path string, n int) int {
	if n <= 1 {
		return 0
	}
	sum := sha256.Sum256([]byte(g.seed + "\x00" + path))
	return int(binary.BigEndian.Uint64(sum[:8]) % uint64(n))
}

func (g *generator) write(b *bytes.Buffer, node any, path string, depth int) {
	s, _ := node.(map[string]any)
	put := func(v any) {
		text, _ := json.Marshal(v) // it came from JSON
		b.Write(text)
	}
	if depth > 20 {
		put(nil)
		return
	}
	if ref, ok := s["$ref"].(string); ok {
		g.write(b, g.resolve(ref), path, depth+1)
		return
	}
	if v, ok := s["const"]; ok {
		put(v)
		return
	}
	if list, ok := s["enum"].([]any); ok && len(list) > 0 {
		put(list[g.pick(path, len(list))])
		return
	}
	if list, ok := s["anyOf"].([]any); ok && len(list) > 0 {
		i := g.pick(path, len(list))
		g.write(b, list[i], path+"|", depth+1)
		return
	}
	kind, _ := s["type"].(string)
	if list, ok := s["type"].([]any); ok && len(list) > 0 {
		kind, _ = list[g.pick(path+"?", len(list))].(string)
	}
	switch kind {
	case "object":
		g.object(b, s, path, depth)
	case "array":
		low, high := integerOf(s, "minItems", 0), integerOf(s, "maxItems", integerOf(s, "minItems", 0)+2)
		n := low + g.pick(path+"#", high-low+1)
		b.WriteByte('[')
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			g.write(b, s["items"], fmt.Sprintf("%s[%d]", path, i), depth+1)
		}
		b.WriteByte(']')
	case "boolean":
		put(g.pick(path, 2) == 1)
	case "integer", "number":
		low := integerOf(s, "minimum", integerOf(s, "exclusiveMinimum", -1)+1)
		high := integerOf(s, "maximum", integerOf(s, "exclusiveMaximum", low+11)-1)
		put(low + g.pick(path, high-low+1))
	case "null":
		put(nil)
	default:
		if s["format"] == "date" {
			put(fmt.Sprintf("2021-09-%02d", 1+g.pick(path, 30)))
			return
		}
		put(fmt.Sprintf("text %04d", g.pick(path, 10000)))
	}
}

func (g *generator) object(b *bytes.Buffer, s map[string]any, path string, depth int) {
	properties, _ := s["properties"].(map[string]any)
	b.WriteByte('{')
	for i, name := range propertyNames(g.order, properties) {
		if i > 0 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(name) // a text
		b.Write(append(key, ':'))
		g.write(b, properties[name], path+"."+name, depth+1)
	}
	b.WriteByte('}')
}

func (g *generator) resolve(ref string) any {
	at := g.root
	for _, step := range strings.Split(strings.TrimPrefix(strings.TrimPrefix(ref, "#"), "/"), "/") {
		if step == "" {
			continue
		}
		m, _ := at.(map[string]any)
		at = m[step]
	}
	return at
}

func integerOf(s map[string]any, word string, otherwise int) int {
	n, ok := s[word].(json.Number)
	if !ok {
		return otherwise
	}
	f, err := n.Float64()
	if err != nil {
		return otherwise
	}
	return int(f)
}
