// Package sight has text, objects and more found in pictures, by Google Vision or
// by programs on this machine, through the answer store and within the budget of
// the run. What any of them finds is a vision.Annotation.
package sight

import (
	"context"
	"errors"
	"slices"
	"time"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/coding"
	"icono/internal/detect"
	"icono/internal/ocr"
	"icono/internal/picture"
	"icono/internal/price"
	"icono/internal/stage"
	"icono/internal/vision"
)

// Service says who looks at the pictures, and what for.
type Service struct {
	Question vision.Question
	// Local has programs on this machine look, in place of Google.
	Local *Local
	// Google says how Google is asked.
	Google Google
}

// Google says how Google Vision is asked.
type Google struct {
	// MaxSide is the longer side of what is sent, in pixels; 0 sends files as they
	// are.
	MaxSide int
	// BaseURL is the address, with its variables replaced; "" is Google's.
	BaseURL string
	// Key names the variable with the API key; without one the application-default
	// credentials of this machine are used.
	Key             string
	Region, Project string
	// Concurrency is the most requests on their way, of up to 16 pictures each.
	Concurrency       int
	RequestsPerMinute float64
	Timeout           time.Duration
}

// Local says which programs look.
type Local struct {
	OCR ocr.Options
	// Detector names the model for objects: a named download, or a path.
	Detector string
	// Open opens it.
	Open func(ctx context.Context) (Detector, error)
	// MinScore is the least score of an object.
	MinScore float64
}

// Detector finds objects. It is a *detect.Detector.
type Detector interface {
	Prepare(data, into []byte) (detect.Prepared, error)
	Detect(ctx context.Context, pictures []detect.Prepared) ([][]detect.Object, error)
	Facts() []stage.Fact
}

// Picture is the picture of a row.
type Picture struct {
	Row  string // the row's key
	Name string // of the file, for messages
	Data []byte
}

// Finding is what was found in a picture, and by whom.
type Finding struct {
	vision.Annotation
	By string
}

// Reader finds things in pictures. It is safe for concurrent use.
type Reader interface {
	// Read returns what is in a picture. The error is a *coding.Fault where the
	// row has no answer, coding.ErrBudget where it would cost more than is left,
	// and what stops the run otherwise.
	Read(ctx context.Context, p Picture) (Finding, error)
	// Known reports whether the answer for a picture is stored. The error is a
	// *coding.Fault for a file that would not be looked at.
	Known(ctx context.Context, p Picture) (bool, error)
	// Reasons say why the answers that are not known are not stored.
	Reasons() []string
	// Price is that of a picture.
	Price() price.Quote
	// Facts say who looks, for report and lock. They are whole once all pictures were
	// looked at.
	Facts() []stage.Fact
}

// Open opens a stage's access to a service. It opens no connection and no model:
// what is missing for questions is an error when one must be asked.
func Open(ctx context.Context, desk *asking.Desk, stageID string, s Service) (Reader, error) {
	if err := s.Question.Check(); err != nil {
		return nil, err
	}
	if s.Local != nil {
		return openLocal(ctx, desk, stageID, s)
	}
	return openGoogle(ctx, desk, stageID, s)
}

// wants reports whether a feature is asked for.
func (s Service) wants(f vision.Feature) bool { return slices.Contains(s.Question.Features, f) }

// unreadable is the fault of a file that is no picture, nil for other errors.
func unreadable(err error) *coding.Fault {
	var wrong *picture.Error
	if errors.As(err, &wrong) {
		return &coding.Fault{Status: stage.Unreadable, Reason: err.Error()}
	}
	return nil
}

// known looks requests up.
func known(ctx context.Context, c *asking.Counter, all ...answers.Request) (bool, error) {
	for _, r := range all {
		_, found, err := c.Lookup(ctx, r)
		var fault *coding.Fault
		if errors.As(err, &fault) {
			continue // it is not asked again
		}
		if err != nil || !found {
			return false, err
		}
	}
	return true, nil
}
