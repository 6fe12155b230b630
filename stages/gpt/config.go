// Package gpt is the kind that has rows coded by a multimodal language model,
// by a codebook or by a prompt of one's own.
package gpt

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"icono/internal/asking"
	"icono/internal/coding"
	"icono/internal/option"
	"icono/internal/stage"
)

// Config are the options of a stage of kind gpt.
type Config struct {
	// The model, as its server names it.
	Model string `yaml:"model" required:"true" example:"gpt-6-luna"`
	// The codebook: a YAML file with the variables to code. It makes the prompt,
	// the schema of the answers, their check and the columns.
	Codebook option.Path `yaml:"codebook" example:"codebooks/visual-frames.yaml"`
	// A prompt of your own in place of a codebook. The model is asked for JSON,
	// and each value of its answer becomes a text column named in `columns`.
	Prompt string `yaml:"prompt" example:"Name the place and the number of persons as JSON."`
	// The columns of answers to `prompt`: the names in the JSON, nested ones
	// joined by `_`.
	Columns []string `yaml:"columns" min:"1" example:"[Place, Persons]"`
	// How pictures are sent.
	Image coding.SentPicture `yaml:"image"`
	// Texts that are sent with the picture: a name for the model, and an
	// expression over the columns. An empty one is left out.
	Inputs option.Map[option.Expression] `yaml:"inputs" min:"1" example:"{Caption: Caption}"`
	// Coded examples that are shown to the model first.
	Examples         *Examples `yaml:"examples"`
	asking.Questions `yaml:",inline"`
	// How often each row is coded. With more than 1 the columns hold the value
	// of the majority, null in a tie, and `<column>_agreement` the share that it
	// has; the report and the methods sheet tell Krippendorff's alpha of them.
	Runs int `yaml:"runs" min:"1" max:"25"`
	// Put the categories in another order in each request, by the seed and the
	// row's key, so that their order does not steer the codes of all rows alike.
	Shuffle bool `yaml:"shuffle"`
	// Send an answer that does not fit the codebook back once, with what is wrong.
	Repair          bool `yaml:"repair"`
	asking.Sampling `yaml:",inline"`
	asking.Access   `yaml:",inline"`
	// What the names of the new columns begin with.
	Prefix string `yaml:"prefix" example:"gpt_"`
}

// Examples are coded rows that the model sees before the question.
type Examples struct {
	// A table with the pictures and their codes.
	Path option.Path `yaml:"path" required:"true" example:"data/examples.csv"`
	// The column with the path of the picture.
	Image string `yaml:"image" example:"image"`
	// The column with the answer, as JSON by the codebook.
	Answer string `yaml:"answer" required:"true" example:"answer"`
	// The detail that the pictures of examples are looked at with.
	Detail string `yaml:"detail" enum:"auto,low,high"`
}

func defaults() Config {
	return Config{Image: coding.SentPicture{Send: true, MaxSide: 1536}, Runs: 1, Questions: asking.DefaultQuestions(), Sampling: asking.DefaultSampling(), Access: asking.DefaultAccess()}
}

func detail(option string) string { return cmp.Or(option, "auto") }

// Validate implements stage.Validator.
func (c *Config) Validate() error {
	wrong := func(message, hint string, path ...string) error {
		return &stage.OptionError{Path: path, Message: message, Hint: hint}
	}
	switch {
	case c.Codebook == "" && strings.TrimSpace(c.Prompt) == "":
		return wrong("what to code is not said", "name a codebook (`codebook: codebooks/frames.yaml`), or write a `prompt`")
	case c.Codebook != "" && c.Prompt != "":
		return wrong("`codebook` and `prompt` cannot both be used", "remove one of them; a codebook has `instructions` for what else you want to say", "prompt")
	case c.Prompt != "" && len(c.Columns) == 0:
		return wrong("a prompt needs the columns that its answers have", "name them: `columns: [Place, Persons]`, and ask for JSON with these names in the prompt", "prompt")
	case c.Codebook != "" && len(c.Columns) > 0:
		return wrong("the codebook says the columns", "remove `columns`", "columns")
	case !c.Image.Send && len(c.Inputs) == 0:
		return wrong("the model would see nothing: no picture and no texts", "add `inputs`, or send the picture", "image")
	case c.Shuffle && c.Prompt != "":
		return wrong("a prompt of one's own has no categories to shuffle", "remove `shuffle`, or write a codebook", "shuffle")
	case c.Provider == asking.Gemini && c.Image.Send && c.Examples != nil && c.Examples.Image != "" && detail(c.Examples.Detail) != detail(c.Image.Detail):
		return wrong("Gemini looks at all pictures of a question alike, and these details differ", fmt.Sprintf("write `detail: %s` here too", detail(c.Image.Detail)), "examples", "detail")
	}
	if err := errors.Join(c.Access.Check(), c.Questions.Check(c.Provider)); err != nil {
		return err
	}
	for i, name := range c.Columns {
		if slices.Contains(c.Columns[:i], name) {
			return wrong(fmt.Sprintf("the column `%s` is named twice", name), "", "columns", fmt.Sprint(i))
		}
	}
	return nil
}
