package asking

import (
	"context"
	"fmt"
	"strings"
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
	// Provider is the protocol, OpenAI or Gemini; "" is OpenAI.
	Provider string
	// BaseURL is the address, with its variables replaced; "" is the provider's own.
	BaseURL string
	// Key is the name of the environment variable with the key. A server of
	// one's own may need none.
	Key                    string
	APIVersion, Deployment string
	// Project and Location ask at Google Cloud, with the credentials of the machine.
	Project, Location string
	Model             string
	Concurrency       int
	RequestsPerMinute float64
	TokensPerMinute   float64
	Timeout           time.Duration
	// Batch has questions answered together, for the price of batches.
	Batch bool
	// Files bounds batch files; zeros are the service's own bounds.
	Files chat.Limits
	// Poll is the longest time between two looks at a batch, at least 1 ms.
	Poll time.Duration
}

// Line is one stage's access to a model.
type Line struct {
	*Counter
	server  Server
	entry   price.Entry
	client  client
	network *transport.Transport
	// credentials are nil until a token is needed.
	credentials Credentials

	// calibration is what earlier answers of the stage taught.
	calibration price.Calibration

	key     string // the value; never printed
	keyless error  // why nothing can be asked, where the key is missing

	// What the mutex of the counter guards too.
	observed price.Calibration // of this run
	expected price.Estimate    // what the requests of this run were expected to be
	batched  batched
	quoted   map[answers.Key]bool // questions whose costs were told
}

// Line opens a stage's access. A key that is missing is an error only when a
// question must be asked.
func (d *Desk) Line(ctx context.Context, stageID string, s Server) (*Line, error) {
	l := &Line{Counter: &Counter{desk: d, stage: stageID}, server: s, batched: newBatched()}
	l.server.Batch = s.Batch && !d.options.Offline
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
	var secrets []string
	if l.key != "" {
		secrets = []string{l.key}
	}
	counter, err := d.Counter(ctx, stageID, secrets)
	if err != nil {
		return nil, err
	}
	l.Counter = counter
	d.mu.Lock()
	d.lines = append(d.lines, l)
	d.mu.Unlock()
	return l, nil
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
	if err := l.byHand(ctx, q, r); err != nil {
		return coding.Answered{}, err
	}
	a, origin, err := l.Do(ctx, r, func(ctx context.Context) (answers.Answer, error) { return l.send(ctx, q) })
	if err != nil {
		return coding.Answered{}, err
	}
	reply, err := l.parse(a.Body)
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
