package sample

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/flow"
	"icono/internal/keylist"
	"icono/internal/stage"
	"icono/internal/suggest"
)

type sample struct {
	id     string
	config Config
	drawn  keylist.List // that Probe read
}

// Probe implements stage.Prober: it reads the rows that were drawn before.
func (s *sample) Probe(ctx context.Context, env stage.Env, _ bool) error {
	if s.config.Drawn == "" {
		return nil
	}
	var err error
	if s.drawn, err = keylist.Read(ctx, env.Study, string(s.config.Drawn)); err != nil {
		return &stage.OptionError{Path: []string{"drawn"}, Message: err.Error()}
	}
	return nil
}

// Files implements stage.FileUser.
func (s *sample) Files() (reads, writes []string) {
	if s.config.Drawn != "" {
		reads = append(reads, string(s.config.Drawn))
	}
	return reads, nil
}

// Schema implements stage.Stage.
func (s *sample) Schema(in []*arrow.Schema) (*arrow.Schema, error) {
	var errs []error
	fail := func(message, hint string, path ...string) {
		errs = append(errs, &stage.OptionError{Path: path, Message: message, Hint: hint})
	}
	if stage.Find(in[0], stage.Key) < 0 {
		fail("a sample is drawn by the key of the rows, and these rows have none", "name the column that identifies a row in the stage that loads them: `key: ID`")
	}
	for i, name := range s.config.By {
		switch at := columns.Index(in[0], name); {
		case at < 0:
			fail(fmt.Sprintf("there is no column `%s`", name), suggest.Hint(name, columns.Names(in[0])), "by", strconv.Itoa(i))
		case arrow.IsNested(in[0].Field(at).Type.ID()):
			fail(fmt.Sprintf("the column `%s` holds lists, which make no strata", name), "derive a column from it first", "by", strconv.Itoa(i))
		}
	}
	if at := columns.Index(in[0], s.config.Column); at >= 0 {
		message := fmt.Sprintf("the column `%s` exists already", s.config.Column)
		if by := stage.AddedBy(in[0].Field(at)); by != "" {
			message += fmt.Sprintf(": it comes from the stage `%s`", by)
		}
		fail(message, fmt.Sprintf("give this one another name: `column: %s_%s`", s.config.Column, s.id), "column")
	}
	if columns.Index(in[0], s.config.Column) >= 0 {
		return in[0], errors.Join(errs...)
	}
	f := stage.Mark(arrow.Field{Name: s.config.Column, Type: arrow.PrimitiveTypes.Float64, Nullable: s.config.Drawn != ""}, stage.Inclusion, s.id) // a list may not say it
	return columns.AppendFields(in[0], f), errors.Join(errs...)
}

// earlier counts the samples that the rows went through before.
func earlier(in *arrow.Schema) int {
	n := 0
	for _, f := range in.Fields() {
		if stage.RoleOf(f) == stage.Inclusion {
			n++
		}
	}
	return n
}

// EstimateRows implements stage.Estimator.
func (s *sample) EstimateRows(in []int64) int64 {
	switch {
	case s.drawn != nil:
		return int64(len(s.drawn))
	case in[0] < 0 || len(s.config.By) > 0 && s.config.N != nil:
		return -1
	case s.config.N != nil:
		return min(int64(*s.config.N), in[0])
	}
	return int64(*s.config.Share * float64(in[0]))
}

// Run implements stage.Stage.
func (s *sample) Run(ctx context.Context, env stage.Env, in []stage.Table) stage.Rows {
	out, err := s.Schema([]*arrow.Schema{in[0].Schema})
	if err != nil {
		return flow.Fail(err)
	}
	d := &draw{sample: *s, env: env, out: out, key: stage.Find(in[0].Schema, stage.Key)}
	seed := env.Seed
	if s.config.Seed != nil {
		seed = *s.config.Seed
	}
	d.lot = newLot(seed, earlier(in[0].Schema))
	if s.drawn != nil {
		return d.listed(in[0].Rows)
	}
	for _, name := range s.config.By {
		d.by = append(d.by, columns.Index(in[0].Schema, name))
	}
	return func(yield func(arrow.Record, error) bool) {
		env.Ledger.Fact("seed", strconv.FormatUint(seed, 10))
		if s.config.Share != nil {
			flow.Map(in[0].Rows, d.share)(yield)
			return
		}
		d.number(ctx, in[0])(yield)
	}
}
