package answers

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

const asked = `{"model":"gpt-x","messages":[{"role":"system","content":[{"text":"Code the picture as the codebook says. Be brief."}]},` +
	`{"role":"user","content":[{"image":{"sha256":"aa","bytes":10,"mime":"image/png","detail":"low"}}]}],` +
	`"temperature":0,"response_format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}}}}}`

func TestMissSaysWhatDiffers(t *testing.T) {
	s := open(t, t.TempDir())
	one := begin(t, Options{Store: s, Mode: NewEpisodes})
	base := Request{Row: "r1", Provider: "openai", Model: "gpt-x", Body: []byte(asked)}
	do(t, one, base, says("x"))
	far := base
	far.Row, far.Body = "r2", []byte(strings.NewReplacer(`"aa"`, `"bb"`, "brief", "long").Replace(asked))
	do(t, one, far, says("y"))
	replay := begin(t, Options{Store: s, Mode: None})
	edit := func(old, new string) func(*Request) {
		return func(r *Request) {
			if !strings.Contains(asked, old) {
				t.Fatalf("%s is not in the request", old)
			}
			r.Body = []byte(strings.ReplaceAll(asked, old, new))
		}
	}
	for name, test := range map[string]struct {
		change func(*Request)
		want   string // all differences
	}{
		"prompt":    {edit("Be brief.", "Be quick."), `prompt (messages[0].content[0].text): …ture as the codebook says. Be quick." here, …ture as the codebook says. Be brief." recorded`},
		"picture":   {edit(`"sha256":"aa","bytes":10`, `"sha256":"cc","bytes":12`), `picture (messages[1].content[0].image.sha256): "cc" here, "aa" recorded`},
		"detail":    {edit(`"low"`, `"high"`), `picture (messages[1].content[0].image.detail): "high" here, "low" recorded`},
		"parameter": {edit(`"temperature":0`, `"temperature":0.7,"seed":4`), `parameter (seed): 4 here, nothing recorded; parameter (temperature): 0.7 here, 0 recorded`},
		"schema":    {edit(`"b":{"type":"string"}`, `"b":{"type":"integer"}`), `answer format (response_format.schema.properties.b.type): "integer" here, "string" recorded`},
		"order":     {edit(`"a":{"type":"string"},"b":{"type":"string"}`, `"b":{"type":"string"},"a":{"type":"string"}`), `order: …`},
		"repeat":    {func(r *Request) { r.Repeat = 2 }, `repeat: 2 here, 0 recorded`},
		"base URL":  {func(r *Request) { r.BaseURL = "http://localhost:8000/v1" }, `base URL: "http://localhost:8000/v1" here, nothing recorded`},
		"model": {func(r *Request) { edit("gpt-x", "gpt-z")(r); r.Model = "gpt-z" },
			`model: "gpt-z" here, "gpt-x" recorded`},
		"new row": {func(r *Request) { r.Row = "r3"; edit(`"aa"`, `"cc"`)(r) }, `picture (messages[1].content[0].image.sha256): "cc" here, "aa" recorded`},
	} {
		r := base
		test.change(&r)
		_, _, err := replay.Do(t.Context(), r, never(t))
		var miss *MissError
		if !errors.As(err, &miss) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		text := err.Error()
		i := strings.Index(text, " differs in ")
		if i < 0 || !strings.HasPrefix(text[i+len(" differs in "):], test.want) || !strings.Contains(text, `stage "frames", row "`+r.Row+`"`) || miss.Nearest.Row != "r1" {
			t.Errorf("%s: %s\nwant %s", name, text, test.want)
		}
		if rest, whole := strings.CutPrefix(text[i+len(" differs in ")+len(test.want):], ". To ask"); !whole && name != "order" {
			t.Errorf("%s: more differences: %s", name, rest)
		}
	}
	empty, err := NewSession(t.Context(), "other", Options{Store: s, Mode: None})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := empty.Do(t.Context(), base, never(t)); err != nil { // another stage asked the same
		t.Error(err)
	}
	base.Repeat = 9
	if _, _, err := empty.Do(t.Context(), base, never(t)); err == nil || !strings.Contains(err.Error(), "no recorded requests at all") {
		t.Error(err)
	}
}

// FuzzCompare: any two bodies are compared without a panic, and different ones
// have a difference.
func FuzzCompare(f *testing.F) {
	f.Add([]byte(asked), []byte(`{"a":[1,{"b":null}]}`))
	f.Add([]byte("{"), []byte(""))
	f.Add([]byte(`{"a.b":1}`), []byte(`{"a":{"b":1}}`))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		d := Compare(Request{Body: a}, Request{Body: b})
		if (len(d) == 0) != (string(a) == string(b)) {
			t.Errorf("%q and %q: %v", a, b, d)
		}
		_ = fmt.Sprint(d)
	})
}

// BenchmarkMiss explains a miss in a stage of 20,000 rows.
func BenchmarkMiss(b *testing.B) {
	s := open(b, b.TempDir())
	one := begin(b, Options{Store: s, Mode: NewEpisodes})
	var all []Recorded
	for row := range 20_000 {
		all = append(all, Recorded{Request: prompt(row), Answer: Answer{Body: []byte("1")}})
	}
	if err := one.Record(b.Context(), all...); err != nil {
		b.Fatal(err)
	}
	replay := begin(b, Options{Store: s, Mode: None})
	for name, row := range map[string]int{"row=known": 7, "row=new": 30_000} {
		b.Run(name, func(b *testing.B) {
			r := prompt(row)
			r.Repeat = 1
			for b.Loop() {
				if _, _, err := replay.Do(b.Context(), r, never(b)); !errors.As(err, new(*MissError)) {
					b.Fatal(err)
				}
			}
		})
	}
}

// A question that shows a picture and one that shows none differ in that, and not in
// where their texts stand.
func TestDifferenceOfNoPicture(t *testing.T) {
	of := func(content string) Request {
		return Request{Provider: "openai", Model: "m", Body: []byte(`{"messages":[{"role":"user","content":[` + content + `]}]}`)}
	}
	const picture, text = `{"image":{"sha256":"aa","bytes":10}},`, `{"text":"Caption: x"},{"text":"y"}`
	for _, both := range [][2]string{{text, picture + text}, {picture + text, text}} {
		all := Compare(of(both[0]), of(both[1]))
		if len(all) != 1 || all[0].Part != "picture" || all[0].Path != "messages[0].content[0].image.sha256" {
			t.Errorf("%v", all)
		}
	}
	if all := Compare(of(text), of(picture+`{"text":"Caption: z"},{"text":"y"}`)); len(all) != 2 || all[1].Path != "messages[0].content[1].text" {
		t.Errorf("%v", all)
	}
}
