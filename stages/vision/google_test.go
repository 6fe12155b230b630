package vision_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/asking/askingtest"
	"icono/internal/option"
	"icono/internal/picture"
	"icono/internal/price"
	"icono/internal/stage"
	"icono/internal/stagetest"
	googlevision "icono/internal/vision"
	"icono/internal/vision/visiontest"
	"icono/stages/vision"
)

func google(url string, change func(*vision.Config)) *vision.Config {
	c := vision.Kind(nil).NewConfig().(*vision.Config)
	c.Provider, c.BaseURL, c.Key = "google", option.Endpoint(url), "MY_KEY"
	if change != nil {
		change(c)
	}
	return c
}

// everything is what the service can say of a picture, as it says it: zero
// coordinates are left out.
func everything(p visiontest.Picture) visiontest.Answer {
	at := func(x, y, w, h int) map[string]any {
		corner := func(x, y int) map[string]any {
			out := map[string]any{}
			if x > 0 {
				out["x"] = x
			}
			if y > 0 {
				out["y"] = y
			}
			return out
		}
		return map[string]any{"vertices": []any{corner(x, y), corner(x+w, y), corner(x+w, y+h), corner(x, y+h)}}
	}
	share := func(x, y float64) map[string]any {
		out := map[string]any{}
		if x > 0 {
			out["x"] = x
		}
		if y > 0 {
			out["y"] = y
		}
		return out
	}
	object := func(name string, score float64) map[string]any {
		return map[string]any{"mid": "/m/" + name, "name": name, "score": score,
			"boundingPoly": map[string]any{"normalizedVertices": []any{share(0, 0), share(0.5, 0), share(0.5, 1), share(0, 1)}}}
	}
	return visiontest.Text(p, "de", "Für alle", "Äpfel & Öl").With(visiontest.Answer{
		"localizedObjectAnnotations": []any{object("Chair", 0.9), object("Person", 0.8), object("Person", 0.4)},
		"labelAnnotations":           []any{map[string]any{"mid": "/m/0", "description": "Poster", "score": 0.7, "topicality": 0.7}, map[string]any{"description": "Font", "score": 0.6}},
		"safeSearchAnnotation":       map[string]any{"adult": "VERY_UNLIKELY", "spoof": "POSSIBLE", "medical": "UNLIKELY", "violence": "UNLIKELY", "racy": "LIKELY"},
		"faceAnnotations":            []any{map[string]any{"detectionConfidence": 0.5, "joyLikelihood": "LIKELY", "boundingPoly": at(0, 0, 30, 45), "rollAngle": 1.5}},
		"logoAnnotations":            []any{map[string]any{"mid": "/m/l", "description": "Brand", "score": 0.5, "boundingPoly": at(30, 45, 30, 45)}},
		"landmarkAnnotations": []any{map[string]any{"mid": "/m/t", "description": "Tower", "score": 0.5, "boundingPoly": at(0, 0, 60, 90),
			"locations": []any{map[string]any{"latLng": map[string]any{"latitude": 48.8, "longitude": 2.3}}}}},
		"webDetection": map[string]any{"bestGuessLabels": []any{map[string]any{"label": "poster"}}, "webEntities": []any{map[string]any{"entityId": "/m/e", "description": "Election", "score": 1.5}},
			"fullMatchingImages":      []any{map[string]any{"url": "https://a.example/1.jpg"}, map[string]any{"url": "https://a.example/2.jpg"}},
			"pagesWithMatchingImages": []any{map[string]any{"url": "https://a.example/", "pageTitle": "A"}}},
	})
}

