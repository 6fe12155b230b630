package expression

import (
	"fmt"
	"regexp"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"

	"icono/internal/suggest"
)

// disabled lists the functions whose result is not the same every time: the
// time of day, and the order of a map's keys.
func disabled() []string { return []string{"now", "keys", "values", "toPairs"} }

// machineDependent reports whether a method of times depends on the time zone
// of the machine.
func machineDependent(method string) bool { return method == "Local" }

func (b *builder) unknownFunction(n *ast.CallNode, name string) *Error {
	if b.schema.HasField(name) {
		return b.at(n, fmt.Sprintf("`%s` is a column, not a function", name), "")
	}
	for _, d := range disabled() {
		if name == d && name == "now" {
			return b.at(n, "`now` is not available: the same study must give the same result tomorrow", "write the date: `date(\"2021-09-26\")`")
		} else if name == d {
			return b.at(n, fmt.Sprintf("`%s` is not available: its order changes from run to run", name), "")
		}
	}
	names := make([]string, 0, len(builtin.Names))
	for _, f := range builtin.Names {
		if b.config.Builtins[f] != nil {
			names = append(names, f)
		}
	}
	return b.at(n, fmt.Sprintf("there is no function `%s`", name), suggest.Hint(name, names))
}

// literals checks the arguments of a function that are known now, and computes
// what only depends on them.
func (r *resolver) literals(place *ast.Node, n *ast.BuiltinNode) {
	var args []any
	for _, a := range n.Arguments {
		if s, ok := a.(*ast.StringNode); ok {
			args = append(args, s.Value)
		}
	}
	literal := len(args) == len(n.Arguments) && len(args) > 0
	switch n.Name {
	case "timezone", "date":
		for _, a := range args {
			if a == "Local" {
				r.fail(r.at(n, "the time zone \"Local\" depends on the machine", "name it: \"Europe/Berlin\""))
				return
			}
		}
		if n.Name == "timezone" && !literal {
			r.fail(r.at(n, "`timezone` needs a name in quotes", "`timezone(\"Europe/Berlin\")`"))
			return
		}
	case "duration":
	default:
		return
	}
	if !literal {
		return
	}
	f := r.config.Builtins[n.Name]
	if f == nil || f.Func == nil {
		return
	}
	v, err := f.Func(args...)
	if err != nil {
		hint := ""
		if n.Name == "date" {
			hint = "write it as year-month-day: `date(\"2021-09-26\")`"
		}
		r.fail(r.at(n.Arguments[0], fmt.Sprintf("`%s` cannot read %q", n.Name, args[0]), hint))
		return
	}
	ast.Patch(place, &ast.ConstantNode{Value: v})
}

// pattern checks a regular expression; the checker does so too, but points at
// the operator.
func (b *builder) pattern(n *ast.BinaryNode) *Error {
	s, ok := n.Right.(*ast.StringNode)
	if !ok || n.Operator != "matches" {
		return nil
	}
	if _, err := regexp.Compile(s.Value); err != nil {
		return b.at(s, fmt.Sprintf("the pattern %q is not a regular expression: %s", s.Value, reason(err)), "")
	}
	return nil
}
