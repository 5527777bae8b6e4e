// Package settings holds the use cases of what an installation says of its company:
// name, time zone, currency.
package settings

import (
	"context"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/policystore"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
)

// Store is what the use cases need of *policystore.Store.
type Store interface {
	Settings(ctx context.Context) (policystore.Settings, error)
	SetSettings(ctx context.Context, by remit.Actor, set policystore.Settings) error
	UpdateSettings(ctx context.Context, by remit.Actor, fn func(*policystore.Settings), fields ...string) error
}

// Resolver is what the use cases need of *access.Access.
type Resolver interface {
	Resolve(ctx context.Context, actor remit.Actor) (*access.Standing, error)
	Require(ctx context.Context, actor remit.Actor, capability string) (*access.Standing, error)
}

// Settings carries out the use cases.
type Settings struct {
	store    Store
	resolver Resolver
}

// New returns the use cases over the store.
func New(store Store, resolver Resolver) *Settings { return &Settings{store, resolver} }

// Company is what an installation says of its company.
type Company struct {
	Name     string `json:"company" doc:"The company's name."`
	TimeZone string `json:"time_zone" doc:"IANA name. It decides where days, weeks and months begin."`
	Currency string `json:"currency" doc:"ISO 4217 code for new fields of money."`
}

// Get returns the settings. Whoever may act at all may know them: amounts and days
// are shown by them.
func (s *Settings) Get(ctx context.Context, actor remit.Actor) (Company, error) {
	if _, err := s.resolver.Resolve(ctx, actor); err != nil {
		return Company{}, err
	}
	return s.read(ctx)
}

func (s *Settings) read(ctx context.Context) (Company, error) {
	set, err := s.store.Settings(ctx)
	return Company{Name: set.Company, TimeZone: set.TimeZone, Currency: set.Currency}, err
}

// Set replaces the settings. They count as policy: from then on every server
// answers by them.
func (s *Settings) Set(ctx context.Context, actor remit.Actor, c Company) (Company, error) {
	if _, err := s.resolver.Require(ctx, actor, policy.ManageSettings); err != nil {
		return Company{}, err
	}
	err := s.store.SetSettings(ctx, actor, policystore.Settings{Company: c.Name, TimeZone: c.TimeZone, Currency: c.Currency})
	if err != nil {
		return Company{}, err
	}
	return s.read(ctx)
}

// Names are the settings by name, as [Settings.SetOne] takes them.
var Names = []string{"company", "time_zone", "currency"}

// Value returns the setting of the name.
func (c Company) Value(name string) (string, error) {
	switch name {
	case "company":
		return c.Name, nil
	case "time_zone":
		return c.TimeZone, nil
	case "currency":
		return c.Currency, nil
	}
	err := remit.FieldErrorf("name", "there is no setting %q: use %s", name, strings.Join(Names, ", "))
	err.Hint = remit.DidYouMean(name, Names)
	return "", err
}

// SetOne replaces one setting and leaves the others as they are.
func (s *Settings) SetOne(ctx context.Context, actor remit.Actor, name, value string) (Company, error) {
	if _, err := s.resolver.Require(ctx, actor, policy.ManageSettings); err != nil {
		return Company{}, err
	}
	if _, err := (Company{}).Value(name); err != nil {
		return Company{}, err
	}
	err := s.store.UpdateSettings(ctx, actor, func(set *policystore.Settings) {
		switch name {
		case "company":
			set.Company = value
		case "time_zone":
			set.TimeZone = value
		case "currency":
			set.Currency = value
		}
	}, name)
	if err != nil {
		return Company{}, err
	}
	return s.read(ctx)
}
