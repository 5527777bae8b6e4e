package lens

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/internal/keys"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
)

// Config is what a lens stands on. Every field but Egress and Budget is
// required.
type Config struct {
	DB        *sqldb.DB
	Directory Directory
	Policies  Policies
	Audit     Recorder
	Keys      *keys.Ring
	IDs       *remit.IDSource
	Clock     func() time.Time

	// Location is the company's time zone: days and buckets follow it. Where it is nil,
	// Locate is asked for it with each new epoch of the policy.
	Location *time.Location
	Locate   func(ctx context.Context) (*time.Location, error)

	// Egress returns the highest sensitivity that may be handed to the model
	// service; ok is false for a service that is not configured, which receives
	// public fields only. A nil Egress knows no service. A limit that changes raises
	// the policy epoch: what is returned is that of the epoch, or of a later one.
	Egress func(ctx context.Context, epoch int64, service string) (limit remit.Sensitivity, ok bool)
}

// Directory tells who a person is now. *directory.Directory implements it.
type Directory interface {
	Person(ctx context.Context, id remit.ID) (*directory.Person, error)
}

// Policies tells what is allowed now. *policystore.Store implements it.
type Policies interface {
	Load(ctx context.Context) (*policy.Policy, error)
}

// Recorder keeps the audit log. *audit.Log implements it.
type Recorder interface {
	Append(ctx context.Context, entries ...*audit.Entry) error
	Stage(ctx context.Context, tx sqldb.Tx, e *audit.Entry) (audit.Staged, error)
	Publish(ctx context.Context, s audit.Staged) error
}

// Lens is the gate. It is safe for concurrent use.
type Lens struct {
	db         *sqldb.DB
	directory  Directory
	policies   Policies
	audit      Recorder
	ids        *remit.IDSource
	clock      func() time.Time
	locate     func(context.Context) (*time.Location, error)
	egress     func(context.Context, int64, string) (remit.Sensitivity, bool)
	sealer     *sealer
	versions   versioner
	lineageKey [32]byte

	policy atomic.Pointer[snapshot]
	people personCache
	walks  walks
	texts  texts
}

// snapshot is a policy of one epoch with what has been compiled from it.
type snapshot struct {
	*policy.Policy
	location  *time.Location
	fragments sync.Map // fragmentKey → sqlgen.Fragment
}

// New returns a lens over the configuration.
func New(c Config) (*Lens, error) {
	sealer, err := newSealer(c.Keys.Derive(keys.Cursor))
	if err != nil {
		return nil, err
	}
	l := &Lens{
		db: c.DB, directory: c.Directory, policies: c.Policies, audit: c.Audit,
		ids: c.IDs, clock: c.Clock, locate: c.Locate, egress: c.Egress,
		sealer: sealer, versions: versioner{key: c.Keys.Derive(keys.Version)},
		lineageKey: c.Keys.Derive(keys.Lineage),
	}
	if c.Location != nil {
		l.locate = func(context.Context) (*time.Location, error) { return c.Location, nil }
	}
	if l.egress == nil {
		l.egress = func(context.Context, int64, string) (remit.Sensitivity, bool) { return remit.Public, false }
	}
	return l, nil
}

// currentPolicy returns the policy that was last loaded, loading it the first
// time. Whether it still holds is what the gate asks after each data query.
func (l *Lens) currentPolicy(ctx context.Context) (*snapshot, error) {
	if snap := l.policy.Load(); snap != nil {
		return snap, nil
	}
	return l.reloadPolicy(ctx)
}

func (l *Lens) reloadPolicy(ctx context.Context) (*snapshot, error) {
	p, err := l.policies.Load(ctx)
	if err != nil {
		return nil, err
	}
	if old := l.policy.Load(); old != nil && old.Policy == p {
		return old, nil
	}
	// Read after the policy: a zone that is newer than the epoch is not released
	// under it, since the gate finds that the epoch has moved.
	location, err := l.locate(ctx)
	if err != nil {
		return nil, err
	}
	snap := &snapshot{Policy: p, location: location}
	l.policy.Store(snap)
	return snap, nil
}

// maxCachedPeople bounds the memory of the cache; a person's entry takes a few
// hundred bytes.
const maxCachedPeople = 50_000

// personCache keeps resolved people by id. An entry that is out of date is found
// by its generation.
type personCache struct {
	mu     sync.RWMutex
	people map[remit.ID]*directory.Person
}

func (c *personCache) get(id remit.ID) *directory.Person {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.people[id]
}

func (c *personCache) put(p *directory.Person) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.people == nil || len(c.people) >= maxCachedPeople {
		c.people = make(map[remit.ID]*directory.Person)
	}
	c.people[p.User.ID] = p
}

func (c *personCache) drop(id remit.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.people, id)
}
