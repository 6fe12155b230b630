package picture

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Reason says in one word why a file gave no picture.
type Reason string

// The reasons.
const (
	Empty       Reason = "empty"       // no bytes at all
	NotPicture  Reason = "not-picture" // something else: a page, a video, text
	Unsupported Reason = "unsupported" // a picture of a kind that cannot be decoded
	Truncated   Reason = "truncated"   // the file is cut off
	Corrupt     Reason = "corrupt"     // the bytes contradict the format
	TooLarge    Reason = "too-large"   // more pixels than allowed
)

// Error says why a file gave no picture. Its text is meant for the person who
// has the file.
type Error struct {
	Reason Reason
	// Format is the format found by the bytes, as Sniff gives it.
	Format string
	// Detail is the sentence that Error gives.
	Detail string
	// Err is the decoder's own error, if there is one.
	Err error
}

// Error gives the sentence.
func (e *Error) Error() string { return e.Detail }

// Unwrap gives the decoder's own error.
func (e *Error) Unwrap() error { return e.Err }

// ReasonOf gives the reason of an error of this package, "" of any other.
func ReasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

func truncated(format string, err error) *Error {
	return &Error{Truncated, format, "the file is cut off: a " + formatName(format) + " picture ends before its last pixel", err}
}

func corrupt(format, what string) *Error {
	return &Error{Corrupt, format, "the file is damaged: " + formatName(format) + ": " + what, nil}
}

func unsupported(format, what string) *Error {
	return &Error{Unsupported, format, formatName(format) + " with " + what + " cannot be decoded; convert it to a plain JPEG or PNG", nil}
}

func tooLarge(format string, w, h, limit int64) *Error {
	return &Error{TooLarge, format, fmt.Sprintf("a %s picture of %d x %d pixels is over the limit of %d pixels", formatName(format), w, h, limit), nil}
}

// decoderFault words the error of a decoder of the standard library or of
// golang.org/x/image.
func decoderFault(format string, err error) error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	text := err.Error()
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), text == "gif: not enough image data":
		return truncated(format, err)
	case strings.Contains(text, "unsupported"), strings.Contains(text, "unimplemented"), strings.Contains(text, "not implemented"):
		return &Error{Unsupported, format, formatName(format) + " cannot be decoded (" + text + "); convert it to a plain JPEG or PNG", err}
	}
	return &Error{Corrupt, format, "the file is damaged: " + text, err}
}

// guard turns a panic of a decoder into an error.
func guard(format string, err *error) {
	if r := recover(); r != nil {
		*err = &Error{Corrupt, format, fmt.Sprintf("the file is damaged: %s: the decoder gave up (%v)", formatName(format), r), nil}
	}
}
