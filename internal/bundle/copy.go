package bundle

import (
	"io"
	"os"
	"path"
	"path/filepath"
	"unicode/utf8"

	"icono/internal/pseudonym"
	"icono/internal/source"
	"icono/internal/stage"
)

// Put writes a file of a bundle.
func Put(dir, name, text string) error {
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644)
}

// Copy copies a file that a stage of the study reads, and that is no table, to a bundle:
// texts with names replaced, others as they are.
func Copy(study stage.Study, name, dir, to string, names *pseudonym.Names) error {
	r, err := study.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	switch {
	case !utf8.Valid(text):
		return Put(dir, to, string(text))
	case path.Ext(name) == ".json":
		return Put(dir, to, string(names.JSON(text)))
	case path.Ext(name) == ".yaml" || path.Ext(name) == ".yml":
		return Put(dir, to, BookText(source.NewFile(name, string(text)), names))
	}
	return Put(dir, to, names.Text(string(text)))
}
