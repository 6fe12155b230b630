package asking

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"icono/internal/answers"
	"icono/internal/chat"
	"icono/internal/coding"
	"icono/internal/price"
	"icono/internal/stage"
	"icono/internal/transport"
)

// Server says where a stage's model is asked.
type Server struct {
	// BaseURL is the address, with its variables replaced; "" is OpenAI's.
	BaseURL string
	// Key is the name of the environment variable with the key. A server of
	// one's own may need none.
	Key                    string
	APIVersion, Deployment string
	Model                  string
	Concurrency            int
	RequestsPerMinute      float64
	TokensPerMinute        float64
	Timeout                time.Duration
	// Batch has questions answered together, for the price of batches.
	Batch bool
	// Files bounds batch files; zeros are the service's own bounds.
	Files chat.Limits
	// Poll is the longest time between two looks at a batch, at least 1 ms.
	Poll time.Duration
}

// Line is one stage's access to a model.
type Line struct {
	desk    *Desk
	stage   string
	server  Server
	session *answers.Session
	entry   price.Entry
	client  *chat.Client
	network *transport.Transport
	// cassette is nil where the study has none for the stage.
	cassette *answers.Cassette

	// calibration is what earlier answers of the stage taught.
	calibration price.Calibration

	key     string // the value; never printed
	keyless error  // why nothing can be asked, where the key is missing

	mu       sync.Mutex
	spent    Spending
	observed price.Calibration // of this run
	planned  price.Estimate    // what the requests of this run were expected to be
	quoted   map[answers.Key]bool
	batched  batched
	waiting  string // what a batch is waited for; "" for nothing
}

// Line opens a stage's access. A key that is missing is an error only when a
// question must be asked.
func (d *Desk) Line(ctx context.Context, stageID string, s Server) (*Line, error) {
	l := &Line{desk: d, stage: stageID, server: s, quoted: map[answers.Key]bool{}, batched: newBatched()}
	if s.Key != "" {
		if l.key = strings.TrimSpace(d.options.Variable(s.Key)); l.key == "" {
			l.keyless = &stage.MissingError{What: fmt.Sprintf("the key for the model %s is not set", s.Model),
				Mend: fmt.Sprintf("put it into the environment variable %s: export %s=...\nor replay recorded answers: icono run --record none", s.Key, s.Key)}
		}
	}
	if err := l.connect(); err != nil {
		return nil, err
	}
	l.entry, _ = d.options.Prices.Find(string(l.client.Provider()), s.Model)
	l.calibration = d.calibrated()[l.calibrates()]
	if err := l.begin(ctx); err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.lines = append(d.lines, l)
	d.mu.Unlock()
	return l, nil
}

// connect makes the client. It opens no connection.
func (l *Line) connect() error {
	s := l.server
	plain := chat.Options{HTTP: http.DefaultClient, BaseURL: s.BaseURL, APIVersion: s.APIVersion, Deployment: s.Deployment}
	probe, err := chat.New(plain)
	if err != nil {
		return err
	}
	o := transport.Options{Concurrency: s.Concurrency, RequestsPerMinute: s.RequestsPerMinute, TokensPerMinute: s.TokensPerMinute, Timeout: s.Timeout}
	if l.key != "" {
		name, prefix := probe.KeyHeader()
		o.Header = http.Header{name: {prefix + l.key}}
		plain.Secrets = []string{l.key}
	}
	l.network = transport.New(nil, o)
	once := o
	once.MaxAttempts = 1
	plain.HTTP, plain.Creating = l.network.Client(), transport.New(nil, once).Client()
	files := o
	files.Timeout, files.MaxBody = filesTimeout, filesMost
	plain.Files = transport.New(nil, files).Client()
	l.client, err = chat.New(plain)
	return err
}

// begin opens what is stored for the stage.
func (l *Line) begin(ctx context.Context) error {
	var secrets []string
	if l.key != "" {
		secrets = []string{l.key}
	}
	var err error
	l.session, l.cassette, err = l.desk.session(ctx, l.stage, secrets)
	return err
}

func (l *Line) close() error {
	l.network.CloseIdleConnections()
	if l.cassette == nil {
		return nil
	}
	return l.cassette.Close()
}

// What one transfer of a batch file may take.
const (
	filesTimeout = time.Hour
	filesMost    = 4 << 30 // bytes
)

// Facts implements coding.Asker.
func (l *Line) Facts() []stage.Fact {
	facts := []stage.Fact{{Name: "model asked", Value: l.server.Model}}
	if url := l.client.BaseURL(); url != "" {
		facts = append(facts, stage.Fact{Name: "server", Value: url})
	}
	if l.server.Batch {
		facts = append(facts, stage.Fact{Name: "asked", Value: "in batches"})
	}
	return facts
}

// Ask implements coding.Asker. Where questions are asked in batches it has
// stored answers only.
func (l *Line) Ask(ctx context.Context, q coding.Question) (coding.Answered, error) {
	if l.server.Batch {
		return l.stored(ctx, q)
	}
	r, err := l.request(q)
	if err != nil {
		return coding.Answered{}, err
	}
	a, origin, err := l.session.Do(ctx, r, func(ctx context.Context) (answers.Answer, error) { return l.send(ctx, q) })
	l.count(origin, err)
	var fault *answers.FaultError
	if errors.As(err, &fault) {
		return coding.Answered{}, &coding.Fault{Status: stage.Status(fault.Status), Reason: fault.Reason}
	}
	if err != nil {
		return coding.Answered{}, err
	}
	reply, err := chat.Parse(a.Body)
	if err != nil {
		return coding.Answered{}, fmt.Errorf("the stored answer for the row %s cannot be read: %w", q.Row, err)
	}
	reply.Model = a.Model
	return coding.Answered{Reply: reply, Stored: origin == answers.Stored}, nil
}

// request is what decides the answer to a question.
func (l *Line) request(q coding.Question) (answers.Request, error) {
	body, err := q.Request.Canonical()
	if err != nil {
		return answers.Request{}, fmt.Errorf("the question about the row %s cannot be asked: %w", q.Row, err)
	}
	if q.Repair { // which answer is accepted in the end depends on it
		body = append(body[:len(body)-1:len(body)-1], `,"repair":1}`...)
	}
	return answers.Request{Row: q.Row, Provider: string(l.client.Provider()), Model: q.Request.Model, BaseURL: l.client.BaseURL(), Body: body, Repeat: q.Request.Repeat}, nil
}
