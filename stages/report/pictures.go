package report

import (
	"context"
	"encoding/base64"
	"html/template"
	"iter"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"icono/internal/flow"
	"icono/internal/media"
	"icono/internal/picture"
	"icono/internal/stage"
)

// quality is that of the JPEG copies.
const quality = 78

// picture joins the path of a picture with the folder that it starts from.
func (l *layout) picture(name string) string {
	if name = strings.TrimSpace(name); name == "" || l.root == "" || path.IsAbs(name) {
		return copied(name)
	}
	return copied(path.Join(l.root, name))
}

// shot is a picture as the page shows it, or why it does not.
type shot struct {
	Source        template.URL
	Width, Height int
	Missing       string
}

// loadShots makes the pictures of all rows that the page shows, by path.
func loadShots(ctx context.Context, env stage.Env, c Config, all *collector) (map[string]shot, error) {
	out := map[string]shot{}
	if c.Pictures == none {
		return out, nil
	}
	names := all.pictures()
	l := loader{env, c, filepath.Dir(env.Study.Resolve(string(c.Path)))}
	at := 0
	in := func(yield func(string, error) bool) {
		for _, name := range names {
			if !yield(name, nil) {
				return
			}
		}
	}
	load := func(_ context.Context, name string) (shot, error) { return l.load(name), nil }
	for s, err := range flow.Ordered(ctx, iter.Seq2[string, error](in), env.Workers, 4*env.Workers, load, nil) {
		if err != nil {
			return nil, err
		}
		out[names[at]] = s
		at++
	}
	return out, nil
}

// pictures lists the paths of the pictures that are shown.
func (c *collector) pictures() []string {
	var out []string
	take := func(l *lowest) {
		for _, d := range l.rows {
			if d.row.image != "" {
				out = append(out, d.row.image)
			}
		}
	}
	take(&c.examples)
	for _, v := range c.variables {
		take(&v.least)
		for i := range v.examples {
			take(&v.examples[i])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

type loader struct {
	env    stage.Env
	config Config
	folder string // of the page, on this machine
}

func (l loader) load(name string) shot {
	data, err := media.ReadPicture(l.env.Study.Open, name)
	if err != nil {
		why, missing := media.Reason(err)
		if !missing {
			why = "the file cannot be read: " + why
		}
		return shot{Missing: why}
	}
	if l.config.Pictures == link {
		return l.link(name, data)
	}
	small, w, h, err := picture.Thumbnail(data, l.config.Thumbnail, quality, picture.Options{Orient: true})
	if err != nil {
		return shot{Missing: err.Error()}
	}
	return shot{Source: template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(small)), Width: w, Height: h}
}

// link names a file by its path from the page.
func (l loader) link(name string, data []byte) shot {
	h, err := picture.ReadHeader(data)
	if err != nil {
		return shot{Missing: err.Error()}
	}
	if strings.Contains(strings.ToLower(name), ".zip/") {
		return shot{Missing: "the picture is in a zip archive, which a page cannot link to"}
	}
	if h.Orientation >= 5 { // lies on its side
		h.Width, h.Height = h.Height, h.Width
	}
	rel, err := filepath.Rel(l.folder, l.env.Study.Resolve(name))
	if err != nil {
		return shot{Missing: "the picture is on another drive than the report"}
	}
	u := url.URL{Path: filepath.ToSlash(rel)}
	return shot{Source: template.URL(u.String()), Width: h.Width, Height: h.Height}
}
