package vision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	google "cloud.google.com/go/vision/v2/apiv1"
	"google.golang.org/api/option"

	"icono/internal/redact"
)

// googleBase is the address of the service where no region is asked for.
const googleBase = "https://vision.googleapis.com"

// Options say where a client's server is.
type Options struct {
	// HTTP makes the calls: it adds an API key, waits for limits and retries.
	HTTP *http.Client
	// BaseURL is the server's address, "" for Google's own. A path is kept, less a
	// final /v1 or /v1/images:annotate.
	BaseURL string
	// Region keeps the pictures and their processing within eu, us or asia; ""
	// leaves the place to Google. It needs the Project.
	Region string
	// Project is the id of the project of Google Cloud.
	Project string
	// Pays is the project that requests with a token are counted and billed to,
	// where it is not the token's own; Credentials.Pays tells.
	Pays string
	// Token gives the bearer token of each request, such as Credentials.Token; nil
	// sends none. It is called for each request, and once more where the server
	// refuses a token, so it should keep its token until that expires.
	Token func(context.Context) (string, error)
	// Secrets are hidden wherever a server echoes them. Secrets in the headers of
	// the request that went out are hidden too, where the HTTP client shows it in
	// the response; a round tripper that does not needs its keys listed here.
	Secrets []string
}

// Client asks one server. It is safe for concurrent use.
type Client struct {
	http    *http.Client
	library *google.ImageAnnotatorClient
	base    string
	parent  string
	pays    string
	token   func(context.Context) (string, error)
	secrets []string
}

var projectName = regexp.MustCompile(`^[a-z0-9][a-z0-9.:-]*$`)

// New makes a client. It opens no connection and looks for no credentials.
func New(ctx context.Context, o Options) (*Client, error) {
	if o.HTTP == nil {
		return nil, errors.New("a Vision client needs an HTTP client")
	}
	c := &Client{http: o.HTTP, base: googleBase, pays: o.Pays, token: o.Token, secrets: o.Secrets}
	for _, id := range []string{o.Project, o.Pays} {
		if id != "" && !projectName.MatchString(id) {
			return nil, fmt.Errorf("the project %q is no id of a Google Cloud project, such as my-study-4711", id)
		}
	}
	switch o.Region {
	case "":
	case "eu", "us", "asia":
		if o.Project == "" {
			return nil, fmt.Errorf("the region %s needs the id of the Google Cloud project, such as my-study-4711", o.Region)
		}
		c.base = "https://" + o.Region + "-vision.googleapis.com"
		c.parent = "projects/" + o.Project + "/locations/" + o.Region
	default:
		return nil, fmt.Errorf("the region %q is unknown; regions are eu, us and asia", o.Region)
	}
	if o.BaseURL != "" {
		base, err := address(o.BaseURL)
		if err != nil {
			return nil, err
		}
		c.base = base
	}
	// The library's own log would hold requests, and its variable of the
	// environment could switch it on.
	library, err := google.NewImageAnnotatorRESTClient(ctx, option.WithEndpoint(c.base), option.WithHTTPClient(&http.Client{Transport: courier{c}}),
		option.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		return nil, fmt.Errorf("the client of Google Vision cannot be made: %s", redact.Text(err.Error(), c.secrets))
	}
	// Its retries and its bound of ten minutes, which would count waiting for the
	// rate too, give way to those of the HTTP client.
	library.CallOptions.BatchAnnotateImages = nil
	c.library = library
	return c, nil
}

func address(text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", errors.New("the base URL cannot be read; it looks like https://vision.googleapis.com")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return "", fmt.Errorf("the base URL %q must begin with http:// or https:// and name a host", u.Redacted())
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return "", fmt.Errorf("the base URL of %s must hold no user, key or query; keys are taken from the environment", u.Host)
	}
	path := strings.TrimRight(u.Path, "/")
	path = strings.TrimSuffix(strings.TrimSuffix(path, "/images:annotate"), "/v1")
	if strings.Contains(path, "/projects/") {
		return "", fmt.Errorf("the base URL of %s must end before /v1; a project and a region are options of their own", u.Host)
	}
	u.Path = strings.TrimRight(path, "/")
	return u.String(), nil
}

// BaseURL returns the server's address as answers are stored under it: "" for
// Google's own, in any region, since the region says where pictures go and not
// what comes back.
func (c *Client) BaseURL() string {
	if u, err := url.Parse(c.base); err == nil && (u.Hostname() == "vision.googleapis.com" || strings.HasSuffix(u.Hostname(), "-vision.googleapis.com")) {
		return ""
	}
	return c.base
}

// Address returns the address that requests go to, for messages and plans.
func (c *Client) Address() string { return cmp.Or(c.base, googleBase) }

// KeyHeader returns the header that carries an API key, and what precedes the
// key in it.
func KeyHeader() (name, prefix string) { return "X-Goog-Api-Key", "" }
