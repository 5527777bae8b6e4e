// Package web embeds the web app: what "npm run build" put into dist. Where
// nothing was built, the files are the page in placeholder, which says that the app is
// not in this binary and how to use Remit without it. So the binary builds without Node.
package web

import (
	"embed"
	"errors"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

//go:embed placeholder
var placeholder embed.FS

// Files returns the files of the web app, with index.html at the root. Beside a
// file there may be its compressed forms, named with .br and .gz added.
func Files() (fs.FS, error) { return files(dist) }

func files(built fs.FS) (fs.FS, error) {
	_, err := fs.Stat(built, "dist/index.html")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fs.Sub(placeholder, "placeholder")
	case err != nil:
		return nil, err
	}
	return fs.Sub(built, "dist")
}
