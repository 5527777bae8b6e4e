package directory

import (
	"context"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// The changes to sessions, as the audit log names them.
const (
	OpSessionCreate audit.Operation = "sessions.create"
	OpSessionRevoke audit.Operation = "sessions.revoke"
)

// How long a session lasts: until nothing has been done in it for SessionIdle
// (or up to sessionTouch less), and never longer than SessionLife.
const (
	SessionIdle = 8 * time.Hour
	SessionLife = 7 * 24 * time.Hour

	// sessionTouch is how often a session in use is written to.
	sessionTouch = 5 * time.Minute
	// sessionKeep is how long an ended session is listed.
	sessionKeep = 30 * 24 * time.Hour
)

// Session is a sign-in as it is shown: never its secret.
type Session struct {
	ID        remit.ID
	Person    remit.ID
	Address   string // network address that signed in
	Client    string // what the client said it is
	CreatedAt time.Time
	SeenAt    time.Time // to within some minutes
	ExpiresAt time.Time // if it stays idle from now on
	RevokedAt time.Time // zero is not
	Viewing   remit.ID  // whom the person views in it; "" is nobody
	Device    string    // of a sign-in: the mark for its device to keep, see KnowsDevice; not stored
}

// createSession adds a session of a person whose generation has been raised
// already, and drops those that ended long ago.
func (d *Directory) createSession(ctx context.Context, tx sqldb.Tx, s *Session, secret string) error {
	now, err := d.now(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqldb.Stmt{
		SQL:  "DELETE FROM sessions WHERE person_id = ? AND idle_expires_at < ?",
		Args: []any{s.Person, now.Add(-sessionKeep)},
	})
	if err != nil {
		return err
	}
	s.CreatedAt, s.SeenAt, s.ExpiresAt = now, now, now.Add(SessionIdle)
	digest := d.secretDigest(secret)
	_, err = tx.Exec(ctx, sqldb.Stmt{
		SQL: `INSERT INTO sessions (id, person_id, secret_digest, address, client, created_at, seen_at, idle_expires_at, expires_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		Args: []any{s.ID, s.Person, digest[:], s.Address, s.Client, now, now, s.ExpiresAt, now.Add(SessionLife)},
	})
	return err
}

// RevokeSession ends a session of a person at once: signing out. The error is
// [remit.KindNotFound] if the person has no such session that is not revoked yet.
func (d *Directory) RevokeSession(ctx context.Context, by remit.Actor, person, session remit.ID) error {
	if !session.Valid() {
		return errNoSession()
	}
	return d.revokeOne(ctx, by, revocation{OpSessionRevoke, "sessions", "session"}, person, session, errNoSession)
}

// revocation says what is revoked: the operation, the table, and the word for it in
// the audit log.
type revocation struct {
	operation   audit.Operation
	table, word string
}

// revokeOne ends a session or token of a person; none is the error where there is no
// such one that is not revoked yet.
func (d *Directory) revokeOne(ctx context.Context, by remit.Actor, what revocation, person, id remit.ID, none func() error) error {
	err := d.write(ctx, by, what.operation, person, func(tx sqldb.Tx, e *audit.Entry) error {
		e.Details = map[string]string{what.word: string(id)}
		if err := bump(ctx, tx, person); err != nil {
			return err
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		revoked, err := tx.Exec(ctx, sqldb.Stmt{
			SQL:  "UPDATE " + what.table + " SET revoked_at = ? WHERE id = ? AND person_id = ? AND revoked_at IS NULL",
			Args: []any{now, id, person},
		})
		if err == nil && revoked == 0 {
			err = none()
		}
		return err
	})
	d.claims.forget(person)
	return err
}

// RevokeSessions ends every session of a person but the one called except, which
// may be "".
func (d *Directory) RevokeSessions(ctx context.Context, by remit.Actor, person, except remit.ID) error {
	err := d.write(ctx, by, OpSessionRevoke, person, func(tx sqldb.Tx, _ *audit.Entry) error {
		if err := bump(ctx, tx, person); err != nil {
			return err
		}
		return d.endSessions(ctx, tx, person, except)
	})
	d.claims.forget(person)
	return err
}

func (d *Directory) endSessions(ctx context.Context, tx sqldb.Tx, person, except remit.ID) error {
	now, err := d.now(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqldb.Stmt{
		SQL:  "UPDATE sessions SET revoked_at = ? WHERE person_id = ? AND id <> ? AND revoked_at IS NULL",
		Args: []any{now, person, except},
	})
	return err
}

// revokeAll ends every session and token of a person, so that none comes back to
// life if the person does.
func (d *Directory) revokeAll(ctx context.Context, tx sqldb.Tx, person remit.ID) error {
	if err := d.endSessions(ctx, tx, person, ""); err != nil {
		return err
	}
	now, err := d.now(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqldb.Stmt{
		SQL:  "UPDATE api_tokens SET revoked_at = ? WHERE person_id = ? AND revoked_at IS NULL",
		Args: []any{now, person},
	})
	return err
}

// Sessions returns the sessions of a person, newest first, those that ended in
// the last weeks included.
func (d *Directory) Sessions(ctx context.Context, person remit.ID) ([]Session, error) {
	var all []Session
	err := d.db.Query(ctx, sqldb.Stmt{
		SQL: `SELECT id, person_id, address, client, created_at, seen_at, idle_expires_at, revoked_at, viewing_id
FROM sessions WHERE person_id = ? ORDER BY created_at DESC, id`,
		Args: []any{person},
	}, func(r sqldb.Row) error {
		s := Session{
			ID: remit.ID(r.Text(0)), Person: remit.ID(r.Text(1)), Address: r.Text(2), Client: r.Text(3),
			CreatedAt: r.Time(4), SeenAt: r.Time(5), ExpiresAt: r.Time(6), Viewing: remit.ID(r.Text(8)),
		}
		if !r.Null(7) {
			s.RevokedAt = r.Time(7)
		}
		all = append(all, s)
		return nil
	})
	return all, err
}

func errNoSession() error { return remit.Errorf(remit.KindNotFound, "there is no such session") }
