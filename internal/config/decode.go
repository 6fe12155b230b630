package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"icono/internal/diag"
	"icono/internal/option"
	"icono/internal/source"
	"icono/internal/suggest"
)

// Decode fills config, a pointer to a struct with the defaults, from a mapping
// and adds everything that is wrong to list. whole is the place of the
// configuration where the node is absent; what names it in messages.
func Decode(n *source.Node, config any, whole source.Span, what string, list *diag.List) {
	d := decoder{list}
	if n != nil && !n.IsNull() {
		whole = n.Span
		if n.Form != source.Mapping {
			hint := "for example `with: {path: data/posts.csv}`"
			if n.Form == source.Sequence {
				hint = "write the options without dashes"
			}
			list.Error("type", n.Span, fmt.Sprintf("`with` of %s must be a mapping of options, not %s", what, n.Describe()), hint)
			return
		}
	}
	d.options(n, reflect.ValueOf(config).Elem(), describeStruct(reflect.ValueOf(config).Elem()), whole, what)
}

type decoder struct{ list *diag.List }

func (d decoder) options(n *source.Node, v reflect.Value, opts []Option, whole source.Span, what string) {
	names := make([]string, len(opts))
	for i, o := range opts {
		names[i] = o.Name
		at := n.Get(o.Name)
		switch {
		case at == nil && o.Required && o.Default == nil:
			d.list.Error("required", whole, fmt.Sprintf("%s needs the option `%s`", what, o.Name), example(o))
		case at == nil:
		case at.IsNull():
			d.list.Error("no-value", at.Span, fmt.Sprintf("`%s` has no value", o.Name), "give it one, or remove the line")
		default:
			d.value(at, v.FieldByName(o.Field), o)
		}
	}
	if n == nil {
		return
	}
	for _, f := range n.Fields {
		if !slices.Contains(names, f.Key.Text) {
			d.list.Error("unknown-option", f.Key.Span, fmt.Sprintf("%s has no option `%s`", what, f.Key.Text), unknown(f, names))
		}
	}
}

// unknown hints at what an unknown option was meant to be.
func unknown(f source.Field, names []string) string {
	if f.Key.Tag == "!!int" && f.Value.IsNull() {
		return "a comma begins the next option; a decimal number is written with a point, as in 0.5"
	}
	return suggest.Hint(f.Key.Text, names)
}

func example(o Option) string {
	if o.Example == "" {
		return ""
	}
	return fmt.Sprintf("for example `%s: %s`", o.Name, o.Example)
}

func (d decoder) value(n *source.Node, v reflect.Value, o Option) {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch o.Type {
	case Text, Path, Expression:
		d.text(n, v, o)
	case Secret:
		d.secret(n, v, o)
	case Endpoint:
		d.endpoint(n, v, o)
	case Integer, Number, Boolean:
		d.number(n, v, o)
	case List:
		d.sequence(n, v, o)
	case Map:
		d.mapping(n, v, o)
	case Pairs:
		d.pairs(n, v, o)
	case Struct:
		if n.Form != source.Mapping {
			d.wrong(n, o, "a mapping of options")
			return
		}
		d.options(n, v, o.Fields, n.Span, "`"+o.Name+"`")
	}
}

func (d decoder) wrong(n *source.Node, o Option, want string) {
	d.list.Error("type", n.Span, fmt.Sprintf("`%s` must be %s, not %s", o.Name, want, n.Describe()), example(o))
}

// relative is a path without the ./ that it may begin with.
func relative(path string) string {
	for {
		rest, marked := strings.CutPrefix(path, "./")
		if !marked || rest == "" {
			return path
		}
		path = strings.TrimLeft(rest, "/")
	}
}

