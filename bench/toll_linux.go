package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// readToll reads what a process has paid so far. Where a file is not there its part is 0.
func readToll(pid int) (t toll) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	for _, task := range tasks {
		name, _ := os.ReadFile(task + "/comm")
		if bytes.HasPrefix(name, []byte("pricetime/")) { // the order path's
			t.WaitedNs += numberIn(task+"/schedstat", "", 1)
		}
	}
	t.Faults = numberIn(fmt.Sprintf("/proc/%d/stat", pid), ")", 7)
	t.StolenNs = numberIn("/proc/stat", "cpu ", 7) * (1e9 / userHz)
	return t
}

// userHz is the unit of times in /proc/stat, whatever the kernel's tick.
const userHz = 100

// numberIn is the nth field, from 0, of a file's first line, behind a mark where one is given; 0: there is none.
func numberIn(path, mark string, n int) int64 {
	text, _ := os.ReadFile(path)
	line, _, _ := bytes.Cut(text, []byte("\n"))
	if at := bytes.LastIndex(line, []byte(mark)); mark != "" && at >= 0 {
		line = line[at+len(mark):]
	}
	fields := bytes.Fields(line)
	if n >= len(fields) {
		return 0
	}
	v, _ := strconv.ParseInt(string(fields[n]), 10, 64)
	return v
}

// prefaultRun is how much of each table a venue that is measured has faulted in: 64 bytes, a
// client id's record, for each of requestsMax orders. Of what is not, every 2 MiB are a stall
// of 0.1 to 5 ms, as often as a day's orders get there.
const prefaultRun = "80MiB"
