package expression_test

import (
	"strings"
	"testing"

	"icono/internal/expression"
)

// Texts are found where they stand, with the columns that they are compared with.
func TestLiterals(t *testing.T) {
	for src, want := range map[string]string{
		`$env["User Name"] startsWith "cdu" and $env["Ö Created"] >= date("2023-01-01")`: `"User Name"; "cdu" with User Name; "Ö Created"; "2023-01-01"`,
		`split(author, "_")[0] in ["cdu", 'sp"d'] ? "A" : kind`:                          `"_"; "cdu" with author; 'sp"d' with author; "A"`,
		`"x" != author && not (lower(ü) contains "ß")`:                                   `"x" with author; "ß" with ü`,
		`any(users, # == "a" || .name == "b")`:                                           `"a" with users; "b" with users`,
		`let u = upper(author); u matches "^A" or indexOf(u, "B") == 0`:                  `"^A" with author; "B" with author`,
		`author == (likes > 3 ? "a" : "b" + "c")`:                                        `"a" with author; "b" with author; "c" with author`,
		`(author != "" ? lang : kind) == "de"`:                                           `"" with author; "de" with kind,lang`,
		`author in {"a": 1}`:                                                             `"a" with author`,
		"author == `raw`":                                                                "`raw` with author",
		`no expression "x`:                                                               ``,
		`len(text) > 0`:                                                                  ``,
		`"a" < "b"`:                                                                      `"a"; "b"`,
	} {
		var got []string
		for _, l := range expression.Literals(src) {
			text := src[l.Start:l.End]
			if len(l.With) > 0 {
				text += " with " + strings.Join(l.With, ",")
			}
			got = append(got, text)
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s\ngot  %s\nwant %s", src, strings.Join(got, "; "), want)
		}
	}
	for src, want := range map[string]string{
		`let u = a; u + lower($env["c d"])`:     "a,c d",
		`a == "x" ? b : lower(c)`:               "b,c",
		`any(b, # == a) and $env["c d"] > a`:    "",
		`not (a in ["x"])`:                      "",
		`(a != "" ? b : c) == "de" ? "yes" : d`: "d",
		`split(a, "_")[0]`:                      "a",
		`-n + 1`:                                "n",
		`a in ["x"] ? "Union" : "Other"`:        "",
		`map(users, # + a)`:                     "a,users",
		`no expression "x`:                      "",
	} {
		if got := strings.Join(expression.Sources(src), ","); got != want {
			t.Errorf("%s: made from %q, want %q", src, got, want)
		}
	}
}
