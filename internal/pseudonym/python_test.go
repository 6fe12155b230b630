package pseudonym

import "testing"

// What Python writes of lists and dictionaries is read as it means it, and nothing else.
func TestFromPython(t *testing.T) {
	for text, want := range map[string]string{
		`[{'user': 'a.b', 'n': 12, 'ok': True, 'x': None}]`: `[{"user": "a.b", "n": 12, "ok": true, "x": null}]`,
		`{'q': "it's", 'r': 'say \'x\' \u00fc\n'}`:          `{"q": "it's", "r": "say 'x' ü\n"}`,
		`('a', ('b',), [])`:                                 `["a", ["b"], []]`,
		`['ü', "\x41"]`:                                     `["ü", "A"]`,
		`[datetime(2021)]`:                                  ``,
		`['open`:                                            ``,
		`{'a': 'b'`:                                         ``,
		`no literal`:                                        ``,
		``:                                                  ``,
	} {
		if got := fromPython(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
