package ensemble

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"icono/internal/ensemble"
	"icono/internal/stage"
	"icono/internal/suggest"
)

// Validate implements stage.Validator.
func (c *Config) Validate() error {
	if c.Method == "" {
		return nil // said already
	}
	for _, check := range []func() error{c.unused, c.needed, c.named, c.rulesAreApart} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func wrong(message, hint string, path ...string) *stage.OptionError {
	return &stage.OptionError{Path: path, Message: message, Hint: hint}
}

// unused refuses options that the method makes nothing of.
func (c *Config) unused() error {
	var errs []error
	for _, o := range []struct {
		name  string
		given bool
		of    []string
	}{
		{"crosswalk", len(c.Crosswalk) > 0, []string{byVote, byRules, byModel}},
		{"crosswalk_of", len(c.CrosswalkOf) > 0, []string{byVote, byRules, byModel}},
		{"categories", len(c.Categories) > 0, []string{byVote, byRules}},
		{"column", c.Column != "", []string{byVote, byRules, byMean}},
		{"missing", c.Missing != string(ensemble.Skip), []string{byVote, byMean, byModel}},
		{"min_votes", c.MinVotes != 1, []string{byVote, byMean, byModel}},
		{"weights", len(c.Weights) > 0, []string{byVote, byMean}},
		{"ties", c.Ties != string(ensemble.NoWinner), []string{byVote}},
		{"prefer", len(c.Prefer) > 0, []string{byVote}},
		{"rules", len(c.Rules) > 0, []string{byRules}},
		{"else", c.Else != "", []string{byRules}},
		{"on_null", c.OnNull != skipNull, []string{byRules}},
		{"model", c.Model != "", []string{byModel}},
		{"codebook", c.Codebook != "", []string{byModel}},
		{"prompt", c.Prompt != "", []string{byModel}},
		{"columns", len(c.Columns) > 0, []string{byModel}},
		{"prefix", c.Prefix != "", []string{byModel}},
		{"runs", c.Runs != 1, []string{byModel}},
		{"shuffle", c.Shuffle, []string{byModel}},
		{"repair", c.Repair, []string{byModel}},
		{"mode", c.Together(), []string{byModel}},
		{c.Sampling.Changed(), c.Sampling.Changed() != "", []string{byModel}},
		{c.Access.Changed(), c.Access.Changed() != "", []string{byModel}},
	} {
		if o.given && !slices.Contains(o.of, c.Method) {
			errs = append(errs, wrong(fmt.Sprintf("`%s` does nothing with `method: %s`", o.name, c.Method), fmt.Sprintf("it is for `%s`; remove it", strings.Join(o.of, "`, `")), o.name))
		}
	}
	if c.Missing == string(ensemble.Count) && c.Method != byVote {
		errs = append(errs, wrong("`missing: count` counts votes, and there are none", "take `skip` or `none`", "missing"))
	}
	return errors.Join(errs...)
}

// needed asks for what the method cannot do without.
func (c *Config) needed() error {
	ties := c.Ties == string(ensemble.ByInput) || c.Ties == string(ensemble.ByOrder)
	switch {
	case len(c.Inputs) == 0 && c.Method != byRules:
		return wrong("there is nothing to merge", "name the inputs: `inputs: {CLIP: Classification, GPT: Type}`")
	case c.Method == byRules && len(c.Rules) == 0:
		return wrong("`method: rules` needs rules", "for example `rules: [{when: 'Score > 0.5', then: Yes}]`")
	case ties && len(c.Prefer) == 0:
		return wrong(fmt.Sprintf("`ties: %s` needs a list of what goes first", c.Ties), "name it: `prefer: [...]`", "ties")
	case len(c.Prefer) > 0 && !ties:
		return wrong(fmt.Sprintf("`prefer` does nothing with `ties: %s`", c.Ties), "write `ties: input` if it names inputs, or `ties: order` if it names categories", "prefer")
	case c.MinVotes > len(c.Inputs) && c.Method != byRules:
		return wrong(fmt.Sprintf("`min_votes` is %d, and `inputs` has %d", c.MinVotes, len(c.Inputs)), "no row could ever have a result", "min_votes")
	case c.Method != byModel:
		return nil
	case c.Model == "":
		return wrong("`method: gpt` needs the option `model`", "for example `model: gpt-6-luna`")
	case c.Codebook == "" && strings.TrimSpace(c.Prompt) == "":
		return wrong("what to code is not said", "name a codebook (`codebook: codebooks/campaign.yaml`), or write a `prompt`")
	case c.Codebook != "" && c.Prompt != "":
		return wrong("`codebook` and `prompt` cannot both be used", "remove one of them", "prompt")
	case c.Prompt != "" && len(c.Columns) == 0:
		return wrong("a prompt needs the columns that its answers have", "name them: `columns: [Type]`, and ask for JSON with these names in the prompt", "prompt")
	case c.Codebook != "" && len(c.Columns) > 0:
		return wrong("the codebook says the columns", "remove `columns`", "columns")
	case c.Shuffle && c.Prompt != "":
		return wrong("a prompt of one's own has no categories to shuffle", "remove `shuffle`, or write a codebook", "shuffle")
	}
	return errors.Join(c.Access.Check(), c.Questions.Check(c.Provider))
}

// named checks the names of inputs and what is named twice.
func (c *Config) named() error {
	var errs []error
	inputs := c.Inputs.Keys()
	known := func(name string, path ...string) error {
		if slices.Contains(inputs, name) {
			return nil
		}
		return wrong(fmt.Sprintf("there is no input `%s`", name), suggest.Hint(name, inputs), path...)
	}
	for _, name := range inputs {
		if strings.TrimSpace(name) == "" {
			errs = append(errs, wrong("an input needs a name", "", "inputs"))
		}
	}
	for _, e := range c.Weights {
		errs = append(errs, known(e.Key, "weights", e.Key))
		if !(e.Value > 0) {
			errs = append(errs, wrong(fmt.Sprintf("the weight of `%s` must be above 0", e.Key), "leave the input out if it shall not count", "weights", e.Key))
		}
	}
	for _, e := range c.CrosswalkOf {
		errs = append(errs, known(e.Key, "crosswalk_of", e.Key))
	}
	for i, name := range c.Prefer {
		if c.Ties == string(ensemble.ByInput) {
			errs = append(errs, known(name, "prefer", strconv.Itoa(i)))
		}
	}
	for _, list := range []struct {
		option string
		names  []string
	}{{"categories", c.Categories}, {"prefer", c.Prefer}, {"columns", c.Columns}} {
		for i, name := range list.names {
			if slices.Contains(list.names[:i], name) {
				errs = append(errs, wrong(fmt.Sprintf("`%s` is listed twice", name), "remove one", list.option, strconv.Itoa(i)))
			}
		}
	}
	return errors.Join(errs...)
}

// rulesAreApart checks that rules can be told from each other by their names.
func (c *Config) rulesAreApart() error {
	var names []string
	for i, r := range c.Rules {
		if label := label(i, r); slices.Contains(names, label) || label == elseLabel {
			return wrong(fmt.Sprintf("two rules are called `%s`", label), "give each its own name", "rules", strconv.Itoa(i), "name")
		} else {
			names = append(names, label)
		}
	}
	return nil
}
