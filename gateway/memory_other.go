//go:build !linux

package gateway

// tables: ordinary memory. The advice about pages is Linux's.
type tables struct{ bytes int64 }

func newTables(int64) *tables { return &tables{} }

func (t *tables) refused() error { return nil }

func (t *tables) table(bytes int) []byte { return make([]byte, bytes) }

func (t *tables) unmap() {}
