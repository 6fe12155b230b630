package answers

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"os"
	"path/filepath"
	"time"
)

// LockName is the file beside the store through which programs that use one
// store tell each other what they are asking.
const LockName = "asking.lock"

// The waits between two looks whether another program has its answer.
const (
	firstWait = time.Millisecond
	lastWait  = 50 * time.Millisecond
)

// asking keeps two programs from making the same request at the same time: who
// asks holds a lock on one byte of a file, at a place that the request's key
// gives. The kernel releases the locks of a program that ends, however it ends.
//
// The locks are a process's own: closing any descriptor of the file drops all of
// them. So a store opens the file once and keeps it open, and two stores on one
// folder in one process do not see each other's.
type asking struct {
	file *os.File // nil where there are no locks
	fd   uintptr  // of the file
}

// openAsking opens the file. Without one there are no locks, which cost money
// only where two programs ask the same at the same time.
func openAsking(folder string) asking {
	f, err := os.OpenFile(filepath.Join(folder, LockName), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return asking{}
	}
	return asking{f, f.Fd()}
}

func (a asking) close() error {
	if a.file == nil {
		return nil
	}
	return a.file.Close()
}

// byteFor is the byte that stands for a request, below 2^62.
func byteFor(k Key) int64 { return int64(binary.BigEndian.Uint64(k[:8]) >> 2) }

// lock waits until no other program makes the request.
func (a asking) lock(ctx context.Context, k Key) error {
	if a.file == nil {
		return nil
	}
	for wait := firstWait; !tryLock(a.fd, byteFor(k)); wait = min(2*wait, lastWait) {
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
	return nil
}

// Hold takes something that one program may do at a time, such as a stage's
// batches, until release is called. It is false where another program has it.
func (s *Store) Hold(what string) (release func(), ok bool) {
	k := Key(sha256.Sum256([]byte("hold: " + what)))
	if s.asking.file != nil && !tryLock(s.asking.fd, byteFor(k)) {
		return nil, false
	}
	return func() { s.asking.unlock(k) }, true
}

func (a asking) unlock(k Key) {
	if a.file != nil {
		unlock(a.fd, byteFor(k))
	}
}
