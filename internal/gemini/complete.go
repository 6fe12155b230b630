package gemini

import (
	"context"
	"errors"

	"icono/internal/chat"
	"icono/internal/redact"
)

// maxRounds bounds how often a request is put otherwise: each of the parameters
// and the system text once, and the format three times.
const maxRounds = 10

// Complete asks once and returns the reply. An answer that is refused, cut off
// or empty comes with a *chat.Error, so that its usage can be counted. Where the
// server does not take a parameter or a format, the request is put otherwise and
// sent again; nothing was paid for it.
func (c *Client) Complete(ctx context.Context, r chat.Request) (chat.Reply, error) {
	if err := check(r); err != nil {
		return chat.Reply{}, wrong("the request is wrong: ", err)
	}
	p := c.plan(r)
	for round := 1; ; round++ {
		body, err := encode(r, p)
		if err != nil {
			return chat.Reply{}, wrong("", err)
		}
		x, f := c.post(ctx, r.Model, body)
		if f == nil {
			reply, err := Parse(x.answer)
			reply.Adapted = p.adapted
			if e, ok := errors.AsType[*chat.Error](err); ok {
				e.Message = redact.Text(e.Message, x.secrets)
			}
			return reply, err
		}
		next, again := p, false
		if f.unsupported != "" && round < maxRounds {
			if next, again, err = c.adapt(r, p, f); err != nil {
				return chat.Reply{}, err
			}
		}
		if !again {
			return chat.Reply{Raw: x.kept(), Adapted: p.adapted}, f.err()
		}
		p = next
	}
}

func wrong(what string, err error) error {
	f := fault{cause: err, Error: &chat.Error{Outcome: chat.Failed, Message: what + err.Error()}}
	return f.err()
}

// Body returns the request as Complete would send it at first, and what it
// adapted. It is for showing and for measuring; a key is never in it.
func (c *Client) Body(r chat.Request) (body []byte, adapted []string, err error) {
	if err := check(r); err != nil {
		return nil, nil, err
	}
	p := c.plan(r)
	body, err = encode(r, p)
	return body, p.adapted, err
}
