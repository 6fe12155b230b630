// Package lock keeps what a study was made from and what came of it, in a file
// beside the pipeline that is made for git, and finds what differs from it.
package lock

import (
	"path/filepath"
	"strings"
)

// Version is that of the form of lock files.
const Version = 1

// File is a lock file.
type File struct {
	// Program is the version of icono that wrote it.
	Program  string
	Pipeline Pipeline
	Pictures Pictures
	Stages   map[string]*Stage // by id
}

// Sum is a SHA-256 as "sha256:" and its hexadecimal digits.
type Sum string

// Pipeline is what belongs to no stage.
type Pipeline struct {
	// Header is of the name and what the study is about, whatever way they are
	// written.
	Header Sum
	Seed   uint64
	// Text is of the bytes of the files outside of the stages.
	Text Sum
	// Reads are the files that are read for the pipeline as a whole: prices.
	Reads map[string]Sum
}

// Pictures are those that stages have read.
type Pictures struct {
	// List is the name of the file that names them, "" where there are none.
	List  string
	Files int
	// Sum is of the list.
	Sum Sum
}

// Stage is a stage, and what came of it.
type Stage struct {
	Kind string
	// Config is of all that the pipeline says of the stage and that decides
	// results, whatever way it is written. Options are the parts: short values as
	// JSON, sums of long ones.
	Config  Sum
	Options map[string]string
	// Text is of the bytes about the stage.
	Text Sum
	From []string
	// Reads are the files that the stage names, Cassettes its recorded answers.
	Reads, Cassettes map[string]Sum
	// Facts are the models, prompts and what else a stage states that decides
	// results.
	Facts map[string]string
	// Answers is how many answers of models were used, AnswersSum is of them.
	Answers    int
	AnswersSum Sum
	Rows       int64
	// Keys is of the rows' keys in order, "" where the rows have none; Columns are
	// of the columns that the stage has made.
	Keys    Sum
	Columns map[string]Sum
	// Faults are the rows that could not be done, by status.
	Faults map[string]int64
	// Writes are the files that the stage wrote. Contents are of what is in them beside
	// the text of the pipeline, where they show that.
	Writes, Contents map[string]Sum
}

// Path is where the lock of a pipeline file lies: pipeline.lock for pipeline.yaml.
func Path(pipeline string) string {
	return strings.TrimSuffix(pipeline, filepath.Ext(pipeline)) + ".lock"
}

// ListPath is where the list of a pipeline's pictures lies, with their sums, in the
// form of the program sha256sum.
func ListPath(pipeline string) string {
	return strings.TrimSuffix(pipeline, filepath.Ext(pipeline)) + ".pictures.sha256"
}
