package codebook

import (
	"fmt"
	"math"
	"slices"

	"icono/internal/source"
)

// settle fills in what follows from the rest of a variable, and checks that its
// parts fit together.
func (p *parser) settle(v *Variable, n *source.Node, what string) {
	at := orWhole(n, "name").Span
	if v.Type == "" {
		if n.Get("type") == nil && n.Get("categories") == nil {
			p.list.Error("required", at, what+" has neither a `type` nor `categories`", "give it `categories`, or a type: boolean, integer, number or text")
		}
		v.Type = Categorical
		if n.Get("type") != nil || n.Get("categories") == nil { // wrong, and reported
			return
		}
	}
	p.codesFit(v, n, what)
	p.rangeFits(v, n, what)
	levels := v.Type.levels()
	switch {
	case v.Level == "":
		v.Level = levels[0]
	case !slices.Contains(levels, v.Level):
		words := make([]string, len(levels))
		for i, l := range levels {
			words[i] = "`" + string(l) + "`"
		}
		p.list.Error("level", n.Get("level").Span, fmt.Sprintf("%s is of type %s, whose level cannot be %s", what, v.Type, v.Level), "it can be "+listed(words, "or"))
	}
	if v.Question == "" && v.Definition == "" {
		p.list.Warn("no-definition", at, what+" has neither a question nor a definition", "ask a `question`, or say in a `definition` what it means")
	}
}

func (p *parser) codesFit(v *Variable, n *source.Node, what string) {
	at := orWhole(n, "name").Span
	if !v.Type.coded() {
		for _, key := range []string{"categories", "other", "not_applicable", "unclear"} {
			if k := n.KeyNode(key); k != nil && !(n.Get(key).Tag == "!!bool" && n.Get(key).Text == "false") {
				p.list.Error("not-for-type", k.Span, fmt.Sprintf("%s is of type %s, which has no codes", what, v.Type), "remove the line, or make the type `categorical` and list all values as categories")
			}
		}
		v.Categories, v.Other, v.NotApplicable, v.Unclear = nil, "", "", ""
		return
	}
	categories := n.Get("categories")
	switch {
	case len(v.Categories) > 1:
	case categories == nil:
		p.list.Error("required", at, fmt.Sprintf("%s is of type %s and has no categories", what, v.Type), "list its codes under `categories`, in order")
	case len(v.Categories) == 0: // what was wrong with them is reported, unless the list is empty
		if len(categories.Items) == 0 && categories.Form == source.Sequence {
			p.list.Error("no-value", categories.Span, "`categories` of "+what+" is empty", "list its codes, in order")
		}
	case v.Level == Ordinal:
		p.list.Error("ordinal", categories.Span, fmt.Sprintf("%s is ordinal and has one category, which is no order", what), "list at least two, from lowest to highest")
	case len(v.Codes()) == 1:
		p.list.Warn("one-code", categories.Span, fmt.Sprintf("%s has one code only, so that every item gets it", what), "add `other: true`, or make it a boolean")
	}
	seen := map[string]string{}
	for _, c := range v.Categories {
		seen[fold(c.Name)] = "the category `" + c.Name + "`"
	}
	for _, extra := range []struct{ key, name string }{{"other", v.Other}, {"not_applicable", v.NotApplicable}, {"unclear", v.Unclear}} {
		if extra.name == "" {
			continue
		}
		if twin := seen[fold(extra.name)]; twin != "" {
			p.list.Error("duplicate", n.Get(extra.key).Span, fmt.Sprintf("the code `%s` for `%s` of %s is named like %s", extra.name, extra.key, what, twin), fmt.Sprintf("remove one of them, or name this code otherwise: `%s: ...`", extra.key))
		}
		seen[fold(extra.name)] = "the code for `" + extra.key + "`"
	}
}

func (p *parser) rangeFits(v *Variable, n *source.Node, what string) {
	for _, key := range []string{"min", "max"} {
		k, bound := n.KeyNode(key), v.Min
		if key == "max" {
			bound = v.Max
		}
		switch {
		case k == nil || bound == nil:
		case v.Type != Integer && v.Type != Number:
			p.list.Error("not-for-type", k.Span, fmt.Sprintf("%s is of type %s, which has no `%s`", what, v.Type, key), "remove the line, or make the type `integer` or `number`")
		case v.Type == Integer && (*bound != math.Trunc(*bound) || math.Abs(*bound) > 1<<53):
			p.list.Error("range", n.Get(key).Span, fmt.Sprintf("`%s` of %s is %s, and an integer's bounds must be whole numbers", key, what, n.Get(key).Text), "write a whole number, or make the type `number`")
		}
	}
	if v.Min != nil && v.Max != nil && *v.Min > *v.Max {
		p.list.Error("range", n.Get("min").Span, fmt.Sprintf("`min` of %s is %s, above `max`, %s", what, n.Get("min").Text, n.Get("max").Text), "exchange them")
	}
}
