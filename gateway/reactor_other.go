//go:build !linux

package gateway

import "errors"

// newReactor is for Linux only; other systems have the portable transport.
func newReactor(string, int, []byte) (transport, error) {
	return nil, errors.New("transport epoll: this system is not Linux; use --transport net")
}
