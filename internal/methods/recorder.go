package methods

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"icono/internal/answers"
	"icono/internal/chain"
	"icono/internal/columns"
	"icono/internal/pipeline"
	"icono/internal/price"
	"icono/internal/stage"
	"icono/internal/trace"
)

// Prices tell what an answer cost, and whether that is known.
type Prices func(q answers.Request, a answers.Answer) (cost price.Money, known bool)

// Recorder counts what a methods sheet tells while a study is replayed. It keeps no
// rows: what it holds grows with the keys of answers. It is safe for concurrent use.
type Recorder struct {
	mu     sync.Mutex
	prices Prices
	plan   *pipeline.Plan
	stages map[string]*tally
}

// tally is what is counted of a stage.
type tally struct {
	seen    map[answers.Key]bool
	asked   map[server]*Asked
	lacking int64
	chances map[float64]int64 // rows by their probability of being drawn
	chance  int               // the column with that, -1 for none
	shares  map[int]*share    // by column
	picture int               // the column with pictures that the stage made, -1 for none
	named   int64             // rows that name a picture
	codes   map[int]int64     // rows of good status without a value, by the column of a code
	status  int               // the column of the stage's status, -1 for none
}

// server is who was asked.
type server struct{ provider, model, url string }

// share adds up the agreement of the codings of rows.
type share struct {
	rows, full int64
	sum        float64
	of         int   // the column with the value that is agreed on, -1 for none
	open       int64 // rows whose codings have no value in common
}

// NewRecorder returns a recorder that waits for its plan.
func NewRecorder() *Recorder { return &Recorder{stages: map[string]*tally{}} }

// Begin states the plan that is replayed, and what answers cost.
func (r *Recorder) Begin(p *pipeline.Plan, prices Prices) {
	r.plan, r.prices = p, prices
	for _, s := range p.Stages {
		t := &tally{seen: map[answers.Key]bool{}, asked: map[server]*Asked{}, chances: map[float64]int64{}, shares: map[int]*share{}, chance: -1, picture: -1, codes: map[int]int64{}, status: stage.FindAdded(s.Out, stage.StatusRole, s.ID)}
		for _, i := range s.Made() {
			switch stage.RoleOf(s.Out.Field(i)) {
			case stage.Inclusion:
				if s.Kind == "sample" {
					t.chance = i
				}
			case stage.Agreement:
				if stage.AddedBy(s.Out.Field(i)) == s.ID {
					t.shares[i] = &share{of: valueOf(s, i)}
				}
			case stage.Explanation, stage.Probability, stage.Phrase:
			case stage.Image:
				if len(s.Inputs) == 0 {
					t.picture = i
				}
			default:
				f := s.Out.Field(i)
				if stage.AddedBy(f) == s.ID && (stage.RoleOf(f) == stage.Code || stage.VariableOf(f) != "") {
					t.codes[i] = 0
				}
			}
		}
		r.stages[s.ID] = t
	}
}

// valueOf is the column with the value that an agreement is about, -1 where there is none.
func valueOf(p *pipeline.Planned, at int) int {
	for _, i := range p.Made() {
		f := p.Out.Field(i)
		role := stage.RoleOf(f)
		if i != at && stage.VariableOf(f) == stage.VariableOf(p.Out.Field(at)) && stage.AddedBy(f) == p.ID && role != stage.Agreement && role != stage.Explanation {
			return i
		}
	}
	return -1
}

