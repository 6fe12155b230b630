// Package coding has pictures and texts coded by a language model: it makes the
// questions about a row, reads the answers by a codebook or as free JSON, and
// turns them into columns. It does not know where answers come from.
package coding

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"icono/internal/chat"
	"icono/internal/price"
	"icono/internal/stage"
)

// Question is one question about a row.
type Question struct {
	// Row is the row's key, for messages and lists.
	Row     string
	Request chat.Request
	// Check says what is wrong with the text of an answer, in words for the
	// model; nil where any text will do.
	Check func(text string) error
	// Column is the one column that an answer is the text of, "" for answers that
	// are JSON.
	Column string
	// Repair has an answer that fails the check sent back once, with what is
	// wrong.
	Repair bool
	// Exact says of a question that is quoted that the run will ask it as it is: equal
	// ones are asked once.
	Exact bool
}

// Answered is an answer that passed its check.
type Answered struct {
	chat.Reply
	// Stored tells an answer of an earlier run from a new one.
	Stored bool
}

// Asker answers questions. It is safe for concurrent use.
type Asker interface {
	// Ask returns an answer. The error is a *Fault where the row has no good
	// one, ErrBudget where the question would cost more than is left, and what
	// stops the run otherwise.
	Ask(ctx context.Context, q Question) (Answered, error)
	// Quote returns the stored answer to a question, or nil and adds what asking
	// it would come to. A stored fault is a *Fault.
	Quote(ctx context.Context, q Question, sum *price.Estimate) (*Answered, error)
	// Terms say where prices come from and what is assumed of them.
	Terms() []string
	// Reasons say, after Quote, why questions have no stored answer.
	Reasons() []string
	// Facts say which model answers, for the report.
	Facts() []stage.Fact
}

// Batcher is an asker that can have many questions answered together, later and
// for less.
type Batcher interface {
	Asker
	// Open returns the stored answer to a question, or nil and the question ready
	// to be asked. It is safe for concurrent use. The error is as Ask's.
	Open(ctx context.Context, q Question) (*Answered, Ready, error)
	// Together has questions answered, waits for the answers and stores them, also
	// those that an earlier run asked for and did not wait for. It returns how
	// many were waited for; after 0 there is nothing left to ask. Equal questions
	// are asked once. It ends early when drain is closed; what is on its way then
	// is waited for by the next run. The error is ErrBudget where none of the
	// questions fits in what is left, and what stops the run otherwise.
	Together(ctx context.Context, drain <-chan struct{}, questions iter.Seq2[Ready, error], tell func(string)) (int, error)
}

// Ready is a question as it is sent.
type Ready struct {
	Question
	Body    []byte
	Adapted []string // what is sent otherwise than asked
}

// ErrBudget is what asking gives when the budget does not allow it.
var ErrBudget = errors.New("the budget is used up")

// ErrPending is what asking gives where the answer is to come with a batch.
var ErrPending = errors.New("the answer is to come with a batch")

// Fault is a row without a good answer.
type Fault struct {
	Status stage.Status
	Reason string
}

// Error gives status and reason.
func (f *Fault) Error() string { return fmt.Sprintf("%s: %s", f.Status, f.Reason) }
