//go:build unix

package answers

import "syscall"

// freeSpace is how many bytes a user may write to the disk of a folder.
func freeSpace(dir string) (bytes uint64, known bool) {
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) != nil {
		return 0, false
	}
	return uint64(s.Bavail) * uint64(s.Bsize), true // their types differ between systems
}
