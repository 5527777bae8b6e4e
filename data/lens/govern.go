package lens

import (
	"context"
	"errors"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
)

// maxTries bounds how often an operation is repeated because the policy moved
// under it.
const maxTries = 3

// govern carries out one read: it resolves the actor, lets do read, asks the gate
// whether what it relied on still held, and writes the audit entry before it
// returns. do may run several times and must start afresh each time; it fills the
// entry with what it read. Whatever it returned is released only if govern
// returns nil.
func (l *Lens) govern(ctx context.Context, actor remit.Actor, e *audit.Entry, do func(*session) error) error {
	if actor.Person == "" || actor.Channel == "" {
		return remit.Errorf(remit.KindUnauthenticated, "nobody is signed in") // and nobody to write an entry about
	}
	started := l.clock()
	blank := *e
	s, err := l.attempt(ctx, actor, func(s *session) error {
		*e = blank
		return do(s)
	})
	if err == nil {
		err = s.draw(ctx)
	}
	l.complete(e, s, started, err)
	if logErr := l.audit.Append(context.WithoutCancel(ctx), e); logErr != nil {
		return unrecorded(logErr)
	}
	return logged(err)
}

// entered is an error of which the audit log has an entry.
type entered struct{ error }

func (e entered) Unwrap() error { return e.error }

func logged(err error) error {
	if err == nil {
		return nil
	}
	return entered{err}
}

// Refuse records a request that was refused before it reached the lens, because it
// was malformed or too large, and returns what to answer: err, or Unavailable if it
// could not be recorded. An error that came from the lens has its entry already and
// is returned as it is.
func (l *Lens) Refuse(ctx context.Context, actor remit.Actor, operation, source, collection string, err error) error {
	var has entered
	if err == nil || errors.As(err, &has) {
		return err
	}
	e := &audit.Entry{Operation: audit.Operation(operation), Source: source, Collection: collection, Details: map[string]any{"refused": remit.PublicText(err)}}
	return l.govern(ctx, actor, e, func(*session) error { return err })
}

// Note records something that an actor does and that reads nothing by itself, such
// as asking an AI employee. It fails where the actor may not act at all, or where
// the entry cannot be recorded; then it must not be done.
func (l *Lens) Note(ctx context.Context, actor remit.Actor, operation string, details map[string]any) error {
	e := &audit.Entry{Operation: audit.Operation(operation), Details: details}
	return l.govern(ctx, actor, e, func(*session) error { return nil })
}

// unrecorded is the answer where the audit entry could not be written (law 9).
func unrecorded(cause error) error {
	e := remit.Errorf(remit.KindUnavailable, "the access could not be recorded, so nothing is shown; try again shortly")
	e.Hint, e.Cause = hintOf(cause), cause
	return e
}

// hintOf hands on what the audit log says of why it records nothing.
func hintOf(err error) string {
	var e *remit.Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}

func errExpired() error {
	return remit.Errorf(remit.KindUnauthenticated, "the session or token is no longer valid: sign in again")
}

func errUnsettled() error {
	return remit.Errorf(remit.KindUnavailable, "permissions are being changed right now; try again")
}

// attempt runs do under sessions made anew until one of them held throughout, and
// returns the last one.
func (l *Lens) attempt(ctx context.Context, actor remit.Actor, do func(*session) error) (*session, error) {
	s := &session{lens: l, actor: actor}
	for range maxTries {
		next, err := l.resolve(ctx, actor, s.gate.Now)
		if err != nil {
			return s, err
		}
		s = next
		if err = s.checkView(ctx); err == nil {
			err = do(s)
		}
		if lost(err) {
			return s, err
		}
		if !s.gated {
			if gateErr := s.askGate(ctx); gateErr != nil {
				return s, gateErr
			}
		}
		switch s.standing() {
		case holds:
			return s, err
		case expired:
			l.people.drop(actor.Person)
			return s, errExpired()
		case moved:
			if err := l.renew(ctx, s); err != nil {
				return s, err
			}
		}
	}
	return s, errUnsettled()
}

// lost reports whether err came from the database or the caller's going away,
// not from the request: such an attempt says nothing of the policy.
func lost(err error) bool {
	if err == nil {
		return false
	}
	switch remit.KindOf(err) {
	case remit.KindInternal, remit.KindUnavailable, remit.KindCanceled:
		return true
	case remit.KindInvalid, remit.KindUnauthenticated, remit.KindDenied, remit.KindNotFound, remit.KindConflict, remit.KindLimited:
	}
	return false
}

// renew loads what the session found out of date.
func (l *Lens) renew(ctx context.Context, s *session) error {
	if s.gate.Generation != s.person.Generation {
		l.people.drop(s.actor.Person)
	}
	if s.gate.Epoch != s.snapshot.Epoch {
		_, err := l.reloadPolicy(ctx)
		return err
	}
	return nil
}

// complete fills in what every entry holds. A collection that does not exist is
// no name but the caller's text, and stays among the details.
func (l *Lens) complete(e *audit.Entry, s *session, started time.Time, err error) {
	e.Time, e.Actor, e.Duration = started, s.actor, l.clock().Sub(started)
	if s.snapshot != nil {
		e.Epoch = s.snapshot.Epoch
	}
	if e.Collection != "" && (s.snapshot == nil || s.snapshot.Model().Collection(e.Source, e.Collection) == nil) {
		e.Details = map[string]any{"data_source": e.Source, "collection": e.Collection, "request": e.Details}
		e.Source, e.Collection = "", ""
	}
	if err == nil {
		e.Decision = audit.Allowed
		return
	}
	e.Rows, e.Records, e.Sketch = 0, nil, nil
	e.Decision, e.Reason = audit.Failed, remit.KindOf(err).String()
	switch remit.KindOf(err) {
	case remit.KindDenied, remit.KindNotFound, remit.KindUnauthenticated:
		e.Decision = audit.Refused
	case remit.KindInternal, remit.KindInvalid, remit.KindConflict, remit.KindLimited, remit.KindUnavailable, remit.KindCanceled:
	}
	var r refusal
	if errors.As(err, &r) {
		e.Reason += ": " + string(r)
	}
}
