package directory

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// OpPasswordSet is a new password, as the audit log names it.
const OpPasswordSet audit.Operation = "people.password_set"

// hashParams are the costs of Argon2id (RFC 9106).
type hashParams struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// defaultCost is the choice of the OWASP Password Storage Cheat Sheet that leaves
// the memory of a small server to others.
func defaultCost() hashParams { return hashParams{memory: 19 * 1024, passes: 2, threads: 1} }

const (
	hashLength = 32
	saltLength = 16 // RFC 9106 section 4

	// concurrentHashes bounds the memory that signing in takes, and with it how
	// many guesses a second this process answers.
	concurrentHashes = 2
)

var phcBase64 = base64.RawStdEncoding.Strict()

// SetPassword gives a person a password and ends every session of theirs but the
// one that by names. Tokens stay good. The error is [remit.KindInvalid] for a
// password that is too easily guessed.
func (d *Directory) SetPassword(ctx context.Context, by remit.Actor, person remit.ID, password string) error {
	profile, err := d.Profile(ctx, person)
	if err != nil {
		return err
	}
	if err := checkStrength(password, profile.Name, profile.Email); err != nil {
		return err
	}
	encoded, err := d.hash(ctx, password)
	if err != nil {
		return err
	}
	keep := remit.ID("")
	if by.Person == person {
		keep = by.Session
	}
	err = d.write(ctx, by, OpPasswordSet, person, func(tx sqldb.Tx, _ *audit.Entry) error {
		if err := bump(ctx, tx, person); err != nil {
			return err
		}
		if err := storeHash(ctx, tx, person, encoded, false); err != nil {
			return err
		}
		return d.endSessions(ctx, tx, person, keep)
	})
	d.claims.forget(person)
	return err
}

func storeHash(ctx context.Context, tx sqldb.Tx, person remit.ID, encoded string, mustChange bool) error {
	_, err := tx.Exec(ctx, sqldb.Stmt{
		SQL:  "UPDATE people SET password_hash = ?, must_change = ? WHERE id = ?",
		Args: []any{encoded, mustChange, person},
	})
	return err
}

// ResetPassword gives a person a password that opens no session until they have
// chosen one of their own, and ends every session of theirs. With password "" one
// is made up. It returns the password, which is not kept.
func (d *Directory) ResetPassword(ctx context.Context, by remit.Actor, person remit.ID, password string) (string, error) {
	profile, err := d.Profile(ctx, person)
	if err != nil {
		return "", err
	}
	password, encoded, err := d.initialPassword(ctx, password, profile.Name, profile.Email)
	if err != nil {
		return "", err
	}
	err = d.write(ctx, by, OpPasswordSet, person, func(tx sqldb.Tx, e *audit.Entry) error {
		e.Details = map[string]bool{"must_change": true}
		if err := bump(ctx, tx, person); err != nil {
			return err
		}
		if err := storeHash(ctx, tx, person, encoded, true); err != nil {
			return err
		}
		return d.endSessions(ctx, tx, person, "")
	})
	d.claims.forget(person)
	if err != nil {
		return "", err
	}
	return password, nil
}

// initialPassword returns the password, or one that is made up where it is "", and
// its hash.
func (d *Directory) initialPassword(ctx context.Context, password, name, email string) (chosen, encoded string, err error) {
	if password == "" {
		password = d.newPassword()
	} else if err := checkStrength(password, name, email); err != nil {
		return "", "", err
	}
	encoded, err = d.hash(ctx, password)
	return password, encoded, err
}

// newPassword makes up a password of 100 random bits, in groups that can be read
// out.
func (d *Directory) newPassword() string {
	id := string(d.ids.New())
	return id[:5] + "-" + id[5:10] + "-" + id[10:15] + "-" + id[15:20]
}

// ChangePassword is what a person does: it takes the old password to set a new one.
// Attempts are counted with those to sign in. Every other session of the person
// ends; tokens stay good. The error is [remit.KindDenied] at the field
// current_password if that is wrong.
func (d *Directory) ChangePassword(ctx context.Context, by remit.Actor, address, current, renewed string) error {
	profile, err := d.Profile(ctx, by.Person)
	if err != nil {
		return err
	}
	in := SignIn{Email: profile.Email, Address: address, Password: clipPassword(current)}
	if _, err := d.countAttempt(ctx, in); err != nil {
		return err
	}
	who, err := d.passwordOf(ctx, profile.Email)
	if err != nil {
		return err
	}
	ok, _, err := d.matches(ctx, in.Password, who.encoded)
	if err != nil {
		return err
	}
	if !ok || who.person != by.Person {
		e := remit.Errorf(remit.KindDenied, "this is not your password")
		e.Field = "current_password"
		return e
	}
	if err := checkRenewed(renewed, in.Password, profile.Name, profile.Email); err != nil {
		return err
	}
	encoded, err := d.hash(ctx, renewed)
	if err != nil {
		return err
	}
	return d.changePassword(ctx, by, in, who.encoded, encoded)
}

