package lens

import (
	"context"
	"errors"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// Create makes a record and returns it as the actor sees it. owner_id and
// department_id, where the collection has them and they are not given, become the
// person's own; what the operator makes belongs to nobody. Errors: Invalid for a
// field or value, Denied for what the grant does not cover, with nothing written.
func (l *Lens) Create(ctx context.Context, actor remit.Actor, c Change) (*Page, error) {
	e := &audit.Entry{Operation: audit.OpCreate, Source: c.Source, Collection: c.Collection, Details: map[string]any{"values": c.Values}}
	var page *Page
	err := l.governWrite(ctx, actor, e, func(s *session) (err error) {
		s.traceTo(c.Lineage)
		page, err = s.create(ctx, c, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

// Update changes a record and returns it as the actor then sees it; a record that
// the change took out of the actor's sight comes back as its id with every cell
// hidden. Only values that differ are written. Errors: NotFound for a record that
// the actor may not see, Conflict where Version is no longer current, and those of
// Create.
func (l *Lens) Update(ctx context.Context, actor remit.Actor, c Change) (*Page, error) {
	e := &audit.Entry{Operation: audit.OpUpdate, Source: c.Source, Collection: c.Collection, Details: map[string]any{"id": string(c.ID), "values": c.Values}}
	var page *Page
	err := l.governWrite(ctx, actor, e, func(s *session) (err error) {
		s.traceTo(c.Lineage)
		page, err = s.update(ctx, c, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

// Delete takes a record away: it leaves a tombstone, and links to it read null.
// Errors as of Update.
func (l *Lens) Delete(ctx context.Context, actor remit.Actor, r Removal) error {
	e := &audit.Entry{Operation: audit.OpDelete, Source: r.Source, Collection: r.Collection, Details: map[string]any{"id": string(r.ID)}}
	return l.governWrite(ctx, actor, e, func(s *session) error { return s.remove(ctx, r, e) })
}

func errViewing() error {
	return remit.Errorf(remit.KindDenied, "you are viewing as somebody else, which changes nothing: end the view first")
}

// errMoved ends a write's transaction because the policy moved under it.
var errMoved = errors.New("policy moved")

// governWrite is govern for writes: do runs in one transaction, the gate is asked
// at its end, and the audit entry commits with it and reaches the log before
// governWrite returns.
func (l *Lens) governWrite(ctx context.Context, actor remit.Actor, e *audit.Entry, do func(*session) error) error {
	if actor.Person == "" || actor.Channel == "" {
		return remit.Errorf(remit.KindUnauthenticated, "nobody is signed in")
	}
	started := l.clock()
	blank := *e
	s := &session{lens: l, actor: actor}
	if actor.Viewing() {
		return l.refused(ctx, e, s, started, errViewing())
	}
	for range maxTries {
		var staged []audit.Staged
		err := l.db.Write(ctx, func(tx sqldb.Tx) (err error) {
			*e = blank
			next, err := l.resolve(ctx, actor, s.gate.Now)
			if err != nil {
				return err
			}
			s = next
			s.tx = tx
			if err := s.decide(ctx, do); err != nil {
				return err
			}
			staged = nil
			for _, entry := range append([]*audit.Entry{e}, s.released...) {
				l.complete(entry, s, started, nil)
				one, err := l.audit.Stage(ctx, tx, entry)
				if err != nil {
					return err
				}
				staged = append(staged, one)
			}
			return nil
		})
		switch {
		case err == nil:
			return l.publish(ctx, staged)
		case errors.Is(err, errMoved):
			if err := l.renew(ctx, s); err != nil {
				return err
			}
		default:
			return l.refused(ctx, e, s, started, err)
		}
	}
	return l.refused(ctx, e, s, started, errUnsettled())
}

// decide carries out do and asks the gate: a refusal, too, counts only under the
// policy that holds.
func (s *session) decide(ctx context.Context, do func(*session) error) error {
	err := do(s)
	if err == nil {
		err = s.flushCreations(ctx)
	}
	if lost(err) {
		return err
	}
	if gateErr := s.askGate(ctx); gateErr != nil {
		return gateErr
	}
	switch s.standing() {
	case moved:
		return errMoved
	case expired:
		s.lens.people.drop(s.actor.Person)
		return errExpired()
	case holds:
	}
	return err
}

// publish brings a committed write's entry to the log. Until it is there, the
// answer is withheld: the entry stays in the outbox and will reach the log.
func (l *Lens) publish(ctx context.Context, staged []audit.Staged) error {
	for _, one := range staged {
		err := l.audit.Publish(context.WithoutCancel(ctx), one)
		if err == nil {
			continue
		}
		e := remit.Errorf(remit.KindUnavailable, "the change was made, but could not yet be confirmed in the audit log; read the record before trying again")
		e.Hint, e.Cause = hintOf(err), err
		return e
	}
	return nil
}

// refused records a write that was rolled back.
func (l *Lens) refused(ctx context.Context, e *audit.Entry, s *session, started time.Time, err error) error {
	l.complete(e, s, started, err)
	if logErr := l.audit.Append(context.WithoutCancel(ctx), e); logErr != nil {
		return unrecorded(logErr)
	}
	return logged(err)
}
