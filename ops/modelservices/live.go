package modelservices

import (
	"context"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/policystore"
	"github.com/remit-crm/remit/llm"
	"github.com/remit-crm/remit/llm/roster"
)

// Stored is what [Live] needs of *policystore.Store.
type Stored interface {
	Epoch(ctx context.Context) (int64, error)
	Services(ctx context.Context) ([]policystore.Service, int64, error)
}

// Live is the model services as they are now: those of the configuration, and
// those that are stored. A change of the stored ones, on whatever server, raises
// the policy epoch; by that Live knows what it has read is out of date. It is safe for
// concurrent use.
type Live struct {
	configured *roster.Config
	planner    llm.Model
	store      Stored // nil until Over

	mu     sync.Mutex // one reads, the others wait for it
	opened atomic.Pointer[opened]
}

// opened is the services of one epoch.
type opened struct {
	epoch  int64
	stored []policystore.Service
	set    *roster.Set
}

// NewLive returns the services of the configuration, and the offline one over the
// planner. The error is that of [roster.Open].
func NewLive(configured *roster.Config, planner llm.Model) (*Live, error) {
	set, err := roster.Open(configured, planner)
	if err != nil {
		return nil, err
	}
	l := &Live{configured: configured, planner: planner}
	l.opened.Store(&opened{epoch: -1, set: set})
	return l, nil
}

// Over adds the services of the store. Call it before the services are shared.
func (l *Live) Over(store Stored) { l.store = store }

// Service returns the service called name, the default one for "", as it is now.
func (l *Live) Service(ctx context.Context, name string) (*roster.Service, error) {
	set, err := l.now(ctx)
	if err != nil {
		return nil, err
	}
	return set.Service(ctx, name)
}

func (l *Live) now(ctx context.Context) (*roster.Set, error) {
	var epoch int64
	if l.store != nil {
		var err error
		if epoch, err = l.store.Epoch(ctx); err != nil {
			return nil, err
		}
	}
	return l.since(ctx, epoch)
}

// Egress returns the highest sensitivity that may be handed to the service, as the
// lens asks for it. Where that cannot be found out, nothing may.
func (l *Live) Egress(ctx context.Context, epoch int64, name string) (limit remit.Sensitivity, ok bool) {
	set, err := l.since(ctx, epoch)
	if err != nil {
		return remit.Untagged, false
	}
	return set.Egress(ctx, epoch, name)
}

// since returns the services of the epoch or of a later one.
func (l *Live) since(ctx context.Context, epoch int64) (*roster.Set, error) {
	if o := l.opened.Load(); l.store == nil || o.epoch >= epoch {
		return o.set, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.opened.Load()
	if before.epoch >= epoch {
		return before.set, nil
	}
	stored, now, err := l.store.Services(ctx)
	if err != nil {
		return nil, err
	}
	o := &opened{epoch: now, stored: stored, set: before.set}
	if before.epoch < 0 || !same(before.stored, stored) { // else its connections are kept
		if o.set, err = l.open(stored); err != nil {
			return nil, err
		}
	}
	l.opened.Store(o)
	return o.set, nil
}

// same reports whether the services are the same, keys included.
func same(one, other []policystore.Service) bool {
	return slices.EqualFunc(one, other, func(a, b policystore.Service) bool {
		equal := a.Key.Reveal() == b.Key.Reveal()
		a.Key, b.Key = policystore.Key{}, policystore.Key{}
		return equal && reflect.DeepEqual(a, b)
	})
}

// open makes the services that are configured and those that are stored. Of one
// name, the configured one counts. A stored one that cannot be used is left out, so
// that it takes no other with it.
func (l *Live) open(stored []policystore.Service) (*roster.Set, error) {
	all := &roster.Config{Default: l.configured.Default, Services: slices.Clone(l.configured.Services)}
	for _, s := range stored {
		entry := l.entry(s)
		if l.isConfigured(s.Name) {
			continue
		}
		if _, err := roster.Open(&roster.Config{Services: []roster.Entry{entry}}, l.planner); err != nil {
			continue
		}
		all.Services = append(all.Services, entry)
		if s.Default {
			all.Default = s.Name
		}
	}
	if all.Default == "" && len(l.configured.Services) == 0 {
		all.Default = roster.Offline // a service is the default when somebody says so
	}
	return roster.Open(all, l.planner)
}

func (l *Live) isConfigured(name string) bool {
	return name == roster.Offline || slices.ContainsFunc(l.configured.Services, func(e roster.Entry) bool { return e.Name == name })
}

// entry returns a stored service as the roster opens it.
func (l *Live) entry(s policystore.Service) roster.Entry {
	e := roster.Entry{
		Name: s.Name, Provider: roster.Provider(s.Provider), BaseURL: s.BaseURL, Model: s.Model, KeyHeader: s.Header, Egress: s.Egress,
		Timeout: seconds(s.TimeoutSeconds), Idle: seconds(s.IdleSeconds), Retries: s.Retries, MaxTokens: s.MaxTokens, Insecure: s.Insecure,
		Transport: guarded(s.BaseURL, l.configured.Allow),
	}
	return e.WithKey(s.Key.Reveal())
}

func seconds(n int) roster.Duration { return roster.Duration(time.Duration(n) * time.Second) }
