// Package expression compiles and evaluates expressions over the columns of
// Arrow records. It is the only package that uses expr-lang/expr.
//
// A column is named as it is (`Likes`), or as `$env["Time of Posting"]` where
// its name is no identifier. Integers are int, other numbers float64 (`n / 0`
// is +Inf), text is string, dates and timestamps are times that compare with
// `date("2021-09-01")`, lists
// are lists, without the nulls in them.
//
// Nulls follow SQL: what is computed from a null is null. `and`, `or` and
// `not` at the top of an expression know three values, so `x > 1 or y > 1` is
// true where x is null and y is 2. `??`, `== nil` and `!= nil` handle nulls,
// and of `a ? b : c` only the branch taken matters.
package expression

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/optimizer"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
)

// Want says what an expression must give.
type Want int

// What can be wanted.
const (
	Any     Want = iota // any type that a column can have
	Boolean             // true or false
	Text                // text
)

// Bounds of what is compiled: they keep the recursion of the compiler flat.
const (
	maxSource = 1 << 16 // bytes
	maxNodes  = 10_000
)

// Program is a compiled expression. It holds the state of its evaluation, so it
// is not for concurrent use: compile one for each goroutine.
type Program struct {
	src     string
	typ     arrow.DataType
	columns []*column // in order of first appearance
	row     int
	machine vm.VM
	whole   *vm.Program
	logic   *logic // nil where whole says it all
	keep    []bool
	valid   []bool
}

// Compile compiles an expression over rows of the schema. The error is an
// *Error.
func Compile(src string, schema *arrow.Schema, want Want) (p *Program, err error) {
	b := &builder{src: src, schema: schema, program: &Program{src: src}, byName: map[string]*column{}}
	defer func() {
		if v := recover(); v != nil {
			p, err = nil, b.all("this expression cannot be compiled", fmt.Sprint(v))
		}
	}()
	switch {
	case strings.TrimSpace(src) == "":
		return nil, b.all("the expression is empty", "")
	case len(src) > maxSource:
		return nil, b.all(fmt.Sprintf("the expression is longer than %d bytes", maxSource), "compute part of it in a column with `derive` of a stage of kind `select`")
	}
	if e := b.compile(want); e != nil {
		return nil, e
	}
	return b.program, nil
}

// Columns returns the names of the columns that the expression reads, in the
// order of their first appearance.
func (p *Program) Columns() []string {
	names := make([]string, len(p.columns))
	for i, c := range p.columns {
		names[i] = c.name
	}
	return names
}

// Type returns the type of Array's result.
func (p *Program) Type() arrow.DataType { return p.typ }

// builder compiles one expression.
type builder struct {
	src     string
	schema  *arrow.Schema
	program *Program
	byName  map[string]*column
	config  *conf.Config
}

func (b *builder) compile(want Want) *Error {
	tree, e := b.parse()
	if e != nil {
		return e
	}
	r := resolver{builder: b, strict: map[*column]bool{}}
	r.resolve(&tree.Node, strict)
	if r.err != nil {
		return r.err
	}
	if _, err := checker.Check(tree, b.config); err != nil {
		return b.translate(err)
	}
	if e := b.result(tree.Node, want); e != nil {
		return e
	}
	if b.program.whole, e = b.generate(tree); e != nil {
		return e
	}
	return b.compileLogic()
}

// parse reads the source into a tree whose names are not resolved yet.
func (b *builder) parse() (*parser.Tree, *Error) {
	if b.config == nil {
		b.config = conf.New(types.Map{})
		for _, name := range disabled() {
			b.config.Disabled[name] = true
			delete(b.config.Builtins, name)
		}
	}
	tree, err := parser.ParseWithConfig(b.src, b.config)
	if err != nil {
		return nil, b.translate(err)
	}
	count := counter{}
	if !count.fits(tree.Node) {
		return nil, b.all("the expression is too large or too deeply nested", "")
	}
	return tree, nil
}

// generate makes code of a tree that has been checked.
func (b *builder) generate(tree *parser.Tree) (*vm.Program, *Error) {
	if err := optimizer.Optimize(&tree.Node, b.config); err != nil {
		return nil, b.translate(err)
	}
	code, err := compiler.Compile(tree, b.config)
	if err != nil {
		return nil, b.translate(err)
	}
	return code, nil
}

// counter bounds the nodes of a tree. A chain of comparisons holds its middle
// terms twice, so that nesting can double them at every level.
type counter struct{ n int }

func (c *counter) fits(node ast.Node) bool {
	c.n++
	if c.n > 2*maxNodes {
		return false
	}
	for _, child := range children(node) {
		if !c.fits(*child) {
			return false
		}
	}
	return true
}
