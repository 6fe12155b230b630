// Package codebook reads codebooks: the variables that a study codes, with
// their categories and definitions. One file gives the prompt, the JSON Schema
// that is sent to a model, the check of its answers, the columns of the table
// and the legend of a report.
package codebook

import (
	"icono/internal/agreement"
	"icono/internal/option"
)

// Version is the version of the grammar of codebook files.
const Version = 1

// Codebook is a codebook without faults. It is safe for concurrent use.
type Codebook struct {
	// The version of this grammar: 1.
	Version int `yaml:"version" required:"true" example:"1"`
	// A short name of the codebook.
	Title string `yaml:"title" example:"Visual frames"`
	// Who the model is to be; without it, a careful coder in a content analysis.
	Role string `yaml:"role"`
	// What the study asks and what the material is, for the model.
	Objective string `yaml:"objective" example:"How candidates present themselves in posts of the campaign of 2021"`
	// The theory that the categories come from, for the model.
	Theory string `yaml:"theory"`
	// The sources of theory and categories.
	References []string `yaml:"references"`
	// What else the coder must know, such as rules for the whole codebook.
	Instructions string `yaml:"instructions"`
	// Tell the model not to identify persons. Switch it off only where the study
	// must know who is shown and may do so.
	Privacy bool `yaml:"privacy"`
	// The language of explanations and free texts; without it, the model's choice.
	Language string `yaml:"language" example:"English"`
	// The variables to code, in the order in which they are decided.
	Variables []Variable `yaml:"variables"`
	// In place of variables: yes-or-no questions that lead to one category.
	Tree *Tree `yaml:"tree"`

	columns    []Column // an explanation stands before its value
	root       *group
	conditions []*condition // of each variable; nil for one always asked
	steps      map[string]*Step
}

// Type is what the values of a variable are.
type Type string

// The types of variables.
const (
	Categorical Type = "categorical" // one code of a closed list
	Multi       Type = "multi"       // any number of codes of a closed list
	Boolean     Type = "boolean"
	Integer     Type = "integer"
	Number      Type = "number"
	Text        Type = "text"
)

// Level is a level of measurement.
type Level = agreement.Level

// The levels of measurement.
const (
	Nominal  = agreement.Nominal
	Ordinal  = agreement.Ordinal
	Interval = agreement.Interval
	Ratio    = agreement.Ratio
)

// levels returns the levels that a type can have, first the default.
func (t Type) levels() []Level {
	switch t {
	case Categorical:
		return []Level{Nominal, Ordinal}
	case Integer, Number:
		return []Level{Interval, Ratio, Ordinal, Nominal}
	}
	return []Level{Nominal}
}

// coded reports whether the values are codes of a closed list.
func (t Type) coded() bool { return t == Categorical || t == Multi }

// Variable is one variable of a codebook.
type Variable struct {
	// The name: letters, digits and _. A point puts variables into a group:
	// `Environment.Location` is `Location` in the group `Environment`.
	Name string `yaml:"name" required:"true" example:"Performance"`
	// The question that the coder answers.
	Question string `yaml:"question" example:"What kind of event does the picture show?"`
	// What the variable means, and where it begins and ends.
	Definition string `yaml:"definition"`
	// What its values are: one code, several codes, true or false, a whole
	// number, a number, or text. With categories it is `categorical` if not said.
	Type Type `yaml:"type" enum:"categorical,multi,boolean,integer,number,text"`
	// The level of measurement, for measures of agreement. Without it, nominal
	// for codes, booleans and texts, interval for numbers.
	Level Level `yaml:"level" enum:"nominal,ordinal,interval,ratio"`
	// The codes, in order (from lowest to highest where the level is ordinal): a
	// name each, or a name with definition, examples and counter-examples.
	Categories []Category `yaml:"categories"`
	// The smallest number allowed.
	Min *float64 `yaml:"min"`
	// The largest number allowed.
	Max *float64 `yaml:"max"`
	// Add a code for what fits no category: true for `Other`, or its name.
	Other string `yaml:"other"`
	// Add a code for items that the question does not apply to: true for
	// `NotApplicable`, or its name.
	NotApplicable string `yaml:"not_applicable"`
	// Add a code for items that do not show enough: true for `Unclear`, or its
	// name.
	Unclear string `yaml:"unclear"`
	// A condition over earlier variables: the variable is coded only where it
	// holds. Elsewhere its value is the code for `not_applicable`, or null.
	When option.Expression `yaml:"when" example:"Environment.Environment == \"Indoors\""`
	// Have the model write an explanation before it decides.
	Explain bool `yaml:"explain"`
}

