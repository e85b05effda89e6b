package engine

import "unsafe"

// slab is a table of pointer-free slots that handles name. Its law: n slots at mem.
//
// It indexes without a bounds check. A handle never comes from outside: what a command
// names is compared with n or looked up first, and everything else was handed out by
// the engine itself. The checks, and the loads of slice headers for them, cost 6 of 45 ns
// a command on the small flow (ADR 0017). A build with the tag
// `checked` checks every one; the tests run in both.
type slab[T any] struct {
	mem unsafe.Pointer
	n   int
}

func newSlab[T any](memory Memory, n int) slab[T] {
	return slabOf(table[T](memory, n))
}

// slabOf makes a slab of a slice.
func slabOf[T any](s []T) slab[T] {
	return slab[T]{mem: unsafe.Pointer(unsafe.SliceData(s)), n: len(s)}
}

// at is the slot of a handle below n. The pointer is good as long as the engine, and
// what it points to as long as the slot is the caller's.
// hot
func (s *slab[T]) at(h handle) *T {
	if checked && int(h) >= s.n {
		panic("BUG: a handle is beyond its slab")
	}
	return (*T)(unsafe.Add(s.mem, uintptr(h)*unsafe.Sizeof(*new(T))))
}
