package expression

import (
	"maps"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/expr-lang/expr/ast"
)

// Literal is a text in quotes in an expression.
type Literal struct {
	// Start and End are byte offsets into the source, of the quotes too.
	Start, End int
	Value      string
	// With are the columns that the text is compared with by ==, in, startsWith and the
	// like, sorted; none for other texts, such as names of columns and arguments.
	With []string
}

// Literals are the texts in quotes in an expression, in order. There are none of what is
// no expression.
func Literals(src string) []Literal {
	literals, _ := looked(src)
	return literals
}

// Sources are the columns that the value of an expression is made from, sorted: not those
// that only decide which value it is, and none of a truth value. There are none of what is
// no expression.
func Sources(src string) []string {
	_, of := looked(src)
	return of
}

func looked(src string) (literals []Literal, sources []string) {
	if len(src) > maxSource {
		return nil, nil
	}
	b := &builder{src: src, schema: arrow.NewSchema(nil, nil), program: &Program{src: src}, byName: map[string]*column{}}
	defer func() {
		if recover() != nil { // what the library cannot take is no expression
			literals, sources = nil, nil
		}
	}()
	tree, e := b.parse()
	if e != nil {
		return nil, nil
	}
	l := looking{builder: b, with: map[ast.Node][]string{}, scope: map[string][]string{}}
	sources = l.look(tree.Node)
	for _, n := range l.texts {
		start, end := byteOffset(src, n.Location().From), byteOffset(src, n.Location().To)
		if start < end && strings.ContainsRune("\"'`", rune(src[start])) { // else the name of a member
			literals = append(literals, Literal{start, end, n.Value, l.with[n]})
		}
	}
	slices.SortFunc(literals, func(a, b Literal) int { return a.Start - b.Start })
	return slices.CompactFunc(literals, func(a, b Literal) bool { return a.Start == b.Start }), sources
}

// looking goes through an expression.
type looking struct {
	*builder
	texts []*ast.StringNode
	with  map[ast.Node][]string
	scope map[string][]string // of variables what they were read from
	item  []string            // what the items of the list are read from that is looked through
}

// look returns the columns that the value of a node is made from, sorted.
func (l *looking) look(node ast.Node) []string {
	switch n := node.(type) {
	case *ast.StringNode:
		l.texts = append(l.texts, n)
		return nil
	case *ast.IdentifierNode:
		if from, is := l.scope[n.Value]; is {
			return from
		}
		if isEnv(n) {
			return nil
		}
		return []string{n.Value}
	case *ast.PointerNode:
		return l.item
	case *ast.MemberNode:
		if name, is := n.Property.(*ast.StringNode); is && isEnv(n.Node) {
			l.texts = append(l.texts, name)
			return []string{name.Value}
		}
	case *ast.VariableDeclaratorNode:
		before := maps.Clone(l.scope)
		l.scope[n.Name] = l.look(n.Value)
		reads := merged(l.scope[n.Name], l.look(n.Expr))
		l.scope = before
		return reads
	case *ast.ConditionalNode:
		l.look(n.Cond)
		return merged(l.look(n.Exp1), l.look(n.Exp2))
	case *ast.UnaryNode:
		from := l.look(n.Node)
		if n.Operator == "not" || n.Operator == "!" {
			return nil
		}
		return from
	case *ast.BinaryNode:
		left, right := l.look(n.Left), l.look(n.Right)
		if slices.Contains([]string{"==", "!=", "in", "contains", "startsWith", "endsWith", "matches", "<", "<=", ">", ">="}, n.Operator) {
			l.compare(n.Left, right)
			l.compare(n.Right, left)
			return nil
		}
		if slices.Contains([]string{"and", "&&", "or", "||"}, n.Operator) {
			return nil
		}
		return merged(left, right)
	case *ast.BuiltinNode:
		return l.call(n)
	}
	var reads []string
	for _, child := range children(node) {
		reads = merged(reads, l.look(*child))
	}
	return reads
}

// call looks at a function of the language.
func (l *looking) call(n *ast.BuiltinNode) (reads []string) {
	before := l.item
	for i, a := range n.Arguments {
		if _, through := a.(*ast.PredicateNode); through {
			l.item = reads
		}
		found := l.look(a)
		if i == 1 && slices.Contains([]string{"indexOf", "lastIndexOf", "hasPrefix", "hasSuffix"}, n.Name) {
			l.compare(a, reads)
		}
		reads = merged(reads, found)
	}
	l.item = before
	return reads
}

// compare notes that the texts which a node can be are compared with columns.
func (l *looking) compare(node ast.Node, with []string) {
	switch n := node.(type) {
	case *ast.StringNode:
		l.with[n] = merged(l.with[n], with)
	case *ast.ConditionalNode:
		l.compare(n.Exp1, with)
		l.compare(n.Exp2, with)
	case *ast.ArrayNode, *ast.MapNode, *ast.BinaryNode:
		for _, child := range children(n) {
			l.compare(*child, with)
		}
	case *ast.PairNode:
		l.compare(n.Key, with)
	}
}

func merged(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}
