package sight

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/chat"
	"icono/internal/coding"
	"icono/internal/picture"
	"icono/internal/price"
	"icono/internal/stage"
	"icono/internal/transport"
	"icono/internal/vision"
)

// google asks Google Vision.
type google struct {
	*asking.Counter
	service Service
	base    string // as answers are stored under it
	address string
	quote   price.Quote

	mu      sync.Mutex
	batcher *vision.Batcher // nil until a question must be asked
	wrong   error           // why none can be
}

func openGoogle(ctx context.Context, desk *asking.Desk, stageID string, s Service) (*google, error) {
	g := &google{service: s}
	probe, err := g.client(ctx, vision.Options{HTTP: http.DefaultClient})
	if err != nil {
		return nil, err
	}
	g.base, g.address = probe.BaseURL(), probe.Address()
	var secrets []string
	if s.Google.Key != "" {
		if value := strings.TrimSpace(desk.Variable(s.Google.Key)); value != "" {
			secrets = []string{value}
		}
	}
	if g.Counter, err = desk.Counter(ctx, stageID, secrets); err != nil {
		return nil, err
	}
	g.quote = desk.Prices().Quote(vision.Provider, names(s.Question.Features))
	return g, nil
}

func names(features []vision.Feature) []string {
	out := make([]string, len(features))
	for i, f := range features {
		out[i] = string(f)
	}
	return out
}

// client makes a client for the server. o holds what only questions need.
func (g *google) client(ctx context.Context, o vision.Options) (*vision.Client, error) {
	o.BaseURL, o.Region, o.Project = g.service.Google.BaseURL, g.service.Google.Region, g.service.Google.Project
	return vision.New(ctx, o)
}

// ready returns what gathers pictures into requests. Key and credentials are
// looked for when the first picture must be sent.
func (g *google) ready(ctx context.Context) (*vision.Batcher, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.batcher == nil && g.wrong == nil {
		g.batcher, g.wrong = g.connect(ctx)
	}
	return g.batcher, g.wrong
}

func (g *google) connect(ctx context.Context) (*vision.Batcher, error) {
	s := g.service.Google
	t := transport.Options{Concurrency: s.Concurrency, RequestsPerMinute: s.RequestsPerMinute, Timeout: s.Timeout}
	var o vision.Options
	switch {
	case s.Key != "":
		key := strings.TrimSpace(g.Variable(s.Key))
		if key == "" {
			return nil, &stage.MissingError{What: "the key for Google Vision is not set",
				Mend: fmt.Sprintf("put it into the environment variable %s: export %s=...\nor replay recorded answers: icono run --record none", s.Key, s.Key)}
		}
		name, prefix := vision.KeyHeader()
		t.Header, o.Secrets = http.Header{name: {prefix + key}}, []string{key}
	case s.BaseURL == "" || s.Project != "":
		credentials, err := g.Credentials()
		if err != nil {
			return nil, lacking(err)
		}
		o.Token, o.Pays = credentials.Token, credentials.Pays(ctx, s.Project)
	}
	network := transport.New(nil, t)
	g.Closing(func() error {
		network.CloseIdleConnections()
		return nil
	})
	o.HTTP = network.Client()
	client, err := g.client(ctx, o)
	if err != nil {
		return nil, err
	}
	return vision.NewBatcher(client, g.service.Question, vision.Gathering{})
}

// lacking words credentials that are missing or refused.
func lacking(err error) error {
	var c *vision.CredentialsError
	if errors.As(err, &c) {
		return &stage.MissingError{What: c.What, Mend: c.Mend + "\nor name a key: key: ${GOOGLE_API_KEY}\nor replay recorded answers: icono run --record none"}
	}
	return err
}

// image is a picture as it is sent, and its size then.
func (g *google) image(p Picture) (*vision.Image, vision.Size, error) {
	head, err := picture.ReadHeader(p.Data)
	if err != nil {
		return nil, vision.Size{}, err
	}
	m := &vision.Image{Data: p.Data, Name: p.Name}
	if m.Prepared, m.Prepare, err = coding.Prepared(p.Data, g.service.Google.MaxSide, "jpeg", "png", "gif", "webp", "bmp", "tiff"); err != nil {
		return nil, vision.Size{}, err
	}
	most := 0
	if m.Prepared != "" {
		most = g.service.Google.MaxSide
	}
	w, h := head.Fit(most)
	return m, vision.Size{Width: w, Height: h}, nil
}

