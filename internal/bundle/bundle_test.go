package bundle

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
	"icono/internal/lock"
	"icono/internal/pipeline"
	"icono/internal/pseudonym"
	"icono/internal/source"
)

// plan is one of a stage that loads columns, and of others with options in YAML.
func plan(t *testing.T, fields []arrow.Field, others string) *pipeline.Plan {
	t.Helper()
	root, faults := source.Parse(source.NewFile("p.yaml", "stages:\n"+others))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	p := &pipeline.Plan{Doc: &pipeline.Document{}}
	p.Stages = []*pipeline.Planned{{Spec: pipeline.Spec{ID: "posts", Kind: "load"}, Out: arrow.NewSchema(fields, nil)}}
	for _, s := range root.Get("stages").List() {
		p.Stages = append(p.Stages, &pipeline.Planned{Spec: pipeline.Spec{ID: s.Get("id").Scalar(), Kind: s.Get("kind").Scalar(), With: s.Get("with")}, Out: arrow.NewSchema(fields, nil)})
	}
	return p
}

// Cells that list accounts have the pseudonym of each, which is that of the account
// elsewhere, however it is written.
func TestHidden(t *testing.T) {
	names := pseudonym.NewNames(pseudonym.Key{1})
	register(names, named("author"), "Anna_B", pseudonym.Handle)
	register(names, named("mentions"), "@carl.d @anna_b", pseudonym.Handle)
	register(names, named("tagged_users"), `[{"username":"eva.f","full_name":"Eva Muster"}]`, pseudonym.Handle)
	anna, carl, eva := names.Name("anna_b"), names.Name("carl.d"), names.Name("eva.f")
	for _, c := range [][3]string{
		{"author", "ANNA_B", anna}, {"author", "@Anna_B", anna}, {"Image", "media/anna_b/1.png", names.Of("media") + "/" + anna + "/" + names.Of("1") + ".png"},
		{"mentions", "@carl.d @anna_b", carl + " " + anna}, {"mentions", "carl.d, anna_b", carl + ", " + anna}, {"mentions", "", ""},
		{"tagged_users", `[{"username":"eva.f"}]`, `[{"username":"` + eva + `"}]`}, {"tagged_users", `["carl.d"]`, `["` + carl + `"]`},
	} {
		column := named(c[0])
		column.Handle = c[0] != "Image"
		if got := column.hidden(names, c[1]); got != c[2] {
			t.Errorf("%s %q: got %q, want %q", c[0], c[1], got, c[2])
		}
	}
	register(names, named("full_name"), "Dr. Erika Muster | MdB, Katja Bär", pseudonym.Handle)
	if got := names.Text("MdB im Bundestag"); got != "MdB im Bundestag" {
		t.Errorf("an office is taken for a name: %s", got)
	}
	if got := names.Text("Katja Bär"); got == "Katja Bär" {
		t.Error("of several names in a cell the second is not found")
	}
	if got := names.Text("username and full_name"); got != "username and full_name" {
		t.Errorf("names of members are taken for names: %s", got)
	}
	for folder, want := range map[string]bool{"Instagram_Posts": true, "2021-09-24": true, "202109": true, "media": true, "olafscholz": false, "17841400001": false, "cdu-bund": false} {
		if common(folder) != want {
			t.Errorf("%s: %v", folder, !want)
		}
	}
}

func TestPerson(t *testing.T) {
	for text, want := range map[string]Person{
		"Muster, Erika": {Family: "Muster", Given: "Erika"},
		"Carberry, Josiah <https://orcid.org/0000-0002-1825-0097>": {Family: "Carberry", Given: "Josiah", ORCID: "0000-0002-1825-0097"},
		"Universität Regensburg":                                   {Name: "Universität Regensburg"},
		"Hawking, Stephen <0000-0002-9079-593X>":                   {Family: "Hawking", Given: "Stephen", ORCID: "0000-0002-9079-593X"},
	} {
		if got, err := ParsePerson(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "<0000-0002-1825-0097>", "A, B <0000-0002-1825-0098>", "A, B <12>"} {
		if p, err := ParsePerson(text); err == nil {
			t.Errorf("%q is taken for %+v", text, p)
		}
	}
}

// Texts are replaced at any depth, and nothing else is touched.
func TestRewritten(t *testing.T) {
	b := array.NewBuilder(memory.DefaultAllocator, arrow.ListOf(arrow.StructOf(arrow.Field{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true}, arrow.Field{Name: "n", Type: arrow.PrimitiveTypes.Int64})))
	defer b.Release()
	if err := b.UnmarshalJSON([]byte(`[[{"name":"a","n":1},{"name":null,"n":2}],null,[],[{"name":"b","n":3}]]`)); err != nil {
		t.Fatal(err)
	}
	arr := b.NewArray()
	defer arr.Release()
	part := array.NewSlice(arr, 1, 4)
	defer part.Release()
	for _, c := range []struct {
		arr  arrow.Array
		want []string
	}{{arr, []string{`[{"n":1,"name":"A"},{"n":2,"name":null}]`, "(null)", "[]", `[{"n":3,"name":"B"}]`}}, {part, []string{"(null)", "[]", `[{"n":3,"name":"B"}]`}}} {
		out, err := rewritten(c.arr, strings.ToUpper)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			got := "(null)"
			if !out.IsNull(i) {
				got = columns.Format(out, i)
			}
			if got != want {
				t.Errorf("row %d is %s, want %s", i, got, want)
			}
		}
		out.Release()
	}
	if _, err := rewritten(array.NewNull(1), strings.ToUpper); err != nil {
		t.Error(err)
	}
}

