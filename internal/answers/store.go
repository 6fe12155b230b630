package answers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
)

// FileName is the store's name in the study's .icono folder.
const FileName = "answers.db"

// ErrClosed is what a closed store answers.
var ErrClosed = errors.New("the answer store is closed")

// Store is the answer store of a study. It may be used from many goroutines,
// and two programs may use one file beside each other: what one of them asks,
// the other waits for. In one process a folder's store is opened once.
type Store struct {
	path     string
	readOnly bool
	read     *sql.DB
	prepared map[string]*sql.Stmt
	flights  flights
	tried    keys
	asking   asking

	mu     sync.RWMutex // held for reading while a write is handed over
	closed bool
	writes chan *write
	ended  chan struct{} // closed when the writer has ended
	late   error         // of a write that nobody waited for; read after ended
}

// Open opens the answer store in a study's .icono folder and makes both where
// they are missing. A file that is damaged, not a store or of a newer version
// is an error; it is never replaced.
func Open(ctx context.Context, folder string) (*Store, error) {
	path, err := filepath.Abs(filepath.Join(folder, FileName))
	if err != nil {
		return nil, err
	}
	if err := KeepOut(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(ctx, path); err != nil {
			return nil, err
		}
	}
	s := &Store{path: path, writes: make(chan *write, 256), ended: make(chan struct{})}
	if err := s.openReaders(ctx, "&mode=rw"); err != nil {
		return nil, err
	}
	w, err := newWriter(ctx, path)
	if err != nil {
		s.read.Close()
		return nil, s.explain(err)
	}
	s.asking = openAsking(filepath.Dir(path))
	go s.writeAll(w)
	return s, nil
}

// OpenReadOnly opens an existing store for looking things up. A store that is
// not there is an error that is fs.ErrNotExist.
func OpenReadOnly(ctx context.Context, folder string) (*Store, error) {
	path, err := filepath.Abs(filepath.Join(folder, FileName))
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	s := &Store{path: path, readOnly: true}
	err = s.openReaders(ctx, "&mode=ro")
	if _, none := os.Stat(path + "-wal"); err != nil && errors.Is(none, fs.ErrNotExist) && (code(err) == cantOpen || code(err) == readOnly) {
		// A folder that cannot be written: no other program writes there either.
		err = s.openReaders(ctx, "&immutable=1")
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Path is where the store's file is.
func (s *Store) Path() string { return s.path }

// Close waits for requests in flight, writes what is left and closes the file.
func (s *Store) Close() error {
	s.flights.close()
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	if !s.readOnly {
		close(s.writes)
		<-s.ended
	}
	return errors.Join(s.late, s.read.Close(), s.asking.close())
}

// unread words why something could not be read.
func (s *Store) unread(err error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return ErrClosed
	}
	return s.explain(err)
}

// source names the file for SQLite; any character may stand in a path.
func source(path, options string) string {
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path)}
	return u.String() + "?_pragma=busy_timeout(30000)" + options
}

// openReaders opens the file for reading and looks whether it is a store.
func (s *Store) openReaders(ctx context.Context, options string) error {
	db, err := sql.Open("sqlite", source(s.path, "&_pragma=query_only(1)&_pragma=cache_size(-16384)"+options))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(4)
	s.read, s.prepared = db, map[string]*sql.Stmt{}
	err = s.recognise(ctx)
	for _, text := range []string{sqlAnswer, sqlFault, sqlRequest, sqlBase, sqlAny} {
		if err == nil {
			s.prepared[text], err = db.PrepareContext(ctx, text)
		}
	}
	if err != nil {
		db.Close()
		return s.explain(err)
	}
	return nil
}

// recognise refuses files that are not a store of this version.
func (s *Store) recognise(ctx context.Context) error {
	if info, err := os.Stat(s.path); err == nil && info.Size() == 0 {
		return &DamagedError{s.path, errors.New("it is empty")}
	}
	var id, v int
	if err := s.read.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	if err := s.read.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v); err != nil {
		return err
	}
	switch {
	case id != applicationID:
		return fmt.Errorf("%s is a database, but not an answer store of icono: move it away", s.path)
	case v > version:
		return &VersionError{s.path, v}
	}
	return nil
}
