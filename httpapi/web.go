package httpapi

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io/fs"
	"net/http"
	"strings"
)

// noncePlace is what index.html holds where the nonce of the answer's
// Content-Security-Policy belongs.
const noncePlace = "__CSP_NONCE__"

// web serves the files of the web app. A path that names no file is a screen of
// the app, hence index.html; but a missing file under /assets/ is missing, lest
// a script tag load a page.
func (a *API) web() error {
	if a.options.Web == nil {
		return nil
	}
	index, err := fs.ReadFile(a.options.Web, "index.html")
	if err != nil {
		return err
	}
	files := http.FileServerFS(a.options.Web)
	a.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		switch asset := a.isFile(name); {
		case !safe(r.Method):
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "use GET", http.StatusMethodNotAllowed)
		case asset && name != "index.html":
			assetHeaders(w.Header(), name)
			files.ServeHTTP(w, r)
		case strings.HasPrefix(name, "assets/"):
			http.NotFound(w, r)
		default:
			serveIndex(w, index)
		}
	})
	return nil
}

func (a *API) isFile(name string) bool {
	if !fs.ValidPath(name) {
		return false
	}
	info, err := fs.Stat(a.options.Web, name)
	return !errors.Is(err, fs.ErrNotExist) && err == nil && info.Mode().IsRegular()
}

// assetHeaders lets browsers keep what carries a hash in its name for ever.
func assetHeaders(h http.Header, name string) {
	if strings.HasPrefix(name, "assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
}

func serveIndex(w http.ResponseWriter, index []byte) {
	nonce := rand.Text()
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-"+nonce+"' 'self'; style-src 'nonce-"+nonce+"' 'self'; "+
		"img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(bytes.ReplaceAll(index, []byte(noncePlace), []byte(nonce))) // a client that is gone needs no page
}
