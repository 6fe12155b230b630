package codebook

import "strings"

// token is a quoted text or a name of an expression.
type token struct {
	start int
	text  string // with its quotes
	quote byte   // 0 for a name
}

// tokens returns the quoted texts and the names, with points, of an expression.
func tokens(src string) []token {
	var out []token
	for at := 0; at < len(src); {
		switch b := src[at]; {
		case b == '"' || b == '\'' || b == '`':
			end := at + 1
			for end < len(src) && src[end] != b {
				if src[end] == '\\' && b != '`' {
					end++
				}
				end++
			}
			end = min(end+1, len(src))
			out = append(out, token{at, src[at:end], b})
			at = end
		case letter(b):
			end := at + 1
			for end < len(src) && (letter(src[end]) || src[end] >= '0' && src[end] <= '9' || src[end] == '.' && end+1 < len(src) && letter(src[end+1])) {
				end++
			}
			out = append(out, token{at, src[at:end], 0})
			at = end
		default:
			at++
		}
	}
	return out
}

func letter(b byte) bool { return b == '_' || b|0x20 >= 'a' && b|0x20 <= 'z' || b >= 0x80 }

// underscored writes the names of variables in groups as those of their columns:
// `A.B` as `A_B`. The places of all characters stay.
func underscored(src string, variables []Variable) string {
	out := []byte(src)
	for _, t := range tokens(src) {
		if t.quote != 0 || !strings.Contains(t.text, ".") {
			continue
		}
		for i := range variables {
			if variables[i].Name == t.text {
				copy(out[t.start:], strings.ReplaceAll(t.text, ".", "_"))
			}
		}
	}
	return string(out)
}
