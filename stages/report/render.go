package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"strings"
)

//go:embed page.html.tmpl
var pageText string

//go:embed page.css
var styleText string

//go:embed page.js
var scriptText string

// render writes a page. Its policy lets nothing run or load but the style and
// the script that the page itself holds, and pictures.
func render(w io.Writer, p *page) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"n":      grouped,
		"policy": policy,
		"parts":  parts,
		"style":  func() template.CSS { return template.CSS(styleText) },
		"script": func() template.JS { return template.JS(scriptText) },
	}).Parse(pageText)
	if err != nil {
		return err
	}
	return t.Execute(w, p)
}

// policy is the Content-Security-Policy of the page.
func policy() string {
	return strings.Join([]string{"default-src 'none'", "style-src " + fingerprint(styleText), "script-src " + fingerprint(scriptText),
		"img-src 'self' file: data:", "base-uri 'none'", "form-action 'none'"}, "; ")
}

// fingerprint names a text in a policy.
func fingerprint(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
