// Package tokens holds the use cases of API tokens: a person makes, lists and
// revokes their own, and whoever manages people those of anybody.
package tokens

import (
	"context"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
)

// Directory is what the use cases need of *directory.Directory.
type Directory interface {
	PersonByEmail(ctx context.Context, email string) (*directory.Person, error)
	CreateToken(ctx context.Context, by remit.Actor, n directory.NewToken) (secret string, t *directory.Token, err error)
	RevokeToken(ctx context.Context, by remit.Actor, person, token remit.ID) error
	Tokens(ctx context.Context, person remit.ID) ([]directory.Token, error)
}

// Resolver is what the use cases need of *access.Access.
type Resolver interface {
	Resolve(ctx context.Context, actor remit.Actor) (*access.Standing, error)
}

// Tokens carries out the use cases.
type Tokens struct {
	directory Directory
	resolver  Resolver
}

// New returns the use cases over the directory.
func New(d Directory, resolver Resolver) *Tokens { return &Tokens{d, resolver} }

// Request is a token to make.
type Request struct {
	Email    string // whose it is to be
	Name     string // what it is for
	Employee string // AI employee that it is bound to; "" for none
	TTL      time.Duration
}

// Created is a token that has just been made. Its secret is shown this once.
type Created struct {
	Secret string `json:"token"`
	Token
}

// Token is a token as it is listed.
type Token struct {
	ID       remit.ID  `json:"id"`
	Name     string    `json:"name,omitempty"`
	Prefix   string    `json:"prefix"`
	Employee string    `json:"employee,omitempty"`
	Created  time.Time `json:"created"`
	Expires  time.Time `json:"expires"`
	Used     time.Time `json:"used,omitzero"`
	Revoked  time.Time `json:"revoked,omitzero"`
}

func token(t directory.Token) Token {
	return Token{
		ID: t.ID, Name: t.Name, Prefix: t.Prefix, Employee: t.Employee,
		Created: t.CreatedAt, Expires: t.ExpiresAt, Used: t.UsedAt, Revoked: t.RevokedAt,
	}
}

// Create makes a token.
func (t *Tokens) Create(ctx context.Context, actor remit.Actor, r Request) (*Created, error) {
	owner, err := t.owner(ctx, actor, r.Email)
	if err != nil {
		return nil, err
	}
	secret, made, err := t.directory.CreateToken(ctx, actor, directory.NewToken{
		Person: owner, Name: r.Name, Employee: r.Employee, TTL: r.TTL,
	})
	if err != nil {
		return nil, err
	}
	return &Created{Secret: secret, Token: token(*made)}, nil
}

// List returns the tokens of the person with the address, newest first.
func (t *Tokens) List(ctx context.Context, actor remit.Actor, email string) ([]Token, error) {
	owner, err := t.owner(ctx, actor, email)
	if err != nil {
		return nil, err
	}
	all, err := t.directory.Tokens(ctx, owner)
	if err != nil {
		return nil, err
	}
	return List(all), nil
}

// List returns tokens as they are listed.
func List(all []directory.Token) []Token {
	listed := make([]Token, len(all))
	for i := range all {
		listed[i] = token(all[i])
	}
	return listed
}

// Revoke ends a token of the person with the address at once.
func (t *Tokens) Revoke(ctx context.Context, actor remit.Actor, email string, id remit.ID) error {
	owner, err := t.owner(ctx, actor, email)
	if err != nil {
		return err
	}
	return t.directory.RevokeToken(ctx, actor, owner, id)
}

// owner returns whose tokens the actor wants to handle, if it may: its own
// person's, or anybody's with the capability to manage people. An AI may handle
// nobody's.
func (t *Tokens) owner(ctx context.Context, actor remit.Actor, email string) (remit.ID, error) {
	standing, err := t.resolver.Resolve(ctx, actor)
	if err != nil {
		return "", err
	}
	manages := standing.Require(policy.ManagePeople)
	if actor.AI() {
		return "", manages
	}
	owner, err := t.directory.PersonByEmail(ctx, email)
	if err == nil && owner.User.ID == actor.Person {
		return actor.Person, nil
	}
	if manages != nil {
		return "", manages // whether there is such a person is not said
	}
	if err != nil {
		return "", err
	}
	return owner.User.ID, nil
}
