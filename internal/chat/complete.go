package chat

import (
	"context"

	"icono/internal/redact"
)

// maxRounds bounds how often a request is put otherwise: each of the parameters
// once, and the format twice.
const maxRounds = 9

// Complete asks once and returns the reply. An answer that is refused, cut off
// or empty comes with an *Error beside it, so that its usage can be counted.
// Where the server does not take a parameter or a format, the request is put
// otherwise and sent again; nothing was paid for it.
func (c *Client) Complete(ctx context.Context, r Request) (Reply, error) {
	if err := r.Check(); err != nil {
		return Reply{}, &Error{Outcome: Failed, Message: "the request is wrong: " + err.Error(), cause: err}
	}
	p := c.plan(r)
	for round := 1; ; round++ {
		body, err := c.encode(r, p)
		if err != nil {
			return Reply{}, &Error{Outcome: Failed, Message: err.Error(), cause: err}
		}
		x, fault := c.post(ctx, r.Model, body)
		if fault == nil {
			reply, err := Parse(x.answer)
			reply.Adapted = p.adapted
			return reply, redactError(err, x.found)
		}
		next, again := p, false
		if fault.unsupported != "" && round < maxRounds {
			next, again, err = c.adapt(r, p, fault)
			if err != nil {
				return Reply{}, err
			}
		}
		if !again {
			return Reply{Raw: x.kept(), Adapted: p.adapted}, fault
		}
		p = next
	}
}

// adapt returns the plan that a refusal leads to, and whether it is another.
func (c *Client) adapt(r Request, p plan, fault *Error) (plan, bool, error) {
	if fault.unsupported == responseFormat && p.form == FormText ||
		fault.unsupported != responseFormat && (!r.Parameters.has(fault.unsupported) || !p.sends(fault.unsupported)) {
		return p, false, nil // not sent: the words mean something else
	}
	if err := c.learn(r, p, fault); err != nil {
		return p, false, err
	}
	next := c.plan(r)
	return next, !next.equal(p), nil
}

// Adapt takes note of a refusal that a request met in a batch, and reports
// whether it is put otherwise from now on. The request needs no messages. The
// error is a refusal of what the user set. Of a batch, only the first refusal
// that names a parameter counts: Refusal names it.
func (c *Client) Adapt(r Request, refusal *Error) (again bool, err error) {
	if refusal.unsupported == "" {
		return false, nil
	}
	_, again, err = c.adapt(r, c.plan(r), refusal)
	return again, err
}

// Refusal names the parameter that the server does not take; "" for none.
func (e *Error) Refusal() string { return e.unsupported }

// kept is the body of a failed call, if it is JSON that can be kept.
func (x *exchange) kept() []byte {
	if len(x.answer) > 0 && x.answer[0] == '{' {
		return x.answer
	}
	return nil
}

func redactError(err error, secrets []string) error {
	if e, ok := err.(*Error); ok && e != nil {
		e.Message = redact.Text(e.Message, secrets)
	}
	return err
}

// Body returns the request as Complete would send it at first, and what it
// adapted. It is for showing and for measuring; a key is never in it.
func (c *Client) Body(r Request) (body []byte, adapted []string, err error) {
	if err := r.Check(); err != nil {
		return nil, nil, err
	}
	p := c.plan(r)
	whole, err := c.encode(r, p)
	if err != nil {
		return nil, p.adapted, err
	}
	return whole.text(), p.adapted, nil
}
