package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"icono/internal/bundle"
	"icono/internal/media"
	"icono/internal/picture"
	"icono/internal/tabular"
)

// exportPictures writes what is known of the pictures that a run has opened.
func (a *app) exportPictures(ctx context.Context, s *study, opened *openings) error {
	inputs, err := s.inputs(a.version)
	if err != nil {
		return err
	}
	known, err := opened.pictures(ctx, inputs, s.settings.Workers)
	if err != nil {
		return err
	}
	name := cmp.Or(s.plan.Doc.Pictures, s.list, bundle.Pictures)
	if err := s.others(name, known); err != nil {
		return err
	}
	f, err := tabular.Create(s.library.Resolve(name))
	if err != nil {
		return err
	}
	defer func() { _ = f.Abort() }() // does nothing after Commit
	if err := known.Write(f); err != nil {
		return err
	}
	if err := f.Commit(); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "what is known of %s is in %s\n", count(len(known), "picture"), filepath.Join(filepath.Dir(s.plan.Doc.File.Name), name))
	for _, st := range s.plan.Stages {
		if st.Kind == "report" && st.With.Get("pictures").Scalar() != "none" {
			fmt.Fprintf(a.Out, "the report of `%s` shows pictures: with `pictures: none` it is the same where they are not, as `run --locked` and `verify` want it\n", st.ID)
		}
	}
	if s.list != "" {
		s.plan.Doc.Pictures = s.list
	}
	if s.plan.Doc.Pictures == "" {
		fmt.Fprintf(a.Out, "next: put the line `pictures: %s` into %s, and run the study once, so that the lock knows it\n", name, s.plan.Doc.File.Name)
	}
	return nil
}

// others adds to what is known of pictures what the list that is there says of others:
// those of other pipelines. Where such a picture is here and is another by now, it is
// described as it is.
func (s *study) others(list string, known media.Absent) error {
	r, err := os.Open(s.library.Resolve(list))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read
	old, err := media.ReadAbsent(list, r)
	if err != nil {
		return fmt.Errorf("the list of pictures cannot be read, and may name those of other pipelines: %w", err)
	}
	for path, entry := range old {
		if _, read := known[path]; read {
			continue
		}
		known[path] = entry
		data, err := media.ReadPicture(s.library.Open, path)
		if err != nil {
			continue // it is not here
		}
		if now := picture.Describe(data); now.Check() == nil && now.SHA256 != entry.SHA256 {
			known[path] = now
		}
	}
	return nil
}
