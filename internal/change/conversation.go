package change

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"icono/internal/answers"
	"icono/internal/chain"
	"icono/internal/trace"
)

// talk is how what was asked about a row, and what was answered, differ.
type talk struct {
	// model and parameters are changes of what was asked of whom; prompt the parts of
	// the instructions that differ.
	model      string
	parameters []string
	prompt     []string
	// picture is set where another picture was sent, format where another form of
	// answers was asked for, texts where the texts about the row differ.
	picture, format, texts bool
	// answer says that the same question has another answer.
	answer string
}

// conversation compares what was asked about a row and what was answered.
func conversation(old, now []trace.Exchange) talk {
	before := map[answers.Key]trace.Exchange{}
	for _, e := range old {
		before[e.Request.Key()] = e
	}
	var out talk
	var fresh []trace.Exchange
	for _, e := range now {
		was, same := before[e.Request.Key()]
		if !same {
			fresh = append(fresh, e)
			continue
		}
		delete(before, e.Request.Key())
		switch {
		case was.Answer.Model != e.Answer.Model && was.Answer.Model != "" && e.Answer.Model != "":
			out.answer = fmt.Sprintf("answer: the same question was answered by %s, was %s", shown(e.Answer.Model), shown(was.Answer.Model))
		case string(was.Answer.Body) != string(e.Answer.Body) && otherFiles(was.Answer.Note, e.Answer.Note):
			out.answer = "answer: the same question was answered with other model files"
		case string(was.Answer.Body) != string(e.Answer.Body) || (was.Err == nil) != (e.Err == nil):
			out.answer = "answer: the same question was answered anew"
		}
	}
	for _, e := range fresh {
		if was, found := nearest(e, before); found && !repairs(e, fresh) {
			out.compare(was, e)
		}
	}
	return out
}

// otherFiles reports whether the notes of two answers name files with other sums.
func otherFiles(was, now string) bool {
	return was != now && strings.Contains(was, "sha256:") && strings.Contains(now, "sha256:")
}

// repairs reports whether a question goes on after an answer that did not fit: a
// shorter conversation with the same beginning says how it differs.
func repairs(e trace.Exchange, all []trace.Exchange) bool {
	parts := len(chain.Question(e).Parts)
	return slices.ContainsFunc(all, func(o trace.Exchange) bool {
		return o.Provider == e.Provider && o.Repeat == e.Repeat && len(chain.Question(o).Parts) < parts
	})
}

// compare adds how a question differs from an earlier one.
func (t *talk) compare(was, now trace.Exchange) {
	once := func(list *[]string, text string) {
		if !slices.Contains(*list, text) {
			*list = append(*list, text)
		}
	}
	for _, d := range answers.Compare(now.Request, was.Request) {
		switch d.Part {
		case "provider", "model", "base URL":
			t.model = cmp.Or(t.model, pair(d.Recorded, d.Here))
		case "picture":
			t.picture = true
		case "answer format":
			t.format = true
		case "parameter":
			once(&t.parameters, d.Path+" ("+pair(d.Recorded, d.Here)+")")
		case "body", "order":
			once(&t.parameters, "the form of the question")
		}
	}
	if was.Provider != now.Provider {
		return // the questions of two protocols have nothing in common
	}
	a, b := chain.Question(was), chain.Question(now)
	for _, part := range promptParts(said(a, "system"), said(b, "system")) {
		once(&t.prompt, part)
	}
	// The last part of a conversation is about the row; what stands before it are
	// examples.
	x, y := said(a, "user", "model", "assistant"), said(b, "user", "model", "assistant")
	i, j := strings.LastIndexByte(x, '\x01'), strings.LastIndexByte(y, '\x01')
	if x[:i+1] != y[:j+1] {
		once(&t.prompt, "its examples")
	}
	t.texts = t.texts || x[i+1:] != y[j+1:]
}

// said is what a question says in some roles; \x01 stands where the role changes.
func said(q chain.Asked, roles ...string) string {
	var b strings.Builder
	last := ""
	for _, p := range q.Parts {
		if !slices.Contains(roles, p.Role) {
			continue
		}
		if last != "" && last != p.Role {
			b.WriteByte('\x01')
		}
		last = p.Role
		if p.Text != "" {
			b.WriteString(p.Text + "\n")
		}
	}
	return b.String()
}

// nearest is the question that an earlier run asked instead: of the same provider and
// repeat, with the fewest differences.
func nearest(e trace.Exchange, before map[answers.Key]trace.Exchange) (trace.Exchange, bool) {
	var best trace.Exchange
	var least int
	var key answers.Key
	found := false
	for k, was := range before {
		n := len(answers.Compare(e.Request, was.Request))
		if was.Provider != e.Provider || was.Repeat != e.Repeat {
			n += 1 << 20
		}
		if !found || n < least || n == least && string(k[:]) < string(key[:]) {
			best, least, key, found = was, n, k, true
		}
	}
	return best, found
}
