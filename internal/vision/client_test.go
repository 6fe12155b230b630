package vision_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"icono/internal/chat"
	"icono/internal/transport"
	"icono/internal/vision"
	"icono/internal/vision/visiontest"
)

const plantedKey = "AIzaSyPlantedKeyThatMustNotBeSeen123456"

// drawn is a small picture, another for each number.
func drawn(t testing.TB, n int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 8, 4))
	for i := range 4 {
		m.SetRGBA(i, 0, color.RGBA{byte(n), byte(n >> 8), byte(n >> 16), 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// quick is a transport that waits as little as a test can bear.
func quick(o transport.Options) *transport.Transport {
	if o.Backoff == 0 {
		o.Backoff, o.MaxBackoff = time.Millisecond, 20*time.Millisecond
	}
	return transport.New(nil, o)
}

func client(t testing.TB, s *visiontest.Server, o vision.Options) *vision.Client {
	t.Helper()
	o.BaseURL = s.URL
	if o.HTTP == nil {
		network := quick(transport.Options{Header: http.Header{"X-Goog-Api-Key": {plantedKey}}})
		t.Cleanup(network.CloseIdleConnections)
		o.HTTP = network.Client()
	}
	c, err := vision.New(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func batcher(t testing.TB, c *vision.Client, q vision.Question, o vision.Gathering) *vision.Batcher {
	t.Helper()
	if o.Wait == 0 {
		o.Wait = time.Millisecond
	}
	if o.Linger == 0 {
		o.Linger = 5 * time.Millisecond
	}
	b, err := vision.NewBatcher(c, q, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryFeatureComesBack(t *testing.T) {
	s := visiontest.Start(t, visiontest.Options{Key: plantedKey, KeepBodies: true})
	b := batcher(t, client(t, s, vision.Options{}), vision.Question{Features: vision.Features(), LanguageHints: []string{"de", "en"}, MaxResults: 7, Model: vision.Latest}, vision.Gathering{})
	seen := map[string]bool{}
	for i := range 40 {
		m := &vision.Image{Data: drawn(t, i)}
		a, raw, err := b.Annotate(context.Background(), m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := vision.Parse(raw, vision.SizeOf(m.Data))
		if err != nil || fmt.Sprint(again.Text, again.Objects, again.Faces) == "" || again.Text != a.Text || len(again.Faces) != len(a.Faces) {
			t.Fatalf("the stored answer reads otherwise: %v, %+v", err, again)
		}
		for name, found := range map[string]bool{"text": a.Text != "", "no text": a.Text == "", "objects": len(a.Objects) > 0, "labels": len(a.Labels) > 0, "safe": a.SafeSearch != nil,
			"faces": len(a.Faces) > 0, "logos": len(a.Logos) > 0, "landmarks": len(a.Landmarks) > 0, "web": a.Web != nil} {
			seen[name] = seen[name] || found
		}
		for _, f := range a.Faces {
			if f.Box == nil || f.Box.Right > 1 || f.Joy == "" || f.Score < 0.5 {
				t.Errorf("the face reads %+v", f)
			}
		}
		if bytes.Contains(raw, []byte("\n")) || !bytes.Contains(raw, []byte("LIKELY")) {
			t.Fatalf("the answer is not compact, or has no words: %.200s", raw)
		}
	}
	for _, name := range []string{"text", "no text", "objects", "labels", "safe", "faces", "logos", "landmarks", "web"} {
		if !seen[name] {
			t.Errorf("no picture of 40 had %s", name)
		}
	}
	if got := s.Answers(); got != 40 || s.PaidTwice() != 0 {
		t.Errorf("%d answers were paid, %d twice", got, s.PaidTwice())
	}
	for _, h := range s.Headers() {
		if h.Get("X-Goog-Api-Key") != plantedKey || !strings.Contains(h.Get("X-Goog-Api-Client"), "gapic") {
			t.Fatalf("the header is %v", h)
		}
	}
	for _, address := range s.Addresses() {
		if address != "/v1/images:annotate" {
			t.Fatalf("the address is %s", address)
		}
	}
	body := string(s.Bodies()[0])
	for _, part := range []string{`"languageHints":["de","en"]`, `"model":"builtin/latest"`, `"maxResults":7`} {
		if !strings.Contains(strings.ReplaceAll(body, ", ", ","), part) {
			t.Errorf("the request lacks %s: %.600s", part, body)
		}
	}
}

func TestRegionNamesProjectAndPlace(t *testing.T) {
	var parent string
	s := visiontest.Start(t, visiontest.Options{Script: func(c *visiontest.Call) visiontest.Behaviour {
		parent = c.Parent
		return visiontest.Good()
	}})
	c := client(t, s, vision.Options{Region: "eu", Project: "my-study"})
	if _, _, err := batcher(t, c, vision.Question{Features: vision.Features()}, vision.Gathering{}).Annotate(context.Background(), &vision.Image{Data: drawn(t, 1)}); err != nil {
		t.Fatal(err)
	}
	if parent != "projects/my-study/locations/eu" {
		t.Errorf("the parent is %q", parent)
	}
	own, err := vision.New(context.Background(), vision.Options{HTTP: http.DefaultClient, Region: "eu", Project: "my-study"})
	if err != nil || own.Address() != "https://eu-vision.googleapis.com" || own.BaseURL() != "" {
		t.Errorf("the region is at %s, stored as %q (%v)", own.Address(), own.BaseURL(), err)
	}
	for _, o := range []vision.Options{{}, {HTTP: http.DefaultClient, Region: "eu"}, {HTTP: http.DefaultClient, Region: "mars", Project: "p"}, {HTTP: http.DefaultClient, Project: "My Study"},
		{HTTP: http.DefaultClient, BaseURL: "localhost:99"}, {HTTP: http.DefaultClient, BaseURL: "http://localhost/?key=" + plantedKey},
		{HTTP: http.DefaultClient, BaseURL: "http://localhost/v1/projects/p/locations/eu/images:annotate"}} {
		if _, err := vision.New(context.Background(), o); err == nil || strings.Contains(err.Error(), plantedKey) {
			t.Errorf("%+v gives %v", o, err)
		}
	}
}

func TestServiceAccountGetsItsTokens(t *testing.T) {
	s := visiontest.Start(t, visiontest.Options{EchoKey: true})
	file, err := s.ServiceAccount()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "account.json")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", path)
	creds, err := vision.DefaultCredentials(nil)
	if err != nil {
		t.Fatal(err)
	}
	if pays := creds.Pays(context.Background(), "other"); pays != "" {
		t.Errorf("a service account pays by itself, not by %q", pays)
	}
	network := quick(transport.Options{})
	t.Cleanup(network.CloseIdleConnections)
	b := batcher(t, client(t, s, vision.Options{HTTP: network.Client(), Token: creds.Token}), vision.Question{Features: vision.Features()}, vision.Gathering{})
	for i := range 3 {
		if _, _, err := b.Annotate(context.Background(), &vision.Image{Data: drawn(t, i)}); err != nil {
			t.Fatal(err)
		}
	}
	if s.Tokens() != 1 || s.Answers() != 3 {
		t.Errorf("%d tokens and %d answers", s.Tokens(), s.Answers())
	}
	token, err := creds.Token(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	s.RevokeTokens() // and the server quotes the token that it refuses
	_, _, err = b.Annotate(context.Background(), &vision.Image{Data: drawn(t, 9)})
	var e *chat.Error
	if !errors.As(err, &e) || !e.Stop || e.Status != 401 || !strings.Contains(err.Error(), "gcloud auth application-default login") {
		t.Errorf("a refused token gives %v", err)
	}
	spotless(t, err, token, string(file[len(file)/2:len(file)/2+40]))
	s.RefuseTokens("invalid_grant")
	fresh, err := vision.DefaultCredentials(nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fresh.Token(context.Background())
	var want *vision.CredentialsError
	if !errors.As(err, &want) || !strings.Contains(err.Error(), "invalid_grant") || !strings.Contains(want.Mend, "gcloud") {
		t.Errorf("an account without rights gives %v", err)
	}
}

func TestLoginOfOnesOwnNamesWhoPays(t *testing.T) {
	dir := t.TempDir()
	for name, file := range map[string]string{
		"states":  `{"type":"authorized_user","client_id":"a","client_secret":"GOCSPX-planted-secret","refresh_token":"1//planted-refresh","quota_project_id":"stated"}`,
		"states?": `{"type":"authorized_user","client_id":"a","client_secret":"GOCSPX-planted-secret","refresh_token":"1//planted-refresh"}`,
	} {
		path := filepath.Join(dir, name+".json")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", path)
		creds, err := vision.DefaultCredentials(nil)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"states": "stated", "states?": "given"}[name]
		if got := creds.Pays(context.Background(), "given"); got != want {
			t.Errorf("%s: %q pays, not %q", name, got, want)
		}
	}
}

func TestNoCredentialsSaysWhatToRun(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("GCE_METADATA_HOST", "")
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", filepath.Join(t.TempDir(), "absent.json"))
	_, err := vision.DefaultCredentials(nil)
	var want *vision.CredentialsError
	if !errors.As(err, &want) || !strings.Contains(err.Error(), "absent.json") || !strings.Contains(err.Error(), "gcloud auth application-default login") {
		t.Errorf("an absent file gives %v", err)
	}
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", "")
	_, err = vision.DefaultCredentials(nil)
	if err == nil {
		t.Skip("skipped: this machine is in Google Cloud and has credentials of its own")
	}
	if !errors.As(err, &want) || want.Mend != "gcloud auth application-default login" {
		t.Errorf("no credentials give %v", err)
	}
}

// TestLibrariesLogNothing switches on the log that Google's libraries have, which
// holds requests and tokens.
func TestLibrariesLogNothing(t *testing.T) {
	t.Setenv("GOOGLE_SDK_GO_LOGGING_LEVEL", "debug")
	log, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	stderr := os.Stderr
	os.Stderr = log
	defer func() { os.Stderr = stderr }()
	s := visiontest.Start(t, visiontest.Options{})
	file, err := s.ServiceAccount()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "account.json")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", path)
	creds, err := vision.DefaultCredentials(nil)
	if err != nil {
		t.Fatal(err)
	}
	network := quick(transport.Options{})
	t.Cleanup(network.CloseIdleConnections)
	b := batcher(t, client(t, s, vision.Options{HTTP: network.Client(), Token: creds.Token}), objects, vision.Gathering{})
	if _, _, err := b.Annotate(context.Background(), &vision.Image{Data: drawn(t, 1)}); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(log.Name()); err != nil || len(text) > 0 {
		t.Errorf("the log holds %d bytes (%v): %.300s", len(text), err, text)
	}
}

func TestRedirectsStop(t *testing.T) {
	s := visiontest.Start(t, visiontest.Options{Script: func(*visiontest.Call) visiontest.Behaviour {
		return visiontest.Behaviour{Status: 308, ContentType: "text/html", Body: []byte("<html>moved</html>"), Header: http.Header{"Location": {"http://other.example/v1/images:annotate?key=" + plantedKey}}}
	}})
	_, _, err := batcher(t, client(t, s, vision.Options{}), objects, vision.Gathering{}).Annotate(context.Background(), &vision.Image{Data: drawn(t, 1)})
	var e *chat.Error
	var wrong *transport.RedirectError
	if !errors.As(err, &e) || !e.Stop || !errors.As(err, &wrong) || !strings.Contains(err.Error(), "base URL") {
		t.Errorf("a redirect gives %v", err)
	}
	spotless(t, err)
}

// spotless reports secrets anywhere in an error and what it wraps.
func spotless(t *testing.T, err error, secrets ...string) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		text := fmt.Sprintf("%v %+v %#v", e, e, e)
		for _, s := range append(secrets, plantedKey) {
			if strings.Contains(text, s) {
				t.Errorf("a secret is in the error %T: %s", e, strings.ReplaceAll(text, s, "***"))
			}
		}
	}
}
