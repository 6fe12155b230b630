package vision

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/auth/credentials"

	"icono/internal/redact"
)

// scope is the right that tokens are asked for.
const scope = "https://www.googleapis.com/auth/cloud-platform"

// Credentials are Google's application-default credentials: the file that
// GOOGLE_APPLICATION_CREDENTIALS names, the login of the gcloud program, or the
// account of a machine in Google Cloud. It is safe for concurrent use.
type Credentials struct{ found *auth.Credentials }

// CredentialsError is a want of credentials, or of tokens for them. Its text
// holds no secret.
type CredentialsError struct {
	What string
	// Mend is the command that mends it.
	Mend string
}

// Error says what is wrong, and the command that mends it.
func (e *CredentialsError) Error() string { return e.What + "; run: " + e.Mend }

// DefaultCredentials finds the credentials of this machine. Tokens are fetched by
// the client, which must not be the one that carries an API key; nil takes a plain
// one. Its errors are *CredentialsError.
func DefaultCredentials(client *http.Client) (*Credentials, error) {
	found, err := credentials.DetectDefault(&credentials.DetectOptions{Scopes: []string{scope}, Client: client, DisableAsyncRefresh: true,
		Logger: slog.New(slog.DiscardHandler)}) // a variable of the environment would switch a log with tokens on
	if err == nil {
		return &Credentials{found}, nil
	}
	text := strings.TrimPrefix(redact.Text(redact.Bare(err).Error(), nil), "credentials: ")
	if strings.Contains(text, "could not find default credentials") {
		return nil, &CredentialsError{"there are no application-default credentials of Google Cloud on this machine", login}
	}
	return nil, &CredentialsError{"the application-default credentials of Google Cloud cannot be used: " + clip(text), login + ", or let GOOGLE_APPLICATION_CREDENTIALS name the file of a service account"}
}

// Token returns an access token. It is kept until shortly before it expires. Its
// errors are those of the context, and *CredentialsError.
func (c *Credentials) Token(ctx context.Context) (string, error) {
	token, err := c.found.Token(ctx)
	if err == nil {
		return token.Value, nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	what := "Google gives no token for the application-default credentials: "
	if e, ok := errors.AsType[*auth.Error](err); ok && e.Response != nil {
		what += e.Response.Status + " " + tokenReason(e.Body)
	} else {
		what += redact.Bare(err).Error()
	}
	return "", &CredentialsError{clip(redact.Text(what, nil)), login + ", or see whether the key of the service account still exists"}
}

// tokenReason words the body of a refusal by the server of tokens.
func tokenReason(body []byte) string {
	var w struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &w) == nil && w.Error != "" {
		return strings.TrimSpace(w.Error + " " + w.Description)
	}
	return ""
}

// Pays returns the project that requests must name as the one that pays: the one
// that the credentials state or, for a person's own login, which belongs to no
// project, the one given. "" leaves it to Google.
func (c *Credentials) Pays(ctx context.Context, project string) string {
	if id, err := c.found.QuotaProjectID(ctx); err == nil && id != "" {
		return id
	}
	var w struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(c.found.JSON(), &w) == nil && w.Type == "authorized_user" {
		return project
	}
	return ""
}
