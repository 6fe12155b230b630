package cli

import (
	"errors"
	"fmt"
	"strings"

	"icono/internal/stage"
)

// Exit codes.
const (
	exitDone    = 0
	exitFailed  = 1 // the run failed
	exitWrong   = 2 // the pipeline or the call is wrong
	exitMissing = 3 // something is missing on this machine
	exitDiffers = 4 // a threshold or a verification failed
)

// exitError is an error with the exit code of the process. An err of nil means
// that everything has been said.
type exitError struct {
	code int
	err  error
}

// Error gives the text of the cause.
func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

// Unwrap gives the cause.
func (e *exitError) Unwrap() error { return e.err }

// exitCode is the exit code of an error.
func exitCode(err error) int {
	var known *exitError
	if errors.As(err, &known) {
		return known.code
	}
	return exitFailed
}

// failed gives an error of a run its exit code.
func failed(err error) error {
	var known *exitError // of what a stage was given, such as a wrong flag
	if errors.As(err, &known) {
		return known
	}
	var missing *stage.MissingError
	if errors.As(err, &missing) {
		return &exitError{exitMissing, err}
	}
	return &exitError{exitFailed, err}
}

// exit prints an error, if any, and returns the exit code.
func (a *app) exit(err error) int {
	if err == nil {
		return exitDone
	}
	var e *exitError
	if !errors.As(err, &e) {
		e = &exitError{exitFailed, err}
	}
	if e.err != nil {
		label := "error:"
		if a.terminal(a.Err) {
			label = "\x1b[31;1merror:\x1b[0m"
		}
		fmt.Fprintf(a.Err, "%s %s\n", label, strings.ReplaceAll(e.err.Error(), "\n", "\n  "))
	}
	return e.code
}