// Category is one code of a variable.
type Category struct {
	// The code, as it stands in the table.
	Name string `yaml:"name" required:"true" example:"Formal"`
	// What belongs to it.
	Definition string `yaml:"definition" example:"a suit, or a jacket with a shirt"`
	// Things that belong to it.
	Examples []string `yaml:"examples"`
	// Things that do not belong to it, though one could think so.
	CounterExamples []string `yaml:"counter_examples"`
}

// Codes returns the codes of the variable in order: the categories, then those
// for other, not applicable and unclear.
func (v *Variable) Codes() []string {
	var out []string
	for _, c := range v.codes() {
		out = append(out, c.Name)
	}
	return out
}

// codes returns the categories with the added codes, which have definitions of
// their own.
func (v *Variable) codes() []Category {
	out := v.Categories[:len(v.Categories):len(v.Categories)]
	for _, extra := range []Category{
		{Name: v.Other, Definition: "fits none of the other codes"},
		{Name: v.NotApplicable, Definition: "the question does not apply to this item"},
		{Name: v.Unclear, Definition: "the item does not show enough to decide"},
	} {
		if extra.Name != "" {
			out = append(out, extra)
		}
	}
	return out
}

// Tree is a decision tree: questions that lead from the first to a category.
type Tree struct {
	// The name of the variable that the tree decides.
	Name string `yaml:"name" required:"true" example:"ImageType"`
	// What the variable means.
	Definition string `yaml:"definition"`
	// Have the model explain each answer before it gives it.
	Explain bool `yaml:"explain"`
	// The questions. The first one is asked first.
	Questions []Question `yaml:"questions"`
	// The categories that the questions lead to, in order.
	Categories []Category `yaml:"categories"`
}

// Question is a question of a decision tree.
type Question struct {
	// The name that other questions lead here by.
	ID string `yaml:"id" required:"true" example:"collage"`
	// The question.
	Ask string `yaml:"ask" required:"true" example:"Is the picture made of several pictures?"`
	// How to decide it.
	Definition string `yaml:"definition"`
	// Where a yes leads: the id of a question, or a category.
	Yes string `yaml:"yes"`
	// Where a no leads: the id of a question, or a category.
	No string `yaml:"no"`
	// In place of yes and no: the answers to choose from.
	Answers []Answer `yaml:"answers"`
}

// Answer is one answer to a question of a decision tree.
type Answer struct {
	// The answer.
	Name string `yaml:"name" required:"true" example:"several"`
	// What it means.
	Definition string `yaml:"definition"`
	// Where it leads: the id of a question, or a category.
	To string `yaml:"to" required:"true"`
}

// answers returns the answers of a question, yes and no included.
func (q *Question) answers() []Answer {
	if len(q.Answers) > 0 {
		return q.Answers
	}
	return []Answer{{Name: "yes", To: q.Yes}, {Name: "no", To: q.No}}
}

// Column is a column of the coded table.
type Column struct {
	Name string
	// Variable is the index of the variable that it belongs to.
	Variable int
	// Explanation tells the column of a variable's explanation from that of its
	// value.
	Explanation bool
	path        []string // names in the answer
}
