// Package docs holds no code. Its test keeps the documents and the house rules true.
package docs

import (
	"bytes"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const root = ".."

// goFiles calls f with every Go file of the module, by its path from the root.
func goFiles(t *testing.T, f func(path string, src []byte)) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		f(filepath.ToSlash(rel), src)
		n++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 20 {
		t.Fatalf("only %d Go files found: is the test run in its folder?", n)
	}
}

func TestFilesAreFormatted(t *testing.T) {
	goFiles(t, func(path string, src []byte) {
		want, err := format.Source(src)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		} else if !bytes.Equal(src, want) {
			t.Errorf("%s: not gofmt'ed", path)
		}
	})
}

func TestVet(t *testing.T) {
	cmd := exec.Command("go", "vet", "./...")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go vet: %v\n%s", err, out)
	}
}

// rooms lists, for each part of the tree, the parts it may import. The longest
// prefix counts. A package may import itself and what is below it.
var rooms = []struct {
	prefix string
	may    []string
}{
	{"engine/model", []string{"engine"}},
	{"engine/flow", []string{"engine"}},
	{"engine", nil},
	{"gateway/ring", nil},
	{"gateway/latency", nil},
	{"gateway/wire", []string{"engine"}},
	{"gateway/client", []string{"engine", "gateway/wire"}},
	{"gateway/config", []string{"engine", "gateway/wire"}},
	{"gateway", []string{"engine", "gateway"}},
	{"bench/recorded", []string{"engine"}},
	{"bench", []string{"engine", "gateway", "bench"}},
	{"cmd", []string{"engine", "gateway", "bench"}},
	{"docs", nil},
}

// only lists modules and who alone may import them, outside tests.
var only = map[string]string{
	"github.com/google/btree":                 "engine/levels_btree.go",
	"github.com/valyala/fastjson":             "gateway/wire/jsonl/",
	"github.com/HdrHistogram/hdrhistogram-go": "gateway/latency/",
}

// pure is the part of the standard library that the engine may use.
var pure = map[string]bool{
	"encoding/binary": true, "errors": true, "math": true, "math/bits": true, "slices": true, "strconv": true, "unsafe": true,
}

func TestImportsRunOneWay(t *testing.T) {
	importers := map[string]map[string]bool{}
	goFiles(t, func(path string, src []byte) {
		f, err := parser.ParseFile(token.NewFileSet(), path, src, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		for _, spec := range f.Imports {
			imp := strings.Trim(spec.Path.Value, `"`)
			if ours, ok := strings.CutPrefix(imp, "pricetime/"); ok {
				if !allowed(path, ours) {
					t.Errorf("%s imports %s: imports run cmd -> bench -> gateway -> engine", path, imp)
				}
				continue
			}
			if owner, ok := only[imp]; ok {
				if !strings.HasPrefix(path, owner) {
					t.Errorf("%s imports %s: only %s may", path, imp, owner)
				}
				if importers[imp] == nil {
					importers[imp] = map[string]bool{}
				}
				importers[imp][path] = true
			}
			if filepath.ToSlash(filepath.Dir(path)) == "engine" && !pure[imp] && only[imp] == "" {
				t.Errorf("%s imports %s: the engine is pure", path, imp)
			}
			if strings.HasPrefix(path, "gateway/wire") && (imp == "net" || imp == "time" || imp == "os") {
				t.Errorf("%s imports %s: codecs are pure", path, imp)
			}
		}
	})
	for imp := range only {
		if n := len(importers[imp]); n != 1 {
			t.Errorf("%s is imported by %d files, want 1: %v", imp, n, importers[imp])
		}
	}
}

func allowed(path, imp string) bool {
	room := -1
	for i := range rooms {
		p := rooms[i].prefix
		if strings.HasPrefix(path, p+"/") && (room < 0 || len(p) > len(rooms[room].prefix)) {
			room = i
		}
	}
	if room < 0 {
		return false
	}
	for _, p := range append([]string{rooms[room].prefix}, rooms[room].may...) {
		if imp == p || strings.HasPrefix(imp, p+"/") {
			return true
		}
	}
	return false
}

// A stop of walk.md is a heading with a file and a function, and the function
// has a comment "walk N" in that file.
func TestWalkIsTrue(t *testing.T) {
	page, err := os.ReadFile("walk.md")
	if err != nil {
		t.Fatal(err)
	}
	stops := regexp.MustCompile("(?m)^### (\\d+)\\. `([^`]+)` `([^`]+)`$").FindAllStringSubmatch(string(page), -1)
	if len(stops) < 10 || len(stops) != strings.Count(string(page), "\n### ") {
		t.Fatalf("walk.md: %d stops that can be read, %d headings", len(stops), strings.Count(string(page), "\n### "))
	}
	known := map[string]bool{}
	for i, s := range stops {
		number, file, function := s[1], s[2], s[3]
		known[file+"#"+number] = true
		if want := i + 1; number != strconv.Itoa(want) {
			t.Errorf("walk.md: stop %s stands at place %d", number, want)
		}
		src, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Errorf("walk.md: stop %s: %v", number, err)
			continue
		}
		// "// walk N" in the doc comment, then (after other comment lines) the function.
		method := regexp.MustCompile(`^\(\*?(\w+)\)\.(\w+)$`).FindStringSubmatch(function)
		head := regexp.QuoteMeta("func " + function + "(")
		if method != nil {
			head = `func \(\w+ \*?` + method[1] + `\) ` + method[2] + `\(`
		}
		if !regexp.MustCompile(`(?m)^// walk ` + number + `\n(//.*\n)*` + head).Match(src) {
			t.Errorf("walk.md: stop %s: %s has no comment %q right above %s", number, file, "// walk "+number, function)
		}
	}
	mark := regexp.MustCompile(`(?m)^// walk (\d+)$`)
	goFiles(t, func(path string, src []byte) {
		for _, m := range mark.FindAllSubmatch(src, -1) {
			if !known[path+"#"+string(m[1])] {
				t.Errorf("%s: walk %s is not a stop of walk.md", path, m[1])
			}
		}
	})
}

// Links between the documents, and from them to files, lead somewhere.
func TestLinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	pages, _ := filepath.Glob("*.md")
	more, _ := filepath.Glob("*/*.md")
	pages = append(append(pages, more...), filepath.Join(root, "README.md"))
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s: link to %s: %v", page, m[1], err)
			}
		}
	}
}
