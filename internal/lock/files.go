package lock

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"icono/internal/flow"
	"icono/internal/picture"
	"icono/internal/source"
	"icono/internal/stage"
	"icono/internal/tabular"
)

// Read reads the lock of a pipeline file. The error wraps fs.ErrNotExist where there
// is none, and is a *diag.Faults where it cannot be read.
func Read(pipeline string) (*File, error) { return ReadFile(Path(pipeline)) }

// ReadFile reads a lock file, as Read does.
func ReadFile(path string) (*File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(source.NewFile(path, string(text)))
}

// Write puts the lock of a pipeline file in its place, and the list of its pictures,
// each whole or not at all. Files that are as they should be are left alone.
func Write(pipeline string, f *File, pictures map[string]Sum) error {
	list := ListPath(pipeline)
	if len(pictures) == 0 {
		if err := os.Remove(list); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	} else if err := put(list, List(pictures)); err != nil {
		return err
	}
	return put(Path(pipeline), f.Bytes())
}

// Renew writes the lock alone.
func Renew(pipeline string, f *File) error { return put(Path(pipeline), f.Bytes()) }

func put(path string, text []byte) error {
	if old, err := os.ReadFile(path); err == nil && slices.Equal(old, text) {
		return nil
	}
	out, err := tabular.Create(path)
	if err != nil {
		return err
	}
	defer func() { _ = out.Abort() }() // does nothing after Commit
	if _, err := out.Write(text); err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	return out.Commit()
}

// CheckPictures compares the list of a pipeline's pictures with its lock, and the
// pictures with the list. It returns the sums of the list.
func CheckPictures(ctx context.Context, pipeline string, locked *File, study stage.Study, workers int) ([]Difference, map[string]Sum, error) {
	if locked.Pictures.List == "" {
		return nil, nil, nil
	}
	name := locked.Pictures.List
	text, err := os.ReadFile(filepath.Join(filepath.Dir(pipeline), name))
	if errors.Is(err, fs.ErrNotExist) {
		return []Difference{{Cause, "", "the list of pictures", name, string(locked.Pictures.Sum), ""}}, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	var all []Difference
	if sum := sumText(string(text)); sum != locked.Pictures.Sum {
		all = append(all, Difference{Cause, "", "the list of pictures", name, string(locked.Pictures.Sum), string(sum)})
	}
	sums, err := ParseList(strings.ReplaceAll(string(text), "\r\n", "\n")) // whose sum has told
	if err != nil {
		return append(all, Difference{Cause, "", "the list of pictures", name, "", err.Error()}), nil, nil
	}
	if n := len(sums); n != locked.Pictures.Files {
		all = append(all, Difference{Cause, "", "the number of pictures in", name, strconv.Itoa(locked.Pictures.Files), strconv.Itoa(n)})
	}
	paths := func(yield func(string, error) bool) {
		for _, path := range slices.Sorted(maps.Keys(sums)) {
			if !yield(path, nil) {
				return
			}
		}
	}
	check := func(_ context.Context, path string) (*Difference, error) {
		found, list, err := sumFile(study, path)
		if list != "" && found != sums[path] {
			return &Difference{Cause, "", listSays(list), path, string(sums[path]), string(found)}, nil
		}
		if err == nil && found != sums[path] && pointer(study, path) {
			found = lfsPointer
		}
		if err != nil || found != sums[path] {
			return &Difference{Cause, "", "picture", path, string(sums[path]), string(found)}, nil
		}
		return nil, nil
	}
	for d, err := range flow.Ordered(ctx, paths, workers, 4*workers, check, func(*Difference) {}) {
		if err != nil {
			return all, sums, err
		}
		if d != nil {
			all = append(all, *d)
		}
	}
	return all, sums, nil
}

// listSays is what a Difference is about where a picture is not here, and a list tells
// another sum of it than is locked.
func listSays(list string) string { return "what " + list + " says of the picture" }

// Outdated lists the pictures, sorted, of which a list says another sum than they have.
// listed gives the SHA-256 of a picture by the list, in hexadecimal digits, "" where it
// does not name it.
func Outdated(listed func(path string) string, sums map[string]Sum) []string {
	var out []string
	for path, sum := range sums {
		by := listed(path)
		if by != "" && sumForm.MatchString(string(sum)) && by != strings.TrimPrefix(string(sum), "sha256:") {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

// CheckListed compares what a list of a name says of pictures with those that are here.
// listed is as for Outdated; sums and differing are what CheckPictures returned.
func CheckListed(list string, listed func(path string) string, sums map[string]Sum, differing []Difference) []Difference {
	found := maps.Clone(sums)
	for _, d := range differing {
		switch d.What {
		case "picture":
			found[d.Name] = Sum(d.Found)
		case listSays(list): // it is not here
			delete(found, d.Name)
		}
	}
	var all []Difference
	for _, path := range Outdated(listed, found) {
		all = append(all, Difference{Cause, "", listSays(list), path, string(found[path]), "sha256:" + listed(path) + " (icono answers export --vectors --pictures writes it anew)"})
	}
	return all
}

// ReadList reads the list of a pipeline's pictures. The error wraps fs.ErrNotExist where
// there is none.
func ReadList(pipeline string) (map[string]Sum, error) {
	text, err := os.ReadFile(ListPath(pipeline))
	if err != nil {
		return nil, err
	}
	return ParseList(string(text))
}

// lfsPointer stands for the sum of a file that Git LFS has not fetched.
const lfsPointer = "a pointer of Git LFS (`git lfs pull` fetches the file)"

// pointer reports whether a file is what Git LFS leaves in the place of one.
func pointer(study stage.Study, path string) bool {
	r, err := study.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = r.Close() }() // only read
	head := make([]byte, 64)
	n, _ := io.ReadFull(r, head) // a shorter file is all of it
	return picture.LFSPointer(head[:n])
}

// CheckWritten compares the files that stages wrote with the lock. content returns
// what is in a file beside the text of the pipeline.
func CheckWritten(locked *File, study stage.Study, content func([]byte) []byte) []Difference {
	var all []Difference
	for _, id := range slices.Sorted(maps.Keys(locked.Stages)) {
		for _, path := range slices.Sorted(maps.Keys(locked.Stages[id].Writes)) {
			want := locked.Stages[id].Writes[path]
			found, err := SumFile(study, path)
			inside := locked.Stages[id].Contents[path]
			has := Sum("")
			if inside != "" && err == nil {
				if text, wrong := readAll(study, path); wrong == nil {
					has = sumText(string(content(text)))
				}
			}
			switch {
			case err != nil || found != want:
				sort := Effect
				if inside != "" && has == inside {
					sort = Form // it shows the text of the pipeline
				}
				all = append(all, Difference{sort, id, "writes", path, string(want), string(found)})
			case has != inside:
				all = append(all, Difference{Effect, id, "contents", path, string(inside), string(has)})
			}
		}
	}
	return all
}

func readAll(study stage.Study, path string) ([]byte, error) {
	r, err := study.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // only read
	return io.ReadAll(r)
}
