package httpapi

import (
	"container/list"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/remit-crm/remit"
)

// Rates are the bounds on how often the API may be called. A zero rate is no
// bound, except for sign-ins and rejected credentials, whose zero is a default:
// guessing is never unbounded.
type Rates struct {
	Person  float64 // requests a second for one person; bursts of twice as many pass
	SignIn  float64 // attempts a second from one address or known device; default 0.2, bursts of 10
	Unknown float64 // rejected credentials a second from one address; default 5, bursts of 20
}

const (
	defaultSignIn  = 0.2
	signInBurst    = 10
	defaultUnknown = 5
	unknownBurst   = 20

	// mostLimiters bounds the memory that an attacker with many addresses can
	// claim: about 200 bytes each.
	mostLimiters = 16384
)

// limits holds the limiters of the API.
type limits struct {
	now     func() time.Time
	people  *limiters // nil: no bound
	signIns *limiters
	unknown *limiters
}

func newLimits(r Rates, now func() time.Time) *limits {
	l := &limits{now: now}
	if r.Person > 0 {
		l.people = newLimiters(r.Person, max(1, int(2*r.Person)))
	}
	if r.SignIn <= 0 {
		r.SignIn = defaultSignIn
	}
	if r.Unknown <= 0 {
		r.Unknown = defaultUnknown
	}
	l.signIns = newLimiters(r.SignIn, signInBurst)
	l.unknown = newLimiters(r.Unknown, unknownBurst)
	return l
}

// person counts a request of an actor, by person: more tokens buy no more
// requests.
func (l *limits) person(actor remit.Actor) error {
	if l.people == nil {
		return nil
	}
	return refusal(l.people.take(string(actor.Person), l.now(), 1), "too many requests for this person")
}

// batch counts the calls of a batch beside the request that it came with.
func (l *limits) batch(actor remit.Actor, calls int) error {
	if l.people == nil || calls <= 1 {
		return nil
	}
	if calls > l.people.burst {
		return remit.Errorf(remit.KindLimited, "the batch has %d calls and at most %d may come at once: send fewer", calls, l.people.burst)
	}
	return refusal(l.people.take(string(actor.Person), l.now(), calls-1), "too many requests for this person")
}

// signIn counts an attempt to sign in, before the costly check of the password, by
// network address and by nothing else: a bound for an e-mail address from anywhere
// would let a stranger lock its owner out, and the directory has a loose one. A
// device that is known for the e-mail address counts by itself, so that nobody else
// in its network can keep it out.
func (l *limits) signIn(address, device string) error {
	key := "address " + address
	if device != "" {
		key = "device " + device
	}
	return refusal(l.signIns.take(key, l.now(), 1), "too many attempts to sign in")
}

// rejected counts credentials from the address that were not accepted.
func (l *limits) rejected(address string) error {
	return refusal(l.unknown.take(address, l.now(), 1), "too many requests with credentials that are not accepted")
}

func refusal(wait time.Duration, message string) error {
	if wait <= 0 {
		return nil
	}
	return &retryError{wait, remit.Errorf(remit.KindLimited, "%s: wait as long as Retry-After says", message)}
}

// limiters is a bounded map of limiters. When it is full the one that was used
// longest ago goes, which by then is all but full again.
type limiters struct {
	every rate.Limit
	burst int

	mu    sync.Mutex
	byKey map[string]*list.Element
	used  *list.List // of *entry, the latest first
}

type entry struct {
	key     string
	limiter *rate.Limiter
}

func newLimiters(perSecond float64, burst int) *limiters {
	return &limiters{
		every: rate.Limit(perSecond), burst: burst,
		byKey: make(map[string]*list.Element), used: list.New(),
	}
}

// take takes n events, no more than a burst, and returns 0, or how long to wait
// until there are so many.
func (l *limiters) take(key string, now time.Time, n int) time.Duration {
	reservation := l.get(key).ReserveN(now, n)
	wait := reservation.DelayFrom(now)
	if wait > 0 {
		reservation.CancelAt(now)
	}
	return wait
}

func (l *limiters) get(key string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if element, ok := l.byKey[key]; ok {
		l.used.MoveToFront(element)
		return element.Value.(*entry).limiter
	}
	if len(l.byKey) >= mostLimiters {
		oldest := l.used.Back()
		delete(l.byKey, l.used.Remove(oldest).(*entry).key)
	}
	e := &entry{key: key, limiter: rate.NewLimiter(l.every, l.burst)}
	l.byKey[key] = l.used.PushFront(e)
	return e.limiter
}

// address returns the network address that a request counts for: the client's,
// or behind a trusted proxy the last one in X-Forwarded-For that is no trusted
// proxy itself. An IPv6 client owns a /64, so that is what counts.
func (a *API) address(r *http.Request) string {
	ip, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		return host
	}
	client := ip.Addr().Unmap()
	if a.trusted(client) {
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for i := len(hops) - 1; i >= 0; i-- {
			hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
			if err != nil {
				break
			}
			client = hop.Unmap()
			if !a.trusted(client) {
				break
			}
		}
	}
	if client.Is6() {
		if prefix, err := client.WithZone("").Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return client.String()
}

func (a *API) trusted(ip netip.Addr) bool {
	for _, proxy := range a.options.Proxies {
		if proxy.Contains(ip) {
			return true
		}
	}
	return false
}
