package answers

import (
	"errors"
	"fmt"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	cantOpen = sqlite3.SQLITE_CANTOPEN
	readOnly = sqlite3.SQLITE_READONLY
)

// DamagedError says that the store's file cannot be trusted.
type DamagedError struct {
	Path string
	Err  error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("the answer store %s is damaged (%v); nothing was changed. Put back a copy of it from a backup, or move it away "+
		"(with %[1]s-wal and %[1]s-shm, if they are there): then a new one is made, cassettes still answer, and only what neither holds is asked, and paid, again", e.Path, e.Err)
}

func (e *DamagedError) Unwrap() error { return e.Err }

// VersionError says that a newer program made the store.
type VersionError struct {
	Path    string
	Version int
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("the answer store %s has version %d, and this icono knows versions up to %d: use the newer icono that made it, which can export cassettes", e.Path, e.Version, version)
}

// code is SQLite's primary result code of an error, 0 where it has none.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// leastFree is the space in bytes below which SQLite cannot make the files beside a
// store.
const leastFree = 1 << 20

// explain words what SQLite reports for the person who holds the file.
func (s *Store) explain(err error) error {
	switch code(err) {
	case 0:
		return err
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return &DamagedError{s.path, err}
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("another program has been writing to the answer store %s for 30 seconds: end it, or wait for it, and run again: %w", s.path, err)
	case sqlite3.SQLITE_IOERR:
		if free, known := freeSpace(filepath.Dir(s.path)); known && free < leastFree {
			return fmt.Errorf("no space left on device for the answer store %s: %w", s.path, err)
		}
		return fmt.Errorf("the disk of the answer store %s cannot be read or written: %w", s.path, err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("no space is left for the answer store %s: %w", s.path, err)
	case readOnly, sqlite3.SQLITE_PERM, cantOpen:
		return fmt.Errorf("the answer store %s cannot be opened or written; it and its folder must be writable: %w", s.path, err)
	}
	return fmt.Errorf("the answer store %s: %w", s.path, err)
}
