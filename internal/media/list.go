package media

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
)

// Entry is a picture file that List found.
type Entry struct {
	// Path is how Open takes it, with forward slashes.
	Path string
	// Size is in bytes, uncompressed.
	Size int64
}

// List finds picture files by their names: in a folder and all below it, by a
// pattern ("media/*.jpg", "media/**/*.png" with ** for any number of folders),
// in a zip archive, in a folder of one ("photos.zip/2021"), or by a pattern
// that leads to or into archives ("*.zip", "*.zip/**/*.jpg"). The entries are
// sorted by path. Hidden files and macOS's resource folders are left out.
// Finding nothing is an error.
func (l *Library) List(pattern string) ([]Entry, error) {
	found, err := l.Survey(pattern)
	return found.Entries, err
}

// Survey is what List finds, and what lies there besides.
type Survey struct {
	Entries []Entry
	// Others is the number of files that fit and are no pictures, Dangling that
	// of links to nothing with the name of a picture.
	Others, Dangling int
}

// Survey finds picture files as List does.
func (l *Library) Survey(pattern string) (Survey, error) {
	p := strings.TrimSuffix(path.Clean(filepath.ToSlash(pattern)), "/")
	if pattern == "" {
		return Survey{}, fmt.Errorf("the path is empty: name a folder, a pattern such as media/**/*.jpg, or a zip archive")
	}
	found := &search{library: l}
	var err error
	if _, statErr := os.Lstat(l.Resolve(p)); statErr == nil || !hasMeta(p) {
		err = found.plain(p)
	} else {
		err = found.glob(p)
	}
	switch {
	case err != nil:
		return Survey{}, err
	case len(found.twice) > 0:
		sort.Strings(found.twice)
		return Survey{}, fault(found.twice[0], fmt.Errorf("%w (%d such names)", errTwice, len(found.twice)))
	case len(found.entries) == 0:
		return Survey{}, found.nothing(pattern)
	}
	sort.Slice(found.entries, func(i, j int) bool { return found.entries[i].Path < found.entries[j].Path })
	return Survey{found.entries, found.noPictures, found.dangling}, nil
}

// Pictures gives the paths of List.
func (l *Library) Pictures(pattern string) ([]string, error) {
	list, err := l.List(pattern)
	if err != nil {
		return nil, err
	}
	paths := make([]string, len(list))
	for i, e := range list {
		paths[i] = e.Path
	}
	return paths, nil
}

// search is one call of List.
type search struct {
	library    *Library
	entries    []Entry
	others     int      // files that were seen and are no pictures or do not fit
	example    string   // one of them
	noPictures int      // those that fit
	dangling   int      // links to nothing
	twice      []string // pictures whose name several entries of an archive have
}

func (s *search) nothing(pattern string) error {
	err := fmt.Errorf("%s: no pictures there: %w", pattern, fs.ErrNotExist)
	if s.others > 0 {
		err = fmt.Errorf("%s: none of the %d files there is a picture that fits (%s, for one); known are %s: %w",
			pattern, s.others, s.example, strings.Join(extensions(), " "), fs.ErrNotExist)
	}
	return err
}

// take adds a file if its name is a picture's.
func (s *search) take(name string, size int64) {
	if !isPicture(name) {
		s.noPictures++
		s.leave(name)
		return
	}
	s.entries = append(s.entries, Entry{Path: name, Size: size})
}

func (s *search) leave(name string) {
	s.others++
	if s.example == "" {
		s.example = name
	}
}

// plain lists a folder, an archive, a folder of an archive or one file.
func (s *search) plain(p string) error {
	a, entry, err := s.library.inArchive(p)
	if err != nil {
		return fault(p, err)
	}
	if a != nil {
		return s.inside(a, p, entry)
	}
	info, err := os.Stat(s.library.Resolve(p))
	switch {
	case err != nil:
		return fault(p, cause(err))
	case info.IsDir():
		return s.walk(p, nil, func(name string, info fs.FileInfo) error { s.take(name, info.Size()); return nil })
	case isZip(p):
		return s.archive(p, func(string) bool { return true })
	case !isPicture(p):
		return fmt.Errorf("%s: neither a folder, a zip archive nor a picture; known are %s", p, strings.Join(extensions(), " "))
	}
	s.take(p, info.Size())
	return nil
}

