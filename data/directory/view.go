package directory

import (
	"context"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
)

// The beginning and the end of a view, as the audit log names them.
const (
	OpViewBegin audit.Operation = "sessions.view_begin"
	OpViewEnd   audit.Operation = "sessions.view_end"
)

// BeginView turns the session of by into a view of the person: from now on its
// secret stands for the person, with by's own person as the operator. The session
// gets another id and another secret, so that nothing that knew the old ones is
// taken for the one or the other. The error is [remit.KindNotFound] for somebody
// who cannot be viewed, because they are not active or not there.
//
// Whether by may view the person is for the caller to have asked, and for whoever
// reads for the actor to ask again each time: see [policy.Policy.MayView].
func (d *Directory) BeginView(ctx context.Context, by remit.Actor, person remit.ID) (secret string, s *Session, err error) {
	if by.Viewing() || by.Session == "" {
		return "", nil, remit.Errorf(remit.KindInvalid, "only a session of your own can become a view")
	}
	if !person.Valid() || person == by.Person {
		return "", nil, remit.FieldErrorf("person", "must be somebody else")
	}
	return d.turnSession(ctx, by, OpViewBegin, person, turn{viewing: person, viewed: person})
}

// EndView gives the session of an actor that views as somebody else back to who it
// belongs to, again under another id and secret.
func (d *Directory) EndView(ctx context.Context, viewer remit.Actor) (secret string, s *Session, err error) {
	by := viewer.Behind()
	if by.Person == "" {
		return "", nil, remit.Errorf(remit.KindInvalid, "nobody is being viewed")
	}
	return d.turnSession(ctx, by, OpViewEnd, viewer.Person, turn{viewed: viewer.Person, ending: true})
}

// turn is what becomes of a session: whom it views, and whose generation moves with
// its owner's.
type turn struct {
	viewing remit.ID // "" is nobody
	viewed  remit.ID
	ending  bool
}

// turnSession gives the session a new id, a new secret and somebody to view, or
// nobody. Its ends stay what they were.
func (d *Directory) turnSession(ctx context.Context, by remit.Actor, op audit.Operation, person remit.ID, t turn) (string, *Session, error) {
	secret := d.newSecret(SessionPrefix)
	s := &Session{ID: d.ids.New(), Person: by.Person, Viewing: t.viewing}
	err := d.write(ctx, by, op, person, func(tx sqldb.Tx, e *audit.Entry) error {
		e.Details = map[string]string{"session": string(by.Session), "becomes": string(s.ID)}
		if err := bumpActive(ctx, tx, by.Person); err != nil {
			return err
		}
		raise := bumpActive // nobody views as somebody who is not active
		if t.ending {
			raise = bump
		}
		if err := raise(ctx, tx, t.viewed); err != nil {
			return err
		}
		return d.replaceSession(ctx, tx, by, s, secret, t)
	})
	d.claims.forget(by.Person)
	if err != nil {
		return "", nil, err
	}
	return secret, s, nil
}

func (d *Directory) replaceSession(ctx context.Context, tx sqldb.Tx, by remit.Actor, s *Session, secret string, t turn) error {
	now, err := d.now(ctx, tx)
	if err != nil {
		return err
	}
	was, args := "viewing_id IS NULL", []any{}
	if t.ending {
		was, args = "viewing_id = ?", []any{t.viewed}
	}
	digest := d.secretDigest(secret)
	found := false
	err = tx.Query(ctx, sqldb.Stmt{
		SQL: `UPDATE sessions SET id = ?, secret_digest = ?, viewing_id = ?
WHERE id = ? AND person_id = ? AND revoked_at IS NULL AND idle_expires_at > ? AND ` + was +
			" RETURNING address, client, created_at, seen_at, idle_expires_at",
		Args: append([]any{s.ID, digest[:], nullable(t.viewing), by.Session, by.Person, now}, args...),
	}, func(r sqldb.Row) error {
		found = true
		s.Address, s.Client, s.CreatedAt, s.SeenAt, s.ExpiresAt = r.Text(0), r.Text(1), r.Time(2), r.Time(3), r.Time(4)
		return nil
	})
	if err == nil && !found {
		err = errUnauthenticated()
	}
	return err
}

// bumpViewed raises the generation of everybody whom the person views: what the
// person may do decides about these views.
func bumpViewed(ctx context.Context, tx sqldb.Tx, person remit.ID) error {
	_, err := tx.Exec(ctx, sqldb.Stmt{
		SQL: `UPDATE people SET generation = generation + 1
WHERE id IN (SELECT viewing_id FROM sessions WHERE person_id = ? AND viewing_id IS NOT NULL AND revoked_at IS NULL)`,
		Args: []any{person},
	})
	return err
}

// CheckView refuses an actor that views as p, who was resolved for it, unless the
// operator may do so now by the policy. Until is when a role of the operator's ends;
// the zero time is never. The operator must have been read no earlier than p:
// whatever changes the one moves the generation of the other.
func CheckView(pol *policy.Policy, operator, p *Person, now time.Time) (until time.Time, err error) {
	roles, until := operator.Roles(now)
	viewed, _ := p.Roles(now)
	ok, _ := pol.MayView(roles, viewed)
	if !operator.Active || operator.System || !ok {
		e := remit.Errorf(remit.KindDenied, "you may not view as this person: end the view")
		e.Hint = "DELETE /api/session/view-as ends it"
		return until, e
	}
	return until, nil
}

// Roles returns the roles that count at an instant, and when the first of them
// ends; the zero time is never.
func (p *Person) Roles(now time.Time) (roles []string, until time.Time) {
	user, until := p.At(now)
	return user.Roles, until
}
