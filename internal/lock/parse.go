package lock

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"icono/internal/diag"
	"icono/internal/source"
)

const renew = "`icono run` writes it anew"

var (
	conflict = regexp.MustCompile(`(?m)^(<{7}|={7}|>{7}|\|{7})( |$)`)
	sumForm  = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
)

// Parse reads a lock file. The error is a *diag.Faults, with the places of what is
// wrong.
func Parse(f *source.File) (*File, error) {
	var list diag.List
	if at := conflict.FindStringIndex(f.Text); at != nil {
		list.Error("lock", f.At(at[0], at[1]-at[0]), "the lock was left with conflicts by a merge", "take either side, then "+renew)
		return nil, &diag.Faults{List: list.Sorted()}
	}
	root, faults := source.Parse(f)
	for _, fault := range faults {
		list.Error("lock", fault.Span, "the lock cannot be read: "+fault.Message, renew)
	}
	p := &parser{list: &list}
	out := p.file(root, f)
	if list.HasErrors() {
		return nil, &diag.Faults{List: list.Sorted()}
	}
	if want := string(out.Bytes()); want != f.Text {
		at := 0
		for at < len(want) && at < len(f.Text) && want[at] == f.Text[at] {
			at++
		}
		if strings.Contains(f.Text, "\r\n") {
			list.Error("lock", f.At(at, 1), "the line ends of the lock were changed to those of Windows", "git did that: put the line `* -text` into .gitattributes, and check the files out anew")
			return nil, &diag.Faults{List: list.Sorted()}
		}
		list.Error("lock", f.At(at, 1), "the lock was not written like this by icono", renew)
		return nil, &diag.Faults{List: list.Sorted()}
	}
	return out, nil
}

type parser struct{ list *diag.List }

func (p *parser) wrong(n *source.Node, want string) {
	p.list.Error("lock", n.Span, "the lock has "+n.Describe()+" where "+want+" is wanted", renew)
}

// each calls read for the entries of a mapping, and reports those that it does not
// know.
func (p *parser) each(n *source.Node, read func(name string, v *source.Node) bool) {
	if n == nil {
		return
	}
	if n.Form != source.Mapping {
		p.wrong(n, "a mapping")
		return
	}
	for _, f := range n.Fields {
		if !read(f.Key.Text, f.Value) {
			p.list.Error("lock", f.Key.Span, fmt.Sprintf("the lock has no entry `%s` here", f.Key.Text), "it may be of a later version of icono; "+renew)
		}
	}
}

func (p *parser) text(n *source.Node) string {
	if n.Form != source.Scalar || n.Tag != "!!str" {
		p.wrong(n, "text")
	}
	return n.Text
}

func (p *parser) sum(n *source.Node) Sum {
	if !sumForm.MatchString(n.Text) {
		p.wrong(n, "`sha256:` and 64 hexadecimal digits")
	}
	return Sum(n.Text)
}

func (p *parser) number(n *source.Node) int64 {
	v, err := strconv.ParseInt(n.Text, 10, 64)
	if err != nil || v < 0 || n.Form != source.Scalar {
		p.wrong(n, "a number from 0")
	}
	return v
}

// mapping reads a mapping of the users' words.
func mapping[V any](p *parser, n *source.Node, value func(*source.Node) V) map[string]V {
	out := map[string]V{}
	p.each(n, func(name string, v *source.Node) bool {
		out[name] = value(v)
		return true
	})
	return out
}

func (p *parser) file(root *source.Node, f *source.File) *File {
	out := &File{Stages: map[string]*Stage{}}
	if root == nil {
		return out
	}
	if v := root.Get("lock"); v == nil || v.Text != strconv.Itoa(Version) {
		p.list.Error("lock", f.At(root.Span.Start, 1), fmt.Sprintf("this is no lock of version %d", Version), renew)
		return out
	}
	p.each(root, func(name string, v *source.Node) bool {
		switch name {
		case "lock":
		case "icono":
			out.Program = p.text(v)
		case "pipeline":
			p.each(v, func(name string, v *source.Node) bool { return p.pipeline(&out.Pipeline, name, v) })
		case "pictures":
			p.each(v, func(name string, v *source.Node) bool { return p.pictures(&out.Pictures, name, v) })
		case "stages":
			p.each(v, func(id string, v *source.Node) bool {
				s := &Stage{}
				p.each(v, func(name string, v *source.Node) bool { return p.stage(s, name, v) })
				out.Stages[id] = s
				return true
			})
		default:
			return false
		}
		return true
	})
	return out
}

func (p *parser) pipeline(out *Pipeline, name string, v *source.Node) bool {
	switch name {
	case "header":
		out.Header = p.sum(v)
	case "seed":
		out.Seed = uint64(p.number(v))
	case "text":
		out.Text = p.sum(v)
	case "reads":
		out.Reads = mapping(p, v, p.sum)
	default:
		return false
	}
	return true
}

func (p *parser) pictures(out *Pictures, name string, v *source.Node) bool {
	switch name {
	case "list":
		if out.List = p.text(v); strings.ContainsAny(out.List, `/\`) {
			p.wrong(v, "the name of a file beside the lock")
		}
	case "files":
		out.Files = int(p.number(v))
	case "sum":
		out.Sum = p.sum(v)
	default:
		return false
	}
	return true
}

func (p *parser) stage(out *Stage, name string, v *source.Node) bool {
	switch name {
	case "kind":
		out.Kind = p.text(v)
	case "config":
		out.Config = p.sum(v)
	case "text":
		out.Text = p.sum(v)
	case "options":
		out.Options = mapping(p, v, p.text)
	case "from":
		for _, item := range v.Items {
			out.From = append(out.From, p.text(item))
		}
	case "reads":
		out.Reads = mapping(p, v, p.sum)
	case "cassettes":
		out.Cassettes = mapping(p, v, p.sum)
	case "facts":
		out.Facts = mapping(p, v, p.text)
	case "answers":
		out.Answers = int(p.number(v))
	case "answers_sum":
		out.AnswersSum = p.sum(v)
	case "rows":
		out.Rows = p.number(v)
	case "keys":
		out.Keys = p.sum(v)
	case "columns":
		out.Columns = mapping(p, v, p.sum)
	case "faults":
		out.Faults = mapping(p, v, p.number)
	case "writes":
		out.Writes = mapping(p, v, p.sum)
	case "contents":
		out.Contents = mapping(p, v, p.sum)
	default:
		return false
	}
	return true
}
