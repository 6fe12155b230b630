package lock

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const head = `# Written by icono run: what this study is made from, and what came of it. Keep it in
# git: icono run --locked and icono verify compare with it. After a merge, icono run
# settles it.
`

// Bytes is the file as it is written: sorted, each stage in a block of its own, so
// that git merges changes of different stages.
func (f *File) Bytes() []byte {
	w := &writer{}
	w.b.WriteString(head)
	w.line(0, "lock", strconv.Itoa(Version))
	w.line(0, "icono", word(f.Program))
	w.b.WriteString("\npipeline:\n")
	w.line(1, "header", string(f.Pipeline.Header))
	w.line(1, "seed", strconv.FormatUint(f.Pipeline.Seed, 10))
	w.line(1, "text", string(f.Pipeline.Text))
	w.sums(1, "reads", f.Pipeline.Reads)
	if f.Pictures.List != "" {
		w.b.WriteString("\npictures:\n")
		w.line(1, "list", word(f.Pictures.List))
		w.line(1, "files", strconv.Itoa(f.Pictures.Files))
		w.line(1, "sum", string(f.Pictures.Sum))
	}
	w.b.WriteString("\nstages:\n")
	for _, id := range slices.Sorted(maps.Keys(f.Stages)) {
		fmt.Fprintf(&w.b, "\n  %s:\n", word(id))
		w.stage(f.Stages[id])
	}
	return w.b.Bytes()
}

type writer struct{ b bytes.Buffer }

func (w *writer) stage(s *Stage) {
	w.line(2, "kind", word(s.Kind))
	w.line(2, "config", string(s.Config))
	w.line(2, "text", string(s.Text))
	w.mapping(2, "options", s.Options, word)
	if len(s.From) > 0 {
		w.line(2, "from", list(s.From))
	}
	w.sums(2, "reads", s.Reads)
	w.sums(2, "cassettes", s.Cassettes)
	w.mapping(2, "facts", s.Facts, word)
	if s.AnswersSum != "" {
		w.line(2, "answers", strconv.Itoa(s.Answers))
		w.line(2, "answers_sum", string(s.AnswersSum))
	}
	w.line(2, "rows", strconv.FormatInt(s.Rows, 10))
	if s.Keys != "" {
		w.line(2, "keys", string(s.Keys))
	}
	w.sums(2, "columns", s.Columns)
	counts := map[string]string{}
	for status, n := range s.Faults {
		counts[status] = strconv.FormatInt(n, 10)
	}
	w.mapping(2, "faults", counts, func(n string) string { return n })
	w.sums(2, "writes", s.Writes)
	w.sums(2, "contents", s.Contents)
}

func (w *writer) line(depth int, name, value string) {
	fmt.Fprintf(&w.b, "%s%s: %s\n", strings.Repeat("  ", depth), name, value)
}

func (w *writer) sums(depth int, name string, of map[string]Sum) {
	texts := map[string]string{}
	for k, v := range of {
		texts[k] = string(v)
	}
	w.mapping(depth, name, texts, func(sum string) string { return sum })
}

func (w *writer) mapping(depth int, name string, of map[string]string, value func(string) string) {
	if len(of) == 0 {
		return
	}
	fmt.Fprintf(&w.b, "%s%s:\n", strings.Repeat("  ", depth), name)
	for _, k := range slices.Sorted(maps.Keys(of)) {
		w.line(depth+1, word(k), value(of[k]))
	}
}

var bare = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_./-]*(:[0-9a-f]{64})?$`)

// word writes a text as YAML, with quotes where it needs any.
func word(s string) string {
	switch strings.ToLower(s) {
	case "null", "true", "false", "yes", "no", "on", "off", "y", "n":
		return strconv.Quote(s)
	}
	if bare.MatchString(s) {
		return s
	}
	return strconv.Quote(s)
}