// Tap is pipeline.RunSettings.Tap. The batches of one stage come after each other.
func (r *Recorder) Tap(id string, rec arrow.Record) error {
	r.mu.Lock()
	t := r.stages[id]
	r.mu.Unlock()
	if c := t.chance; c >= 0 {
		if a, ok := rec.Column(c).(*array.Float64); ok {
			for i := range a.Len() {
				t.chances[a.Value(i)]++
			}
		}
	}
	for c, s := range t.shares {
		a, ok := rec.Column(c).(*array.Float64)
		if !ok {
			continue
		}
		for i := range a.Len() {
			if a.IsNull(i) {
				continue
			}
			if s.of >= 0 && rec.Column(s.of).IsNull(i) {
				s.open++
				continue
			}
			s.rows++
			if s.sum += a.Value(i); a.Value(i) == 1 {
				s.full++
			}
		}
	}
	for c := range t.codes {
		for i := range rec.Column(c).Len() {
			if rec.Column(c).IsNull(i) && t.status >= 0 && columns.Format(rec.Column(t.status), i) == string(stage.OK) {
				t.codes[c]++
			}
		}
	}
	if c := t.picture; c >= 0 {
		for i := range rec.Column(c).Len() {
			if columns.Format(rec.Column(c), i) != "" {
				t.named++
			}
		}
	}
	return nil
}

// Heard is asking.Options.Heard.
func (r *Recorder) Heard(id string, q answers.Request, a answers.Answer, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.stages[id]
	if t == nil {
		return
	}
	if err != nil {
		t.lacking++
		return
	}
	who := server{q.Provider, q.Model, q.BaseURL}
	to := t.asked[who]
	if to == nil {
		to = &Asked{Provider: q.Provider, Model: q.Model, BaseURL: q.BaseURL, said: map[string]string{}, prompts: map[string]bool{}}
		t.asked[who] = to
	}
	to.Uses++
	if k := q.Key(); !t.seen[k] {
		t.seen[k] = true
		cost, known := r.prices(q, a)
		to.add(q, a, cost, known)
	}
}

// add counts an answer that was not met before. What it leaves behind does not depend
// on the order of answers.
func (o *Asked) add(q answers.Request, a answers.Answer, cost price.Money, known bool) {
	o.Answers++
	o.Usage = o.Usage.Plus(a.Usage)
	if o.Cost += cost; !known {
		o.Unpriced++
	}
	if i := slices.IndexFunc(o.By, func(b Answerer) bool { return b.Model == a.Model && b.Note == a.Note }); i >= 0 {
		o.By[i].Answers++
	} else {
		o.By = append(o.By, Answerer{a.Model, a.Note, 1})
	}
	if day := dated(a.Body); day != "" {
		o.Dated++
		if o.First == "" || day < o.First {
			o.First = day
		}
		o.Last = max(o.Last, day)
	}
	told := chain.Question(trace.Exchange{Request: q, Answer: a})
	for _, p := range told.Parts {
		switch {
		case p.SHA256 != "":
			o.Pictures = true
		case p.Role == "system":
			o.prompts[p.Text] = true
		default:
			o.Texts = true
		}
	}
	if len(o.prompts) > manyPrompts {
		o.prompts, o.Varied = map[string]bool{}, true
	}
	if o.Varied {
		clear(o.prompts)
	}
	o.parameters(told.Parameters)
}

// manyPrompts is the most prompts of a stage that are shown: a tree of questions has
// several, and one whose categories are shuffled has almost as many as rows.
const manyPrompts = 25

// differs stands for what is not the same in all questions.
const differs = "differs by row"

// parameters notes those of a question.
func (o *Asked) parameters(text string) {
	found := map[string]string{}
	var body map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &body) == nil {
		for name, value := range body {
			found[name] = string(value)
		}
	}
	if o.Answers == 1 {
		o.said = found
		return
	}
	for name := range maps.Keys(o.said) {
		if o.said[name] != found[name] {
			o.said[name] = differs
		}
	}
	for name := range found {
		if _, known := o.said[name]; !known {
			o.said[name] = differs
		}
	}
}

// dated is the day on which a server says that it answered, "" where it does not say.
func dated(body []byte) string {
	var said struct {
		Created float64 `json:"created"`
		Time    string  `json:"createTime"`
	}
	if json.Unmarshal(body, &said) != nil {
		return ""
	}
	if said.Created > 0 && said.Created < 1e11 {
		return time.Unix(int64(said.Created), 0).UTC().Format(time.DateOnly)
	}
	if at, err := time.Parse(time.RFC3339, strings.TrimSpace(said.Time)); err == nil {
		return at.UTC().Format(time.DateOnly)
	}
	return ""
}
