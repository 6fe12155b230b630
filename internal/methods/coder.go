package methods

import (
	"fmt"
	"slices"
	"strings"

	"icono/internal/asking"
	"icono/internal/stage"
)

// local reports whether a program on the researcher's machine was asked.
func local(a *Asked) bool { return a.Provider == "tesseract" || a.Provider == "yolox" }

// people counts the answers that people gave.
func (o *Asked) people() int64 {
	var n int64
	for _, b := range o.By {
		if b.Model == asking.HandCoded {
			n += b.Answers
		}
	}
	return n
}

// coding describes who coded, and with what.
func (s *Sheet) coding(p *page) {
	p.head(2, "Coding")
	for _, st := range s.Stages {
		if !st.Codes {
			continue
		}
		p.head(3, "%s (%s)", code(st.ID), quote(st.Kind))
		done := st.In
		for _, f := range st.Faults {
			done -= f.N
		}
		p.say("The stage %s coded %s of %s without a fault.", code(st.ID), number(max(done, 0)), plural(st.In, "row", "rows"))
		if model := of(st.Facts, "model"); model != "" && len(st.Asked) == 0 {
			p.say("It used the model %s.", code(model))
		}
		s.merging(p, st)
		for _, a := range st.Asked {
			p.say("%s", a.answered())
			if a.people() > 0 {
				p.blank("who these coders were, how they were trained and paid, and how many coded each row")
			}
		}
		p.table([]string{"Property", "Value"}, s.properties(st))
		s.counted(p, st)
	}
	p.blank("why these models and not others, and how prompts and codebooks were developed, on which rows")
}

// answered says who was asked and who has answered.
func (o *Asked) answered() string {
	var by []string
	for _, b := range o.By {
		who := "by the model " + code(b.Model)
		if b.Model == asking.HandCoded {
			who = "by people, which the answers state as the model " + code(b.Model)
		}
		if b.Note != "" {
			who += fmt.Sprintf(" (noted: “%s”)", quote(b.Note))
		}
		by = append(by, fmt.Sprintf("%s %s", number(b.Answers), who))
	}
	said := fmt.Sprintf("names the model %s of %s", code(o.Model), code(o.Provider))
	if local(o) {
		said = fmt.Sprintf("asked the local program %s", code(o.Provider))
	}
	text := fmt.Sprintf("It %s. %s used for %s: %s.", said, was(plural(o.Answers, "answer", "different answers"), int(o.Answers)), plural(o.Uses, "question", "questions"), strings.Join(by, "; "))
	switch {
	case o.people() == o.Answers:
		text += " None of these answers is the model's."
	case o.people() > 0:
		text += " The codes of this stage mix those of a model and those of people."
	}
	switch {
	case o.First == "":
	case o.First == o.Last:
		text += fmt.Sprintf(" The server dates %s of the answers: %s.", number(o.Dated), o.First)
	default:
		text += fmt.Sprintf(" The server dates %s of the answers: from %s to %s.", number(o.Dated), o.First, o.Last)
	}
	return text
}

// merging says what a merged code comes from.
func (s *Sheet) merging(p *page, st Stage) {
	if len(st.Inputs) == 0 {
		return
	}
	var rows [][]string
	for _, in := range st.Inputs {
		from := "column " + code(in.Column)
		if in.Column == "" {
			from = "computed by " + code(in.Expression)
		}
		rows = append(rows, []string{quote(in.Name), from, s.maker(in.Column)})
	}
	p.say("It merges what these inputs say, by the method %s.", code(of(st.Settings, "method")))
	p.table([]string{"Input", "Comes from", "Made by the stage"}, rows)
}

// maker is the first stage that made a column, as Markdown.
func (s *Sheet) maker(column string) string {
	for _, st := range s.Stages {
		if column != "" && slices.Contains(st.Made, column) {
			return code(st.ID)
		}
	}
	return ""
}

// properties are all that is known of how a stage codes.
func (s *Sheet) properties(st Stage) [][]string {
	var rows [][]string
	seen := map[string]bool{"inputs": len(st.Inputs) > 0, "labels": true, "method": len(st.Inputs) > 0, "prompt": len(st.Asked) > 0, "base_url": of(st.Facts, "server") != ""}
	add := func(name, value string) {
		if !seen[name] {
			rows = append(rows, []string{quote(name), value})
		}
	}
	for _, f := range st.Facts {
		value := code(f.Text)
		if file := slices.IndexFunc(st.Reads, func(r File) bool { return r.Path == f.Text }); file >= 0 {
			value += ", SHA-256 " + hash(st.Reads[file])
		}
		if f.Name == "prompt" {
			rows = append(rows, []string{"prompt", value})
			continue
		}
		if strings.HasPrefix(f.Name, "agreement of ") || strings.HasPrefix(f.Name, "alpha of ") || f.Name == "alpha" || f.Name == "unanimous" {
			continue // told of with the reliability
		}
		add(f.Name, value)
		seen[f.Name] = true
	}
	seen["model"] = seen["model"] || seen["model asked"]
	for _, o := range st.Settings {
		add(o.Name, code(o.Text))
	}
	if usual := st.usual(); len(usual) > 0 {
		rows = append(rows, []string{"as the kind has it by default", list(usual, func(o Named) string { return code(o.Name + ": " + o.Text) })})
	}
	for _, a := range st.Asked {
		for _, v := range a.Parameters {
			name := v.Name
			if len(st.Asked) > 1 {
				name += " of " + a.Provider
			}
			rows = append(rows, []string{"sent: " + quote(name), code(v.Text)})
		}
	}
	for _, f := range st.Reads {
		if !slices.ContainsFunc(st.Facts, func(n Named) bool { return n.Text == f.Path }) {
			rows = append(rows, []string{"reads " + code(f.Path), "SHA-256 " + hash(f)})
		}
	}
	return append(rows, []string{"rows that could not be coded", quote(policy(st.OnFault))})
}

