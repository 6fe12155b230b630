package bundle

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"icono/internal/pipeline"
	"icono/internal/pseudonym"
	"icono/internal/source"
)

// Files are the pipeline file of a plan and those that it extends.
func Files(p *pipeline.Plan) []*source.File {
	return append([]*source.File{p.Doc.File}, p.Doc.Bases...)
}

// StudyName is what the i-th of Files is called in a bundle.
func StudyName(i int) string {
	if i == 0 {
		return Study
	}
	return fmt.Sprintf("study-%d.yaml", i+1)
}

// edit is a new text for a part of a file.
type edit struct {
	start, end int
	text       string
}

// studyHead begins the study's own pipeline files.
const studyHead = "# The study as it was run, with names replaced. " + Pipeline + " extends it and is what runs here:\n# the data that this file names are not shared. What conditions compare with names is replaced as\n# a whole: patterns and parts of names match nothing here, and the rows that they kept are listed.\n"

// Moved says under which paths the files that a plan names are shared, for those that
// lie elsewhere: outside of the study, or under names that are replaced.
func Moved(p *pipeline.Plan, names *pseudonym.Names) map[string]string {
	out := map[string]string{}
	taken := map[string]bool{Pipeline: true, Pictures: true, Sums: true, Crate: true, Citation: true, Readme: true, Methods: true}
	place := func(name, folder string) {
		clean := path.Clean(filepath.ToSlash(name))
		if !path.IsAbs(clean) && clean != ".." && !strings.HasPrefix(clean, "../") && !filepath.IsAbs(name) && !taken[clean] {
			taken[names.Text(clean)] = true
			return
		}
		base := path.Base(clean)
		to := path.Join(folder, names.Text(base))
		for i := 2; taken[to]; i++ {
			to = path.Join(folder, strconv.Itoa(i)+"-"+names.Text(base))
		}
		taken[to] = true
		out[name] = to
	}
	for _, s := range p.Stages {
		if s.Kind != "load" {
			for _, name := range s.Reads {
				place(name, "files")
			}
		} else {
			for _, name := range append(slices.Clone(s.Reads), s.With.Get("root").Scalar()) {
				if name != "" {
					place(name, "elsewhere") // it is not shared
				}
			}
		}
		for _, name := range s.Writes {
			place(name, "out")
		}
	}
	for _, s := range p.Stages {
		if model := s.With.Get("model"); s.Kind == "clip" && model != nil && strings.ContainsAny(model.Text, `/\`) {
			place(model.Text, "models") // only its name is shared
		}
	}
	if p.Doc.Prices != "" {
		place(p.Doc.Prices, "files")
	}
	return out
}

// At is the path of a file of the study in its bundle.
func At(name string, names *pseudonym.Names, moved map[string]string) string {
	if to, ok := moved[name]; ok {
		return to
	}
	return names.Text(path.Clean(filepath.ToSlash(name)))
}

// Lists are the rows that stages took, in place of what chose them: by the id of the
// stage, the option that names the list and its path.
type Lists map[string][2]string

// overlayHead begins the pipeline file of a bundle.
const overlayHead = "# Written by icono share.\n"

// Overlay is the text of a bundle's pipeline file: the study's own, with the shared
// tables and lists in the place of what is not shared.
func Overlay(p *pipeline.Plan, tables []*Table, lists Lists, names *pseudonym.Names, pictures bool) string {
	var b strings.Builder
	b.WriteString(overlayHead + "# The study stands in " + Study + ", with names replaced; here stands what takes the place\n# of data that are not shared.\nversion: 1\nextends: " + Study + "\n")
	if pictures {
		b.WriteString("pictures: " + Pictures + "\n")
	}
	b.WriteString("stages:\n")
	for _, s := range p.Stages {
		id := names.Text(s.ID)
		if at := slices.IndexFunc(tables, func(t *Table) bool { return t.Stage == s.ID }); at >= 0 {
			fmt.Fprintf(&b, "\n  - id: %s\n    with:\n", id)
			for _, o := range tables[at].options(s) {
				fmt.Fprintf(&b, "      %s: %s\n", o[0], o[1])
			}
		}
		if s.Kind == "report" && pictures {
			fmt.Fprintf(&b, "\n  - id: %s\n    with: {pictures: none}\n", id) // the same whether they are here or not
		}
		if list, ok := lists[s.ID]; ok {
			fmt.Fprintf(&b, "\n  - id: %s\n    with: {%s: %s}\n", id, list[0], quoted(list[1]))
		}
	}
	return b.String()
}

// options are those of a stage that loads a shared table: what it says now, and null
// for what it said before.
func (t *Table) options(s *pipeline.Planned) [][2]string {
	out := [][2]string{{"path", quoted(t.Path)}}
	now := map[string]bool{"path": true}
	put := func(option, value string) {
		if value != "" {
			out, now[option] = append(out, [2]string{option, value}), true
		}
	}
	if t.Key != "" {
		put("key", quoted(t.Key))
	}
	if t.Image != "" {
		put("image", quoted(t.Image))
	}
	if len(t.Types) > 0 {
		var pairs []string
		for _, name := range slices.Sorted(maps.Keys(t.Types)) {
			pairs = append(pairs, quoted(name)+": "+t.Types[name])
		}
		put("types", "{"+strings.Join(pairs, ", ")+"}")
	}
	if s.With != nil {
		for _, f := range s.With.Fields {
			if !now[f.Key.Text] {
				put(f.Key.Text, "~")
			}
		}
	}
	return out
}
