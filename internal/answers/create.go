package answers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// KeepOut makes the .icono folder of a study, where it is not there, and has git leave it
// alone.
func KeepOut(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("making the folder of the answer store: %w", err)
	}
	ignore := filepath.Join(folder, ".gitignore")
	if _, err := os.Lstat(ignore); errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(ignore, []byte("*\n"), 0o644); err != nil {
			return fmt.Errorf("making the folder of the answer store: %w", err)
		}
	}
	return nil
}

// create makes an empty store. It is made beside its place and then linked
// there, so that no half-made store ever stands at path, and a store that
// another program makes meanwhile is left as it is.
func create(ctx context.Context, path string) error {
	folder, err := os.MkdirTemp(filepath.Dir(path), ".new-store-")
	if err != nil {
		return fmt.Errorf("making the answer store: %w", err)
	}
	defer os.RemoveAll(folder)
	fresh := filepath.Join(folder, FileName)
	if err := lay(ctx, fresh); err != nil {
		return (&Store{path: path}).explain(err)
	}
	err = os.Link(fresh, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	// A file system without links.
	if _, there := os.Lstat(path); errors.Is(there, fs.ErrNotExist) {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		return fmt.Errorf("making the answer store: %w", err)
	}
	return nil
}

// lay writes the layout into a new file.
func lay(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", source(path, "&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"))
	if err != nil {
		return err
	}
	marks := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, version)
	_, err = db.ExecContext(ctx, "BEGIN IMMEDIATE;"+layout+marks+"COMMIT;")
	return errors.Join(err, db.Close())
}
