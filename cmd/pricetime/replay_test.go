package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"pricetime/bench/replay"
)

func TestReplayStatusSaysWhatCameOut(t *testing.T) {
	example := filepath.Join("..", "..", "docs", "examples", "small.commands.csv")
	for _, c := range []struct {
		args, stdin    string
		status         int
		stdout, stderr string // parts that must be there
	}{
		{"--commands " + example, "", exitOK, "fills matched           28", ""},
		{"--commands " + example + " --over tcp", "", exitOK, "closed loop", ""},
		{"--commands -", "N,1,S,100,5\nX,B,100,5\nF,1,4,100\n", exitFailed, "first mismatch  standard input:3: expected F,1,4,100, got F,1,5,100", ""},
		{"--commands -", "N,1,S,100\n", exitUsage, "", "standard input:1: N has 4 fields"},
		{"--commands no-such-file", "", exitUsage, "", "no-such-file"},
		{"", "", exitUsage, "", "nothing to play"},
		{"--over udp --commands -", "", exitUsage, "", "--over"},
		{"--commands - more", "", exitUsage, "", `"more"`},
		{"--help", "", exitOK, "pricetime replay --commands docs/examples/small.commands.csv", ""},
	} {
		var stdout, stderr bytes.Buffer
		status := runReplay(strings.Fields(c.args), strings.NewReader(c.stdin), &stdout, &stderr)
		if status != c.status || !strings.Contains(stdout.String(), c.stdout) || !strings.Contains(stderr.String(), c.stderr) {
			t.Errorf("replay %s: got status %d, want %d with %q and %q\n%s%s", c.args, status, c.status, c.stdout, c.stderr, &stdout, &stderr)
		}
		for line := range strings.Lines(stderr.String()) {
			// On a slow machine a play takes a second, and then it shows its progress.
			if c.stderr == "" && !strings.HasPrefix(line, "replay ") {
				t.Errorf("replay %s: got %q on stderr, want nothing", c.args, line)
			}
		}
	}
}

func TestReplayJSONIsOneObject(t *testing.T) {
	var stdout, stderr bytes.Buffer
	status := runReplay([]string{"--commands", "-", "--json"}, strings.NewReader("N,1,S,100,5\nC,2\n"), &stdout, &stderr)
	var r replay.Report
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatalf("%v: %s", err, &stdout)
	}
	if status != exitFailed || r.OK || r.Commands != 2 || r.FirstMismatch == nil || r.FirstMismatch.Line != 2 {
		t.Errorf("got status %d and %s", status, &stdout)
	}
}
