package expression

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/expr-lang/expr/file"
)

// Messages of the library that are worded anew.
var (
	mismatchedTypes = regexp.MustCompile(`^invalid operation: (\S+) \(mismatched types (.+) and (.+)\)$`)
	mismatchedType  = regexp.MustCompile(`^invalid operation: (\S+) \(mismatched type (.+)\)$`)
	unexpected      = regexp.MustCompile(`^unexpected token (\w+)(?:\("?(.*?)"?\))?$`)
	goTypes         = regexp.MustCompile(`\[\](?:string|int|float64|bool|interface \{\}|any)|\b(?:string|int|float64|bool|time\.(?:Time|Duration|Weekday|Month)|nil)\b|<nil>`)
)

// translate makes an Error of an error of the library.
func (b *builder) translate(err error) *Error {
	var f *file.Error
	if !errors.As(err, &f) {
		return b.all(plain(firstLine(err.Error())), "")
	}
	e := b.located(f.Location, "", "")
	if m := mismatchedTypes.FindStringSubmatch(f.Message); m != nil {
		e.Message = fmt.Sprintf("`%s` does not work on %s and %s", m[1], words(m[2]), words(m[3]))
		e.Hint = mismatchHint(m[1], m[2], m[3])
	} else if m := mismatchedType.FindStringSubmatch(f.Message); m != nil {
		e.Message = fmt.Sprintf("`%s` does not work on %s", m[1], words(m[2]))
	} else if m := unexpected.FindStringSubmatch(f.Message); m != nil {
		e.Message, e.Hint = b.surprise(m[1], m[2])
		if m[1] == "EOF" {
			e.Start, e.End = len(b.src), len(b.src)
		}
	} else if f.Message == "literal not terminated" {
		e.Message, e.Hint = "a text has no closing quote", ""
	} else {
		e.Message = plain(f.Message)
	}
	return e
}

// surprise words a syntax error at a token.
func (b *builder) surprise(kind, text string) (message, hint string) {
	if kind == "EOF" {
		return "the expression ends too early", b.unquoted()
	}
	message = fmt.Sprintf("`%s` does not belong here", text)
	switch right := otherWord(text); {
	case text == "=":
		return "`=` is no comparison", "write `==`"
	case text == ">" && strings.Contains(b.src, "<>"):
		return "`<>` is no comparison here", "write `!=`"
	case right != "":
		return message, fmt.Sprintf("did you mean `%s`?", right)
	}
	return message, b.unquoted()
}

// otherWord returns the word of this language for one of SQL, R or Python.
func otherWord(word string) string {
	switch strings.ToUpper(word) {
	case "AND", "&":
		return "and"
	case "OR", "|":
		return "or"
	case "NOT", "~":
		return "not"
	case "<>":
		return "!="
	case "NULL", "NONE", "NA", "NAN":
		return "nil"
	case "TRUE", "FALSE":
		return strings.ToLower(word)
	case "IS":
		return "=="
	case "LIKE", "ILIKE":
		return "contains"
	case "IN":
		return "in"
	case "~=", "=~", "%IN%":
		return "matches"
	}
	return ""
}

func mismatchHint(op, left, right string) string {
	either := func(a, b string) bool { return left == a && right == b || left == b && right == a }
	number := func(t string) bool { return t == "int" || t == "float64" }
	switch {
	case op == "and" || op == "or" || op == "&&" || op == "||":
		return "both sides must be conditions, such as `Likes > 10`"
	case either("string", "time.Time"):
		return "make a date of the text: `date(\"2021-09-26\")`"
	case left == "time.Weekday" || right == "time.Weekday":
		return "`int(...)` makes it a number (Sunday is 0), `string(...)` its name (\"Sunday\")"
	case left == "time.Month" || right == "time.Month":
		return "`int(...)` makes it a number (January is 1), `string(...)` its name (\"January\")"
	case either("string", "bool"):
		return "true and false stand without quotes"
	case op == "in" && right == "string":
		return "`contains` looks for text in text: `Caption contains \"vote\"`"
	case left == "string" && number(right) || number(left) && right == "string":
		if op == "+" {
			return "`string(...)` makes text of a number"
		}
		return "put the number in quotes, or make a number of the text: `int(...)`"
	case strings.HasPrefix(left, "[]") && (op == "contains" || op == "=="):
		return "`\"x\" in Tags` looks for a value in a list"
	}
	return ""
}

// words names a type of the library in plain words.
func words(t string) string {
	switch t {
	case "string":
		return "text"
	case "int":
		return "a whole number"
	case "float64":
		return "a number"
	case "bool":
		return "true or false"
	case "time.Time":
		return "a date"
	case "time.Duration":
		return "a span of time"
	case "time.Weekday":
		return "a day of the week"
	case "time.Month":
		return "a month"
	case "nil", "<nil>":
		return "null"
	case "interface {}", "any", "unknown":
		return "something of unknown type"
	}
	if elem, ok := strings.CutPrefix(t, "[]"); ok {
		return "a list of " + words(elem)
	}
	return t
}

// plain replaces the types in a message of the library.
func plain(message string) string {
	return strings.TrimSpace(goTypes.ReplaceAllStringFunc(message, words))
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// word names the type of an expression's result in plain words.
func word(t arrow.DataType) string {
	switch t.ID() {
	case arrow.BOOL:
		return "true or false"
	case arrow.INT64:
		return "a whole number"
	case arrow.FLOAT64:
		return "a number"
	case arrow.STRING:
		return "text"
	case arrow.TIMESTAMP:
		return "a date"
	case arrow.LIST:
		return "a list"
	}
	return t.String()
}

// keyword reports whether a word is part of the language, so that a column
// with its name must be quoted.
func keyword(name string) bool {
	switch name {
	case "and", "or", "not", "in", "let", "if", "else", "true", "false", "nil", "matches", "contains", "startsWith", "endsWith", "$env":
		return true
	}
	return false
}
