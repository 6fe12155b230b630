package gpt

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/chat"
	"icono/internal/coding"
	"icono/internal/columns"
	"icono/internal/media"
	"icono/internal/picture"
	"icono/internal/stage"
)

// quality is that of the JPEG files that larger pictures are sent as.
const quality = 90

// picture reads the picture of a row.
func (r *runner) picture(rec arrow.Record, at int) (*chat.Image, *coding.Outcome) {
	col := rec.Column(r.image)
	name := strings.TrimSpace(columns.Format(col, at))
	if col.IsNull(at) || name == "" {
		return nil, &coding.Outcome{Status: stage.Missing, Reason: "the row names no picture"}
	}
	name = media.Under(r.root, name)
	data, err := media.ReadPicture(r.env.Study.Open, name)
	if err != nil {
		why, missing := media.Explain(name, err)
		if missing {
			return nil, &coding.Outcome{Status: stage.Missing, Reason: why}
		}
		return nil, &coding.Outcome{Status: stage.Unreadable, Reason: why}
	}
	image, err := r.sendable(data, r.config.Image.Detail, name)
	if err != nil {
		return nil, &coding.Outcome{Status: stage.Unreadable, Reason: err.Error()}
	}
	return image, nil
}

// sendable is a picture as it is sent: as it lies where the model takes it so,
// else as a JPEG copy that is made when it is sent.
func (c *coder) sendable(data []byte, detail, name string) (*chat.Image, error) {
	head, err := picture.ReadHeader(data)
	if err != nil {
		return nil, err
	}
	m := &chat.Image{Data: data, Detail: chat.Detail(detail), Name: name}
	most := c.config.Image.MaxSide
	small := most == 0 || max(head.Width, head.Height) <= most
	switch head.Format {
	case "jpeg", "png", "webp":
		if small && head.Orientation <= 1 {
			return m, nil
		}
	}
	if small {
		most = 0
	}
	m.Most = most
	m.Prepared = fmt.Sprintf("jpeg, upright, quality %d, longer side at most %d", quality, most)
	m.Prepare = func(data []byte) ([]byte, error) {
		jpeg, _, _, err := picture.Thumbnail(data, most, quality, picture.Options{Orient: true})
		return jpeg, err
	}
	return m, nil
}
