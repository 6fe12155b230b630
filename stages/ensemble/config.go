// Package ensemble is the kind that merges what several coders said about a row
// into one code: by votes, by rules, by a mean, or by a language model that reads
// it.
package ensemble

import (
	"icono/internal/asking"
	"icono/internal/option"
	"icono/internal/stage"
)

// Config are the options of a stage of kind ensemble.
type Config struct {
	// How inputs are merged. `vote`: the code that most inputs have. `rules`: the
	// category of the first rule that holds. `mean`: the mean of numbers, beside
	// their count, the lowest and the highest. `gpt`: a language model is shown
	// the inputs of a row as one JSON object and codes them.
	Method string `yaml:"method" required:"true" enum:"vote,rules,mean,gpt"`
	// What is merged: a name for each input, and a column or an expression over
	// the columns. Rules can use these names like those of columns, before columns
	// of the same name.
	Inputs option.Map[option.Expression] `yaml:"inputs" min:"1" example:"{CLIP: Classification, GPT: Type}"`
	// Which categories of the inputs mean which others: `{Collages: Collage}`. The
	// columns of the inputs stay as they are.
	Crosswalk option.Map[string] `yaml:"crosswalk" min:"1" example:"{Collages: Collage}" unordered:"true"`
	// Such a mapping for one input alone, by its name; it goes before `crosswalk`.
	CrosswalkOf option.Map[option.Map[string]] `yaml:"crosswalk_of" min:"1" example:"{CLIP: {Collages: Collage}}" unordered:"true"`
	// The categories of the result, in order, for `vote` and `rules`. Without it
	// those of the inputs, or of the rules, in the order in which they are met.
	Categories []string `yaml:"categories" min:"1" example:"[Collage, Photo, Other]"`
	// The column of the result, for all methods but `gpt`; without it the id of
	// the stage. Beside it stand, for `vote`, `<id>_votes` (`Collage 2, Photo 1`),
	// `<id>_agreement`, the share of the weight of votes that the result has, and
	// `<id>_agreed`, the inputs with the same code (`CLIP; GPT`); for `rules`,
	// `<id>_rule`, the rule that decided, and `<id>_agreed` where an input shares
	// categories with the result, as for `gpt`; for `mean`, `<id>_n`, `<id>_min` and
	// `<id>_max` of the numbers; for all, `<id>_status` and `<id>_error`.
	Column string `yaml:"column" example:"Ensemble"`
	// What an input does that has no code, no number or no text for a row. `skip`:
	// nothing; the others decide, and a model is shown `null`. `count`: it votes for
	// no category, which is a candidate like the others, and lowers the agreement.
	// `none`: the row has no result, and its status is `missing`.
	Missing string `yaml:"missing" enum:"skip,count,none"`
	// How many inputs must have a value. Rows with fewer have the status `missing`.
	MinVotes int `yaml:"min_votes" min:"1" example:"2"`
	// What inputs weigh in `vote` and `mean`, by name; 1 where nothing is said.
	Weights option.Map[float64] `yaml:"weights" min:"1" example:"{Person: 2}" unordered:"true"`
	// What happens where several categories have the most votes. `none`: the row
	// has no code. `first`: that of the first input that voted for one of them.
	// `input`: that of the first input in `prefer` that did. `order`: the one that
	// stands first in `prefer`.
	Ties string `yaml:"ties" enum:"none,first,input,order"`
	// The inputs, or the categories, that decide ties: see `ties`.
	Prefer []string `yaml:"prefer" min:"1" example:"[Person, GPT]"`
	// The rules, for `rules`, each with a condition (`when`), a category (`then`)
	// and, where you like, a `name`. The first whose condition holds decides.
	Rules []Rule `yaml:"rules" min:"1" example:"[{when: 'OCR contains \"SPD\"', then: Party}]"`
	// The category of rows for which no rule holds; without it they have none.
	Else string `yaml:"else" example:"Other"`
	// What happens where a condition is null, so neither true nor false, because an
	// input is. `skip`: the rule does not hold, and that is counted. `none`: the row
	// has no code, and its status is `missing`. `error`: the run stops.
	OnNull string `yaml:"on_null" enum:"skip,none,error"`
	// The model for `gpt`, as its server names it.
	Model string `yaml:"model" example:"gpt-6-luna"`
	// The codebook for `gpt`: a YAML file with the variables to code. What the model
	// is told by it ends with the names of the inputs.
	Codebook option.Path `yaml:"codebook" example:"codebooks/campaign.yaml"`
	// A prompt of your own in place of a codebook. The model is asked for JSON,
	// and each value of its answer becomes a text column named in `columns`.
	Prompt string `yaml:"prompt" example:"Say which type of image this describes."`
	// The columns of answers to `prompt`: the names in the JSON.
	Columns []string `yaml:"columns" min:"1" example:"[Type]"`
	// What the names of the columns of `codebook` or `columns` begin with.
	Prefix string `yaml:"prefix" example:"merged_"`
	// How often the model codes each row. With more than 1 the columns hold the
	// value of the majority, null in a tie, and `<column>_agreement` its share; the
	// report and the methods sheet tell Krippendorff's alpha of them.
	Runs int `yaml:"runs" min:"1" max:"25"`
	// Put the categories in another order in each request, by the seed and the key.
	Shuffle bool `yaml:"shuffle"`
	// Send an answer that does not fit the codebook back once, with what is wrong.
	Repair           bool `yaml:"repair"`
	asking.Questions `yaml:",inline"`
	asking.Sampling  `yaml:",inline"`
	asking.Access    `yaml:",inline"`
}

// Rule is a condition and what follows from it.
type Rule struct {
	// The condition, over inputs and columns: `Objects contains "Person" and CLIP == "Photo"`.
	When option.Expression `yaml:"when" required:"true" example:"'OCR contains \"SPD\"'"`
	// The category of rows for which it holds.
	Then string `yaml:"then" required:"true" example:"Party"`
	// A name for the rule in the column `<id>_rule`; without it its number and
	// condition.
	Name string `yaml:"name" example:"party name in the picture"`
}

// Methods.
const (
	byVote  = "vote"
	byRules = "rules"
	byMean  = "mean"
	byModel = "gpt"
)

// Values of on_null.
const (
	skipNull  = "skip"
	noneNull  = "none"
	errorNull = "error"
)

func defaults() Config {
	return Config{Missing: "skip", MinVotes: 1, Ties: "none", OnNull: skipNull, Runs: 1, Questions: asking.DefaultQuestions(), Sampling: asking.DefaultSampling(), Access: asking.DefaultAccess()}
}

// Kind returns the kind ensemble.
func Kind(askers Askers) stage.Kind {
	return stage.Define("ensemble", stage.One(), defaults, func(id string, c Config) stage.Stage {
		if c.Column == "" {
			c.Column = id
		}
		m := merger{id: id, config: c}
		switch c.Method {
		case byRules:
			return &ruled{merger: m}
		case byMean:
			return &averaged{merger: m}
		case byModel:
			return &asked{merger: m, askers: askers}
		}
		return &voted{merger: m}
	})
}
