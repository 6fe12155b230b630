package chat

import (
	"bytes"
	"encoding/json"
)

// asJSON takes from an answer what some servers put into it beside JSON: a byte
// order mark, and the numbers NaN and Infinity as Python writes them, which
// become null. Other bytes are returned as they are; ok is false where they are
// no JSON.
func asJSON(raw []byte) (_ []byte, ok bool) {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if json.Valid(raw) {
		return raw, true
	}
	if !bytes.Contains(raw, []byte("NaN")) && !bytes.Contains(raw, []byte("Infinity")) {
		return raw, false
	}
	out := make([]byte, 0, len(raw))
	for at := 0; at < len(raw); {
		n := 1
		switch raw[at] {
		case '"':
			n = quoted(raw[at:])
		case 'N', 'I', '-':
			if k := unnumber(raw[at:]); k > 0 {
				out, at = append(out, "null"...), at+k
				continue
			}
		}
		out = append(out, raw[at:at+n]...)
		at += n
	}
	if !json.Valid(out) {
		return raw, false
	}
	return out, true
}

// quoted is the length of the JSON string that a text begins with.
func quoted(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// unnumber is the length of the word for a number that JSON cannot hold.
func unnumber(text []byte) int {
	for _, word := range []string{"NaN", "-NaN", "Infinity", "-Infinity"} {
		if bytes.HasPrefix(text, []byte(word)) {
			return len(word)
		}
	}
	return 0
}
