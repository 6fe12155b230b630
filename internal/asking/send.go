package asking

import (
	"context"
	"errors"
	"strings"

	"icono/internal/answers"
	"icono/internal/chat"
	"icono/internal/coding"
	"icono/internal/transport"
)

// send asks the model and checks its answer. What comes back is stored: an
// answer that passed, or an *answers.FaultError.
func (l *Line) send(ctx context.Context, q coding.Question) (answers.Answer, error) {
	if l.keyless != nil {
		return answers.Answer{}, l.keyless
	}
	a, reply, err := l.once(ctx, q.Request, "")
	if err != nil || q.Check == nil {
		return a, err
	}
	wrong := q.Check(reply.Text)
	if wrong == nil {
		return a, nil
	}
	fault := &answers.FaultError{Status: answers.Invalid, Reason: wrong.Error(), Raw: reply.Raw, Usage: a.Usage}
	if !q.Repair {
		return answers.Answer{}, fault
	}
	again, reply, err := l.once(ctx, repair(q.Request, reply.Text, wrong), "repaired: "+wrong.Error())
	again.Usage = a.Usage.Plus(again.Usage)
	var second *answers.FaultError
	switch {
	case errors.As(err, &second):
		second.Usage = a.Usage.Plus(second.Usage)
		return answers.Answer{}, second
	case err != nil:
		return answers.Answer{}, err
	}
	if wrong := q.Check(reply.Text); wrong != nil {
		return answers.Answer{}, &answers.FaultError{Status: answers.Invalid, Reason: wrong.Error() + " (after it was told once)", Raw: reply.Raw, Usage: again.Usage}
	}
	return again, nil
}

// repair is the question asked again, with the answer and what is wrong with it.
func repair(r chat.Request, text string, wrong error) chat.Request {
	messages := append(append([]chat.Message{}, r.Messages...),
		chat.Message{Role: chat.Assistant, Parts: []chat.Part{chat.Text(text)}},
		chat.Message{Role: chat.User, Parts: []chat.Part{chat.Text("This answer cannot be used: " + wrong.Error() + "\nGive the whole answer again, mended.")}})
	r.Messages = messages
	return r
}

// once sends one request within the budget.
func (l *Line) once(ctx context.Context, r chat.Request, note string) (answers.Answer, chat.Reply, error) {
	part := l.part(r)
	bound := l.bound(r, part)
	money, err := l.purse(ctx, bound)
	if err != nil {
		return answers.Answer{}, chat.Reply{}, err
	}
	call := &transport.Call{Tokens: bound.expected, Again: money.again}
	reply, err := l.client.Complete(transport.WithCall(ctx, call), r)
	cost, known := money.settle(reply, call, err)
	if reply.Usage.Reported {
		call.Settle(reply.Usage.Input + reply.Usage.Output)
	}
	l.paid(part, reply.Usage, cost, known)
	a := answers.Answer{Body: reply.Raw, Model: reply.Model, Usage: usage(reply.Usage), Note: strings.Join(append(reply.Adapted, notes(note)...), "; ")}
	return a, reply, l.outcome(ctx, reply, a, err)
}

func notes(note string) []string {
	if note == "" {
		return nil
	}
	return []string{note}
}

// outcome sorts an error into what is stored as a fault and what stops the run.
func (l *Line) outcome(ctx context.Context, reply chat.Reply, a answers.Answer, err error) error {
	err = Outcome(ctx, err, l.server.Model, l.server.Key)
	var fault *answers.FaultError
	if errors.As(err, &fault) {
		fault.Raw, fault.Usage = reply.Raw, a.Usage
	}
	return err
}

// usage is what is kept of the counts; such as cannot be are not.
func usage(u chat.Usage) answers.Usage {
	if !u.Reported {
		return answers.Usage{}
	}
	return answers.Usage{Input: u.Input, CachedInput: u.CachedInput, Output: u.Output, Reasoning: u.Reasoning}
}
