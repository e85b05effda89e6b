package engine_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sources parses the package's own files, without tests.
func sources(t *testing.T) (*token.FileSet, map[string]*ast.File) {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	set, files := token.NewFileSet(), make(map[string]*ast.File)
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = f
	}
	return set, files
}

// TestTheEngineImportsOnlyWhatIsPure: nothing with a clock, a lock, a file or a
// socket in it, and the B-tree in one file.
func TestTheEngineImportsOnlyWhatIsPure(t *testing.T) {
	const btree, btreeFile = "github.com/google/btree", "levels_btree.go"
	pure := []string{"encoding/binary", "errors", "math", "math/bits", "slices", "strconv", "unsafe"}
	_, files := sources(t)
	for name, f := range files {
		for _, spec := range f.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			switch {
			case slices.Contains(pure, path):
			case path == btree && name == btreeFile:
			default:
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
	if files[btreeFile] == nil {
		t.Errorf("%s is not there", btreeFile)
	}
}

// TestTheEngineIsDeterministicByConstruction: no goroutine, channel, map or float
// is anywhere in it, so none can leak into a result.
func TestTheEngineIsDeterministicByConstruction(t *testing.T) {
	set, files := sources(t)
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			what := ""
			switch n := n.(type) {
			case *ast.GoStmt:
				what = "starts a goroutine"
			case *ast.ChanType, *ast.SelectStmt, *ast.SendStmt:
				what = "uses a channel"
			case *ast.MapType:
				what = "uses a map"
			case *ast.Ident:
				if n.Name == "float64" || n.Name == "float32" {
					what = "uses a float"
				}
			case *ast.BasicLit:
				if n.Kind == token.FLOAT {
					what = "uses a float"
				}
			}
			if what != "" {
				t.Errorf("%s: the engine %s", set.Position(n.Pos()), what)
			}
			return true
		})
	}
}

// TestHotFunctionsDoNothingSlow: what is marked "hot" has no closure and no defer.
func TestHotFunctionsDoNothingSlow(t *testing.T) {
	set, files := sources(t)
	hot := 0
	for _, f := range files {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Doc == nil || !strings.HasSuffix(strings.TrimSpace(fn.Doc.Text()), "hot") {
				continue
			}
			hot++
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				switch n.(type) {
				case *ast.FuncLit:
					t.Errorf("%s: %s is hot and has a closure", set.Position(n.Pos()), fn.Name.Name)
				case *ast.DeferStmt:
					t.Errorf("%s: %s is hot and defers", set.Position(n.Pos()), fn.Name.Name)
				}
				return true
			})
		}
	}
	if hot == 0 {
		t.Error("no function is marked hot")
	}
}
