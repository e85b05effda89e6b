package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pricetime/engine/flow"
)

// writeFlow writes a small flow, spoiled or not, and returns its path.
func writeFlow(t *testing.T, spoil func(*flow.Flow)) string {
	t.Helper()
	shape, err := flow.ShapeOf("small")
	if err != nil {
		t.Fatal(err)
	}
	f := flow.Generate(shape, 3, 3_000)
	spoil(f)
	path := filepath.Join(t.TempDir(), "small.bin")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := f.Write(file); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBenchCoreTellsAFlowInOneObject(t *testing.T) {
	path := writeFlow(t, func(*flow.Flow) {})
	for _, ids := range []string{"order", "client"} {
		var out, errs strings.Builder
		if status := run([]string{"bench", "core", "--flow", path, "--ids", ids, "--json"}, nil, &out, &errs); status != exitOK {
			t.Fatalf("--ids %s: status %d: %s", ids, status, errs.String())
		}
		var r map[string]any
		if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{"engine", "flow", "ns_op", "p50", "p90", "p99", "p999", "p9999", "max", "trades", "qty", "rest", "hash_ok", "allocs_op", "gc_cycles"} {
			if _, ok := r[field]; !ok {
				t.Errorf("--ids %s: no field %s in %s", ids, field, out.String())
			}
		}
		if r["flow"] != "small" || r["hash_ok"] != true {
			t.Errorf("--ids %s: %s", ids, out.String())
		}
	}
}

func TestBenchCoreFailsWhereTheAnswerIsWrong(t *testing.T) {
	for name, spoil := range map[string]func(*flow.Flow){
		"trades":  func(f *flow.Flow) { f.Expected.Trades++ },
		"qty":     func(f *flow.Flow) { f.Expected.Qty-- },
		"hash":    func(f *flow.Flow) { f.Expected.Hash ^= 1 },
		"resting": func(f *flow.Flow) { f.Resting++ },
	} {
		var out, errs strings.Builder
		if status := run([]string{"bench", "core", "--flow", writeFlow(t, spoil), "--json"}, nil, &out, &errs); status != exitFailed {
			t.Errorf("%s spoiled: status %d, want %d", name, status, exitFailed)
		}
	}
}

func TestBenchCommandLine(t *testing.T) {
	for _, c := range []struct {
		args   string
		status int
		says   string
	}{
		{"--help", exitOK, "Examples:"},
		{"core --help", exitOK, "--ids"},
		{"wire --help", exitOK, "--in-flight"},
		{"ring --help", exitOK, "pricetime bench ring"},
		{"cor", exitUsage, `did you mean "core"?`},
		{"budget --help", exitOK, "--duration"},
		{"--only e99", exitUsage, "e99"},
		{"core", exitUsage, "--flow is missing"},
		{"core --flow x --ids both", exitUsage, "--ids"},
		{"core --flow /nonexistent/flow", exitFailed, "/nonexistent/flow"},
		{"wire --proto morse", exitUsage, "--proto"},
		{"wire --rate -1", exitUsage, "--rate"},
		{"wire --connections 0", exitUsage, "--connections"},
		{"wire --arrivals late", exitUsage, "arrivals"},
		{"wire --addr 127.0.0.1:1 --idle spin", exitUsage, "--addr"},
	} {
		var out, errs strings.Builder
		status := run(append([]string{"bench"}, strings.Fields(c.args)...), strings.NewReader(""), &out, &errs)
		if said := out.String() + errs.String(); status != c.status || !strings.Contains(said, c.says) {
			t.Errorf("bench %s: status %d, want %d, and %q in:\n%s", c.args, status, c.status, c.says, said)
		}
	}
}