func TestColumnsOfGoogle(t *testing.T) {
	s := visiontest.Start(t, visiontest.Options{Key: askingtest.Key, Each: everything, KeepBodies: true})
	all := []string{"text", "objects", "labels", "safe_search", "faces", "logos", "landmarks", "web"}
	c := google(s.URL, func(c *vision.Config) { c.Features, c.LanguageHints, c.Boxes = all, []string{"de"}, true })
	got, ledger, err := seen(t, readers(t, t.TempDir(), nil), c, study(t), rows()[:1], 1)
	if err != nil {
		t.Fatal(err)
	}
	region := func(name string, score, l, top, r, b any, others ...any) map[string]any {
		out := map[string]any{"name": name, "score": score, "left": l, "top": top, "right": r, "bottom": b}
		for i := 0; i+1 < len(others); i += 2 {
			out[others[i].(string)] = others[i+1]
		}
		return out
	}
	want := map[string]any{
		"OCR": "Für alle\nÄpfel & Öl", "OCR_language": "de",
		"Objects":            "2x Person, 1x Chair",
		"Object_list":        []any{region("Chair", 0.9, 0.0, 0.0, 0.5, 1.0), region("Person", 0.8, 0.0, 0.0, 0.5, 1.0), region("Person", 0.4, 0.0, 0.0, 0.5, 1.0)},
		"Label_Descriptions": "Poster; Font",
		"Label_list":         []any{region("Poster", 0.7, nil, nil, nil, nil, "id", "/m/0"), region("Font", 0.6, nil, nil, nil, nil, "id", nil)},
		"Safe_Adult":         "VERY_UNLIKELY", "Safe_Spoof": "POSSIBLE", "Safe_Medical": "UNLIKELY", "Safe_Violence": "UNLIKELY", "Safe_Racy": "LIKELY",
		"Faces": int64(1), "Face_Joy": "LIKELY",
		"Logo_Descriptions": "Brand", "Logo_list": []any{region("Brand", 0.5, 0.5, 0.5, 1.0, 1.0, "id", "/m/l")},
		"Landmark_Descriptions": "Tower", "Landmark_list": []any{region("Tower", 0.5, 0.0, 0.0, 1.0, 1.0, "id", "/m/t", "latitude", 48.8, "longitude", 2.3)},
		"Web_BestGuessLabels": "poster", "Web_Entity_Descriptions": "Election",
		"Web_FullMatchingImages": "https://a.example/1.jpg; https://a.example/2.jpg", "Web_PagesWithFullMatchingImages": "https://a.example/",
		"Web_PartialMatchingImages": "", "Web_VisuallySimilarImages": "",
		"seen_status": "ok", "seen_error": nil,
	}
	for name, v := range want {
		if d := cmp.Diff(v, got[0][name], near); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if words, _ := got[0]["OCR_words"].([]any); len(words) != 5 {
		t.Errorf("%d words, want 5: %v", len(words), words)
	}
	if f := ledger.Facts(); f["provider"] != "Google Vision" || f["model"] != "Google Vision builtin/stable" || f["features"] != strings.Join(all, ", ") {
		t.Errorf("facts %v", f)
	}
	// One request has all features, each once.
	if s.Requests() != 1 || strings.Count(string(s.Bodies()[0]), `"type"`) != len(all) {
		t.Errorf("%d requests: %.300s", s.Requests(), s.Bodies()[0])
	}
}

func TestNothingFoundIsNotNull(t *testing.T) {
	s := visiontest.Start(t, visiontest.Options{Key: askingtest.Key, Each: visiontest.Empty})
	got, _, err := seen(t, readers(t, t.TempDir(), nil), google(s.URL, func(c *vision.Config) { c.Features, c.Boxes = []string{"text", "objects", "faces"}, true }), study(t), rows(), 2)
	if err != nil {
		t.Fatal(err)
	}
	for row, status := range map[int]string{0: "ok", 1: "missing", 2: "ok", 3: "missing", 4: "unreadable", 5: "ok"} {
		r := got[row]
		if r["seen_status"] != status || (r["seen_error"] == nil) != (status == "ok") {
			t.Errorf("row %d: %v", row, r)
		}
		var text, list, number any
		if status == "ok" {
			text, list, number = "", []any{}, int64(0)
		}
		if d := cmp.Diff([]any{text, list, text, list, number}, []any{r["OCR"], r["OCR_words"], r["Objects"], r["Object_list"], r["Faces"]}); d != "" {
			t.Errorf("row %d: %s", row, d)
		}
	}
}

// A picture that the service reports an error for is one row's fault; the others
// of its request are answered, and nothing is asked twice in the next run.
func TestErrorsOfPictures(t *testing.T) {
	files := study(t)
	bad := hash(t, files, "blue.png")
	s := visiontest.Start(t, visiontest.Options{Key: askingtest.Key, Each: func(p visiontest.Picture) visiontest.Answer {
		if picture.Hash(p.Data) == bad {
			return visiontest.Failure(3, "Bad image data.")
		}
		return visiontest.Text(p, "en", "fine")
	}})
	folder := t.TempDir()
	for range 2 {
		got, _, err := seen(t, readers(t, folder, nil), google(s.URL, nil), files, rows(), 6)
		if err != nil {
			t.Fatal(err)
		}
		if got[0]["OCR"] != "fine" || got[5]["OCR"] != "fine" || got[2]["seen_status"] != "unreadable" || !strings.Contains(fmt.Sprint(got[2]["seen_error"]), "Bad image data") || got[2]["OCR"] != nil {
			t.Errorf("%v", got)
		}
	}
	if s.Requests() != 1 {
		t.Errorf("%d requests, want 1", s.Requests())
	}
}

// What every picture would meet stops the run at once, and the message says what
// to do.
func TestGoogleStops(t *testing.T) {
	for name, c := range map[string]struct {
		behaves visiontest.Behaviour
		says    []string
	}{
		"billing":       {visiontest.NoBilling(), []string{"illing", "MY_KEY"}},
		"not enabled":   {visiontest.NotEnabled(), []string{"enable"}},
		"quota project": {visiontest.NoQuotaProject(), []string{"project"}},
		"a wrong hint":  {visiontest.WrongHint("xx"), []string{"language_hints"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := visiontest.Start(t, visiontest.Options{Key: askingtest.Key, EchoKey: true, Script: func(*visiontest.Call) visiontest.Behaviour { return c.behaves }})
			folder := t.TempDir()
			conf := google(s.URL, func(c *vision.Config) { c.Concurrency, c.LanguageHints = 1, []string{"de"} })
			_, _, err := seen(t, readers(t, folder, nil), conf, study(t), many(200), 50)
			if err == nil {
				t.Fatal("the run went on")
			}
			for _, word := range c.says {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("%q is not in: %v", word, err)
				}
			}
			if strings.Contains(err.Error(), askingtest.Key) {
				t.Errorf("the key is in: %v", err)
			}
			if s.Requests() > 2 {
				t.Errorf("%d requests were sent", s.Requests())
			}
			askingtest.NoSecretIn(t, folder, askingtest.Key)
		})
	}
	t.Run("a wrong key", func(t *testing.T) {
		s := visiontest.Start(t, visiontest.Options{Key: "another-key-0123456789", EchoKey: true})
		_, _, err := seen(t, readers(t, t.TempDir(), nil), google(s.URL, nil), study(t), rows(), 6)
		if err == nil || !strings.Contains(err.Error(), "MY_KEY") || strings.Contains(err.Error(), askingtest.Key) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("no key", func(t *testing.T) {
		d := readers(t, t.TempDir(), func(o *asking.Options) { o.Variable = func(string) string { return "" } })
		_, _, err := seen(t, d, google("", nil), study(t), rows(), 6)
		if err == nil || !strings.Contains(err.Error(), "export MY_KEY=") {
			t.Errorf("error %v", err)
		}
	})
}

// numbered are pictures of which each row has its own: what follows a PNG's end
// is no part of the picture, but of the file.
func numbered(t testing.TB, n int) (stage.Study, [][]any) {
	t.Helper()
	dir := t.TempDir()
	frame, err := os.ReadFile(study(t).Resolve("red.png"))
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]any
	for i := range n {
		name := fmt.Sprintf("p%05d.png", i)
		if err := os.WriteFile(filepath.Join(dir, name), binary.BigEndian.AppendUint32(slices.Clone(frame), uint32(i)), 0o644); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, []any{fmt.Sprint(i), name})
	}
	return stagetest.Folder(dir), rows
}

