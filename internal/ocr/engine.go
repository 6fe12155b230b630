package ocr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"icono/internal/picture"
	"icono/internal/stage"
)

// Engine reads pictures. Its methods may be called concurrently.
type Engine struct {
	program   program
	languages []language
	options   Options
	decoders  sync.Pool // of *picture.Decoder
}

// language is a traineddata file.
type language struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // "" where the file was not found
}

// Open finds the program and the languages. What the machine lacks is a
// *stage.MissingError that names the packages to install.
func Open(ctx context.Context, o Options) (*Engine, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	names, err := Codes(o.Languages)
	if err != nil {
		return nil, err
	}
	p, err := find(ctx, o.Program, o.Data)
	if err != nil {
		return nil, err
	}
	if o.Threshold != Otsu && strings.HasPrefix(p.version, "4.") {
		return nil, &stage.MissingError{What: fmt.Sprintf("the threshold %s needs version 5 of tesseract, and %s is %s", o.Threshold, p.path, p.version), Mend: "install version 5 or later, or leave the threshold out"}
	}
	wanted := names
	if o.Mode == 1 || o.Mode == 12 {
		wanted = append(slices.Clone(names), orientation)
	}
	if err := p.lacks(wanted); err != nil {
		return nil, err
	}
	e := &Engine{program: p, options: o}
	e.decoders.New = func() any { return new(picture.Decoder) }
	for _, name := range wanted {
		sum, err := p.sum(name)
		if err != nil {
			return nil, err
		}
		e.languages = append(e.languages, language{name, sum})
	}
	return e, nil
}

// Check reports all that is wrong with options, with no look at the machine.
func (o Options) Check() error {
	_, err := Codes(o.Languages)
	return errors.Join(o.check(), err)
}

func (o *Options) check() error {
	if o.Mode == 0 {
		o.Mode = 3
	}
	if o.Threshold == "" {
		o.Threshold = Otsu
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	switch {
	case o.Mode < 1 || o.Mode > 13 || o.Mode == 2:
		return fmt.Errorf("the page segmentation mode %d reads no text; it is 1 or 3 to 13", o.Mode)
	case slices.Index(thresholds(), o.Threshold) < 0:
		return fmt.Errorf("the threshold %q is none of otsu, adaptive-otsu and sauvola", o.Threshold)
	case o.Enlarge < 0 || o.Reduce < 0 || o.Enlarge > longestSide || o.Reduce > longestSide:
		return fmt.Errorf("pictures can be scaled to sides of 1 to %d pixels, not from %d to %d", longestSide, o.Enlarge, o.Reduce)
	case o.Reduce > 0 && o.Enlarge > o.Reduce:
		return fmt.Errorf("pictures cannot be enlarged to %d pixels and reduced to %d", o.Enlarge, o.Reduce)
	case o.Timeout < 0:
		return fmt.Errorf("a process cannot be given %s", o.Timeout)
	}
	return nil
}

// thresholds lists the ways at their numbers in Tesseract.
func thresholds() []Threshold { return []Threshold{Otsu, AdaptiveOtsu, Sauvola} }

// Version is the version of tesseract.
func (e *Engine) Version() string { return e.program.version }

// Languages are Tesseract's codes of the languages in use.
func (e *Engine) Languages() []string {
	names := make([]string, 0, len(e.languages))
	for _, l := range e.languages {
		if l.Name != orientation {
			names = append(names, l.Name)
		}
	}
	return names
}

// Facts say what reads the pictures, and how.
func (e *Engine) Facts() []stage.Fact {
	facts := []stage.Fact{
		{Name: "Tesseract", Value: e.program.version},
		{Name: "languages", Value: strings.Join(e.Languages(), " + ")},
		{Name: "page segmentation mode", Value: strconv.Itoa(e.options.Mode)},
		{Name: "threshold", Value: string(e.options.Threshold)},
		{Name: "scaling", Value: e.options.scaling()},
	}
	if e.program.library != "" {
		facts = slices.Insert(facts, 1, stage.Fact{Name: "Leptonica", Value: e.program.library})
	}
	for _, l := range e.languages {
		sum := "unknown"
		if l.SHA256 != "" {
			sum = "sha256:" + l.SHA256
		}
		facts = append(facts, stage.Fact{Name: l.Name + ".traineddata", Value: sum})
	}
	return facts
}

func (o Options) scaling() string {
	var parts []string
	if o.Enlarge > 0 {
		parts = append(parts, fmt.Sprintf("longer sides below %d pixels enlarged to it, at most fourfold", o.Enlarge))
	}
	if o.Reduce > 0 {
		parts = append(parts, fmt.Sprintf("longer sides above %d pixels reduced to it", o.Reduce))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// Canonical describes in one line of JSON all that decides what is read in a
// picture of given bytes: equal descriptions give equal answers.
func (e *Engine) Canonical() string {
	text, err := json.Marshal(struct {
		Program   string     `json:"program"`
		Version   string     `json:"version"`
		Languages []language `json:"languages"`
		Mode      int        `json:"psm"`
		Threshold Threshold  `json:"threshold"`
		Enlarge   int        `json:"enlarge"`
		Reduce    int        `json:"reduce"`
		Picture   string     `json:"picture"`
	}{"tesseract", e.program.version, e.languages, e.options.Mode, e.options.Threshold, e.options.Enlarge, e.options.Reduce, "upright RGB on white, bicubic"})
	if err != nil { // strings and numbers only
		return err.Error()
	}
	return string(text)
}

// limit is how long a process may take.
func (e *Engine) limit() time.Duration { return e.options.Timeout }

// Installed returns the version of tesseract on this machine and the languages that
// it reads. Its errors are those of Open.
func Installed(ctx context.Context) (version string, languages []string, err error) {
	p, err := find(ctx, "", "")
	return p.version, p.languages, err
}
