package codebook

import (
	"fmt"
	"slices"
	"strings"

	"icono/internal/config"
	"icono/internal/diag"
	"icono/internal/source"
)

// Parse reads a codebook. The diagnostics hold all that is wrong, and warnings;
// the codebook is nil where one of them is an error.
func Parse(f *source.File) (*Codebook, []diag.Diagnostic) {
	p := &parser{list: &diag.List{}}
	root, faults := source.Parse(f)
	for _, fault := range faults {
		p.list.Error("yaml", fault.Span, fault.Message, hintOf(fault))
	}
	if root == nil {
		return nil, p.list.Sorted()
	}
	if root.Form != source.Mapping {
		p.list.Error("type", root.Span, "a codebook is a mapping, not "+root.Describe(), "begin with `version: 1`, then `variables:`")
		return nil, p.list.Sorted()
	}
	c := p.book(root)
	if !p.list.HasErrors() {
		c.prepare()
		p.length(root, c)
	}
	if p.list.HasErrors() {
		return nil, p.list.Sorted()
	}
	return c, p.list.Sorted()
}

// hintOf leaves out hints that are about pipelines.
func hintOf(e *source.SyntaxError) string {
	if strings.Contains(e.Hint, "pipeline") {
		return "one file holds one codebook: remove the line `---` and what follows"
	}
	if strings.Contains(e.Hint, "icono init") {
		return "begin with `version: 1`, then `variables:`"
	}
	return e.Hint
}

// parser turns nodes into a codebook.
type parser struct {
	list *diag.List
	// places are those of the variables, for faults found later.
	places []place
}

// place is where a variable stands in the file.
type place struct{ whole, name, when *source.Node }

func (p *parser) book(root *source.Node) *Codebook {
	c := &Codebook{Privacy: true}
	head := source.Span{File: root.Span.File, Start: root.Span.Start, End: root.Span.Start}
	config.Decode(without(root, "variables", "tree"), c, head, "the codebook", p.list)
	if at := root.Get("version"); at != nil && at.Tag == "!!int" && c.Version != Version {
		p.list.Error("version", at.Span, fmt.Sprintf("`version` is %s, and this program reads version %d", at.Text, Version), fmt.Sprintf("write `version: %d`", Version))
	}
	for _, text := range []*string{&c.Title, &c.Role, &c.Objective, &c.Theory, &c.Instructions, &c.Language} {
		*text = clean(*text)
	}
	cleanAll(c.References)
	variables, tree := root.KeyNode("variables"), root.KeyNode("tree")
	switch {
	case variables != nil && tree != nil:
		p.list.Error("two-forms", tree.Span, "a codebook has `variables` or a `tree`, not both", "put the tree into a file of its own and code with it in a second stage")
	case variables == nil && tree == nil:
		p.list.Error("required", head, "the codebook has no variables", "list what is coded under `variables`")
	}
	if variables != nil {
		for i, n := range p.entries(root.Get("variables"), "variables", "a variable") {
			what := fmt.Sprintf("the variable %d", i+1)
			if name := n.Get("name"); name != nil && name.Text != "" {
				what = fmt.Sprintf("the variable `%s`", name.Text)
			}
			c.Variables = append(c.Variables, p.variable(n, what))
			p.places = append(p.places, place{n, orWhole(n, "name"), n.Get("when")})
		}
	}
	if tree != nil {
		p.tree(c, root.Get("tree"))
	}
	p.names(c)
	p.limits(c, head)
	p.compile(c)
	return c
}

func orWhole(n *source.Node, key string) *source.Node {
	if at := n.Get(key); at != nil {
		return at
	}
	return n
}

// entries returns the mappings of a list; a single one stands for a list of it.
func (p *parser) entries(n *source.Node, key, what string) []*source.Node {
	switch {
	case n.IsNull() || n.Form == source.Sequence && len(n.Items) == 0:
		p.list.Error("no-value", n.Span, fmt.Sprintf("`%s` is empty", key), "list them, each with a dash and a `name`")
		return nil
	case n.Form == source.Mapping && (n.Get("name") != nil || n.Get("id") != nil):
		return []*source.Node{n}
	case n.Form != source.Sequence:
		p.list.Error("type", n.Span, fmt.Sprintf("`%s` must be a list, not %s", key, n.Describe()), "list them, each with a dash: `- name: ...`")
		return nil
	}
	var out []*source.Node
	for _, item := range n.Items {
		if item.Form != source.Mapping {
			p.list.Error("type", item.Span, fmt.Sprintf("%s is a mapping with a `name`, not %s", what, item.Describe()), "")
			continue
		}
		out = append(out, item)
	}
	return out
}

