package main

import (
	"bytes"
	"encoding/json"
	"runtime"
	"strings"
	"testing"
)

func TestEveryHelpHasAnExample(t *testing.T) {
	for _, c := range subcommands() {
		for _, args := range [][]string{{c.name, "--help"}, {c.name, "-h"}, {"help", c.name}} {
			r := pricetime(t, "", args...).expect(t, exitOK)
			if !strings.Contains(r.stdout, "\nExamples:\n  pricetime "+c.name) {
				t.Errorf("pricetime %s shows no example:\n%s", strings.Join(args, " "), r.stdout)
			}
			if r.stderr != "" {
				t.Errorf("pricetime %s writes to stderr:\n%s", strings.Join(args, " "), r.stderr)
			}
		}
	}
}

func TestOverview(t *testing.T) {
	for _, args := range [][]string{{}, {"help"}, {"--help"}, {"-h"}} {
		r := pricetime(t, "", args...).expect(t, exitOK)
		for _, c := range subcommands() {
			if !strings.Contains(r.stdout, "\n  "+c.name+" ") {
				t.Errorf("%q does not name %s:\n%s", args, c.name, r.stdout)
			}
		}
	}
}

func TestWrongCommandLinesExit2(t *testing.T) {
	for _, c := range subcommands() {
		r := pricetime(t, "", c.name, "--no-such-flag").expect(t, exitUsage)
		if !strings.Contains(r.stderr, "--no-such-flag") || !strings.Contains(r.stderr, "pricetime "+c.name+" --help") {
			t.Errorf("%s: the hint is\n%s", c.name, r.stderr)
		}
	}
	for _, c := range []struct {
		args []string
		hint string
	}{
		{[]string{"serv"}, `did you mean "serve"?`},
		{[]string{"frobnicate"}, "serve, send, book, demo, replay, bench, admin, key, version"},
		{[]string{"help", "bok"}, `did you mean "book"?`},
		{[]string{"serve", "--jsn", "x"}, `did you mean "--json"?`},
		{[]string{"serve", "extra"}, `"extra"`},
		{[]string{"serve", "--threads", "many"}, "shared, split, auto"},
		{[]string{"serve", "--idle", "sleep"}, "spin, yield, park, auto"},
		{[]string{"serve", "--transport", "udp"}, "epoll, net, auto"},
		{[]string{"serve", "--log-level", "loud"}, "log-level"},
		{[]string{"book", "--depth", "many"}, "depth"},
		{[]string{"book", "--depth", "0"}, "--depth"},
		{[]string{"demo", "--duration", "-1s"}, "--duration"},
		{[]string{"demo", "--rate", "0"}, "--rate"},
		{[]string{"send", "--side", "up", "--price", "1", "--size", "1"}, "--side"},
		{[]string{"send", "--side", "buy", "--size", "1"}, "--price"},
		{[]string{"send", "--side", "buy", "--price", "1"}, "--size"},
		{[]string{"send", "--side", "buy", "--price", "1", "--size", "1", "--tif", "soon"}, "--tif"},
	} {
		r := pricetime(t, "", c.args...).expect(t, exitUsage)
		if !strings.Contains(r.stderr, c.hint) {
			t.Errorf("%q: no %q in\n%s", c.args, c.hint, r.stderr)
		}
		if r.stdout != "" {
			t.Errorf("%q writes to stdout:\n%s", c.args, r.stdout)
		}
	}
}

func TestVersion(t *testing.T) {
	r := pricetime(t, "", "version").expect(t, exitOK)
	if !strings.Contains(r.stdout, runtime.Version()) || !strings.Contains(r.stdout, runtime.GOOS+"/"+runtime.GOARCH) {
		t.Errorf("version prints %s", r.stdout)
	}
	r = pricetime(t, "", "version", "--json").expect(t, exitOK)
	var b build
	if err := json.Unmarshal([]byte(r.stdout), &b); err != nil {
		t.Fatal(err)
	}
	if b.Go != runtime.Version() || b.OS != runtime.GOOS || b.Arch != runtime.GOARCH || b.Version == "" {
		t.Errorf("version --json prints %s", r.stdout)
	}
}

func TestDidYouMean(t *testing.T) {
	names := []string{"serve", "send", "book"}
	for typed, want := range map[string]string{
		"serv": "serve", "serrve": "serve", "sned": "send", "boook": "book", "xyz": "", "": "", "s": "",
	} {
		got := didYouMean(typed, names)
		if want == "" && got != "" || want != "" && !strings.Contains(got, `"`+want+`"`) {
			t.Errorf("didYouMean(%q) = %q, want %q", typed, got, want)
		}
	}
}

func TestStreamsThatAreNoTerminals(t *testing.T) {
	var b bytes.Buffer
	if isTerminal(&b) || openScreen(&b) != nil {
		t.Error("a buffer is taken for a terminal")
	}
}
