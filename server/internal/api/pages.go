package api

import (
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// pageSecurity is what a page may do: run and look like what this server serves, show pictures from anywhere that is
// encrypted, and talk to this server. Editors set styles through the DOM, which needs nothing here.
const pageSecurity = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https:; connect-src 'self'; " +
	"font-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

// pages serves the browser client. Its files have fixed names, so that each is asked for again with its tag, and is only
// sent when it has changed.
type pages struct {
	files map[string]page // by path
	shell page
}

type page struct {
	media string
	tag   string
	data  []byte
}

// newPages reads everything that there is to serve.
func newPages(from fs.FS) *pages {
	p := &pages{files: make(map[string]page)}
	err := fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		p.files["/"+name] = page{
			media: mediaOf(name),
			tag:   strconv.Quote(base64.RawURLEncoding.EncodeToString(sum[:16])),
			data:  data,
		}
		return nil
	})
	if err != nil {
		panic("api: read the pages: " + err.Error())
	}
	shell, ok := p.files["/index.html"]
	if !ok {
		panic("api: the pages lack index.html")
	}
	p.shell = shell
	delete(p.files, "/index.html")
	return p
}

// ServeHTTP serves a file under its name, and the one page for every address that the client knows.
func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	secureAll(header)
	header.Set("Content-Security-Policy", pageSecurity)
	header.Set("Cache-Control", "no-cache")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "Only GET and HEAD.", http.StatusMethodNotAllowed)
		return
	}
	page, ok := p.files[r.URL.Path]
	status := http.StatusOK
	if !ok {
		page = p.shell
		if !isAppPath(r.URL.Path) {
			status = http.StatusNotFound // the client says so in its own words
		}
	}
	header.Set("ETag", page.tag)
	if status == http.StatusOK && matches(r.Header.Get("If-None-Match"), page.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Type", page.media)
	header.Set("Content-Length", strconv.Itoa(len(page.data)))
	w.WriteHeader(status)
	if r.Method == http.MethodGet {
		_, _ = w.Write(page.data)
	}
}

// isAppPath tells whether the browser client has something to show at a path.
func isAppPath(name string) bool {
	switch name {
	case "/", "/signin", "/setup", "/invitation", "/link", "/account", "/trash",
		"/admin/people", "/admin/groups", "/admin/documents", "/admin/policy", "/admin/audit":
		return true
	}
	doc, found := strings.CutPrefix(name, "/d/")
	return found && doc != "" && !strings.Contains(doc, "/")
}

func mediaOf(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	}
	if media := mime.TypeByExtension(path.Ext(name)); media != "" {
		return media
	}
	return "application/octet-stream"
}
