// Package profile holds what people do for themselves: their name, what they choose
// for their screens, their password, sessions and API tokens. AI does none of it,
// and neither does somebody who views as the person.
package profile

import (
	"context"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/ops/people"
	"github.com/remit-crm/remit/ops/tokens"
)

// Directory is what the use cases need of *directory.Directory.
type Directory interface {
	UpdatePerson(ctx context.Context, by remit.Actor, id remit.ID, c directory.PersonChange) error
	SetPreferences(ctx context.Context, by remit.Actor, person remit.ID, c directory.PreferenceChange) error
	ChangePassword(ctx context.Context, by remit.Actor, address, current, renewed string) error
	Sessions(ctx context.Context, person remit.ID) ([]directory.Session, error)
	RevokeSession(ctx context.Context, by remit.Actor, person, session remit.ID) error
	RevokeSessions(ctx context.Context, by remit.Actor, person, except remit.ID) error
	Tokens(ctx context.Context, person remit.ID) ([]directory.Token, error)
	CreateToken(ctx context.Context, by remit.Actor, n directory.NewToken) (secret string, t *directory.Token, err error)
	RevokeToken(ctx context.Context, by remit.Actor, person, token remit.ID) error
}

// Resolver is what the use cases need of *access.Access.
type Resolver interface {
	Resolve(ctx context.Context, actor remit.Actor) (*access.Standing, error)
}

// Profile carries out the use cases.
type Profile struct {
	directory Directory
	resolver  Resolver
}

// New returns the use cases over the directory.
func New(d Directory, resolver Resolver) *Profile { return &Profile{d, resolver} }

// Change says what to change of oneself; nil leaves a part as it is.
type Change struct{ Name, Language, Theme *string }

// self admits the person in a session of their own. An API token is not enough for
// what would outlive it: another token, another password, the end of a session.
func (p *Profile) self(ctx context.Context, actor remit.Actor) (*access.Standing, error) {
	standing, err := p.resolver.Resolve(ctx, actor)
	switch {
	case err != nil:
		return nil, err
	case actor.AI() || actor.Viewing():
		return nil, remit.Errorf(remit.KindDenied, "this is for the person alone")
	case actor.Session == "":
		e := remit.Errorf(remit.KindDenied, "an API token is not enough for this")
		e.Hint = "sign in at the web app"
		return nil, e
	}
	return standing, nil
}

// Update changes the person's own name and choices.
func (p *Profile) Update(ctx context.Context, actor remit.Actor, c Change) error {
	if _, err := p.self(ctx, actor); err != nil {
		return err
	}
	if c.Language != nil || c.Theme != nil {
		err := p.directory.SetPreferences(ctx, actor, actor.Person, directory.PreferenceChange{Language: c.Language, Theme: c.Theme})
		if err != nil {
			return err
		}
	}
	if c.Name == nil {
		return nil
	}
	return p.directory.UpdatePerson(ctx, actor, actor.Person, directory.PersonChange{Name: c.Name})
}

// ChangePassword takes the old password to set a new one, from a network address.
func (p *Profile) ChangePassword(ctx context.Context, actor remit.Actor, address, current, renewed string) error {
	if _, err := p.self(ctx, actor); err != nil {
		return err
	}
	return p.directory.ChangePassword(ctx, actor, address, current, renewed)
}

// Weakness says what is weak about a password that the person might choose, by the
// rule that holds when they do; "" where it would do. Nothing is kept of it.
func (p *Profile) Weakness(ctx context.Context, actor remit.Actor, password string) (weakness string, err error) {
	standing, err := p.self(ctx, actor)
	if err != nil {
		return "", err
	}
	return string(directory.WeaknessOf(password, standing.User.Name, standing.User.Email)), nil
}

// Sessions returns the person's sessions, newest first.
func (p *Profile) Sessions(ctx context.Context, actor remit.Actor) ([]people.Session, error) {
	if _, err := p.self(ctx, actor); err != nil {
		return nil, err
	}
	all, err := p.directory.Sessions(ctx, actor.Person)
	return people.SessionsOf(all, actor.Session), err
}

// EndSession ends one of the person's sessions.
func (p *Profile) EndSession(ctx context.Context, actor remit.Actor, session remit.ID) error {
	if _, err := p.self(ctx, actor); err != nil {
		return err
	}
	return p.directory.RevokeSession(ctx, actor, actor.Person, session)
}

// EndSessions signs out everywhere; with others, everywhere else.
func (p *Profile) EndSessions(ctx context.Context, actor remit.Actor, others bool) error {
	if _, err := p.self(ctx, actor); err != nil {
		return err
	}
	keep := remit.ID("")
	if others {
		keep = actor.Session
	}
	return p.directory.RevokeSessions(ctx, actor, actor.Person, keep)
}

// Tokens returns the person's tokens, newest first.
func (p *Profile) Tokens(ctx context.Context, actor remit.Actor) ([]tokens.Token, error) {
	if _, err := p.self(ctx, actor); err != nil {
		return nil, err
	}
	all, err := p.directory.Tokens(ctx, actor.Person)
	return tokens.List(all), err
}

// CreateToken makes a token, bound to an AI employee that the person may use or to
// none. Its secret is shown this once.
func (p *Profile) CreateToken(ctx context.Context, actor remit.Actor, name, employee string, ttl time.Duration) (*tokens.Created, error) {
	standing, err := p.self(ctx, actor)
	if err != nil {
		return nil, err
	}
	if employee != "" {
		if err := standing.MayUse(employee); err != nil {
			return nil, err
		}
	}
	secret, made, err := p.directory.CreateToken(ctx, actor, directory.NewToken{Person: actor.Person, Name: name, Employee: employee, TTL: ttl})
	if err != nil {
		return nil, err
	}
	return &tokens.Created{Secret: secret, Token: tokens.List([]directory.Token{*made})[0]}, nil
}

// RevokeToken ends one of the person's tokens at once.
func (p *Profile) RevokeToken(ctx context.Context, actor remit.Actor, token remit.ID) error {
	if _, err := p.self(ctx, actor); err != nil {
		return err
	}
	return p.directory.RevokeToken(ctx, actor, actor.Person, token)
}
