package asking

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"icono/internal/chat"
	"icono/internal/option"
	"icono/internal/stage"
)

// Access are the options that say where a kind's model is asked, and how fast.
type Access struct {
	// The protocol of the server: `openai` is spoken by OpenAI, Azure, Ollama, vLLM,
	// llama.cpp, LiteLLM and others, `gemini` by Google.
	Provider string `yaml:"provider" enum:"openai,gemini"`
	// The address of the server; without it OpenAI's own, or Google's.
	BaseURL option.Endpoint `yaml:"base_url" example:"http://localhost:11434/v1"`
	// The environment variable that holds the key. Without it `OPENAI_API_KEY`
	// for OpenAI and Azure, `GEMINI_API_KEY` for Google, and no key for other
	// servers.
	Key option.Secret `yaml:"key" example:"${OPENAI_API_KEY}" operational:"true"`
	// Azure's API version.
	APIVersion string `yaml:"api_version" example:"2024-10-21"`
	// Azure's deployment, where it is not named like the model.
	Deployment string `yaml:"deployment"`
	// The project at Google Cloud that is asked (Vertex AI), with the
	// application-default credentials of this machine in place of a key.
	Project string `yaml:"project" example:"my-project"`
	// Where Google Cloud computes: a region such as `europe-west4`, `eu` or `us`.
	Location string `yaml:"location" example:"europe-west4"`
	// The most requests that are on their way at once. Fewer are, where the
	// server refuses that many.
	Concurrency int `yaml:"concurrency" min:"1" max:"1024" operational:"true"`
	// The rate that the server allows; without it, it is learnt from the
	// server's answers.
	RequestsPerMinute float64 `yaml:"requests_per_minute" min:"0" example:"500" operational:"true"`
	// The tokens a minute that the server allows; without it, they are learnt.
	TokensPerMinute float64 `yaml:"tokens_per_minute" min:"0" example:"200000" operational:"true"`
	// The seconds that one attempt may take.
	Timeout float64 `yaml:"timeout" min:"1" operational:"true"`
}

// Values of Provider.
const (
	OpenAI = "openai"
	Gemini = "gemini"
)

// DefaultAccess is where kinds ask unless they are told otherwise.
func DefaultAccess() Access { return Access{Provider: OpenAI, Concurrency: 16, Timeout: 120} }

// Server is the access to a model.
func (a Access) Server(model string) Server {
	return Server{Provider: a.Provider, BaseURL: string(a.BaseURL), Key: string(a.Key), APIVersion: a.APIVersion, Deployment: a.Deployment,
		Project: a.Project, Location: a.Location, Model: model, Concurrency: a.Concurrency, RequestsPerMinute: a.RequestsPerMinute,
		TokensPerMinute: a.TokensPerMinute, Timeout: time.Duration(a.Timeout * float64(time.Second))}
}

// Check refuses what does not go together. The errors are *stage.OptionError.
func (a Access) Check() error {
	var errs []error
	for _, o := range []struct{ name, value, of string }{
		{"api_version", a.APIVersion, OpenAI}, {"deployment", a.Deployment, OpenAI},
		{"project", a.Project, Gemini}, {"location", a.Location, Gemini},
	} {
		if o.value != "" && a.Provider != o.of {
			errs = append(errs, &stage.OptionError{Path: []string{o.name}, Message: fmt.Sprintf("`%s` does nothing with `provider: %s`", o.name, a.Provider), Hint: fmt.Sprintf("it is for `provider: %s`; remove it", o.of)})
		}
	}
	switch {
	case len(errs) > 0:
	case a.Project != "" && a.Location == "":
		return &stage.OptionError{Path: []string{"project"}, Message: "a project at Google Cloud is asked at a location, and none is named", Hint: "for example `location: europe-west4`"}
	case a.Location != "" && a.Project == "":
		return &stage.OptionError{Path: []string{"location"}, Message: "a location belongs to a project at Google Cloud, and none is named", Hint: "add `project: ...`, or remove `location`"}
	case a.Project != "" && a.Key != "":
		return &stage.OptionError{Path: []string{"key"}, Message: "a project at Google Cloud is asked with the credentials of this machine, not with a key", Hint: "remove `key`, or remove `project` and `location`"}
	}
	return errors.Join(errs...)
}

