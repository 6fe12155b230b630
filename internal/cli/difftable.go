package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"icono/internal/change"
	"icono/internal/trace"
)

// isTable reports whether a version is a table, by the end of its name.
func isTable(version string) bool { return exists(version) && calledTable(version) }

// calledTable reports whether a name ends as those of tables do.
func calledTable(version string) bool {
	return slices.Contains([]string{".csv", ".tsv", ".jsonl", ".json", ".parquet", ".arrow"}, strings.ToLower(filepath.Ext(version)))
}

// compareTables compares the values of a table with those of another, or of the table
// of a study that has most of its columns.
func (a *app) compareTables(ctx context.Context, f diffFlags, from, to string) (report *change.Report, err error) {
	first, second, turned := from, to, false
	if isTable(from) && !isTable(to) { // the study says what identifies a row
		first, second, turned = to, from, true
	}
	use := func(one, other *trace.Stage) {
		if turned {
			one, other = other, one
		}
		report = change.Plain(one, other)
	}
	if !isTable(first) {
		path, remove, err := materialise(ctx, f.study, cmp.Or(first, "HEAD"))
		if err != nil {
			return nil, err
		}
		defer remove()
		var flags studyFlags
		flags.ask.earlier = !exists(first)
		err = a.replayed(ctx, []string{path}, flags, nil, func(_ *study, ra *trace.Run) error {
			return a.loaded(ctx, second, cmp.Or(f.key, keyOf(ra)), func(t *trace.Stage) error {
				best := likest(ra, t, second)
				if best == nil {
					return wrong("no table of the study has the key %s of %s", t.Out.Field(t.Key).Name, second)
				}
				use(best, t)
				return nil
			})
		})
		return report, err
	}
	return report, a.loaded(ctx, first, f.key, func(x *trace.Stage) error {
		return a.loaded(ctx, second, x.Out.Field(x.Key).Name, func(y *trace.Stage) error {
			use(x, y)
			return nil
		})
	})
}

// loaded hands on a table as a stage that reads it, identified by the column key, or by
// the first.
func (a *app) loaded(ctx context.Context, table, key string, use func(*trace.Stage) error) error {
	path, err := filepath.Abs(table)
	if err != nil {
		return wrong("%v", err)
	}
	dir, err := os.MkdirTemp("", "icono-table-")
	if err != nil {
		return failed(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, defaultFile)
	with := map[string]string{"path": path}
	write := func() error {
		text, err := json.Marshal(map[string]any{"version": 1, "stages": []any{
			map[string]any{"id": "table", "kind": "load", "with": with},
			map[string]any{"id": "out", "kind": "save", "with": map[string]string{"path": "out.csv"}}, // never written
		}})
		if err != nil {
			return err
		}
		return os.WriteFile(file, text, 0o600)
	}
	if err := write(); err != nil {
		return failed(err)
	}
	s, err := a.open(ctx, []string{file}, studyFlags{}, false)
	if err != nil {
		return err
	}
	s.close()
	if len(s.plan.Stages) == 0 || s.plan.Stages[0].Out == nil {
		return a.admit(s.faults)
	}
	fields := s.plan.Stages[0].Out
	if with["key"] = cmp.Or(key, fields.Field(0).Name); !fields.HasField(with["key"]) {
		return wrong("the table %s has no column %s\nname the column that identifies a row with --key", table, with["key"])
	}
	if err := write(); err != nil {
		return failed(err)
	}
	return a.replayed(ctx, []string{file}, studyFlags{}, nil, func(_ *study, r *trace.Run) error { return use(r.Stages[0]) })
}

// keyOf is the name of the column that identifies the rows of a study, "" where none
// does.
func keyOf(run *trace.Run) string {
	for _, s := range run.Stages {
		if s.Key >= 0 {
			return s.Out.Field(s.Key).Name
		}
	}
	return ""
}

// likest is the table of a study that is written to a file of this name, or else the
// last of those that have most columns, then most rows of another.
func likest(run *trace.Run, table *trace.Stage, name string) *trace.Stage {
	var best *trace.Stage
	var columns, rows int
	for _, i := range run.Plan.Order {
		s := run.Stages[i]
		if s.Key < 0 || s.Out.Field(s.Key).Name != table.Out.Field(table.Key).Name {
			continue
		}
		if slices.ContainsFunc(s.Writes, func(path string) bool { return filepath.Base(path) == filepath.Base(name) }) {
			return s
		}
		c, n := 0, 0
		for _, f := range s.Out.Fields() {
			if table.Column(f.Name) >= 0 {
				c++
			}
		}
		for _, r := range table.Rows {
			if len(s.Find(r.Key)) > 0 {
				n++
			}
		}
		if c > columns || c == columns && n >= rows {
			best, columns, rows = s, c, n
		}
	}
	return best
}
