package gemini_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"icono/internal/chat"
	"icono/internal/gemini"
	"icono/internal/gemini/geminitest"
	"icono/internal/transport"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// schema is a strict schema with nesting, an enum, a reference and a null.
const schema = `{
  "type": "object",
  "properties": {
    "Performance": {"enum": ["CampaignOrPartyEvent", "Other"]},
    "Environment": {"type": "object", "properties": {"Location": {"$ref": "#/$defs/place"}, "Note": {"type": ["string", "null"]}},
      "required": ["Location", "Note"], "additionalProperties": false},
    "Amount": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 5}, {"type": "null"}]}
  },
  "required": ["Performance", "Environment", "Amount"],
  "additionalProperties": false,
  "$defs": {"place": {"enum": ["EventHall", "Home"]}}
}`

func of[T any](x T) *T { return &x }

func pixel(t testing.TB, side int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, side, side))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func photo(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 48)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// question is a whole request: few-shot turns, two pictures, a schema.
func question(t testing.TB, model string) chat.Request {
	return chat.Request{
		Model:  model,
		System: "You are a coder. Answer in JSON.",
		Messages: []chat.Message{
			{Role: chat.User, Parts: []chat.Part{chat.Text("An example:"), chat.Picture(pixel(t, 2), chat.DetailLow)}},
			{Role: chat.Assistant, Parts: []chat.Part{chat.Text(`{"Performance": "Other"}`)}},
			{Role: chat.User, Parts: []chat.Part{chat.Text("Code \"this\" <picture> & \u2028 Größe"), chat.Picture(photo(t), chat.DetailLow)}},
		},
		Format: chat.Format{Form: chat.FormSchema, Name: "frames", Schema: json.RawMessage(schema)},
	}
}

func plain(model string) chat.Request {
	return chat.Request{Model: model, Messages: []chat.Message{{Role: chat.User, Parts: []chat.Part{chat.Text("hello")}}}}
}

// over is an HTTP client over the program's transport, with the key in its
// header.
func over(t testing.TB, key string, o transport.Options) *http.Client {
	t.Helper()
	if key != "" {
		o.Header = http.Header{"X-Goog-Api-Key": {key}}
	}
	network := transport.New(gemini.Network(transport.NewBase(8)), o)
	t.Cleanup(network.CloseIdleConnections)
	return network.Client()
}

func client(t testing.TB, base, key string) *gemini.Client {
	t.Helper()
	return made(t, gemini.Options{HTTP: over(t, key, transport.Options{MaxAttempts: 1}), BaseURL: base})
}

