package price

// File is a price file. Prices are US dollars, of models per million tokens.
type File struct {
	// The version of this format; it is 1.
	Version int `yaml:"version" required:"true" min:"1" max:"1" example:"1"`
	// The day on which the prices were read, as "2026-11-01".
	Date string `yaml:"date" required:"true" example:"\"2026-11-01\""`
	// Where the prices were read, for all models that name no source.
	Source string `yaml:"source"`
	// The models.
	Models []Model `yaml:"models" required:"true"`
	// What services find in pictures, each with the price of a thousand pictures.
	Features []Feature `yaml:"features"`
}

// Model is what a price file says about a model.
type Model struct {
	// The model's id. Dated versions of it (id-2026-05-01) have its prices unless
	// they are listed themselves.
	Model string `yaml:"model" required:"true" example:"gpt-6-luna"`
	// The provider that the prices are for: openai, azure, compatible or gemini.
	// Without one they hold for every server.
	Provider string `yaml:"provider" enum:"openai,azure,compatible,gemini"`
	// The price of a million input tokens. A model that costs nothing says 0.
	Input *float64 `yaml:"input" min:"0"`
	// The price of a million input tokens that the provider had in its cache.
	// Without one they cost what input costs.
	Cached *float64 `yaml:"cached" min:"0"`
	// The price of a million input tokens that are written to the cache. Without
	// one they cost what input costs.
	CacheWrite *float64 `yaml:"cache_write" min:"0"`
	// The price of a million output tokens, reasoning included.
	Output *float64 `yaml:"output" min:"0"`
	// What a request of a batch costs, as a share of the price. Without one it
	// costs the full price.
	Batch *float64 `yaml:"batch" min:"0" max:"1" example:"0.5"`
	// What large requests cost.
	Long *Long `yaml:"long"`
	// How many tokens a picture comes to.
	Images *Images `yaml:"images"`
	// Whether the model spends output tokens on reasoning.
	Reasons bool `yaml:"reasons"`
	// The day on which the model ends, as "2027-01-14".
	Shutdown string `yaml:"shutdown" example:"\"2027-01-14\""`
	// The model that the provider names in its place.
	Replacement string `yaml:"replacement"`
	// The day on which the prices were read, where it is not the file's.
	Date string `yaml:"date"`
	// Where the prices were read.
	Source string `yaml:"source"`
	// What else is to be known.
	Note string `yaml:"note"`
}

// Long is the price of requests with much input.
type Long struct {
	// The number of input tokens above which these factors hold for all tokens.
	Above int `yaml:"above" required:"true" min:"1"`
	// The factor on the price of input.
	Input float64 `yaml:"input" required:"true" min:"0"`
	// The factor on the price of output.
	Output float64 `yaml:"output" required:"true" min:"0"`
}

// Images is the rule by which a model counts the tokens of a picture.
type Images struct {
	// tile: base + per_tile for each tile of 512 pixels, after the picture is fitted
	// into 2048 by 2048 pixels and its short side to 768. patch: one token for each
	// patch of 32 pixels, at most `cap`, times `multiplier`. fixed: `base`. crops:
	// between `least` and `base`, the more the larger the picture.
	Rule string `yaml:"rule" required:"true" enum:"tile,patch,fixed,crops"`
	// The tokens of any picture, for tile and fixed; the most of a picture for crops.
	Base int `yaml:"base" min:"0"`
	// The tokens of a tile.
	PerTile int `yaml:"per_tile" min:"0"`
	// The fewest tokens of a picture, for crops.
	Least int `yaml:"least" min:"0"`
	// The tokens of a picture at `detail: low`; 0 where low has no effect.
	Low int `yaml:"low" min:"0"`
	// The most patches; larger pictures are shrunk to fit. 0 is no bound.
	Cap int `yaml:"cap" min:"0"`
	// The most patches at `detail: auto` where they are other than `cap`; -1 is no
	// bound.
	CapAuto int `yaml:"cap_auto" min:"-1"`
	// The number of tokens billed for a patch.
	Multiplier float64 `yaml:"multiplier" min:"0"`
	// The same as another source gives it, where sources disagree: a range.
	MultiplierHigh float64 `yaml:"multiplier_high" min:"0"`
}
