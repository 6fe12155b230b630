package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/picture"
	"icono/internal/stage"
)

// composer turns what was collected into what the page says. It numbers
// figures, tables and pictures in the order of the page.
type composer struct {
	config                  Config
	facts                   stage.RunFacts
	all                     *collector
	shots                   map[string]shot
	figures, tables, photos int
	shown                   int // of photos, those that there is a picture of
}

func compose(c Config, facts stage.RunFacts, all *collector, shots map[string]shot) *page {
	m := &composer{config: c, facts: facts, all: all, shots: shots}
	p := &page{Title: c.Title, About: facts.About, Partial: facts.Partial, Source: facts.Source, Summary: m.summary()}
	if p.Title == "" {
		p.Title = facts.Name
	}
	if p.Title == "" {
		p.Title = "Report"
	}
	m.heading(p)
	if all.rows > 0 || len(all.variables) > 0 {
		for i, v := range all.variables {
			p.Variables = append(p.Variables, m.section(i, v))
		}
	}
	if !slices.ContainsFunc(all.variables, (*variable).categorical) {
		p.Sample = m.sample()
	}
	p.Toggles, p.Found = m.toggles(), m.findings()
	m.crosses(p)
	p.Faults = m.faults()
	p.Stages = m.stages()
	p.Columns = m.columns()
	if p.Source != "" {
		p.SourceHash = picture.Hash([]byte(p.Source))
	}
	contents(p)
	p.Privacy = m.privacy()
	return p
}

func (m *composer) figure(text prose) caption {
	m.figures++
	return caption{fmt.Sprintf("fig-%d", m.figures), fmt.Sprintf("Figure %d", m.figures), text}
}

func (m *composer) table(text prose) caption {
	m.tables++
	return caption{fmt.Sprintf("tab-%d", m.tables), fmt.Sprintf("Table %d", m.tables), text}
}

// asTable is the caption of the table that holds what a figure shows. It has no
// number of its own, since it need not be open when the page is printed.
func (c caption) asTable(text prose) caption {
	return caption{c.ID + "-table", c.Label + " as a table", text}
}

func (m *composer) heading(p *page) {
	add := func(name, value string) {
		if value != "" {
			p.Heading = append(p.Heading, field{name, value})
		}
	}
	if m.facts.Name != p.Title {
		add("Study", m.facts.Name)
	}
	add("Pipeline", m.facts.Pipeline)
	add("Changed for this run", strings.Join(m.facts.Overrides, ", "))
	if m.facts.Limit > 0 {
		add("Limit", plural(m.facts.Limit, "row", "rows"))
	}
	add("Program", strings.TrimSpace("icono "+m.facts.Version))
	add("Seed", strconv.FormatUint(m.facts.Seed, 10))
	add("Rows", grouped(m.all.rows))
}

// privacy says what of the pictures is in the page.
func (m *composer) privacy() string {
	switch {
	case m.all.image < 0:
		return ""
	case m.config.Pictures == none:
		return "This page holds no pictures (pictures: none)."
	case m.photos == 0:
		return ""
	case m.shown == 0:
		return "This page holds no pictures, since none of those that it would show can be read here."
	case m.config.Pictures == link:
		return "This page links to picture files beside it and holds no copies of them. With “pictures: none” it would show none."
	}
	return "This file contains small copies of pictures, and with them what they show, persons included. Check before you pass it on; “pictures: none” leaves them out."
}

// contents lists the sections of the page.
func contents(p *page) {
	add := func(id, text string) { p.Contents = append(p.Contents, entry{id, text}) }
	add("summary", "Summary")
	for _, v := range p.Variables {
		add(v.ID, v.Name)
	}
	if p.Sample != nil {
		add("sample", "Rows drawn by the seed")
	}
	for _, f := range p.Found {
		add(f.ID, f.Name)
	}
	if len(p.Crosses) > 0 || p.Omitted != "" {
		add("crosses", "Variables compared")
	}
	if p.Faults != nil {
		add("faults", "Faults")
	}
	if p.Stages != nil {
		add("stages", "What ran")
	}
	add("columns", "The table")
	if p.Source != "" {
		add("source", "Pipeline file")
	}
}

func (m *composer) columns() columnTable {
	t := columnTable{Caption: m.table(say(fmt.Sprintf("The columns of the table that this report describes (%s).", plural(m.all.rows, "row", "rows"))))}
	for i, f := range m.all.schema.Fields() {
		t.Rows = append(t.Rows, columnRow{f.Name, inWords(f.Type), string(stage.RoleOf(f)), stage.AddedBy(f), grouped(m.all.rows - m.all.nulls[i])})
	}
	return t
}

// inWords names a type for people who know tables, not Arrow.
func inWords(t arrow.DataType) string {
	switch t := t.(type) {
	case *arrow.TimestampType:
		return "date and time"
	case *arrow.Date32Type, *arrow.Date64Type:
		return "date"
	case *arrow.BooleanType:
		return "yes or no"
	case *arrow.NullType:
		return "empty"
	case *arrow.StructType:
		return "things with places"
	case arrow.ListLikeType:
		if _, ok := t.Elem().(*arrow.StructType); ok {
			return "list of things"
		}
		return "list of " + inWords(t.Elem())
	}
	switch {
	case columns.IsText(t):
		return "text"
	case arrow.IsInteger(t.ID()):
		return "whole number"
	case arrow.IsFloating(t.ID()):
		return "number"
	}
	return t.String()
}
