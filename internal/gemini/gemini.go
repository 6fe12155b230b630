// Package gemini asks Google's Gemini models through generateContent: with an
// API key at Google AI, with a token at Vertex AI, or at any server that speaks
// the protocol. It takes the requests of package chat and gives its replies and
// errors, so that who asks need not know which of the two answers. Connections,
// keys, limits and retries belong to the http.Client that it is given; see
// Network for what a transport should be laid over.
package gemini

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"icono/internal/chat"
)

// Provider is the dialect of this package. An answer that was stored under it
// is read by Parse, all others by chat.Parse.
const Provider chat.Provider = "gemini"

// Options say where a client's server is.
type Options struct {
	// HTTP makes the calls: it adds an API key, waits for limits and retries.
	HTTP *http.Client
	// BaseURL is the server's address, "" for Google's own. An address without a
	// path gets the version, /v1beta or with a project /v1; one with a path is
	// used as it is, less a final /models. The address of a project at Vertex AI
	// may be given whole, up to /locations/LOCATION or /publishers/google.
	BaseURL string
	// Project and Location ask at Vertex AI, whose locations are regions such as
	// europe-west4, the multi-regions eu and us, and global. Both or none.
	Project, Location string
	// Token gives the bearer token of each request, such as one of
	// application-default credentials; nil sends none. It is called for each
	// request, and once more where the server refuses a token, so it should keep
	// its token until that expires.
	Token func(context.Context) (string, error)
	// Secrets are hidden wherever a server echoes them. Secrets in the headers of
	// the request that went out are hidden too, where the HTTP client shows it in
	// the response; a round tripper that does not needs its keys listed here.
	Secrets []string
}

// Client asks the models of one server and remembers what they take. It is safe
// for concurrent use.
type Client struct {
	http    *http.Client
	address address
	token   func(context.Context) (string, error)
	secrets []string

	mu      sync.Mutex
	learned map[string]*learned // by model
}

// New makes a client. It opens no connection.
func New(o Options) (*Client, error) {
	if o.HTTP == nil {
		return nil, errors.New("a Gemini client needs an HTTP client")
	}
	a, err := addressOf(o.BaseURL, o.Project, o.Location)
	if err != nil {
		return nil, err
	}
	return &Client{http: o.HTTP, address: a, token: o.Token, secrets: o.Secrets, learned: map[string]*learned{}}, nil
}

// Provider returns the server's dialect.
func (c *Client) Provider() chat.Provider { return Provider }

// BaseURL returns the server's address with its version, "" for Google AI's own.
// A project of Vertex AI is not in it: who pays does not decide an answer.
func (c *Client) BaseURL() string {
	if c.address.base == googleAI && c.address.below == "" {
		return ""
	}
	return c.address.base
}

// KeyHeader returns the header that carries an API key, and what precedes the
// key in it.
func (c *Client) KeyHeader() (name, prefix string) { return "X-Goog-Api-Key", "" }
