package bundle

import (
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/expression"
	"icono/internal/pipeline"
	"icono/internal/source"
	"icono/internal/stage"
)

// Columns says what becomes of the columns that the stages of a plan load. seen tells
// what the values of a column show.
func Columns(p *pipeline.Plan, choice Choice, seen func(stageID string, column int) Seen) []Column {
	used := words(p.Stages)
	hidden, handles := map[string]bool{}, map[string]bool{}
	var all []Column
	for _, s := range p.Stages {
		if s.Kind != "load" {
			continue
		}
		for i, f := range s.Out.Fields() {
			c := treated(s.Out, f, choice, seen(s.ID, i))
			c.Stage = s.ID
			if c.Treatment == Hide {
				hidden[f.Name], handles[f.Name] = true, handles[f.Name] || c.Handle
			}
			all = append(all, c)
		}
	}
	pairs := joined(p) // both sides of a join need the same names
	for range pairs {
		for _, pair := range pairs {
			for _, set := range []map[string]bool{hidden, handles} {
				set[pair[0]] = set[pair[0]] || set[pair[1]]
				set[pair[1]] = set[pair[0]]
			}
		}
	}
	for i, c := range all {
		f := field(p, c)
		role := stage.RoleOf(f)
		if hidden[c.Name] && c.Treatment != Hide && !nested(f.Type) && !slices.Contains(choice.Show, c.Name) {
			all[i].Treatment, all[i].ID, all[i].Handle = Hide, !handles[c.Name], handles[c.Name]
		}
		needed := role == stage.Key || role == stage.Image || used(c.Name) || slices.Contains(choice.Keep, c.Name)
		if !needed || slices.Contains(choice.Drop, c.Name) {
			all[i].Treatment = Drop
		}
	}
	return all
}

// treated is a column of a table with what becomes of its values where they are shared.
func treated(table *arrow.Schema, f arrow.Field, choice Choice, values Seen) Column {
	c := named(f.Name)
	c.Treatment, c.Example = Keep, values.Example
	c.path, c.Text = c.path || values.Picture, nested(f.Type) || columns.IsText(f.Type)
	plain, shown := plain(f.Name), slices.Contains(choice.Show, f.Name)
	path := c.path && (plain != "name" || values.Picture || columns.Index(table, "folder") >= 0)
	switch role := stage.RoleOf(f); {
	case role == stage.Key || role == stage.Image:
		c.Treatment, c.ID = Hide, true
	case slices.Contains(choice.Hide, f.Name):
		c.Treatment, c.Handle = Hide, true
	case !shown && namesAccounts(plain, f.Type, values) && !(plain == "name" && path):
		c.Treatment, c.Handle = Hide, true
	case !shown && namesPosts(f.Name, plain, path, f.Type, values):
		c.Treatment, c.ID = Hide, true
	case c.Text:
		c.Treatment, c.Person = Prose, values.Person && !shown
	}
	return c
}

// ReadsNumbers reports whether an expression reads a column that was no text before its
// values were replaced by pseudonyms.
func ReadsNumbers(p *pipeline.Plan, all []Column, expression string) bool {
	return slices.ContainsFunc(all, func(c Column) bool {
		return c.Treatment == Hide && p.Index(c.Stage) >= 0 && !columns.IsText(field(p, c).Type) && contains(expression, c.Name)
	})
}

func field(p *pipeline.Plan, c Column) arrow.Field {
	s := p.Stages[p.Index(c.Stage)]
	return s.Out.Field(columns.Index(s.Out, c.Name))
}

// UsedBy are the ids of the stages that name a column.
func UsedBy(p *pipeline.Plan, column string) (ids []string) {
	for i, s := range p.Stages {
		if words(p.Stages[i : i+1])(column) {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// words returns what reports whether stages, but for those that load, name a column: as the whole of a value or of a name in it, or in an expression.
func words(stages []*pipeline.Planned) func(name string) bool {
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
	for _, s := range stages {
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
