package pipeline

import (
	"fmt"
	"strings"

	"icono/internal/config"
	"icono/internal/diag"
)

// checkColumns finds columns that exist twice and remembers who made which.
func (s *Planned) checkColumns(p *Plan, list *diag.List) {
	s.origin = map[string]string{}
	for _, i := range s.Inputs {
		for name, id := range p.Stages[i].origin {
			if s.origin[name] == "" {
				s.origin[name] = id
			}
		}
	}
	seen := map[string]bool{}
	var makers []string
	twice := map[string][]string{} // maker -> columns
	for _, f := range s.Out.Fields() {
		if seen[f.Name] {
			from := s.origin[f.Name]
			if twice[from] == nil {
				makers = append(makers, from)
			}
			twice[from] = append(twice[from], fmt.Sprintf("%q", f.Name))
		}
		seen[f.Name] = true
		if s.origin[f.Name] == "" {
			s.origin[f.Name] = s.ID
		}
	}
	for _, from := range makers {
		s.broken, s.Out = true, nil
		s.clash(from, twice[from], list)
	}
}

// clash reports the columns of s that the stage from has made already.
func (s *Planned) clash(from string, names []string, list *diag.List) {
	what, exist, them, come := "the column ", " exists", "it another name", "it comes"
	if len(names) > 1 {
		what, exist, them, come = "the columns ", " exist", "them other names", "they come"
	}
	list.Error("column-exists", s.kindAt, fmt.Sprintf("%s%s of the stage `%s`%s already: %s from the stage `%s`", what, strings.Join(names, ", "), s.ID, exist, come, from),
		"give "+them+" with the option `"+s.naming()+"`")
}

// naming returns the option of the kind that names its columns.
func (s *Planned) naming() string {
	for _, o := range config.Describe(s.kind.NewConfig()) {
		if o.Name == "prefix" || o.Name == "column" {
			return o.Name
		}
	}
	return "prefix"
}
