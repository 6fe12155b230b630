package bundle

import (
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/google/go-cmp/cmp"

	"icono/internal/stage"
)

func TestColumns(t *testing.T) {
	text, number, yes := arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64, arrow.FixedWidthTypes.Boolean
	list := arrow.ListOf(text)
	var fields []arrow.Field
	add := func(t arrow.DataType, names ...string) {
		for _, n := range names {
			fields = append(fields, arrow.Field{Name: n, Type: t})
		}
	}
	add(text, "Username", "owner.full_name", "Author", "page_name", "Caption", "permalink", "short_url", "where", "Party", "node.shortcode", "file", "name", "note", "Seite", "folder")
	add(number, "author_id", "likes", "userId", "Years")
	add(yes, "user_verified", "author")
	add(list, "tagged_users", "hashtags")
	fields = append(fields, stage.Mark(arrow.Field{Name: "ID", Type: text}, stage.Key, "posts"), stage.Mark(arrow.Field{Name: "Image", Type: text}, stage.Image, "posts"))
	var names []string
	for _, f := range fields {
		names = append(names, f.Name)
	}
	all := strings.Join(names, ", ")
	p := plan(t, fields, "  - {id: s, kind: select, with: {keep: ["+all+"]}}\n")
	want := map[Treatment][]string{
		Hide:  {"Username", "owner.full_name", "Author", "page_name", "permalink", "short_url", "where", "node.shortcode", "file", "name", "folder", "author_id", "userId", "tagged_users", "ID", "Image"},
		Prose: {"Caption", "Party", "note", "Seite", "hashtags"},
		Keep:  {"likes", "Years", "user_verified", "author"},
	}
	// `where` holds web addresses, as its values show.
	got := map[Treatment][]string{}
	for _, c := range Columns(p, Choice{}, func(_ string, i int) Seen { return Seen{Web: names[i] == "where"} }) {
		got[c.Treatment] = append(got[c.Treatment], c.Name)
	}
	for how := range want {
		slices.Sort(want[how])
		slices.Sort(got[how])
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}

	// Only what a stage names is shared, and both sides of a join alike.
	p = plan(t, fields, `  - {id: f, kind: filter, with: {where: 'len(note) > 3 and $env["Years"] > 2'}}
  - {id: g, kind: gpt, with: {prompt: "Say whether the likes and the Caption fit.", inputs: {Party: upper(Seite)}}}
  - {id: j, kind: join, with: {on: {Username: Party}}}
`)
	shared := map[string]Treatment{}
	for _, c := range Columns(p, Choice{Keep: []string{"likes"}, Drop: []string{"Image"}, Hide: []string{"note"}}, func(string, int) Seen { return Seen{} }) {
		if c.Treatment != Drop {
			shared[c.Name] = c.Treatment
		}
	}
	if d := cmp.Diff(map[string]Treatment{"note": Hide, "Years": Keep, "Seite": Prose, "Username": Hide, "Party": Hide, "likes": Keep, "ID": Hide}, shared); d != "" {
		t.Error(d)
	}
}

