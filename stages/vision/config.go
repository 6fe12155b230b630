// Package vision is the kind that finds text, objects and more in pictures, by
// Google Vision or by programs on this machine.
package vision

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"icono/internal/ocr"
	"icono/internal/option"
	"icono/internal/sight"
	"icono/internal/stage"
	"icono/internal/vision"
)

// Config are the options of a stage of kind vision.
type Config struct {
	// Who looks. `google`: Google Cloud Vision, which is paid for and is sent the
	// pictures. `local`: programs on this machine, Tesseract for text and a YOLOX
	// model for objects; no picture leaves it.
	Provider string `yaml:"provider" required:"true" enum:"google,local"`
	// What is looked for. `local` has `text` and `objects`. One request to Google
	// carries all features of a picture; each is paid for.
	Features []string `yaml:"features" min:"1" enum:"text,objects,labels,safe_search,faces,logos,landmarks,web"`
	// The languages of the text, as ISO 639-1 names them. Google finds out by itself
	// mostly; Tesseract takes English where none is named.
	LanguageHints []string `yaml:"language_hints" min:"1" example:"[de, en]"`
	// Read text as that of a dense page (DOCUMENT_TEXT_DETECTION), for `google`.
	Document bool `yaml:"document"`
	// Add the column `OCR_words`: each word with its place.
	Boxes bool `yaml:"boxes"`
	// The least score of an object. Without it all that Google names, and 0.3 for
	// `local`.
	MinScore *float64 `yaml:"min_score" min:"0" max:"1" example:"0.5"`
	// The most results of a feature, for `google`; without it 10.
	MaxResults int `yaml:"max_results" min:"0" max:"100"`
	// The longer side of what is sent to Google, in pixels; larger pictures are
	// scaled down and sent as JPEG. Google finds 640 enough for objects and 1024 for
	// text. 0 sends files as they are.
	MaxSide int `yaml:"max_side" min:"0" max:"8192" example:"1024"`
	// Where Google keeps and computes the pictures: `eu` for data protection. It
	// needs the `project`. Without it anywhere.
	Region string `yaml:"region" enum:"eu,us,asia"`
	// The project at Google Cloud.
	Project string `yaml:"project" example:"my-study-4711"`
	// The environment variable that holds an API key of Google Cloud. Without it the
	// application-default credentials of this machine are used.
	Key option.Secret `yaml:"key" example:"${GOOGLE_API_KEY}" operational:"true"`
	// The address of a server that speaks Google's protocol; without it Google's own.
	BaseURL option.Endpoint `yaml:"base_url"`
	// Google's model: `builtin/stable` or `builtin/latest`.
	Model string `yaml:"model" enum:"builtin/stable,builtin/latest"`
	// The most requests to Google that are on their way at once, of up to 16
	// pictures each.
	Concurrency int `yaml:"concurrency" min:"1" max:"64" operational:"true"`
	// The rate that Google allows your project; without it, it is learnt from what
	// Google refuses.
	RequestsPerMinute float64 `yaml:"requests_per_minute" min:"0" example:"1800" operational:"true"`
	// The seconds that one attempt may take.
	Timeout float64 `yaml:"timeout" min:"1" operational:"true"`
	// How Tesseract reads, for `local`.
	Tesseract Tesseract `yaml:"tesseract"`
	// The YOLOX model for objects, for `local`: a named download (`yolox-nano`,
	// `yolox-tiny`, `yolox-s`), an .onnx file or a folder with one.
	Detector string `yaml:"detector" example:"models/yolox_s.onnx"`
	// Where the model of objects runs: `auto` takes a GPU if there is one.
	Device string `yaml:"device" enum:"auto,cpu,cuda" operational:"true"`
	// What the names of the new columns begin with. With `GV_` the columns of
	// labels, faces, logos, landmarks, safe search and web have the names that
	// Memespector gives them.
	Prefix string `yaml:"prefix" example:"GV_"`
}

// Tesseract says how Tesseract reads.
type Tesseract struct {
	// Tesseract's page segmentation mode: 3 finds the blocks of a page, 6 takes the
	// picture for one block, 11 finds words wherever they are.
	Mode int `yaml:"mode" min:"1" max:"13"`
	// How ink is told from paper: `otsu` by one brightness for the whole picture,
	// `sauvola` by the surroundings of each pixel, which can read light writing on
	// dark beside dark on light. None is best for all pictures: try them on yours.
	Threshold string `yaml:"threshold" enum:"otsu,adaptive-otsu,sauvola"`
	// Smaller pictures are enlarged until their longer side has so many pixels, at
	// most fourfold; 0 enlarges none.
	Enlarge int `yaml:"enlarge" min:"0" max:"32767" example:"2000"`
	// Larger pictures are reduced until their longer side has so many pixels; 0
	// reduces none.
	Reduce int `yaml:"reduce" min:"0" max:"32767" example:"4000"`
	// The seconds that a picture may take.
	Timeout float64 `yaml:"timeout" min:"1" operational:"true"`
}

// Providers.
const (
	byGoogle = "google"
	byLocal  = "local"
)

// usualScore is the least score of local objects unless another is named.
const usualScore = 0.3

func defaults() Config {
	return Config{Features: []string{"text", "objects"}, Concurrency: 4, Timeout: 120, Detector: "yolox-nano", Device: "auto",
		Tesseract: Tesseract{Mode: 3, Threshold: string(ocr.Otsu), Timeout: 120}}
}

