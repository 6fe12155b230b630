package bundle

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"icono/internal/pseudonym"
	"icono/internal/source"
)

// spot is a scalar of a YAML file: the names of the entries that it stands in, "" for
// places in lists, and whether it is the name of an entry itself.
type spot struct {
	*source.Node
	path []string
	key  bool
	flow bool // it stands in brackets or braces
}

// entry is the name of the entry that a spot is the value of, or stands in a list of.
func (s spot) entry() string {
	for _, name := range slices.Backward(s.path) {
		if name != "" {
			return name
		}
	}
	return ""
}

// rewriteYAML returns the text of a YAML file with what change makes of the decoded text
// of each scalar. What else stands there stays: the styles of scalars where they can hold
// the new text, white space, and comments, in which names and addresses are replaced.
func rewriteYAML(f *source.File, names *pseudonym.Names, change func(spot) string) string {
	root, _ := source.Parse(f)
	if root == nil {
		return remarks(f.Text, names)
	}
	var edits []edit
	each(root, nil, false, func(s spot) {
		start, end := extent(f.Text, s.Node)
		if start < end {
			edits = append(edits, edit{start, end, respelled(f.Text[start:end], s, names, change)})
		}
	})
	slices.SortFunc(edits, func(a, b edit) int { return a.start - b.start })
	var b strings.Builder
	at := 0
	for _, e := range edits {
		if e.start < at {
			continue // an alias has the same place
		}
		b.WriteString(remarks(f.Text[at:e.start], names))
		b.WriteString(e.text)
		at = e.end
	}
	b.WriteString(remarks(f.Text[at:], names))
	return b.String()
}

// each calls for each scalar of a node.
func each(n *source.Node, path []string, flow bool, call func(spot)) {
	if n == nil {
		return
	}
	if n.Form == source.Scalar {
		call(spot{Node: n, path: path, flow: flow})
		return
	}
	if at := n.Span.Start; at < len(n.Span.File.Text) {
		flow = flow || strings.IndexByte("[{", n.Span.File.Text[at]) >= 0
	}
	for _, item := range n.Items {
		each(item, append(slices.Clip(path), ""), flow, call)
	}
	for _, field := range n.Fields {
		call(spot{field.Key, path, true, flow})
		each(field.Value, append(slices.Clip(path), field.Key.Text), flow, call)
	}
}

// extent is the range of the bytes of a scalar, without tags and anchors; it is empty
// where nothing stands there.
func extent(text string, n *source.Node) (start, end int) {
	start = n.Span.Start
	for start < len(text) && (text[start] == '&' || text[start] == '!') {
		start += strings.IndexFunc(text[start:]+" ", unicode.IsSpace)
		start += len(text[start:]) - len(strings.TrimLeftFunc(text[start:], unicode.IsSpace))
	}
	if start >= len(text) || text[start] == '*' {
		return start, start
	}
	if !n.Plain && (text[start] == '"' || text[start] == '\'') {
		return n.Span.Start, n.Span.End
	}
	end = start
	if !n.Plain { // a block: its head has a line of its own
		end = start + strings.IndexByte(text[start:]+"\n", '\n')
	}
	for _, r := range n.Text { // line ends and white space may stand there otherwise
		if unicode.IsSpace(r) {
			continue
		}
		end += len(text[end:]) - len(strings.TrimLeftFunc(text[end:], unicode.IsSpace))
		if found, size := utf8.DecodeRuneInString(text[end:]); found == r {
			end += size
			continue
		}
		return start, start
	}
	return start, end
}

// respelled is a scalar with its new text: as it is written, where it is read as that,
// else in quotes.
func respelled(raw string, s spot, names *pseudonym.Names, change func(spot) string) string {
	head, body, want := "", raw, change(s)
	if !s.Plain && (raw[0] == '|' || raw[0] == '>') {
		end := strings.IndexByte(raw+"\n", '\n')
		head, body = remarks(raw[:end], names), raw[end:]
	}
	if want == s.Text {
		return head + body
	}
	inner := *s.Node
	inner.Text = body
	same := spot{&inner, s.path, s.key, s.flow}
	if now := head + change(same); readAs(now, want, s) {
		return now
	}
	if single := "'" + strings.ReplaceAll(want, "'", "''") + "'"; (s.Plain || raw[0] == '\'') && readAs(single, want, s) {
		return single
	}
	return quoted(want)
}

// readAs reports whether a scalar that is written so in the place of another is read as a
// text.
func readAs(raw, want string, s spot) bool {
	text := "k: " + raw + "\n"
	switch {
	case s.key && s.flow:
		text = "{" + raw + ": 1}\n"
	case s.key:
		text = raw + ": 1\n"
	case s.flow:
		text = "[" + raw + "]\n"
	}
	root, faults := source.Parse(source.NewFile("", text))
	if root == nil || len(faults) > 0 {
		return false
	}
	var n *source.Node
	switch {
	case s.key && len(root.Fields) == 1:
		n = root.Fields[0].Key
	case s.flow && len(root.Items) == 1:
		n = root.Items[0]
	default:
		n = root.Get("k")
	}
	return n != nil && n.Form == source.Scalar && n.Text == want && (n.Tag == s.Tag || n.Tag == "!!str")
}

// comment is what a comment begins with, and the rest of its line.
var comment = regexp.MustCompile(`(?m)(^|[ \t])(#+)(.*)$`)

// remarks replaces what names somebody in what stands between the scalars of a YAML file:
// comments, and names of anchors. A name may stand over the end of a line of comments.
func remarks(text string, names *pseudonym.Names) string {
	var out, prose strings.Builder
	before := "" // of each line of the comments that are gathered
	flush := func() {
		if prose.Len() == 0 {
			return
		}
		for line := range strings.Lines(names.Written(prose.String())) {
			out.WriteString(before + line)
		}
		prose.Reset()
	}
	for line := range strings.Lines(text) {
		m := comment.FindStringSubmatchIndex(line)
		if m == nil || strings.Contains(line, "yaml-language-server:") {
			flush()
			out.WriteString(names.Text(line))
			continue
		}
		head := line[:m[5]]
		if alone := strings.TrimLeft(line[:m[3]], " \t") == ""; !alone || head != before {
			flush()
			before = head
			if !alone {
				out.WriteString(names.Text(line[:m[4]]) + line[m[4]:m[5]] + names.Written(line[m[5]:]))
				before = ""
				continue
			}
		}
		prose.WriteString(line[m[5]:])
	}
	flush()
	return out.String()
}

// quoted writes a text in double quotes, as YAML and JSON have it.
func quoted(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // texts always encode
	return strings.TrimSuffix(b.String(), "\n")
}
