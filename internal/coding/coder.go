package coding

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"icono/internal/chat"
	"icono/internal/price"
	"icono/internal/stage"
)

// HandCoded is the model of answers that a person gave.
const HandCoded = "hand-coded"

// Coder has rows coded by one scheme.
type Coder struct {
	Scheme Scheme
	Asker  Asker
	// Request holds the model, the parameters, and the examples as messages.
	Request chat.Request
	// Runs is how often each row is coded, at least 1.
	Runs int
	// Shuffle puts the categories in another order in each request, by Seed.
	Shuffle bool
	Seed    uint64
	Repair  bool
	// Exact says that what rows show is what the run will show, in a quote.
	Exact bool
}

// Row is what the model sees of a row.
type Row struct {
	Key     string
	Picture *chat.Image // nil for none
	Texts   []Named
}

// Named is a text with the name that the model knows it by; without one it
// stands alone.
type Named struct{ Name, Text string }

// Outcome is what became of a row.
type Outcome struct {
	Status stage.Status
	Reason string // where Status is not OK
	// Values are those of the scheme's fields; the majority of several runs.
	Values []any
	// Shares are the shares of the runs that agree with Values; nil for one run.
	Shares []float64
	// runs are the values of each run, nil for one run.
	runs [][]any
	// Model is the model as the server named it in the first run.
	Model string
}

// Code asks about a row. The error is ErrBudget or what stops the run.
func (c *Coder) Code(ctx context.Context, r Row) (Outcome, error) {
	var runs [][]any
	out := Outcome{Status: stage.OK}
	for i := range max(1, c.Runs) {
		values, err := c.once(r, i, func(s Scheme, q Question) ([]any, error) {
			answered, err := c.Asker.Ask(ctx, q)
			if err != nil {
				return nil, err
			}
			if out.Model == "" {
				out.Model = answered.Model
			}
			values, err := s.Read(answered.Text)
			if err != nil { // an answer that came by another way than Ask's check
				return nil, &Fault{stage.Invalid, err.Error()}
			}
			return values, nil
		})
		var fault *Fault
		switch {
		case errors.As(err, &fault):
			reason := fault.Reason
			if c.Runs > 1 {
				reason = fmt.Sprintf("run %d of %d: %s", i+1, c.Runs, reason)
			}
			return Outcome{Status: fault.Status, Reason: reason}, nil
		case err != nil:
			return Outcome{}, err
		}
		runs = append(runs, values)
	}
	out.Values = runs[0]
	if len(runs) > 1 {
		out.Values, out.Shares = majority(runs, c.Scheme.Fields()...)
		out.runs = runs
	}
	return out, nil
}

// errUnknown ends the walk of a row at a question without an answer.
var errUnknown = errors.New("not asked yet")

// Quote adds what coding a row would come to, and returns how many of its
// answers are stored. Of a decision tree it counts the question that comes next;
// those after it depend on the answer.
func (c *Coder) Quote(ctx context.Context, r Row, sum *price.Estimate) (stored int64, err error) {
	return c.known(r, func(q Question) (*Answered, error) { return c.Asker.Quote(ctx, q, sum) })
}

// Next returns the questions about a row that come next: those that b has no
// answer to, ready to be asked, and of a decision tree the first of them.
func (c *Coder) Next(ctx context.Context, r Row, b Batcher) ([]Ready, error) {
	var next []Ready
	_, err := c.known(r, func(q Question) (*Answered, error) {
		answered, ready, err := b.Open(ctx, q)
		if err == nil && answered == nil {
			next = append(next, ready)
		}
		return answered, err
	})
	return next, err
}

// known codes a row by the answers that are there: look returns nil where one is
// not. It returns the number of answers found. As in Code, a row is not coded further
// once one of its codings is faulty.
func (c *Coder) known(r Row, look func(Question) (*Answered, error)) (stored int64, err error) {
	for i := range max(1, c.Runs) {
		_, err := c.once(r, i, func(s Scheme, q Question) ([]any, error) {
			answered, err := look(q)
			if err != nil {
				return nil, err
			}
			if answered == nil {
				return nil, errUnknown
			}
			stored++
			values, err := s.Read(answered.Text)
			if err != nil { // as Code takes it
				return nil, &Fault{stage.Invalid, err.Error()}
			}
			return values, nil
		})
		var fault *Fault
		switch {
		case errors.As(err, &fault):
			return stored, nil
		case err != nil && !errors.Is(err, errUnknown):
			return stored, err
		}
	}
	return stored, nil
}

// once has the questions of one run answered: one, or those on the way through a
// decision tree.
func (c *Coder) once(r Row, run int, answer func(Scheme, Question) ([]any, error)) ([]any, error) {
	if w, ok := c.Scheme.(Walker); ok && w.Walks() {
		return w.Walk(func(step Scheme) ([]any, error) { return answer(step, c.question(step, r, run)) })
	}
	return answer(c.Scheme, c.question(c.Scheme, r, run))
}

func (c *Coder) question(s Scheme, r Row, run int) Question {
	q := Question{Row: r.Key, Request: c.Request, Repair: c.Repair, Exact: c.Exact}
	q.Check = func(text string) error {
		_, err := s.Read(text)
		return err
	}
	if plain, ok := s.(Plain); ok {
		q.Column = plain.Column
	}
	var order func(int) []int
	if c.Shuffle {
		order = shuffled(c.Seed, r.Key, run).Perm
	}
	q.Request.System = s.Prompt(order)
	q.Request.Format = s.Format()
	q.Request.Repeat = run
	var parts []chat.Part
	if r.Picture != nil {
		parts = append(parts, chat.Part{Image: r.Picture})
	}
	var text strings.Builder
	for _, t := range r.Texts {
		if strings.TrimSpace(t.Text) != "" {
			if t.Name != "" {
				text.WriteString(t.Name + ": ")
			}
			text.WriteString(strings.ToValidUTF8(t.Text, "\uFFFD") + "\n")
		}
	}
	if text.Len() > 0 {
		parts = append(parts, chat.Text(strings.TrimRight(text.String(), "\n")))
	}
	q.Request.Messages = append(append([]chat.Message{}, c.Request.Messages...), chat.Message{Role: chat.User, Parts: parts})
	return q
}

// shuffled is a source that depends on the seed, the row and the run alone.
func shuffled(seed uint64, key string, run int) *rand.Rand {
	sum := sha256.Sum256([]byte("order:" + strconv.FormatUint(seed, 10) + ":" + strconv.Itoa(run) + ":" + key))
	return rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])))
}