func wrong(message, hint string, path ...string) error {
	return &stage.OptionError{Path: path, Message: message, Hint: hint}
}

// Validate implements stage.Validator.
func (c *Config) Validate() error {
	var errs []error
	for i, f := range c.Features {
		if slices.Contains(c.Features[:i], f) {
			errs = append(errs, wrong(fmt.Sprintf("`%s` is listed twice", f), "remove one", "features", fmt.Sprint(i)))
		}
		if c.Provider == byLocal && f != string(vision.Text) && f != string(vision.Objects) {
			errs = append(errs, wrong(fmt.Sprintf("`%s` has no local form: only Google finds it", f), "remove it, or write `provider: google`; `local` has text and objects", "features", fmt.Sprint(i)))
		}
	}
	if err := errors.Join(append(errs, c.unused()...)...); err != nil {
		return err
	}
	if c.Provider == byLocal {
		if err := c.reading().Check(); err != nil {
			return wrong(err.Error(), "for example `language_hints: [de, en]`", "language_hints")
		}
		if c.MinScore != nil && *c.MinScore < sight.LeastScore {
			return wrong(fmt.Sprintf("objects are kept from a score of %v", sight.LeastScore), "take a higher `min_score`", "min_score")
		}
		return nil
	}
	if err := c.question().Check(); err != nil {
		return wrong(strings.Join(strings.Fields(err.Error()), " "), "for example `language_hints: [de, en]`", "language_hints")
	}
	switch {
	case c.Region != "" && c.Project == "":
		return wrong("a region needs the project at Google Cloud that asks", "add `project: my-study-4711`", "region")
	case c.Region != "" && c.BaseURL != "":
		return wrong("`region` chooses an address of Google's, and `base_url` names another", "remove one of them", "region")
	}
	return nil
}

// unused refuses options that the provider or the features make nothing of.
func (c *Config) unused() (errs []error) {
	d := defaults()
	google, local := c.Provider == byGoogle, c.Provider == byLocal
	text, objects := c.wants(vision.Text), c.wants(vision.Objects)
	for _, o := range []struct {
		name  string
		given bool
		used  bool
		of    string
	}{
		{"document", c.Document, google && text, "`provider: google` with `text`"},
		{"language_hints", len(c.LanguageHints) > 0, text, "the feature `text`"},
		{"boxes", c.Boxes, text, "the feature `text`"},
		{"min_score", c.MinScore != nil, objects, "the feature `objects`"},
		{"max_results", c.MaxResults != 0, google, "`provider: google`"},
		{"max_side", c.MaxSide != 0, google, "`provider: google`"},
		{"region", c.Region != "", google, "`provider: google`"},
		{"project", c.Project != "", google, "`provider: google`"},
		{"key", c.Key != "", google, "`provider: google`"},
		{"base_url", c.BaseURL != "", google, "`provider: google`"},
		{"model", c.Model != "", google, "`provider: google`"},
		{"tesseract", c.Tesseract != d.Tesseract, local && text, "`provider: local` with `text`"},
		{"detector", c.Detector != d.Detector, local && objects, "`provider: local` with `objects`"},
		{"device", c.Device != d.Device, local && objects, "`provider: local` with `objects`"},
	} {
		if o.given && !o.used {
			errs = append(errs, wrong(fmt.Sprintf("`%s` does nothing here: it is for %s", o.name, o.of), "remove it", o.name))
		}
	}
	if strings.TrimSpace(c.Detector) == "" {
		errs = append(errs, wrong("the model for objects is not named", "remove the line for `yolox-nano`", "detector"))
	}
	return errs
}

func (c *Config) wants(f vision.Feature) bool { return slices.Contains(c.Features, string(f)) }

// question is what is asked of every picture.
func (c *Config) question() vision.Question {
	q := vision.Question{Document: c.Document, LanguageHints: c.LanguageHints, Confidence: c.wants(vision.Text) && !c.Document, MaxResults: c.MaxResults, Model: c.Model}
	for _, f := range c.Features {
		q.Features = append(q.Features, vision.Feature(f))
	}
	return q
}

// reading is how Tesseract reads.
func (c *Config) reading() ocr.Options {
	t := c.Tesseract
	return ocr.Options{Languages: c.LanguageHints, Mode: t.Mode, Threshold: ocr.Threshold(t.Threshold), Enlarge: t.Enlarge, Reduce: t.Reduce, Timeout: seconds(t.Timeout)}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// service is who looks, and how.
func (c *Config) service() sight.Service {
	s := sight.Service{Question: c.question()}
	if c.Provider == byLocal {
		s.Question.LanguageHints, s.Question.Confidence = nil, false
		s.Local = &sight.Local{OCR: c.reading(), Detector: c.Detector, MinScore: c.minScore()}
		return s
	}
	s.Google = sight.Google{MaxSide: c.MaxSide, BaseURL: string(c.BaseURL), Key: string(c.Key), Region: c.Region, Project: c.Project,
		Concurrency: c.Concurrency, RequestsPerMinute: c.RequestsPerMinute, Timeout: seconds(c.Timeout)}
	return s
}

func (c *Config) minScore() float64 {
	switch {
	case c.MinScore != nil:
		return *c.MinScore
	case c.Provider == byLocal:
		return usualScore
	}
	return 0
}
