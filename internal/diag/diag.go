// Package diag holds diagnostics with places, and prints them: for people with
// an excerpt and a caret, for programs as JSON, for CI as annotations.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"icono/internal/source"
)

// Severity ranks diagnostics.
type Severity string

// Severities: an error stops, a warning does not.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Diagnostic is one thing that is wrong, and what would be right.
type Diagnostic struct {
	Severity Severity
	// Code names the sort of mistake, stable across releases.
	Code    string
	Span    source.Span
	Message string
	Hint    string
	Notes   []Note
}

// Faults is an error that holds what is wrong with a file.
type Faults struct{ List []Diagnostic }

// Error gives the first of them with its place.
func (f *Faults) Error() string {
	if len(f.List) == 0 {
		return "no faults"
	}
	text := place(f.List[0].Span) + f.List[0].Message
	if n := len(f.List) - 1; n > 0 {
		text += fmt.Sprintf(" (and %d more)", n)
	}
	return text
}

// Note points to another place that matters for a diagnostic.
type Note struct {
	Span    source.Span
	Message string
}

// List collects diagnostics.
type List struct{ all []Diagnostic }

// Add appends a diagnostic.
func (l *List) Add(d Diagnostic) {
	if d.Severity == "" {
		d.Severity = Error
	}
	l.all = append(l.all, d)
}

// Error is a short way to add an error.
func (l *List) Error(code string, at source.Span, message, hint string) {
	l.Add(Diagnostic{Error, code, at, message, hint, nil})
}

// Warn is a short way to add a warning.
func (l *List) Warn(code string, at source.Span, message, hint string) {
	l.Add(Diagnostic{Warning, code, at, message, hint, nil})
}

// HasErrors reports whether any diagnostic is an error.
func (l *List) HasErrors() bool {
	return slices.ContainsFunc(l.all, func(d Diagnostic) bool { return d.Severity == Error })
}

// Sorted returns the diagnostics by place, equal ones once.
func (l *List) Sorted() []Diagnostic {
	out := slices.Clone(l.all)
	name := func(d Diagnostic) string {
		if d.Span.File == nil {
			return ""
		}
		return d.Span.File.Name
	}
	slices.SortStableFunc(out, func(a, b Diagnostic) int {
		return cmp.Or(strings.Compare(name(a), name(b)), cmp.Compare(a.Span.Start, b.Span.Start))
	})
	return slices.CompactFunc(out, func(a, b Diagnostic) bool {
		return a.Span == b.Span && a.Message == b.Message
	})
}
