//go:build !linux

package gateway

// tables: ordinary memory. The advice about pages is Linux's.
type tables struct{ bytes int64 }

func (t *tables) table(bytes int) []byte { return make([]byte, bytes) }

func (t *tables) unmap() {}
