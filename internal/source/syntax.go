package source

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	lineOf       = regexp.MustCompile(`line (\d+): `)
	anchorOf     = regexp.MustCompile(`unknown anchor '(.*)' referenced`)
	noSpace      = regexp.MustCompile(`^\s*(?:- )?[A-Za-z_]+(:)[^\s:/\\]`)
	bareQuestion = regexp.MustCompile(`\?[,}\]]`)
	unescaped    = regexp.MustCompile(`"[^"]*\\`)
)

// syntaxError words an error of the library, whose place is a line at best.
func syntaxError(f *File, err error) *SyntaxError {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if m := lineOf.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = strings.Replace(text, m[0], "", 1)
	}
	if strings.TrimSpace(f.Line(line)) == "" && line > 1 {
		line--
	}
	content := f.Line(line)
	switch {
	case strings.Contains(text, "cannot start any token") && strings.Contains(content, "\t"):
		return f.syntax(line, "a tab where YAML wants spaces", "indent with spaces")
	case strings.Contains(text, "mapping values are not allowed"):
		return f.misplacedKey(line)
	case strings.Contains(text, "did not find expected key"):
		return f.syntax(line, "not YAML: no `key: value` stands where one is expected", "look at the indentation here and in the lines around")
	case strings.Contains(text, "did not find expected '-' indicator"):
		return f.syntax(line, "not YAML: the list that begins here is broken off", "look at the indentation below: each entry begins with `- `, and its other lines stand in one column with what follows the dash")
	case strings.Contains(text, "found unexpected end of stream"):
		return f.syntax(line, "not YAML: a quote that opens here is never closed", "close it in the same line")
	case strings.Contains(text, "unknown escape character") && unescaped.MatchString(content):
		return f.syntax(line, "not YAML: in double quotes a backslash begins an escape", "write the path with /, or put it in single quotes")
	}
	if strings.Contains(text, "did not find expected ','") {
		// The library gives up at a bare ? before a comma, some lines early.
		for n := line; n <= line+3; n++ {
			if m := bareQuestion.FindStringIndex(f.Line(n)); m != nil {
				return &SyntaxError{f.At(f.Offset(Position{n, 1})+m[0], 1), "not YAML here: text between braces cannot end in a bare ?", "put the whole text in quotes"}
			}
		}
	}
	if m := anchorOf.FindStringSubmatch(text); m != nil {
		if at := strings.Index(f.Text, "*"+m[1]); at >= 0 {
			return &SyntaxError{f.At(at, len(m[1])+1), "there is no anchor &" + m[1] + " that *" + m[1] + " could stand for", "put text that begins with * in quotes"}
		}
	}
	return f.syntax(line, "not YAML: "+text, "")
}

// misplacedKey words the second colon of a line, or the key in a place of its
// own, most often for want of a space after the colon of the line above.
func (f *File) misplacedKey(line int) *SyntaxError {
	if above := noSpace.FindStringSubmatchIndex(f.Line(line - 1)); above != nil {
		start := f.Offset(Position{line - 1, 1})
		return &SyntaxError{f.At(start+above[2], 1), "not YAML: a colon needs a space after it to end a key", "write `key: value`"}
	}
	return f.syntax(line, "not YAML: a `key: value` stands where none is expected", "a value that holds `: ` needs quotes, and a key must stand in line with its neighbours")
}

// syntax places an error on the content of a line.
func (f *File) syntax(line int, message, hint string) *SyntaxError {
	content := f.Line(line)
	indent := len(content) - len(strings.TrimLeft(content, " "))
	start := f.Offset(Position{line, 1}) + indent
	return &SyntaxError{f.At(start, len(strings.TrimSpace(content))), message, hint}
}