// TestTenThousandPictures puts a table of pictures through the kind against a
// server with a limited rate that fails now and then: every row has its own
// answer, requests are full, and nothing is paid twice.
func TestTenThousandPictures(t *testing.T) {
	n := 10_000
	if testing.Short() {
		n = 1_000
	}
	const rate = 24_000
	s := visiontest.Start(t, visiontest.Options{Key: askingtest.Key, Plain: true, MaxBytes: 10_000_000,
		Each: func(p visiontest.Picture) visiontest.Answer {
			return visiontest.Text(p, "en", picture.Hash(p.Data)[:12])
		},
		Limits: visiontest.Limits{RequestsPerMinute: rate, Window: time.Second, Silent: true},
		Script: func(c *visiontest.Call) visiontest.Behaviour {
			if c.Seq%50 == 7 {
				return visiontest.Trouble(503)
			}
			return visiontest.Good()
		}})
	files, in := numbered(t, n)
	conf := google(s.URL, func(c *vision.Config) {
		c.Features, c.Concurrency, c.RequestsPerMinute = []string{"text"}, 8, 0.95*rate
	})
	folder := t.TempDir()
	d := readers(t, folder, nil)
	got, _, err := seen(t, d, conf, files, in, 256)
	if err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for i, r := range got {
		if name := fmt.Sprintf("p%05d.png", i); r["seen_status"] != "ok" || r["OCR"] != hash(t, files, name)[:12] {
			wrong++
		}
	}
	if len(got) != n || wrong > 0 {
		t.Errorf("%d rows of %d, %d wrong", len(got), n, wrong)
	}
	statuses := s.Statuses()
	if s.Answers() != n || s.PaidTwice() != 0 || statuses[429] > 0 || statuses[503] == 0 {
		t.Errorf("%d answers, %d paid twice, %v", s.Answers(), s.PaidTwice(), statuses)
	}
	if full := (n + 15) / 16; statuses[200] > 2*full { // a slow machine fills them less
		t.Errorf("%d requests were answered where %d would do", statuses[200], full)
	}
	// 1.50 dollars for a thousand pictures.
	if cost, err := price.Dollars(0.0015 * float64(n)); err != nil || d.Spending().Cost != cost {
		t.Errorf("spent %v, want %v", d.Spending().Cost, cost)
	}
	t.Logf("%d pictures in %d requests (%v)", n, s.Requests(), statuses)
}