func (p *parser) variable(n *source.Node, what string) Variable {
	var v Variable
	shown := without(n, "categories", "other", "not_applicable", "unclear")
	config.Decode(shown, &v, n.Span, what, p.list)
	v.Name = strings.TrimSpace(v.Name)
	v.Question, v.Definition = clean(v.Question), clean(v.Definition)
	if at := n.Get("categories"); at != nil {
		v.Categories = p.categories(at, what)
	}
	v.Other = p.code(n, "other", "Other")
	v.NotApplicable = p.code(n, "not_applicable", "NotApplicable")
	v.Unclear = p.code(n, "unclear", "Unclear")
	p.settle(&v, n, what)
	return v
}

// code reads a code that is switched on by true, or named.
func (p *parser) code(n *source.Node, key, name string) string {
	at := n.Get(key)
	switch {
	case at == nil || at.Tag == "!!bool" && strings.EqualFold(at.Text, "false"):
		return ""
	case at.Tag == "!!bool":
		return name
	case at.Form != source.Scalar || at.Tag != "!!str" || strings.TrimSpace(at.Text) == "":
		p.list.Error("type", at.Span, fmt.Sprintf("`%s` must be true, false or the name of a code, not %s", key, at.Describe()), fmt.Sprintf("`%s: true` makes the code `%s`", key, name))
		return ""
	case at.Plain && slices.Contains([]string{"yes", "no", "on", "off"}, strings.ToLower(at.Text)):
		p.list.Error("bool-word", at.Span, fmt.Sprintf("`%s: %s` can be read as true or false, or as the name of a code", key, at.Text), "write true or false, or the name in quotes")
		return ""
	}
	return p.codeName(at)
}

// codeName returns the name of a code that can stand in a prompt and a table.
func (p *parser) codeName(at *source.Node) string {
	name := strings.TrimSpace(at.Text)
	if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' }) {
		p.list.Error("bad-name", at.Span, fmt.Sprintf("the code %q holds a line break or another control character", name), "write it on one line")
	}
	return name
}

func (p *parser) categories(n *source.Node, what string) []Category {
	if n.Form == source.Mapping && n.Get("name") == nil {
		p.list.Error("type", n.Span, fmt.Sprintf("`categories` of %s must be a list, since their order matters", what), "write `- name: "+firstKey(n)+"` and below it `definition: ...`")
		return nil
	}
	items := n.Items
	if n.Form != source.Sequence {
		items = []*source.Node{n}
	}
	var out []Category
	seen := map[string]bool{}
	for _, item := range items {
		var c Category
		if item.Form == source.Scalar && !item.IsNull() { // a bare name
			item = &source.Node{Form: source.Mapping, Tag: "!!map", Span: item.Span,
				Fields: []source.Field{{Key: &source.Node{Tag: "!!str", Text: "name", Span: item.Span}, Value: item}}}
		}
		if item.Form != source.Mapping {
			p.list.Error("type", item.Span, fmt.Sprintf("a category of %s must be a name or a mapping with a `name`, not %s", what, item.Describe()), "")
			continue
		}
		at := item.Get("name")
		called := "a category of " + what
		if at != nil && at.Text != "" {
			called = fmt.Sprintf("the category `%s` of %s", at.Text, what)
		}
		config.Decode(item, &c, item.Span, called, p.list)
		c.Definition = clean(c.Definition)
		cleanAll(c.Examples)
		cleanAll(c.CounterExamples)
		if c.Name == "" || at == nil {
			continue
		}
		c.Name = p.codeName(at)
		if key := fold(c.Name); seen[key] {
			p.list.Error("duplicate", at.Span, fmt.Sprintf("%s has the category `%s` twice%s", what, c.Name, likeness(c.Name, out)), "keep one of them")
			continue
		} else {
			seen[key] = true
		}
		if c.Definition == "" {
			p.list.Warn("no-definition", at.Span, called+" has no definition", "say in a `definition` what belongs to it, so that a model and a person code alike")
		}
		out = append(out, c)
	}
	return out
}

// likeness says how a name is written where it stands first.
func likeness(name string, in []Category) string {
	for _, c := range in {
		if fold(c.Name) == fold(name) && c.Name != name {
			return fmt.Sprintf(" (also as `%s`, which differs only in case or spaces)", c.Name)
		}
	}
	return ""
}

func firstKey(n *source.Node) string {
	if len(n.Fields) == 0 {
		return "..."
	}
	return n.Fields[0].Key.Text
}

// without returns a mapping without some of its entries.
func without(n *source.Node, keys ...string) *source.Node {
	out := *n
	out.Fields = nil
	for _, f := range n.Fields {
		if !slices.Contains(keys, f.Key.Text) {
			out.Fields = append(out.Fields, f)
		}
	}
	return &out
}
