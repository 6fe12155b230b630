package gemini_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"icono/internal/chat"
	"icono/internal/gemini"
	"icono/internal/gemini/geminitest"
)

// What the user set and the model does not take stops the run, with its name.
func TestRefusedParametersStop(t *testing.T) {
	for _, x := range []struct {
		model, param, says string
		change             func(*chat.Request)
	}{
		{"gemma-3-27b-it", "seed", "does not take seed as it is set", func(r *chat.Request) { r.Parameters.Seed = of(int64(1)) }},
		{"gemma-3-27b-it", "media_resolution", "does not take the detail of pictures (mediaResolution)", func(r *chat.Request) {
			r.Messages[0].Parts = append(r.Messages[0].Parts, chat.Picture(photo(t), chat.DetailHigh))
		}},
		{"gemini-2.5-pro", "reasoning_effort", "This model only works in thinking mode", func(r *chat.Request) { r.Parameters.ReasoningEffort = "none" }},
		{"gemini-2.0-flash", "reasoning_effort", "does not take reasoning_effort", func(r *chat.Request) { r.Parameters.ReasoningEffort = "low" }},
	} {
		s := geminitest.Start(t, geminitest.Options{})
		c := client(t, s.URL, "")
		r := plain(x.model)
		x.change(&r)
		_, err := c.Complete(t.Context(), r)
		if e, ok := errors.AsType[*chat.Error](err); !ok || !e.Stop || e.Param != x.param || e.Status != 400 || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %+v", x.model, err)
		}
		if x.param == "media_resolution" {
			continue
		}
		r.Parameters.Optional = []string{x.param}
		reply, err := c.Complete(t.Context(), r)
		if err != nil || len(reply.Adapted) != 1 || !strings.HasPrefix(reply.Adapted[0], x.param+" left out: the server says: ") {
			t.Errorf("%s: %q %v", x.model, reply.Adapted, err)
		}
	}
}

// Words of a refusal that belong to nothing that was sent are no reason to put a
// request otherwise.
func TestRefusalOfSomethingElse(t *testing.T) {
	for _, message := range []string{"The seed of all trouble", "response_schema is odd", "temperature of the server is high", "thinking is hard", "media resolution?"} {
		s := geminitest.Start(t, geminitest.Options{Script: func(*geminitest.Call) geminitest.Behaviour { return geminitest.Fails(400, "INVALID_ARGUMENT", message) }})
		_, err := client(t, s.URL, "").Complete(t.Context(), plain("gemini-3.5-flash"))
		if e, ok := errors.AsType[*chat.Error](err); !ok || e.Stop || s.Asked() != 1 {
			t.Errorf("%s: %v after %d", message, err, s.Asked())
		}
	}
}

// The fallback for servers without responseJsonSchema says the same in OpenAPI.
func TestSchemaAsOpenAPI(t *testing.T) {
	old := func(schema string) (string, []string) {
		s := geminitest.Start(t, geminitest.Options{KeepBodies: true})
		r := plain("old-server")
		r.Format = chat.Format{Form: chat.FormSchema, Name: "n", Schema: json.RawMessage(schema)}
		reply, err := client(t, s.URL, "").Complete(t.Context(), r)
		if err != nil {
			t.Fatalf("%s: %v", schema, err)
		}
		var sent struct {
			Config struct {
				Schema json.RawMessage `json:"responseSchema"`
			} `json:"generationConfig"`
		}
		bodies := s.Bodies()
		if err := json.Unmarshal(bodies[len(bodies)-1], &sent); err != nil {
			t.Fatal(err)
		}
		return string(sent.Config.Schema), reply.Adapted
	}
	object := func(p string) string {
		return `{"type":"object","properties":{"z":` + p + `,"a":{"type":"boolean"}},"required":["z","a"],"additionalProperties":false,"$defs":{"place":{"enum":["Hall","Home"]}}}`
	}
	for in, want := range map[string]string{
		`{"type":"string","description":"d"}`:                        `{"type":"STRING","description":"d"}`,
		`{"type":["integer","null"],"minimum":0,"maximum":3}`:        `{"type":"INTEGER","nullable":true,"minimum":0,"maximum":3}`,
		`{"enum":["x","y",null]}`:                                    `{"type":"STRING","format":"enum","nullable":true,"enum":["x","y"]}`,
		`{"enum":[1,2]}`:                                             `{"type":"INTEGER"}`,
		`{"const":"x"}`:                                              `{"type":"STRING","format":"enum","enum":["x"]}`,
		`{"$ref":"#/$defs/place"}`:                                   `{"type":"STRING","format":"enum","enum":["Hall","Home"]}`,
		`{"anyOf":[{"type":"string"},{"type":"null"}]}`:              `{"nullable":true,"anyOf":[{"type":"STRING"}]}`,
		`{"type":["string","number"]}`:                               `{"anyOf":[{"type":"STRING"},{"type":"NUMBER"}]}`,
		`{"type":"array","items":{"type":"number"},"minItems":1}`:    `{"type":"ARRAY","items":{"type":"NUMBER"},"minItems":1}`,
		`{"type":"string","format":"date","pattern":"^2"}`:           `{"type":"STRING","pattern":"^2"}`,
		`{"type":"object","properties":{"b":{"type":"string"}}}`:     `{"type":"OBJECT","properties":{"b":{"type":"STRING"}},"propertyOrdering":["b"]}`,
		`{"type":"string","enum":["<a & b>"],"description":"\"q\""}`: `{"type":"STRING","format":"enum","description":"\"q\"","enum":["\u003ca \u0026 b\u003e"]}`,
	} {
		got, adapted := old(object(in))
		full := `{"type":"OBJECT","properties":{"z":` + want + `,"a":{"type":"BOOLEAN"}},"required":["z","a"],"propertyOrdering":["z","a"]}`
		if got != full || len(adapted) != 1 {
			t.Errorf("%s: %s\nwant %s (%q)", in, got, full, adapted)
		}
	}
	for _, endless := range []string{`{"type":"object","properties":{"z":{"$ref":"#"},"y":{"$ref":"#"}},"required":["z","y"]}`, object(`{"$ref":"#/$defs/nothing"}`)} {
		if got, adapted := old(endless); got != "" || len(adapted) != 1 || !strings.HasPrefix(adapted[0], "responseMimeType instead of") {
			t.Errorf("%s: %s %q", endless, got, adapted)
		}
	}
}

// A number of times the same client may ask at once.
func TestManyAtOnce(t *testing.T) {
	s := geminitest.Start(t, geminitest.Options{})
	c := client(t, s.URL, "")
	errs := make(chan error)
	const many = 24
	for i := range many {
		go func() {
			r := question(t, "old-server")
			r.System += string(rune('a' + i))
			_, err := c.Complete(t.Context(), r)
			errs <- err
		}()
	}
	for range many {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if s.Answers() != many || s.PaidTwice() != 0 {
		t.Errorf("%d answers", s.Answers())
	}
}

func TestNetworkLeavesBodiesWhole(t *testing.T) {
	s := geminitest.Start(t, geminitest.Options{Script: func(*geminitest.Call) geminitest.Behaviour { return geminitest.DayIsOver() }})
	_, err := client(t, s.URL, "").Complete(t.Context(), plain("gemini-3.5-flash"))
	if e, ok := errors.AsType[*chat.Error](err); !ok || !strings.Contains(e.Message, "Please retry in 20s; this quota") {
		t.Errorf("%v", err)
	}
	if reply, err := gemini.Parse(geminitest.DayIsOver().Body); err == nil || reply.Text != "" {
		t.Errorf("%+v", reply)
	}
}
