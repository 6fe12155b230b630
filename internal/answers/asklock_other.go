//go:build !unix

package answers

// tryLock has no locks to take here.
func tryLock(uintptr, int64) bool { return true }

func unlock(uintptr, int64) {}
