package change

import (
	"encoding/json"
	"slices"
	"strings"

	"icono/internal/answers"
	"icono/internal/trace"
)

// conversation compares what was asked about a row and what was answered: the parts
// in which the questions differ, and whether a question has another answer.
func conversation(old, now []trace.Exchange) (parts []string, told bool) {
	before := map[answers.Key]trace.Exchange{}
	for _, e := range old {
		before[e.Request.Key()] = e
	}
	var fresh []trace.Exchange
	for _, e := range now {
		was, same := before[e.Request.Key()]
		if !same {
			fresh = append(fresh, e)
			continue
		}
		delete(before, e.Request.Key())
		told = told || string(was.Answer.Body) != string(e.Answer.Body) || was.Answer.Model != e.Answer.Model || (was.Err == nil) != (e.Err == nil)
	}
	for _, e := range fresh {
		was, found := nearest(e, before)
		if !found {
			continue
		}
		for _, d := range answers.Compare(e.Request, was.Request) {
			if d.Part == "prompt" && userText(e.Body) != userText(was.Body) && systemText(e.Body) == systemText(was.Body) {
				continue // its inputs are another cause
			}
			if !slices.Contains(parts, d.Part) {
				parts = append(parts, d.Part)
			}
		}
	}
	return parts, told
}

// nearest is the question of the same repeat that an earlier run asked instead.
func nearest(e trace.Exchange, before map[answers.Key]trace.Exchange) (trace.Exchange, bool) {
	var best trace.Exchange
	least, found := 0, false
	for _, was := range before {
		n := len(answers.Compare(e.Request, was.Request))
		k, b := was.Request.Key(), best.Request.Key()
		if was.Provider == e.Provider && was.Repeat == e.Repeat {
			n -= 100
		}
		if !found || n < least || n == least && string(k[:]) < string(b[:]) {
			best, least, found = was, n, true
		}
	}
	return best, found
}

// roleText is what a question says in a role, the pictures left out.
func roleText(body []byte, role string) string {
	var q struct {
		Messages []struct {
			Role    string
			Content []struct{ Text string }
		}
	}
	if json.Unmarshal(body, &q) != nil {
		return ""
	}
	var b strings.Builder
	for _, m := range q.Messages {
		for _, p := range m.Content {
			if m.Role == role {
				b.WriteString(p.Text + "\x00")
			}
		}
	}
	return b.String()
}

func userText(body []byte) string   { return roleText(body, "user") }
func systemText(body []byte) string { return roleText(body, "system") }
