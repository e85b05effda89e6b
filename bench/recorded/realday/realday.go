// Package realday finds a recorded trading day for tests. The day is private and
// never part of the project.
package realday

import (
	"os"
	"path/filepath"
	"testing"
)

// Path returns the path of a file of the day: in the folder that PRICETIME_DATA
// names, or else in shared/data beside the project, seen from a package two levels
// deep. Where it is missing the test skips with a message.
func Path(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("PRICETIME_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the real day is not here (%v); PRICETIME_DATA names the folder that has it", err)
	}
	return path
}
