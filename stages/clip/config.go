// Package clip is the kind that classifies pictures by their likeness to
// phrases, with a CLIP model and no training.
package clip

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"icono/internal/clip"
	"icono/internal/clip/token"
	"icono/internal/option"
	"icono/internal/stage"
	"icono/internal/suggest"
)

// Config are the options of a stage of kind clip.
type Config struct {
	// The model: `palette` (part of icono; measures colour and light, knows
	// nothing of content), a named CLIP model, or a folder with an ONNX export
	// of any CLIP model. A named model is downloaded once, checked against the
	// SHA-256 that the hub announces, and pinned to it from then on; where none
	// is announced, a warning says so.
	Model string `yaml:"model" required:"true" example:"clip-vit-b-32"`
	// The categories, each with one or more phrases that describe pictures of
	// it. The model compares each picture with every phrase.
	Labels option.Map[[]string] `yaml:"labels" required:"true" min:"1" example:"{\"Collage\": [\"a picture made of several smaller pictures\"]}"`
	// How the likeness to phrases becomes a category. `max`: the best phrase
	// wins and brings its category (probabilities over all phrases jointly);
	// `sum` adds up the probabilities of a category's phrases, `mean` averages
	// them, so that categories with many phrases have no edge;
	// `prompt_ensemble` averages the phrases' vectors before comparing.
	Aggregate string `yaml:"aggregate" enum:"max,mean,sum,prompt_ensemble"`
	// A sentence that each phrase is put into, in place of `{}`.
	Template string `yaml:"template" example:"'a photo of {}'"`
	// How many of the best categories are given, each in columns of its own.
	TopK int `yaml:"top_k" min:"1" max:"100"`
	// Further columns with the probability of every category or phrase.
	Scores string `yaml:"scores" enum:"none,categories,phrases"`
	// The name of the new column; `NAME Label` (the phrase that decided) and
	// `NAME Probability` follow from it.
	Column string `yaml:"column" required:"true" min:"1"`
	// How many pictures the device computes at once. It changes the speed and
	// the memory taken, not the codes.
	BatchSize int `yaml:"batch_size" min:"1" max:"4096" operational:"true"`
	// Where the model runs. `auto` takes a GPU if there is a usable one, and
	// says so; `cuda` fails without one.
	Device string `yaml:"device" enum:"auto,cpu,cuda" operational:"true"`
	// Which files of a model are used, if it has several.
	Precision string `yaml:"precision" enum:"fp32,fp16,int8"`
	// Processor threads for the model; 0 means all.
	Threads int `yaml:"threads" min:"0" max:"1024" operational:"true"`
	// Turn pictures upright by their EXIF orientation. CLIP's own programs do
	// not, so the default does not either.
	Orient bool `yaml:"orient"`
	// The side of the square that the model sees, where the model does not
	// say; 0 means that it does.
	ImageSize int `yaml:"image_size" min:"0" max:"1024"`
}

func defaults() Config {
	return Config{Aggregate: "max", TopK: 1, Scores: "none", Column: "Classification", BatchSize: 32, Device: "auto", Precision: "fp32"}
}

// Kind returns the kind clip, which opens models through m.
func Kind(m Models, kept Shelves) stage.Kind {
	return stage.Define("clip", stage.One(), defaults, func(id string, c Config) stage.Stage { return &classify{id: id, config: c, models: m, kept: kept} })
}

// Validate implements stage.Validator.
func (c *Config) Validate() error {
	var faults faults
	if c.Template != "" && strings.Count(c.Template, "{}") != 1 {
		faults.add([]string{"template"}, "the template does not hold `{}` exactly once", "`{}` is where each phrase goes: \"a photo of {}\"")
		c.Template = ""
	}
	if c.TopK > len(c.Labels) {
		faults.add([]string{"top_k"}, fmt.Sprintf("the best %d of %d categories are wanted", c.TopK, len(c.Labels)), "choose at most the number of categories")
	}
	first := map[string]string{}
	for _, e := range c.Labels {
		if len(e.Value) == 0 {
			faults.add([]string{"labels", e.Key}, fmt.Sprintf("the category %q has no phrase", e.Key), "add at least one")
		}
		if strings.TrimSpace(e.Key) == "" {
			faults.add([]string{"labels"}, "a category has no name", "")
		}
		for i, phrase := range e.Value {
			at := []string{"labels", e.Key, fmt.Sprint(i)}
			if len(e.Value) == 1 {
				at = at[:2]
			}
			switch other, twice := first[phrase]; {
			case strings.TrimSpace(phrase) == "":
				faults.add(at, "a phrase is empty", "")
			case twice:
				faults.add(at, fmt.Sprintf("the phrase %q stands in %q already", phrase, other), "a phrase can decide for one category only")
			}
			first[phrase] = e.Key
			c.checkLength(at, clip.Fill(c.Template, phrase), &faults)
		}
	}
	return faults.join()
}

// checkLength refuses a phrase that the tokenizer would have to cut.
func (c *Config) checkLength(at []string, phrase string, faults *faults) {
	if len(phrase) <= token.Limit || !c.countsCLIP() { // a token is at least one byte
		return
	}
	t, err := token.New()
	if err != nil {
		return
	}
	if n := len(t.Tokens(phrase)); n > token.Limit {
		faults.add(at, fmt.Sprintf("the phrase has %d tokens, and CLIP reads at most %d", n, token.Limit), "shorten it; nothing is cut silently")
	}
}

// countsCLIP reports whether phrases are surely counted in CLIP's tokens. Other
// models, and folders, count when they are opened.
func (c *Config) countsCLIP() bool {
	return !clip.HasOwnTokenizer(c.Model) && !strings.ContainsAny(c.Model, `/\`) && !strings.HasPrefix(c.Model, ".")
}

// checkModel says what is wrong with the name of the model.
func (c *Config) checkModel(names []string) error {
	if slices.Contains(names, c.Model) || strings.ContainsAny(c.Model, `/\`) || filepath.IsAbs(c.Model) || strings.HasPrefix(c.Model, ".") {
		return nil
	}
	hint := "a folder is written with a slash: ./models/" + c.Model
	if near := suggest.Nearest(c.Model, names); near != "" {
		hint = "did you mean `" + near + "`?"
	} else if all := suggest.Hint(c.Model, names); all != "" {
		hint = all + "; " + hint
	}
	return &stage.OptionError{Path: []string{"model"}, Message: fmt.Sprintf("there is no model %q", c.Model),
		Hint: hint}
}

// faults collects what is wrong with options.
type faults []error

func (f *faults) add(path []string, message, hint string) {
	*f = append(*f, &stage.OptionError{Path: path, Message: message, Hint: hint})
}

func (f *faults) join() error { return errors.Join(*f...) }

// isFolder reports whether the model is a path and no name.
func (c *Config) isFolder(names []string) bool { return !slices.Contains(names, c.Model) }

// pathOf returns the path of the i-th phrase, counted over all categories.
func (c *Config) pathOf(i int) []string {
	for _, e := range c.Labels {
		if i < len(e.Value) {
			if len(e.Value) == 1 {
				return []string{"labels", e.Key}
			}
			return []string{"labels", e.Key, fmt.Sprint(i)}
		}
		i -= len(e.Value)
	}
	return []string{"labels"}
}
