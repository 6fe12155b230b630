package chat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	openai "github.com/sashabaranov/go-openai"
)

// Provider is the dialect of a server.
type Provider string

// The dialects.
const (
	// OpenAI is the API of OpenAI.
	OpenAI Provider = "openai"
	// Azure is Azure OpenAI with a deployment in the path and an api-version.
	// Azure's newer address that ends in /openai/v1 needs neither: it is
	// Compatible, but takes the key in the api-key header too.
	Azure Provider = "azure"
	// Compatible is any other server: vLLM, Ollama, llama.cpp, LiteLLM, ...
	Compatible Provider = "compatible"
)

// openAIBase is the address of OpenAI's own API.
const openAIBase = "https://api.openai.com/v1"

// Options say where a client's server is.
type Options struct {
	// HTTP makes the calls: it adds the key, waits for limits and retries.
	HTTP *http.Client
	// Creating makes the calls that create a batch. They must not be repeated
	// blindly after a lost answer, so a client that does not retry belongs
	// here; nil takes HTTP.
	Creating *http.Client
	// Files makes the calls that upload and download batch files of up to some
	// hundred megabytes: a client with a long time-out and without a bound on the
	// size of answers belongs here; nil takes HTTP.
	Files *http.Client
	// BaseURL is the server's address, "" for OpenAI's. An address without a
	// path gets /v1; one with a path is used as it is, less a final
	// /chat/completions. Ollama, vLLM and llama.cpp all serve under /v1.
	BaseURL string
	// Provider is told by the address where it is "", and an API version tells
	// Azure behind any other name.
	Provider Provider
	// APIVersion and Deployment are Azure's; without a deployment the model's
	// name is one.
	APIVersion, Deployment string
	// Secrets are hidden wherever a server echoes them. Secrets in the headers of
	// the request that went out are hidden too, where the HTTP client shows it in
	// the response; a round tripper that does not needs its keys listed here.
	Secrets []string
}

// Client asks the models of one server and remembers what they take. It is safe
// for concurrent use.
type Client struct {
	http, creating, files *http.Client
	provider              Provider
	base                  string
	options               Options
	letters               *alphabet

	mu      sync.Mutex
	learned map[string]*learned // by model
}

// New makes a client. It opens no connection.
func New(o Options) (*Client, error) {
	if o.HTTP == nil {
		return nil, errors.New("a chat client needs an HTTP client")
	}
	c := &Client{http: o.HTTP, creating: o.Creating, files: o.Files, provider: o.Provider, base: openAIBase, options: o, letters: newAlphabet(), learned: map[string]*learned{}}
	if c.creating == nil {
		c.creating = o.HTTP
	}
	if c.files == nil {
		c.files = o.HTTP
	}
	host := "api.openai.com"
	if o.BaseURL != "" {
		u, err := url.Parse(o.BaseURL)
		switch {
		case err != nil:
			return nil, errors.New("the base URL cannot be read; it looks like http://localhost:11434/v1")
		case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
			return nil, fmt.Errorf("the base URL %q must begin with http:// or https:// and name a host", u.Redacted())
		case u.User != nil || u.RawQuery != "" || u.Fragment != "":
			return nil, fmt.Errorf("the base URL of %s must hold no user, key or query; keys are taken from the environment", u.Host)
		}
		u.Path = strings.TrimRight(strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/chat/completions"), "/")
		if c.provider == "" {
			c.provider = providerOf(u)
			if c.provider == Compatible && o.APIVersion != "" {
				c.provider = Azure // behind another name, such as a gateway's
			}
		}
		if c.provider == Azure {
			u.Path = strings.TrimSuffix(u.Path, "/openai") // the library adds it
		} else if u.Path == "" {
			u.Path = "/v1"
		}
		c.base, host = u.String(), u.Host
	}
	switch c.provider {
	case "":
		c.provider = OpenAI
	case OpenAI, Compatible:
	case Azure:
		if o.BaseURL == "" || o.APIVersion == "" {
			return nil, errors.New("azure needs a base URL (https://NAME.openai.azure.com) and an API version (2025-04-01-preview, say)")
		}
	default:
		return nil, fmt.Errorf("the provider %q is unknown; providers are openai, azure and compatible", o.Provider)
	}
	if c.provider != Azure && (o.APIVersion != "" || o.Deployment != "") {
		return nil, fmt.Errorf("an API version and a deployment belong to azure; the server %s is not", host)
	}
	return c, nil
}

func providerOf(u *url.URL) Provider {
	switch {
	case u.Hostname() == "api.openai.com":
		return OpenAI
	case strings.HasSuffix(u.Hostname(), ".openai.azure.com") && !strings.Contains(u.Path, "/v1"):
		return Azure
	}
	return Compatible
}

// Provider returns the server's dialect.
func (c *Client) Provider() Provider { return c.provider }

// BaseURL returns the server's address as it is used, "" for OpenAI's own.
func (c *Client) BaseURL() string {
	if c.base == openAIBase {
		return ""
	}
	return c.base
}

// KeyHeader returns the header that carries the key, and what precedes the key
// in it.
func (c *Client) KeyHeader() (name, prefix string) {
	if c.provider == Azure || strings.Contains(c.base, ".openai.azure.com") {
		return "Api-Key", ""
	}
	return "Authorization", "Bearer "
}

// library returns the library's client for one call.
func (c *Client) library(x *exchange, model string) *openai.Client {
	config := openai.DefaultConfig("")
	if c.provider == Azure {
		config = openai.DefaultAzureConfig("", c.base)
		config.APIVersion = c.options.APIVersion
		config.AzureModelMapperFunc = func(string) string {
			if c.options.Deployment != "" {
				return url.PathEscape(c.options.Deployment)
			}
			return url.PathEscape(model)
		}
	}
	config.BaseURL, config.HTTPClient = c.base, x
	return openai.NewClientWithConfig(config)
}

func (c *Client) exchange() *exchange { return &exchange{http: c.http, secrets: c.options.Secrets} }

// post sends the body of a chat completion. The library is given an empty
// request: its checks go by the names of models, which mislead with other
// servers, and it would drop zeros.
func (c *Client) post(ctx context.Context, model string, b *body) (*exchange, *Error) {
	x := c.exchange()
	x.open, x.size, x.own = b.open, b.size, true
	_, err := c.library(x, model).CreateChatCompletion(ctx, openai.ChatCompletionRequest{})
	return x, x.fault(err)
}
