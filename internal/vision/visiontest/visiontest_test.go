package visiontest_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	google "cloud.google.com/go/vision/v2/apiv1"
	"cloud.google.com/go/vision/v2/apiv1/visionpb"
	"google.golang.org/api/option"

	"icono/internal/vision/visiontest"
)

const png = "\x89PNG\r\n\x1a\n no real picture"

// TestOfficialClientTalksToIt uses Google's own client as it comes, keys, retries
// and all.
func TestOfficialClientTalksToIt(t *testing.T) {
	s := visiontest.Start(t, visiontest.Options{Key: "the-key", Script: func(c *visiontest.Call) visiontest.Behaviour {
		if c.Seq == 1 {
			return visiontest.Trouble(503) // which the client asks again by itself
		}
		return visiontest.Good()
	}})
	ctx := context.Background()
	c, err := google.NewImageAnnotatorRESTClient(ctx, option.WithEndpoint(s.URL), option.WithAPIKey("the-key"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r := &visionpb.BatchAnnotateImagesRequest{Parent: "projects/p/locations/eu"}
	for i := range 16 {
		r.Requests = append(r.Requests, &visionpb.AnnotateImageRequest{Image: &visionpb.Image{Content: []byte(png + strconv.Itoa(i))}, Features: []*visionpb.Feature{
			{Type: visionpb.Feature_TEXT_DETECTION}, {Type: visionpb.Feature_SAFE_SEARCH_DETECTION}, {Type: visionpb.Feature_FACE_DETECTION}, {Type: visionpb.Feature_OBJECT_LOCALIZATION}}})
	}
	got, err := c.BatchAnnotateImages(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Responses) != 16 || got.Responses[0].SafeSearchAnnotation.GetAdult() == visionpb.Likelihood_UNKNOWN {
		t.Errorf("the answer is %v", got)
	}
	read := false
	for _, one := range got.Responses {
		read = read || len(one.TextAnnotations) > 1 && one.FullTextAnnotation.GetText() == one.TextAnnotations[0].Description
	}
	if !read {
		t.Error("no picture of 16 has text")
	}
	if s.Statuses()[503] != 1 || s.Answers() != 16 {
		t.Errorf("statuses %v, %d answers", s.Statuses(), s.Answers())
	}
}

// post sends a body and returns the status and what the server says.
func post(t *testing.T, s *visiontest.Server, path, body string, header ...string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header) && header[i] != ""; i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error(), nil
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error(), nil
	}
	return res.StatusCode, string(text), res.Header
}

func request(n int, feature string) string {
	one := fmt.Sprintf(`{"image":{"content":"%s"},"features":[{"type":%s}]}`, base64.StdEncoding.EncodeToString([]byte(png)), feature)
	return `{"requests":[` + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + `]}`
}

