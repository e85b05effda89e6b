package bench

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncData puts a file's data on the disk, and of its metadata only what reading
// it back needs.
func syncData(f *os.File) error { return unix.Fdatasync(int(f.Fd())) }
