package cli

import (
	"context"
	"fmt"

	"icono/internal/palette"
	"icono/internal/stage"
)

// notYet says that what a stage asks hangs on what others find.
const notYet = "what it asks is known once the stages before it have run: it reads what they find"

// ahead corrects what stages would ask that read what other stages find: where all that
// models on this machine compute is stored, the study is run from its stored answers, and
// the questions are counted that have none. notes are about stages of which nothing can
// be said.
func (a *app) ahead(ctx context.Context, args []string, flags studyFlags, s *study, quotes map[string]stage.Quote, recalls map[string]stage.Recall) (notes []string, err error) {
	var ids []string
	stored := true // all that stages above them compute
	for i, st := range s.plan.Stages {
		if _, asks := st.Stage.(stage.Quoter); !asks || !s.reads(i) {
			continue
		}
		if q, known := quotes[st.ID]; known && (q.Requests == 0 || len(q.Reasons) > 0) { // its questions are known
			continue
		}
		ids = append(ids, st.ID)
		for k, need := range s.plan.Upstream(i) {
			up := s.plan.Stages[k]
			if _, computes := up.Stage.(stage.Recaller); need && computes && up.With.Get("model").Scalar() != palette.Name {
				r, known := recalls[up.ID]
				stored = stored && known && r.Compute+r.Phrases == 0
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	if !stored {
		return unsure(ids, quotes), nil
	}
	flags.ask.look, flags.ask.offline, flags.ask.explain, flags.ask.record = true, true, true, "new_episodes"
	run, err := a.open(ctx, args, flags, true)
	if err != nil {
		return nil, err
	}
	defer run.close()
	run.settings.Warn = nil
	if err := a.rehearse(ctx, run, ids...); exitCode(err) == exitMissing && err != nil {
		return unsure(ids, quotes), nil
	} else if err != nil {
		return nil, err
	}
	for _, id := range ids {
		spent, opened := run.backends.askers.desk.Stage(id)
		if !opened {
			continue
		}
		q, priced := quotes[id]
		quotes[id] = recount(q, priced, spent.Missed, spent.Stored+spent.Faults, run.backends.askers.desk.Reasons(id))
	}
	return nil, nil
}

// unsure says of stages that what they ask is not known.
func unsure(ids []string, quotes map[string]stage.Quote) (notes []string) {
	for _, id := range ids {
		if q, known := quotes[id]; known {
			q.Notes = append(q.Notes, "at most: "+notYet)
			quotes[id] = q
		} else {
			notes = append(notes, id+": "+notYet)
		}
	}
	return notes
}

// recount is a quote of which it is known how many rows lack an answer, and why.
func recount(q stage.Quote, priced bool, lacking, stored int64, reasons []string) stage.Quote {
	if !priced {
		q = stage.Quote{Rows: lacking + stored, Stored: stored, Requests: lacking, Unpriced: lacking}
		if lacking > 0 {
			q.Notes = []string{"what it costs is known once the stages before it have run: it reads what they find"}
		}
		return q
	}
	all := q.Stored + q.Requests
	each := int64(1) // questions a row
	if q.Rows > 0 {
		each = max(1, (all+q.Rows-1)/q.Rows)
	}
	was := q.Requests
	q.Requests = min(all, lacking*each)
	q.Stored = all - q.Requests
	for k := range 3 {
		q.Input[k], q.Output[k], q.Cost[k] = q.Input[k]*q.Requests/was, q.Output[k]*q.Requests/was, q.Cost[k]*q.Requests/was
	}
	q.Unpriced = q.Unpriced * q.Requests / was
	if q.Reasons = reasons; q.Requests > 0 && len(reasons) == 0 {
		q.Reasons = []string{fmt.Sprintf("to ask: %d, since what it reads of other stages is new or not answered yet", q.Requests)}
	}
	return q
}

// reads reports whether the stage at i reads what stages find that cost something.
func (s *study) reads(i int) bool {
	for k, need := range s.plan.Upstream(i) {
		if _, costs := s.plan.Stages[k].Stage.(stage.Coster); need && costs && k != i {
			return true
		}
	}
	return false
}
