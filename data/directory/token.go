package directory

import (
	"context"
	"slices"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// The changes to tokens, as the audit log names them.
const (
	OpTokenCreate audit.Operation = "tokens.create"
	OpTokenRevoke audit.Operation = "tokens.revoke"
)

// The bounds on tokens.
const (
	MaxTokenTTL = 366 * 24 * time.Hour
	MaxTokens   = 100 // good at once, for each person
)

// NewToken is an API token to make.
type NewToken struct {
	Person   remit.ID
	Name     string        // for people: what it is for
	Employee string        // key of the AI employee that it may act as; "" binds it to none
	TTL      time.Duration // at most MaxTokenTTL
}

// Token is an API token as it is shown: never its secret.
type Token struct {
	ID        remit.ID
	Person    remit.ID
	Name      string
	Prefix    string // the secret's first characters, to recognise it by
	Employee  string // "" is unbound
	CreatedAt time.Time
	UsedAt    time.Time // to within some minutes; zero is never
	ExpiresAt time.Time
	RevokedAt time.Time // zero is not
}

// CreateToken makes an API token of a person who is active, and returns its
// secret, which is not kept and cannot be shown again.
func (d *Directory) CreateToken(ctx context.Context, by remit.Actor, n NewToken) (secret string, t *Token, err error) {
	if err := checkText("name", n.Name); err != nil {
		return "", nil, err
	}
	if n.TTL <= 0 || n.TTL > MaxTokenTTL {
		return "", nil, remit.FieldErrorf("ttl", "must be more than 0 and at most 366 days")
	}
	secret = d.newSecret(TokenPrefix)
	t = &Token{ID: d.ids.New(), Person: n.Person, Name: n.Name, Employee: n.Employee, Prefix: secret[:shownLength]}
	err = d.write(ctx, by, OpTokenCreate, n.Person, func(tx sqldb.Tx, e *audit.Entry) error {
		e.Details = map[string]string{"token": string(t.ID), "name": n.Name, "employee": n.Employee}
		if err := checkEmployee(ctx, tx, n.Employee); err != nil {
			return err
		}
		return d.insertToken(ctx, tx, t, secret, n.TTL)
	})
	if err != nil {
		return "", nil, err
	}
	return secret, t, nil
}

func (d *Directory) insertToken(ctx context.Context, tx sqldb.Tx, t *Token, secret string, ttl time.Duration) error {
	if err := bumpActive(ctx, tx, t.Person); err != nil {
		return err
	}
	now, err := d.now(ctx, tx)
	if err != nil {
		return err
	}
	if err := checkTokenCount(ctx, tx, t.Person, now); err != nil {
		return err
	}
	t.CreatedAt, t.ExpiresAt = now, now.Add(ttl)
	digest := d.secretDigest(secret)
	_, err = tx.Exec(ctx, sqldb.Stmt{
		SQL: `INSERT INTO api_tokens (id, person_id, name, prefix, secret_digest, employee, created_at, expires_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		Args: []any{t.ID, t.Person, t.Name, t.Prefix, digest[:], t.Employee, t.CreatedAt, t.ExpiresAt},
	})
	return err
}

// bumpActive raises the generation of a person who is active, and is not the
// operator.
func bumpActive(ctx context.Context, tx sqldb.Tx, person remit.ID) error {
	if !person.Valid() {
		return errNoPerson()
	}
	changed, err := tx.Exec(ctx, sqldb.Stmt{
		SQL:  "UPDATE people SET generation = generation + 1 WHERE id = ? AND active = ? AND system = ?",
		Args: []any{person, true, false},
	})
	if err == nil && changed == 0 {
		err = remit.Errorf(remit.KindNotFound, "there is no such person, or they are not active")
	}
	return err
}

func checkTokenCount(ctx context.Context, tx sqldb.Tx, person remit.ID, now time.Time) error {
	return tx.Query(ctx, sqldb.Stmt{
		SQL:  "SELECT count(*) FROM api_tokens WHERE person_id = ? AND revoked_at IS NULL AND expires_at > ?",
		Args: []any{person, now},
	}, func(r sqldb.Row) error {
		if r.Int(0) >= MaxTokens {
			return remit.Errorf(remit.KindLimited, "there are %d tokens already: revoke one first", MaxTokens)
		}
		return nil
	})
}

// checkEmployee refuses an AI employee that the policy does not have, and keeps
// the policy from changing meanwhile; "" is none.
func checkEmployee(ctx context.Context, tx sqldb.Tx, employee string) error {
	if employee == "" || employee == remit.PersonalAgent {
		return nil
	}
	if err := lockPolicy(ctx, tx); err != nil {
		return err
	}
	var known []string
	err := tx.Query(ctx, sqldb.Stmt{SQL: "SELECT name FROM policy_employees"}, func(r sqldb.Row) error {
		known = append(known, r.Text(0))
		return nil
	})
	if err != nil || slices.Contains(known, employee) {
		return err
	}
	e := remit.FieldErrorf("employee", "is not an AI employee of the policy")
	e.Hint = remit.DidYouMean(employee, known)
	return e
}

// RevokeToken ends a token of a person at once. The error is
// [remit.KindNotFound] if the person has no such token that is not revoked yet.
func (d *Directory) RevokeToken(ctx context.Context, by remit.Actor, person, token remit.ID) error {
	if !token.Valid() {
		return errNoToken()
	}
	return d.revokeOne(ctx, by, revocation{OpTokenRevoke, "api_tokens", "token"}, person, token, errNoToken)
}

// Tokens returns every token of a person, newest first, ended ones included.
func (d *Directory) Tokens(ctx context.Context, person remit.ID) ([]Token, error) {
	var all []Token
	err := d.db.Query(ctx, sqldb.Stmt{
		SQL: `SELECT id, person_id, name, prefix, employee, created_at, expires_at, used_at, revoked_at
FROM api_tokens WHERE person_id = ? ORDER BY created_at DESC, id`,
		Args: []any{person},
	}, func(r sqldb.Row) error {
		t := Token{
			ID: remit.ID(r.Text(0)), Person: remit.ID(r.Text(1)), Name: r.Text(2), Prefix: r.Text(3),
			Employee: r.Text(4), CreatedAt: r.Time(5), ExpiresAt: r.Time(6),
		}
		if !r.Null(7) {
			t.UsedAt = r.Time(7)
		}
		if !r.Null(8) {
			t.RevokedAt = r.Time(8)
		}
		all = append(all, t)
		return nil
	})
	return all, err
}

func errNoToken() error { return remit.Errorf(remit.KindNotFound, "there is no such token") }