func (d decoder) text(n *source.Node, v reflect.Value, o Option) {
	if n.Form != source.Scalar {
		d.wrong(n, o, article(o.Type))
		return
	}
	if n.Tag != "!!str" && o.Type != Expression {
		d.list.Error("text-meant", n.Span, fmt.Sprintf("`%s` must be text, but YAML reads %s here", o.Name, reading(n)), fmt.Sprintf("put it in quotes: %q", n.Text))
		return
	}
	if n.Plain && n.Tag == "!!str" && boolWord(n.Text) && o.Type == Text {
		d.list.Warn("bool-word", n.Span, fmt.Sprintf("many YAML readers take a bare `%s` for true or false; here it is text", n.Text), fmt.Sprintf("put it in quotes: %q", n.Text))
	}
	if len(o.Enum) > 0 && !slices.Contains(o.Enum, n.Text) {
		d.list.Error("not-a-choice", n.Span, fmt.Sprintf("`%s` cannot be %q", o.Name, n.Text), "choose "+choices(o.Enum)+near(n.Text, o.Enum))
		return
	}
	if strings.TrimSpace(n.Text) == "" && (o.Type != Text || o.Required) {
		d.list.Error("no-value", n.Span, fmt.Sprintf("`%s` is empty", o.Name), example(o))
		return
	}
	d.length(n, o, len([]rune(n.Text)), "characters")
	if o.Type == Path { // written in one way
		v.SetString(relative(n.Text))
		return
	}
	v.SetString(n.Text)
}

func (d decoder) sequence(n *source.Node, v reflect.Value, o Option) {
	items := n.Items
	if n.Form != source.Sequence {
		if n.Form == source.Mapping && o.Elem.Type != Struct {
			d.wrong(n, o, "a list")
			return
		}
		items = []*source.Node{n}
	}
	d.length(n, o, len(items), "entries")
	out := reflect.MakeSlice(v.Type(), len(items), len(items))
	elem := *o.Elem
	elem.Name = o.Name
	for i, item := range items {
		if item.IsNull() {
			d.list.Error("no-value", item.Span, fmt.Sprintf("an entry of `%s` has no value", o.Name), "")
			continue
		}
		d.value(item, out.Index(i), elem)
	}
	v.Set(out)
}

func (d decoder) mapping(n *source.Node, v reflect.Value, o Option) {
	if n.Form != source.Mapping {
		d.wrong(n, o, "a mapping of names")
		return
	}
	d.length(n, o, len(n.Fields), "entries")
	out := reflect.MakeSlice(v.Type(), len(n.Fields), len(n.Fields))
	elem := *o.Elem
	for i, f := range n.Fields {
		d.key(f.Key)
		out.Index(i).Field(0).SetString(f.Key.Text)
		elem.Name = f.Key.Text
		if f.Value.IsNull() {
			d.list.Error("no-value", f.Key.Span, fmt.Sprintf("`%s` has no value", f.Key.Text), "")
			continue
		}
		d.value(f.Value, out.Index(i).Field(1), elem)
	}
	v.Set(out)
}

// key checks a word of the user's that stands as a key.
func (d decoder) key(k *source.Node) {
	switch {
	case k.Tag != "!!str":
		d.list.Error("key-text", k.Span, "a name must be text, but YAML reads "+reading(k)+" here", fmt.Sprintf("put it in quotes: %q", k.Text))
	case k.Plain && boolWord(k.Text):
		d.list.Warn("bool-word", k.Span, fmt.Sprintf("many YAML readers take a bare `%s` for true or false; here it is text", k.Text), fmt.Sprintf("put it in quotes: %q", k.Text))
	}
}

func (d decoder) pairs(n *source.Node, v reflect.Value, o Option) {
	var pairs option.Pairs
	add := func(left, right *source.Node) {
		var l, r string
		elem := Option{Name: o.Name, Type: Text, Required: true}
		d.value(left, reflect.ValueOf(&l).Elem(), elem)
		d.value(right, reflect.ValueOf(&r).Elem(), elem)
		pairs = append(pairs, option.Pair{Left: l, Right: r})
	}
	switch n.Form {
	case source.Scalar:
		add(n, n)
	case source.Sequence:
		for _, item := range n.Items {
			add(item, item)
		}
	case source.Mapping:
		for _, f := range n.Fields {
			add(f.Key, f.Value)
		}
	}
	if len(pairs) == 0 {
		d.list.Error("no-value", n.Span, fmt.Sprintf("`%s` names no column", o.Name), example(o))
	}
	v.Set(reflect.ValueOf(pairs))
}

func (d decoder) length(n *source.Node, o Option, count int, unit string) {
	if o.Min != nil && float64(count) < *o.Min {
		d.list.Error("range", n.Span, fmt.Sprintf("`%s` has %d %s, and needs at least %g", o.Name, count, unit, *o.Min), "")
	}
	if o.Max != nil && float64(count) > *o.Max {
		d.list.Error("range", n.Span, fmt.Sprintf("`%s` has %d %s, and may have at most %g", o.Name, count, unit, *o.Max), "")
	}
}
