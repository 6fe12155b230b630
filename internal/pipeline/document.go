// Package pipeline takes a pipeline file from text to document, to plan, to
// run. It knows no kind of stage: it receives the catalogue.
package pipeline

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"icono/internal/diag"
	"icono/internal/source"
	"icono/internal/suggest"
)

// Version is the version of the grammar of pipeline files.
const Version = 1

// Document is a pipeline file, read but not yet checked against the catalogue.
type Document struct {
	File *source.File
	// Bases are the files that it extends, the nearest first.
	Bases       []*source.File
	Name, About string
	Seed        uint64
	Stages      []Spec
	// Budget is what a run may spend in dollars; 0 is no limit. Prices is a file
	// with prices besides the built-in ones, "" for none; PricesAt is where the
	// pipeline names it.
	Budget   float64
	Prices   string
	PricesAt source.Span
	// Pictures is a file with what is known of pictures that are not here, "" for
	// none; PicturesAt is where the pipeline names it.
	Pictures   string
	PicturesAt source.Span
	// Overrides are the options that were given from outside of the file, as
	// `stage.option=value`.
	Overrides []string
}

// Spec is one entry of `stages`.
type Spec struct {
	ID, Kind string
	From     []Ref // empty where the file names none
	HasFrom  bool
	With     *source.Node // nil where absent
	OnFault  Policy
	// idAt, kindAt and at are places for messages; at is the whole entry.
	idAt, kindAt, at source.Span
	fromAt, faultAt  source.Span // of the values of from and on_fault
	badFrom          bool        // `from` is wrong, and that has been said
}

// Ref is a stage named in `from`.
type Ref struct {
	ID string
	At source.Span
}

func topKeys() []string {
	return []string{"version", "extends", "name", "about", "seed", "budget", "prices", "pictures", "stages"}
}
func stageKeys() []string { return []string{"id", "kind", "from", "with", "on_fault"} }

var idPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// Parse is Load for a text that extends no other file.
func Parse(f *source.File, sets []Set, list *diag.List) *Document { return Load(f, nil, sets, list) }

// Load reads a pipeline file and those that it extends, which open opens, and adds
// everything that is wrong with their grammar to list. The document holds what
// could be read.
func Load(f *source.File, open Open, sets []Set, list *diag.List) *Document {
	d := &Document{File: f}
	root, faults := source.Parse(f)
	for _, fault := range faults {
		list.Error("syntax", fault.Span, fault.Message, fault.Hint)
	}
	if root == nil {
		return d
	}
	if !isPipeline(root, list) {
		return d
	}
	if root, d.Bases = extended(f, root, open, list); root == nil {
		return d
	}
	for _, set := range sets {
		d.Overrides = append(d.Overrides, strings.TrimSpace(set.at.File.Text))
	}
	root = apply(root, sets, list)
	checkKeys(root, "a pipeline", topKeys(), list)
	d.header(root, list)
	d.stages(root, list)
	return d
}

func isPipeline(root *source.Node, list *diag.List) bool {
	if root.Form != source.Mapping {
		list.Error("type", root.Span, "a pipeline file is a mapping with `version`, `name` and `stages`, not "+root.Describe(), "`icono init` writes one to start from")
	}
	return root.Form == source.Mapping
}

func checkKeys(n *source.Node, what string, known []string, list *diag.List) {
	for _, f := range n.Fields {
		if slices.Contains(known, f.Key.Text) {
			continue
		}
		hint := suggest.Hint(f.Key.Text, known)
		if what == "a stage" && suggest.Nearest(f.Key.Text, known) == "" {
			hint = "options of the kind stand under `with`"
		}
		list.Error("unknown-key", f.Key.Span, fmt.Sprintf("%s has no `%s`", what, f.Key.Text), hint)
	}
}

// misspelt reports whether a mapping has a key that is nearly this one; then
// that is the mistake, and not that the key is missing.
func misspelt(n *source.Node, key string) bool {
	for _, f := range n.Fields {
		if suggest.Nearest(f.Key.Text, topKeys()) == key {
			return true
		}
	}
	return false
}

