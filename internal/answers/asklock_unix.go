//go:build unix

package answers

import (
	"errors"
	"io"
	"syscall"
)

// tryLock locks one byte of a file. It is false where another program has it,
// and true where the file system has no locks.
func tryLock(fd uintptr, at int64) bool {
	err := change(fd, at, syscall.F_WRLCK)
	return !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.EACCES)
}

// unlock gives a byte back. An error leaves it locked until the program ends.
func unlock(fd uintptr, at int64) { _ = change(fd, at, syscall.F_UNLCK) }

func change(fd uintptr, at int64, kind int16) error {
	lock := syscall.Flock_t{Type: kind, Whence: io.SeekStart, Start: at, Len: 1}
	for {
		// A signal may end the call early.
		if err := syscall.FcntlFlock(fd, syscall.F_SETLK, &lock); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
