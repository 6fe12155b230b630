package asking

import (
	"encoding/json"
	"testing"
)

func TestCompose(t *testing.T) {
	schema := json.RawMessage(`{"type":"object","properties":{"A":{"type":"string","enum":["x","y"]},
		"B":{"type":"object","properties":{"C":{"type":["boolean","null"]},"D":{"type":"array","items":{"type":"string"}}},"required":["C","D"],"additionalProperties":false},
		"N":{"type":"integer"}},"required":["A","B","N"],"additionalProperties":false}`)
	for _, c := range []struct {
		cells map[string]string
		want  string
	}{
		{map[string]string{"A": "x", "B_C": "TRUE", "B_D": "p; q", "N": "3", "else": "z"}, `{"A":"x","B":{"C":true,"D":["p","q"]},"N":3}`},
		{map[string]string{}, `{"A":null,"B":{"C":null,"D":[]},"N":null}`},
		{map[string]string{"A": `"`, "B_C": "maybe", "N": "many"}, `{"A":"\"","B":{"C":"maybe","D":[]},"N":"many"}`},
	} {
		got, err := compose(schema, "", c.cells)
		if err != nil || string(got) != c.want {
			t.Errorf("%v gives %s, %v; want %s", c.cells, got, err, c.want)
		}
	}
}
