//go:build !checked

package engine

// checked: see checked.go.
const checked = false
