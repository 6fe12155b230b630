package pipeline

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/stage"
)

// Quotes asks the stages that are paid for what their rows would come to. A
// stage is missing whose rows are only known once the run has come to it.
func Quotes(ctx context.Context, p *Plan, s Settings) (map[string]stage.Quote, error) {
	return foretold(ctx, p, s, func(st stage.Stage) (func(context.Context, stage.Env, stage.Table) (stage.Quote, error), bool) {
		q, ok := st.(stage.Quoter)
		if !ok {
			return nil, false
		}
		return q.Quote, true
	})
}

// Recalls asks the stages that keep what they compute how much of it serves. A stage
// is missing as in Quotes.
func Recalls(ctx context.Context, p *Plan, s Settings) (map[string]stage.Recall, error) {
	return foretold(ctx, p, s, func(st stage.Stage) (func(context.Context, stage.Env, stage.Table) (stage.Recall, error), bool) {
		r, ok := st.(stage.Recaller)
		if !ok {
			return nil, false
		}
		return r.Recall, true
	})
}

// foretold has stages look at the rows that they would read, as far as these are known
// without cost. ability returns what a stage foretells with.
func foretold[T any](ctx context.Context, p *Plan, s Settings, ability func(stage.Stage) (func(context.Context, stage.Env, stage.Table) (T, error), bool)) (map[string]T, error) {
	out := map[string]T{}
	for i, st := range p.Stages {
		foretell, ok := ability(st.Stage)
		base := p.known(i)
		if !ok || base < 0 {
			continue
		}
		r := &runner{plan: p, set: RunSettings{Settings: s, Memory: memory.DefaultAllocator}, needed: p.Upstream(base), spools: make([]*spooled, len(p.Stages))}
		for range p.Stages {
			r.ledgers = append(r.ledgers, newLedger(nil))
		}
		told, err := foretell(ctx, r.env(i), stage.Table{Schema: p.Stages[base].Out, Rows: r.rows(ctx, base)})
		for _, sp := range r.spools {
			_ = sp.close() // the files are gone already
		}
		if err != nil {
			return nil, r.named(st, err)
		}
		out[st.ID] = told
	}
	return out, nil
}

// known returns the stage whose rows are those that the stage at i would read,
// less columns that stages in between append, and that costs nothing to run;
// -1 where there is none.
func (p *Plan) known(i int) int {
	if len(p.Stages[i].Inputs) != 1 {
		return -1
	}
	at := p.Stages[i].Inputs[0]
	for {
		s := p.Stages[at]
		_, costs := s.Stage.(stage.Coster)
		switch {
		case !costs && p.free(at):
			return at
		case costs && !s.OnFault.Drop && len(s.Inputs) == 1, len(s.Writes) > 0 && len(s.Inputs) == 1:
			at = s.Inputs[0]
		default:
			return -1
		}
	}
}

// free reports whether the stage at i and all that it needs cost nothing and
// write nothing.
func (p *Plan) free(i int) bool {
	for k, need := range p.Upstream(i) {
		if !need {
			continue
		}
		if _, costs := p.Stages[k].Stage.(stage.Coster); costs || len(p.Stages[k].Writes) > 0 {
			return false
		}
	}
	return true
}
