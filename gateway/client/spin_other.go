//go:build !linux

package client

import "time"

type spinSocket = netSocket

func dialSpinSocket(addr string, timeout time.Duration) (netSocket, error) {
	return dialNet(addr, timeout)
}
