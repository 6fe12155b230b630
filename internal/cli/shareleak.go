package cli

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"icono/internal/bundle"
)

// leaked tells which names still stand in what was made, and for each what helps.
func (s *sharing) leaked(leaks []bundle.Leak) error {
	var lines []string
	told := map[string]bool{}
	for _, l := range leaks {
		line := l.String()
		if way := s.wayOut(l); !told[l.Name+way] {
			told[l.Name+way] = true
			line += ": " + way
		}
		lines = append(lines, line)
	}
	return fmt.Errorf("names of the study still stand in what was made of it, which is not shared:\n%s", strings.Join(lines, "\n"))
}

// wayOut is what helps against a name that still stands in a file.
func (s *sharing) wayOut(l bundle.Leak) string {
	has := func(text string) bool { return slices.Contains(s.names.Leaks(text), l.Name) }
	if has(s.flags.title) {
		return "the option --title has it"
	}
	for _, author := range s.flags.authors {
		if has(author) {
			return fmt.Sprintf("the option --author %q has it", author)
		}
	}
	for _, st := range s.study.plan.Stages {
		if has(s.names.Text(st.ID)) {
			return fmt.Sprintf("the stage `%s` is called so: rename it", st.ID)
		}
		for _, f := range st.Out.Fields() {
			if has(s.names.Text(f.Name)) {
				return fmt.Sprintf("the column or variable `%s` is called so: rename it", f.Name)
			}
		}
	}
	word := !strings.ContainsFunc(l.Name, func(r rune) bool { return !unicode.IsLetter(r) })
	page := slices.Contains([]string{".html", ".md", ".cff", ".json"}, path.Ext(l.File))
	var empty bundle.Report
	switch own := empty.ReadmeFile(strings.Clone) + empty.CitationFile(); {
	case word && page && has(own):
		return "it is a word that icono writes there itself, too: --word " + shellWord(l.Name)
	case word && page:
		return "where it is a word of the page and names nobody there: --word " + shellWord(l.Name)
	}
	return "rename what is called so; where it is an everyday word: --word " + shellWord(l.Name)
}

// shellWord is a text as one word for a shell.
func shellWord(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-@", r)
	}) {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	return text
}
