// Package web embeds the web app: what "npm run build" put into dist, or the
// page that is committed there, which says that the app is not in this binary and
// how to use Remit without it. So the binary builds without Node.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files returns the files of the web app, with index.html at the root.
func Files() (fs.FS, error) { return fs.Sub(dist, "dist") }
