package transport

import (
	"encoding/json"
	"maps"
	"reflect"
	"testing"
)

func TestMerge(t *testing.T) {
	extra := map[string]json.RawMessage{"temperature": json.RawMessage("0"), "seed": json.RawMessage("0"), "a": json.RawMessage(`{"b":[1]}`)}
	for in, want := range map[string]string{
		`{}`:                        `{"a":{"b":[1]},"seed":0,"temperature":0}`,
		` { } `:                     ` { "a":{"b":[1]},"seed":0,"temperature":0} `,
		`{"m":"x"}`:                 `{"m":"x","a":{"b":[1]},"seed":0,"temperature":0}`,
		`{"seed":7,"m":{"seed":7}}`: `{"seed":0,"m":{"seed":7},"a":{"b":[1]},"temperature":0}`,
		`{"m":"\"seed\":1}\\", "temperature" : 0.5 , "n":null}`: `{"m":"\"seed\":1}\\", "temperature" : 0 , "n":null,"a":{"b":[1]},"seed":0}`,
	} {
		got, err := merge([]byte(in), extra)
		if err != nil || string(got) != want {
			t.Errorf("%s: got %s (%v), want %s", in, got, err, want)
		}
	}
	for _, in := range []string{``, `[]`, `1`, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{"a":1}{}`, `{"a":"`, `{"a":"\"}`} {
		if got, err := merge([]byte(in), extra); err == nil {
			t.Errorf("%s: became %s", in, got)
		}
	}
	if _, err := merge([]byte("{}"), map[string]json.RawMessage{"x": json.RawMessage("{")}); err == nil {
		t.Error("a field that is no JSON was taken")
	}
}

// FuzzMerge compares with decoding, setting and encoding.
func FuzzMerge(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":1}`, `{"temperature":{"a":"}"},"b":[{}, "]"]}`, `{"a":"\\\"","temperature":"\\"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var want map[string]any
		if json.Unmarshal(in, &want) != nil || want == nil {
			_, _ = merge(in, map[string]json.RawMessage{"temperature": json.RawMessage("0")})
			return
		}
		got, err := merge(in, map[string]json.RawMessage{"temperature": json.RawMessage("0"), "z": json.RawMessage(`"y"`)})
		if err != nil {
			t.Fatal(err)
		}
		want = maps.Clone(want)
		want["temperature"], want["z"] = 0.0, "y"
		var have map[string]any
		if err := json.Unmarshal(got, &have); err != nil || !reflect.DeepEqual(have, want) {
			t.Fatalf("%s became %s (%v)", in, got, err)
		}
	})
}
