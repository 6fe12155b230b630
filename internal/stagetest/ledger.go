package stagetest

import (
	"maps"
	"slices"
	"sync"
)

// Ledger records what a stage tells.
type Ledger struct {
	mu                      sync.Mutex
	dropped, added, counted map[string]int64
	facts                   map[string]string
	warnings                []string
	expected                int64
}

// NewLedger returns an empty ledger.
func NewLedger() *Ledger {
	return &Ledger{dropped: map[string]int64{}, added: map[string]int64{}, counted: map[string]int64{}, facts: map[string]string{}, expected: -1}
}

// Dropped implements stage.Ledger.
func (l *Ledger) Dropped(reason string, rows int64) { l.add(l.dropped, reason, rows) }

// Added implements stage.Ledger.
func (l *Ledger) Added(reason string, rows int64) { l.add(l.added, reason, rows) }

// Counted implements stage.Ledger.
func (l *Ledger) Counted(what string, n int64) { l.add(l.counted, what, n) }

// Fact implements stage.Ledger.
func (l *Ledger) Fact(name, value string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.facts[name] = value
}

// Expect implements stage.Ledger.
func (l *Ledger) Expect(rows int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expected = rows
}

// Warn implements stage.Ledger.
func (l *Ledger) Warn(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Contains(l.warnings, text) {
		l.warnings = append(l.warnings, text)
	}
}

func (l *Ledger) add(to map[string]int64, name string, n int64) {
	if n == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	to[name] += n
}

// DroppedRows returns the rows dropped, by reason.
func (l *Ledger) DroppedRows() map[string]int64 { return l.copy(l.dropped) }

// AddedRows returns the rows added, by reason.
func (l *Ledger) AddedRows() map[string]int64 { return l.copy(l.added) }

// Counts returns what was counted.
func (l *Ledger) Counts() map[string]int64 { return l.copy(l.counted) }

// Facts returns the facts stated.
func (l *Ledger) Facts() map[string]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.facts)
}

// Warnings returns the warnings, each once.
func (l *Ledger) Warnings() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.warnings)
}

func (l *Ledger) copy(m map[string]int64) map[string]int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(m)
}

// silent reports whether nothing was told.
func (l *Ledger) silent() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.dropped)+len(l.added)+len(l.counted)+len(l.facts)+len(l.warnings) == 0 && l.expected < 0
}

// missing returns the rows that went in and are not accounted for.
func (l *Ledger) missing(in, out int64) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range l.dropped {
		in -= n
	}
	for _, n := range l.added {
		in += n
	}
	return in - out
}
