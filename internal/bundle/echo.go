package bundle

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"icono/internal/answers"
	"icono/internal/asking"
	"icono/internal/pipeline"
	"icono/internal/pseudonym"
)

// Echo answers the questions of a bundle with what the study was answered. A question
// of a bundle has other names in it, so it is another question: it is known by its
// stage, its row, who is asked, and its place among the questions about the row, which
// are asked one after the other. An Echo is safe for concurrent use.
type Echo struct {
	mu    sync.Mutex
	heard []exchange
	seen  map[used]bool

	names  *pseudonym.Names
	groups map[group][]answers.Recorded
	given  map[used]int // place of a bundle's question in its group
	next   map[group]int
}

type exchange struct {
	stage string
	answers.Recorded
}

type used struct {
	stage, row string
	key        answers.Key
}

type group struct {
	stage, row, provider, model, base string
	repeat                            int
}

// NewEcho makes an echo, which first listens to the study.
func NewEcho() *Echo { return &Echo{seen: map[used]bool{}} }

// Heard is asking.Options.Heard, of the study.
func (e *Echo) Heard(stageID string, r answers.Request, a answers.Answer, err error) {
	var fault *answers.FaultError
	if err != nil && !errors.As(err, &fault) {
		return // it has no answer: so has the bundle
	}
	e.take(stageID, answers.Recorded{Request: r, Answer: a, Fault: fault})
}

// Kept is asking.Options.Kept, of the study.
func (e *Echo) Kept(stageID string, r answers.Request, a answers.Answer) {
	e.take(stageID, answers.Recorded{Request: r, Answer: a})
}

func (e *Echo) take(stageID string, one answers.Recorded) {
	e.mu.Lock()
	defer e.mu.Unlock()
	u := used{stageID, one.Request.Row, one.Request.Key()}
	if e.seen[u] {
		return
	}
	e.seen[u] = true
	e.heard = append(e.heard, exchange{stageID, one})
}

// Answers is how many answers the study used.
func (e *Echo) Answers() int { return len(e.heard) }

// Signed are the notes that people left with the codes that they gave, sorted.
func (e *Echo) Signed() []string {
	notes := map[string]bool{}
	for _, x := range e.heard {
		if x.Answer.Model == asking.HandCoded && x.Answer.Note != "" {
			notes[x.Answer.Note] = true
		}
	}
	return slices.Sorted(maps.Keys(notes))
}

// Begin ends the listening: the questions that come next are those of the bundle.
// moved are the paths that the bundle has in the place of those of the study.
func (e *Echo) Begin(p *pipeline.Plan, names *pseudonym.Names, moved map[string]string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.names = names
	e.groups, e.given, e.next = map[group][]answers.Recorded{}, map[used]int{}, map[group]int{}
	for _, x := range e.heard {
		r := x.Request
		g := group{names.Text(x.stage), Row(p, names, x.stage, r.Row), r.Provider, names.Text(r.Model), names.Text(r.BaseURL), r.Repeat}
		if to, ok := moved[r.Model]; ok { // a model in a folder
			g.model = to
			if strings.HasPrefix(g.row, modelRow) {
				g.row = modelRow + to
			}
		}
		e.groups[g] = append(e.groups[g], e.shared(x.Recorded))
	}
}

// shared is an answer with names replaced.
func (e *Echo) shared(one answers.Recorded) answers.Recorded {
	if f := one.Fault; f != nil {
		c := *f
		c.Reason, c.Raw = e.names.Prose(f.Reason), e.names.JSON(f.Raw)
		one.Fault = &c
		return one
	}
	one.Answer.Body, one.Answer.Note = e.names.JSON(one.Answer.Body), e.names.Prose(one.Answer.Note)
	return one
}

// Known is asking.Options.Known, of the bundle.
func (e *Echo) Known(stageID string, r answers.Request) (answers.Recorded, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	g := group{stageID, r.Row, r.Provider, r.Model, r.BaseURL, r.Repeat}
	u := used{stageID, r.Row, r.Key()}
	at, again := e.given[u]
	if !again {
		at = e.next[g]
		if at >= len(e.groups[g]) {
			return answers.Recorded{}, false
		}
		e.given[u] = at
		e.next[g]++
	}
	return e.groups[g][at], true
}

// What the rows of vectors begin with that are of no picture.
const (
	phraseRow = "phrase "
	modelRow  = "model "
)

var element = regexp.MustCompile(`^(.*)(#\d+)$`)

// Row is the row of a bundle that stands for a row of a stage of the study.
func Row(p *pipeline.Plan, names *pseudonym.Names, stageID, row string) string {
	at := p.Index(stageID)
	if at >= 0 && p.Stages[at].Kind == "clip" {
		for _, mark := range []string{phraseRow, modelRow} {
			if rest, is := strings.CutPrefix(row, mark); is {
				return mark + names.Text(rest)
			}
		}
		return names.Of(row)
	}
	end := ""
	for range unnested(p, at) {
		if m := element.FindStringSubmatch(row); m != nil {
			row, end = m[1], m[2]+end
		}
	}
	return names.Of(row) + end
}

// unnested is how often the keys of a stage's rows were made longer by a stage of kind
// unnest.
func unnested(p *pipeline.Plan, at int) int {
	if at < 0 {
		return 0
	}
	s, n := p.Stages[at], 0
	if s.Kind == "unnest" {
		n = 1
	}
	if len(s.Inputs) == 0 {
		return n
	}
	return n + unnested(p, s.Inputs[0]) // the key comes from the first
}
