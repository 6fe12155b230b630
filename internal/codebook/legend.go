package codebook

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
)

// Legend explains the columns of a coded table.
type Legend struct {
	Title, Objective string
	References       []string
	// Privacy says whether the model was told not to identify persons.
	Privacy   bool
	Variables []LegendVariable
}

// LegendVariable explains a variable.
type LegendVariable struct {
	Name   string
	Column string // without a prefix
	Type   Type
	Level  Level
	// Definition is question and definition.
	Definition string
	// Range words the numbers allowed, Condition when the variable is coded; ""
	// for no such thing.
	Range, Condition string
	// Codes are all codes in order, those for other, not applicable and unclear
	// last.
	Codes []Category
}

// Legend returns what a report tells about the codebook.
func (c *Codebook) Legend() Legend {
	out := Legend{Title: c.Title, Objective: c.Objective, References: c.References, Privacy: c.Privacy}
	for i := range c.Variables {
		v := &c.Variables[i]
		e := LegendVariable{Name: v.Name, Column: strings.ReplaceAll(v.Name, ".", "_"), Type: v.Type, Level: v.Level,
			Definition: strings.TrimSpace(v.Question + "\n" + v.Definition), Range: strings.TrimSpace(v.bounds()), Condition: strings.TrimSpace(string(v.When))}
		if v.Type.coded() {
			e.Codes = v.codes()
		}
		out.Variables = append(out.Variables, e)
	}
	return out
}

// Hash is a SHA-256, in hex, of what the codebook says. Comments, the order of
// keys, quotes and spaces around texts do not change it; the order of variables
// and of categories does.
func (c *Codebook) Hash() string {
	text, err := json.Marshal(c)
	if err != nil { // texts and finite numbers always marshal
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
