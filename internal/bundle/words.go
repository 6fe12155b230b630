package bundle

import (
	"strings"
	"unicode"

	"icono/internal/pipeline"
	"icono/internal/source"
)

// Words are those by which the study's own files work, as written and in lower case: names of options, columns,
// stages and categories, values of one word, and what expressions are made of. A name
// that is one of them cannot be replaced there without changing what they do.
func Words(p *pipeline.Plan, texts ...string) map[string]bool {
	out := map[string]bool{}
	take := func(text string) {
		if text = strings.TrimSpace(text); text != "" {
			out[text], out[strings.ToLower(text)] = true, true
		}
	}
	for _, w := range strings.Fields(reserved) {
		take(w)
	}
	var walk func(n *source.Node)
	walk = func(n *source.Node) {
		if n == nil {
			return
		}
		if n.Form == source.Scalar && !strings.ContainsFunc(n.Text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' }) {
			take(n.Text)
		}
		for _, item := range n.Items {
			walk(item)
		}
		for _, f := range n.Fields {
			take(f.Key.Text)
			switch f.Key.Text {
			case "title", "about", "objective", "theory", "instructions", "definition", "question", "prompt": // prose
			case "name", "then", "else": // of a category
				take(f.Value.Scalar())
				walk(f.Value)
			default:
				walk(f.Value)
			}
		}
	}
	for _, f := range Files(p) {
		root, _ := source.Parse(f)
		if root != nil {
			walk(root.Get("stages"))
		}
	}
	for _, text := range texts {
		root, faults := source.Parse(source.NewFile("", text))
		if root != nil && len(faults) == 0 {
			walk(root)
		}
	}
	for _, s := range p.Stages {
		take(s.ID)
		for _, f := range s.Out.Fields() {
			take(f.Name)
		}
	}
	return out
}

// reserved are words that stand in what is written around the study's own: expressions,
// names of files, and what cassettes, locks and pages are made of.
const reserved = `and or not in contains startsWith endsWith matches let nil null true false if else
	len lower upper trim split join replace date now int float string filter map any all one none count sum min max first last
	data media images out cassettes codebooks pictures pipeline study answers methods readme license citation icono
	version extends stages id kind from with on_fault name about seed budget prices path key image types column columns rows row
	sha256 bytes width height format orientation text model message content role system user assistant request answer body usage note
	provider repeat lock keys facts reads writes faults options config status error ok missing unreadable refused truncated invalid failed skipped
	openai gemini google local palette page html table report file files csv json jsonl parquet arrow yaml`
