// Package methods tells how a study was done in the words of a paper: its data, its
// sample, who coded and with what, what went wrong and what it cost. It states what
// the pipeline, the stored answers and the replay of the study show, and leaves a
// blank for what only the author can say.
package methods

import (
	"icono/internal/answers"
	"icono/internal/lock"
	"icono/internal/price"
	"icono/internal/stage"
)

// Sheet is all that is told. It holds no time of its making and nothing of this
// machine.
type Sheet struct {
	// Program is the version of icono.
	Program string `json:"program"`
	Name    string `json:"name,omitempty"`
	About   string `json:"about,omitempty"`
	Seed    uint64 `json:"seed"`
	// Pipeline is the file, then those that it extends.
	Pipeline []File `json:"pipeline"`
	// Overrides are options given for this replay alone: `stage.option=value`.
	Overrides []string `json:"overrides,omitempty"`
	Lock      *Lock    `json:"lock,omitempty"`
	// Stages are those of the pipeline, in the order in which rows pass them.
	Stages []Stage `json:"stages"`
}

// File is a file of the study, by its path from the pipeline file.
type File struct {
	Path   string   `json:"path"`
	SHA256 lock.Sum `json:"sha256"`
}

// NewFile is a file with its content.
func NewFile(path, content string) File { return File{path, lock.Sum("sha256:" + sum(content))} }

// Lock is the study's lock.
type Lock struct {
	File
	// Program is the version that wrote it.
	Program string `json:"program"`
	// Pictures are how many pictures the locked run has read; List is the file with
	// their sums.
	Pictures int  `json:"pictures,omitempty"`
	List     File `json:"list,omitzero"`
	// Differences is how many of the things that the study is made from are not as in
	// the lock.
	Differences int `json:"differences"`
}

// Stage is what a stage did.
type Stage struct {
	ID   string   `json:"id"`
	Kind string   `json:"kind"`
	From []string `json:"from,omitempty"`
	// Settings are the options that differ from the defaults of the kind and decide
	// results; Facts are what the stage told of its run, but for its machine.
	Settings []Named `json:"settings,omitempty"`
	Facts    []Named `json:"facts,omitempty"`
	// Reads are the tables, codebooks and examples, Cassettes the recorded answers.
	Reads     []File `json:"reads,omitempty"`
	Cassettes []File `json:"cassettes,omitempty"`
	Writes    []File `json:"writes,omitempty"`
	// OnFault is the policy for rows that could not be done.
	OnFault string        `json:"on_fault,omitempty"`
	In      int64         `json:"in"`
	Out     int64         `json:"out"`
	Added   []stage.Count `json:"added,omitempty"`
	Dropped []stage.Count `json:"dropped,omitempty"`
	Counted []stage.Count `json:"counted,omitempty"`
	Faults  []stage.Count `json:"faults,omitempty"`
	// Lacking counts rows' questions without a stored answer.
	Lacking int64 `json:"lacking,omitempty"`
	// Pictures counts the rows with a picture, of a stage that loads them.
	Pictures int64 `json:"pictures,omitempty"`
	// Draws are of a sample.
	Draws []Draw `json:"draws,omitempty"`
	// Codes says that the stage codes rows; Asked are the models that it asked,
	// Inputs what its codes are merged from, Variables what it made.
	Codes    bool          `json:"codes,omitempty"`
	Asked    []*Asked      `json:"asked,omitempty"`
	Inputs   []stage.Input `json:"inputs,omitempty"`
	Repeated []Repeated    `json:"repeated,omitempty"`
	// Empty counts the rows without a fault that have no value of a code: of ties, of
	// questions that do not apply, and where no rule holds.
	Empty []stage.Count `json:"empty,omitempty"`
	// Defaults are the options that have their defaults.
	Defaults []Named `json:"defaults,omitempty"`
	// Made are the names of the columns that the stage made.
	Made      []string   `json:"made,omitempty"`
	Variables []Variable `json:"variables,omitempty"`
}

// Named is a text with a name.
type Named struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Draw are the rows of a sample that had the same probability of being drawn.
type Draw struct {
	Probability float64 `json:"probability"`
	Drawn       int64   `json:"drawn"`
}

// Asked is a model, and what was asked of it.
type Asked struct {
	Provider string `json:"provider"`
	Model    string `json:"model"`
	BaseURL  string `json:"base_url,omitempty"`
	// Answers are different ones, Uses how often rows used them.
	Answers int64 `json:"answers"`
	Uses    int64 `json:"uses"`
	// By are those who answered.
	By []Answerer `json:"by"`
	// Prompts are the instructions as they were sent; Varied says that they are too
	// many to show. Pictures and Texts say what else the questions hold.
	Prompts  []string `json:"prompts,omitempty"`
	Varied   bool     `json:"varied,omitempty"`
	Pictures bool     `json:"pictures,omitempty"`
	Texts    bool     `json:"texts,omitempty"`
	// Parameters are all else that was sent.
	Parameters []Named `json:"parameters,omitempty"`
	// First and Last are the days of those answers (Dated) whose server dates them.
	Dated int64         `json:"dated,omitempty"`
	First string        `json:"first,omitempty"`
	Last  string        `json:"last,omitempty"`
	Usage answers.Usage `json:"usage"`
	// Cost is in nanodollars, by the price tables of the study; Unpriced counts the
	// answers without a known price.
	Cost     price.Money `json:"cost"`
	Unpriced int64       `json:"unpriced,omitempty"`
	// Prices says which table has the model's price, and of which day it is.
	Prices string `json:"prices,omitempty"`

	said    map[string]string
	prompts map[string]bool
}

// Answerer is who answered, as the server or the person says, with what is noted.
type Answerer struct {
	Model   string `json:"model"`
	Note    string `json:"note,omitempty"`
	Answers int64  `json:"answers"`
}

// Repeated is how far the codings of a row agree with each other.
type Repeated struct {
	// Variable is the name of the column with the value that is kept.
	Variable string `json:"variable"`
	// Rows have an agreement, Full one of 1; Mean is over the rows.
	Rows int64   `json:"rows"`
	Full int64   `json:"full"`
	Mean float64 `json:"mean"`
	// Open are rows with no value, since the codings are a tie.
	Open int64 `json:"open,omitempty"`
}

// Variable is a column that a stage made, and what it means.
type Variable struct {
	Column string `json:"column"`
	stage.Documentation
	// Names are the categories, where no meanings are given.
	Names []string `json:"names,omitempty"`
}
