package pseudonym

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestProse(t *testing.T) {
	n := planted(t)
	h := n.Of("planted.handle")
	url := func(address string) string { return n.token(noURL, address) }
	for text, want := range map[string]string{
		"Bild: @planted.handle und @Dritte.Person.":                       "Bild: @" + h + " und @" + n.key.Of("dritte.person") + ".",
		"https://www.instagram.com/planted.handle/p/CT1":                  url("https://www.instagram.com/planted.handle/p/CT1"),
		"https://youtu.be/aaa, https://YOUTU.be/aaa https://youtu.be/bbb": url("https://youtu.be/aaa") + ", " + url("https://youtu.be/aaa") + " " + url("https://youtu.be/bbb"),
		"auf instagram.com/planted.handle (neu)":                          "auf " + url("instagram.com/planted.handle") + " (neu)",
		"www.example.org/x?y=1, sonst":                                    url("www.example.org/x?y=1") + ", sonst",
		"planted.handle@web.de":                                           n.token(noEmail, "planted.handle@web.de"),
		"um 10.30 Uhr, S. 3/4":                                            "um 10.30 Uhr, S. 3/4",
		"@photographyberlin":                                              "@" + n.key.Of("photographyberlin"),
		"@dritte-person, ＠Vierte und %40annab":                            "@" + n.key.Of("dritte-person") + ", ＠" + n.key.Of("vierte") + " und %40" + n.key.Of("annab"),
		"plan\u200bted.han\u00addle":                                      h,
		"die &auml;rzte":                                                  "die " + n.key.Of("ärzte"),
		"𝐄𝐫𝐢𝐤𝐚_Ｍuster":                                                    n.Of("Erika_Muster"),
		`planted.handle und \u00e4rzte`:                                   h + " und " + n.key.Of("ärzte"),
		"(siehe https://a.de/x_(y)/z), gut":                               "(siehe " + url("https://a.de/x_(y)/z") + "), gut",
		"Anna B.\nMuster":                                                 n.Of("Anna B. Muster"),
		`^planted\.handle$`:                                               "^" + h + "$",
		"id2657484542301776131x":                                          "id" + n.Of("2657484542301776131") + "x",
		"a@b":                                                             "a@b",
		"":                                                                "",
	} {
		if got := n.Prose(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	twice := n.Prose("@planted.handle @other a@b.de https://a.de/x www.b.de")
	if again := n.Prose(twice); again != twice || Stands(n.Prose("a@b.de https://a.de/x")) {
		t.Errorf("replaced twice: %q, then %q", twice, again)
	}
}

// Names are found as people write them: with other apostrophes, hyphens and marks, the
// family name first, without what stands beside them, and numbers as they are dialled.
func TestVariants(t *testing.T) {
	n := NewNames(Key{1})
	for _, h := range []string{"Tom O'Neill", "Karl-Heinz Brandt", "Greta Ernman Thunberg", "erika.muster_31", "Erika Müßtermann", "佐藤太郎", "李 小龙", "CSU (Christlich-Soziale Union)", "+49 170 5551234", "Carla Test (she/her)", "Die Linke"} {
		n.Add(h, Handle)
	}
	for _, text := range []string{
		"Tom O’Neill", "TOM O`NEILL", "Tom ONeill", "Tom O&#8217;Neill", "Tom_O'Neill",
		"Karl‑Heinz Brandt", "Karl–Heinz Brandt", "KARL HEINZ BRANDT", "karlheinz-brandt", "Karl-Heinz_Brandt", "Brandt, Karl-Heinz", "Karl-\nHeinz Brandt",
		"Greta Ernman-Thunberg", "GretaErnman_Thunberg", "Thunberg, Greta Ernman", "greta.ernman thunberg",
		"#erikamuster_31", "erika_muster31", "erikamuster31", "Erika Muster 31",
		"Müßtermann, Erika", "Muesstermann, ERIKA", "佐藤 太郎", "今日は佐藤太郎さんと", "李小龙", "看李小龙的电影", "Christlich-Soziale Union", "CHRISTLICH SOZIALE UNION",
		"0170 5551234", "0170/5551234", "+491705551234", "0049 (170) 555-12-34", "tel:01705551234.",
	} {
		out := n.Prose("vor " + text + " nach")
		for _, part := range []string{"neill", "karl", "brandt", "greta", "thunberg", "muster", "ermann", "erika", "佐", "太", "李", "小", "sozial", "union", "555", "1234"} {
			if strings.Contains(strings.ToLower(out), part) {
				t.Errorf("%q became %q", text, out)
				break
			}
		}
		if len(n.Leaks("vor "+text+" nach")) == 0 || len(n.Leaks(out)) > 0 {
			t.Errorf("%q leaks %q, %q leaks %q", text, n.Leaks(text), out, n.Leaks(out))
		}
	}
	for _, text := range []string{"Tom, Neill", "am 01.02.2021 um 0170", "0170 5551235", "12345 0170555123456789", "太郎です", "she/her", "Erika und Muster", "Rechte, Linke die"} {
		if got := n.Prose(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// In what authors wrote the addresses of identifiers and licences stay, and no others.
func TestWritten(t *testing.T) {
	n := planted(t)
	for _, text := range []string{"https://doi.org/10.1000/12.34 und doi.org/10.1000/a-b.", "http://dx.doi.org/10.5/x, https://hdl.handle.net/1/2", "https://orcid.org/0000-0002-1825-0097", "https://creativecommons.org/licenses/by/4.0/", "https://osf.io/ab12c und https://zenodo.org/records/1", "http://www.w3.org/ns", "https://schema.org/Dataset https://spdx.org/licenses/MIT"} {
		if got := n.Written(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
		if got := n.Prose(text); got == text {
			t.Errorf("%q stays in other prose", text)
		}
	}
	for _, text := range []string{"https://notdoi.org/x", "https://doi.org.evil.de/x", "https://www.instagram.com/doi.org/", "https://evil.de/?u=https://doi.org/1", "planted.handle@web.de"} {
		if got := n.Written(text); strings.Contains(got, ".") {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// Short names that pseudonyms and what takes the place of addresses have in them by chance
// are not found there, those that look like a pseudonym are.
func TestByChance(t *testing.T) {
	n := NewNames(Key{})
	n.Add("planted.handle", Handle)
	address := n.Prose("https://example.org/1")
	made := n.Of("planted.handle") + " " + address // p5vppzlcw7j6e2w7l
	for _, h := range append([]string{"vppzlcw", "url", "partyvorsitzender", "partyvorsitzende2"}, strings.FieldsFunc(address[5:], func(r rune) bool { return r < 'a' || r > 'z' })...) {
		if len(h) < longWord || Is(h) || h[0] == 'p' { // longer ones stand nowhere by chance
			n.Add(h, Handle)
		}
	}
	if got := n.Text(made); got != made || len(n.Leaks(made)) > 0 {
		t.Errorf("%q became %q and leaks %q", made, got, n.Leaks(made))
	}
	for _, text := range []string{"partyvorsitzender", "partyvorsitzende2", "xx vppzlcw", "die url"} {
		if got := n.Text(text); got == text {
			t.Errorf("%q stays", text)
		}
	}
}

// The order in which columns add their names changes nothing: what is an id and a handle
// is a handle, also where the id came first.
func TestOrder(t *testing.T) {
	type one struct {
		text string
		sort Sort
	}
	pool := []string{"FrauKeller", "fraukeller", "Frau.Keller", "frau_keller", "Frau Keller", "JÖRGHOCH", "jörghoch", "jo", "Jo", "AbCdEfGh12", "abcdefgh12", "abcdefgh_12", "@FrauKeller"}
	texts := []string{"FRAUKELLER, frau keller, fraukeller, #FrauKeller und xfraukellerx", "Jörghoch joerghoch JOERGHOCH", "AbCdEfGh12 ABCDEFGH12 abcdefgh12 abcdefgh-12 xAbCdEfGh12-", "jo @jo Jo #JO"}
	n := NewNames(Key{1})
	n.Add("FrauKeller", ID)
	n.Add("FrauKeller", Handle)
	if got := n.Text(texts[0]); strings.Contains(strings.ToLower(got), "keller") || n.Len() != 1 || len(n.Leaks("FRAUKELLER")) != 1 {
		t.Errorf("an id that is a handle: %d names, %s", n.Len(), got)
	}
	rapid.Check(t, func(rt *rapid.T) {
		var all []one
		for range rapid.IntRange(2, 6).Draw(rt, "adds") {
			all = append(all, one{rapid.SampledFrom(pool).Draw(rt, "name"), rapid.SampledFrom([]Sort{Handle, ID}).Draw(rt, "sort")})
		}
		add := func(all []one) *Names {
			n := NewNames(Key{1})
			for _, a := range all {
				n.Add(a.text, a.sort)
			}
			return n
		}
		a, b := add(all), add(rapid.Permutation(all).Draw(rt, "order"))
		if a.Len() != b.Len() || !slices.Equal(a.Short(), b.Short()) {
			rt.Fatalf("%v: %d names in one order, %d in another", all, a.Len(), b.Len())
		}
		for _, text := range texts {
			if x, y := a.Find(text), b.Find(text); !slices.Equal(x, y) {
				rt.Fatalf("%v, %q: %v in one order, %v in another", all, text, x, y)
			}
			if x, y := a.Leaks(text), b.Leaks(text); !slices.Equal(x, y) {
				rt.Fatalf("%v, %q leaks %v in one order, %v in another", all, text, x, y)
			}
			if x, y := a.Prose(text), b.Prose(text); x != y {
				rt.Fatalf("%v, %q: %q in one order, %q in another", all, text, x, y)
			}
		}
	})
}