func TestRequestsAreChecked(t *testing.T) {
	s := visiontest.Start(t, visiontest.Options{Key: "the-key", Token: "the-token"})
	good := request(1, `"LABEL_DETECTION"`)
	for _, c := range []struct {
		path, body, header, value string
		status                    int
		says                      string
	}{
		{"/v1/images:annotate", good, "X-Goog-Api-Key", "the-key", 200, "labelAnnotations"},
		{"/v1/projects/p/locations/eu/images:annotate", good, "Authorization", "Bearer the-token", 200, "labelAnnotations"},
		{"/v1/images:annotate", good, "", "", 403, "unregistered callers"},
		{"/v1/images:annotate", good, "X-Goog-Api-Key", "another", 400, "API_KEY_INVALID"},
		{"/v1/images:annotate", good, "Authorization", "Bearer x", 401, "UNAUTHENTICATED"},
		{"/v1/images:annotate?key=another", good, "", "", 400, "API_KEY_INVALID"},
		{"/v1/projects/p/locations/mars/images:annotate", good, "X-Goog-Api-Key", "the-key", 404, "Not Found"},
		{"/v1/images:annotate", request(17, "4"), "X-Goog-Api-Key", "the-key", 400, "The limit is 16"},
		{"/v1/images:annotate", request(0, "4"), "X-Goog-Api-Key", "the-key", 400, "at least one image"},
		{"/v1/images:annotate", request(1, "77"), "X-Goog-Api-Key", "the-key", 400, "Feature.Type"},
		{"/v1/images:annotate", request(1, `"NEW"`), "X-Goog-Api-Key", "the-key", 400, "Feature.Type"},
		{"/v1/images:annotate", `{"requests":[{"image":{"content":"??"},"features":[{"type":4}]}]}`, "X-Goog-Api-Key", "the-key", 400, "Base64"},
		{"/v1/images:annotate", `{"request":[]}`, "X-Goog-Api-Key", "the-key", 400, "Invalid JSON payload"},
		{"/v1/images:annotate", strings.Replace(good, "]}]", `],"imageContext":{"languageHints":["Deutsch"]}}]`, 1), "X-Goog-Api-Key", "the-key", 400, "language hint"},
		{"/v1/images:annotate", `{"requests":"` + strings.Repeat("x", 10<<20) + `"}`, "X-Goog-Api-Key", "the-key", 400, "exceeds the limit: 10485760 bytes"},
	} {
		status, text, _ := post(t, s, c.path, c.body, c.header, c.value)
		if status != c.status || !strings.Contains(text, c.says) {
			t.Errorf("%s %.80s: %d, %.300s", c.path, c.body, status, text)
		}
		if status >= 400 && status != 404 && !json.Valid([]byte(text)) {
			t.Errorf("the error is no JSON: %s", text)
		}
	}
	if s.Answers() != 2 || s.PaidTwice() != 1 {
		t.Errorf("%d answers, %d paid twice", s.Answers(), s.PaidTwice())
	}
}

func TestAnswersAreTheSameEachTime(t *testing.T) {
	s := visiontest.Start(t, visiontest.Options{})
	for f := range 20 {
		if f == 0 || f == 8 || f >= 13 && f <= 18 {
			continue
		}
		_, first, _ := post(t, s, "/v1/images:annotate", request(2, strconv.Itoa(f)))
		_, second, _ := post(t, s, "/v1/images:annotate", request(2, strconv.Itoa(f)))
		if first != second || !strings.HasPrefix(first, "{\n  \"responses\": [\n") {
			t.Errorf("feature %d: %.200s, then %.200s", f, first, second)
		}
	}
}

func TestItMisbehaves(t *testing.T) {
	all := []visiontest.Behaviour{visiontest.Dropped(), visiontest.HalfAnAnswer(), visiontest.TooMany(1500 * time.Millisecond), visiontest.Page(502), visiontest.NoBilling(),
		{Only: 1}, {Each: visiontest.Fails(14, "try later")}, {Pause: time.Millisecond}}
	s := visiontest.Start(t, visiontest.Options{Script: func(c *visiontest.Call) visiontest.Behaviour { return all[c.Seq-1] }})
	for i, want := range []string{"EOF", "EOF", "RATE_LIMIT_EXCEEDED", "<title>Error 502", "BILLING_DISABLED", "responses", "try later", "responses"} {
		status, text, header := post(t, s, "/v1/images:annotate", request(2, "4"))
		if !strings.Contains(text, want) {
			t.Errorf("behaviour %d: %d %s", i, status, text)
		}
		if i == 2 && (header.Get("Retry-After") != "2" || header.Get("Retry-After-Ms") != "1500") {
			t.Errorf("the headers are %v", header)
		}
		var w struct{ Responses []json.RawMessage }
		if i >= 5 && (json.Unmarshal([]byte(text), &w) != nil || len(w.Responses) != map[int]int{5: 1, 6: 2, 7: 2}[i]) {
			t.Errorf("behaviour %d answers about %d pictures", i, len(w.Responses))
		}
	}
}

func TestRateIsLimited(t *testing.T) {
	s := visiontest.Start(t, visiontest.Options{Limits: visiontest.Limits{RequestsPerMinute: 60, Burst: 2}})
	var statuses []int
	for range 3 {
		status, _, header := post(t, s, "/v1/images:annotate", request(1, "4"))
		statuses = append(statuses, status)
		if status == 429 && header.Get("Retry-After") != "1" {
			t.Errorf("the headers are %v", header)
		}
	}
	if fmt.Sprint(statuses) != "[200 200 429]" {
		t.Errorf("the statuses are %v", statuses)
	}
}