func made(t testing.TB, o gemini.Options) *gemini.Client {
	t.Helper()
	c, err := gemini.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRequestOnTheWire(t *testing.T) {
	var got *geminitest.Request
	s := geminitest.Start(t, geminitest.Options{KeepBodies: true, Key: "the-key-of-the-study", Script: func(c *geminitest.Call) geminitest.Behaviour {
		got = c.Request
		return geminitest.Good()
	}})
	r := question(t, "gemini-2.5-flash-lite")
	r.Parameters = chat.Parameters{Temperature: of(0.0), TopP: of(0.5), Seed: of(int64(0)), MaxTokens: of(int64(600)), ReasoningEffort: "none"}
	reply, err := client(t, s.URL, "the-key-of-the-study").Complete(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	var sent struct {
		Config map[string]any `json:"generationConfig"`
	}
	if err := json.Unmarshal(s.Bodies()[0], &sent); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{"temperature": 0.0, "topP": 0.5, "seed": 0.0, "maxOutputTokens": 600.0, "responseMimeType": "application/json",
		"mediaResolution": "MEDIA_RESOLUTION_LOW", "thinkingConfig": map[string]any{"thinkingBudget": 0.0}} {
		if v, ok := sent.Config[name]; !ok || !reflect.DeepEqual(v, want) {
			t.Errorf("%s arrived as %v (%v), want %v", name, v, ok, want)
		}
	}
	var want any
	if err := json.Unmarshal([]byte(schema), &want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(sent.Config["responseJsonSchema"], want) {
		t.Errorf("the schema arrived as %v", sent.Config["responseJsonSchema"])
	}
	if pictures := got.Images(); len(pictures) != 2 || pictures[0].MIME != "image/png" || pictures[1].MIME != "image/jpeg" ||
		!bytes.Equal(pictures[0].Data, pixel(t, 2)) || !bytes.Equal(pictures[1].Data, photo(t)) {
		t.Errorf("the pictures arrived as %v", pictures)
	}
	if got.Contents[0].Role != "user" || got.Contents[1].Role != "model" || *got.Contents[2].Parts[0].Text != r.Messages[2].Parts[0].Text || *got.System.Parts[0].Text != r.System {
		t.Errorf("the turns arrived as %+v", got.Contents)
	}
	if !json.Valid([]byte(reply.Text)) || !reply.Usage.Reported || reply.Model != r.Model || reply.ID == "" || reply.Finish != "STOP" || len(reply.Adapted) > 0 {
		t.Errorf("the reply is %+v", reply)
	}
	at := func(name string) int { return strings.Index(reply.Text, name) }
	if p, e, l := at("Performance"), at("Environment"), at("Amount"); p < 0 || p > e || e > l {
		t.Errorf("the order of the schema is lost: %s", reply.Text)
	}
	if again, err := gemini.Parse(reply.Raw); err != nil || again.Text != reply.Text || again.Usage != reply.Usage || again.Model != reply.Model {
		t.Errorf("parsed again it is %+v %v", again, err)
	}
}

// What is not set is not sent.
func TestNothingIsSentUnasked(t *testing.T) {
	body, adapted, err := client(t, "", "").Body(plain("gemini-3.5-flash"))
	if want := `{"contents":[{"role":"user","parts":[{"text":"hello"}]}],"generationConfig":{}}`; err != nil || string(body) != want || adapted != nil {
		t.Errorf("%s %v %v", body, adapted, err)
	}
}

// A picture that is prepared is sent as it was prepared.
func TestPreparedPicture(t *testing.T) {
	var got []geminitest.Image
	s := geminitest.Start(t, geminitest.Options{Script: func(c *geminitest.Call) geminitest.Behaviour {
		got = c.Request.Images()
		return geminitest.Good()
	}})
	r := plain("gemini-3.5-flash")
	small := photo(t)
	r.Messages[0].Parts = append(r.Messages[0].Parts, chat.Part{Image: &chat.Image{Data: []byte("GIF89a, say"), Prepared: "jpeg", Prepare: func([]byte) ([]byte, error) { return small, nil }}})
	if _, err := client(t, s.URL, "").Complete(t.Context(), r); err != nil || len(got) != 1 || got[0].MIME != "image/jpeg" || !bytes.Equal(got[0].Data, small) {
		t.Errorf("%v %v", got, err)
	}
}

func TestEffort(t *testing.T) {
	c := client(t, "", "")
	for _, x := range []struct{ model, effort, want string }{
		{"gemini-2.5-flash", "none", `{"thinkingBudget":0}`},
		{"gemini-2.5-flash", "minimal", `{"thinkingBudget":1024}`},
		{"models/gemini-2.5-flash", "medium", `{"thinkingBudget":8192}`},
		{"gemini-2.5-pro", "high", `{"thinkingBudget":24576}`},
		{"gemini-2.5-pro", "-1", `{"thinkingBudget":-1}`},
		{"gemini-3.5-flash", "512", `{"thinkingBudget":512}`},
		{"gemini-3.5-flash", "none", `{"thinkingBudget":0}`},
		{"gemini-3.5-flash", "low", `{"thinkingLevel":"low"}`},
	} {
		r := plain(x.model)
		r.Parameters.ReasoningEffort = x.effort
		if body, _, err := c.Body(r); err != nil || !strings.Contains(string(body), `"thinkingConfig":`+x.want) {
			t.Errorf("%s %s: %s %v", x.model, x.effort, body, err)
		}
	}
}

func TestFaultyRequestsAreRefused(t *testing.T) {
	s := geminitest.Start(t, geminitest.Options{})
	c := client(t, s.URL, "")
	for want, change := range map[string]func(*chat.Request){
		"names no model":             func(r *chat.Request) { r.Model = "" },
		"is none of Gemini's":        func(r *chat.Request) { r.Model = "a/b/c" },
		"must be the user's":         func(r *chat.Request) { r.Messages = r.Messages[:2] },
		"the seed is 3000000000":     func(r *chat.Request) { r.Parameters.Seed = of(int64(3_000_000_000)) },
		"the reasoning effort is -2": func(r *chat.Request) { r.Parameters.ReasoningEffort = "-2" },
		"details low and auto":       func(r *chat.Request) { r.Messages[2].Parts[1].Image.Detail = chat.DetailAuto },
		"the picture a.gif is GIF": func(r *chat.Request) {
			*r.Messages[2].Parts[1].Image = chat.Image{Data: []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00"), Name: "a.gif", Detail: chat.DetailLow}
		},
		"temperature is 3": func(r *chat.Request) { r.Parameters.Temperature = of(3.0) },
	} {
		r := question(t, "gemini-2.5-flash")
		change(&r)
		if _, err := c.Complete(t.Context(), r); err == nil || !strings.Contains(err.Error(), want) || chat.OutcomeOf(err) != chat.Failed {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if s.Asked() != 0 {
		t.Errorf("%d requests were sent", s.Asked())
	}
}

func TestAddresses(t *testing.T) {
	const vertex = "/v1/projects/my-study/locations/europe-west4/publishers/google"
	for _, x := range []struct {
		in        gemini.Options
		base, url string
	}{
		{gemini.Options{}, "", "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent"},
		{gemini.Options{BaseURL: "https://generativelanguage.googleapis.com/"}, "", "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent"},
		{gemini.Options{BaseURL: "http://127.0.0.1:80/v1beta/models/x:generateContent"}, "http://127.0.0.1:80/v1beta", "http://127.0.0.1:80/v1beta/models/m:generateContent"},
		{gemini.Options{Project: "my-study", Location: "europe-west4"}, "https://europe-west4-aiplatform.googleapis.com/v1", "https://europe-west4-aiplatform.googleapis.com" + vertex + "/models/m:generateContent"},
		{gemini.Options{Project: "my-study", Location: "eu"}, "https://aiplatform.eu.rep.googleapis.com/v1", "https://aiplatform.eu.rep.googleapis.com/v1/projects/my-study/locations/eu/publishers/google/models/m:generateContent"},
		{gemini.Options{Project: "my-study", Location: "global"}, "https://aiplatform.googleapis.com/v1", "https://aiplatform.googleapis.com/v1/projects/my-study/locations/global/publishers/google/models/m:generateContent"},
		{gemini.Options{BaseURL: "https://europe-west4-aiplatform.googleapis.com" + vertex + "/models"}, "https://europe-west4-aiplatform.googleapis.com/v1", "https://europe-west4-aiplatform.googleapis.com" + vertex + "/models/m:generateContent"},
		{gemini.Options{BaseURL: "http://localhost:9", Project: "my-study", Location: "europe-west4"}, "http://localhost:9/v1", "http://localhost:9" + vertex + "/models/m:generateContent"},
	} {
		asked := ""
		x.in.HTTP = &http.Client{Transport: catch(func(r *http.Request) { asked = r.URL.String() })}
		c := made(t, x.in)
		_, _ = c.Complete(t.Context(), plain("m"))
		if name, prefix := c.KeyHeader(); c.BaseURL() != x.base || asked != x.url || c.Provider() != "gemini" || name != "X-Goog-Api-Key" || prefix != "" {
			t.Errorf("%s: %q %q", x.in.BaseURL, c.BaseURL(), asked)
		}
	}
	for _, x := range []struct {
		in   gemini.Options
		want string
	}{
		{gemini.Options{BaseURL: "localhost:11434"}, "http://"},
		{gemini.Options{BaseURL: "https://user:hidden-word@x/v1"}, "no user"},
		{gemini.Options{BaseURL: "https://x/v1?key=hidden-word"}, "no user"},
		{gemini.Options{BaseURL: "http://[::1"}, "cannot be read"},
		{gemini.Options{BaseURL: "https://europe-west4-aiplatform.googleapis.com/v1"}, "needs a project"},
		{gemini.Options{Project: "my-study"}, "needs its location"},
		{gemini.Options{Project: "My Study", Location: "eu"}, "no id"},
		{gemini.Options{Project: "my-study", Location: "eu.evil.example/"}, "none of Vertex AI"},
		{gemini.Options{BaseURL: "http://x" + vertex, Project: "another"}, "names the project my-study"},
	} {
		x.in.HTTP = http.DefaultClient
		if _, err := gemini.New(x.in); err == nil || !strings.Contains(err.Error(), x.want) || strings.Contains(err.Error(), "hidden-word") {
			t.Errorf("%s: %v", x.in.BaseURL, err)
		}
	}
	if _, err := gemini.New(gemini.Options{}); err == nil {
		t.Error("a client without HTTP is made")
	}
}

// catch sees a request and lets it fail.
type catch func(*http.Request)

func (c catch) RoundTrip(r *http.Request) (*http.Response, error) {
	c(r)
	return nil, http.ErrHandlerTimeout
}

// What a model does not take is put otherwise once, and remembered.
func TestAdaption(t *testing.T) {
	for _, x := range []struct {
		model   string
		first   int // requests for the first answer
		adapted []string
	}{
		{"gemini-3.5-flash", 1, nil},
		{"old-server", 2, []string{"responseSchema instead of responseJsonSchema: the server says: Invalid JSON payload"}},
		{"no-schema", 3, []string{"responseMimeType instead of responseJsonSchema: the server says: The specified schema"}},
		{"gemma-3-27b-it", 6, []string{"seed left out", "the system text before the first question", "no responseMimeType instead of responseJsonSchema: the server says: JSON mode"}},
	} {
		s := geminitest.Start(t, geminitest.Options{KeepBodies: true})
		c := client(t, s.URL, "")
		r := question(t, x.model)
		r.Parameters = chat.Parameters{Seed: of(int64(1)), Optional: []string{"seed"}}
		if x.model == "gemma-3-27b-it" {
			for _, m := range []int{0, 2} {
				r.Messages[m].Parts[1].Image.Detail = ""
			}
		}
		for round := range 2 {
			reply, err := c.Complete(t.Context(), r)
			if err != nil {
				t.Fatalf("%s: %v", x.model, err)
			}
			if len(reply.Adapted) != len(x.adapted) {
				t.Fatalf("%s: %q", x.model, reply.Adapted)
			}
			for i, want := range x.adapted {
				if !strings.HasPrefix(reply.Adapted[i], want) {
					t.Errorf("%s: %q, want %q", x.model, reply.Adapted[i], want)
				}
			}
			if n := s.Asked(); n != x.first+round {
				t.Errorf("%s: %d requests in round %d", x.model, n, round)
			}
			var code struct{ Performance string }
			if json.Unmarshal([]byte(reply.Text), &code) != nil || !slices.Contains([]string{"CampaignOrPartyEvent", "Other"}, code.Performance) {
				t.Errorf("%s: the schema is lost: %s", x.model, reply.Text)
			}
			if p, a := strings.Index(reply.Text, "Performance"), strings.Index(reply.Text, "Amount"); p > a {
				t.Errorf("%s: the order is lost: %s", x.model, reply.Text)
			}
		}
		if s.Answers() != 2 {
			t.Errorf("%s: %d answers were paid", x.model, s.Answers())
		}
	}
}
