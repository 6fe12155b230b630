package cli

import (
	"context"
	"path"
	"slices"
	"strings"

	"icono/internal/bundle"
	"icono/internal/media"
	"icono/internal/stage"
	"icono/internal/tabular"
	"icono/internal/trace"
)

// write writes what the study is made from to a folder.
func (s *sharing) write(ctx context.Context, dir string) error {
	for _, name := range s.reads() {
		to := bundle.At(name, s.names, s.moved)
		var err error
		if at := slices.IndexFunc(s.sides, func(t *bundle.Side) bool { return t.ID == name }); at >= 0 {
			err = s.sides[at].Write(ctx, s.report.Columns, s.names, dir, to)
		} else {
			err = bundle.Copy(s.study.library, name, dir, to, s.names)
		}
		if err != nil {
			return err
		}
	}
	for _, l := range s.loaded {
		t, err := l.Write(ctx, s.report.Columns, s.names, dir)
		if err != nil {
			return err
		}
		s.report.Tables = append(s.report.Tables, t)
	}
	absent := media.Absent{}
	for path, known := range s.known {
		absent[s.names.Of(path)] = known
	}
	s.report.Pictures, s.report.Answers = len(absent), s.echo.Answers()
	if len(absent) > 0 {
		var b strings.Builder
		if err := absent.Write(&b); err != nil {
			return err
		}
		if err := bundle.Put(dir, bundle.Pictures, b.String()); err != nil {
			return err
		}
	}
	return bundle.Put(dir, ".gitattributes", "# Sums of files are part of this: git must not change line ends.\n* -text\n")
}

// reads are the files that the study names besides tables and pictures.
func (s *sharing) reads() (out []string) {
	if s.study.plan.Doc.Prices != "" {
		out = append(out, s.study.plan.Doc.Prices)
	}
	for _, st := range s.study.plan.Stages {
		// The lists of rows that a sample or filter names are written anew.
		if st.Kind != "load" && st.Kind != "sample" && st.Kind != "filter" {
			out = append(out, st.Reads...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// samples writes the rows that stages of kind sample drew, which other keys would draw
// otherwise.
func (s *sharing) samples(dir string) (bundle.Lists, error) {
	lists := bundle.Lists{}
	for _, st := range s.history.Stages {
		if st.Kind != "sample" {
			continue
		}
		if err := s.list(dir, lists, st, "drawn"); err != nil {
			return nil, err
		}
	}
	return lists, nil
}

// list writes the rows that a stage took, for its option.
func (s *sharing) list(dir string, lists bundle.Lists, st *trace.Stage, option string) error {
	id := s.names.Text(st.ID)
	name := path.Join(bundle.Data, id+"."+option+".csv")
	var keys []string
	var chances map[string]string
	at := stage.FindAdded(st.Out, stage.Inclusion, st.ID)
	if at >= 0 {
		chances = map[string]string{}
	}
	for _, row := range st.Rows {
		key := bundle.Row(s.study.plan, s.names, st.ID, row.Key)
		keys = append(keys, key)
		if at >= 0 {
			chances[key] = row.Values[at].Text
		}
	}
	lists[st.ID] = [2]string{option, name}
	return bundle.WriteKeys(dir, name, keys, chances)
}

// tellWho writes the private file of names and pseudonyms, where it is asked for.
func (s *sharing) tellWho(ctx context.Context) error {
	if s.flags.who == "" {
		return nil
	}
	f, err := tabular.Create(s.flags.who)
	if err != nil {
		return err
	}
	defer func() { _ = f.Abort() }() // does nothing after Commit
	if err := f.Chmod(0o600); err != nil {
		return err
	}
	if err := bundle.WriteWho(ctx, f, s.tables(), s.report.Columns, s.known, s.names); err != nil {
		return err
	}
	return f.Commit()
}
