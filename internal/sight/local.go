package sight

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

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

// Providers of stored answers.
const (
	tesseract = "tesseract"
	yolox     = "yolox"
)

// LeastScore is the least score of objects that are stored, so that another
// `min_score` needs no model.
const LeastScore = 0.05

// local has Tesseract and YOLOX look at pictures.
type local struct {
	*asking.Counter
	service Service
	model   string // what decides objects

	mu       sync.Mutex
	engine   *ocr.Engine // nil until a picture must be read
	detector Detector    // nil until a picture must be looked at
	wrong    error       // why one of them cannot be had
	files    []string    // what answers say of the files that they come from, each once
}

func openLocal(ctx context.Context, desk *asking.Desk, stageID string, s Service) (*local, error) {
	l := &local{service: s}
	var err error
	if s.wants(vision.Objects) {
		if l.model, err = detect.Identity(s.Local.Detector); err != nil {
			return nil, err
		}
	}
	l.Counter, err = desk.Counter(ctx, stageID, nil)
	return l, err
}

// Read implements Reader.
func (l *local) Read(ctx context.Context, p Picture) (Finding, error) {
	var out Finding
	var by []string
	for _, step := range l.steps(p) {
		a, _, err := l.Do(ctx, step.request, func(ctx context.Context) (answers.Answer, error) {
			a, err := step.look(ctx, p.Data)
			return a, faulty(ctx, err)
		})
		if err != nil {
			return Finding{}, err
		}
		if err := step.take(&out.Annotation, a.Body); err != nil {
			return Finding{}, fmt.Errorf("the stored answer for the row %s cannot be read: %w", p.Row, err)
		}
		by = append(by, a.Model)
		l.note(a.Note)
	}
	out.By = strings.Join(by, "; ")
	return out, nil
}

// note keeps what an answer says of the files that it comes from.
func (l *local) note(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if text != "" && !slices.Contains(l.files, text) {
		l.files = append(l.files, text)
	}
}

// faulty turns what is wrong with one picture into a fault.
func faulty(ctx context.Context, err error) error {
	var wrong *ocr.Error
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case asking.NotHere(err) != nil:
		return asking.NotHere(err)
	case unreadable(err) != nil:
		return &answers.FaultError{Status: answers.Unreadable, Reason: err.Error()}
	case errors.As(err, &wrong):
		return &answers.FaultError{Status: answers.Failed, Reason: err.Error()}
	}
	return err
}

// step is one look at a picture.
type step struct {
	request answers.Request
	look    func(ctx context.Context, data []byte) (answers.Answer, error)
	take    func(a *vision.Annotation, body []byte) error
}

// steps are the looks that a picture needs.
func (l *local) steps(p Picture) []step {
	hash := picture.Hash(p.Data)
	var all []step
	if l.service.wants(vision.Text) {
		r := answers.Request{Row: p.Row, Provider: tesseract, Model: "tesseract", Body: l.readingOf(hash)}
		all = append(all, step{r, l.readText, takeText})
	}
	if l.service.wants(vision.Objects) {
		body, _ := json.Marshal(map[string]string{"image": hash, "task": "objects"}) // texts always marshal
		r := answers.Request{Row: p.Row, Provider: yolox, Model: l.model, Body: body}
		all = append(all, step{r, l.findObjects, func(a *vision.Annotation, body []byte) error { return takeObjects(a, body, l.service.Local.MinScore) }})
	}
	return all
}

// readingOf is what decides the text that is read in a picture, but for the
// version of the program: that is told by the answer.
func (l *local) readingOf(hash string) []byte {
	o := l.service.Local.OCR
	languages, _ := ocr.Codes(o.Languages) // checked
	body, _ := json.Marshal(struct {
		Image     string        `json:"image"`
		Task      string        `json:"task"`
		Languages []string      `json:"languages"`
		Mode      int           `json:"psm"`
		Threshold ocr.Threshold `json:"threshold,omitempty"`
		Enlarge   int           `json:"enlarge,omitempty"`
		Reduce    int           `json:"reduce,omitempty"`
	}{hash, "text", languages, cmp.Or(o.Mode, 3), o.Threshold, o.Enlarge, o.Reduce}) // texts and numbers always marshal
	return body
}

