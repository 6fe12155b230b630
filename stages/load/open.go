package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"icono/internal/columns"
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
	_, is := l.file.(*listing)
	return is
}

// open finds the files that `path` names, and their columns and types.
func (l *load) open(ctx context.Context, env stage.Env, full bool) (tabular.File, error) {
	if l.config.Format == imagesFormat || l.config.Format == "" && l.allPictures(env) {
		return l.listPictures(ctx, env)
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
			sources = append(sources, tabular.Source{Name: name, Path: env.Study.Resolve(name), Open: func() (io.ReadCloser, error) { return env.Study.Open(name) }})
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	o := tabular.ReadOptions{Format: tabular.Format(l.config.Format), Delimiter: l.config.Delimiter, Encoding: l.config.Encoding, NA: l.config.NA, Types: map[string]string{}}
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
	return file, nil
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

// expand returns the files that a path or glob names, sorted.
func expand(study stage.Study, path string) ([]string, error) {
	full := study.Resolve(path)
	info, err := os.Stat(full)
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s is a folder; name its tables, such as `%s/*.csv`", path, strings.TrimSuffix(path, "/"))
	case err == nil:
		return []string{path}, nil
	case !strings.ContainsAny(path, "*?["):
		return nil, missing(full, path, err)
	}
	found, err := filepath.Glob(full)
	if err != nil {
		return nil, fmt.Errorf("%q is no pattern: %w", path, err)
	}
	found = slices.DeleteFunc(found, func(f string) bool {
		info, err := os.Stat(f)
		return err == nil && info.IsDir()
	})
	if len(found) == 0 {
		return nil, fmt.Errorf("no file matches %s", path)
	}
	// Keep the way in which the pipeline writes the folder.
	dir := path[:strings.LastIndex(path, "/")+1]
	if strings.ContainsAny(dir, "*?[") {
		return found, nil
	}
	for i, f := range found {
		found[i] = dir + filepath.Base(f)
	}
	slices.Sort(found)
	return found, nil
}

// missing words why a file is not there, with the file that may be meant.
func missing(full, path string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return fmt.Errorf("%s cannot be read: %w", path, err)
	}
	entries, dirErr := os.ReadDir(filepath.Dir(full))
	if dirErr != nil {
		return fmt.Errorf("there is no file %s, nor the folder that it should be in", path)
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	if near := suggest.Nearest(filepath.Base(full), names); near != "" {
		return fmt.Errorf("there is no file %s; did you mean `%s`?", path, near)
	}
	return fmt.Errorf("there is no file %s", path)
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
		if columns.Index(in, e.Key) < 0 {
			errs = append(errs, &stage.OptionError{Path: []string{"types", e.Key}, Message: fmt.Sprintf("the table has no column %q", e.Key),
				Hint: suggest.Hint(e.Key, columns.Names(in))})
		}
	}
	return errs
}

func (l *load) listPictures(ctx context.Context, env stage.Env) (tabular.File, error) {
	var paths []string
	for i, p := range l.config.Path {
		found, err := env.Study.Pictures(string(p))
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
	return &listing{paths: slices.Compact(paths)}, nil
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
