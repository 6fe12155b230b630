package gemini

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"icono/internal/chat"
	"icono/internal/redact"
	"icono/internal/transport"
)

// maxAnswer bounds what is read of one answer.
const maxAnswer = 64 << 20

// exchange is what came of one call.
type exchange struct {
	status  int
	header  http.Header
	answer  []byte   // without secrets
	secrets []string // those known and those of the request that went out
}

// post sends the body of a request. A token that the server refuses is asked for
// once more, since it may have expired while the request waited.
func (c *Client) post(ctx context.Context, model string, body []byte) (*exchange, *fault) {
	token, f := c.bearer(ctx)
	if f != nil {
		return &exchange{secrets: c.secrets}, f
	}
	x, f := c.send(ctx, model, body, token)
	if f == nil || f.Status != http.StatusUnauthorized || token == "" {
		return x, f
	}
	if again, none := c.bearer(ctx); none == nil && again != token {
		return c.send(ctx, model, body, again)
	}
	return x, f
}

// bearer returns the token of a request, "" where the client sends none.
func (c *Client) bearer(ctx context.Context) (string, *fault) {
	if c.token == nil {
		return "", nil
	}
	token, err := c.token(ctx)
	if err == nil && token == "" {
		err = errors.New("the source of tokens gave an empty one")
	}
	if err == nil {
		return token, nil
	}
	return "", &fault{cause: redact.Clean(err, c.secrets), Error: &chat.Error{Outcome: chat.Failed, Stop: ctx.Err() == nil,
		Message: "there is no access token for Google Cloud: " + redact.Text(redact.Bare(err).Error(), c.secrets) + "; log in with: gcloud auth application-default login"}}
}

func (c *Client) send(ctx context.Context, model string, body []byte, token string) (*exchange, *fault) {
	x := &exchange{secrets: c.secrets}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address.of(model), bytes.NewReader(body))
	if err != nil {
		err = redact.Bare(err)
		return x, &fault{cause: redact.Clean(err, x.secrets), Error: &chat.Error{Outcome: chat.Failed, Message: "the request could not be made: " + redact.Text(err.Error(), x.secrets)}}
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	x.secrets = redact.Secrets(req, x.secrets)
	res, err := c.http.Do(req)
	if err != nil {
		return x, x.lost("the request brought no answer: ", err)
	}
	defer res.Body.Close()
	x.status, x.header, x.secrets = res.StatusCode, res.Header, redact.Secrets(res.Request, x.secrets)
	answer, broken := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if len(answer) > maxAnswer {
		broken = fmt.Errorf("it is larger than %d MB", maxAnswer>>20)
	}
	least := redact.InAnswers
	if x.status > 299 {
		least = redact.InMessages
	}
	x.answer = redact.Bytes(bytes.TrimSpace(answer), x.secrets, least)
	switch {
	case x.status < 200 || x.status > 299:
		f := serverFault(x.status, x.header.Get("Content-Type"), x.answer)
		f.Message = redact.Text(f.Message, x.secrets)
		return x, f
	case broken != nil:
		return x, x.lost(fmt.Sprintf("the answer broke off after %d bytes: ", len(x.answer)), broken)
	}
	return x, nil
}

// lost is a call without a whole answer. A refusal that the transport gave up on
// is told as the server's.
func (x *exchange) lost(what string, err error) *fault {
	if s, ok := errors.AsType[*transport.StatusError](err); ok {
		f := &fault{cause: redact.Clean(redact.Bare(err), x.secrets), Error: &chat.Error{Outcome: chat.Failed, Status: s.Status, Code: s.Code, Retryable: true, Message: clip(redact.Text(s.Message, x.secrets))}}
		if f.Message == "" {
			f.Message = http.StatusText(s.Status)
		}
		if s.Attempts > 1 {
			f.Message = fmt.Sprintf("%s; gave up after %d attempts (%s)", strings.TrimRight(f.Message, "."), s.Attempts, s.History)
		}
		return f
	}
	err = redact.Bare(err)
	text := err.Error()
	if errors.Is(err, io.ErrUnexpectedEOF) {
		text = "the connection was closed (" + text + ")"
	}
	return &fault{cause: redact.Clean(err, x.secrets), Error: &chat.Error{Outcome: chat.Failed, Status: x.status, Retryable: true, Message: what + redact.Text(text, x.secrets)}}
}

// kept is the body of a failed call, if it is JSON that can be kept.
func (x *exchange) kept() []byte {
	if len(x.answer) > 0 && x.answer[0] == '{' {
		return x.answer
	}
	return nil
}
