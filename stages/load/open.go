package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
	"icono/internal/media"
	"icono/internal/stage"
	"icono/internal/suggest"
	"icono/internal/tabular"
)

// imagesFormat is the format of a folder, a glob or a zip of pictures.
const imagesFormat = "images"

// sampleRows is how many rows decide on types where a run will read all.
const sampleRows = 1000

// images reports whether the stage lists pictures instead of reading a table.
func (l *load) images() bool {
	switch l.file.(type) {
	case *listing, *downloads:
		return true
	}
	return false
}

// open finds the files that `path` names, and their columns and types.
func (l *load) open(ctx context.Context, env stage.Env, full bool) (tabular.File, error) {
	if l.config.Format == imagesFormat || l.config.Format == "" && l.allPictures(env) {
		return l.listPictures(ctx, env)
	}
	if l.config.Format == "" && l.allDownloads() {
		return l.listDownloads(env)
	}
	var sources []tabular.Source
	var errs []error
	for i, p := range l.config.Path {
		names, err := expand(env.Study, string(p))
		if err != nil {
			errs = append(errs, l.pathError(i, err))
			continue
		}
		for _, name := range names {
			if _, known := tabular.FormatOf(name); !known && l.config.Format == "" {
				errs = append(errs, l.pathError(i, unknownFormat(name)))
				continue
			}
			sources = append(sources, source(env.Study, name))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	o := tabular.ReadOptions{Format: tabular.Format(l.config.Format), Delimiter: l.config.Delimiter, Encoding: l.config.Encoding, NA: l.config.NA,
		Types: map[string]string{}, Verbatim: string(l.config.Key), Decimal: l.config.Decimal, FileColumn: l.fileColumn()}
	for _, e := range l.config.Types {
		o.Types[e.Key] = e.Value
	}
	if !full {
		o.SampleRows = sampleRows
	}
	file, err := tabular.OpenAll(ctx, sources, o)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, err
	case err != nil:
		return nil, &stage.OptionError{Path: []string{"path"}, Message: err.Error()}
	}
	if l.config.Beside {
		l.beside = besideAll(env.Study, sources)
	}
	return file, nil
}

// source is a file of the study, for libraries that want one at its path.
func source(study stage.Study, name string) tabular.Source {
	s := tabular.Source{Name: name, Open: func() (io.ReadCloser, error) { return study.Open(name) }}
	if path := study.Resolve(name); isRegular(path) {
		s.Path = path
	}
	return s
}

func isRegular(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// fileColumn is the column for the path of a row's file, "" for none.
func (l *load) fileColumn() string {
	if l.config.File == "" && l.config.Beside {
		return defaultFileColumn
	}
	return l.config.File
}

// unknownFormat words what to do about a file whose name ends unusually.
func unknownFormat(name string) error {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".xlsx", ".xls", ".xlsm", ".ods", ".numbers":
		return fmt.Errorf("%s is a workbook, which is not read; export its sheet as CSV (UTF-8)", name)
	case ".sav", ".dta", ".rds", ".rdata", ".sqlite", ".db":
		return fmt.Errorf("%s is of a format that is not read; export it as CSV or Parquet", name)
	}
	return fmt.Errorf("the format of %s cannot be told from its name; set `format`", name)
}

// pathError is an error about the i-th path.
func (l *load) pathError(i int, err error) error {
	at := []string{"path"}
	if len(l.config.Path) > 1 {
		at = append(at, fmt.Sprint(i))
	}
	return &stage.OptionError{Path: at, Message: err.Error()}
}

// allPictures reports whether every path is a folder, a zip archive or a glob
// of pictures rather than a table.
func (l *load) allPictures(env stage.Env) bool {
	for _, p := range l.config.Path {
		path := string(p)
		info, err := os.Stat(env.Study.Resolve(path))
		isFolder := err == nil && info.IsDir()
		if !isFolder && !isPictureName(path) {
			return false
		}
	}
	return true
}

func isPictureName(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".zip", ".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff":
		return true
	}
	return false
}

// checkTypes refuses types for columns that are not there.
func (l *load) checkTypes(in *arrow.Schema) []error {
	var errs []error
	for _, e := range l.config.Types {
		switch {
		case columns.Index(in, e.Key) < 0:
			errs = append(errs, &stage.OptionError{Path: []string{"types", e.Key}, Message: fmt.Sprintf("the table has no column %q", e.Key),
				Hint: suggest.Hint(e.Key, columns.Names(in))})
		case l.images():
			errs = append(errs, &stage.OptionError{Path: []string{"types", e.Key}, Message: "the columns of a table of pictures have their types", Hint: "remove `types`"})
		}
	}
	return errs
}

func (l *load) listPictures(ctx context.Context, env stage.Env) (tabular.File, error) {
	var paths []string
	var others, dangling int
	for i, p := range l.config.Path {
		found, survey, err := pictures(env.Study, string(p))
		others, dangling = others+survey.Others, dangling+survey.Dangling
		if err != nil && ctx.Err() != nil {
			return nil, err
		}
		if hint := tablesIn(env.Study, string(p)); err != nil && hint != "" {
			err = fmt.Errorf("%s is a folder without pictures; for its tables name them: `%s`", p, hint)
		}
		if err != nil {
			return nil, l.pathError(i, err)
		}
		paths = append(paths, found...)
	}
	slices.SortFunc(paths, cmp.Compare[string])
	once := slices.Compact(slices.Clone(paths))
	l.passed = nil
	if n := len(paths) - len(once); n > 0 {
		l.passed = append(l.passed, stage.Count{Name: "pictures that several paths name", N: int64(n)})
	}
	l.beyond = nil
	if others > 0 {
		l.beyond = append(l.beyond, fmt.Sprintf("files that are no pictures: %d", others))
	}
	if dangling > 0 {
		l.beyond = append(l.beyond, fmt.Sprintf("links to no file: %d", dangling))
	}
	return &listing{paths: once}, nil
}

// pictures lists the pictures of a path, and what the study can tell of the
// rest.
func pictures(study stage.Study, path string) (found []string, survey media.Survey, err error) {
	s, can := study.(interface {
		Survey(pattern string) (media.Survey, error)
	})
	if !can {
		found, err = study.Pictures(path)
		return found, survey, err
	}
	survey, err = s.Survey(path)
	for _, e := range survey.Entries {
		found = append(found, e.Path)
	}
	return found, survey, err
}

// tablesIn returns a pattern for the tables that lie in a folder, or "".
func tablesIn(study stage.Study, folder string) string {
	entries, err := os.ReadDir(study.Resolve(folder))
	if err != nil {
		return ""
	}
	for _, e := range entries {
		if _, is := tabular.FormatOf(e.Name()); is && !e.IsDir() {
			return strings.TrimSuffix(folder, "/") + "/*" + filepath.Ext(e.Name())
		}
	}
	return ""
}
