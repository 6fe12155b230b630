package answers

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Status names what went wrong with a request.
type Status string

const (
	Refused    Status = "refused"    // the model declined
	Truncated  Status = "truncated"  // the answer was cut off
	Invalid    Status = "invalid"    // the answer does not fit what was asked for
	Unreadable Status = "unreadable" // the picture cannot be decoded
	Failed     Status = "failed"     // there was no answer; it may pass
)

func (s Status) known() bool {
	return slices.Contains([]Status{Refused, Truncated, Invalid, Unreadable, Failed}, s)
}

// ParseStatuses reads names of statuses, separated by commas.
func ParseStatuses(text string) ([]Status, error) {
	var all []Status
	for name := range strings.SplitSeq(text, ",") {
		s := Status(strings.TrimSpace(name))
		if !s.known() {
			return nil, fmt.Errorf("there is no status %q: faults are refused, truncated, invalid or failed", s)
		}
		all = append(all, s)
	}
	return all, nil
}

// RetryPolicy lists the statuses of stored faults that are asked again. Failed
// ones always are, since what made them fail may have passed; the others cost
// money each time and stay until they are listed.
type RetryPolicy []Status

// Again reports whether a stored fault is asked again.
func (p RetryPolicy) Again(s Status) bool { return s == Failed || slices.Contains(p, s) }

// FaultError is what went wrong with one request. A function that asks returns
// it to have it stored; any other error is not stored.
type FaultError struct {
	Status Status
	// Reason says what went wrong, without secrets.
	Reason string
	// Raw is what the model returned, if anything.
	Raw   []byte
	Usage Usage // of all times
	Count int   // how many times it went wrong
	// Stored tells a fault of an earlier request from one of this call.
	Stored bool
}

func (f *FaultError) Error() string {
	if f.Reason == "" {
		return string(f.Status)
	}
	return string(f.Status) + ": " + f.Reason
}

// FaultRecord is a stored fault of a row.
type FaultRecord struct {
	Row string
	Key Key
	FaultError
	// Answered tells that an older answer is stored too, which stays in use.
	Answered bool
}

// Faults lists a stage's stored faults of the given statuses, or of all, by row
// and key. Rows that now make another request are among them.
func (s *Store) Faults(ctx context.Context, stage string, statuses ...Status) ([]FaultRecord, error) {
	var all []FaultRecord
	err := s.list(ctx, func(scan func(...any) error) error {
		r := FaultRecord{FaultError: FaultError{Stored: true}}
		var key []byte
		u := &r.Usage
		if err := scan(&r.Row, &key, &r.Status, &r.Reason, &r.Count, &u.Input, &u.CachedInput, &u.Output, &u.Reasoning, &r.Raw, &r.Answered); err != nil {
			return err
		}
		copy(r.Key[:], key)
		if len(statuses) == 0 || slices.Contains(statuses, r.Status) {
			all = append(all, r)
		}
		return nil
	}, `SELECT u.row, f.key, f.status, f.reason, f.count, f.input, f.cached, f.output, f.reasoning, f.raw,
			EXISTS(SELECT 1 FROM answers a WHERE a.key = f.key)
		FROM uses u JOIN faults f ON f.key = u.key WHERE u.stage = ? ORDER BY u.row, u.key`, stage)
	return all, err
}
