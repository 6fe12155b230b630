package asking

import (
	"context"
	"encoding/json"
	"net/http"

	"icono/internal/chat"
	"icono/internal/gemini"
	"icono/internal/transport"
)

// client asks the models of one server by its protocol.
type client interface {
	Complete(ctx context.Context, r chat.Request) (chat.Reply, error)
	Body(r chat.Request) (body []byte, adapted []string, err error)
	Provider() chat.Provider
	BaseURL() string
	KeyHeader() (name, prefix string)
}

// connect makes the client. It opens no connection.
func (l *Line) connect() error {
	s := l.server
	probe, err := s.client(http.DefaultClient, chat.Options{}, nil, nil)
	if err != nil {
		return err
	}
	o := transport.Options{Concurrency: s.Concurrency, RequestsPerMinute: s.RequestsPerMinute, TokensPerMinute: s.TokensPerMinute, Timeout: s.Timeout}
	var secrets []string
	if l.key != "" {
		name, prefix := probe.KeyHeader()
		o.Header, secrets = http.Header{name: {prefix + l.key}}, []string{l.key}
	}
	if s.Provider == Gemini {
		l.network = transport.New(gemini.Network(transport.NewBase(s.Concurrency)), o)
		l.client, err = s.client(l.network.Client(), chat.Options{}, secrets, l.token)
		return err
	}
	l.network = transport.New(nil, o)
	once, files := o, o
	once.MaxAttempts = 1
	files.Timeout, files.MaxBody = filesTimeout, filesMost
	l.client, err = s.client(l.network.Client(), chat.Options{Creating: transport.New(nil, once).Client(), Files: transport.New(nil, files).Client()}, secrets, nil)
	return err
}

// client makes the client of a server. with holds what only batches need.
func (s Server) client(over *http.Client, with chat.Options, secrets []string, token func(context.Context) (string, error)) (client, error) {
	if s.Provider == Gemini {
		o := gemini.Options{HTTP: over, BaseURL: s.BaseURL, Project: s.Project, Location: s.Location, Secrets: secrets}
		if s.Project != "" {
			o.Token = token
		}
		return gemini.New(o)
	}
	with.HTTP, with.BaseURL, with.APIVersion, with.Deployment, with.Secrets = over, s.BaseURL, s.APIVersion, s.Deployment, secrets
	return chat.New(with)
}

// UsualKey names the variable that holds the key of a well-known server, "" for
// one that needs none.
func (s Server) UsualKey() string {
	probe, err := s.client(http.DefaultClient, chat.Options{}, nil, nil)
	switch {
	case err != nil || s.Project != "":
		return ""
	case s.Provider == Gemini && probe.BaseURL() == "":
		return "GEMINI_API_KEY"
	case probe.Provider() == chat.OpenAI:
		return "OPENAI_API_KEY"
	case probe.Provider() == chat.Azure:
		return "AZURE_OPENAI_API_KEY"
	}
	return ""
}

// token returns a token of this machine's credentials for Google Cloud.
func (l *Line) token(ctx context.Context) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.credentials == nil {
		found, err := l.desk.options.Credentials()
		if err != nil {
			return "", err
		}
		l.credentials = found
	}
	return l.credentials.Token(ctx)
}

// parse reads a stored answer, by the protocol that it came in.
func (l *Line) parse(raw []byte) (chat.Reply, error) {
	if l.server.Provider == Gemini {
		return gemini.Parse(raw)
	}
	return chat.Parse(raw)
}

// spoken is a text as the server would answer it, for answers that a person gave.
func (s Server) spoken(text, model string) ([]byte, error) {
	if s.Provider == Gemini {
		return json.Marshal(map[string]any{"candidates": []any{map[string]any{"content": map[string]any{"role": "model", "parts": []any{map[string]any{"text": text}}}, "finishReason": "STOP"}}, "modelVersion": model})
	}
	return json.Marshal(map[string]any{"id": "", "object": "chat.completion", "created": 0, "model": model,
		"choices": []any{map[string]any{"index": 0, "finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": text}}}})
}