// The budget holds, and the run ends tidily.
func TestBudget(t *testing.T) {
	s := visiontest.Start(t, visiontest.Options{Key: askingtest.Key, Each: visiontest.Empty})
	files, in := numbered(t, 200)
	limit, err := price.Dollars(0.1)
	if err != nil {
		t.Fatal(err)
	}
	d := readers(t, t.TempDir(), func(o *asking.Options) { o.Limit = &limit })
	got, _, err := seen(t, d, google(s.URL, func(c *vision.Config) { c.Features = []string{"text"} }), files, in, 50)
	if err != nil {
		t.Fatal(err)
	}
	count := map[any]int{}
	for _, r := range got {
		count[r["seen_status"]]++
	}
	if cost := d.Spending().Cost; cost > limit || count["ok"] != 66 || count["ok"]+count["skipped"] != 200 || s.Answers() != 66 {
		t.Errorf("%v, %s of %s, %d answers", count, cost, limit, s.Answers())
	}
}

// What is stored is used again without key, server and network, by any batch
// size; another feature is another question.
func TestReplayOfGoogle(t *testing.T) {
	s := visiontest.Start(t, visiontest.Options{Key: askingtest.Key, Each: everything})
	folder, files := t.TempDir(), study(t)
	c := google(s.URL, func(c *vision.Config) { c.Features, c.MaxSide = []string{"text", "faces"}, 45 })
	first := readers(t, folder, nil)
	want, _, err := seen(t, first, c, files, rows(), 6)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	asked := s.Requests()
	replay := readers(t, folder, func(o *asking.Options) { o.Mode, o.Variable = answers.None, func(string) string { return "" } })
	got, _, err := seen(t, replay, c, files, rows(), 1)
	if d := cmp.Diff(want, got); err != nil || d != "" || s.Requests() != asked {
		t.Errorf("%v %s", err, d)
	}
	_, _, err = seen(t, replay, google(s.URL, func(c *vision.Config) { c.Features, c.MaxSide = []string{"text"}, 45 }), files, rows(), 1)
	if err == nil || !strings.Contains(err.Error(), "1") {
		t.Errorf("error %v", err)
	}
	// The rows know what they would cost, and what is there.
	env, _ := stagetest.Env(t, memory.DefaultAllocator)
	env.Study = files
	for features, want := range map[string]int64{"text": 2, "faces": 0} { // of two pictures, three rows
		conf := google(s.URL, func(c *vision.Config) { c.Features, c.MaxSide = []string{"text", "faces"}, 45 })
		if want > 0 {
			conf.Features = []string{features}
		}
		quoter := vision.Kind(replay).Build("seen", conf).(stage.Quoter)
		if _, err := quoter.(stage.Stage).Schema([]*schemaType{schema()}); err != nil {
			t.Fatal(err)
		}
		rec := stagetest.Record(t, memory.DefaultAllocator, schema(), rows()...)
		q, err := quoter.Quote(context.Background(), env, stage.Table{Schema: schema(), Rows: stagetest.Batches(rec, 2, false)})
		if err != nil || q.Rows != 6 || q.Requests != want || (want == 0) != (q.Stored == 3) {
			t.Errorf("%s: %+v, %v", features, q, err)
		}
	}
}