func (d *Document) header(root *source.Node, list *diag.List) {
	top := source.Span{File: d.File, Start: root.Span.Start, End: root.Span.Start}
	switch v := root.Get("version"); {
	case v == nil && misspelt(root, "version"):
	case v == nil:
		list.Error("required", top, "the file does not say which version of the grammar it is written in", fmt.Sprintf("begin it with `version: %d`", Version))
	case v.JSON() != float64(Version):
		list.Error("version", v.Span, "this program reads version 1 of the grammar, not "+v.Describe(), fmt.Sprintf("write `version: %d`", Version))
	}
	d.Name = text(root, "name", list)
	d.About = text(root, "about", list)
	if s := root.Get("seed"); s != nil {
		seed, err := strconv.ParseUint(s.Text, 10, 63)
		if s.Tag != "!!int" || err != nil || len(s.Text) > 1 && s.Text[0] == '0' {
			list.Error("type", s.Span, "`seed` must be an integer from 0, not "+s.Describe(), "for example `seed: 2021`")
		}
		d.Seed = seed
	}
	if b := root.Get("budget"); b != nil {
		dollars, err := strconv.ParseFloat(b.Text, 64)
		if b.Tag != "!!int" && b.Tag != "!!float" || err != nil || dollars <= 0 || math.IsInf(dollars, 0) {
			list.Error("type", b.Span, "`budget` must be a number of dollars above 0, not "+b.Describe(), "for example `budget: 5`")
		}
		d.Budget = dollars
	}
	if d.Prices = text(root, "prices", list); d.Prices != "" {
		d.PricesAt = root.Get("prices").Span
	}
	if d.Pictures = text(root, "pictures", list); d.Pictures != "" {
		d.PicturesAt = root.Get("pictures").Span
	}
}

// text returns the text under a key that may be absent.
func text(n *source.Node, key string, list *diag.List) string {
	v := n.Get(key)
	switch {
	case v == nil:
		return ""
	case v.IsNull():
		list.Error("no-value", v.Span, "`"+key+"` has no value", "give it one, or remove the line")
	case v.Form != source.Scalar:
		hint := ""
		if key == "kind" {
			hint = "for example `kind: load`; a stage has one kind"
		}
		list.Error("type", v.Span, "`"+key+"` must be text, not "+v.Describe(), hint)
	case v.Tag != "!!str":
		list.Error("text-meant", v.Span, "`"+key+"` must be text, but YAML reads "+v.Describe()+" here", fmt.Sprintf("put it in quotes: %q", v.Text))
	default:
		return v.Text
	}
	return ""
}

func (d *Document) stages(root *source.Node, list *diag.List) {
	n := root.Get("stages")
	switch {
	case n == nil && misspelt(root, "stages"):
		return
	case n == nil:
		list.Error("required", source.Span{File: d.File, Start: root.Span.Start, End: root.Span.Start}, "the pipeline has no `stages`", "add a list: `stages:` and below it `- id: posts`")
		return
	case n.Form != source.Sequence:
		at := n.Span
		if n.IsNull() {
			at = root.KeyNode("stages").Span
		}
		hint := "begin each stage with `- id: name`"
		if len(n.Fields) > 0 && strings.HasPrefix(n.Fields[0].Key.Text, "-") {
			hint = "put a space after the dash: `- id: name`"
		}
		list.Error("type", at, "`stages` must be a list, not "+n.Describe(), hint)
		return
	case len(n.Items) == 0:
		list.Error("required", n.Span, "the pipeline has no stages", "")
	}
	for _, item := range n.Items {
		if item.Form != source.Mapping {
			list.Error("type", item.Span, "a stage must be a mapping with `id`, `kind` and `with`, not "+item.Describe(), "begin it with `- id: name`")
			continue
		}
		d.Stages = append(d.Stages, d.spec(item, list))
	}
	first := map[string]source.Span{}
	for _, s := range d.Stages {
		if at, twice := first[s.ID]; twice && s.ID != "" {
			list.Add(diag.Diagnostic{Code: "duplicate-id", Span: s.idAt, Message: fmt.Sprintf("two stages have the id `%s`", s.ID), Hint: "give each its own",
				Notes: []diag.Note{{Span: at, Message: "the first is here"}}})
			continue
		}
		first[s.ID] = s.idAt
	}
}
