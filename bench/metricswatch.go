package bench

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// metricsWatch reads a venue's metrics every second, as a monitoring system does.
type metricsWatch struct {
	address string
	quit    chan struct{}
	done    chan struct{}
	first   map[string]float64
	reads   int
	err     error
}

// watchMetrics begins to read after a while.
func watchMetrics(address string, after time.Duration) *metricsWatch {
	w := &metricsWatch{address: address, quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		for wait := after; ; wait = time.Second {
			select {
			case <-w.quit:
				return
			case <-time.After(wait):
			}
			values, err := readMetrics(address)
			if w.err = cmp.Or(w.err, err); w.first == nil {
				w.first = values
			}
			w.reads++
		}
	}()
	return w
}

// end reads for the last time.
func (w *metricsWatch) end() (first, last map[string]float64, reads int, err error) {
	close(w.quit)
	<-w.done
	last, err = readMetrics(w.address)
	if err = cmp.Or(w.err, err); err == nil && w.first == nil {
		err = errors.New("the run was too short to look at the metrics")
	}
	return w.first, last, w.reads + 1, err
}

// readMetrics reads a page in Prometheus' text format, without labels.
func readMetrics(address string) (map[string]float64, error) {
	conn, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(conn, "GET /metrics HTTP/1.1\r\nHost: "+address+"\r\n\r\n"); err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	text, err := io.ReadAll(conn)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	head, body, _ := strings.Cut(string(text), "\r\n\r\n")
	if !strings.HasPrefix(head, "HTTP/1.1 200 ") {
		return nil, fmt.Errorf("metrics: answered %.40q", head)
	}
	values := map[string]float64{}
	for line := range strings.Lines(body) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name != "#" {
			if values[name], err = strconv.ParseFloat(value, 64); err != nil {
				return nil, fmt.Errorf("metrics: %w", err)
			}
		}
	}
	return values, nil
}
