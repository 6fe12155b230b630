package methods

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"icono/internal/stage"
)

// Write writes the sheet as Markdown. What only the author can say is a blank of the
// form [AUTHOR: ...].
func (s *Sheet) Write(w io.Writer) error {
	p := &page{}
	p.head(1, "Methods%s", after(": ", quote(s.Name)))
	p.say("This sheet was written by icono %s from the pipeline, the stored answers and a replay of the study. It states what these show. Fill in each blank of the form `[AUTHOR: ...]`; nothing in it was guessed.", quote(s.Program))
	s.warn(p)
	p.head(2, "Question and ethics")
	if s.About != "" {
		p.say("The pipeline says what the study is about: “%s”", quote(s.About))
	}
	p.blank("the research question or hypotheses, and the unit of analysis")
	p.blank("ethics approval, the legal basis, consent, and how the persons shown and the accounts are protected")
	s.sent(p)
	s.data(p)
	s.selection(p)
	s.flow(p)
	s.coding(p)
	s.reliability(p)
	s.completeness(p)
	s.cost(p)
	s.software(p)
	s.appendix(p)
	_, err := p.WriteTo(w)
	return err
}

// after is a text behind another, nothing where it is empty.
func after(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}

// warn says what keeps the sheet from being complete.
func (s *Sheet) warn(p *page) {
	for _, st := range s.Stages {
		if n := skipped(st); n > 0 {
			p.say("**Incomplete:** %s of the stage %s could not be replayed for want of stored answers. Run the study, then write this sheet again.", plural(n, "row", "rows"), code(st.ID))
		}
	}
	if s.Lock != nil && s.Lock.Differences > 0 {
		p.say("**Changed since the run:** %s not as in the lock %s, so this sheet describes what was not run as it stands. Run the study, then write this sheet again.", things(s.Lock.Differences), code(s.Lock.Path))
	}
	if len(s.Overrides) > 0 {
		p.say("**Not as the file says:** options were overridden for this sheet: %s.", list(s.Overrides, code))
	}
}

func skipped(st Stage) int64 {
	for _, f := range st.Faults {
		if f.Name == string(stage.Skipped) {
			return f.N
		}
	}
	return 0
}

// sent says what was shown to whom.
func (s *Sheet) sent(p *page) {
	var rows [][]string
	for _, st := range s.Stages {
		for _, a := range st.Asked {
			what := "nothing of the row"
			switch {
			case a.Pictures && a.Texts:
				what = "the picture, and texts"
			case a.Pictures:
				what = "the picture"
			case a.Texts:
				what = "texts, without the picture"
			}
			where := code(a.Provider)
			if local(a) {
				where += ", a local program"
			} else if a.BaseURL != "" {
				where += " at " + code(a.BaseURL)
			}
			rows = append(rows, []string{code(st.ID), what, where, number(a.Answers), number(a.people())})
		}
	}
	if len(rows) > 0 {
		p.say("Questions about rows hold the following. Answers that people gave needed no sending, nor did those of local programs.")
		p.table([]string{"Stage", "Question holds", "Addressed to", "Answers", "of these by people"}, rows)
	}
}

// data describes what was read.
func (s *Sheet) data(p *page) {
	p.head(2, "Data")
	for _, st := range s.Stages {
		if len(st.From) > 0 {
			continue
		}
		p.say("The stage %s read %s from %s.%s", code(st.ID), plural(st.Out, "row", "rows"), plural(int64(len(st.Reads)), "file", "files"), pictures(st))
		p.table([]string{"File", "SHA-256"}, fileRows(st.Reads))
		s.settings(p, st, "path")
		s.counted(p, st)
	}
	if s.Lock != nil && s.Lock.Pictures > 0 {
		p.say("By the lock, %s read. The SHA-256 of each stands in %s (SHA-256 %s).", was(plural(int64(s.Lock.Pictures), "picture file", "picture files"), s.Lock.Pictures), code(s.Lock.List.Path), hash(s.Lock.List))
	}
	p.blank("where the posts come from: platform, accounts or query, tool and its version, dates of posting and of collection, and what could not be collected")
}

func was(what string, n int) string {
	if n == 1 {
		return what + " was"
	}
	return what + " were"
}

func pictures(st Stage) string {
	if st.Pictures == 0 {
		return ""
	}
	return fmt.Sprintf(" %s name a picture.", number(st.Pictures))
}

func fileRows(files []File) [][]string {
	var rows [][]string
	for _, f := range files {
		rows = append(rows, []string{code(f.Path), hash(f)})
	}
	return rows
}

func hash(f File) string { return "`" + strings.TrimPrefix(string(f.SHA256), "sha256:") + "`" }

// settings lists the options of a stage, but for some.
func (s *Sheet) settings(p *page, st Stage, but ...string) {
	var rows [][]string
	for _, o := range st.Settings {
		if !slices.Contains(but, o.Name) {
			rows = append(rows, []string{code(o.Name), code(o.Text)})
		}
	}
	p.table([]string{"Option", "Value"}, rows)
}

// counted lists what a stage counted.
func (s *Sheet) counted(p *page, st Stage) {
	var parts []string
	for _, c := range st.Counted {
		parts = append(parts, fmt.Sprintf("%s: %s", quote(c.Name), number(c.N)))
	}
	if len(parts) > 0 {
		p.say("Counted: %s.", strings.Join(parts, "; "))
	}
}

func list[T any](of []T, each func(T) string) string {
	var parts []string
	for _, x := range of {
		parts = append(parts, each(x))
	}
	return strings.Join(parts, ", ")
}
