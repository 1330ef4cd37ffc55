package main

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// update writes docs/controls.md anew.
var update = flag.Bool("update", false, "write docs/controls.md anew")

// control is a row of the page.
type control struct {
	number int
	what   string
	value  string // a flag in braces stands for its default
	sees   string // what a client sees of it
	flags  string // names, without dashes
	tests  string // package.Function, or a file
	open   string // what has no test yet
}

const controlsPage = "../docs/controls.md"

// TestEveryControlHasItsTest: docs/controls.md says of each control its default, its flags and its tests, and says the truth: the
// defaults are those of the flags, and the tests exist. `go test ./server -run TestEveryControlHasItsTest -update` writes it.
func TestEveryControlHasItsTest(t *testing.T) {
	flags := map[string]*kong.Flag{}
	for _, f := range serveFlags(t) {
		flags[f.Name] = f
	}
	functions := map[string]map[string]bool{} // by folder
	for i, c := range controls {
		if c.number != i+1 {
			t.Errorf("control %d stands at place %d", c.number, i+1)
		}
		if c.tests == "" && c.open == "" {
			t.Errorf("control %d has no test, and does not say that it is open", c.number)
		}
		for _, name := range strings.Fields(c.flags) {
			if flags[name] == nil {
				t.Errorf("control %d: there is no flag --%s", c.number, name)
			}
		}
		for _, test := range strings.Fields(c.tests) {
			if !exists(t, functions, test) {
				t.Errorf("control %d: there is no %s", c.number, test)
			}
		}
	}
	const all = 36
	if len(controls) != all {
		t.Errorf("there are %d controls, want %d", len(controls), all)
	}
	page := controlsMarkdown(t, flags)
	if *update {
		if err := os.WriteFile(controlsPage, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if written, err := os.ReadFile(controlsPage); err != nil || string(written) != page {
		t.Errorf("docs/controls.md is not what the sources say (%v): run this test with -update", err)
	}
}

// serveFlags are the flags of the server, in their order.
func serveFlags(t *testing.T) []*kong.Flag {
	t.Helper()
	parser, err := newParser(&commands{}, nil, nil, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range parser.Model.Children {
		if command.Name == "serve" {
			return command.Flags
		}
	}
	t.Fatal("there is no command that serves")
	return nil
}

// exists tells whether a test is there: a function of a folder's sources, which are read once, or a file.
func exists(t *testing.T, functions map[string]map[string]bool, name string) bool {
	t.Helper()
	if strings.HasSuffix(name, ".ts") {
		_, err := os.Stat(filepath.Join("..", name))
		return err == nil
	}
	folder, function, _ := strings.Cut(name, ".")
	if functions[folder] == nil {
		functions[folder] = functionsOf(t, folder)
	}
	return functions[folder][function]
}

// functionsOf are the names of a folder's functions that are no methods.
func functionsOf(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declared := range parsed.Decls {
			if f, ok := declared.(*ast.FuncDecl); ok && f.Recv == nil {
				names[f.Name.Name] = true
			}
		}
	}
	return names
}

var braces = regexp.MustCompile(`\{([a-z-]+)\}`)

// controlsMarkdown is the page.
func controlsMarkdown(t *testing.T, flags map[string]*kong.Flag) string {
	var b strings.Builder
	b.WriteString(`# Controls

What protects people who share a Coscribe server from one another, and from those who should not be there: each control with its
default, what a client sees of it, the flags that change it, and the tests that try to get past it. This page is written by
` + "`TestEveryControlHasItsTest`" + `, which fails if a test named here does not exist or a default is another. ` + "`coscribe config show`" + ` prints
the values of a server, and where each comes from.

| | control | default | client sees | flags | tests |
|---|---|---|---|---|---|
`)
	for _, c := range controls {
		described := braces.ReplaceAllStringFunc(c.value, func(name string) string {
			f := flags[strings.Trim(name, "{}")]
			if f == nil {
				t.Errorf("control %d: there is no flag %s", c.number, name)
				return name
			}
			return f.Default
		})
		var names, tests []string
		for _, name := range strings.Fields(c.flags) {
			names = append(names, "`--"+name+"`")
		}
		for _, test := range strings.Fields(c.tests) {
			tests = append(tests, linked(test))
		}
		if c.open != "" {
			tests = append(tests, "**open:** "+c.open)
		}
		fmt.Fprintf(&b, "| %d | **%s** | %s | %s | %s | %s |\n", c.number, c.what, described, cmp.Or(c.sees, "–"),
			cmp.Or(strings.Join(names, " "), "–"), strings.Join(tests, "<br>"))
	}
	b.WriteString(`
## All limits

Each has an environment variable: ` + "`--limit-strikes`" + ` is ` + "`COSCRIBE_LIMIT_STRIKES`" + `, and in a configuration file (` + "`--config`" + `) it is
` + "`{\"limit\": {\"strikes\": 5}}`" + `. An address is an IPv4 address or an IPv6 /64.

| flag | default | |
|---|---|---|
`)
	for _, f := range serveFlags(t) {
		if strings.HasPrefix(f.Name, "limit-") {
			fmt.Fprintf(&b, "| `--%s` | %s | %s |\n", f.Name, f.Default, f.Help)
		}
	}
	return b.String()
}

// linked is a test's name that leads to its folder or file.
func linked(test string) string {
	if strings.HasSuffix(test, ".ts") {
		return fmt.Sprintf("[%s](../%s)", path.Base(test), test)
	}
	folder, function, _ := strings.Cut(test, ".")
	return fmt.Sprintf("[%s](../%s) `%s`", path.Base(folder), folder, function)
}