func TestSums(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := Put(dir, name, text); err != nil {
			t.Fatal(err)
		}
	}
	if d, n, err := CheckSums(dir); len(d) > 0 || n != 0 || err != nil {
		t.Errorf("a folder without sums: %v %d %v", d, n, err)
	}
	write("a/ü b.txt", "1")
	write("c.txt", "")
	write(".icono/answers.db", "kept by a run")
	if err := WriteSums(dir); err != nil {
		t.Fatal(err)
	}
	if d, n, err := CheckSums(dir); len(d) > 0 || n != 2 || err != nil {
		t.Errorf("unchanged: %v %d %v", d, n, err)
	}
	write("c.txt", "x")
	write("more", "")
	if err := os.Remove(filepath.Join(dir, "a/ü b.txt")); err != nil {
		t.Fatal(err)
	}
	d, _, err := CheckSums(dir)
	var said []string
	for _, one := range d {
		said = append(said, one.Name)
		if one.Sort != lock.Cause {
			t.Error("a changed file is no cause")
		}
	}
	if !slices.Equal(said, []string{"a/ü b.txt", "c.txt", "more"}) || err != nil {
		t.Errorf("%v, %v", said, err)
	}
	for _, text := range []string{strings.Repeat("0", 64) + "  ../out\n", strings.Repeat("0", 64) + "  /etc/passwd\n", "no sums\n"} {
		write(Sums, text)
		if d, _, err := CheckSums(dir); len(d) == 0 && err == nil {
			t.Errorf("%q is let pass", text)
		}
	}
}

// What the bundle says of itself is JSON and YAML, whatever the title.
func TestAbout(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{Pipeline, Study, "data/a b#1.csv", "out/x.parquet", "codebooks/é.yaml"} {
		if err := Put(dir, name, "x"); err != nil {
			t.Fatal(err)
		}
	}
	for _, a := range []About{{Title: "A: \"study\" <b> | of\nposts", Text: "# what?", License: "CC0-1.0", Version: "1", Date: "2026-11-30", Authors: []Person{{Family: "M'", Given: "É", ORCID: "0000-0002-1825-0097"}, {Name: "Lab"}}}, {Date: "2026-11-30"}} {
		text, err := a.CrateFile(dir, "1.0", []string{"out/x.parquet"})
		if err != nil {
			t.Fatal(err)
		}
		var crate struct {
			Graph []map[string]any `json:"@graph"`
		}
		if err := json.Unmarshal(text, &crate); err != nil {
			t.Fatal(err)
		}
		known := map[string]bool{}
		for _, m := range crate.Graph {
			id, _ := m["@id"].(string)
			if known[id] || id == "" || m["@type"] == nil {
				t.Errorf("%q stands there twice, or without a type", id)
			}
			known[id] = true
		}
		for _, id := range []string{"./", Crate, "data/a%20b%231.csv", "codebooks/é.yaml", "#run"} {
			if !known[id] {
				t.Errorf("nothing is said of %s", id)
			}
		}
		var refs func(v any)
		refs = func(v any) {
			switch v := v.(type) {
			case []any:
				for _, x := range v {
					refs(x)
				}
			case map[string]any:
				if id, ok := v["@id"].(string); ok && len(v) == 1 && !known[id] && !strings.HasPrefix(id, "https://w3id.org/ro/crate") {
					t.Errorf("%s is named and not described", id)
				}
				for _, x := range v {
					refs(x)
				}
			}
		}
		for _, m := range crate.Graph {
			refs(m)
		}
		root, faults := source.Parse(source.NewFile(Citation, a.CitationFile()))
		if len(faults) > 0 || root.Get("cff-version").Scalar() != "1.2.0" || len(root.Get("authors").List()) != max(1, len(a.Authors)) || a.Title != "" && root.Get("title").Scalar() != a.Title {
			t.Errorf("%v\n%s", faults, a.CitationFile())
		}
	}
}
