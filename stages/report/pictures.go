package report

import (
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"icono/internal/picture"
	"icono/internal/stage"
)

// thumbnailQuality is the JPEG quality of embedded thumbnails.
const thumbnailQuality = 72

// maxFile bounds what is read of a picture file, in bytes.
const maxFile = 256 << 20

// pictures makes cards of rows.
type pictures struct {
	env    stage.Env
	config Config
	root   string
	from   string // folder of the page, for links
}

func (p pictures) card(e example, show []string) card {
	c := card{Key: e.key, Code: e.code, Phrase: e.phrase}
	if e.certain {
		c.Probability = fmt.Sprintf("%.2f", e.probability)
	}
	for i, name := range show {
		c.Show = append(c.Show, pair{name, e.show[i]})
	}
	if p.config.Pictures == "none" {
		return c
	}
	if strings.TrimSpace(e.path) == "" {
		c.Missing = "no picture"
		return c
	}
	name := e.path
	if p.root != "" && !path.IsAbs(name) {
		name = path.Join(p.root, name)
	}
	if p.config.Pictures == "link" {
		c.Picture = p.link(name)
		return c
	}
	small, w, h, err := p.thumbnail(name)
	if err != nil {
		c.Missing = wording(err)
		return c
	}
	c.Width, c.Height = w, h
	c.Picture = template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(small))
	return c
}

func (p pictures) thumbnail(name string) (small []byte, w, h int, err error) {
	f, err := p.env.Study.Open(name)
	if err != nil {
		return nil, 0, 0, err
	}
	defer func() { _ = f.Close() }() // only read
	data, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, 0, 0, err
	}
	return picture.Thumbnail(data, p.config.Thumbnail, thumbnailQuality, picture.Options{Orient: true})
}

// link is the picture's address as seen from the page.
func (p pictures) link(name string) template.URL {
	target := p.env.Study.Resolve(name)
	if rel, err := filepath.Rel(p.from, target); err == nil {
		target = rel
	}
	u := url.URL{Path: filepath.ToSlash(target)}
	return template.URL(u.EscapedPath())
}

func wording(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "there is no such file"
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return err.Error()
}
