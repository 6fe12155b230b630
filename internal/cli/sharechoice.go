package cli

import (
	"os"
	"path"
	"slices"
	"strings"

	"icono/internal/bundle"
	"icono/internal/stage"
)

// checkChoice refuses columns that no table has.
func (s *sharing) checkChoice() error {
	var all []string
	for _, l := range s.tables() {
		for _, f := range l.Out.Fields() {
			all = append(all, f.Name)
			role := stage.RoleOf(f)
			if slices.Contains(s.flags.choice.Drop, f.Name) && (role == stage.Key || role == stage.Image) {
				return wrong("--drop %s: rows are known by their key, and pictures by their path: it cannot be left out", f.Name)
			}
			if slices.Contains(s.flags.choice.Show, f.Name) && (role == stage.Key || role == stage.Image) {
				return wrong("--show %s: the keys of rows and the paths of pictures name posts, and are always replaced", f.Name)
			}
		}
	}
	choice := s.flags.choice
	for _, pair := range []struct {
		one, other   string
		these, those []string
	}{{"--hide", "--show", choice.Hide, choice.Show}, {"--keep", "--drop", choice.Keep, choice.Drop}} {
		for _, name := range pair.these {
			if slices.Contains(pair.those, name) {
				return wrong("%s %s and %s %s contradict each other: keep one of them", pair.one, name, pair.other, name)
			}
		}
	}
	for option, names := range map[string][]string{"--hide": s.flags.choice.Hide, "--show": s.flags.choice.Show, "--keep": s.flags.choice.Keep, "--drop": s.flags.choice.Drop} {
		for _, name := range names {
			if !slices.Contains(all, name) {
				return wrong("%s %s: no table of the study has this column\nicono share --dry-run lists them", option, name)
			}
		}
	}
	return nil
}

// tables are those that the study loads, and those that its stages read beside.
func (s *sharing) tables() []*bundle.Loaded {
	all := slices.Clone(s.loaded)
	for _, side := range s.sides {
		all = append(all, &side.Loaded)
	}
	return all
}

// codebooks are the texts of the YAML files that stages read.
func (s *sharing) codebooks() (texts []string, err error) {
	for _, st := range s.study.plan.Stages {
		for _, name := range st.Reads {
			if ext := strings.ToLower(path.Ext(name)); st.Kind == "load" || ext != ".yaml" && ext != ".yml" {
				continue
			}
			text, err := os.ReadFile(s.study.library.Resolve(name))
			if err != nil {
				return nil, err
			}
			texts = append(texts, string(text))
		}
	}
	return texts, nil
}