// usual are the options with their defaults that play a part: of merges without a model
// those of the method.
func (st *Stage) usual() []Named {
	parts := map[string][]string{"vote": {"missing", "min_votes", "ties"}, "mean": {"missing", "min_votes"}, "rules": {"on_null"}}
	mine, merges := parts[of(st.Settings, "method")]
	if !merges {
		return st.Defaults
	}
	return slices.DeleteFunc(slices.Clone(st.Defaults), func(o Named) bool { return !slices.Contains(mine, o.Name) })
}

// policy words what happens to rows with a fault.
func policy(text string) string {
	switch text {
	case "keep":
		return "stay in the table, with a status and without a code"
	case "drop":
		return "are taken out"
	}
	return "end the run (" + text + ")"
}

// reliability tells how far codings agree.
func (s *Sheet) reliability(p *page) {
	p.head(2, "Reliability and validity")
	again, measured := false, false
	for _, st := range s.Stages {
		if st.copied() {
			p.say("The stage %s was coded by people, once a row: each of its repeats has a copy of these codes, which says nothing of consistency.", code(st.ID))
			continue
		}
		for _, r := range st.Repeated {
			measured = true
			if of(st.Settings, "method") == "vote" {
				p.say("In the stage %s the mean share of votes, by their weights, for the merged code is %.3f over the %s that have one; in %s all votes are for it.%s", code(st.ID), r.Mean, plural(r.Rows, "row", "rows"), number(r.Full), open(r))
				continue
			}
			again = true
			p.say("Repeated codings of the stage %s: the mean share of codings that have the value kept for %s is %.3f over the %s that have one; %s of these have the same value each time.%s This is the consistency of one coder with itself, and no validity.",
				code(st.ID), code(r.Variable), r.Mean, plural(r.Rows, "row", "rows"), number(r.Full), open(r))
		}
		for _, f := range st.Facts {
			if input, yes := strings.CutPrefix(f.Name, "agreement of "); yes {
				measured = true
				p.say("In the stage %s the input %s has the merged code in %s.", code(st.ID), code(input), quote(f.Text))
			} else if variable, yes := strings.CutPrefix(f.Name, "alpha of "); yes {
				p.say("In the stage %s, Krippendorff's alpha of the repeated codings of %s is %s.", code(st.ID), code(variable), quote(f.Text))
			} else if f.Name == "alpha" {
				measured = true
				p.say("In the stage %s, Krippendorff's alpha of the votes, as they are counted, is %s.", code(st.ID), quote(f.Text))
			} else if f.Name == "unanimous" {
				measured = true
				p.say("In the stage %s all votes are for the same code in %s.", code(st.ID), quote(f.Text))
			}
		}
	}
	if !again {
		p.say("The pipeline has no coder code a row more than once.")
	}
	if measured {
		p.say("That codings agree does not make them right.")
	}
	p.blank("validation against people: how many rows, how they were chosen, who coded them, their agreement with each other (coefficient and level), and the agreement, precision and recall of the codes used")
}

// copied reports whether all repeated codings of a stage are those of people, which are
// recorded once.
func (st *Stage) copied() bool {
	return len(st.Repeated) > 0 && len(st.Asked) > 0 && !slices.ContainsFunc(st.Asked, func(a *Asked) bool { return a.people() < a.Answers })
}

// open words the rows whose codings are a tie.
func open(r Repeated) string {
	if r.Open == 0 {
		return ""
	}
	return fmt.Sprintf(" In %s the codings are a tie, and no value is kept.", plural(r.Open, "more row", "more rows"))
}

// completeness tells what went wrong.
func (s *Sheet) completeness(p *page) {
	p.head(2, "Rows without a code")
	var rows [][]string
	for _, st := range s.Stages {
		for _, f := range st.Faults {
			rows = append(rows, []string{code(st.ID), quote(f.Name), meaning(f.Name), number(f.N), share100(f.N, st.In)})
		}
		for _, e := range st.Empty {
			rows = append(rows, []string{code(st.ID), "ok", "no value of " + code(e.Name) + ": a tie, no rule that holds, or a question that does not apply", number(e.N), share100(e.N, st.In)})
		}
	}
	if len(rows) == 0 {
		p.say("Every row was coded by every stage that codes.")
		return
	}
	p.table([]string{"Stage", "Status", "Meaning", "Rows", "Share of rows"}, rows)
	p.blank("whether these rows differ from the others, and how they are treated in the analysis")
}

// meaning words a status.
func meaning(status string) string {
	switch stage.Status(status) {
	case stage.Missing:
		return "there is no picture, file or input"
	case stage.Unreadable:
		return "there is a file, but it cannot be decoded"
	case stage.Refused:
		return "the model declined to answer"
	case stage.Truncated:
		return "the answer was cut off"
	case stage.Invalid:
		return "the answer does not fit the codebook"
	case stage.Failed:
		return "the request failed after all retries"
	case stage.Skipped:
		return "not attempted"
	}
	return ""
}
