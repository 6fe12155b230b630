package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"icono/internal/config"
	"icono/internal/suggest"
	"icono/schemas"
	"icono/stages"
)

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [KIND[.OPTION]]",
		Short: "Say what a kind or an option does",
		Example: `  icono explain                # the kinds
  icono explain clip           # a kind and its options
  icono explain clip.labels    # one option`,
		Args: atMost(1, "kind or option"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return kindNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.explainAll()
			}
			kind, path, _ := strings.Cut(args[0], ".")
			return a.explainKind(kind, path)
		},
	}
}

// described is the part of a JSON Schema that explain shows.
type described struct {
	Description string               `json:"description"`
	Properties  map[string]described `json:"properties"`
	AnyOf       []described          `json:"anyOf"`
	Items       *described           `json:"items"`
}

// members is where the options of a mapping, or of the entries of a list, stand.
func (d described) members() described {
	for _, one := range d.AnyOf {
		if len(one.members().Properties) > 0 {
			return one.members()
		}
	}
	if d.Items != nil && len(d.Properties) == 0 {
		return d.Items.members()
	}
	return d
}

func kindNames() []string {
	var names []string
	for _, k := range stages.All(stages.Backends{}) {
		names = append(names, k.Name)
	}
	return names
}

func schemaOf(kind string) (described, error) {
	var d described
	text, err := schemas.Read(kind)
	if err != nil {
		return d, err
	}
	return d, json.Unmarshal(text, &d)
}

func (a *app) explainAll() error {
	rows := [][]string{{"kind", "what it does"}}
	for _, name := range kindNames() {
		d, err := schemaOf(name)
		if err != nil {
			return failed(err)
		}
		first, _, _ := strings.Cut(strings.ReplaceAll(d.Description, "\n", " "), ". ")
		rows = append(rows, []string{name, strings.TrimSuffix(first, ".")})
	}
	a.table(a.Out, rows)
	return nil
}

func (a *app) explainKind(kind, path string) error {
	for _, k := range stages.All(stages.Backends{}) {
		if k.Name != kind {
			continue
		}
		d, err := schemaOf(kind)
		if err != nil {
			return failed(err)
		}
		options := config.Describe(k.NewConfig())
		if path == "" {
			fmt.Fprintf(a.Out, "%s\n\n%s\n\nTakes %s.\n", kind, wrap(d.Description, 78), k.Inputs)
			for _, o := range options {
				fmt.Fprintf(a.Out, "\n%s\n%s\n", headline(o), indent(wrap(d.Properties[o.Name].Description, 74)))
			}
			return nil
		}
		return a.explainOption(kind, path, options, d)
	}
	return wrong("there is no kind `%s`\n%s", kind, suggest.Hint(kind, kindNames()))
}

func (a *app) explainOption(kind, path string, options []config.Option, d described) error {
	name, rest, deeper := strings.Cut(path, ".")
	names := make([]string, len(options))
	for i, o := range options {
		names[i] = o.Name
		if o.Name != name {
			continue
		}
		inner := d.Properties[name].members()
		if deeper && len(o.Members()) > 0 {
			return a.explainOption(kind+"."+name, rest, o.Members(), inner)
		}
		if rest != "" {
			return wrong("%s.%s has no options of its own\n`icono explain %s.%s` says what it takes", kind, name, kind, name)
		}
		fmt.Fprintf(a.Out, "%s.%s\n%s\n", kind, headline(o), indent(wrap(d.Properties[name].Description, 74)))
		for _, m := range o.Members() {
			fmt.Fprintf(a.Out, "\n%s.%s.%s\n%s\n", kind, name, headline(m), indent(wrap(inner.Properties[m.Name].Description, 74)))
		}
		return nil
	}
	return wrong("%s has no option `%s`\n%s", kind, name, suggest.Hint(name, names))
}

// headline gives name, type, default and example of an option.
func headline(o config.Option) string {
	text := o.Name + ": " + o.Takes()
	switch {
	case o.Required && o.Default == nil:
		text += " (required)"
	case o.Default != nil:
		text += " (default " + o.DefaultText() + ")"
	}
	if o.Example != "" {
		text += "\n    for example " + o.Name + ": " + o.Example
	}
	return text
}

func wrap(text string, width int) string {
	var b strings.Builder
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			b.WriteString("\n\n")
		}
		column := 0
		for j, word := range strings.Fields(paragraph) {
			n := len([]rune(word))
			switch {
			case j > 0 && column+1+n > width:
				b.WriteString("\n")
				column = 0
			case j > 0:
				b.WriteString(" ")
				column++
			}
			b.WriteString(word)
			column += n
		}
	}
	return b.String()
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(text, "\n", "\n    ")
}