// Columns of common exporters are recognised, counts and codes are not taken for names,
// and what the user says goes before.
func TestColumnNames(t *testing.T) {
	text, whole := arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64
	long, truth, marks := Seen{Long: true}, Seen{Truth: true}, Seen{Telling: true}
	for _, c := range []struct {
		name        string
		t           arrow.DataType
		values      Seen
		handle, id  bool
		shown, hide bool
	}{
		{name: "retweeted_user", t: text, handle: true}, {name: "author_full", t: text, handle: true}, {name: "in_reply_to_screen_name", t: text, handle: true},
		{name: "ownerFullName", t: text, handle: true}, {name: "mentions/0", t: text, handle: true}, {name: "musicMeta.musicAuthor", t: text, handle: true},
		{name: "videoOwnerChannelTitle", t: text, handle: true}, {name: "Sponsor Name", t: text, handle: true}, {name: "username_1", t: text, handle: true},
		{name: "twitter_handle", t: text, handle: true}, {name: "Nutzername", t: text, handle: true}, {name: "Konto", t: text, handle: true},
		{name: "Facebook Id", t: whole, id: true}, {name: "data.author.secUid", t: text, id: true}, {name: "fbid_v2", t: whole, id: true},
		{name: "author", t: whole}, {name: "author", t: whole, values: long, handle: true}, {name: "mentions", t: whole},
		{name: "Person", t: text, values: truth}, {name: "Person", t: text, handle: true}, {name: "Person", t: text, shown: true},
		{name: "via", t: text}, {name: "via", t: text, values: Seen{Called: true}, handle: true}, {name: "handle_ig", t: text, handle: true},
		{name: "code", t: text}, {name: "code", t: text, values: marks, id: true}, {name: "Media", t: text}, {name: "note", t: text, hide: true, handle: true},
		{name: "Klarname", t: text, handle: true}, {name: "Kandidat/in", t: text, handle: true}, {name: "Politiker*in", t: text, handle: true}, {name: "Account-Inhaber", t: text, handle: true},
		{name: "Name des Kontos", t: text, handle: true}, {name: "Vor- und Nachname", t: text, handle: true}, {name: "User (IG)", t: text, handle: true}, {name: "Spitzenkandidat", t: text, handle: true},
		{name: "Handynummer", t: text, handle: true}, {name: "Urheber", t: text, handle: true}, {name: "Ansprechpartner", t: text, handle: true}, {name: "Bürgermeisterin", t: text, handle: true},
		{name: "Instagram", t: text}, {name: "Instagram", t: text, values: Seen{Truth: true, Account: true}}, {name: "Instagram", t: whole, values: long}, {name: "Instagram", t: text, values: Seen{Account: true}, handle: true},
		{name: "Twitter", t: text, values: Seen{Person: true}, handle: true}, {name: "in_reply_to", t: text, values: Seen{Account: true}, handle: true}, {name: "Tel.", t: text, values: long, handle: true}, {name: "Mobil", t: text},
		{name: "Titel", t: text}, {name: "Hotel", t: text, values: long}, {name: "Checkin", t: text}, {name: "Namensnennung", t: text}, {name: "id_str", t: text, id: true}, {name: "Post-Nr.", t: whole, id: true}, {name: "bild", t: text, values: Seen{Picture: true}, id: true},
		{name: "product", t: text}, {name: "party", t: text}, {name: "Caption", t: text},
	} {
		var choice Choice
		if c.shown {
			choice.Show = []string{c.name}
		}
		if c.hide {
			choice.Hide = []string{c.name}
		}
		got := Columns(plan(t, []arrow.Field{{Name: c.name, Type: c.t}}, ""), choice, func(string, int) Seen { return c.values })[0]
		if got.Handle != c.handle || got.ID != c.id {
			t.Errorf("%s of type %s, %+v: %+v", c.name, c.t, c.values, got)
		}
	}
}

// Names of persons and of accounts are told from other values.
func TestLooksLike(t *testing.T) {
	for text, want := range map[string]bool{"Erika Muster": true, "Dr. Erika von der Muster-Müller": true, "Tom O'Neill": true, "Karl H. Brandt": true, "Erika": false, "Das ist ein Satz": false, "Bild 2": false, "erika muster": false, "Prof. Dr. Anna Bär": true} {
		if got := person.MatchString(text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	for text, want := range map[string]bool{"1.2K": true, "12,5%": true, "1.234": true, "-3.5": true, "max.mann": false, "k2": false} {
		if got := measure.MatchString(text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// What is joined to accounts names accounts, over any number of joins.
func TestJoinedColumns(t *testing.T) {
	var fields []arrow.Field
	for _, name := range []string{"Konto", "via", "Wer", "Wo"} {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String})
	}
	p := plan(t, fields, "  - {id: a, kind: join, with: {on: {Wer: via}}}\n  - {id: b, kind: join, with: {on: {via: Konto}}}\n")
	for _, c := range Columns(p, Choice{}, func(string, int) Seen { return Seen{} })[:3] {
		if c.Treatment != Hide || !c.Handle || c.ID {
			t.Errorf("%+v", c)
		}
	}
}
