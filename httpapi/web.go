package httpapi

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
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
	a.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		switch asset := a.isFile(name); {
		case !safe(r.Method):
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "use GET", http.StatusMethodNotAllowed)
		case asset && name != "index.html":
			a.serveFile(w, r, name)
		case strings.HasPrefix(name, "assets/"):
			http.NotFound(w, r)
		default:
			serveIndex(w, index)
		}
	})
	return nil
}

// isFile reports whether name is a file of the app; those that begin with a dot
// belong to its build.
func (a *API) isFile(name string) bool {
	if !fs.ValidPath(name) || strings.HasPrefix(path.Base(name), ".") {
		return false
	}
	info, err := fs.Stat(a.options.Web, name)
	return !errors.Is(err, fs.ErrNotExist) && err == nil && info.Mode().IsRegular()
}

// packed are the compressed forms that the build puts beside a file, best first.
var packed = []struct{ encoding, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// serveFile sends a file, compressed by the build if the client takes it. What
// carries a hash in its name browsers keep for ever, the rest they ask about.
func (a *API) serveFile(w http.ResponseWriter, r *http.Request, name string) {
	h := w.Header()
	stored := name
	for _, p := range packed {
		if !a.isFile(name + p.suffix) {
			continue
		}
		h.Set("Vary", "Accept-Encoding")
		if stored == name && takes(r.Header.Get("Accept-Encoding"), p.encoding) {
			stored = name + p.suffix
			h.Set("Content-Encoding", p.encoding)
		}
	}
	content, err := fs.ReadFile(a.options.Web, stored)
	if err != nil {
		http.Error(w, "the file cannot be read", http.StatusInternalServerError)
		return
	}
	h.Set("Content-Type", contentType(name))
	if strings.HasPrefix(name, "assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
		sum := sha256.Sum256(content)
		tag := `"` + hex.EncodeToString(sum[:16]) + `"`
		h.Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(content)))
	_, _ = w.Write(content) //nolint:gosec // a file of the build, chosen by name; a client that is gone needs none
}

// takes reports whether an Accept-Encoding (RFC 9110, section 12.5.3) names the
// encoding without refusing it.
func takes(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		quality, weighted := strings.CutPrefix(strings.ReplaceAll(parameters, " ", ""), "q=")
		if !weighted {
			return true
		}
		q, err := strconv.ParseFloat(quality, 64)
		return err == nil && q > 0
	}
	return false
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".woff2": // not in every system's table, and nosniff wants the right one
		return "font/woff2"
	case ".webmanifest":
		return "application/manifest+json"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// indexPolicy is the Content-Security-Policy of the app's page, but for the nonce.
// Scripts and styles run by the nonce alone: a module hands it to what it imports,
// and the app to the styles that it makes. Style attributes in HTML are refused;
// scripts may still set styles through the CSSOM, which the policy does not govern.
// Nothing loads or connects elsewhere, so what a record or an answer holds cannot
// carry data out of the page.
const indexPolicy = "default-src 'none'; script-src 'nonce-" + noncePlace + "'; style-src 'nonce-" + noncePlace + "'; " +
	"img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func serveIndex(w http.ResponseWriter, index []byte) {
	nonce := rand.Text()
	h := w.Header()
	h.Set("Content-Security-Policy", strings.ReplaceAll(indexPolicy, noncePlace, nonce))
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(bytes.ReplaceAll(index, []byte(noncePlace), []byte(nonce))) // a client that is gone needs no page
}
