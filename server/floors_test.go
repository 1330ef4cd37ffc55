package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/coscribe/coscribe"

// floors says where each package lives. Imports go down only: never up, never sideways.
var floors = map[string]int{
	"ot": 0, "authz": 0, "migrations": 0, "storage/id": 0, "client/web": 0,

	"ot/ottest": 1, "storage": 1, "server/wire": 1, "server/internal/bus": 1, "server/internal/meter": 1, "server/internal/stack": 1,

	"storage/internal/relational": 2, "storage/storagetest": 2, "server/internal/schema": 2,
	"storage/internal/schema": 2,

	"storage/sqlite": 3, "storage/postgres": 3, "client": 3,
	"storage/pgtest": 4,

	"server/internal/edge": 2, "server/internal/oracle": 2, "server/internal/room": 3, "server/internal/account": 3, "server/internal/document": 3,

	"server/internal/api": 4, "server/internal/socket": 4, "client/cmd/coload": 4, "client/cmd/coabuse": 4, "client/cmd/hello": 4,

	"server": 5,
}

// pure packages import the standard library only, and of that nothing that runs, waits or logs.
var pure = map[string]bool{"ot": true, "authz": true, "migrations": true, "storage/id": true, "client/web": true}

var impure = map[string]bool{"time": true, "context": true, "log": true, "log/slog": true, "net": true, "net/http": true}

// homes are the third-party packages that live in one place, by the prefix of their import path.
var homes = map[string][]string{
	"github.com/jackc/pgx":               {"storage/postgres", "storage/pgtest"},
	"modernc.org/sqlite":                 {"storage/sqlite"},
	"github.com/pressly/goose":           {"storage/internal/schema"},
	"github.com/lxzan/gws":               {"server/internal/socket", "client", "client/cmd/coload"},
	"github.com/alexedwards/scs":         {"server/internal/account"},
	"github.com/alexedwards/argon2id":    {"server/internal/account"},
	"github.com/go-playground/validator": {"server/internal/schema"},
	"github.com/alecthomas/kong":         {"server", "client/cmd/coload", "client/cmd/coabuse"},
	"github.com/go-chi/chi":              {"server/internal/edge"},
	"github.com/prometheus":              {"server/internal/meter"},
}

// TestFloors parses the sources rather than asking the go command: its answer would be cached, and the test with it.
func TestFloors(t *testing.T) {
	root := filepath.Join("..")
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".") && name != root) {
			return filepath.SkipDir
		}
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			rel, err := filepath.Rel(root, name)
			if err != nil {
				return err
			}
			folder := path.Dir(filepath.ToSlash(rel))
			seen[folder] = true
			return checkFile(t, name, folder)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for folder := range floors {
		if !seen[folder] {
			t.Errorf("%s is on a floor and has no sources", folder)
		}
	}
}

func checkFile(t *testing.T, name, folder string) error {
	floor, known := floors[folder]
	if !known {
		t.Errorf("%s: package %s has no floor: give it one in this test", name, folder)
		return nil
	}
	source, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
	if err != nil {
		return err
	}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		if below, ours := strings.CutPrefix(imported, module+"/"); ours {
			if floors[below] >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d): imports go down only", name, floor, below, floors[below])
			}
			continue
		}
		standard := !strings.Contains(strings.SplitN(imported, "/", 2)[0], ".")
		if pure[folder] && (!standard || impure[imported]) {
			t.Errorf("%s imports %s: package %s is pure", name, imported, folder)
		}
		for prefix, home := range homes {
			if strings.HasPrefix(imported, prefix) && !contains(home, folder) {
				t.Errorf("%s imports %s, whose home is %v", name, imported, home)
			}
		}
	}
	return nil
}

func contains(list []string, item string) bool {
	for _, other := range list {
		if other == item {
			return true
		}
	}
	return false
}
