// Package stale is a vault that does not notice changes: what it once read of a
// person or of the policy it takes to be true for good, whatever the database
// says. It is what Remit would be without the gate of DESIGN law 8, and there to
// show that the tests of that law find it out.
package stale

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/internal/keys"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/data/policystore"
	"github.com/remit-crm/remit/policy"
)

// Vault is an open vault whose lens, people and policies are stale. The store
// that it stands on is not.
type Vault struct {
	Store    *data.Store
	People   *People
	Policies *Policies
	Lens     *lens.Lens
	db       *sqldb.DB
}

// Open opens the vault.
func Open(ctx context.Context, o data.Options) (_ *Vault, err error) {
	v := &Vault{}
	defer func() {
		if err != nil {
			err = errors.Join(err, v.Close())
		}
	}()
	if v.Store, err = data.Open(ctx, o); err != nil {
		return nil, err
	}
	if v.db, err = sqldb.Open(ctx, o.URL, sqldb.Options{}); err != nil {
		return nil, err
	}
	ring, err := keys.New(o.Master)
	if err != nil {
		return nil, err
	}
	v.People = &People{Directory: v.Store.Directory, known: map[remit.ID]*directory.Person{}}
	v.Policies = &Policies{store: v.Store.Policies}
	v.Lens, err = lens.New(lens.Config{
		DB: v.db, Directory: v.People, Policies: v.Policies, Audit: v.Store.Audit, Keys: ring,
		IDs: remit.NewIDSource(nil), Clock: time.Now, Location: time.UTC,
	})
	return v, err
}

// Close closes the vault.
func (v *Vault) Close() error {
	var errs []error
	if v.Store != nil {
		errs = append(errs, v.Store.Close())
	}
	if v.db != nil {
		errs = append(errs, v.db.Close())
	}
	return errors.Join(errs...)
}

// People knows of each person what it read first, under the generation that the
// database has now.
type People struct {
	*directory.Directory
	mu    sync.Mutex
	known map[remit.ID]*directory.Person
}

// Person implements [lens.Directory].
func (p *People) Person(ctx context.Context, id remit.ID) (*directory.Person, error) {
	now, err := p.Directory.Person(ctx, id)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known[id] == nil {
		p.known[id] = now
	}
	old := *p.known[id]
	old.Generation, old.ReadAt = now.Generation, now.ReadAt
	return &old, nil
}

// Refresh reads a person anew, once.
func (p *People) Refresh(ctx context.Context, id remit.ID) error {
	p.mu.Lock()
	delete(p.known, id)
	p.mu.Unlock()
	_, err := p.Person(ctx, id)
	return err
}

// Policies has the policy that it loaded first, under the epoch that the database
// has now.
type Policies struct {
	store *policystore.Store
	mu    sync.Mutex
	known *policy.Policy
}

// Load implements [lens.Policies].
func (p *Policies) Load(ctx context.Context) (*policy.Policy, error) {
	now, err := p.store.Load(ctx)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		p.known = now
	}
	if p.known.Epoch == now.Epoch {
		return p.known, nil
	}
	attributes, err := p.store.Attributes(ctx)
	if err != nil {
		return nil, err
	}
	old, err := policy.Compile(p.known.Document(), p.known.Model(), attributes)
	if err != nil {
		return nil, err
	}
	old.Epoch = now.Epoch
	p.known = old
	return old, nil
}

// Refresh loads the policy anew, once.
func (p *Policies) Refresh(ctx context.Context) error {
	p.mu.Lock()
	p.known = nil
	p.mu.Unlock()
	_, err := p.Load(ctx)
	return err
}