// engines opens what is asked for, each once.
func (l *local) engines(ctx context.Context, text bool) (*ocr.Engine, Detector, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.wrong != nil:
	case text && l.engine == nil:
		l.engine, l.wrong = ocr.Open(ctx, l.service.Local.OCR)
	case !text && l.detector == nil:
		l.detector, l.wrong = l.service.Local.Open(ctx)
	}
	var missing *stage.MissingError
	if errors.As(l.wrong, &missing) {
		l.wrong = &stage.MissingError{What: missing.What, Mend: missing.Mend + "\nor replay recorded answers: icono run --record none"}
	}
	return l.engine, l.detector, l.wrong
}

// readText has Tesseract read a picture.
func (l *local) readText(ctx context.Context, data []byte) (answers.Answer, error) {
	engine, _, err := l.engines(ctx, true)
	if err != nil {
		return answers.Answer{}, err
	}
	r, err := engine.Read(ctx, data)
	if err != nil {
		return answers.Answer{}, err
	}
	body, err := json.Marshal(readingFrom(r))
	by := "tesseract " + engine.Version()
	var notes []string
	for _, f := range engine.Facts() {
		if strings.HasSuffix(f.Name, ".traineddata") || f.Name == "Leptonica" {
			notes = append(notes, f.Name+" "+f.Value)
		}
	}
	return answers.Answer{Body: body, Model: by, Note: strings.Join(notes, ", ")}, err
}

// findObjects has YOLOX look at a picture.
func (l *local) findObjects(ctx context.Context, data []byte) (answers.Answer, error) {
	_, detector, err := l.engines(ctx, false)
	if err != nil {
		return answers.Answer{}, err
	}
	p, err := detector.Prepare(data, nil)
	if err != nil {
		return answers.Answer{}, err
	}
	found, err := detector.Detect(ctx, []detect.Prepared{p})
	if err != nil {
		return answers.Answer{}, err
	}
	body, err := json.Marshal(sightingFrom(found[0]))
	return answers.Answer{Body: body, Model: l.model}, err
}

// Known implements Reader.
func (l *local) Known(ctx context.Context, p Picture) (bool, error) {
	if _, err := picture.ReadHeader(p.Data); err != nil {
		return false, &coding.Fault{Status: stage.Unreadable, Reason: err.Error()}
	}
	var all []answers.Request
	for _, s := range l.steps(p) {
		all = append(all, s.request)
	}
	return known(ctx, l.Counter, all...)
}

// Price implements Reader: nothing.
func (*local) Price() price.Quote {
	return price.Quote{Assumes: []string{"read on this machine, which costs time alone"}}
}

// Facts implements Reader. The files of languages are known once pictures were read,
// or their stored answers.
func (l *local) Facts() []stage.Fact {
	facts := []stage.Fact{{Name: "provider", Value: "this machine"}, {Name: "features", Value: strings.Join(names(l.service.Question.Features), ", ")}}
	if l.service.wants(vision.Text) {
		languages, _ := ocr.Codes(l.service.Local.OCR.Languages) // checked
		facts = append(facts, stage.Fact{Name: "languages", Value: strings.Join(languages, " + ")})
		l.mu.Lock()
		if len(l.files) > 0 {
			slices.Sort(l.files)
			facts = append(facts, stage.Fact{Name: "model files of text", Value: strings.Join(l.files, "; ")})
		}
		l.mu.Unlock()
	}
	if l.service.wants(vision.Objects) {
		facts = append(facts, stage.Fact{Name: "model of objects", Value: l.model}, stage.Fact{Name: "least score", Value: fmt.Sprint(l.service.Local.MinScore)})
	}
	return facts
}

// rounded keeps what is stored short: five digits are a hundredth of a pixel in
// a picture of a thousand.
func rounded(x float64) float64 { return math.Round(x*1e5) / 1e5 }
