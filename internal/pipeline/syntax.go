package pipeline

import (
	"slices"
	"strconv"
	"strings"

	"icono/internal/config"
	"icono/internal/diag"
	"icono/internal/expression"
	"icono/internal/source"
)

// checkSyntax looks at the grammar of the expressions of a stage whose schema
// is not known, so that a fault elsewhere does not hide theirs.
func (p *Planned) checkSyntax(list *diag.List) {
	if p.kind.NewConfig == nil {
		return
	}
	expressions(config.Describe(p.kind.NewConfig()), p.With, nil, func(path []string, n *source.Node) {
		if n.Form != source.Scalar || !hasOperator(n.Text) {
			return
		}
		if err := expression.Syntax(n.Text); err != nil {
			p.report(expression.OptionError(path, err), list)
		}
	})
}

// hasOperator tells an expression from a column's name, which options such as
// `key` take as well.
func hasOperator(text string) bool { return strings.ContainsAny(text, `<>=!&|+*%"'?{}[]`) }

// expressions visits the values of the options that are expressions.
func expressions(options []config.Option, with *source.Node, path []string, visit func([]string, *source.Node)) {
	if with == nil {
		return
	}
	for _, o := range options {
		if n := with.Get(o.Name); n != nil {
			expressionsIn(o, n, append(slices.Clone(path), o.Name), visit)
		}
	}
}

func expressionsIn(o config.Option, n *source.Node, path []string, visit func([]string, *source.Node)) {
	switch o.Type {
	case config.Expression:
		visit(path, n)
	case config.Struct:
		expressions(o.Fields, n, path, visit)
	case config.Map:
		for _, f := range n.Fields {
			expressionsIn(*o.Elem, f.Value, append(slices.Clone(path), f.Key.Text), visit)
		}
	case config.List:
		for i, item := range n.Items {
			expressionsIn(*o.Elem, item, append(slices.Clone(path), strconv.Itoa(i)), visit)
		}
	}
}
