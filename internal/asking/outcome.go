package asking

import (
	"context"
	"errors"
	"fmt"

	"icono/internal/answers"
	"icono/internal/chat"
	"icono/internal/picture"
	"icono/internal/stage"
	"icono/internal/transport"
)

// downAfter is how many questions in a row may be given up, each after many
// attempts, before the server counts as down and the run is stopped.
const downAfter = 8

// Outcome sorts an error of a request into what is stored as a fault, which is an
// *answers.FaultError, and what stops the run. name is who was asked, key the
// variable with the key, "" for none.
func Outcome(ctx context.Context, err error, name, key string) error {
	if err == nil {
		return nil
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if missing := NotHere(err); missing != nil {
		return missing
	}
	if wrong := (*transport.RedirectError)(nil); errors.As(err, &wrong) {
		return fmt.Errorf("the server of %s cannot be asked: %w", name, wrong)
	}
	if n := transport.InARow(err); n >= downAfter {
		return fmt.Errorf("%w; %d questions in a row came to no answer: what was answered is kept, so run the study again once the server is well", err, n)
	}
	var e *chat.Error
	if errors.As(err, &e) {
		if e.Stop {
			return stopped(e, name, key)
		}
		status := map[chat.Outcome]answers.Status{chat.Refused: answers.Refused, chat.Truncated: answers.Truncated, chat.Empty: answers.Invalid}[e.Outcome]
		if status != "" {
			return &answers.FaultError{Status: status, Reason: e.Message}
		}
	}
	return &answers.FaultError{Status: answers.Failed, Reason: err.Error()}
}

// NotHere is what an error comes to that says that a picture is not here, nil for
// others: nothing can be asked about it.
func NotHere(err error) error {
	if picture.ReasonOf(err) != picture.NotHere {
		return nil
	}
	return &stage.MissingError{What: err.Error() + "; no answer to this question is recorded", Mend: "replay what is recorded: icono run --record none\nor put the picture where its path says, and ask"}
}

// keyInvalid is Google's code for a wrong key, which comes with the status 400.
const keyInvalid = "API_KEY_INVALID"

// stopped words an error that every other question would meet too.
func stopped(e *chat.Error, name, key string) error {
	if e.Status != 401 && e.Status != 403 && e.Code != keyInvalid {
		return e
	}
	mend := "check the key"
	if key != "" {
		mend = fmt.Sprintf("check the key in the environment variable %s, and that it may use %s", key, name)
	}
	return &stage.MissingError{What: e.Error(), Mend: mend}
}
