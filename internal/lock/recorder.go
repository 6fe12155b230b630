package lock

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/answers"
	"icono/internal/columns"
	"icono/internal/pipeline"
	"icono/internal/stage"
)

// Recorder takes what a run does, for its lock. It is safe for concurrent use.
type Recorder struct {
	mu     sync.Mutex
	stages map[string]*results
}

// results is what comes of a stage.
type results struct {
	rows    int64
	key     int // -1 for none
	made    []int
	digests []*columns.Digest // of the key, then of the columns that the stage made
	answers map[answers.Key][sha256.Size]byte
}

// NewRecorder makes a recorder. Begin states the plan.
func NewRecorder() *Recorder { return &Recorder{stages: map[string]*results{}} }

// Begin states the plan whose run is recorded, before it runs.
func (r *Recorder) Begin(p *pipeline.Plan) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range p.Stages {
		res := &results{key: stage.Find(s.Out, stage.Key), made: s.Made(), answers: map[answers.Key][sha256.Size]byte{}}
		if res.key < 0 { // nothing else says which rows there are
			res.made = nil
			for i := range s.Out.NumFields() {
				res.made = append(res.made, i)
			}
		}
		for _, c := range res.columns() {
			res.digests = append(res.digests, columns.NewDigest(s.Out.Field(c).Type))
		}
		r.stages[s.ID] = res
	}
}

// columns are the indices of those that are summed.
func (s *results) columns() []int {
	if s.key < 0 {
		return s.made
	}
	return append([]int{s.key}, s.made...)
}

// Tap is pipeline.RunSettings.Tap. The batches of one stage come after each other.
func (r *Recorder) Tap(id string, rec arrow.Record) error {
	r.mu.Lock()
	s := r.stages[id]
	r.mu.Unlock()
	s.rows += rec.NumRows()
	for i, c := range s.columns() {
		s.digests[i].Add(rec.Column(c))
	}
	return nil
}

// Heard is asking.Options.Heard.
func (r *Recorder) Heard(id string, q answers.Request, a answers.Answer, err error) {
	if err != nil {
		return
	}
	k := q.Key()
	var body bytes.Buffer // as it is stored, without the white space of some servers
	if json.Compact(&body, a.Body) != nil {
		body.Reset()
		body.Write(a.Body)
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q %+v %d\n", a.Model, a.Note, a.Usage, body.Len())
	sum.Write(body.Bytes())
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.stages[id]; s != nil {
		s.answers[k] = [sha256.Size]byte(sum.Sum(nil))
	}
}

// fill states what came of a stage.
func (r *Recorder) fill(out *Stage, p *pipeline.Planned, f stage.StageFacts) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.stages[p.ID]
	out.Rows = s.rows
	out.Columns = map[string]Sum{}
	for i, c := range s.columns() {
		sum := s.digests[i].Sum()
		text := Sum("sha256:" + hex.EncodeToString(sum[:]))
		if s.key >= 0 && i == 0 {
			out.Keys = text
			continue
		}
		out.Columns[p.Out.Field(c).Name] = text
	}
	if _, asks := p.Stage.(stage.Quoter); asks {
		out.Answers, out.AnswersSum = len(s.answers), s.sum()
	}
	out.Faults = map[string]int64{}
	for _, c := range f.Faults {
		out.Faults[c.Name] = c.N
	}
	out.Facts = map[string]string{}
	file, content := "", Sum("")
	for _, fact := range f.Facts {
		switch {
		case fact.Name == "file":
			file = fact.Value
		case fact.Name == "content":
			content = Sum(fact.Value)
		case fact.Name == "sha256":
			out.Writes = map[string]Sum{file: Sum("sha256:" + fact.Value)}
		case deciding(fact):
			out.Facts[fact.Name] = fact.Value
		}
	}
	if content != "" {
		out.Contents = map[string]Sum{file: content}
	}
}

// deciding reports whether a fact names a model, a prompt or the like, and not how
// the run went or on what device.
func deciding(f stage.Fact) bool {
	return f.Name == "model" || strings.HasPrefix(f.Name, "model ") || strings.Contains(f.Value, "sha256:")
}

// sum is of all answers that were used, with their questions, in the order of these.
func (s *results) sum() Sum {
	keys := make([]answers.Key, 0, len(s.answers))
	for k := range s.answers {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b answers.Key) int { return cmp.Compare(string(a[:]), string(b[:])) })
	h := sha256.New()
	for _, k := range keys {
		a := s.answers[k]
		h.Write(k[:])
		h.Write(a[:])
	}
	return sumOf(h)
}
