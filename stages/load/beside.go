package load

import (
	"cmp"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"icono/internal/columns"
	"icono/internal/media"
	"icono/internal/stage"
	"icono/internal/tabular"
)

// neighbours are the pictures that lie beside files and are named as they are,
// by the file, in the order of their numbers.
type neighbours map[string][]string

// besideAll finds the pictures beside the files.
func besideAll(study stage.Study, files []tabular.Source) neighbours {
	type named struct {
		path string
		n    int // its number after the name, -1 for none
	}
	found := map[string][]named{} // by path without ending and number
	seen := map[string]bool{}
	for _, f := range files {
		dir := path.Dir(f.Name)
		if seen[dir] {
			continue
		}
		seen[dir] = true
		for _, p := range picturesIn(study, dir) {
			stem := strings.TrimSuffix(p, path.Ext(p))
			found[stem] = append(found[stem], named{p, -1})
			if at := strings.LastIndexByte(stem, '_'); at > 0 {
				if n, err := strconv.Atoi(stem[at+1:]); err == nil && n >= 0 {
					found[stem[:at]] = append(found[stem[:at]], named{p, n})
				}
			}
		}
	}
	out := neighbours{}
	for _, f := range files {
		all := found[stemOf(f.Name)]
		slices.SortFunc(all, func(a, b named) int { return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(a.path, b.path)) })
		for _, p := range all {
			out[f.Name] = append(out[f.Name], p.path)
		}
	}
	return out
}

// stemOf is a table's path without its endings.
func stemOf(file string) string {
	for _, packed := range []string{".gz", ".xz"} {
		file = strings.TrimSuffix(file, packed)
	}
	return path.Clean(strings.TrimSuffix(file, path.Ext(file)))
}

// picturesIn lists the pictures of one folder, or of a folder in an archive.
func picturesIn(study stage.Study, dir string) (out []string) {
	entries, err := os.ReadDir(study.Resolve(dir))
	if err != nil {
		all, _ := study.Pictures(dir) // what is not there is told when it is opened
		return slices.DeleteFunc(all, func(p string) bool { return path.Dir(p) != dir })
	}
	for _, e := range entries {
		if media.IsPicture(e.Name()) && !strings.HasPrefix(e.Name(), ".") {
			out = append(out, path.Join(dir, e.Name()))
		}
	}
	return out
}

// column returns the first picture beside each row's file. Where there is
// none, it is the one that would be expected, so that it is found missing.
func (n neighbours) column(mem memory.Allocator, files arrow.Array) arrow.Array {
	b := array.NewStringBuilder(mem)
	defer b.Release()
	b.Reserve(files.Len())
	text, _ := columns.Text(files)
	for i := range files.Len() {
		if all := n[text.At(i)]; len(all) > 0 {
			b.Append(all[0])
		} else {
			b.Append(stemOf(text.At(i)) + ".jpg")
		}
	}
	return b.NewArray()
}

// further counts the pictures after the first beside a file.
func (n neighbours) further() (count int64) {
	for _, all := range n {
		count += int64(max(len(all)-1, 0))
	}
	return count
}
