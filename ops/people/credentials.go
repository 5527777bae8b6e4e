package people

import (
	"context"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/ops/tokens"
)

// Session is a sign-in as it is listed.
type Session struct {
	ID      remit.ID  `json:"id"`
	Address string    `json:"address" doc:"Network address that signed in."`
	Client  string    `json:"client" doc:"What the browser said it is."`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen" doc:"To within minutes."`
	Expires time.Time `json:"expires" doc:"If it stays idle."`
	Revoked time.Time `json:"revoked,omitzero"`
	Viewing remit.ID  `json:"viewing,omitempty" doc:"Whom the session views as."`
	Current bool      `json:"current" doc:"It is the one that asks."`
}

// SessionsOf lists sessions, for the one of current.
func SessionsOf(all []directory.Session, current remit.ID) []Session {
	listed := make([]Session, len(all))
	for i, s := range all {
		listed[i] = Session{
			ID: s.ID, Address: s.Address, Client: s.Client, Created: s.CreatedAt, Seen: s.SeenAt, Expires: s.ExpiresAt,
			Revoked: s.RevokedAt, Viewing: s.Viewing, Current: s.ID == current,
		}
	}
	return listed
}

// Sessions returns the sessions of a person, newest first.
func (p *People) Sessions(ctx context.Context, actor remit.Actor, id remit.ID) ([]Session, error) {
	if _, err := p.may(ctx, actor, OpSessions, id, nil); err != nil {
		return nil, err
	}
	all, err := p.directory.Sessions(ctx, id)
	return SessionsOf(all, actor.Session), err
}

// EndSession ends a session of a person, or all of them where session is "".
func (p *People) EndSession(ctx context.Context, actor remit.Actor, id, session remit.ID) error {
	if _, err := p.may(ctx, actor, "", id, nil); err != nil {
		return err
	}
	if session == "" {
		return p.directory.RevokeSessions(ctx, actor, id, "")
	}
	return p.directory.RevokeSession(ctx, actor, id, session)
}

// Tokens returns the tokens of a person, newest first.
func (p *People) Tokens(ctx context.Context, actor remit.Actor, id remit.ID) ([]tokens.Token, error) {
	if _, err := p.may(ctx, actor, OpTokens, id, nil); err != nil {
		return nil, err
	}
	all, err := p.directory.Tokens(ctx, id)
	return tokens.List(all), err
}

// RevokeToken ends a token of a person, or all of them where token is "".
func (p *People) RevokeToken(ctx context.Context, actor remit.Actor, id, token remit.ID) error {
	if _, err := p.may(ctx, actor, "", id, nil); err != nil {
		return err
	}
	if token != "" {
		return p.directory.RevokeToken(ctx, actor, id, token)
	}
	all, err := p.directory.Tokens(ctx, id)
	for _, t := range all {
		if err == nil && t.RevokedAt.IsZero() {
			err = p.directory.RevokeToken(ctx, actor, id, t.ID)
		}
	}
	return err
}
