package chain

import (
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"

	"icono/internal/picture"
)

//go:embed page.html.tmpl
var page string

// thumbnail is the longer side of the picture on the page, in pixels.
const thumbnail = 900

// WritePage writes a chain as an HTML page that needs no other file.
func WritePage(w io.Writer, study string, all []*Chain) error {
	t, err := template.New("page").Funcs(template.FuncMap{"shot": shot, "place": place, "cost": cost, "dollars": dollars, "run": run}).Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(w, struct {
		Study string
		All   []*Chain
	}{study, all})
}

// shot is the picture as the source of an image, "" where it cannot be shown.
func shot(p *Picture) template.URL {
	if p == nil || p.Fault != "" {
		return ""
	}
	jpeg, _, _, err := picture.Thumbnail(p.Data, thumbnail, 85, picture.Options{Orient: true})
	if err != nil {
		return ""
	}
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(jpeg))
}
