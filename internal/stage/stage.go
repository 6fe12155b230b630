// Package stage is the contract between the engine and the kinds of stages.
//
// A kind is what the program offers (`clip`); a stage is one configured use of
// it. Stages exchange tables: an Arrow schema and a stream of record batches
// that is pulled by function call. This package imports Arrow and the standard
// library only.
package stage

import (
	"context"
	"iter"

	"github.com/apache/arrow/go/v15/arrow"
)

// Rows is a single-use stream of record batches. A batch is lent for one loop
// body: Retain it to keep it. The stream ends after the first error.
type Rows = iter.Seq2[arrow.Record, error]

// Table is what one stage hands to the next.
type Table struct {
	Schema *arrow.Schema
	Rows   Rows
}

// Stage is one configured use of a kind.
type Stage interface {
	// Schema returns the schema of the rows that Run yields for inputs of
	// these schemas. It does no I/O, and is called by validate, plan and run
	// alike. A fault of the configuration is an *OptionError, or several of
	// them joined with errors.Join. A schema beside an error is what the rows
	// would have once it is mended: faults of later stages are found with it.
	Schema(in []*arrow.Schema) (*arrow.Schema, error)

	// Run starts nothing until the result is ranged over. A sink (a stage
	// that writes) passes its input on unchanged.
	Run(ctx context.Context, env Env, in []Table) Rows
}

// Optional abilities of a Stage. Each is used by exactly one feature of the
// engine.
type (
	// Prober is a stage whose schema comes from data. Probe is called before
	// Schema: with full false it reads headers and a sample (validate, plan),
	// with full true all that it needs for final types (run).
	Prober interface {
		Probe(ctx context.Context, env Env, full bool) error
	}

	// Preparer is a stage that checks or fetches what it needs before any
	// row flows: keys are unique, a model is there, a folder is writable.
	// The schemas are those given to Schema.
	Preparer interface {
		Prepare(ctx context.Context, env Env, in []*arrow.Schema) error
	}

	// FileUser names the study files that a stage reads and writes, as
	// written in the pipeline: plan lists them, and the engine refuses a
	// stage that would overwrite what another one reads or writes.
	FileUser interface {
		Files() (reads, writes []string)
	}

	// Estimator foretells the rows of a stage's output from those of its
	// inputs, for plan; -1 stands for unknown.
	Estimator interface {
		EstimateRows(in []int64) int64
	}

	// Coster is a stage that costs time or money for each row: plan does not
	// run it to count rows.
	Coster interface{ Costly() }

	// Quoter is a stage that is paid for: plan asks what its rows would come
	// to. The table has the columns of the input that are known without
	// running stages that cost; columns that such stages append lack at its end.
	Quoter interface {
		Quote(ctx context.Context, env Env, in Table) (Quote, error)
	}

	// Recaller is a stage that keeps what it computes of its rows: plan asks how much
	// of that serves. The table is as for Quoter.
	Recaller interface {
		Recall(ctx context.Context, env Env, in Table) (Recall, error)
	}

	// Validator is a configuration that can be wrong in ways that tags cannot
	// say. Errors are as in Stage.Schema.
	Validator interface {
		Validate() error
	}
)

// Recall foretells what a stage would compute.
type Recall struct {
	Rows    int64 // that were looked at
	Stored  int64 // of which a result is kept
	Compute int64 // to be computed; rows that cannot be are neither
	// Phrases is how many texts are to be computed too.
	Phrases int64
	// Reasons say why results are not kept, Notes what to beware of.
	Reasons, Notes []string
}

// Quote foretells what a stage would ask and pay.
type Quote struct {
	Rows     int64 // that were looked at
	Stored   int64 // answers that are there already
	Requests int64 // to be sent
	// Input and Output are tokens, Cost nanodollars (10⁻⁹ dollars): low,
	// expected and high. Unpriced counts requests whose price is not known.
	Input, Output, Cost [3]int64
	Unpriced            int64
	// Reasons say why there are requests to send: what is new, and what changed.
	Reasons []string
	// Notes say what is assumed, where prices come from, and what to beware of.
	Notes []string
}
