package answers

import "context"

// Total adds up what is stored for the requests that a stage made to one model.
type Total struct {
	Stage, Provider, Model string
	Answers                int   // stored answers, each request once
	Usage                  Usage // of the answers
	Measured               int   // answers with a usage; hand-coded ones have none
	Faults                 int   // times that a stored fault happened
	FaultUsage             Usage // of the faults, which cost too
}

// MeanInput and MeanOutput are tokens per measured answer, 0 where there is
// none.
func (t Total) MeanInput() float64 { return mean(t.Usage.Input, t.Measured) }

// MeanOutput is the mean number of output tokens; see MeanInput.
func (t Total) MeanOutput() float64 { return mean(t.Usage.Output, t.Measured) }

func mean(sum int64, n int) float64 {
	if n == 0 {
		return 0
	}
	return float64(sum) / float64(n)
}

// Totals adds up by stage, provider and model, for one stage or, with "", for
// all. A request that two stages made counts for both. Answers that were asked
// for again under mode all count once.
func (s *Store) Totals(ctx context.Context, stage string) ([]Total, error) {
	var all []Total
	err := s.list(ctx, func(scan func(...any) error) error {
		var t Total
		u, f := &t.Usage, &t.FaultUsage
		err := scan(&t.Stage, &t.Provider, &t.Model, &t.Answers, &u.Input, &u.CachedInput, &u.Output, &u.Reasoning, &t.Measured,
			&t.Faults, &f.Input, &f.CachedInput, &f.Output, &f.Reasoning)
		all = append(all, t)
		return err
	}, `SELECT u.stage, r.provider, r.model,
			count(a.key), coalesce(sum(a.input), 0), coalesce(sum(a.cached), 0), coalesce(sum(a.output), 0), coalesce(sum(a.reasoning), 0), count(CASE WHEN a.input + a.output > 0 THEN 1 END),
			coalesce(sum(f.count), 0), coalesce(sum(f.input), 0), coalesce(sum(f.cached), 0), coalesce(sum(f.output), 0), coalesce(sum(f.reasoning), 0)
		FROM (SELECT DISTINCT stage, key FROM uses WHERE ?1 = '' OR stage = ?1) u
		JOIN requests r ON r.key = u.key LEFT JOIN answers a ON a.key = u.key LEFT JOIN faults f ON f.key = u.key
		GROUP BY u.stage, r.provider, r.model HAVING count(a.key) + count(f.key) > 0 ORDER BY 1, 2, 3`, stage)
	return all, err
}
