package httpapi_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/remit-crm/remit/httpapi"
)

func TestWebPacked(t *testing.T) {
	b := newBench(t, func(o *httpapi.Options) {
		o.Web = fstest.MapFS{
			"index.html":       {Data: []byte("<html>")},
			"assets/app.js":    {Data: []byte("plain")},
			"assets/app.js.br": {Data: []byte("brotli")},
			"assets/app.js.gz": {Data: []byte("gzip")},
			"assets/f.woff2":   {Data: []byte("font")},
			".gitkeep":         {},
		}
	})
	tests := []struct{ path, accept, body, encoding, kind, vary string }{
		{"/assets/app.js", "gzip, deflate, br", "brotli", "br", "text/javascript; charset=utf-8", "Accept-Encoding"},
		{"/assets/app.js", "gzip, br;q=0", "gzip", "gzip", "text/javascript; charset=utf-8", "Accept-Encoding"},
		{"/assets/app.js", "br; q=0.5", "brotli", "br", "text/javascript; charset=utf-8", "Accept-Encoding"},
		{"/assets/app.js", "identity", "plain", "", "text/javascript; charset=utf-8", "Accept-Encoding"},
		{"/assets/f.woff2", "br", "font", "", "font/woff2", ""},
		{"/.gitkeep", "br", "<html>", "", "text/html; charset=utf-8", ""},
	}
	for _, test := range tests {
		r := b.send(t, "GET", test.path, "", "Accept-Encoding: "+test.accept)
		got := []string{r.body, r.header.Get("Content-Encoding"), r.header.Get("Content-Type"), r.header.Get("Vary")}
		want := []string{test.body, test.encoding, test.kind, test.vary}
		if r.status != 200 || strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%s, %s: %d %q, want %q", test.path, test.accept, r.status, got, want)
		}
	}
}

func TestWebCaching(t *testing.T) {
	b := newBench(t)
	if r := b.send(t, "GET", "/assets/app.js", ""); r.header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
		t.Errorf("an asset: %v", r.header)
	}
	first := b.send(t, "GET", "/icon.svg", "")
	if first.header.Get("Cache-Control") != "no-cache" || first.header.Get("ETag") == "" {
		t.Fatalf("a file without a hash in its name: %v", first.header)
	}
	again := b.send(t, "GET", "/icon.svg", "", "If-None-Match: "+first.header.Get("ETag"))
	if again.status != 304 || again.body != "" {
		t.Errorf("asked again: %d %q", again.status, again.body)
	}
}

// TestWebPolicy checks that scripts and styles run by the nonce alone.
func TestWebPolicy(t *testing.T) {
	policy := newBench(t).send(t, "GET", "/", "").header.Get("Content-Security-Policy")
	for directive := range strings.SplitSeq(policy, "; ") {
		name, sources, _ := strings.Cut(directive, " ")
		if (name == "script-src" || name == "style-src") && (!strings.HasPrefix(sources, "'nonce-") || strings.Contains(sources, " ")) {
			t.Errorf("%s allows more than the nonce", directive)
		}
		if strings.Contains(sources, "*") || strings.Contains(sources, "http") || strings.Contains(sources, "unsafe") {
			t.Errorf("%s is too wide", directive)
		}
	}
}
