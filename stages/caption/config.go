// Package caption is the kind that has each picture described in a sentence or
// two by a multimodal language model.
package caption

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"icono/internal/asking"
	"icono/internal/coding"
	"icono/internal/stage"
)

// Config are the options of a stage of kind caption.
type Config struct {
	// The model, as its server names it. Without it `gemini-3.5-flash-lite` for
	// `provider: gemini`.
	Model string `yaml:"model" example:"gemini-3.5-flash-lite"`
	// What is asked, in place of the prompt of this kind. Language and length are
	// added to it.
	Prompt string `yaml:"prompt" example:"Describe what the persons in the picture do."`
	// The language of the captions, as ISO 639-1 or BCP 47 names it.
	Language string `yaml:"language" example:"de"`
	// About how many words a caption may have.
	Words int `yaml:"words" min:"1" max:"1000"`
	// How closely the model looks: `low` costs least, where the model knows it.
	// For Gemini it is the media resolution.
	Detail string `yaml:"detail" enum:"auto,low,high"`
	// The longer side of what is sent, in pixels; larger pictures are scaled down
	// and sent as JPEG. 0 sends files as they are.
	MaxSide int `yaml:"max_side" min:"0" max:"8192" example:"1024"`
	// The column of the captions; without it the id of the stage. Beside it stand
	// `<id>_status` and `<id>_error`.
	Column           string `yaml:"column" example:"AI Caption"`
	asking.Questions `yaml:",inline"`
	asking.Sampling  `yaml:",inline"`
	asking.Access    `yaml:",inline"`
}

// usualModel captions for Gemini unless another is named.
const usualModel = "gemini-3.5-flash-lite"

func defaults() Config {
	c := Config{Language: "en", Words: 30, MaxSide: 1536, Questions: asking.DefaultQuestions(), Sampling: asking.DefaultSampling(), Access: asking.DefaultAccess()}
	c.Provider = asking.Gemini
	return c
}

// Validate implements stage.Validator.
func (c *Config) Validate() error {
	if _, err := language.Parse(c.Language); err != nil {
		return &stage.OptionError{Path: []string{"language"}, Message: fmt.Sprintf("%q names no language", c.Language), Hint: "for example `language: de`"}
	}
	if c.Provider != asking.Gemini && c.Model == "" {
		return &stage.OptionError{Message: fmt.Sprintf("`provider: %s` needs the option `model`", c.Provider), Hint: "for example `model: gpt-6-luna`"}
	}
	if err := errors.Join(c.Access.Check(), c.Questions.Check(c.Provider)); err != nil {
		return err
	}
	return nil
}

func (c *Config) model() string { return cmp.Or(c.Model, usualModel) }

// describe is what is asked of every picture unless a prompt is given.
const describe = "Describe the picture for a researcher who cannot see it: the persons and what they do, the objects that matter, and the place. " +
	"Say only what can be seen. Do not identify anybody: describe persons without naming them or guessing who they are."

// scheme is what the model is told.
func (c *Config) scheme(column string) coding.Plain {
	words := fmt.Sprintf("Write at most %d words", c.Words)
	if c.Words == 1 {
		words = "Write one word"
	}
	name := display.English.Tags().Name(language.Make(c.Language))
	text := fmt.Sprintf("%s\n\n%s, in %s. Answer with the description alone.", cmp.Or(strings.TrimSpace(c.Prompt), describe), words, name)
	return coding.Plain{Text: text, Column: column}
}

// picture says how pictures are sent.
func (c *Config) picture() coding.SentPicture {
	return coding.SentPicture{Send: true, Detail: c.Detail, MaxSide: c.MaxSide}
}
