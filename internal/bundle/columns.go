package bundle

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/expression"
	"icono/internal/pipeline"
	"icono/internal/source"
	"icono/internal/stage"
)

// What columns are called that name accounts or persons, posts, places of files, and
// web addresses, by the last part of their names in lower case without _ and spaces.
var (
	handleName = regexp.MustCompile(`^(user(name)?s?|screenname|handles?|accounts?(name)?|authors?(name|fullname|username)?|fullname|owner(name|username)?|profile(name)?|channel(name|title)?|page(name|title)?|creator(name)?|poster|nickname|displayname|taggedusers?|usertags|coauthors?|mentions?|realname|(first|last|given|family|sur)names?|(vor|nach)namen?|names?|candidates?|kandidat(in|en)?|politicians?|persons?|e?mail|phone|telefon|sender|members?)$`)
	idName     = regexp.MustCompile(`^(ids?|uuid|guid|shortcode|code|pk|key|permalink)$`)
	pathName   = regexp.MustCompile(`^(file(name|path)?|path|folder|image(path|file|s)?|img|picture(path)?|photo(path)?|media(path|file)?|video(path|file)?|name)$`)
	urlName    = regexp.MustCompile(`(url|link|uri|href)s?$`)
	idEnd      = regexp.MustCompile(`(^id|_ids?|\.ids?|[a-z]I[dD]s?| ids?)$`)
	idOf       = regexp.MustCompile(`^(user|media|post|owner|author|account|profile|channel|page|item|tweet|status|video|reel|story|comment|creator|message|thread|object|content|parent)(id|pk|code)s?$`)
)

// Columns says what becomes of the columns that the stages of a plan load. seen tells
// of a column whether its values are web addresses.
func Columns(p *pipeline.Plan, choice Choice, seen func(stageID string, column int) bool) []Column {
	used := words(p)
	hidden := map[string]bool{}
	var all []Column
	for _, s := range p.Stages {
		if s.Kind != "load" {
			continue
		}
		for i, f := range s.Out.Fields() {
			c := Column{Stage: s.ID, Name: f.Name, Treatment: Keep}
			plain := plain(f.Name)
			listing := pathName.MatchString(plain) && (plain != "name" || columns.Index(s.Out, "folder") >= 0)
			switch role := stage.RoleOf(f); {
			case role == stage.Key || role == stage.Image:
				c.Treatment, c.ID = Hide, true
			case slices.Contains(choice.Hide, f.Name) || handleName.MatchString(plain) && nominal(f.Type) && !(plain == "name" && listing):
				c.Treatment, c.Handle = Hide, true
			case idName.MatchString(plain) || idOf.MatchString(plain) || idEnd.MatchString(f.Name) || listing && columns.IsText(f.Type):
				c.Treatment, c.ID = Hide, true
			case urlName.MatchString(plain) && columns.IsText(f.Type) || columns.IsText(f.Type) && seen(s.ID, i):
				c.Treatment, c.ID = Hide, true
			case nested(f.Type) || columns.IsText(f.Type):
				c.Treatment = Prose
			}
			if c.Treatment == Hide {
				hidden[f.Name] = true
			}
			all = append(all, c)
		}
	}
	for _, pair := range joined(p) { // both sides of a join need the same names
		if hidden[pair[0]] || hidden[pair[1]] {
			hidden[pair[0]], hidden[pair[1]] = true, true
		}
	}
	for i, c := range all {
		f := field(p, c)
		role := stage.RoleOf(f)
		if hidden[c.Name] && c.Treatment != Hide && !nested(f.Type) {
			all[i].Treatment, all[i].ID = Hide, true
		}
		needed := role == stage.Key || role == stage.Image || used(c.Name) || slices.Contains(choice.Keep, c.Name)
		if !needed || slices.Contains(choice.Drop, c.Name) {
			all[i].Treatment = Drop
		}
	}
	return all
}

// ReadsNumbers reports whether an expression reads a column that was no text before its
// values were replaced by pseudonyms.
func ReadsNumbers(p *pipeline.Plan, all []Column, expression string) bool {
	return slices.ContainsFunc(all, func(c Column) bool {
		return c.Treatment == Hide && !columns.IsText(field(p, c).Type) && contains(expression, c.Name)
	})
}

func field(p *pipeline.Plan, c Column) arrow.Field {
	s := p.Stages[p.Index(c.Stage)]
	return s.Out.Field(columns.Index(s.Out, c.Name))
}

// plain is the last part of a column's name, in lower case, letters and digits alone.
func plain(name string) string {
	if at := strings.LastIndexAny(name, "./"); at >= 0 {
		name = name[at+1:]
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// nominal reports whether a column can hold names: no measures, no truth values.
func nominal(t arrow.DataType) bool {
	switch t.ID() {
	case arrow.BOOL, arrow.FLOAT32, arrow.FLOAT64, arrow.TIMESTAMP, arrow.DATE32, arrow.DATE64:
		return false
	}
	return true
}

func nested(t arrow.DataType) bool { return arrow.IsNested(t.ID()) }

// words returns what reports whether the stages of a plan, but for those that load,
// name a column: as the whole of a value or of a name in it, or in an expression.
func words(p *pipeline.Plan) func(name string) bool {
	var texts []string
	whole := map[string]bool{}
	var walk func(n *source.Node)
	walk = func(n *source.Node) {
		if n == nil {
			return
		}
		if n.Form == source.Scalar {
			if whole[n.Text] = true; expression.Syntax(n.Text) == nil {
				texts = append(texts, n.Text)
			}
		}
		for _, item := range n.Items {
			walk(item)
		}
		for _, f := range n.Fields {
			whole[f.Key.Text] = true
			walk(f.Value)
		}
	}
	for _, s := range p.Stages {
		if s.Kind == "load" || s.With == nil {
			continue
		}
		for _, option := range s.With.Fields {
			walk(option.Value) // the names of options are the program's
		}
	}
	return func(name string) bool {
		return whole[name] || slices.ContainsFunc(texts, func(text string) bool { return contains(text, name) })
	}
}

// contains reports whether a text has a name that is no part of a longer word.
func contains(text, name string) bool {
	word := func(at int) bool {
		if at < 0 || at >= len(text) {
			return false
		}
		c := text[at]
		return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
	}
	for from := 0; name != ""; {
		at := strings.Index(text[from:], name)
		if at < 0 {
			return false
		}
		if at += from; !word(at-1) && !word(at+len(name)) {
			return true
		}
		from = at + 1
	}
	return false
}

// joined are the pairs of columns by which the stages of a plan join tables.
func joined(p *pipeline.Plan) (pairs [][2]string) {
	for _, s := range p.Stages {
		if s.Kind != "join" {
			continue
		}
		on := s.With.Get("on")
		if on == nil {
			continue
		}
		switch on.Form {
		case source.Scalar:
			pairs = append(pairs, [2]string{on.Text, on.Text})
		case source.Sequence:
			for _, item := range on.Items {
				pairs = append(pairs, [2]string{item.Text, item.Text})
			}
		case source.Mapping:
			for _, f := range on.Fields {
				pairs = append(pairs, [2]string{f.Key.Text, f.Value.Text})
			}
		}
	}
	return pairs
}
