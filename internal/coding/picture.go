package coding

import (
	"errors"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/chat"
	"icono/internal/columns"
	"icono/internal/media"
	"icono/internal/picture"
	"icono/internal/stage"
)

// SentPicture are the options that say how pictures are sent to a model.
type SentPicture struct {
	// Whether the picture is sent at all; with `false` the model sees `inputs` only.
	Send bool `yaml:"send"`
	// How closely the model looks: `low` costs least, where the model knows it.
	Detail string `yaml:"detail" enum:"auto,low,high"`
	// The longer side of what is sent, in pixels; larger pictures are scaled down
	// and sent as JPEG. 0 sends files as they are.
	MaxSide int `yaml:"max_side" min:"0" max:"8192" example:"1024"`
}

// quality is that of the JPEG files that larger pictures are sent as.
const quality = 90

// NoKey is the error of rows without a key.
func NoKey() error {
	return &stage.OptionError{Message: "answers are kept by the key of the rows, and these rows have none",
		Hint: "name the column that identifies a row in the stage that loads them: `key: ID`"}
}

// Gallery reads the pictures that a column names.
type Gallery struct {
	Column int    // of the paths; -1 for none
	Root   string // the folder that they start at
}

// FindGallery returns the pictures of a table. The error is a *stage.OptionError
// where there are none.
func FindGallery(in *arrow.Schema, hint string) (Gallery, error) {
	g := Gallery{Column: stage.Find(in, stage.Image)}
	if g.Column < 0 {
		return g, &stage.OptionError{Message: "no column names the pictures", Hint: hint}
	}
	g.Root = stage.RootOf(in.Field(g.Column))
	return g, nil
}

// Keyed returns the pictures of a table whose rows are asked about, and the index
// of their key. The error is one or two *stage.OptionError.
func Keyed(in *arrow.Schema) (key int, g Gallery, err error) {
	key = stage.Find(in, stage.Key)
	g, err = FindGallery(in, "give the stage that loads the table an `image`")
	if key < 0 {
		err = errors.Join(err, NoKey())
	}
	return key, g, err
}

// Read returns the file of a row's picture and its name, or why there is none that
// can be given to a model: a cut-off file is a fault before it is paid for.
func (g Gallery) Read(study stage.Study, rec arrow.Record, row int) (data []byte, name string, fault *Fault) {
	col := rec.Column(g.Column)
	name = strings.TrimSpace(columns.Format(col, row))
	if col.IsNull(row) || name == "" {
		return nil, "", &Fault{stage.Missing, "the row names no picture"}
	}
	name = media.Under(g.Root, name)
	data, err := media.ReadPicture(study.Open, name)
	if err != nil {
		why, missing := media.Explain(name, err)
		if missing {
			return nil, name, &Fault{stage.Missing, why}
		}
		return nil, name, &Fault{stage.Unreadable, why}
	}
	if err := picture.Whole(data); err != nil {
		return nil, name, &Fault{stage.Unreadable, err.Error()}
	}
	return data, name, nil
}

// Sendable is a picture as it is sent: as it lies where models take it so, else
// as a JPEG copy that is made when it is sent.
func (o SentPicture) Sendable(data []byte, name string) (*chat.Image, *Fault) {
	prepared, prepare, err := Prepared(data, o.MaxSide, "jpeg", "png", "webp")
	if err != nil {
		return nil, &Fault{stage.Unreadable, err.Error()}
	}
	m := &chat.Image{Data: data, Detail: chat.Detail(o.Detail), Name: name, Prepared: prepared, Prepare: prepare}
	if head, err := picture.ReadHeader(data); err == nil && prepared != "" && o.MaxSide > 0 && max(head.Width, head.Height) > o.MaxSide {
		m.Most = o.MaxSide
	}
	return m, nil
}

// Prepared says how the copy of a picture that is sent is made, and makes it: a
// JPEG that is upright, its longer side at most most pixels, 0 for any. It is ""
// and nil for a file that is small and upright and has one of the formats.
func Prepared(data []byte, most int, formats ...string) (how string, prepare func([]byte) ([]byte, error), err error) {
	head, err := picture.ReadHeader(data)
	if err != nil {
		return "", nil, err
	}
	small := most == 0 || max(head.Width, head.Height) <= most
	if small && head.Orientation <= 1 {
		for _, f := range formats {
			if head.Format == f {
				return "", nil, nil
			}
		}
	}
	if small {
		most = 0
	}
	return fmt.Sprintf("jpeg, upright, quality %d, longer side at most %d", quality, most), func(data []byte) ([]byte, error) {
		jpeg, _, _, err := picture.Thumbnail(data, most, quality, picture.Options{Orient: true})
		return jpeg, err
	}, nil
}