// changePassword stores the new hash if the old one is still what was compared.
func (d *Directory) changePassword(ctx context.Context, by remit.Actor, in SignIn, old, encoded string) error {
	err := d.write(ctx, by, OpPasswordSet, by.Person, func(tx sqldb.Tx, _ *audit.Entry) error {
		if err := bumpActive(ctx, tx, by.Person); err != nil {
			return err
		}
		changed, err := tx.Exec(ctx, sqldb.Stmt{
			SQL:  "UPDATE people SET password_hash = ?, must_change = ? WHERE id = ? AND password_hash = ?",
			Args: []any{encoded, false, by.Person, old},
		})
		if err != nil {
			return err
		}
		if changed == 0 {
			return remit.Errorf(remit.KindConflict, "the password has just been changed by somebody else")
		}
		if err := d.forgiveAttempts(ctx, tx, in); err != nil {
			return err
		}
		return d.endSessions(ctx, tx, by.Person, by.Session)
	})
	d.claims.forget(by.Person)
	return err
}

// hash returns the password's hash in the PHC string format, under a fresh salt.
func (d *Directory) hash(ctx context.Context, password string) (string, error) {
	salt := d.salt()
	key, err := d.derive(ctx, password, salt, d.cost)
	if err != nil {
		return "", err
	}
	return formatHash(d.cost, salt, key), nil
}

func (d *Directory) salt() []byte {
	digest := d.digest("salt", string(d.ids.New()))
	return digest[:saltLength]
}

// derive runs Argon2id when it is its turn. Passwords are compared in Unicode's
// NFKC, as NIST SP 800-63B section 5.1.1.2 asks: keyboards differ in how they
// compose.
func (d *Directory) derive(ctx context.Context, password string, salt []byte, p hashParams) ([]byte, error) {
	select {
	case d.hashing <- struct{}{}:
		defer func() { <-d.hashing }()
	case <-ctx.Done():
		return nil, &remit.Error{Kind: remit.KindCanceled, Message: "the request was canceled while others signed in", Cause: ctx.Err()}
	}
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, p.passes, p.memory, p.threads, hashLength), nil
}

// matches reports whether the encoded hash is the password's, and whether it was
// made at other costs than today's.
func (d *Directory) matches(ctx context.Context, password, encoded string) (ok, outdated bool, err error) {
	params, salt, want, err := parseHash(encoded)
	if err != nil {
		return false, false, err
	}
	key, err := d.derive(ctx, password, salt, params)
	if err != nil {
		return false, false, err
	}
	return subtle.ConstantTimeCompare(key, want) == 1, params != d.cost, nil
}

// formatHash writes the PHC string format:
// $argon2id$v=19$m=19456,t=2,p=1$salt$hash.
func formatHash(p hashParams, salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.passes, p.threads,
		phcBase64.EncodeToString(salt), phcBase64.EncodeToString(key))
}

// parseHash reads what [formatHash] wrote. It bounds the costs: whoever can
// write a hash must not be able to take the memory of the server by it.
func parseHash(encoded string) (p hashParams, salt, key []byte, err error) {
	parts := strings.Split(encoded, "$")
	bad := remit.Errorf(remit.KindInternal, "directory: a stored password hash is malformed")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, nil, nil, bad
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.threads); err != nil {
		return p, nil, nil, bad
	}
	salt, saltErr := phcBase64.DecodeString(parts[4])
	key, keyErr := phcBase64.DecodeString(parts[5])
	if saltErr != nil || keyErr != nil || len(salt) < 8 || len(key) != hashLength || !p.sane() ||
		formatHash(p, salt, key) != encoded {
		return p, nil, nil, bad
	}
	return p, salt, key, nil
}

func (p hashParams) sane() bool {
	return p.memory >= 8 && p.memory <= 256*1024 && p.passes >= 1 && p.passes <= 16 && p.threads >= 1 && p.threads <= 8
}

// dummyHash is compared with where there is no password to compare with, so that
// an unknown address takes as long as a wrong password. No password has it: its
// key is not the outcome of a hash.
func dummyHash(cost hashParams) string {
	return formatHash(cost, make([]byte, saltLength), make([]byte, hashLength))
}
