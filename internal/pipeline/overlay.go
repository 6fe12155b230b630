package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"icono/internal/diag"
	"icono/internal/source"
	"icono/internal/suggest"
)

// Open returns the text of a file in the folder of a pipeline file.
type Open func(name string) (string, error)

// deepest is how many files may extend each other.
const deepest = 8

// extended returns the root of a pipeline file with those that it extends below
// it, and these files, the nearest first.
func extended(f *source.File, root *source.Node, open Open, list *diag.List) (*source.Node, []*source.File) {
	var over []*source.Node // roots, the last of them extends nothing
	var files []*source.File
	names := []string{base(f.Name)}
	for at := root; ; {
		over = append(over, at)
		e := at.Get("extends")
		if e == nil {
			break
		}
		name, ok := extends(e, names, open, list)
		if !ok {
			return nil, files
		}
		text, err := open(name)
		if err != nil {
			list.Error("extends", e.Span, fmt.Sprintf("the file %s cannot be read: %v", name, err), "name a pipeline file that lies beside this one")
			return nil, files
		}
		file := source.NewFile(beside(f.Name, name), text)
		next, faults := source.Parse(file)
		for _, fault := range faults {
			list.Error("syntax", fault.Span, fault.Message, fault.Hint)
		}
		if next == nil || !isPipeline(next, list) {
			return nil, append(files, file)
		}
		files, names, at = append(files, file), append(names, name), next
	}
	out := over[len(over)-1]
	for _, o := range slices.Backward(over[:len(over)-1]) {
		out = laidOver(out, o, list)
	}
	return out, files
}

// extends returns the name of the file that is extended.
func extends(e *source.Node, names []string, open Open, list *diag.List) (string, bool) {
	wrong := func(message, hint string) (string, bool) {
		list.Error("extends", e.Span, message, hint)
		return "", false
	}
	name := e.Text
	switch {
	case e.Form != source.Scalar || e.Tag != "!!str" || strings.TrimSpace(name) == "":
		return wrong("`extends` must be the name of a pipeline file, not "+e.Describe(), "for example `extends: pipeline.yaml`")
	case strings.ContainsAny(name, `/\`):
		return wrong("`extends` names a file in the same folder, since paths, answers and cassettes belong to the folder", "put this file beside "+base(name)+", and write `extends: "+base(name)+"`")
	case slices.Contains(names, name):
		return wrong("the files extend each other in a circle: "+strings.Join(append(names, name), " -> "), "one of them must not extend another")
	case len(names) > deepest:
		return wrong(fmt.Sprintf("more than %d files extend each other", deepest), "let this file extend the first of them")
	case open == nil:
		return wrong("only a pipeline that is read from a file can extend another", "")
	}
	return name, true
}

func base(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }

// beside is the path of a file in the folder of another.
func beside(path, name string) string { return path[:len(path)-len(base(path))] + name }

// laidOver returns a pipeline with what another says in its place: keys of the
// header, and options of stages by the stages' ids.
func laidOver(below, over *source.Node, list *diag.List) *source.Node {
	out := *below
	out.Fields = slices.Clone(below.Fields)
	for _, f := range over.Fields {
		switch f.Key.Text {
		case "extends":
		case "stages":
			out.Fields = put(out.Fields, source.Field{Key: stagesKey(below, f.Key), Value: stagesOver(below.Get("stages"), f.Value, list)})
		default:
			out.Fields = put(out.Fields, f)
		}
	}
	if over.Get("version") == nil { // said as of any pipeline file
		out.Fields = slices.DeleteFunc(out.Fields, func(f source.Field) bool { return f.Key.Text == "version" })
		out.Span = over.Span
	}
	return &out
}

func stagesKey(below, over *source.Node) *source.Node {
	if k := below.KeyNode("stages"); k != nil {
		return k
	}
	return over
}

// put replaces the field of a key, or adds it.
func put(fields []source.Field, f source.Field) []source.Field {
	if i := slices.IndexFunc(fields, func(g source.Field) bool { return g.Key.Text == f.Key.Text }); i >= 0 {
		fields[i] = f
		return fields
	}
	return append(fields, f)
}

// stagesOver returns the stages with what others say of them.
func stagesOver(below, over *source.Node, list *diag.List) *source.Node {
	if over.Form != source.Sequence || below == nil || below.Form != source.Sequence {
		return over // said as of any pipeline file
	}
	out := *below
	out.Items = slices.Clone(below.Items)
	var ids, seen []string
	for _, item := range below.Items {
		if id := item.Get("id"); id != nil {
			ids = append(ids, id.Text)
		} else {
			ids = append(ids, "")
		}
	}
	for _, item := range over.Items {
		id := item.Get("id")
		if item.Form != source.Mapping || id == nil || id.Form != source.Scalar {
			list.Error("extends", item.Span, "an entry of a file that extends another names the stage that it changes by its `id`", "for example `- id: "+first(ids)+"`")
			continue
		}
		at := slices.Index(ids, id.Text)
		if id.Text == "" || at < 0 {
			hint := suggest.Hint(id.Text, ids)
			if suggest.Nearest(id.Text, ids) == "" {
				hint = "a file that extends another changes stages and adds none, since it could not say where: add it there"
			}
			list.Error("extends", id.Span, fmt.Sprintf("the pipeline that is extended has no stage `%s`", id.Text), hint)
			continue
		}
		if slices.Contains(seen, id.Text) {
			list.Error("duplicate-id", id.Span, fmt.Sprintf("two entries change the stage `%s`", id.Text), "put them together")
			continue
		}
		seen = append(seen, id.Text)
		out.Items[at] = stageOver(out.Items[at], item)
	}
	return &out
}

func first(ids []string) string {
	if len(ids) == 0 {
		return "name"
	}
	return ids[0]
}

// stageOver returns a stage with what another entry says of it. Options of another
// kind are dropped, and so are those that the entry says null of.
func stageOver(below, over *source.Node) *source.Node {
	out := *below
	out.Fields = slices.Clone(below.Fields)
	if k, was := over.Get("kind"), below.Get("kind"); k != nil && (was == nil || k.Text != was.Text) {
		out.Fields = slices.DeleteFunc(out.Fields, func(f source.Field) bool { return f.Key.Text == "with" })
	}
	for _, f := range over.Fields {
		if with := out.Get("with"); f.Key.Text == "with" && with != nil && with.Form == source.Mapping && f.Value.Form == source.Mapping {
			f = source.Field{Key: out.KeyNode("with"), Value: optionsOver(with, f.Value)}
		}
		out.Fields = put(out.Fields, f)
	}
	return &out
}

func optionsOver(below, over *source.Node) *source.Node {
	out := *below
	out.Fields = slices.Clone(below.Fields)
	for _, f := range over.Fields {
		if has := out.Get(f.Key.Text) != nil; has && f.Value.IsNull() {
			out.Fields = slices.DeleteFunc(out.Fields, func(g source.Field) bool { return g.Key.Text == f.Key.Text })
			continue
		}
		out.Fields = put(out.Fields, f)
	}
	return &out
}

// Text is that of the file and of those that it extends, each under a comment
// with its name where there are several.
func (d *Document) Text() string {
	if len(d.Bases) == 0 {
		return d.File.Text
	}
	var b strings.Builder
	for _, f := range append([]*source.File{d.File}, d.Bases...) {
		fmt.Fprintf(&b, "# %s\n%s\n", base(f.Name), strings.TrimRight(f.Text, "\n"))
		if f != d.Bases[len(d.Bases)-1] {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