func (g *google) request(p Picture, m *vision.Image) (answers.Request, error) {
	body, err := g.service.Question.Canonical(m)
	if err != nil {
		return answers.Request{}, err
	}
	model := g.service.Question.Model
	if model == "" {
		model = vision.Stable
	}
	return answers.Request{Row: p.Row, Provider: vision.Provider, Model: model, BaseURL: g.base, Body: body}, nil
}

// Read implements Reader.
func (g *google) Read(ctx context.Context, p Picture) (Finding, error) {
	m, size, err := g.image(p)
	if err != nil {
		return Finding{}, &coding.Fault{Status: stage.Unreadable, Reason: err.Error()}
	}
	r, err := g.request(p, m)
	if err != nil {
		return Finding{}, &coding.Fault{Status: stage.Unreadable, Reason: err.Error()}
	}
	a, _, err := g.Do(ctx, r, func(ctx context.Context) (answers.Answer, error) { return g.ask(ctx, m, r.Model) })
	if err != nil {
		return Finding{}, err
	}
	found, err := vision.Parse(a.Body, size)
	if err != nil {
		return Finding{}, fmt.Errorf("the stored answer for the row %s cannot be read: %w", p.Row, err)
	}
	return Finding{found, a.Model}, nil
}

// ask has one picture looked at, with others in one request.
func (g *google) ask(ctx context.Context, m *vision.Image, model string) (answers.Answer, error) {
	batcher, err := g.ready(ctx)
	if err != nil {
		return answers.Answer{}, err
	}
	fee, err := g.Fee(ctx, g.quote.Picture, g.quote.Known(), strings.Join(g.quote.Unpriced, ", ")+" at Google Vision")
	if err != nil {
		return answers.Answer{}, err
	}
	call := &transport.Call{Again: fee.Again}
	m.Call = call
	_, raw, err := batcher.Annotate(ctx, m)
	fee.Settle(raw != nil, call.Lost)
	if err != nil {
		return answers.Answer{}, outcome(ctx, err, raw, g.service.Google.Key)
	}
	return answers.Answer{Body: vision.Lean(raw), Model: "Google Vision " + model}, nil
}

// outcome sorts an error into what is stored as a fault and what stops the run.
func outcome(ctx context.Context, err error, raw []byte, key string) error {
	err = lacking(err)
	var e *chat.Error
	if errors.As(err, &e) && e.Stop && ctx.Err() == nil {
		switch e.Status {
		case 400, 401, 402, 403: // the errors themselves say what to do
			mend := "pictures that were answered are kept: run the study again once that is done"
			if key != "" {
				mend += fmt.Sprintf("; the key is that of the environment variable %s", key)
			}
			return &stage.MissingError{What: e.Error(), Mend: mend}
		}
	}
	err = asking.Outcome(ctx, err, "Google Vision", key)
	var fault *answers.FaultError
	if errors.As(err, &fault) {
		fault.Raw = raw
		if e != nil && e.Status == http.StatusOK && !e.Retryable { // the service cannot take the picture
			fault.Status = answers.Unreadable
		}
	}
	return err
}

// Known implements Reader.
func (g *google) Known(ctx context.Context, p Picture) (bool, error) {
	m, _, err := g.image(p)
	if err != nil {
		return false, &coding.Fault{Status: stage.Unreadable, Reason: err.Error()}
	}
	r, err := g.request(p, m)
	if err != nil {
		return false, &coding.Fault{Status: stage.Unreadable, Reason: err.Error()}
	}
	return known(ctx, g.Counter, r)
}

// Price implements Reader.
func (g *google) Price() price.Quote { return g.quote }

// Facts implements Reader.
func (g *google) Facts() []stage.Fact {
	pictures := "sent as they are"
	if g.service.Google.MaxSide > 0 {
		pictures = fmt.Sprintf("longer side at most %d pixels", g.service.Google.MaxSide)
	}
	facts := []stage.Fact{{Name: "provider", Value: "Google Vision"}, {Name: "server", Value: g.address}, {Name: "features", Value: strings.Join(names(g.service.Question.Features), ", ")}, {Name: "pictures", Value: pictures}}
	if hints := g.service.Question.LanguageHints; len(hints) > 0 {
		facts = append(facts, stage.Fact{Name: "language hints", Value: strings.Join(hints, ", ")})
	}
	return facts
}
