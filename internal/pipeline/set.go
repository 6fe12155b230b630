package pipeline

import (
	"fmt"
	"strconv"
	"strings"

	"icono/internal/diag"
	"icono/internal/source"
)

// Set is an override from the command line: `types.batch_size=8` for an option
// of a stage, `seed=7` for a key of the pipeline. An option may be named with
// or without `with`.
type Set struct {
	Path  []string
	Value *source.Node
	at    source.Span
}

// ParseSet reads an override. Faults have their place in the override's text.
func ParseSet(text string, list *diag.List) (Set, bool) {
	f := source.NewFile("--set", text)
	name, value, ok := strings.Cut(text, "=")
	if !ok || strings.TrimSpace(name) == "" {
		list.Error("set", f.At(0, len(text)), "an override is written stage.option=value", "for example `--set types.batch_size=8`")
		return Set{}, false
	}
	node, err := source.Value("--set "+strings.TrimSpace(name), value)
	if err != nil {
		list.Error("set", f.At(len(name)+1, len(value)), "the value cannot be read: "+err.Error(), "put it in quotes")
		return Set{}, false
	}
	return Set{strings.Split(strings.TrimSpace(name), "."), node, f.At(0, len(name))}, true
}

// apply returns the root with the overrides in it.
func apply(root *source.Node, sets []Set, list *diag.List) *source.Node {
	for _, s := range sets {
		path, ok := s.resolve(root)
		if !ok {
			list.Error("set", s.at, fmt.Sprintf("no stage has the id `%s`", s.Path[0]), "write stage.option=value, with an id of this pipeline")
			continue
		}
		root = root.Set(path, s.Value)
	}
	return root
}

// resolve turns a path that begins with a stage's id into one from the root.
func (s Set) resolve(root *source.Node) ([]string, bool) {
	stages := root.Get("stages")
	if stages != nil {
		for i, item := range stages.Items {
			if id := item.Get("id"); id == nil || id.Text != s.Path[0] || len(s.Path) < 2 {
				continue
			}
			path := []string{"stages", strconv.Itoa(i)}
			switch s.Path[1] {
			case "with", "from", "on_fault", "kind":
				return append(path, s.Path[1:]...), true
			}
			return append(append(path, "with"), s.Path[1:]...), true
		}
	}
	return s.Path, len(s.Path) == 1
}
