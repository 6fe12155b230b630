package transport

import "sync/atomic"

// Stats is what a transport has done and is doing.
type Stats struct {
	Requests, Attempts, Answers int64 // Answers are the successes
	GaveUp                      int64 // requests that ended in a failure after which others are asked again

	// Attempts that failed, by cause.
	Refused  int64 // 429
	Server   int64 // 5xx, 408, 409
	Broken   int64 // no answer, or half of one
	TimedOut int64

	InFlight, Queued, Waiting int     // sent; waiting for their turn; waiting to be asked again
	Concurrency               float64 // the most that may be in flight now
	RequestsPerMinute         float64 // the rates kept to; 0 is unknown
	TokensPerMinute           float64
}

// Retries is how many attempts were not the first of their request.
func (s Stats) Retries() int64 { return max(0, s.Attempts-s.Requests) }

// tally counts what happened.
type tally struct {
	requests, attempts, answers, gaveUp atomic.Int64
	causes                              [causes]atomic.Int64
	waiting                             atomic.Int64
	inARow                              atomic.Int64 // given up since the last answer of any kind
}

// Stats tells what has happened so far.
func (t *Transport) Stats() Stats {
	s := t.gate.stats()
	s.Requests, s.Attempts = t.tally.requests.Load(), t.tally.attempts.Load()
	s.Answers, s.GaveUp = t.tally.answers.Load(), t.tally.gaveUp.Load()
	s.Refused, s.Server = t.tally.causes[refused].Load(), t.tally.causes[server].Load()
	s.Broken, s.TimedOut = t.tally.causes[broken].Load(), t.tally.causes[timedOut].Load()
	s.Waiting = int(t.tally.waiting.Load())
	return s
}
