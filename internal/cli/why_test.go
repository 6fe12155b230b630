package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"icono/internal/chain"
)

// Each row of a study can be explained, and each fate has its reason.
func TestWhy(t *testing.T) {
	study := ranExample(t)
	why := func(key string, more ...string) string {
		t.Helper()
		code, out, said := run(t, append([]string{"why", key, "--study", study}, more...)...)
		if code != exitDone {
			t.Fatalf("%s: exit code %d\n%s%s", key, code, out, said)
		}
		return out
	}
	for _, c := range []struct {
		key  string
		want []string
		not  string
	}{
		{"2657484542301776130_8094417265", []string{"line 17", "jpeg, 640 x 427 pixels", "64fdba4bc5f9134df54cc11867e24763cdce2d754fb8d8e816cadeed688e7bb0", "kept: `where` is true", "drawn", "0.6153846153846154",
			"a cool picture", "answered by", "hand-coded", "coded by hand", `{"text":""}`, "from Scene", "1x Umbrella", "joined", "out/merged.csv", "$0.000000"}, "dropped"},
	} {
		got := why(c.key)
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%s", c.key, want, got)
			}
		}
		if strings.Contains(got, c.not) {
			t.Errorf("%s: %q in\n%s", c.key, c.not, got)
		}
	}

	// All rows of the source, by what became of them.
	table, err := os.ReadFile(filepath.Join(study, "../colour-mood/data/posts.csv"))
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for line := range strings.Lines(string(table)) {
		if key, _, ok := strings.Cut(line, ","); ok && strings.Count(key, "_") == 1 {
			keys = append(keys, key)
		}
	}
	var all []chain.Chain
	if err := json.Unmarshal([]byte(why(keys[0], append(keys[1:], "--json")...)), &all); err != nil {
		t.Fatal(err)
	}
	fates := map[string]int{}
	for _, c := range all {
		if len(c.Places) != 1 || c.Places[0].Line == 0 || c.Picture == nil {
			t.Errorf("%s: places %+v, picture %v", c.Key, c.Places, c.Picture)
		}
		for _, s := range c.Steps {
			switch {
			case s.Dropped && s.Kind == "filter" && len(s.Inputs) == 1 && s.Inputs[0].Text == "fuchsbau.zeitung":
				fates["filtered"]++
			case s.Dropped:
				fates[s.Kind]++
			case s.Stage == "scene" && strings.HasPrefix(s.Text, "not coded: unreadable: "):
				fates["unreadable"]++
			case s.Stage == "scene" && len(s.Asked) == 1:
				fates["coded"]++
			case s.Stage == "coded":
				fates[s.Text]++
			}
		}
	}
	first := map[string]string{} // the lot of the first row that was not drawn, by stratum
	last := map[string]string{}
	for _, c := range all {
		for _, s := range c.Steps {
			if s.Stage != "pilot" {
				continue
			}
			lot, stratum := s.Facts[len(s.Facts)-1].Text, c.Picture.Path[:strings.LastIndex(c.Picture.Path, "/")]
			if s.Dropped && (first[stratum] == "" || lot < first[stratum]) {
				first[stratum] = lot
			} else if !s.Dropped {
				last[stratum] = max(last[stratum], lot)
			}
		}
	}
	for stratum, lot := range first {
		if last[stratum] >= lot || len(first) != 3 {
			t.Errorf("%s: a row with the lot %s is drawn, and one with %s is not", stratum, last[stratum], lot)
		}
	}
	want := map[string]int{"filtered": 9, "sample": 16, "unreadable": 1, "coded": 23, "joined": 24, "no row of the other table matches": 25}
	for fate, n := range want {
		if fates[fate] != n {
			t.Errorf("%d rows %s, want %d: %v", fates[fate], fate, n, fates)
		}
	}

	page := filepath.Join(t.TempDir(), "why.html")
	why(keys[14], "--html", page)
	if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "data:image/jpeg;base64,") || !strings.Contains(string(text), keys[14]) {
		t.Errorf("%v, or no picture on the page", err)
	}
	for key, want := range map[string]string{"2657484542301776130": "did you mean 2657484542301776130_8094417265?", "nothing at all": "no table of the study has a row with the key nothing at all"} {
		if code, out, said := run(t, "why", key, "--study", study); code != exitWrong || !strings.Contains(said, want) || out != "" {
			t.Errorf("%s: exit code %d\n%s%s", key, code, out, said)
		}
	}
	if code, _, said := run(t, "why"); code != exitWrong || !strings.Contains(said, "the key of a row is missing") {
		t.Errorf("exit code %d\n%s", code, said)
	}
}
