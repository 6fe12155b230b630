// Package gpt is the kind that has rows coded by a multimodal language model,
// by a codebook or by a prompt of one's own.
package gpt

import (
	"fmt"
	"slices"
	"strings"

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
	Image Image `yaml:"image"`
	// Texts that are sent with the picture: a name for the model, and an
	// expression over the columns. An empty one is left out.
	Inputs option.Map[option.Expression] `yaml:"inputs" min:"1" example:"{Caption: Caption}"`
	// Coded examples that are shown to the model first.
	Examples *Examples `yaml:"examples"`
	// `live` asks row by row. `batch` hands all questions in together: the answers
	// come within 24 hours, for half the price where the provider has one. A run
	// that is interrupted meanwhile fetches them when it is run again.
	Mode string `yaml:"mode" enum:"live,batch"`
	// How batches are made.
	Batch Batch `yaml:"batch"`
	// How often each row is coded. With more than 1 the columns hold the value
	// of the majority, null in a tie, and `<column>_agreement` the share that it
	// has.
	Runs int `yaml:"runs" min:"1" max:"25"`
	// Put the categories in another order in each request, by the seed and the
	// row's key, so that their order does not steer the codes of all rows alike.
	Shuffle bool `yaml:"shuffle"`
	// Send an answer that does not fit the codebook back once, with what is wrong.
	Repair bool `yaml:"repair"`
	// How freely the model chooses its words, 0 to 2. Without it 0, where the
	// model takes it.
	Temperature *float64 `yaml:"temperature" min:"0" max:"2" example:"0"`
	// The share of probability that words are drawn from.
	TopP *float64 `yaml:"top_p" min:"0" max:"1"`
	// A seed for servers that take one.
	Seed *int `yaml:"seed" min:"0" example:"2021"`
	// The most tokens of an answer, reasoning included.
	MaxTokens int `yaml:"max_tokens" min:"1"`
	// How much a reasoning model thinks first: none, minimal, low, medium, high,
	// or another word of the model's.
	ReasoningEffort string `yaml:"reasoning_effort" example:"low"`
	// The address of a server that speaks OpenAI's protocol, such as Ollama,
	// vLLM, llama.cpp or LiteLLM; without it OpenAI's own.
	BaseURL option.Endpoint `yaml:"base_url" example:"http://localhost:11434/v1"`
	// The environment variable that holds the key. Without it `OPENAI_API_KEY`
	// for OpenAI and Azure, and no key for other servers.
	Key option.Secret `yaml:"key" example:"${OPENAI_API_KEY}"`
	// Azure's API version.
	APIVersion string `yaml:"api_version" example:"2024-10-21"`
	// Azure's deployment, where it is not named like the model.
	Deployment string `yaml:"deployment"`
	// The most requests that are on their way at once. Fewer are, where the
	// server refuses that many.
	Concurrency int `yaml:"concurrency" min:"1" max:"1024"`
	// The rate that the server allows; without it, it is learnt from the
	// server's answers.
	RequestsPerMinute float64 `yaml:"requests_per_minute" min:"0" example:"500"`
	// The tokens a minute that the server allows; without it, they are learnt.
	TokensPerMinute float64 `yaml:"tokens_per_minute" min:"0" example:"200000"`
	// The seconds that one attempt may take.
	Timeout float64 `yaml:"timeout" min:"1"`
	// What the names of the new columns begin with.
	Prefix string `yaml:"prefix" example:"gpt_"`
}

// Image says how pictures are sent.
type Image struct {
	// Whether the picture is sent at all; with `false` the model sees `inputs` only.
	Send bool `yaml:"send"`
	// How closely the model looks: `low` costs least, where the model knows it.
	Detail string `yaml:"detail" enum:"auto,low,high"`
	// The longer side of what is sent, in pixels; larger pictures are scaled down
	// and sent as JPEG. 0 sends files as they are.
	MaxSide int `yaml:"max_side" min:"0" max:"8192" example:"1024"`
}

// Batch says how batches are made.
type Batch struct {
	// The most questions of a batch; 0 is 50000, the most that OpenAI takes.
	// Smaller ones are for accounts that may not queue that much at once.
	Requests int `yaml:"requests" min:"0" max:"100000" example:"2000"`
	// The most megabytes of the file of a batch; 0 is 200, the most that OpenAI
	// takes.
	Megabytes float64 `yaml:"megabytes" min:"0" max:"1000" example:"100"`
	// The seconds between two looks at a batch, at most.
	Poll float64 `yaml:"poll" min:"0.05" max:"3600"`
}

// batchMode is the mode of batches.
const batchMode = "batch"

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
	return Config{Image: Image{Send: true, MaxSide: 1536}, Mode: "live", Batch: Batch{Poll: 60}, Runs: 1, MaxTokens: 4096, Concurrency: 16, Timeout: 120}
}

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
	}
	for i, name := range c.Columns {
		if slices.Contains(c.Columns[:i], name) {
			return wrong(fmt.Sprintf("the column `%s` is named twice", name), "", "columns", fmt.Sprint(i))
		}
	}
	return nil
}
