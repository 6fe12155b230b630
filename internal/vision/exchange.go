package vision

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"cloud.google.com/go/vision/v2/apiv1/visionpb"

	"icono/internal/chat"
	"icono/internal/redact"
	"icono/internal/transport"
)

// maxAnswer bounds what is read of one answer. Sixteen pages of dense text, each
// letter with its box, come to tens of megabytes.
const maxAnswer = 256 << 20

// exchange is what came of one call of the library's.
type exchange struct {
	status  int
	header  http.Header
	answer  []byte   // without secrets
	secrets []string // those known and those of the request that went out
	lost    error    // what ended the call, or the answer's body, early
	refused *fault   // what ended it before it was sent
}

type exchangeKey struct{}

// courier carries the library's requests: it adds what authorises them and keeps
// the answers' bytes, which are stored as they came.
type courier struct{ c *Client }

// RoundTrip implements http.RoundTripper.
func (k courier) RoundTrip(req *http.Request) (*http.Response, error) {
	x, ok := req.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		return nil, errors.New("a call that nobody waits for")
	}
	token, refused := k.c.bearer(req.Context())
	if refused != nil {
		x.refused = refused
		return nil, refused.Error
	}
	res := k.send(req, x, token)
	if token != "" && x.status == http.StatusUnauthorized {
		// The token may have expired while the request waited for its turn.
		if again, none := k.c.bearer(req.Context()); none == nil && again != token {
			*x = exchange{secrets: x.secrets}
			res = k.send(req, x, again)
		}
	}
	if x.lost != nil {
		return nil, x.lost
	}
	return res, nil
}

func (k courier) send(req *http.Request, x *exchange, token string) *http.Response {
	out := req.Clone(req.Context())
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			x.lost = err
			return nil
		}
		out.Body = body
	}
	// The library asks for enumerations as numbers. Answers are stored, so they
	// say LIKELY rather than 4.
	out.URL.RawQuery = ""
	if token != "" {
		out.Header.Set("Authorization", "Bearer "+token)
		if k.c.pays != "" {
			out.Header.Set("X-Goog-User-Project", k.c.pays)
		}
	}
	x.secrets = redact.Secrets(out, x.secrets)
	res, err := k.c.http.Do(out)
	if err != nil {
		x.lost = err
		return nil
	}
	defer res.Body.Close()
	x.status, x.header, x.secrets = res.StatusCode, res.Header, redact.Secrets(res.Request, x.secrets)
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if len(answer) > maxAnswer {
		err = fmt.Errorf("it is larger than %d MB", maxAnswer>>20)
	}
	x.lost = err
	least := redact.InAnswers
	if x.status > 299 {
		least = redact.InMessages
	}
	x.answer = redact.Bytes(bytes.TrimSpace(answer), x.secrets, least)
	body := x.answer
	if x.status < 300 {
		body = []byte("{}") // Parse reads it, one picture at a time
	}
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return res
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
		Message: "there is no access token for Google Cloud: " + redact.Text(redact.Bare(err).Error(), c.secrets)}}
}

// ask sends one request and returns the responses, in the order of its pictures.
// call may be nil.
func (c *Client) ask(ctx context.Context, pictures []*visionpb.AnnotateImageRequest, call *transport.Call) ([]json.RawMessage, *fault) {
	x := &exchange{secrets: c.secrets}
	if call == nil {
		call = &transport.Call{}
	}
	call.MaxBody = maxAnswer
	ctx = context.WithValue(transport.WithCall(ctx, call), exchangeKey{}, x)
	_, err := c.library.BatchAnnotateImages(ctx, &visionpb.BatchAnnotateImagesRequest{Requests: pictures, Parent: c.parent})
	if f := x.fault(err); f != nil {
		return nil, f
	}
	var w struct {
		Responses []json.RawMessage `json:"responses"`
	}
	if err := json.Unmarshal(x.answer, &w); err != nil {
		return nil, &fault{Error: &chat.Error{Outcome: chat.Failed, Status: x.status, Retryable: true,
			Message: "the answer is no JSON of the service: " + clip(redact.Text(describe(x.status, x.header.Get("Content-Type"), x.answer), x.secrets))}}
	}
	if len(w.Responses) != len(pictures) {
		return nil, &fault{short: true, Error: &chat.Error{Outcome: chat.Failed, Status: x.status, Retryable: true,
			Message: fmt.Sprintf("the answer is about %d pictures and %d were sent, so it cannot be told which is about which", len(w.Responses), len(pictures))}}
	}
	for i, r := range w.Responses {
		var b bytes.Buffer
		if json.Compact(&b, r) == nil {
			w.Responses[i] = b.Bytes()
		}
	}
	return w.Responses, nil
}

// fault returns what keeps a call from having a whole answer, or nil. err is what
// the library returned.
func (x *exchange) fault(err error) *fault {
	switch {
	case x.refused != nil:
		return x.refused
	case x.lost != nil && x.status == 0:
		return x.broken("the request brought no answer: ", x.lost)
	case x.lost != nil:
		return x.broken(fmt.Sprintf("the answer broke off after %d bytes: ", len(x.answer)), x.lost)
	case x.status == 0 && err != nil:
		return &fault{cause: redact.Clean(redact.Bare(err), x.secrets), Error: failed("the request could not be made: " + redact.Text(redact.Bare(err).Error(), x.secrets))}
	case x.status < 200 || x.status > 299:
		f := serverFault(x.status, x.header.Get("Content-Type"), x.answer)
		f.Message = redact.Text(f.Message, x.secrets)
		return f
	}
	return nil
}

// broken is a call without a whole answer. A refusal that the transport gave up
// on is told as the server's.
func (x *exchange) broken(what string, err error) *fault {
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
	if wrong, ok := errors.AsType[*transport.RedirectError](err); ok {
		return &fault{cause: redact.Clean(err, x.secrets), Error: &chat.Error{Outcome: chat.Failed, Status: wrong.Status, Stop: true, Message: redact.Text(wrong.Error(), x.secrets)}}
	}
	text := err.Error()
	if errors.Is(err, io.ErrUnexpectedEOF) {
		text = "the connection was closed (" + text + ")"
	}
	return &fault{cause: redact.Clean(err, x.secrets), Error: &chat.Error{Outcome: chat.Failed, Status: x.status, Retryable: true, Message: what + redact.Text(text, x.secrets)}}
}
