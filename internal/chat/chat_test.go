package chat_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"icono/internal/chat"
	"icono/internal/chat/chattest"
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
    "Sleeves": {"type": "boolean"}
  },
  "required": ["Performance", "Environment", "Sleeves"],
  "additionalProperties": false,
  "$defs": {"place": {"enum": ["EventHall", "Home"]}}
}`

func pixel(t testing.TB, side int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, side, side))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func of[T any](x T) *T { return &x }

// question is a whole request: few-shot turns, two pictures, all parameters.
func question(t testing.TB, model string) chat.Request {
	return chat.Request{
		Model:  model,
		System: "You are a coder. Answer in JSON.",
		Messages: []chat.Message{
			{Role: chat.User, Parts: []chat.Part{chat.Text("An example:"), chat.Picture(pixel(t, 2), chat.DetailLow)}},
			{Role: chat.Assistant, Parts: []chat.Part{chat.Text(`{"Performance": "Other"}`)}},
			{Role: chat.User, Parts: []chat.Part{chat.Text("Code \"this\" <picture> & \u2028 \"url\":\"icono-picture-0\""), chat.Picture(pixel(t, 3), "")}},
		},
		Format: chat.Format{Form: chat.FormSchema, Name: "frames", Schema: json.RawMessage(schema)},
	}
}

func plain(model string) chat.Request {
	return chat.Request{Model: model, Messages: []chat.Message{{Role: chat.User, Parts: []chat.Part{chat.Text("hello")}}}}
}

// client is a client of a server with idle connections closed at the end.
func client(t testing.TB, base string, key string) *chat.Client {
	t.Helper()
	h := &http.Transport{}
	t.Cleanup(h.CloseIdleConnections)
	c, err := chat.New(chat.Options{HTTP: &http.Client{Transport: keyed{h, key}}, BaseURL: base})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// keyed adds the key to a copy of the request, as the transport does.
type keyed struct {
	next http.RoundTripper
	key  string
}

func (k keyed) RoundTrip(r *http.Request) (*http.Response, error) {
	if k.key != "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+k.key)
	}
	return k.next.RoundTrip(r)
}

func TestRequestOnTheWire(t *testing.T) {
	s := chattest.Start(t, chattest.Options{KeepBodies: true})
	r := question(t, "gpt-4o")
	r.Parameters = chat.Parameters{Temperature: of(0.0), TopP: of(0.5), Seed: of(int64(0)), MaxTokens: of(int64(600))}
	reply, err := client(t, s.URL, "").Complete(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(s.Bodies()[0], &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{"temperature": 0.0, "top_p": 0.5, "seed": 0.0, "max_tokens": 600.0, "model": "gpt-4o"} {
		if v, ok := got[name]; !ok || v != want {
			t.Errorf("%s arrived as %v (%v), want %v", name, v, ok, want)
		}
	}
	var want any
	if err := json.Unmarshal([]byte(schema), &want); err != nil {
		t.Fatal(err)
	}
	format := got["response_format"].(map[string]any)["json_schema"].(map[string]any)
	if !reflect.DeepEqual(format["schema"], want) || format["strict"] != true || format["name"] != "frames" {
		t.Errorf("the format arrived as %v", format)
	}
	turns := got["messages"].([]any)
	last := turns[3].(map[string]any)["content"].([]any)
	if text := last[0].(map[string]any)["text"]; text != r.Messages[2].Parts[0].Text {
		t.Errorf("the text arrived as %q", text)
	}
	if url := last[1].(map[string]any)["image_url"].(map[string]any); !strings.HasPrefix(url["url"].(string), "data:image/png;base64,iVBOR") || url["detail"] != nil {
		t.Errorf("the picture arrived as %v", url)
	}
	if url := turns[1].(map[string]any)["content"].([]any)[1].(map[string]any)["image_url"].(map[string]any); url["detail"] != "low" {
		t.Errorf("the example arrived as %v", url)
	}
	if !json.Valid([]byte(reply.Text)) || !reply.Usage.Reported || reply.Model != "gpt-4o" || reply.ID == "" || reply.Finish != "stop" || len(reply.Adapted) > 0 {
		t.Errorf("the reply is %+v", reply)
	}
	if again, err := chat.Parse(reply.Raw); err != nil || again.Text != reply.Text || again.Usage != reply.Usage {
		t.Errorf("parsed again it is %+v %v", again, err)
	}
}

// The properties come in the order of the schema, since models answer in it.
func TestSchemaKeepsItsOrder(t *testing.T) {
	s := chattest.Start(t, chattest.Options{})
	reply, err := client(t, s.URL, "").Complete(t.Context(), question(t, "gpt-6-luna"))
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) int { return strings.Index(reply.Text, name) }
	if p, e, l := at("Performance"), at("Environment"), at("Sleeves"); p < 0 || p > e || e > l {
		t.Errorf("the answer is %s", reply.Text)
	}
}

// Every field of a request is either semantic, and changes what Canonical
// returns, or operational, and does not.
func TestEveryFieldIsInTheKeyOrNot(t *testing.T) {
	semantic := map[string]func(*chat.Request){
		"Request.Model":    func(r *chat.Request) { r.Model = "other" },
		"Request.System":   func(r *chat.Request) { r.System += "." },
		"Request.Messages": func(r *chat.Request) { r.Messages = r.Messages[2:] },
		"Request.Repeat":   func(r *chat.Request) { r.Repeat = 1 },
		"Message.Role":     func(r *chat.Request) { r.Messages[1].Role = chat.User },
		"Message.Parts":    func(r *chat.Request) { slices.Reverse(r.Messages[0].Parts) },
		"Part.Text":        func(r *chat.Request) { r.Messages[2].Parts[0].Text += " " },
		"Part.Image":       func(r *chat.Request) { r.Messages[2].Parts[1] = chat.Text("no picture") },
		"Image.Data":       func(r *chat.Request) { r.Messages[2].Parts[1].Image.Data = append(pixel(t, 3), 0) },
		"Image.Detail":     func(r *chat.Request) { r.Messages[2].Parts[1].Image.Detail = chat.DetailHigh },
		"Image.Prepared": func(r *chat.Request) {
			i := r.Messages[2].Parts[1].Image
			i.Prepared, i.Prepare = "small", func(data []byte) ([]byte, error) { return data, nil }
		},
		"Parameters.Temperature":     func(r *chat.Request) { r.Parameters.Temperature = of(0.0) },
		"Parameters.TopP":            func(r *chat.Request) { r.Parameters.TopP = of(1.0) },
		"Parameters.Seed":            func(r *chat.Request) { r.Parameters.Seed = of(int64(0)) },
		"Parameters.MaxTokens":       func(r *chat.Request) { r.Parameters.MaxTokens = of(int64(1)) },
		"Parameters.ReasoningEffort": func(r *chat.Request) { r.Parameters.ReasoningEffort = "none" },
		"Format.Form":                func(r *chat.Request) { r.Format = chat.Format{Form: chat.FormObject} },
		"Format.Name":                func(r *chat.Request) { r.Format.Name = "other" },
		"Format.Description":         func(r *chat.Request) { r.Format.Description = "d" },
		"Format.Schema":              func(r *chat.Request) { r.Format.Schema = json.RawMessage(`{"type":"object"}`) },
	}
	operational := map[string]func(*chat.Request){
		"Image.Prepare": func(r *chat.Request) {
			r.Messages[2].Parts[1].Image.Prepare = func([]byte) ([]byte, error) { return nil, nil }
		},
		"Image.Most":          func(r *chat.Request) { r.Messages[2].Parts[1].Image.Most = 9 },
		"Image.Name":          func(r *chat.Request) { r.Messages[2].Parts[1].Image.Name = "a.png" },
		"Parameters.Optional": func(r *chat.Request) { r.Parameters.Optional = []string{"seed"} },
	}
	holders := []string{"Request.Parameters", "Request.Format"} // their fields are listed
	for _, kind := range []reflect.Type{reflect.TypeFor[chat.Request](), reflect.TypeFor[chat.Message](), reflect.TypeFor[chat.Part](),
		reflect.TypeFor[chat.Image](), reflect.TypeFor[chat.Parameters](), reflect.TypeFor[chat.Format]()} {
		for f := range kind.Fields() {
			name := kind.Name() + "." + f.Name
			if f.IsExported() && semantic[name] == nil && operational[name] == nil && !slices.Contains(holders, name) {
				t.Errorf("%s is in neither list", name)
			}
		}
	}
	canonical := func(change func(*chat.Request)) string {
		r := question(t, "gpt-4o")
		change(&r)
		b, err := r.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	base := canonical(func(*chat.Request) {})
	seen := map[string]string{base: "nothing"}
	for name, change := range semantic {
		c := canonical(change)
		if other, ok := seen[c]; ok {
			t.Errorf("%s changes no more than %s", name, other)
		}
		seen[c] = name
	}
	for name, change := range operational {
		if canonical(change) != base {
			t.Errorf("%s is in the key", name)
		}
	}
	if spaced := canonical(func(r *chat.Request) { r.Format.Schema = json.RawMessage(strings.ReplaceAll(schema, "  ", " ")) }); spaced != base {
		t.Error("the layout of a schema is in the key")
	}
}

// The layout of Canonical is part of stored answers and must never change.
func TestCanonicalIsPinned(t *testing.T) {
	r := chat.Request{Model: "m", System: "s <&>", Repeat: 2,
		Messages:   []chat.Message{{Role: chat.User, Parts: []chat.Part{chat.Text("t"), chat.Picture([]byte("\xff\xd8\xff jpeg"), chat.DetailLow)}}},
		Parameters: chat.Parameters{Temperature: of(0.0), TopP: of(0.25), Seed: of(int64(7)), MaxTokens: of(int64(5)), ReasoningEffort: "low"},
		Format:     chat.Format{Form: chat.FormSchema, Name: "n", Schema: json.RawMessage(`{ "type": "object" }`)}}
	want := `{"model":"m","messages":[{"role":"system","content":[{"text":"s <&>"}]},{"role":"user","content":[{"text":"t"},` +
		`{"image":{"sha256":"e699d2eaedd7398fc09391cd92fda2bf753804a01ca07d2328d21f902ceb108e","bytes":8,"mime":"image/jpeg","detail":"low"}}]}],` +
		`"temperature":0,"top_p":0.25,"seed":7,"max_tokens":5,"reasoning_effort":"low",` +
		`"response_format":{"type":"json_schema","name":"n","schema":{"type":"object"}},"repeat":2}`
	got, err := r.Canonical()
	if err != nil || string(got) != want {
		t.Errorf("%s %v", got, err)
	}
}

func TestFaultyRequestsAreRefused(t *testing.T) {
	for want, change := range map[string]func(*chat.Request){
		"names no model":        func(r *chat.Request) { r.Model = "" },
		"must be the user's":    func(r *chat.Request) { r.Messages = nil },
		"repeat is -1":          func(r *chat.Request) { r.Repeat = -1 },
		"role \"tool\"":         func(r *chat.Request) { r.Messages[0].Role = "tool" },
		"is empty":              func(r *chat.Request) { r.Messages[0].Parts = nil },
		"text part is empty":    func(r *chat.Request) { r.Messages[0].Parts[0].Text = " " },
		"not UTF-8":             func(r *chat.Request) { r.Messages[0].Parts[0].Text = "\xff" },
		"cannot hold a picture": func(r *chat.Request) { r.Messages[1].Parts[0] = r.Messages[0].Parts[1] },
		"detail is \"ultra\"":   func(r *chat.Request) { r.Messages[0].Parts[1].Image.Detail = "ultra" },
		"a.heic is HEIC": func(r *chat.Request) {
			*r.Messages[0].Parts[1].Image = chat.Image{Data: []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heic"), Name: "a.heic"}
		},
		"is HTML":                  func(r *chat.Request) { r.Messages[0].Parts[1].Image.Data = []byte("<!doctype html>") },
		"no picture":               func(r *chat.Request) { r.Messages[0].Parts[1].Image.Data = nil },
		"temperature is 3":         func(r *chat.Request) { r.Parameters.Temperature = of(3.0) },
		"top_p is -1":              func(r *chat.Request) { r.Parameters.TopP = of(-1.0) },
		"max tokens is 0":          func(r *chat.Request) { r.Parameters.MaxTokens = of(int64(0)) },
		"parameter \"n\" is":       func(r *chat.Request) { r.Parameters.Optional = []string{"n"} },
		"schema's name is \"a b\"": func(r *chat.Request) { r.Format.Name = "a b" },
		"no JSON object":           func(r *chat.Request) { r.Format.Schema = json.RawMessage("[]") },
		"form of answers is":       func(r *chat.Request) { r.Format.Form = "xml" },
		"belong to the form":       func(r *chat.Request) { r.Format.Form = chat.FormObject },
	} {
		r := question(t, "m")
		change(&r)
		_, err := r.Canonical()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
