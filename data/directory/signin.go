package directory

import (
	"context"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// SignIn is what a person gives to sign in.
type SignIn struct {
	Email    string
	Password string
	Renewed  string // the password to have from now on, where the old one must be changed; else ""
	Address  string // network address of the client, without a port
	Client   string // what the client says it is, e.g. its User-Agent; cut where too long
	Device   string // Session.Device of an earlier time on the same device; "" or anything else for none
	Request  string // id of the request, for the audit
}

// maxClient bounds what is kept of a client's own words, in bytes.
const maxClient = 200

func clip(text string) string {
	return storable(strings.ToValidUTF8(text[:min(len(text), maxClient)], ""))
}

// SignIn makes a session of the person with the address and the password, and
// returns its secret, which is not kept. The error is
// [remit.KindUnauthenticated] if either is wrong, without saying which,
// [remit.KindLimited] after too many attempts, and [remit.KindDenied] at the field
// new_password where the password is right but somebody else has set it: it opens
// no session, but together with a new one it does.
func (d *Directory) SignIn(ctx context.Context, in SignIn) (secret string, s *Session, err error) {
	started := d.clock()
	in.Password, in.Renewed = clipPassword(in.Password), clipPassword(in.Renewed)
	first, err := d.countAttempt(ctx, in)
	if err != nil && !first {
		return "", nil, err
	}
	if err == nil {
		secret, s, err = d.compare(ctx, in)
	}
	if err != nil {
		return "", nil, d.recordFailure(ctx, in, started, err)
	}
	return secret, s, nil
}

// recordFailure records an attempt that failed, and returns what to answer. The
// entry of an unknown e-mail address is like that of a wrong password: neither
// names a person, and both cost the same. The address that was tried can be
// anything, a password even, so it is in the details alone, which are encrypted
// and can be erased.
//
// Of attempts that are refused because there were too many, the first within each
// window is recorded: those cost an attacker nothing, and the log is kept for ever.
func (d *Directory) recordFailure(ctx context.Context, in SignIn, started time.Time, err error) error {
	kind := remit.KindOf(err)
	if kind == remit.KindInternal || kind == remit.KindUnavailable || kind == remit.KindCanceled {
		return err // says nothing of what was given
	}
	return d.writer.Refused(ctx, audit.Entry{
		Actor: remit.Actor{Channel: remit.ChannelWeb, Request: in.Request}, Operation: OpSessionCreate, Source: remit.MainSource,
		Duration: d.clock().Sub(started),
		Details:  map[string]string{"email": clip(in.Email), "address": clip(in.Address), "client": clip(in.Client)},
	}, err)
}

// compare compares the password and opens a session if it is the right one.
func (d *Directory) compare(ctx context.Context, in SignIn) (secret string, s *Session, err error) {
	who, err := d.passwordOf(ctx, in.Email)
	if err != nil {
		return "", nil, err
	}
	ok, outdated, err := d.matches(ctx, in.Password, who.encoded)
	if err != nil {
		return "", nil, err
	}
	if !ok || who.person == "" {
		return "", nil, errWrongPassword()
	}
	renewed, err := d.renewedPassword(ctx, in, who, outdated)
	if err != nil {
		return "", nil, err
	}
	return d.openSession(ctx, in, who, renewed)
}

// renewedPassword returns the hash that the person has from now on: the old one
// unless it must be changed or was made at other costs than today's.
func (d *Directory) renewedPassword(ctx context.Context, in SignIn, who *signer, outdated bool) (string, error) {
	switch {
	case who.mustChange:
		if in.Renewed == "" {
			e := remit.Errorf(remit.KindDenied, "this password was set by somebody else: choose one of your own")
			e.Field, e.Hint = "new_password", "send the new password along as new_password"
			return "", e
		}
		if err := checkRenewed(in.Renewed, in.Password, who.name, who.email); err != nil {
			return "", err
		}
		return d.hash(ctx, in.Renewed)
	case in.Renewed != "":
		return "", remit.FieldErrorf("new_password", "is taken only where the old password must be changed: sign in, then change it")
	case outdated:
		return d.hash(ctx, in.Password)
	}
	return who.encoded, nil
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
func (d *Directory) passwordOf(ctx context.Context, email string) (*signer, error) {
	found := &signer{encoded: dummyHash(d.cost)}
	err := d.db.Query(ctx, sqldb.Stmt{
		SQL: `SELECT id, password_hash, must_change, name, email FROM people
WHERE email_folded = ? AND active = ? AND system = ? AND password_hash IS NOT NULL`,
		Args: []any{foldEmail(email), true, false},
	}, func(r sqldb.Row) error {
		found = &signer{remit.ID(r.Text(0)), r.Text(1), r.Bool(2), r.Text(3), r.Text(4)}
		return nil
	})
	return found, err
}

// signer is who signs in.
type signer struct {
	person      remit.ID // "" is nobody
	encoded     string   // hash of the password
	mustChange  bool
	name, email string
}

// openSession makes the session, if the password is still the one that was
// compared.
func (d *Directory) openSession(ctx context.Context, in SignIn, who *signer, renewed string) (string, *Session, error) {
	person := who.person
	secret := d.newSecret(SessionPrefix)
	s := &Session{ID: d.ids.New(), Person: person, Address: clip(in.Address), Client: clip(in.Client), Device: d.markDevice(in)}
	by := remit.Actor{Person: person, Channel: remit.ChannelWeb, Session: s.ID, Request: in.Request}
	err := d.write(ctx, by, OpSessionCreate, person, func(tx sqldb.Tx, e *audit.Entry) error {
		details := map[string]any{"address": s.Address}
		if who.mustChange {
			details["password"] = "changed"
		}
		e.Details = details
		unchanged, err := tx.Exec(ctx, sqldb.Stmt{
			SQL: `UPDATE people SET generation = generation + 1, password_hash = ?, must_change = ?
WHERE id = ? AND active = ? AND password_hash = ?`,
			Args: []any{renewed, false, person, true, who.encoded},
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
