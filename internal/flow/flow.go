// Package flow combines streams: mapping in order and in parallel, prefetching,
// cutting into batches of one size, observing.
//
// Goroutines are started here and in the runner only. Every combinator starts
// nothing before its result is ranged over, and has waited for all that it
// started when the range ends, however it ends.
package flow

import (
	"fmt"
	"runtime/debug"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/stage"
)

// Map applies fn to every batch. What fn returns belongs to flow, which
// releases it after the loop body; a nil record yields nothing. To pass its
// input on, fn retains it.
func Map(in stage.Rows, fn func(arrow.Record) (arrow.Record, error)) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		var check batches
		for rec, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			out, err := fn(rec)
			if err == nil && out != nil {
				err = check.same(out)
			}
			if err != nil {
				if out != nil {
					out.Release()
				}
				yield(nil, err)
				return
			}
			if out == nil {
				continue
			}
			more := yield(out, nil)
			out.Release()
			if !more {
				return
			}
		}
	}
}

// Observe calls fn with every batch before it is passed on.
func Observe(in stage.Rows, fn func(arrow.Record)) stage.Rows {
	return func(yield func(arrow.Record, error) bool) {
		var check batches
		for rec, err := range in {
			if err == nil {
				if err = check.same(rec); err == nil {
					fn(rec)
				}
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(rec, nil) {
				return
			}
		}
	}
}

// Fail is a stream of nothing but an error.
func Fail(err error) stage.Rows {
	return func(yield func(arrow.Record, error) bool) { yield(nil, err) }
}

// PanicError is a panic of a function that ran in a goroutine of flow.
type PanicError struct {
	Value any
	Stack []byte
}

// Error gives the panic's value and where it happened.
func (e *PanicError) Error() string {
	return fmt.Sprintf("a fault of the program: %v\n%s", e.Value, e.Stack)
}

// guard turns a panic of the function that defers it into an error.
func guard(err *error) {
	if v := recover(); v != nil {
		*err = &PanicError{v, debug.Stack()}
	}
}
