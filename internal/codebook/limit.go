package codebook

import (
	"fmt"
	"unicode/utf8"

	"icono/internal/source"
)

// Limits of strict JSON Schemas, as OpenAI documents them.
const (
	maxProperties    = 5000
	maxCodes         = 1000
	manyCodes        = 250 // of one variable: above, their letters are limited too
	maxCodesLetters  = 15_000
	maxSchemaLetters = 120_000
)

// maxPrompt is the length of a prompt, in characters, above which a warning says
// so. It is sent with every item.
const maxPrompt = 20_000

// charactersPerToken is a usual figure for prose in European languages.
const charactersPerToken = 4

// limits checks that the schema of the answers is one that servers take.
func (p *parser) limits(c *Codebook, head source.Span) {
	codes, letters := 0, 0
	for i := range c.Variables {
		v, own := &c.Variables[i], 0
		for _, name := range v.Codes() {
			own += utf8.RuneCountInString(name)
		}
		n := len(v.Codes())
		if n > manyCodes && own > maxCodesLetters {
			p.list.Error("limit", p.places[i].name.Span, fmt.Sprintf("the %d codes of `%s` have %d characters, and a model's server takes %d", n, v.Name, own, maxCodesLetters), "shorten the names, or code in two steps: first a group, then a code in it")
		}
		codes, letters = codes+n, letters+own+utf8.RuneCountInString(v.Name)
	}
	hint := "divide the codebook into two, and code with two stages"
	if codes > maxCodes {
		p.list.Error("limit", head, fmt.Sprintf("the codebook has %d codes, and a model's server takes %d", codes, maxCodes), hint)
	}
	if len(c.columns) > maxProperties {
		p.list.Error("limit", head, fmt.Sprintf("the codebook has %d values to code, and a model's server takes %d", len(c.columns), maxProperties), hint)
	}
	if letters > maxSchemaLetters {
		p.list.Error("limit", head, fmt.Sprintf("names and codes have %d characters, and a model's server takes %d", letters, maxSchemaLetters), hint)
	}
}

// length warns of a prompt that costs much.
func (p *parser) length(root *source.Node, c *Codebook) {
	n := utf8.RuneCountInString(c.Prompt(nil))
	if n <= maxPrompt {
		return
	}
	at := root.KeyNode("variables")
	if at == nil {
		at = root.KeyNode("tree")
	}
	p.list.Warn("long-prompt", at.Span, fmt.Sprintf("the prompt has %d characters, about %d tokens, and is sent with every item", n, n/charactersPerToken),
		"shorten definitions and examples, or divide the codebook into two")
}
