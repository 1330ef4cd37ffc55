// Package web carries the built pages of Coscribe: the editor, the list of documents and the sign-in, made by build.mjs
// from the TypeScript beside this file. The built files are committed, so that building the server needs Go alone; a test
// holds them to the sources.
package web

import (
	"embed"
	"io/fs"
)

//go:embed dist
var dist embed.FS

// Files returns the built files under their fixed names: index.html, which every page starts from, and what it loads from
// /assets/ (app.js, app.css and what they name).
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the folder is part of this package
	}
	return files
}
