package directory

import (
	"context"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// SignIn is what a person gives to sign in.
type SignIn struct {
	Email    string
	Password string
	Address  string // network address of the client, without a port
	Client   string // what the client says it is, e.g. its User-Agent; cut where too long
}

// maxClient bounds what is kept of a client's own words, in bytes.
const maxClient = 200

func clip(text string) string {
	return storable(strings.ToValidUTF8(text[:min(len(text), maxClient)], ""))
}

// SignIn makes a session of the person with the address and the password, and
// returns its secret, which is not kept. The error is
// [remit.KindUnauthenticated] if either is wrong, without saying which, and
// [remit.KindLimited] after too many attempts.
func (d *Directory) SignIn(ctx context.Context, in SignIn) (secret string, s *Session, err error) {
	in.Password = clipPassword(in.Password)
	if err := d.countAttempt(ctx, in); err != nil {
		return "", nil, err
	}
	person, encoded, err := d.passwordOf(ctx, in.Email)
	if err != nil {
		return "", nil, err
	}
	ok, outdated, err := d.matches(ctx, in.Password, encoded)
	if err != nil {
		return "", nil, err
	}
	if !ok || person == "" {
		return "", nil, errWrongPassword()
	}
	renewed := encoded
	if outdated {
		if renewed, err = d.hash(ctx, in.Password); err != nil {
			return "", nil, err
		}
	}
	return d.openSession(ctx, in, person, encoded, renewed)
}

// clipPassword bounds the work that a wrong password makes.
func clipPassword(password string) string {
	const most = MaxPassword*4 + 1
	return password[:min(len(password), most)]
}

func errWrongPassword() error {
	return remit.Errorf(remit.KindUnauthenticated, "the e-mail address or the password is wrong")
}

// passwordOf returns who has the address, is active and has a password. For
// anyone else it returns a hash that no password has.
func (d *Directory) passwordOf(ctx context.Context, email string) (person remit.ID, encoded string, err error) {
	encoded = dummyHash(d.cost)
	err = d.db.Query(ctx, sqldb.Stmt{
		SQL: `SELECT id, password_hash FROM people
WHERE email_folded = ? AND active = ? AND system = ? AND password_hash IS NOT NULL`,
		Args: []any{foldEmail(email), true, false},
	}, func(r sqldb.Row) error {
		person, encoded = remit.ID(r.Text(0)), r.Text(1)
		return nil
	})
	return person, encoded, err
}

// openSession makes the session, if the password is still the one that was
// compared.
func (d *Directory) openSession(ctx context.Context, in SignIn, person remit.ID, encoded, renewed string) (string, *Session, error) {
	secret := d.newSecret(SessionPrefix)
	s := &Session{ID: d.ids.New(), Person: person, Address: clip(in.Address), Client: clip(in.Client)}
	by := remit.Actor{Person: person, Channel: remit.ChannelWeb, Session: s.ID}
	err := d.write(ctx, by, OpSessionCreate, person, func(tx sqldb.Tx, e *audit.Entry) error {
		e.Details = map[string]string{"address": s.Address}
		unchanged, err := tx.Exec(ctx, sqldb.Stmt{
			SQL: `UPDATE people SET generation = generation + 1, password_hash = ?
WHERE id = ? AND active = ? AND password_hash = ?`,
			Args: []any{renewed, person, true, encoded},
		})
		if err != nil {
			return err
		}
		if unchanged == 0 {
			return errWrongPassword()
		}
		if err := d.forgiveAttempts(ctx, tx, in); err != nil {
			return err
		}
		return d.createSession(ctx, tx, s, secret)
	})
	if err != nil {
		return "", nil, err
	}
	return secret, s, nil
}
