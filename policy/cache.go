package policy

import (
	"encoding/binary"
	"sync"
	"time"

	"github.com/remit-crm/remit"
)

// cacheGeneration is how many permits a generation of the cache holds; it keeps
// two.
const cacheGeneration = 2048

// cache keeps permits by all that they depend on but the time. It is bounded
// without a clock or a list: when the young generation is full it becomes the old
// one, and what is still asked for moves back. Its zero value is empty.
type cache struct {
	mu         sync.RWMutex
	young, old map[string]cached
}

// cached is a permit and the time within which it is the answer: grants end at
// its borders.
type cached struct {
	permit      *Permit
	from, until time.Time // from ≤ now < until; zero is no border
}

func (c cached) validAt(now time.Time) bool {
	return !now.Before(c.from) && (c.until.IsZero() || now.Before(c.until))
}

// get returns the permit under the key if it is the answer at now.
func (c *cache) get(key []byte, now time.Time) *Permit {
	c.mu.RLock()
	entry, young := c.young[string(key)]
	found := young
	if !young {
		entry, found = c.old[string(key)]
	}
	c.mu.RUnlock()
	if !found || !entry.validAt(now) {
		return nil
	}
	if !young {
		c.put(key, entry)
	}
	return entry.permit
}

func (c *cache) put(key []byte, entry cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.young == nil || len(c.young) >= cacheGeneration {
		c.old, c.young = c.young, make(map[string]cached, cacheGeneration/8)
	}
	c.young[string(key)] = entry
}

// appendKey appends what a permit depends on. Every part carries its length,
// so that no two subjects share a key whatever their names hold.
func appendKey(b []byte, s *Subject, c *remit.Collection, a Action) []byte {
	flags := byte(0)
	if s.AI {
		flags |= 1
	}
	egress := byte(0)
	if s.AI && s.HasEgress {
		flags |= 2
		egress = byte(s.Egress.OfClearance())
	}
	b = append(b, flags, egress)
	for _, part := range [...]string{c.Source, c.Name, string(a), s.Employee, s.Task, s.Tool} {
		b = appendPart(b, part)
	}
	for _, role := range s.Roles {
		b = appendPart(b, role)
	}
	return b
}

func appendPart(b []byte, part string) []byte {
	b = binary.AppendUvarint(b, uint64(len(part)))
	return append(b, part...)
}
