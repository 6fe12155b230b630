// Package asking has questions answered by language models: through the answer
// store, within the budget of the run, over the transport. It is what the kinds
// that code with a model are given.
package asking

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"icono/internal/answers"
	"icono/internal/price"
)

// Options are what the stages of one run share.
type Options struct {
	// Folder is the study's folder for what a run keeps, .icono.
	Folder string
	// Cassettes is the folder of recorded answers, one file a stage.
	Cassettes string
	// Below are folders where the cassette of a stage is looked for, in order, that
	// has none in Cassettes: those of the pipelines that this one extends.
	Below []string
	// CassetteFirst is answers.Options.CassetteFirst.
	CassetteFirst bool
	Mode          answers.Mode
	// Look opens what is stored for reading only, for quotes.
	Look bool
	// Offline asks nothing: a question without a stored answer is a row that is
	// skipped. Desk.Export needs it.
	Offline bool
	// Extends says that Below are the folders of pipelines which this one extends.
	Extends bool
	// Explain says of questions without an answer why, also where Offline is set.
	Explain bool
	// Heard, if not nil, is told of every answer that a stage uses, and of faults. It
	// is called by many goroutines.
	Heard func(stageID string, r answers.Request, a answers.Answer, err error)
	// Kept, if not nil, is told of every answer that a stage finds or stores without a
	// question: the vectors of models on this machine.
	Kept func(stageID string, r answers.Request, a answers.Answer)
	// Known, if not nil, gives what is known from elsewhere to answer a question. It is
	// stored before the question is looked up. Many goroutines call it.
	Known func(stageID string, r answers.Request) (answers.Recorded, bool)
	Retry answers.RetryPolicy
	// Limit is what the run may spend; nil is no limit.
	Limit  *price.Money
	Prices *price.Table
	// Hand, if not nil, are codes to record as the answers of a stage.
	Hand *Hand
	// Variable gives the value of an environment variable, "" where it is not set.
	Variable func(name string) string
	// Credentials gives those of this machine for Google Cloud; nil where there
	// are none.
	Credentials func() (Credentials, error)
}

// Credentials give the tokens of requests to Google Cloud.
type Credentials interface {
	// Token returns an access token, which is kept until it expires.
	Token(ctx context.Context) (string, error)
	// Pays returns the project that requests must name as the one that pays, ""
	// for none. project is the one that the user names.
	Pays(ctx context.Context, project string) string
}

// Desk is one run's access to models. It opens the store when a stage needs it,
// and is safe for concurrent use.
type Desk struct {
	options Options
	budget  *answers.Budget

	mu    sync.Mutex
	store *answers.Store
	// counters are those of all stages, lines those that ask models.
	counters []*Counter
	lines    []*Line
}

// New makes a desk. It opens nothing.
func New(o Options) *Desk {
	d := &Desk{options: o}
	d.budget = answers.Unlimited()
	if o.Limit != nil {
		d.budget = answers.NewBudget(int64(*o.Limit))
	}
	return d
}

// opened returns the store, nil where the run only replays and there is none.
func (d *Desk) opened(ctx context.Context) (*answers.Store, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.store != nil {
		return d.store, nil
	}
	open := answers.Open
	if d.reads() {
		open = answers.OpenReadOnly
	}
	store, err := open(ctx, d.options.Folder)
	if d.reads() && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the answer store cannot be opened: %w", err)
	}
	d.store = store
	return store, nil
}

// reads reports whether nothing is written: a replay, or a look.
func (d *Desk) reads() bool { return d.options.Mode == answers.None || d.options.Look }

// Close ends what the desk opened.
func (d *Desk) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	errs := []error{d.keepCalibration()}
	for _, l := range d.lines {
		l.network.CloseIdleConnections()
	}
	for _, c := range d.counters {
		errs = append(errs, c.close())
	}
	if d.store != nil {
		errs = append(errs, d.store.Close())
		d.store = nil
	}
	d.lines, d.counters = nil, nil
	return errors.Join(errs...)
}

// Variable gives the value of an environment variable.
func (d *Desk) Variable(name string) string { return d.options.Variable(name) }

// Prices are those of the run.
func (d *Desk) Prices() *price.Table { return d.options.Prices }
