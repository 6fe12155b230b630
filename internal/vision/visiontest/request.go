package visiontest

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"regexp"
	"slices"
	"strconv"

	_ "image/gif" // the formats that sizes are read of
	_ "image/jpeg"
	_ "image/png"
)

// Picture is a picture as it arrived, with what is asked about it.
type Picture struct {
	// Index is its place in the request, Turn counts how often it was asked about.
	Index, Turn int
	// Identity names what is asked: the SHA-256 of the file and the features.
	Identity string
	Data     []byte
	// Width and Height are in pixels; 640 by 480 where the file does not tell.
	Width, Height int
	// Features are the service's names of them.
	Features []string
	// MaxResults and Models belong to the features, in their order.
	MaxResults []int
	Models     []string
	Hints      []string
	// Confidence asks for that of text.
	Confidence bool
}

// Wants reports whether a feature is asked for, by the service's name.
func (p Picture) Wants(feature string) bool { return slices.Contains(p.Features, feature) }

type batch struct {
	Requests []single          `json:"requests"`
	Parent   string            `json:"parent"`
	Labels   map[string]string `json:"labels"`
}

type single struct {
	Image struct {
		Content string          `json:"content"`
		Source  json.RawMessage `json:"source"`
	} `json:"image"`
	Features []struct {
		Type       json.RawMessage `json:"type"`
		MaxResults int             `json:"maxResults"`
		Model      string          `json:"model"`
	} `json:"features"`
	Context struct {
		Hints []string `json:"languageHints"`
		Text  struct {
			Confidence bool `json:"enableTextDetectionConfidenceScore"`
		} `json:"textDetectionParams"`
	} `json:"imageContext"`
}

var (
	hint   = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]+)*$`)
	parent = regexp.MustCompile(`^projects/[^/]+/locations/(us|eu|asia)$`)
)

// featureNames are the service's features by number.
func featureNames() []string {
	return []string{"TYPE_UNSPECIFIED", "FACE_DETECTION", "LANDMARK_DETECTION", "LOGO_DETECTION", "LABEL_DETECTION", "TEXT_DETECTION", "SAFE_SEARCH_DETECTION",
		"IMAGE_PROPERTIES", "", "CROP_HINTS", "WEB_DETECTION", "DOCUMENT_TEXT_DETECTION", "PRODUCT_SEARCH", "", "", "", "", "", "", "OBJECT_LOCALIZATION"}
}

// read checks a body as Google does.
func (s *Server) read(body []byte, inPath string) (pictures []Picture, where string, refusal *Behaviour) {
	bad := func(format string, args ...any) ([]Picture, string, *Behaviour) {
		b := Invalid(fmt.Sprintf(format, args...))
		return nil, "", &b
	}
	var w batch
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return bad("Invalid JSON payload received. %v", err)
	}
	where = w.Parent
	if inPath != "" {
		where = inPath
	}
	switch {
	case where != "" && !parent.MatchString(where):
		return bad("Invalid resource name %q; the resource name should be of the form projects/PROJECT/locations/LOCATION.", where)
	case len(w.Requests) == 0:
		return bad("Request must contain at least one image.")
	case len(w.Requests) > 16:
		return bad("Too many images per request: %d. The limit is 16.", len(w.Requests))
	}
	for i, r := range w.Requests {
		p, why := r.read(i)
		if why != "" {
			return bad("%s", why)
		}
		pictures = append(pictures, p)
	}
	return pictures, where, nil
}

func (r single) read(i int) (Picture, string) {
	p := Picture{Index: i, Width: 640, Height: 480, Hints: r.Context.Hints, Confidence: r.Context.Text.Confidence}
	if r.Image.Content == "" {
		return p, fmt.Sprintf("requests[%d].image: this server takes images in base64 only.", i)
	}
	data, err := base64.StdEncoding.DecodeString(r.Image.Content)
	if err != nil {
		return p, fmt.Sprintf("Invalid value at 'requests[%d].image.content' (TYPE_BYTES), Base64 decoding failed.", i)
	}
	p.Data = data
	if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
		p.Width, p.Height = c.Width, c.Height
	}
	if len(r.Features) == 0 {
		return p, fmt.Sprintf("requests[%d].features: at least one feature must be given.", i)
	}
	for _, f := range r.Features {
		name := featureName(f.Type)
		if name == "" || name == "TYPE_UNSPECIFIED" {
			return p, fmt.Sprintf("Invalid value at 'requests[%d].features[0].type' (type.googleapis.com/google.cloud.vision.v1.Feature.Type), %s", i, f.Type)
		}
		if !slices.Contains([]string{"", "builtin/stable", "builtin/latest", "builtin/weekly"}, f.Model) {
			return p, fmt.Sprintf("Unsupported model %q.", f.Model)
		}
		if f.MaxResults < 0 {
			return p, "max_results must not be negative."
		}
		p.Features, p.Models, p.MaxResults = append(p.Features, name), append(p.Models, f.Model), append(p.MaxResults, f.MaxResults)
	}
	for _, code := range p.Hints {
		if !hint.MatchString(code) {
			return p, "Invalid language hint: " + code + "."
		}
	}
	h := sha256.New()
	h.Write(data)
	fmt.Fprintln(h, p.Features, p.MaxResults, p.Models, p.Hints, p.Confidence)
	p.Identity = hex.EncodeToString(h.Sum(nil))
	return p, ""
}

// featureName reads a feature by its name or number.
func featureName(raw json.RawMessage) string {
	var name string
	if json.Unmarshal(raw, &name) == nil {
		if slices.Contains(featureNames(), name) {
			return name
		}
		return ""
	}
	n, err := strconv.Atoi(string(raw))
	if err != nil || n < 0 || n >= len(featureNames()) {
		return ""
	}
	return featureNames()[n]
}
