package chain

import (
	"io"

	"icono/internal/media"
	"icono/internal/picture"
	"icono/internal/stage"
	"icono/internal/trace"
)

// Picture is a row's picture.
type Picture struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256,omitempty"`
	Bytes  int    `json:"bytes,omitempty"`
	Format string `json:"format,omitempty"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
	// Fault says why it cannot be read.
	Fault string `json:"fault,omitempty"`
	// Data is the file.
	Data []byte `json:"-"`
}

// find reads the row's picture, by the first stage that names it.
func find(run *trace.Run, study stage.Study, key string) *Picture {
	for _, i := range run.Plan.Order {
		s := run.Stages[i]
		at := stage.Find(s.Out, stage.Image)
		rows := s.Find(key)
		if at < 0 || len(rows) == 0 || rows[0].Values[at].Null || rows[0].Values[at].Text == "" {
			continue
		}
		p := &Picture{Path: media.Under(stage.RootOf(s.Out.Field(at)), rows[0].Values[at].Text)}
		r, err := study.Open(p.Path)
		if err == nil {
			p.Data, err = io.ReadAll(r)
			_ = r.Close() // only read
		}
		if err != nil {
			p.Fault, _ = media.Explain(p.Path, err)
			return p
		}
		p.SHA256, p.Bytes = picture.Hash(p.Data), picture.Size(p.Data)
		if head, err := picture.ReadHeader(p.Data); err == nil {
			p.Format, p.Width, p.Height = head.Format, head.Width, head.Height
		}
		if err := picture.Whole(p.Data); err != nil {
			p.Fault = err.Error()
		}
		return p
	}
	return nil
}
