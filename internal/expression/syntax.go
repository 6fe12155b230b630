package expression

import (
	"github.com/expr-lang/expr/ast"
)

// children returns the places of the nodes right below a node.
func children(node ast.Node) []*ast.Node {
	var out []*ast.Node
	add := func(places ...*ast.Node) {
		for _, p := range places {
			if *p != nil {
				out = append(out, p)
			}
		}
	}
	list := func(nodes []ast.Node) {
		for i := range nodes {
			add(&nodes[i])
		}
	}
	switch n := node.(type) {
	case *ast.UnaryNode:
		add(&n.Node)
	case *ast.BinaryNode:
		add(&n.Left, &n.Right)
	case *ast.ChainNode:
		add(&n.Node)
	case *ast.MemberNode:
		add(&n.Node, &n.Property)
	case *ast.SliceNode:
		add(&n.Node, &n.From, &n.To)
	case *ast.CallNode:
		add(&n.Callee)
		list(n.Arguments)
	case *ast.BuiltinNode:
		list(n.Arguments)
	case *ast.PredicateNode:
		add(&n.Node)
	case *ast.ConditionalNode:
		add(&n.Cond, &n.Exp1, &n.Exp2)
	case *ast.VariableDeclaratorNode:
		add(&n.Value, &n.Expr)
	case *ast.SequenceNode:
		list(n.Nodes)
	case *ast.ArrayNode:
		list(n.Nodes)
	case *ast.MapNode:
		list(n.Pairs)
	case *ast.PairNode:
		add(&n.Key, &n.Value)
	}
	return out
}

// isNil reports whether a node is the word nil.
func isNil(node ast.Node) bool {
	_, ok := node.(*ast.NilNode)
	return ok
}

// isLiteral reports whether a node is a value that is known now.
func isLiteral(node ast.Node) bool {
	switch node.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.StringNode, *ast.BoolNode, *ast.ConstantNode:
		return true
	}
	return false
}

// isEnv reports whether a node is the name $env.
func isEnv(node ast.Node) bool {
	n, ok := node.(*ast.IdentifierNode)
	return ok && n.Value == "$env"
}

// operator returns and, or, ??, == or another operator of a binary node, in one
// spelling, or "".
func operator(node ast.Node) string {
	b, ok := node.(*ast.BinaryNode)
	if !ok {
		return ""
	}
	switch b.Operator {
	case "&&":
		return "and"
	case "||":
		return "or"
	}
	return b.Operator
}

// isNot reports whether a node negates a condition.
func isNot(node ast.Node) bool {
	n, ok := node.(*ast.UnaryNode)
	return ok && (n.Operator == "!" || n.Operator == "not")
}
