package gateway_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"
)

// docs/order-types.md has every example word by word, as it was run, and no other; and
// there is one for everything that an order can ask for.
func TestOrderTypesPage(t *testing.T) {
	text, err := os.ReadFile("../docs/order-types.md")
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), "example_types_test.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	page, all := string(text), ""
	blocks := map[string]string{}
	for _, m := range regexp.MustCompile("(?s)```example (\\w+)\n(.*?)```").FindAllStringSubmatch(page, -1) {
		blocks[m[1]] = m[2]
	}
	for _, x := range doc.Examples([]*ast.File{file}...) {
		name := strings.TrimPrefix(x.Suffix+x.Name, "_")
		if blocks[name] != x.Output {
			t.Errorf("the page's example %s should be\n```example %[1]s\n%s```", name, x.Output)
		}
		delete(blocks, name)
		all += x.Output
	}
	if len(blocks) > 0 {
		t.Errorf("nobody runs the page's examples %v", blocks)
	}
	for _, tables := range []string{"## Types\n", "## How long\n"} {
		_, table, _ := strings.Cut(page, tables)
		table, _, _ = strings.Cut(table, "\n\n")
		for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(table, -1) {
			if !strings.Contains(all, `"`+m[1]+`"`) {
				t.Errorf("%s has no example", m[1])
			}
		}
	}
	for _, field := range []string{"display_size", "hidden", "post_only", "min_size", "stp"} {
		if !strings.Contains(all, `"`+field+`":`) {
			t.Errorf("%s has no example", field)
		}
	}
}
