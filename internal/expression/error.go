package expression

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"

	"icono/internal/columns"
	"icono/internal/stage"
	"icono/internal/suggest"
)

// Error is a fault of an expression.
type Error struct {
	// Start and End are byte offsets into the source.
	Start, End int
	// Message says what is wrong, Hint what would be right; it may be empty.
	Message, Hint string
}

// Error gives message and hint on one line.
func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + " (" + e.Hint + ")"
}

// OptionError says that the option at path holds an expression with a fault.
// An error that is no *Error is about the whole option.
func OptionError(path []string, err error) *stage.OptionError {
	var e *Error
	if !errors.As(err, &e) {
		return &stage.OptionError{Path: path, Message: err.Error()}
	}
	return &stage.OptionError{Path: path, Start: e.Start, End: e.End, Message: e.Message, Hint: e.Hint}
}

// all is an error of the whole expression.
func (b *builder) all(message, hint string) *Error {
	return &Error{0, len(b.src), message, hint}
}

// at is an error at a node.
func (b *builder) at(n ast.Node, message, hint string) *Error {
	return b.located(n.Location(), message, hint)
}

func (b *builder) located(l file.Location, message, hint string) *Error {
	start := byteOffset(b.src, l.From)
	end := max(start, byteOffset(b.src, l.To))
	if end == start && end < len(b.src) {
		_, size := utf8.DecodeRuneInString(b.src[start:])
		end += size
	}
	return &Error{start, end, message, hint}
}

// byteOffset turns a count of characters into one of bytes.
func byteOffset(s string, chars int) int {
	for i := range s {
		if chars <= 0 {
			return i
		}
		chars--
	}
	return len(s)
}

// unknown is the error of a name that is no column, or one that expressions
// cannot read.
func (b *builder) unknown(n ast.Node, name string, why error) *Error {
	if !errors.Is(why, errUnknown) {
		return b.at(n, fmt.Sprintf("expressions cannot read the column `%s`: %s", name, why), "")
	}
	if name == "$env" {
		return b.at(n, "`$env` needs the name of a column in quotes", "$env[\"Time of Posting\"]")
	}
	if right := otherWord(name); right != "" {
		return b.at(n, fmt.Sprintf("there is no column `%s`", name), fmt.Sprintf("did you mean `%s`?", right))
	}
	return b.at(n, fmt.Sprintf("there is no column `%s`", name), b.nearest(name))
}

// nearest hints at the column that a word was meant to be, in the form that an
// expression needs.
func (b *builder) nearest(word string) string {
	if quoted := b.unquoted(); quoted != "" {
		return quoted
	}
	names := columns.Names(b.schema)
	if near := suggest.Nearest(word, names); near != "" {
		return fmt.Sprintf("did you mean `%s`?", form(near))
	}
	if len(names) == 0 || len(names) > 24 {
		return "text stands in quotes: \"" + word + "\""
	}
	for i, n := range names {
		names[i] = "`" + form(n) + "`"
	}
	return "there is " + strings.Join(names, ", ") + "; text stands in quotes: \"" + word + "\""
}

// unquoted hints at a column whose name stands in the source as it is, though
// it is no identifier.
func (b *builder) unquoted() string {
	best := ""
	for _, name := range columns.Names(b.schema) {
		if f := form(name); f != name && len(name) > len(best) && strings.Contains(b.src, name) && !strings.Contains(b.src, f) {
			best = name
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("write `%s` as `%s`", best, form(best))
}

// form returns the way an expression names a column.
func form(name string) string {
	for i, r := range name {
		letter := r == '_' || r == '$' || unicode.IsLetter(r)
		if !letter && (i == 0 || !unicode.IsDigit(r)) {
			return fmt.Sprintf("$env[%q]", name)
		}
	}
	if name == "" || keyword(name) {
		return fmt.Sprintf("$env[%q]", name)
	}
	return name
}
