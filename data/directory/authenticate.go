package directory

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// tokenTouch is how often a token in use is written to.
const tokenTouch = 10 * time.Minute

// Authenticate returns the actor that a secret, of an API token or a session,
// stands for: the person, the AI employee that the token is bound to, the token or
// session, and who views as the person in it. The caller adds the channel. The error is
// [remit.KindUnauthenticated], the same whatever is wrong with the secret.
//
// The answer is a claim. It may come from a cache and be some seconds old, so
// before anything is done for the actor it must be verified against the
// database: the lens does so with each result, others call [Directory.Verify].
func (d *Directory) Authenticate(ctx context.Context, secret string) (remit.Actor, error) {
	var lookUp func(context.Context, [sha256.Size]byte) (*credential, error)
	switch {
	case wellFormed(secret, TokenPrefix):
		lookUp = d.findToken
	case wellFormed(secret, SessionPrefix):
		lookUp = d.findSession
	default:
		return remit.Actor{}, errUnauthenticated()
	}
	digest := d.secretDigest(secret)
	if actor, found := d.claims.get(digest, d.clock()); found {
		return actor, nil
	}
	started := d.claims.begin()
	c, err := lookUp(ctx, digest)
	if err != nil {
		return remit.Actor{}, err
	}
	if c == nil || !c.now.Before(c.expires) {
		return remit.Actor{}, errUnauthenticated()
	}
	if err := d.touch(ctx, c); err != nil {
		return remit.Actor{}, err
	}
	d.claims.put(started, digest, c.actor, d.clock(), c.expires.Sub(c.now))
	return c.actor, nil
}

// credential is a token or session that has been found by its secret.
type credential struct {
	actor   remit.Actor
	now     time.Time // the database's
	expires time.Time
	seen    time.Time // zero: never
	limit   time.Time // of a session: when it ends however busy it is
}

func (d *Directory) findToken(ctx context.Context, digest [sha256.Size]byte) (*credential, error) {
	var found *credential
	err := d.db.Query(ctx, sqldb.Stmt{
		SQL: "SELECT t.person_id, t.id, t.employee, t.expires_at, t.used_at, " + sqldb.Now(d.db.Dialect()) +
			" FROM api_tokens t JOIN people p ON p.id = t.person_id" +
			" WHERE t.secret_digest = ? AND t.revoked_at IS NULL AND p.active = ?",
		Args: []any{digest[:], true},
	}, func(r sqldb.Row) error {
		found = &credential{
			actor:   remit.Actor{Person: remit.ID(r.Text(0)), Token: remit.ID(r.Text(1)), Employee: r.Text(2)},
			expires: r.Time(3),
			now:     microTime(r.Int(5)),
		}
		if !r.Null(4) {
			found.seen = r.Time(4)
		}
		return nil
	})
	return found, err
}

func (d *Directory) findSession(ctx context.Context, digest [sha256.Size]byte) (*credential, error) {
	var found *credential
	err := d.db.Query(ctx, sqldb.Stmt{
		SQL: "SELECT s.person_id, s.id, s.idle_expires_at, s.seen_at, s.expires_at, " + sqldb.Now(d.db.Dialect()) + ", s.viewing_id" +
			" FROM sessions s JOIN people p ON p.id = s.person_id" +
			" WHERE s.secret_digest = ? AND s.revoked_at IS NULL AND p.active = ?",
		Args: []any{digest[:], true},
	}, func(r sqldb.Row) error {
		found = &credential{
			actor:   remit.Actor{Person: remit.ID(r.Text(0)), Session: remit.ID(r.Text(1))},
			expires: r.Time(2),
			seen:    r.Time(3),
			limit:   r.Time(4),
			now:     microTime(r.Int(5)),
		}
		if !r.Null(6) {
			found.actor.Operator, found.actor.Person = string(found.actor.Person), remit.ID(r.Text(6))
		}
		return nil
	})
	return found, err
}

// touch notes that a credential is in use, now and then. For a session it puts
// its idle end off, which is a new state for whoever caches the person.
func (d *Directory) touch(ctx context.Context, c *credential) error {
	if c.actor.Token != "" {
		if c.now.Sub(c.seen) < tokenTouch {
			return nil
		}
		return d.db.Write(ctx, func(tx sqldb.Tx) error {
			_, err := tx.Exec(ctx, sqldb.Stmt{
				SQL:  "UPDATE api_tokens SET used_at = ? WHERE id = ?",
				Args: []any{c.now, c.actor.Token},
			})
			return err
		})
	}
	if c.now.Sub(c.seen) < sessionTouch {
		return nil
	}
	return d.db.Write(ctx, func(tx sqldb.Tx) error { return prolong(ctx, tx, c) })
}

// prolong puts a session's idle end off, never beyond its limit, unless somebody
// else has just done so or the session has been revoked.
func prolong(ctx context.Context, tx sqldb.Tx, c *credential) error {
	expires := c.now.Add(SessionIdle)
	if expires.After(c.limit) {
		expires = c.limit
	}
	if err := bump(ctx, tx, c.actor.Person); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, sqldb.Stmt{
		SQL: `UPDATE sessions SET seen_at = ?, idle_expires_at = ?
WHERE id = ? AND seen_at = ? AND revoked_at IS NULL`,
		Args: []any{c.now, expires, c.actor.Session, c.seen},
	})
	return err
}
