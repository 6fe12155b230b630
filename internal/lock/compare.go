package lock

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Sort says what a difference means.
type Sort string

// Sorts of differences.
const (
	// Cause is one of what a study is made from.
	Cause Sort = "cause"
	// Effect is one of what came of it.
	Effect Sort = "effect"
	// Form is another way to write the same.
	Form Sort = "form"
)

// Difference is something that is not as in the lock.
type Difference struct {
	Sort Sort `json:"sort"`
	// Stage is the id of the stage, "" for the pipeline as a whole.
	Stage string `json:"stage,omitempty"`
	// What differs, such as `options`, and which: a name or a path, or "".
	What string `json:"what"`
	Name string `json:"name,omitempty"`
	// Locked and Found are the two values, "" for nothing.
	Locked string `json:"locked,omitempty"`
	Found  string `json:"found,omitempty"`
}

// Unrecorded is what Differences are about that count answers which stand in no cassette.
const Unrecorded = "unrecorded"

// Compare lists how a study differs from its lock, stage by stage.
func Compare(locked, found *File) []Difference {
	c := &comparison{}
	c.one(Cause, "", "name or about", "", string(locked.Pipeline.Header), string(found.Pipeline.Header))
	c.one(Cause, "", "seed", "", strconv.FormatUint(locked.Pipeline.Seed, 10), strconv.FormatUint(found.Pipeline.Seed, 10))
	c.many(Cause, "", "reads", texts(locked.Pipeline.Reads), texts(found.Pipeline.Reads))
	if locked.Pipeline.Header == found.Pipeline.Header && locked.Pipeline.Seed == found.Pipeline.Seed {
		c.one(Form, "", "text", "", string(locked.Pipeline.Text), string(found.Pipeline.Text))
	}
	c.one(Cause, "", "pictures", "", string(locked.Pictures.Sum), string(found.Pictures.Sum))
	ids := maps.Clone(locked.Stages)
	maps.Copy(ids, found.Stages)
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		a, b := locked.Stages[id], found.Stages[id]
		if a == nil || b == nil {
			c.one(Cause, id, "stage", "", kindOf(a), kindOf(b))
			continue
		}
		c.stage(id, a, b)
	}
	return c.all
}

func kindOf(s *Stage) string {
	if s == nil {
		return ""
	}
	return s.Kind
}

type comparison struct{ all []Difference }

func (c *comparison) one(sort Sort, stageID, what, name, locked, found string) {
	if locked != found {
		c.all = append(c.all, Difference{sort, stageID, what, name, locked, found})
	}
}

func (c *comparison) many(sort Sort, stageID, what string, locked, found map[string]string) {
	names := maps.Clone(locked)
	if names == nil {
		names = map[string]string{}
	}
	maps.Copy(names, found)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		c.one(sort, stageID, what, name, shown(locked, name), shown(found, name))
	}
}

// shown is a value that is there, and "" for one that is not.
func shown(of map[string]string, name string) string {
	value, there := of[name]
	if there && value == "" {
		return `""`
	}
	return value
}

func (c *comparison) stage(id string, a, b *Stage) {
	before := len(c.all)
	c.one(Cause, id, "kind", "", a.Kind, b.Kind)
	c.one(Cause, id, "from", "", list(a.From), list(b.From))
	c.many(Cause, id, "options", a.Options, b.Options)
	if a.Config != b.Config && len(c.all) == before {
		c.one(Cause, id, "config", "", string(a.Config), string(b.Config))
	}
	if a.Config == b.Config {
		c.one(Form, id, "text", "", string(a.Text), string(b.Text))
	}
	c.many(Cause, id, "reads", texts(a.Reads), texts(b.Reads))
	c.many(Cause, id, "cassettes", texts(a.Cassettes), texts(b.Cassettes))
	c.many(Effect, id, "facts", a.Facts, b.Facts)
	c.one(Effect, id, "answers", "", a.answers(), b.answers())
	c.one(Effect, id, "rows", "", strconv.FormatInt(a.Rows, 10), strconv.FormatInt(b.Rows, 10))
	c.one(Effect, id, "keys", "", string(a.Keys), string(b.Keys))
	c.many(Effect, id, "columns", texts(a.Columns), texts(b.Columns))
	c.many(Effect, id, "faults", counts(a.Faults), counts(b.Faults))
	from := len(c.all)
	c.many(Effect, id, "writes", texts(a.Writes), texts(b.Writes))
	for i, d := range c.all[from:] {
		if content := a.Contents[d.Name]; content != "" && content == b.Contents[d.Name] {
			c.all[from+i].Sort = Form // it shows the text of the pipeline
		}
	}
	names := texts(a.Contents)
	maps.Copy(names, texts(b.Contents))
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if a.Writes[name] == b.Writes[name] {
			c.one(Effect, id, "contents", name, string(a.Contents[name]), string(b.Contents[name]))
		}
	}
}

// list writes ids as pipeline files do.
func list(ids []string) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = word(id)
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// answers words how many answers were used, and which.
func (s *Stage) answers() string {
	if s.AnswersSum == "" {
		return ""
	}
	return fmt.Sprintf("%d answers %s", s.Answers, s.AnswersSum)
}

func texts(of map[string]Sum) map[string]string {
	out := map[string]string{}
	for k, v := range of {
		out[k] = string(v)
	}
	return out
}

func counts(of map[string]int64) map[string]string {
	out := map[string]string{}
	for k, v := range of {
		out[k] = strconv.FormatInt(v, 10)
	}
	return out
}

// Of returns the differences of some sorts, causes first.
func Of(all []Difference, sorts ...Sort) []Difference {
	var out []Difference
	for _, d := range all {
		if slices.Contains(sorts, d.Sort) {
			out = append(out, d)
		}
	}
	rank := []Sort{Cause, Form, Effect}
	slices.SortStableFunc(out, func(a, b Difference) int {
		return cmp.Compare(slices.Index(rank, a.Sort), slices.Index(rank, b.Sort))
	})
	return out
}
