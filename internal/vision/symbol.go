package vision

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Lean returns a response without the boxes of single letters, which are most of
// an answer about text and which Parse does not read: the letters of a word
// become one symbol with the word's text and what follows it. All else stays, its
// members sorted by name. What is no response comes back as it is.
func Lean(raw []byte) []byte {
	if !bytes.Contains(raw, []byte(`"symbols"`)) {
		return raw
	}
	var w map[string]any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&w) != nil {
		return raw
	}
	full, _ := w["fullTextAnnotation"].(map[string]any)
	for _, page := range members(full, "pages") {
		for _, block := range members(page, "blocks") {
			for _, paragraph := range members(block, "paragraphs") {
				for _, word := range members(paragraph, "words") {
					join(word)
				}
			}
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(w) != nil {
		return raw
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// members are the objects of a list.
func members(of map[string]any, name string) (all []map[string]any) {
	list, _ := of[name].([]any)
	for _, x := range list {
		if m, ok := x.(map[string]any); ok {
			all = append(all, m)
		}
	}
	return all
}

// join makes one symbol of a word's, up to each that something follows or
// precedes.
func join(word map[string]any) {
	list, _ := word["symbols"].([]any)
	var out []any
	var text strings.Builder
	flush := func(property any) {
		s := map[string]any{"text": text.String()}
		if property != nil {
			s["property"] = property
		}
		out = append(out, s)
		text.Reset()
	}
	for _, x := range list {
		s, ok := x.(map[string]any)
		if !ok {
			return // not as the service writes it: left alone
		}
		letter, _ := s["text"].(string)
		property, _ := s["property"].(map[string]any)
		if property["detectedBreak"] == nil {
			text.WriteString(letter)
			continue
		}
		if brk, _ := property["detectedBreak"].(map[string]any); brk["isPrefix"] == true && text.Len() > 0 {
			flush(nil)
		}
		text.WriteString(letter)
		flush(map[string]any{"detectedBreak": property["detectedBreak"]})
	}
	if text.Len() > 0 {
		flush(nil)
	}
	if len(out) > 0 {
		word["symbols"] = out
	}
}
