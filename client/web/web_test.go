package web_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/coscribe/coscribe/client/web"
)

// TestBuiltFilesAreTheSources builds the pages again and compares. It fails without the packages: `make test` installs them,
// as does `npm ci` in client/web.
func TestBuiltFilesAreTheSources(t *testing.T) {
	if _, err := os.Stat("node_modules"); err != nil {
		t.Fatal("client/web/node_modules is missing: run `make test`, or `npm ci` in client/web")
	}
	dir := t.TempDir()
	if out, err := exec.Command("node", "build.mjs", dir).CombinedOutput(); err != nil {
		t.Fatalf("build the pages: %v\n%s", err, out)
	}
	built, committed := read(t, os.DirFS(dir)), read(t, web.Files())
	for name, data := range built {
		if !bytes.Equal(data, committed[name]) {
			t.Errorf("dist/%s is not what the sources build: run `npm run build` in client/web and commit it", name)
		}
	}
	for name := range committed {
		if _, ok := built[name]; !ok {
			t.Errorf("dist/%s is built from nothing: run `npm run build` in client/web and commit it", name)
		}
	}
}

// TestPagesHaveTheirFixedNames holds what the server links to.
func TestPagesHaveTheirFixedNames(t *testing.T) {
	files := read(t, web.Files())
	for _, name := range []string{"index.html", "assets/app.js", "assets/app.css", "assets/favicon.svg"} {
		if len(files[name]) == 0 {
			t.Errorf("%s is missing", name)
		}
	}
	// The policy of the pages forbids both.
	for _, inline := range []string{"<style", " style=", " onclick=", "<script>"} {
		if bytes.Contains(files["index.html"], []byte(inline)) {
			t.Errorf("index.html has %q inline", inline)
		}
	}
}

func read(t *testing.T, from fs.FS) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	err := fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(from, name)
		files[filepath.ToSlash(name)] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
