package source

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// maxNodes bounds what aliases can make of a file.
const maxNodes = 200_000

// SyntaxError is a fault of the YAML text itself.
type SyntaxError struct {
	Span          Span
	Message, Hint string
}

// Error gives the message without the place.
func (e *SyntaxError) Error() string { return e.Message }

// Parse reads the one document of a file. Errors are *SyntaxError; the node is
// nil only where the text is no YAML at all.
func Parse(f *File) (*Node, []*SyntaxError) {
	if !utf8.ValidString(f.Text) {
		at := strings.IndexRune(f.Text, utf8.RuneError)
		for i, r := range f.Text {
			if r == utf8.RuneError {
				at = i
				break
			}
		}
		return nil, []*SyntaxError{{f.At(max(at, 0), 1), "the file is not UTF-8 text", "save it with the encoding UTF-8"}}
	}
	d := yaml.NewDecoder(strings.NewReader(f.Text))
	var doc yaml.Node
	if err := decode(d, &doc); err != nil {
		if errors.Is(err, io.EOF) {
			what := "the file is empty"
			if strings.TrimSpace(f.Text) != "" {
				what = "the file holds only comments"
			}
			return nil, []*SyntaxError{{f.At(0, 0), what, "`icono init` writes one to start from"}}
		}
		return nil, []*SyntaxError{syntaxError(f, err)}
	}
	p := parser{file: f}
	root := p.node(doc.Content[0], nil)
	var next yaml.Node
	if err := decode(d, &next); err == nil {
		p.fault(p.span(&next), "a second document in the file", "one file holds one pipeline: remove the line `---` and what follows")
	} else if !errors.Is(err, io.EOF) {
		p.faults = append(p.faults, syntaxError(f, err))
	}
	return root, p.faults
}

// decode is Decode that turns the library's panics into errors.
func decode(d *yaml.Decoder, n *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	return d.Decode(n)
}

type parser struct {
	file   *File
	faults []*SyntaxError
	nodes  int
}

func (p *parser) fault(at Span, message, hint string) {
	p.faults = append(p.faults, &SyntaxError{at, message, hint})
}

func (p *parser) node(y *yaml.Node, open []*yaml.Node) *Node {
	p.nodes++
	if p.nodes == maxNodes {
		p.fault(p.span(y), "too many values: aliases (*name) multiply them", "write the values out")
	}
	if p.nodes >= maxNodes {
		return &Node{Tag: "!!null", Span: p.span(y)}
	}
	n := &Node{Tag: y.ShortTag(), Text: y.Value, Span: p.span(y)}
	switch y.Kind {
	case yaml.AliasNode:
		for _, o := range open {
			if o == y.Alias {
				p.fault(p.span(y), "the alias *"+y.Value+" contains itself", "")
				return &Node{Tag: "!!null", Span: p.span(y)}
			}
		}
		target := p.node(y.Alias, open)
		target.Span = p.span(y)
		target.alias = true
		return target
	case yaml.SequenceNode:
		n.Form = Sequence
		for _, item := range y.Content {
			n.Items = append(n.Items, p.node(item, append(open, y)))
		}
	case yaml.MappingNode:
		n.Form = Mapping
		p.mapping(n, y, append(open, y))
	default:
		n.Plain = y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
		n.block = y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || strings.Contains(y.Value, "\n")
	}
	if y.Kind != yaml.ScalarNode && len(y.Content) > 0 {
		if last := n.lastSpan(); last.End > n.Span.End {
			n.Span.End = last.End
		}
	}
	return n
}

func (n *Node) lastSpan() Span {
	if n.Form == Sequence && len(n.Items) > 0 {
		return n.Items[len(n.Items)-1].Span
	}
	if n.Form == Mapping && len(n.Fields) > 0 {
		return n.Fields[len(n.Fields)-1].Value.Span
	}
	return n.Span
}

func (p *parser) mapping(n *Node, y *yaml.Node, open []*yaml.Node) {
	seen := map[string]Span{}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := p.node(y.Content[i], open)
		switch {
		case key.Form != Scalar:
			p.fault(key.Span, "a key must be a word, not "+key.Describe(), "")
			continue
		case key.Text == "<<" && key.Tag == "!!merge":
			p.fault(key.Span, "merge keys (<<) are not supported", "write the entries out, or use an alias for a whole value")
			continue
		}
		if first, twice := seen[key.Text]; twice {
			p.fault(key.Span, fmt.Sprintf("the key %q stands here a second time (first in line %d)", key.Text,
				p.file.Position(first.Start).Line), "keep one of them")
			continue
		}
		seen[key.Text] = key.Span
		n.Fields = append(n.Fields, Field{key, p.node(y.Content[i+1], open)})
	}
}

// span finds the bytes of a node; the library gives only its start.
func (p *parser) span(y *yaml.Node) Span {
	start := p.file.Offset(Position{y.Line, y.Column})
	text := p.file.Text
	end := start
	switch {
	case y.Kind == yaml.AliasNode:
		end = start + len(y.Value) + 1
	case y.Kind != yaml.ScalarNode:
		end = start
	case y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		start, end = quoted(text, start)
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		end = start + len(p.file.Line(y.Line)) - (start - p.file.Offset(Position{y.Line, 1}))
	default:
		if strings.HasPrefix(text[min(start, len(text)):], y.Value) {
			end = start + len(y.Value)
		} else {
			line := text[:max(start, p.file.Offset(Position{y.Line + 1, 1}))]
			end = start + len(strings.TrimSpace(line[min(start, len(line)):]))
		}
	}
	return Span{p.file, min(start, len(text)), min(max(end, start), len(text))}
}

// quoted returns the range of a quoted scalar that starts at or after start
// (a tag or an anchor may stand before it).
func quoted(text string, start int) (int, int) {
	at := start
	for at < len(text) && text[at] != '"' && text[at] != '\'' {
		at++
	}
	if at == len(text) {
		return start, start
	}
	quote := text[at]
	for i := at + 1; i < len(text); i++ {
		switch {
		case quote == '"' && text[i] == '\\':
			i++
		case text[i] == quote && quote == '\'' && i+1 < len(text) && text[i+1] == '\'':
			i++
		case text[i] == quote:
			return at, i + 1
		}
	}
	return at, len(text)
}

// Value parses the text of one value as it would stand after `key:`, for
// values given on a command line. The spans point into a file of its own.
func Value(name, text string) (*Node, error) {
	f := NewFile(name, text)
	if strings.TrimSpace(text) == "" {
		return &Node{Tag: "!!str", Span: f.At(0, len(text))}, nil
	}
	n, faults := Parse(f)
	if len(faults) > 0 {
		return nil, faults[0]
	}
	return n, nil
}
