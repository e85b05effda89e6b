//go:build checked

package engine

// checked: every handle is compared with the size of its slab.
const checked = true
