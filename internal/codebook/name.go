package codebook

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"icono/internal/diag"
	"icono/internal/source"
)

const (
	maxNesting = 5  // parts of a name: strict schemas of some servers end there
	maxName    = 64 // characters of a part of a name
)

// part is what a part of a name may be: a property of a strict JSON Schema that
// every server takes, and a name in expressions.
var part = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// names checks the names of the variables alone and against each other, and
// makes the columns.
func (p *parser) names(c *Codebook) {
	seen := map[string]int{}   // folded column -> index into columns
	groups := map[string]int{} // group -> last variable in it
	spelt := map[string]string{}
	for i := range c.Variables {
		name, at := c.Variables[i].Name, p.places[i].name
		if name == "" {
			continue
		}
		parts := strings.Split(name, ".")
		if !p.spelling(name, parts, at) {
			continue
		}
		twin := false
		for depth := range parts {
			prefix := strings.Join(parts[:depth+1], ".")
			if first, known := spelt[fold(prefix)]; known && first != prefix {
				p.list.Error("duplicate", at.Span, fmt.Sprintf("`%s` and `%s` differ only in case", prefix, first), "write them alike, or name one otherwise")
				twin = true
				break
			}
			spelt[fold(prefix)] = prefix
			if depth == len(parts)-1 {
				continue
			}
			if last, known := groups[prefix]; known && last != i-1 {
				p.list.Add(diag.Diagnostic{Code: "split-group", Span: at.Span, Message: fmt.Sprintf("`%s` stands apart from the rest of its group `%s`", name, prefix),
					Hint:  "move it next to them: a model answers group by group",
					Notes: []diag.Note{{Span: p.places[last].name.Span, Message: "the group ends here"}}})
			}
			groups[prefix] = i
		}
		if twin {
			continue
		}
		p.column(c, seen, Column{Variable: i, path: parts})
	}
	p.overlaps(c, groups)
}

// column adds the columns of a variable, the explanation first.
func (p *parser) column(c *Codebook, seen map[string]int, col Column) {
	at := p.places[col.Variable].name
	columns := []Column{col}
	if c.Variables[col.Variable].Explain {
		path := append([]string{}, col.path...)
		path[len(path)-1] += "_explanation"
		columns = []Column{{Variable: col.Variable, Explanation: true, path: path}, col}
	}
	for _, col := range columns {
		col.Name = strings.Join(col.path, "_")
		if twin, taken := seen[fold(col.Name)]; taken {
			first := c.columns[twin]
			message := fmt.Sprintf("the variable `%s` stands here a second time", c.Variables[col.Variable].Name)
			if one, other := c.label(first), c.label(col); one != other {
				message = fmt.Sprintf("%s and %s would have one column, `%s`", one, other, col.Name)
			}
			p.list.Add(diag.Diagnostic{Code: "duplicate", Span: at.Span, Message: message, Hint: "give one of them another name",
				Notes: []diag.Note{{Span: p.places[first.Variable].name.Span, Message: "the first stands here"}}})
			continue
		}
		seen[fold(col.Name)] = len(c.columns)
		c.columns = append(c.columns, col)
	}
}

// label names what a column holds, for messages.
func (c *Codebook) label(col Column) string {
	name := "`" + c.Variables[col.Variable].Name + "`"
	if col.Explanation {
		return "the explanation of " + name
	}
	return name
}

// spelling checks the characters and the length of a name.
func (p *parser) spelling(name string, parts []string, at *source.Node) bool {
	if len(parts) > maxNesting {
		p.list.Error("nesting", at.Span, fmt.Sprintf("`%s` has %d levels, and answers can be nested in at most %d", name, len(parts), maxNesting), "use fewer points")
		return false
	}
	for _, s := range parts {
		switch {
		case !part.MatchString(s):
			message := fmt.Sprintf("the name `%s` cannot be used in answers and tables: names are of unaccented letters, digits and _, and begin with a letter", name)
			p.list.Error("bad-name", at.Span, message, "for example `"+legal(parts)+"`")
			return false
		case len(s) > maxName:
			p.list.Error("bad-name", at.Span, fmt.Sprintf("`%s` has %d characters, and a name may have %d", s, len(s), maxName), "shorten it; `question` and `definition` can be long")
			return false
		}
	}
	return true
}

// legal makes a name that can be used of one that cannot.
func legal(parts []string) string {
	var out []string
	for _, s := range parts {
		var b strings.Builder
		for _, r := range norm.NFD.String(strings.ReplaceAll(s, "ß", "ss")) {
			switch {
			case unicode.Is(unicode.Mn, r):
			case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
				b.WriteRune(r)
			default:
				b.WriteByte('_')
			}
		}
		s = strings.Trim(b.String(), "_")
		if s != "" && !unicode.IsLetter(rune(s[0])) {
			s = "V" + s
		}
		if s != "" {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return "Variable"
	}
	return strings.Join(out, ".")
}

// overlaps refuses a variable that is a group too.
func (p *parser) overlaps(c *Codebook, groups map[string]int) {
	for i := range c.Variables {
		name := c.Variables[i].Name
		last, isGroup := groups[name]
		if !isGroup {
			continue
		}
		leaf := name[strings.LastIndexByte(name, '.')+1:]
		p.list.Add(diag.Diagnostic{Code: "overlap", Span: p.places[i].name.Span,
			Message: fmt.Sprintf("`%s` is a variable and also the group of `%s`: an answer can hold one of them only", name, c.Variables[last].Name),
			Hint:    fmt.Sprintf("put it into the group: `%s.%s`", name, leaf),
			Notes:   []diag.Note{{Span: p.places[last].name.Span, Message: "the group is used here"}}})
	}
}