// Changed reports the first option that is not as in DefaultAccess, "" for none.
func (a Access) Changed() string {
	d := DefaultAccess()
	for _, o := range []struct {
		name    string
		changed bool
	}{
		{"provider", a.Provider != d.Provider}, {"base_url", a.BaseURL != ""}, {"key", a.Key != ""}, {"api_version", a.APIVersion != ""},
		{"deployment", a.Deployment != ""}, {"project", a.Project != ""}, {"location", a.Location != ""},
	} {
		if o.changed {
			return o.name
		}
	}
	return ""
}

// Sampling are the options that say how a model finds its answers.
type Sampling struct {
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
}

// DefaultSampling is how models answer unless they are told otherwise.
func DefaultSampling() Sampling { return Sampling{MaxTokens: 4096} }

// Parameters are those of requests.
func (s Sampling) Parameters() chat.Parameters {
	most := int64(s.MaxTokens)
	p := chat.Parameters{Temperature: s.Temperature, TopP: s.TopP, MaxTokens: &most, ReasoningEffort: strings.TrimSpace(s.ReasoningEffort)}
	if p.Temperature == nil {
		p.Temperature, p.Optional = new(float64), append(p.Optional, "temperature")
	}
	if s.Seed != nil {
		seed := int64(*s.Seed)
		p.Seed = &seed
	}
	return p
}

// Changed reports the first option that is not as in DefaultSampling, "" for none.
func (s Sampling) Changed() string {
	for _, o := range []struct {
		name    string
		changed bool
	}{
		{"temperature", s.Temperature != nil}, {"top_p", s.TopP != nil}, {"seed", s.Seed != nil}, {"reasoning_effort", s.ReasoningEffort != ""},
	} {
		if o.changed {
			return o.name
		}
	}
	return ""
}

// Questions says when the questions of a stage are asked.
type Questions struct {
	// `live` asks row by row. `batch` hands all questions in together: the answers
	// come within 24 hours, for half the price where the provider has one. A run
	// that is interrupted meanwhile fetches them when it is run again.
	Mode string `yaml:"mode" enum:"live,batch" operational:"true"`
	// How batches are made.
	Batch BatchFiles `yaml:"batch" operational:"true"`
}

// BatchFiles says how batches are made.
type BatchFiles struct {
	// The most questions of a batch; 0 is 50000, the most that OpenAI takes.
	// Smaller ones are for accounts that may not queue that much at once.
	Requests int `yaml:"requests" min:"0" max:"100000" example:"2000"`
	// The most megabytes of the file of a batch; 0 is 200, the most that OpenAI
	// takes.
	Megabytes float64 `yaml:"megabytes" min:"0" max:"1000" example:"100"`
	// The seconds between two looks at a batch, at most.
	Poll float64 `yaml:"poll" min:"0.05" max:"3600"`
}

// DefaultQuestions are asked row by row.
func DefaultQuestions() Questions { return Questions{Mode: "live", Batch: BatchFiles{Poll: 60}} }

// Together reports whether questions are handed in together.
func (q Questions) Together() bool { return q.Mode == "batch" }

// Of adds to a server when it is asked.
func (q Questions) Of(s Server) Server {
	s.Batch, s.Poll = q.Together(), time.Duration(q.Batch.Poll*float64(time.Second))
	s.Files = chat.Limits{Requests: q.Batch.Requests, Bytes: int64(q.Batch.Megabytes * 1e6)}
	return s
}

// Check refuses batches where the provider has none.
func (q Questions) Check(provider string) error {
	if q.Together() && provider == Gemini {
		return &stage.OptionError{Path: []string{"mode"}, Message: "batches are not supported for `provider: gemini`", Hint: "remove `mode: batch`"}
	}
	return nil
}
