package pseudonym

import (
	encoding "encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func planted(t testing.TB) *Names {
	t.Helper()
	n := NewNames(Key{1})
	for _, h := range []string{"planted.handle", "Erika_Muster", "tagesfeuilleton", "google", "Anna B. Muster", "planted name", "@ärzte", "xy", "xyz", "Dr. Berta Müster 🌻 | MdB", "Carla Test (she/her)", "JuliaMoeller", "Zoë Straßer", "YouTube"} {
		n.Add(h, Handle)
	}
	for _, id := range []string{"CTabc-_9", "2657484542301776130_80944", "2657484542301776131", "12", "123456", "media/x/IMG_2071.jpg", "https://example.org/p/CTabc-_9/"} {
		n.Add(id, ID)
	}
	n.Ambiguous(map[string]bool{"google": true, "Google": true})
	return n
}

func TestText(t *testing.T) {
	n := planted(t)
	h, e, f, g := n.Of("planted.handle"), n.Of("Erika_Muster"), n.Of("tagesfeuilleton"), n.Of("google")
	for text, want := range map[string]string{
		"von planted.handle, heute": "von " + h + ", heute",
		"PLANTED.HANDLE":            h,
		"planted.handles":           "planted." + "handles", // another account, see below
		"@erika_muster!":            "@" + e + "!",
		"erika_muster2":             e + "2",
		"#tagesfeuilleton2021":      "#" + f + "2021",
		"Anna B. Muster kommt":      n.Of("Anna B. Muster") + " kommt",
		"die a\u0308rzte, @ÄRZTE":   "die " + n.key.Of("ärzte") + ", @" + n.key.Of("ärzte"),
		"planted.\u200bhandle":      h,
		"die ärzte":                 "die " + n.key.Of("ärzte"),
		"provider: google":          "provider: google", // a word of the study
		`x == "google"`:             `x == "` + g + `"`,
		`x == "Google"`:             `x == "Google"`, // a word, and not as the data write it
		"@google":                   "@" + g,
		"CTabc-_9":                  n.Of("CTabc-_9"),
		"ctabc-_9":                  "ctabc-_9", // ids are told apart by case
		"id 2657484542301776131.":   "id " + n.Of("2657484542301776131") + ".",
		"2657484542301776130_80944": n.Of("2657484542301776130_80944"),
		"92657484542301776131":      "92657484542301776131",
		"#xyz9 xyz2021, axyz":       "#" + n.Of("xyz") + "9 " + n.Of("xyz") + "2021, axyz",
		"sha256:ab123456cd123456ab123456cd123456ab123456cd123456": "sha256:ab123456cd123456ab123456cd123456ab123456cd123456",
		"id 123456, x123456y":                          "id " + n.Of("123456") + ", x123456y",
		"Erika Muster, #plantedhandle, planted_handle": e + ", #" + h + ", " + h,
		"die xy, @xy #XY":                              "die xy, @" + n.Of("xy") + " #" + n.Of("xy"),
		"Planted . Handle, erika _muster":              h + ", " + e,
		"Heute: Berta Müster!":                         "Heute: " + n.Name("dr. berta müster 🌻 | mdb") + "!",
		"Berta  Mu\u0308ster 🌻, BertaMüster":           n.Name("dr. berta müster 🌻 | mdb") + " 🌻, " + n.Name("dr. berta müster 🌻 | mdb"),
		"Julia Möller, #juliamöller, julia_moeller":    n.Name("juliamoeller") + ", #" + n.Name("juliamoeller") + ", " + n.Name("juliamoeller"),
		"Zoe Strasser und Zoë Strasser":                n.Name("zoë straßer") + " und " + n.Name("zoë straßer"),
		"you tube, Tube":                               "you tube, Tube", // too short for parts
		"mit CARLA TEST und Carla":                     "mit " + n.Name("Carla TEST (she/her)") + " und Carla",
		"12 xy":                                        "12 xy", // too short to be told from other text
		"see https://example.org/p/CTabc-_9/ now":      "see " + n.key.Of("https://example.org/p/CTabc-_9/") + " now",
		"\xff planted.handle \xfe":                     "\xff " + h + " \xfe",
	} {
		if text == "planted.handles" { // the long name in it is safer replaced than kept
			want = h + "s"
		}
		if got := n.Text(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestPath(t *testing.T) {
	n := planted(t)
	for path, want := range map[string]string{
		"planted.handle":                   n.key.Of("planted.handle"),
		"planted.handle/12.jpg":            n.Of("planted.handle") + "/" + n.Of("12") + ".jpg",
		`a\12.JPG`:                         n.Of("a") + "/" + n.Of("12") + ".JPG",
		"../m/12.webp":                     "up/" + n.Of("m") + "/" + n.Of("12") + ".webp",
		"photos.zip/planted.handle/12.jpg": n.Of("photos") + ".zip/" + n.Of("planted.handle") + "/" + n.Of("12") + ".jpg",
		"/abs/12.png":                      "root/" + n.Of("abs") + "/" + n.Of("12") + ".png",
		"https://example.org/a.jpg":        n.key.Of("https://example.org/a.jpg"),
		".jpg":                             n.key.Of(".jpg"),
		"":                                 "",
	} {
		if got := n.Of(path); got != want {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
	}
	// Joined paths are found again: what ends alike still does.
	if a, b := n.Of("media/afd/1.jpg"), n.Of("afd/1.jpg"); !strings.HasSuffix(a, "/"+b) {
		t.Errorf("%q does not end as %q", a, b)
	}
}

// Names that are scattered over the words of a read text are found.
func TestScattered(t *testing.T) {
	n := planted(t)
	h := n.Of("planted.handle")
	in := `{"textAnnotations":[{"description":"Vote @planted.handle now"},{"description":"Vote"},{"description":"@"},{"description":"planted"},{"description":"."},{"description":"handle"},{"description":"now"}],
		"pages":[{"words":[{"symbols":[{"text":"(erika_"}]},{"symbols":[{"text":"MUSTER)"}]}]}]}`
	want := `{"textAnnotations":[{"description":"Vote @` + h + ` now"},{"description":"Vote"},{"description":"@"},{"description":"` + h + `"},{"description":"·"},{"description":"·"},{"description":"now"}],` +
		`"pages":[{"words":[{"symbols":[{"text":"(` + n.Of("Erika_Muster") + `"}]},{"symbols":[{"text":"·)"}]}]}]}`
	if got := string(n.JSON([]byte(in))); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestJSON(t *testing.T) {
	n := planted(t)
	h := n.Of("planted.handle")
	for in, want := range map[string]string{
		`{"b":1.0,"a":[true,null,{"x":"von PLANTED.handle"}],"n":1e400}`: `{"b":1.0,"a":[true,null,{"x":"von ` + h + `"}],"n":1e400}`,
		`{"content":"{\"w\":\"\\u0070lanted.handle\"}"}`:                 `{"content":"{\"w\":\"` + h + `\"}"}`,
		`{"u":"https:\/\/instagram.com\/planted.handle"}`:                `{"u":"` + n.token(noURL, "https://instagram.com/planted.handle") + `"}`,
		`["planted.handle"]`:                `["` + h + `"]`,
		`"planted.handle <b>&"`:             `"` + h + ` <b>&"`,
		`{"id":2657484542301776131,"n":12}`: `{"id":"` + n.Of("2657484542301776131") + `","n":12}`,
		`{}`:                                `{}`,
		` [ ] `:                             `[]`,
		`{"planted.handle":{"k":[]}}`:       `{"` + h + `":{"k":[]}}`,
		`no JSON of planted.handle`:         `no JSON of ` + h,
		`{"a":1}{"a":"planted.handle"}`:     `{"a":1}{"a":"` + h + `"}`,
		"\xff\xfe":                          "\xff\xfe",
		``:                                  ``,
	} {
		if got := string(n.JSON([]byte(in))); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

// Whatever stands around a name, it does not survive, and nothing else is lost.
func TestNothingSurvives(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := NewNames(Key{byte(rapid.IntRange(0, 255).Draw(rt, "key"))})
		all := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-zäß]{2,5}[._-][a-z0-9]{2,6}`), 1, 5, rapid.ID).Draw(rt, "handles")
		for _, h := range all {
			n.Add(h, Handle)
		}
		var b strings.Builder
		for range rapid.IntRange(1, 6).Draw(rt, "parts") {
			b.WriteString(rapid.SampledFrom([]string{" ", "@", "x", "https://a.de/", "/", ".", "\n", "\"", "ß", "#", "\\", "7", "日本"}).Draw(rt, "around"))
			name := rapid.SampledFrom(all).Draw(rt, "name")
			if rapid.Bool().Draw(rt, "upper") {
				name = strings.ToUpper(strings.ReplaceAll(name, "ß", "ss"))
			}
			b.WriteString(name)
		}
		text := b.String()
		out := n.Prose(text)
		for _, h := range all {
			if strings.Contains(strings.ToLower(out), h) {
				rt.Fatalf("%q has %q of %q", out, h, text)
			}
		}
		if leaks := n.Leaks(out); len(leaks) > 0 {
			rt.Fatalf("%q leaks %q", out, leaks)
		}
		raw, _ := json.Marshal(map[string]any{"a": []any{text, 1, nil}, "text": text})
		if got := n.JSON(raw); !json.Valid(got) || len(n.Leaks(string(got))) > 0 {
			rt.Fatalf("%s leaks %q", got, n.Leaks(string(got)))
		}
	})
}

// FuzzJSON: any JSON stays JSON of the same form.
func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"a":[{"text":"planted"},{"text":"."},{"text":"handle"}],"b":"x \u2028"}`))
	f.Add([]byte(`[1,"a",[],{},{"":""}]`))
	n := planted(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		out := n.JSON(body)
		if !json.Valid(body) {
			return
		}
		var a, b any
		if json.Unmarshal(body, &a) != nil {
			return
		}
		if err := json.Unmarshal(out, &b); err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		if d := cmp.Diff(shape(a), shape(b)); d != "" {
			t.Error(d)
		}
	})
}

// shape is a value without its texts.
func shape(v any) any {
	switch v := v.(type) {
	case string:
		return "text"
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = shape(v[i])
		}
		return out
	case map[string]any:
		return len(v) // names may become equal, or change
	}
	return v
}

func TestKey(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x", "share.key")
	a, made, err := ReadKey(file)
	if err != nil || !made {
		t.Fatal(made, err)
	}
	b, made, err := ReadKey(file)
	if err != nil || made || a != b || a == (Key{}) {
		t.Fatalf("%v %v: %x, then %x", made, err, a, b)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if err := os.WriteFile(file, []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ReadKey(file); err == nil || !strings.Contains(err.Error(), file) || strings.Contains(err.Error(), "short") {
		t.Error(err)
	}
	if p := a.Of("x"); !Is(p) || p == a.Of("X") || p != b.Of("x") || (Key{2}).Of("x") == p {
		t.Errorf("pseudonym %q", p)
	}
	// Folders that were shared depend on it: it must never change.
	if got := (Key{}).Of("planted.handle"); got != "p5vppzlcw7j6e2w7l" {
		t.Errorf("the pseudonym of a key and a name became %q", got)
	}
}

// Sums and vectors are passed over as a whole, and nothing else is.
func TestOpaque(t *testing.T) {
	hex, vector := strings.Repeat("0a1b2c3d", 5), strings.Repeat("Ab+/", 20)
	for text, want := range map[string][]string{
		"sha256:" + hex + ", planted":      {hex},
		hex:                                {hex},
		"xyz" + hex + "Q":                  {hex},
		hex[1:]:                            nil,
		`{"v":"` + vector + `==","w":"a"}`: {vector},
		vector[1:]:                         nil,
		hex + vector + " " + hex:           {hex + vector, hex},
		strings.Repeat("a b ", 40):         nil,
		"/home/researcher/projects/wahlkampf2021/Instagram/rawdata/media/images/FrauKeller/September/woche/montag": nil,
		strings.Repeat("DonauDampfSchiffFahrt", 5): nil,
	} {
		var got []string
		for _, s := range opaque(text) {
			got = append(got, text[s[0]:s[1]])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

// Vectors are taken for data, of whatever numbers they are.
func TestVectorsAreOpaque(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		raw := make([]byte, 0, 2048)
		for range 512 {
			v := float32(r.NormFloat64() / 20)
			if seed%4 == 0 && r.IntN(3) > 0 {
				v = 0
			}
			if seed%2 == 0 {
				raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
			} else {
				raw = binary.LittleEndian.AppendUint16(raw, uint16(math.Float32bits(v)>>16))
			}
		}
		text := encoding.StdEncoding.EncodeToString(raw)
		if spans := opaque(text + `"`); len(spans) != 1 || spans[0][0] != 0 {
			t.Fatalf("%v: %.200s", spans, text)
		}
	}
}
