package picture

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
)

// NotHere is the reason of a picture whose file is not here: only what is Known of
// it is.
const NotHere Reason = "not-here"

// Known is what a replay needs to know of a picture: enough to name the question
// that was asked about it, and nothing of what it shows.
type Known struct {
	// SHA256 is of the file, in hexadecimal digits; Bytes is its length.
	SHA256 string `json:"sha256"`
	Bytes  int    `json:"bytes"`
	// Format, size in pixels and EXIF orientation, where the file says so.
	Format      string `json:"format,omitempty"`
	Width       int    `json:"width,omitempty"`
	Height      int    `json:"height,omitempty"`
	Orientation int    `json:"orientation,omitempty"`
	// Reason and Detail are of the fault of a file that gives no picture.
	Reason Reason `json:"reason,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// Describe states what is known of a picture's file, or of its stand-in.
func Describe(data []byte) Known {
	if k := standIn(data); k != nil {
		return *k
	}
	sum := sha256.Sum256(data)
	k := Known{SHA256: hex.EncodeToString(sum[:]), Bytes: len(data), Format: Sniff(data)}
	if h, err := ReadHeader(data); err == nil {
		k.Width, k.Height, k.Orientation = h.Width, h.Height, h.Orientation
	}
	var fault *Error
	if errors.As(Whole(data), &fault) {
		k.Reason, k.Detail = fault.Reason, fault.Detail
	}
	return k
}

// Check reports what keeps it from being what is known of a picture.
func (k Known) Check() error {
	sum, err := hex.DecodeString(k.SHA256)
	switch {
	case err != nil || len(sum) != sha256.Size:
		return errors.New("`sha256` is no SHA-256 in hexadecimal digits")
	case k.Bytes < 0 || k.Width < 0 || k.Height < 0:
		return errors.New("a length is below 0")
	case k.Reason == "" && (k.Width == 0 || k.Height == 0):
		return errors.New("it has neither a size nor a fault")
	case k.Orientation < 0 || k.Orientation > 8:
		return errors.New("`orientation` is not from 1 to 8")
	}
	return nil
}

// standInMark begins a stand-in. No picture format begins like this.
const standInMark = "icono: what is known of a picture that is not here\n"

// StandIn returns bytes that take the place of a picture's file. All that this
// package tells of them is what is known of the file; decoding them is an *Error
// with the reason NotHere. They are made for the memory of one process: a file that
// holds such bytes is not to be trusted, see IsStandIn.
func (k Known) StandIn() []byte {
	text, _ := json.Marshal(k) // texts and numbers always marshal
	return append([]byte(standInMark), text...)
}

// IsStandIn reports whether bytes are those of a stand-in. Who reads a file from
// disk refuses it then: it would speak for another picture.
func IsStandIn(data []byte) bool { return bytes.HasPrefix(data, []byte(standInMark)) }

// standIn returns what a stand-in says, nil for other bytes.
func standIn(data []byte) *Known {
	text, is := bytes.CutPrefix(data, []byte(standInMark))
	if !is {
		return nil
	}
	k := &Known{}
	if err := json.Unmarshal(text, k); err != nil {
		return nil
	}
	return k
}

// header is the header of the file, or its fault.
func (k *Known) header() (Header, error) {
	if k.Width == 0 || k.Height == 0 {
		return Header{}, k.fault()
	}
	return Header{Format: k.Format, Width: k.Width, Height: k.Height, Orientation: k.Orientation}, nil
}

// fault is what is wrong with the file, nil where nothing is.
func (k *Known) fault() error {
	if k.Reason == "" {
		return nil
	}
	return &Error{Reason: k.Reason, Format: k.Format, Detail: k.Detail}
}

// decode is why there are no pixels.
func (k *Known) decode() error {
	if err := k.fault(); err != nil {
		return err
	}
	return &Error{Reason: NotHere, Format: k.Format, Detail: "the picture is not here, only what is known of it"}
}

// Here is an *Error where the file of a picture is not here, so that nothing can be
// computed from it or sent.
func Here(data []byte) error {
	if k := standIn(data); k != nil {
		return k.decode()
	}
	return nil
}

// Sum is the SHA-256 of a picture's file.
func Sum(data []byte) [sha256.Size]byte {
	if k := standIn(data); k != nil {
		var sum [sha256.Size]byte
		_, _ = hex.Decode(sum[:], []byte(k.SHA256)) // checked when the list was read
		return sum
	}
	return sha256.Sum256(data)
}

// Size is the length of a picture's file in bytes.
func Size(data []byte) int {
	if k := standIn(data); k != nil {
		return k.Bytes
	}
	return len(data)
}