// inside lists entry, a folder or file of the archive that p leads into.
func (s *search) inside(a *archive, p, entry string) error {
	base := strings.TrimSuffix(p, "/"+entry)
	entry = entryName(entry)
	if name, f := a.find(entry); f != nil {
		s.entry(a, base, name, f)
		return nil
	}
	if hasMeta(entry) {
		return s.archive(base, func(name string) bool { return matchGlob(entry, name) })
	}
	if !a.folders[entry] {
		return fault(p, fmt.Errorf("not in the archive: %w", fs.ErrNotExist))
	}
	return s.archive(base, func(name string) bool { return strings.HasPrefix(name, entry+"/") })
}

// archive lists the entries of an archive that fit.
func (s *search) archive(p string, fits func(name string) bool) error {
	a, err := s.library.archive(s.library.Resolve(p))
	if err != nil {
		return fault(p, err)
	}
	if a == nil {
		return fault(p, fs.ErrNotExist)
	}
	for name, f := range a.entries {
		switch {
		case skipped(name):
		case fits(name):
			s.entry(a, p, name, f)
		default:
			s.leave(p + "/" + name)
		}
	}
	return nil
}

// entry adds an entry of the archive at base if its name is a picture's.
func (s *search) entry(a *archive, base, name string, f *zip.File) {
	if a.twice[name] && isPicture(name) {
		s.twice = append(s.twice, base+"/"+name)
	}
	s.take(base+"/"+name, int64(f.UncompressedSize64))
}

// glob lists what fits a pattern, walking from its first part that is one.
func (s *search) glob(p string) error {
	if err := checkGlob(p); err != nil {
		return fmt.Errorf("%s: not a pattern: a [ has no ]", p)
	}
	parts := strings.Split(p, "/")
	n := 0
	for n < len(parts) && !hasMeta(parts[n]) {
		n++
	}
	base := strings.Join(parts[:n], "/")
	switch {
	case n == 0:
		base = "."
	case base == "":
		base = "/"
	}
	if a, _, err := s.library.inArchive(p); a != nil || err != nil {
		return s.plain(p)
	}
	into := strings.Contains(strings.ToLower(p), ".zip/")
	return s.walk(base, nil, func(name string, info fs.FileInfo) error {
		switch {
		case isZip(name) && matchGlob(p, name):
			return s.archive(name, func(string) bool { return true })
		case isZip(name) && into:
			return s.archive(name, func(entry string) bool { return matchGlob(p, name+"/"+entry) })
		case matchGlob(p, name):
			s.take(name, info.Size())
		default:
			s.leave(name)
		}
		return nil
	})
}

// walk calls do for every file below a folder, in the order of names. Links
// are followed, but never into a folder that leads to them.
func (s *search) walk(dir string, above []string, do func(name string, info fs.FileInfo) error) error {
	real, err := filepath.EvalSymlinks(s.library.Resolve(dir))
	if err != nil {
		return fault(dir, cause(err))
	}
	for _, a := range above {
		if a == real {
			return nil
		}
	}
	list, err := os.ReadDir(real)
	if err != nil {
		return fault(dir, cause(err))
	}
	above = append(above[:len(above):len(above)], real)
	for _, d := range list {
		name := path.Join(dir, d.Name())
		if skipped(d.Name()) {
			continue
		}
		info, err := os.Stat(filepath.Join(real, d.Name()))
		switch {
		case err != nil: // a link to nothing, or a file that has just gone
			if isPicture(name) {
				s.dangling++
			}
			continue
		case info.IsDir():
			err = s.walk(name, above, do)
		case info.Mode().IsRegular():
			err = do(name, info)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
