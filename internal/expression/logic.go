package expression

import (
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// logic is the and, or and not at the top of an expression, with three values.
// Rows with nulls are evaluated by it, others by the program as a whole.
type logic struct {
	op          string // and, or, not, or "" for a leaf
	left, right *logic
	code        *vm.Program // of a leaf
	strict      []*column   // whose null makes the leaf null
}

// compileLogic compiles the parts of the expression that can be null by
// themselves.
func (b *builder) compileLogic() *Error {
	tree, e := b.parse()
	if e != nil {
		return e
	}
	b.program.logic, e = b.split(tree, tree.Node)
	return e
}

func (b *builder) split(tree *parser.Tree, node ast.Node) (*logic, *Error) {
	op := operator(node)
	switch {
	case op == "and" || op == "or":
		n := node.(*ast.BinaryNode)
		left, e := b.split(tree, n.Left)
		if e != nil {
			return nil, e
		}
		right, e := b.split(tree, n.Right)
		return &logic{op: op, left: left, right: right}, e
	case isNot(node):
		left, e := b.split(tree, node.(*ast.UnaryNode).Node)
		return &logic{op: "not", left: left}, e
	}
	leaf := &parser.Tree{Node: node, Source: tree.Source}
	r := resolver{builder: b, strict: map[*column]bool{}}
	r.resolve(&leaf.Node, strict)
	if r.err != nil {
		return nil, r.err
	}
	if _, err := checker.Check(leaf, b.config); err != nil {
		return nil, b.translate(err)
	}
	code, e := b.generate(leaf)
	if e != nil {
		return nil, e
	}
	l := &logic{code: code}
	for _, c := range b.program.columns {
		if r.strict[c] {
			l.strict = append(l.strict, c)
		}
	}
	return l, nil
}

// run evaluates the current row. A null is nil.
func (l *logic) run(p *Program) (any, error) {
	switch l.op {
	case "":
		for _, c := range l.strict {
			if c.null != nil && c.null(p.row) {
				return nil, nil
			}
		}
		return p.execute(l.code)
	case "not":
		v, err := l.left.run(p)
		if b, ok := v.(bool); ok {
			return !b, err
		}
		return nil, err
	}
	decides := l.op == "or" // the value that settles it
	left, err := l.left.run(p)
	if err != nil || left == decides {
		return left, err
	}
	right, err := l.right.run(p)
	if err != nil || right == decides {
		return right, err
	}
	if left == nil || right == nil {
		return nil, nil
	}
	return !decides, nil
}
