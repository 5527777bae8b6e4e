package modelservices

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/remit-crm/remit"
)

// A base URL is an address that the server calls, chosen by somebody at a screen.
// It must not become a way to what only the machine itself may ask: above all the
// metadata services of clouds, which hand out credentials.

// checkAddress says what is wrong with a base URL; "" is the provider's own.
func checkAddress(base string, insecure bool, allowed []string) error {
	if base == "" {
		return nil
	}
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		return remit.FieldErrorf("base_url", "is not an address such as https://llm.example.com/v1")
	case u.User != nil:
		return remit.FieldErrorf("base_url", "holds a name or a password: give the key apart")
	case u.Fragment != "":
		return remit.FieldErrorf("base_url", "has a fragment, which is never sent")
	case secretQuery(u.Query()):
		return remit.FieldErrorf("base_url", "holds a key in its query: give the key apart")
	case slices.Contains(allowed, u.Hostname()):
		return nil
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	address, err := netip.ParseAddr(host)
	switch {
	case slices.Contains(metadataHosts, host), err == nil && forbidden(address):
		return remit.FieldErrorf("base_url", "is an address that only the machine itself may ask: if it is meant, list its host under models.allow in the configuration")
	case u.Scheme == "http" && !insecure && !isLoopback(host):
		e := remit.FieldErrorf("base_url", "would be asked over plain HTTP, which others can read")
		e.Hint = "use https, or set insecure where the way there is safe"
		return e
	}
	return nil
}

// secretQuery reports whether the query looks like it carries a key.
func secretQuery(q url.Values) bool {
	for name := range q {
		name = strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(name))
		if name == "key" || strings.HasSuffix(name, "apikey") || strings.HasSuffix(name, "token") || strings.Contains(name, "secret") || strings.Contains(name, "password") {
			return true
		}
	}
	return false
}

// metadataHosts are names of clouds' metadata services.
var metadataHosts = []string{"metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"}

// metadataAddresses are those that are not link-local.
var metadataAddresses = []netip.Addr{netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("100.100.100.200"), netip.MustParseAddr("192.0.0.192"), netip.MustParseAddr("168.63.129.16")}

// forbidden reports whether nobody should be asked at the address.
func forbidden(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() || slices.Contains(metadataAddresses, a)
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && a.Unmap().IsLoopback())
}

var errForbidden = errors.New("this address is not to be asked")

// guarded returns the transport to a service's base URL. It looks at each address
// when it connects, so that a name which answers with another one tomorrow leads no
// further. A host that the configuration allows is not looked at.
func guarded(base string, allowed []string) http.RoundTripper {
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true,
		MaxIdleConns: 100, IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second, ExpectContinueTimeout: time.Second,
	}
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	if u, err := url.Parse(base); base == "" || err != nil || !slices.Contains(allowed, u.Hostname()) {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil || forbidden(at.Addr()) {
				return errForbidden
			}
			return nil
		}
	}
	transport.DialContext = dialer.DialContext
	return transport
}
