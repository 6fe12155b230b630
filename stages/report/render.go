package report

import (
	_ "embed" // the template
	"html/template"
	"io"
)

//go:embed page.html.tmpl
var pageTemplate string

// render writes the page.
func render(w io.Writer, p *page) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"count": count,
		"tally": tally,
		"sum":   func(a, b int) int { return a + b },
	}).Parse(pageTemplate)
	if err != nil {
		return err
	}
	return t.Execute(w, p)
}
