package pipeline

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"icono/internal/stage"
)

// ledger is what one stage and the runner tell about the stage's run.
type ledger struct {
	in, out, expect atomic.Int64
	faultCount      atomic.Int64
	running, done   atomic.Bool

	mu      sync.Mutex
	dropped map[string]int64
	added   map[string]int64
	counted map[string]int64
	faults  map[string]int64
	facts   map[string]string
	warned  map[string]bool
	warn    func(string)
	example string // the first fault
}

func newLedger(warn func(string)) *ledger {
	l := &ledger{dropped: map[string]int64{}, added: map[string]int64{}, counted: map[string]int64{}, faults: map[string]int64{},
		facts: map[string]string{}, warned: map[string]bool{}, warn: warn}
	l.expect.Store(-1)
	return l
}

// Dropped implements stage.Ledger.
func (l *ledger) Dropped(reason string, rows int64) { l.add(l.dropped, reason, rows) }

// Added implements stage.Ledger.
func (l *ledger) Added(reason string, rows int64) { l.add(l.added, reason, rows) }

// Counted implements stage.Ledger.
func (l *ledger) Counted(what string, n int64) { l.add(l.counted, what, n) }

// Expect implements stage.Ledger.
func (l *ledger) Expect(rows int64) { l.expect.Store(rows) }

// Fact implements stage.Ledger.
func (l *ledger) Fact(name, value string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.facts[name] = value
}

// Warn implements stage.Ledger.
func (l *ledger) Warn(text string) {
	l.mu.Lock()
	said := l.warned[text]
	l.warned[text] = true
	l.mu.Unlock()
	if !said && l.warn != nil {
		l.warn(text)
	}
}

// fault counts rows with a status that is not ok.
func (l *ledger) fault(status string, rows int64) {
	l.faultCount.Add(rows)
	l.add(l.faults, status, rows)
}

// firstFault reports whether one fault has been counted.
func (l *ledger) firstFault() bool { return l.faultCount.Load() == 1 }

// describe keeps the words for the first fault.
func (l *ledger) describe(fault string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.example = fault
}

func (l *ledger) add(to map[string]int64, name string, n int64) {
	if n == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	to[name] += n
}

func sum(counts map[string]int64) int64 {
	var total int64
	for _, n := range counts {
		total += n
	}
	return total
}

// missing returns how many rows the stage neither passed on nor accounted for.
func (l *ledger) missing() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.in.Load() - l.out.Load() - sum(l.dropped) + sum(l.added)
}

// snapshot returns what is known now about the stage.
func (l *ledger) snapshot(s *Planned) stage.StageFacts {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := stage.StageFacts{ID: s.ID, Kind: s.Kind, In: l.in.Load(), Out: l.out.Load(),
		Dropped: counts(l.dropped), Added: counts(l.added), Counted: counts(l.counted), Faults: counts(l.faults), FirstFault: l.example}
	for name, value := range l.facts {
		f.Facts = append(f.Facts, stage.Fact{Name: name, Value: value})
	}
	slices.SortFunc(f.Facts, func(a, b stage.Fact) int { return cmp.Compare(a.Name, b.Name) })
	return f
}

func counts(m map[string]int64) []stage.Count {
	var out []stage.Count
	for name, n := range m {
		out = append(out, stage.Count{Name: name, N: n})
	}
	slices.SortFunc(out, func(a, b stage.Count) int { return cmp.Compare(a.Name, b.Name) })
	return out
}
