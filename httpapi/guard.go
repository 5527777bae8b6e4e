package httpapi

import (
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/remit-crm/remit"
)

// guard refuses requests that a browser was tricked into, and sets the headers
// that keep a browser from being tricked.
//
// The Host must be loopback or configured: otherwise a page of an attacker's
// domain, re-bound to this address, would count as ours. An Origin, if there is
// one, must be the server's own or configured: SameSite alone lets other
// ports of one host through.
type guard struct {
	options *Options
	next    http.Handler
	headers http.Header // of every answer; its values are shared and never changed
}

func newGuard(o *Options, next http.Handler) *guard {
	g := &guard{options: o, next: next, headers: http.Header{
		"X-Content-Type-Options":       {"nosniff"},
		"X-Frame-Options":              {"DENY"},
		"Referrer-Policy":              {"no-referrer"},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Content-Security-Policy":      {"default-src 'none'; frame-ancestors 'none'"},
	}}
	if o.Secure {
		g.headers["Strict-Transport-Security"] = []string{"max-age=63072000; includeSubDomains"}
	}
	return g
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	maps.Copy(w.Header(), g.headers)
	if err := g.check(r); err != nil {
		writeProblem(w, newProblem(err.status, requestID(w), asError(err)), err)
		return
	}
	g.next.ServeHTTP(w, r)
}

func (g *guard) check(r *http.Request) *statusError {
	if !utf8.ValidString(r.URL.Path) || strings.ContainsRune(r.URL.Path, 0) {
		return &statusError{http.StatusBadRequest, remit.Errorf(remit.KindInvalid, "the path is not valid UTF-8 or holds a NUL character")}
	}
	if !probe(r.URL.Path) && !g.knownHost(r.Host) {
		e := remit.Errorf(remit.KindDenied, "this server does not answer under the host name of the request")
		e.Hint = "start the server with --host NAME for each name it is reached under"
		return &statusError{http.StatusMisdirectedRequest, e}
	}
	if !g.knownOrigin(r) {
		e := remit.Errorf(remit.KindDenied, "requests from pages of another origin are refused")
		e.Hint = "if a proxy changes the Host header, start the server with --origin and the web app's origin"
		return &statusError{http.StatusForbidden, e}
	}
	return nil
}

// probe reports whether a path is one of those that hold no data and are called
// by orchestrators under whatever address a process happens to have.
func probe(path string) bool { return path == "/healthz" || path == "/readyz" || path == "/metrics" }

func (g *guard) knownHost(host string) bool {
	name := hostName(host)
	return isLoopback(name) || slices.ContainsFunc(g.options.Hosts, func(known string) bool {
		return strings.EqualFold(known, name)
	})
}

func (g *guard) knownOrigin(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		// Browsers leave the Origin out of some same-origin requests only.
		site := r.Header.Get("Sec-Fetch-Site")
		return site == "" || site == "same-origin" || site == "none" || safe(r.Method)
	}
	if len(origins) > 1 {
		return false
	}
	if slices.Contains(g.options.Origins, origins[0]) {
		return true
	}
	u, err := url.Parse(origins[0])
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || (g.options.Secure && u.Scheme != "https") {
		return false
	}
	return u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

func safe(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// hostName returns a Host without its port and brackets.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

func isLoopback(name string) bool {
	if strings.EqualFold(name, "localhost") {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}
