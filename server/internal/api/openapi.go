package api

import (
	"embed"
	"io/fs"
)

// The description of the API is written in parts, one a theme. In the order of their names they are one document.
//
//go:embed openapi/*.yaml
var openAPIParts embed.FS

var openAPI = joined(openAPIParts)

func joined(parts embed.FS) (whole []byte) {
	err := fs.WalkDir(parts, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		part, err := parts.ReadFile(name)
		whole = append(whole, part...)
		return err
	})
	if err != nil {
		panic("api: read the description: " + err.Error())
	}
	return whole
}