// With a project and no key, the application-default credentials of the machine
// ask, and are fetched when something must be asked.
func TestCredentials(t *testing.T) {
	s := visiontest.Start(t, visiontest.Options{Token: "ya29.a-token-of-the-test", Each: visiontest.Empty, KeepBodies: true})
	account, err := s.ServiceAccount()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "account.json")
	if err := os.WriteFile(file, account, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", file)
	folder := t.TempDir()
	d := readers(t, folder, func(o *asking.Options) {
		o.Credentials = func() (asking.Credentials, error) { return googlevision.DefaultCredentials(nil) }
	})
	c := google(s.URL, func(c *vision.Config) { c.Key, c.Project, c.Features = "", "my-study-4711", []string{"text"} })
	got, _, err := seen(t, d, c, study(t), rows(), 6)
	if err != nil || got[0]["seen_status"] != "ok" || s.Tokens() != 1 {
		t.Errorf("%v, %v, %d tokens", got, err, s.Tokens())
	}
	askingtest.NoSecretIn(t, folder, "ya29.a-token-of-the-test")

	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", filepath.Join(t.TempDir(), "gone.json"))
	d = readers(t, t.TempDir(), func(o *asking.Options) {
		o.Credentials = func() (asking.Credentials, error) { return googlevision.DefaultCredentials(nil) }
	})
	if _, _, err = seen(t, d, c, study(t), rows(), 6); err == nil || !strings.Contains(err.Error(), "gcloud auth application-default login") {
		t.Errorf("without credentials: %v", err)
	}
}
