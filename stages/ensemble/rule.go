package ensemble

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/expression"
	"icono/internal/flow"
	"icono/internal/stage"
	"icono/internal/suggest"
)

// elseLabel stands in the column of rules where none holds.
const elseLabel = "else"

// ruled is a stage that merges by rules.
type ruled struct{ merger }

// statute is a stage of rules over one input table.
type statute struct {
	inputs     []input
	programs   []*expression.Program
	labels     []string // of the rules, and of `else`
	categories []string
	seen       *arrow.Schema // what conditions see: inputs, then columns
	columns    []int         // of the table among them
	compared   bool          // there is an input that can agree
	schema     *arrow.Schema
}

// label names a rule.
func label(i int, r Rule) string {
	if r.Name != "" {
		return r.Name
	}
	return fmt.Sprintf("%d: %s", i+1, strings.TrimSpace(string(r.When)))
}

// Schema implements stage.Stage.
func (s *ruled) Schema(in []*arrow.Schema) (*arrow.Schema, error) {
	p, err := s.plan(in[0])
	return p.schema, err
}

func (s *ruled) plan(in *arrow.Schema) (*statute, error) {
	inputs, err := s.config.resolve(in)
	p, errs := &statute{inputs: inputs}, []error{err}
	var seen []arrow.Field
	for _, i := range inputs {
		seen = append(seen, i.field)
	}
	for i, f := range in.Fields() {
		if !slices.Contains(s.config.Inputs.Keys(), f.Name) {
			seen, p.columns = append(seen, f), append(p.columns, i)
		}
	}
	p.seen = arrow.NewSchema(seen, nil)
	p.categories = s.config.Categories
	then := func(category string, path ...string) {
		switch {
		case slices.Contains(p.categories, category):
		case len(s.config.Categories) > 0:
			errs = append(errs, wrong(fmt.Sprintf("`%s` is none of `categories`", category), suggest.Hint(category, p.categories), path...))
		default:
			p.categories = append(p.categories, category)
		}
	}
	for i, r := range s.config.Rules {
		program, err := expression.Compile(string(r.When), p.seen, expression.Boolean)
		if err != nil && !namesAbsent(string(r.When), inputs) {
			errs = append(errs, expression.OptionError([]string{"rules", strconv.Itoa(i), "when"}, err))
		}
		p.programs, p.labels = append(p.programs, program), append(p.labels, label(i, r))
		then(r.Then, "rules", strconv.Itoa(i), "then")
		errs = append(errs, s.reached(i))
	}
	if s.config.Else != "" {
		then(s.config.Else, "else")
		p.labels = append(p.labels, elseLabel)
	}
	p.compared = len(newAccord(inputs, p.categories, false).at) > 0
	fields := []arrow.Field{s.config.merged(s.code(s.config.Column, p.categories, stage.Code), p.inputs), s.code(s.id+"_rule", p.labels, stage.Phrase)}
	if p.compared {
		fields = append(fields, s.agreed())
	}
	fields = append(fields, s.ending()...)
	errs = append(errs, s.exists(in, fields, "column"))
	p.schema = columns.AppendFields(in, fields...)
	return p, errors.Join(errs...)
}

// namesAbsent reports whether a condition names an input that cannot be found,
// which is said already.
func namesAbsent(when string, inputs []input) bool {
	return slices.ContainsFunc(inputs, func(p input) bool { return p.absent && strings.Contains(when, p.name) })
}

// reached warns of a rule that no row can come to.
func (s *ruled) reached(i int) error {
	when := strings.TrimSpace(string(s.config.Rules[i].When))
	for k, r := range s.config.Rules[:i] {
		above := strings.TrimSpace(string(r.When))
		message := fmt.Sprintf("this rule decides nothing: rule %d has the same condition", k+1)
		if above == "true" {
			message = fmt.Sprintf("this rule decides nothing: rule %d always holds", k+1)
		} else if above != when {
			continue
		}
		w := wrong(message, "remove one of them, or put the narrower one first", "rules", strconv.Itoa(i), "when")
		w.Warning = true
		return w
	}
	return nil
}

// Run implements stage.Stage.
func (s *ruled) Run(_ context.Context, env stage.Env, in []stage.Table) stage.Rows {
	p, err := s.plan(in[0].Schema)
	if err := serious(err); err != nil {
		return flow.Fail(err)
	}
	return func(yield func(arrow.Record, error) bool) {
		r := &hearing{ruled: s, statute: p, env: env, accord: newAccord(p.inputs, p.categories, false)}
		defer func() { r.accord.tell(env.Ledger) }()
		flow.Map(in[0].Rows, r.batch)(yield)
	}
}
