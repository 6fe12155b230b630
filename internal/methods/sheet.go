package methods

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"icono/internal/lock"
	"icono/internal/pipeline"
	"icono/internal/stage"
)

// Sheet tells what was recorded. facts are those of the replay, inputs what the study
// is made from.
func (r *Recorder) Sheet(program string, facts []stage.StageFacts, inputs *lock.File) *Sheet {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.plan.Doc
	out := &Sheet{Program: program, Name: d.Name, About: d.About, Seed: d.Seed, Overrides: d.Overrides}
	for _, i := range r.plan.Order {
		p := r.plan.Stages[i]
		f := stage.StageFacts{ID: p.ID}
		if at := slices.IndexFunc(facts, func(f stage.StageFacts) bool { return f.ID == p.ID }); at >= 0 {
			f = facts[at]
		}
		out.Stages = append(out.Stages, r.stage(p, f, inputs.Stages[p.ID]))
	}
	return out
}

func (r *Recorder) stage(p *pipeline.Planned, f stage.StageFacts, in *lock.Stage) Stage {
	t := r.stages[p.ID]
	out := Stage{ID: p.ID, Kind: p.Kind, From: r.plan.InputIDs(p), In: f.In, Out: f.Out, Added: f.Added, Dropped: f.Dropped, Counted: f.Counted, Faults: f.Faults,
		Lacking: t.lacking, Made: made(p), Pictures: t.named, Codes: stage.FindAdded(p.Out, stage.StatusRole, p.ID) >= 0}
	if in != nil {
		out.Reads, out.Cassettes = files(in.Reads), files(in.Cassettes)
	}
	for _, o := range p.Settings() {
		out.Settings = append(out.Settings, Named{o.Name, plain(o.Value)})
	}
	for _, o := range p.Defaults() {
		out.Defaults = append(out.Defaults, Named{o.Name, plain(o.Value)})
	}
	for _, c := range slices.Sorted(maps.Keys(t.codes)) {
		if n := t.codes[c]; n > 0 {
			out.Empty = append(out.Empty, stage.Count{Name: p.Out.Field(c).Name, N: n})
		}
	}
	for _, fact := range f.Facts {
		if !ofMachine(fact.Name) {
			out.Facts = append(out.Facts, Named{fact.Name, fact.Value})
		}
	}
	if out.Codes {
		out.OnFault = p.OnFault.String()
		out.Variables = variables(p)
	}
	for _, chance := range slices.Sorted(maps.Keys(t.chances)) {
		out.Draws = append(out.Draws, Draw{chance, t.chances[chance]})
	}
	for _, c := range slices.Sorted(maps.Keys(t.shares)) {
		if s := t.shares[c]; s.rows > 0 {
			out.Repeated = append(out.Repeated, Repeated{cmp.Or(stage.VariableOf(p.Out.Field(c)), p.Out.Field(c).Name), s.rows, s.full, s.sum / float64(s.rows), s.open})
		}
	}
	for _, i := range p.Made() {
		if from := stage.InputsOf(p.Out.Field(i)); len(from) > 0 && stage.AddedBy(p.Out.Field(i)) == p.ID {
			out.Inputs = from
			break
		}
	}
	for _, a := range t.asked {
		if a.close(); of(out.Settings, "shuffle") == "true" {
			a.Prompts, a.Varied = nil, true
		}
		out.Asked = append(out.Asked, a)
	}
	slices.SortFunc(out.Asked, func(a, b *Asked) int {
		return cmp.Or(strings.Compare(a.Provider, b.Provider), strings.Compare(a.Model, b.Model), strings.Compare(a.BaseURL, b.BaseURL))
	})
	return out
}

// close puts what was counted in an order that does not depend on the replay.
func (o *Asked) close() {
	slices.SortFunc(o.By, func(a, b Answerer) int {
		return cmp.Or(cmp.Compare(b.Answers, a.Answers), strings.Compare(a.Model, b.Model), strings.Compare(a.Note, b.Note))
	})
	o.Prompts = slices.Sorted(maps.Keys(o.prompts))
	o.Parameters = nil
	for _, name := range slices.Sorted(maps.Keys(o.said)) {
		value := o.said[name]
		if name == "repeat" { // which tells questions apart, and is not sent
			continue
		}
		if value != differs {
			value = plain(value)
		}
		if name == "response_format" && value != differs {
			value = format(o.said[name])
		}
		o.Parameters = append(o.Parameters, Named{name, value})
	}
}

// format words the form that answers were held to.
func format(text string) string {
	var f struct{ Type, Name string }
	if json.Unmarshal([]byte(text), &f) != nil || f.Type != "json_schema" {
		return plain(text)
	}
	return "a JSON Schema, sha256 " + sum(text)
}

// sum is the SHA-256 of a text.
func sum(text string) string {
	of := sha256.Sum256([]byte(text))
	return hex.EncodeToString(of[:])
}

// ofMachine reports a fact about the machine of the replay, or about a file that a
// stage writes, which a replay does not.
func ofMachine(fact string) bool {
	return slices.Contains([]string{"device", "ONNX Runtime", "file", "sha256", "content"}, fact)
}

func files(of map[string]lock.Sum) []File {
	var out []File
	for _, path := range slices.Sorted(maps.Keys(of)) {
		out = append(out, File{path, of[path]})
	}
	return out
}

// made are the names of the columns that a stage made.
func made(p *pipeline.Planned) []string {
	var out []string
	for _, i := range p.Made() {
		out = append(out, p.Out.Field(i).Name)
	}
	return out
}

// variables are the columns of a stage that say what they mean.
func variables(p *pipeline.Planned) []Variable {
	var out []Variable
	for _, i := range p.Made() {
		f := p.Out.Field(i)
		v := Variable{Column: f.Name, Documentation: stage.DocumentationOf(f)}
		if len(v.Meanings) == 0 {
			v.Names = stage.CategoriesOf(f)
		}
		if v.Text != "" || len(v.Meanings)+len(v.Names)+len(v.Notes) > 0 || stage.RoleOf(f) == stage.Code || stage.RoleOf(f) == stage.Text {
			out = append(out, v)
		}
	}
	return out
}

// plain words a JSON value: lists with commas, mappings as `name: value`.
func plain(text string) string {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return text
	}
	return word(v, false)
}

func word(v any, inner bool) string {
	var parts []string
	divide := ", "
	switch v := v.(type) {
	case nil:
		return "none"
	case string:
		if v == "" && inner {
			return `""`
		}
		return v
	case map[string]any:
		divide = "; "
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, name+": "+word(v[name], true))
		}
	case []any:
		for _, item := range v {
			if pair, ok := item.([]any); ok && len(pair) == 2 { // an entry of a mapping
				if name, ok := pair[0].(string); ok {
					if divide = "; "; pair[1] == any(name) {
						parts = append(parts, name)
						continue
					}
					parts = append(parts, name+": "+word(pair[1], true))
					continue
				}
			}
			parts = append(parts, word(item, true))
		}
	default:
		b, _ := json.Marshal(v) // of what was JSON
		return string(b)
	}
	if inner && len(parts) > 1 {
		return "(" + strings.Join(parts, divide) + ")"
	}
	return strings.Join(parts, divide)
}
