//go:build !stamps || !amd64

package stamps

import "io"

// Enabled says whether this build records anything.
const Enabled = false

// Log is nothing.
type Log struct{}

// New returns nothing.
func New() Log { return Log{} }

// At does nothing.
func (Log) At(Mark) {}

// Now does nothing.
func (Log) Now() uint64 { return 0 }

// Put does nothing.
func (Log) Put(Mark, uint64) {}

// Write writes nothing.
func (Log) Write(io.Writer) error { return nil }
