package stage

import (
	"io"

	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Env is what the engine lends to a running stage.
type Env struct {
	// Stage is the id of the stage.
	Stage string
	// Seed is the pipeline's seed.
	Seed uint64
	// Workers is how many things may be computed at once, at least 1.
	Workers int
	// BatchRows is the number of rows that a source puts into a batch.
	BatchRows int
	// Memory is where every array of the stage is allocated.
	Memory memory.Allocator
	// Study opens and resolves the files that the pipeline names.
	Study Study
	// Ledger takes what the stage has to tell about the run.
	Ledger Ledger
	// Drain is closed when the run is to end early and tidily: a source
	// yields no further batch.
	Drain <-chan struct{}
	// Stop ends the run early and tidily, as Drain being closed does, and says
	// why: a budget is used up.
	Stop func(reason string)
	// Run tells what the run has done so far, for a report.
	Run func() RunFacts
}

// Draining reports whether the run is to end early.
func (e Env) Draining() bool {
	select {
	case <-e.Drain:
		return true
	default:
		return false
	}
}

// Partial reports whether the run takes some of the rows only, since it is
// limited or was interrupted: what it writes must not replace complete files.
func (e Env) Partial() bool { return e.Draining() || e.Run != nil && e.Run().Partial }

// Study gives access to files by the paths that the pipeline and its data
// name: relative to the pipeline file, with a zip archive allowed as a folder
// (`photos.zip/a/b.jpg`).
type Study interface {
	// Open opens a file or an entry of a zip archive for reading.
	Open(path string) (io.ReadCloser, error)
	// Resolve gives the path on this machine, for libraries that want one.
	Resolve(path string) string
	// Pictures lists the picture files of a folder, a zip archive or a glob,
	// sorted, as Open takes them.
	Pictures(pattern string) ([]string, error)
}

// Ledger takes what a stage tells about its run. It is safe for concurrent use.
type Ledger interface {
	// Dropped counts rows that the stage took out, by reason. Conservation
	// is checked with these counts: rows in = rows out + dropped - added.
	Dropped(reason string, rows int64)
	// Added counts rows that the stage made from others, by reason.
	Added(reason string, rows int64)
	// Counted counts something worth telling that changes no rows, such as
	// expressions that met a null.
	Counted(what string, n int64)
	// Fact states something about how the stage ran that belongs into a
	// report: "model", "palette sha256:..". A later value replaces an earlier.
	Fact(name, value string)
	// Expect tells how many rows the stage will yield, for the progress line.
	Expect(rows int64)
	// Warn tells the user something on standard error, once for equal texts.
	Warn(text string)
}

// RunFacts is what a report tells about a run. It holds no time and no host,
// so that equal runs give equal reports.
type RunFacts struct {
	Pipeline string // file name
	Source   string // text of the pipeline file
	Name     string
	About    string
	Seed     uint64
	Version  string // of the program
	Partial  bool   // the run was interrupted or limited
	Limit    int64  // rows taken of the first table; 0 where all are
	// Overrides are options given for this run alone: `stage.option=value`.
	Overrides []string
	Stages    []StageFacts
}

// StageFacts is what one stage has done. Slices are sorted by name.
type StageFacts struct {
	ID, Kind string
	In, Out  int64
	Dropped  []Count // by reason
	Added    []Count
	Counted  []Count
	Faults   []Count // by status, for rows whose status is not ok
	// FirstFault words the first of them.
	FirstFault string
	Facts      []Fact
}

// Count is a number of things with one name.
type Count struct {
	Name string
	N    int64
}

// Fact is a named statement.
type Fact struct{ Name, Value string }
