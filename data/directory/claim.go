package directory

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/remit-crm/remit"
)

// The bounds on claims. A claim is trusted for nothing, so its age decides only
// how long a dead secret costs a gate in place of a look-up.
const (
	claimTTL  = 30 * time.Second
	maxClaims = 4096
)

// claimCache remembers which actor a secret stood for.
type claimCache struct {
	mu      sync.Mutex
	claims  map[[sha256.Size]byte]claim
	forgets uint64 // how often something was forgotten
}

type claim struct {
	actor remit.Actor
	until time.Time
}

func newClaimCache() *claimCache {
	return &claimCache{claims: map[[sha256.Size]byte]claim{}}
}

func (c *claimCache) get(digest [sha256.Size]byte, now time.Time) (remit.Actor, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.claims[digest]
	if !ok || !now.Before(found.until) {
		return remit.Actor{}, false
	}
	return found.actor, true
}

// begin starts a look-up whose answer may be put later.
func (c *claimCache) begin() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.forgets
}

// put remembers the answer of a look-up, unless something was forgotten since it
// began: the answer may be what was to be forgotten.
func (c *claimCache) put(started uint64, digest [sha256.Size]byte, actor remit.Actor, now time.Time, life time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.forgets != started {
		return
	}
	if len(c.claims) >= maxClaims {
		c.shrink(now)
	}
	c.claims[digest] = claim{actor: actor, until: now.Add(min(life, claimTTL))}
}

// shrink drops what has expired and, so that it is not called again soon, at
// least a quarter: maps are walked in random order.
func (c *claimCache) shrink(now time.Time) {
	for digest, found := range c.claims {
		if !now.Before(found.until) || len(c.claims) > maxClaims*3/4 {
			delete(c.claims, digest)
		}
	}
}

// forget drops every claim to be the person, or to view as somebody for them.
func (c *claimCache) forget(person remit.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forgets++
	for digest, found := range c.claims {
		if found.actor.Person == person || found.actor.Operator == string(person) {
			delete(c.claims, digest)
		}
	}
}
