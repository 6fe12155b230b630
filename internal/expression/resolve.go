package expression

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
)

// position says what a null column does at its place in an expression.
type position int

const (
	strict   position = iota // makes the whole expression null, evaluated or not
	lazy                     // makes it null if evaluation comes there
	tolerant                 // is passed on as nil
)

// resolver replaces the names of columns by calls of functions that read the
// current row.
type resolver struct {
	*builder
	strict map[*column]bool // columns met in a strict position
	scope  []string         // variables declared with let
	err    *Error
}

func (r *resolver) fail(e *Error) {
	if r.err == nil {
		r.err = e
	}
}

func (r *resolver) resolve(place *ast.Node, pos position) {
	if r.err != nil {
		return
	}
	switch n := (*place).(type) {
	case *ast.IdentifierNode:
		if !slices.Contains(r.scope, n.Value) {
			r.name(place, n.Value, pos)
		}
		return
	case *ast.MemberNode:
		if isEnv(n.Node) {
			r.environment(place, n, pos)
			return
		}
		if p, ok := n.Property.(*ast.StringNode); ok && machineDependent(p.Value) {
			r.fail(r.at(n, fmt.Sprintf("`.%s` depends on the machine", p.Value), "use a time zone: `.In(timezone(\"Europe/Berlin\"))`"))
			return
		}
	case *ast.CallNode:
		if id, ok := n.Callee.(*ast.IdentifierNode); ok {
			if c, ok := r.known(id.Value); ok { // a term of a chain of comparisons
				if pos == strict {
					r.strict[c] = true
				}
				return
			}
			r.fail(r.unknownFunction(n, id.Value))
			return
		}
	case *ast.BuiltinNode:
		r.literals(place, n)
	case *ast.BinaryNode:
		if e := r.pattern(n); e != nil {
			r.fail(e)
			return
		}
	case *ast.VariableDeclaratorNode:
		r.declare(n, pos)
		return
	}
	if pos == tolerant {
		r.guarded(place)
		return
	}
	r.below(*place, pos)
}

// below resolves the nodes below a node whose own value may not be nil.
func (r *resolver) below(node ast.Node, pos position) {
	switch n := node.(type) {
	case *ast.BinaryNode:
		switch operator(n) {
		case "??":
			r.resolve(&n.Left, tolerant)
			r.resolve(&n.Right, lazy)
			if isLiteral(n.Left) {
				r.fail(r.at(n, "what stands before `??` is never null", "`??` binds more tightly than other operators: write `(a < b) ?? false`"))
			}
			return
		case "and", "or":
			r.resolve(&n.Left, pos)
			r.resolve(&n.Right, lazy)
			return
		case "==", "!=":
			if isNil(n.Left) || isNil(n.Right) {
				pos = tolerant
			}
		}
	case *ast.ConditionalNode:
		r.resolve(&n.Cond, pos)
		r.resolve(&n.Exp1, lazy)
		r.resolve(&n.Exp2, lazy)
		return
	case *ast.CallNode: // the callee is a method
		if m, ok := n.Callee.(*ast.MemberNode); ok && isEnv(m.Node) {
			r.fail(r.at(m, "a column cannot be called like a function", ""))
			return
		}
	}
	for _, child := range children(node) {
		r.resolve(child, pos)
	}
}

// guarded resolves a node in a tolerant position that is no column: it is nil
// where a column in it is null.
func (r *resolver) guarded(place *ast.Node) {
	inner := resolver{builder: r.builder, strict: map[*column]bool{}, scope: r.scope}
	switch n := (*place).(type) {
	case *ast.ConditionalNode:
		inner.resolve(&n.Cond, strict)
		inner.resolve(&n.Exp1, tolerant)
		inner.resolve(&n.Exp2, tolerant)
	case *ast.BinaryNode:
		if operator(n) == "??" && !isLiteral(n.Left) {
			inner.resolve(&n.Left, tolerant)
			inner.resolve(&n.Right, tolerant)
			break
		}
		inner.below(n, strict)
	default:
		inner.below(*place, strict)
	}
	if inner.err != nil {
		r.fail(inner.err)
		return
	}
	for _, c := range r.program.columns {
		if inner.strict[c] {
			null := r.call(c, true)
			null.SetLocation((*place).Location())
			cond := &ast.BinaryNode{Operator: "==", Left: null, Right: &ast.NilNode{}}
			ast.Patch(place, &ast.ConditionalNode{Ternary: true, Cond: cond, Exp1: &ast.NilNode{}, Exp2: *place})
		}
	}
}

func (r *resolver) declare(n *ast.VariableDeclaratorNode, pos position) {
	if r.schema.HasField(n.Name) {
		r.fail(r.at(n, fmt.Sprintf("there is a column `%s` already", n.Name), "give the variable another name"))
		return
	}
	if pos == tolerant {
		pos = lazy
	}
	r.resolve(&n.Value, pos)
	r.scope = append(r.scope, n.Name)
	r.resolve(&n.Expr, pos)
	r.scope = r.scope[:len(r.scope)-1]
}

// environment resolves $env["name"].
func (r *resolver) environment(place *ast.Node, n *ast.MemberNode, pos position) {
	name, ok := n.Property.(*ast.StringNode)
	if !ok {
		r.fail(r.at(n, "`$env` needs the name of a column in quotes", "$env[\"Time of Posting\"]"))
		return
	}
	r.name(place, name.Value, pos)
}

// name replaces the node at a place by a read of the column.
func (r *resolver) name(place *ast.Node, name string, pos position) {
	c, err := r.column(name)
	if err != nil {
		at := *place
		if m, ok := at.(*ast.MemberNode); ok {
			at = m.Property
		}
		r.fail(r.unknown(at, name, err))
		return
	}
	if pos == strict {
		r.strict[c] = true
	}
	ast.Patch(place, r.call(c, pos == tolerant))
}

// call makes a node that reads a column. A null is an error, or nil where that
// is allowed.
func (r *resolver) call(c *column, nilAllowed bool) ast.Node {
	name, read := c.name+"\x00", c.read
	if nilAllowed {
		name, read = c.name+"\x00nil", c.readOrNil
	}
	if r.config.Functions[name] == nil {
		r.config.Functions[name] = &builtin.Function{Name: name, Func: read, Types: []reflect.Type{c.function}}
	}
	return &ast.CallNode{Callee: &ast.IdentifierNode{Value: name}}
}

// known returns the column that a function made by call reads.
func (r *resolver) known(function string) (*column, bool) {
	if r.config.Functions[function] == nil {
		return nil, false
	}
	for _, c := range r.program.columns {
		if function == c.name+"\x00" || function == c.name+"\x00nil" {
			return c, true
		}
	}
	return nil, false
}
