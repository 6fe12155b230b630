// Package vision asks Google Cloud Vision what pictures show, and holds what any
// provider found in a picture as plain types. It is the only importer of
// Google's client libraries: the official client writes the requests and speaks
// its REST protocol, while connections, rates and retries belong to the
// http.Client that it is given.
//
// A Client speaks to one server, a Batcher gathers pictures into requests, Parse
// reads a stored response, and Credentials gives the tokens of Google's
// application-default credentials. Errors of requests are *chat.Error, so that
// who asks need not know which service answers.
package vision

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"icono/internal/picture"
	"icono/internal/transport"
)

// Provider is the name of Google's service in stored answers.
const Provider = "google"

// Question is what is asked of every picture. All its fields decide an answer.
type Question struct {
	// Features are what is wanted; their order does not matter.
	Features []Feature
	// Document reads text as that of a dense page (DOCUMENT_TEXT_DETECTION).
	Document bool
	// LanguageHints are BCP-47 codes of the languages of the text; none lets the
	// service tell, which is mostly better.
	LanguageHints []string
	// Confidence asks for the confidence of text that is not of a document, which
	// the service leaves out otherwise.
	Confidence bool
	// MaxResults bounds the results of each feature but text and safe_search; 0 is
	// the service's own bound, which is 10.
	MaxResults int
	// Model is builtin/stable, which is the default, or builtin/latest.
	Model string
}

// The models.
const (
	Stable = "builtin/stable"
	Latest = "builtin/latest"
)

var languageCode = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$`)

// Check reports all that is wrong with a question.
func (q Question) Check() error {
	var errs []error
	if len(q.Features) == 0 {
		errs = append(errs, errors.New("no feature is asked for; features are "+strings.Join(names(), ", ")))
	}
	for i, f := range q.Features {
		switch {
		case !f.known():
			errs = append(errs, fmt.Errorf("the feature %q is unknown; features are %s", f, strings.Join(names(), ", ")))
		case slices.Contains(q.Features[:i], f):
			errs = append(errs, fmt.Errorf("the feature %s is asked for twice", f))
		}
	}
	text := slices.Contains(q.Features, Text)
	if !text && (q.Document || len(q.LanguageHints) > 0 || q.Confidence) {
		errs = append(errs, errors.New("a document, language hints and the confidence of text belong to the feature text, which is not asked for"))
	}
	for _, code := range q.LanguageHints {
		if !languageCode.MatchString(code) {
			errs = append(errs, fmt.Errorf("the language hint %q is no code of a language, such as de, en or zh-Hant", code))
		}
	}
	if q.MaxResults < 0 {
		errs = append(errs, fmt.Errorf("the most results are %d; they are at least 1, or 0 for the service's own bound", q.MaxResults))
	}
	if !slices.Contains([]string{"", Stable, Latest}, q.Model) {
		errs = append(errs, fmt.Errorf("the model %q is unknown; models are %s and %s", q.Model, Stable, Latest))
	}
	return errors.Join(errs...)
}

// Image is a picture that is asked about. It is used by reference; Data must not
// change once it was asked about or named.
type Image struct {
	// Data is the picture's file.
	Data []byte
	// Prepared says how the file that is sent is made of Data, such as "jpeg,
	// longer side at most 1024"; "" sends Data itself. It stands for that file in
	// Canonical, so that a stored answer is found without making it again.
	Prepared string
	// Prepare makes the file that is sent, when it is sent. Operational.
	Prepare func(data []byte) ([]byte, error)
	// Name names the picture in errors. Operational.
	Name string
	// Call, if not nil, is told what the requests with this picture came to, and
	// its Again is asked before one is sent once more after a lost answer. Its
	// other fields are not used. Operational.
	Call *transport.Call

	once sync.Once
	sum  [sha256.Size]byte
}

// Canonical returns what decides the answer about a picture as compact JSON, the
// same bytes for the same question in every release. What only says how or where
// the question is put, such as the grouping into requests or the region of the
// server, is not in it.
//
// The layout is part of stored answers: changing it makes every stored answer
// unfindable.
func (q Question) Canonical(m *Image) ([]byte, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	mime, err := m.kind()
	if err != nil {
		return nil, err
	}
	m.once.Do(func() { m.sum = picture.Sum(m.Data) })
	c := canonical{Features: slices.Sorted(slices.Values(q.Features)), Document: q.Document, Hints: q.LanguageHints, Confidence: q.Confidence,
		Most: q.MaxResults, Image: canonicalImage{hex.EncodeToString(m.sum[:]), picture.Size(m.Data), mime, m.Prepared}}
	if q.Model != Stable {
		c.Model = q.Model
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(c); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

type canonical struct {
	Features   []Feature      `json:"features"`
	Document   bool           `json:"document,omitempty"`
	Hints      []string       `json:"language_hints,omitempty"`
	Confidence bool           `json:"confidence,omitempty"`
	Most       int            `json:"max_results,omitempty"`
	Model      string         `json:"model,omitempty"`
	Image      canonicalImage `json:"image"`
}

type canonicalImage struct {
	SHA256   string `json:"sha256"`
	Bytes    int    `json:"bytes"`
	MIME     string `json:"mime,omitempty"`
	Prepared string `json:"prepared,omitempty"`
}

// kind is the type of the file that is sent, "" where that is made first.
func (m *Image) kind() (string, error) {
	switch {
	case len(m.Data) == 0:
		return "", fmt.Errorf("%s is empty", m.label())
	case m.Prepared == "":
		return m.mime(m.Data)
	case m.Prepare == nil:
		return "", fmt.Errorf("%s is to be prepared, and nothing prepares it", m.label())
	}
	return "", nil
}

// sent returns the file that is sent.
func (m *Image) sent() (data []byte, err error) {
	if _, err := m.kind(); err != nil {
		return nil, err
	}
	if err := picture.Here(m.Data); err != nil {
		return nil, fmt.Errorf("%s: %w", m.label(), err)
	}
	if m.Prepared == "" {
		return m.Data, nil
	}
	if data, err = m.Prepare(m.Data); err != nil {
		return nil, fmt.Errorf("%s: %w", m.label(), err)
	}
	_, err = m.mime(data)
	return data, err
}

// mime tells a picture's type by its bytes.
func (m *Image) mime(data []byte) (string, error) {
	switch format := picture.Sniff(data); format {
	case "jpeg", "png", "gif", "webp", "bmp", "tiff":
		return "image/" + format, nil
	case "ico":
		return "image/x-icon", nil
	case "":
		return "", fmt.Errorf("%s is no picture of a known format; the service takes JPEG, PNG, GIF, BMP, WebP, TIFF and ICO", m.label())
	default:
		return "", fmt.Errorf("%s is %s; the service takes JPEG, PNG, GIF, BMP, WebP, TIFF and ICO: convert it first", m.label(), strings.ToUpper(format))
	}
}

func (m *Image) label() string {
	if m.Name == "" {
		return "the picture"
	}
	return "the picture " + m.Name
}
