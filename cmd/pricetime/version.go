package main

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

// build is what a binary knows of where it comes from.
type build struct {
	Version  string `json:"version"`  // the module's version, "(devel)" when built from a working copy
	Commit   string `json:"commit"`   // "" when it was not built from a repository
	Modified bool   `json:"modified"` // the working copy had changes that are in no commit
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

func thisBuild() build {
	b := build{Version: "(devel)", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func runVersion(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	f := newFlags("version", "Says what this binary was built from: version, commit, Go, system.", `
pricetime version
pricetime version --json`)
	asJSON := f.Bool("json", false, "print one JSON object")
	if status, done := f.parse(args, stdout, stderr); done {
		return status
	}
	b := thisBuild()
	if *asJSON {
		if err := json.NewEncoder(stdout).Encode(b); err != nil {
			return f.fail(stderr, err)
		}
		return exitOK
	}
	commit := b.Commit
	if commit == "" {
		commit = "unknown"
	}
	if b.Modified {
		commit += " with changes"
	}
	fmt.Fprintf(stdout, "pricetime %s\ncommit %s\n%s %s/%s\n", b.Version, commit, b.Go, b.OS, b.Arch)
	return exitOK
}
