package vision

import (
	"encoding/base64"
	"fmt"

	"cloud.google.com/go/vision/v2/apiv1/visionpb"
	"google.golang.org/protobuf/encoding/protojson"

	"icono/internal/chat"
	"icono/internal/picture"
)

// The bounds of one request, as Google documents them.
const (
	MaxPictures = 16
	MaxBytes    = 10_000_000
)

// scale knows how many bytes of JSON a request of given pictures has. A picture's
// part is what its question takes, and its file in base64.
type scale struct{ frame, part, most int64 }

// newScale measures requests as the client writes them: the library's spaces
// differ from build to build, but not within one.
func newScale(q Question, parent string) (scale, error) {
	content := []byte("abc") // 4 bytes of base64
	var sizes [2]int64
	for i := range sizes {
		r := &visionpb.BatchAnnotateImagesRequest{Parent: parent}
		for range i + 1 {
			r.Requests = append(r.Requests, q.wire(content))
		}
		text, err := (protojson.MarshalOptions{AllowPartial: true, UseEnumNumbers: true}).Marshal(r)
		if err != nil {
			return scale{}, fmt.Errorf("the request cannot be written: %w", err)
		}
		sizes[i] = int64(len(text))
	}
	part := sizes[1] - sizes[0] // with what parts it from the one before
	return scale{frame: sizes[0] - part, part: part - 4, most: MaxBytes}, nil
}

// of is what a picture adds to a request.
func (s scale) of(file []byte) int64 {
	return s.part + int64(base64.StdEncoding.EncodedLen(len(file)))
}

// refuse returns the error of a picture that no request can hold, or nil.
func (s scale) refuse(m *Image, file []byte) error {
	size := s.frame + s.of(file)
	if size <= s.most {
		return nil
	}
	return &chat.Error{Outcome: chat.Failed, Code: "too_large", Param: "max_side", Message: fmt.Sprintf(
		"%s has %s, which makes a request of %s; the service takes at most %s, so a file of about %s: %s",
		m.label(), megabytes(int64(len(file))), megabytes(size), megabytes(s.most), megabytes((s.most-s.frame-s.part)/4*3), tooLarge)}
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// SizeOf is the size of a picture's file as it is shown, turned as its EXIF
// orientation says; zeros where the file does not tell.
func SizeOf(file []byte) Size {
	h, err := picture.ReadHeader(file)
	switch {
	case err != nil:
		return Size{}
	case h.Orientation >= 5:
		return Size{h.Height, h.Width}
	}
	return Size{h.Width, h.Height}
}
