// Package directory knows who there is: departments, people, their managers,
// attributes and roles, their passwords, sessions and API tokens.
//
// It answers two questions for the rest of the vault. [Directory.Authenticate]
// turns a secret into a [remit.Actor], which is a claim. [Directory.Person]
// resolves a person to all that a decision needs, under a generation: every
// change to what a person is or may do raises their generation in the same
// transaction, so whoever caches a [Person] runs [GateStmt] after what it read
// and throws its result away if the generation has moved (DESIGN law 8).
//
// The trees of departments and of managers are kept as closures, every pair of a
// node and one above it, so that "below me" is an indexed lookup. Queries read
// the closures live: a move changes nobody's generation but that of who moved.
//
// The package records changes but judges none of them: whether an actor may
// manage people is for the caller to ask the policy.
package directory

import (
	"context"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/change"
	"github.com/remit-crm/remit/data/internal/keys"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// OperatorID is the built-in person that the command line acts as. It is not
// listed, cannot sign in, has no tokens and cannot be changed; its role is
// administrator.
const OperatorID remit.ID = "operatoroperatoroperatorop"

// Directory is the people of one database. It is safe for concurrent use.
type Directory struct {
	db      *sqldb.DB
	ids     *remit.IDSource
	clock   func() time.Time
	digests *keys.MAC // of secrets
	writer  change.Writer
	claims  *claimCache
	cost    hashParams    // of new passwords
	hashing chan struct{} // a token for each password that is being hashed
}

// New returns the directory of db. The clock stamps what people see, such as
// when someone was added; whether a credential is still good is always judged by
// the database's own time.
func New(db *sqldb.DB, ids *remit.IDSource, clock func() time.Time, ring *keys.Ring) *Directory {
	return &Directory{
		db:      db,
		ids:     ids,
		clock:   clock,
		digests: keys.NewMAC(ring.Derive(keys.Token)),
		writer:  change.Writer{DB: db, Clock: clock},
		claims:  newClaimCache(),
		cost:    defaultCost(),
		hashing: make(chan struct{}, concurrentHashes),
	}
}

// RecordTo has every later change recorded in the log. Call it before the
// directory is shared.
func (d *Directory) RecordTo(log change.Log) { d.writer.Log = log }

// entry describes a change to people, or to the departments where collection
// says so.
func entry(by remit.Actor, op audit.Operation, collection string, records ...remit.ID) audit.Entry {
	return audit.Entry{
		Actor:      by,
		Operation:  op,
		Source:     remit.MainSource,
		Collection: collection,
		Rows:       int64(len(records)),
		Records:    records,
	}
}

// The collections that changes are recorded under.
const (
	peopleCollection      = "people"
	departmentsCollection = "departments"
)

// write runs a recorded change to people.
func (d *Directory) write(ctx context.Context, by remit.Actor, op audit.Operation, person remit.ID, fn func(sqldb.Tx, *audit.Entry) error) error {
	return d.writer.Write(ctx, entry(by, op, peopleCollection, person), fn)
}

// bump raises the person's generation, if it is a person that may be changed: not
// the operator. Views that the person has of others move with it.
func bump(ctx context.Context, tx sqldb.Tx, person remit.ID) error {
	if !person.Valid() {
		return errNoPerson()
	}
	changed, err := tx.Exec(ctx, sqldb.Stmt{
		SQL:  "UPDATE people SET generation = generation + 1 WHERE id = ? AND system = ?",
		Args: []any{person, false},
	})
	if err == nil && changed == 0 {
		err = errNoPerson()
	}
	if err != nil {
		return err
	}
	return bumpViewed(ctx, tx, person)
}

// exists reports whether the statement has a row.
func exists(ctx context.Context, tx sqldb.Tx, s sqldb.Stmt) (bool, error) {
	found := false
	err := tx.Query(ctx, s, func(sqldb.Row) error {
		found = true
		return nil
	})
	return found, err
}

// now returns the database's time.
func (d *Directory) now(ctx context.Context, tx sqldb.Tx) (time.Time, error) {
	var now time.Time
	err := tx.Query(ctx, sqldb.Stmt{SQL: "SELECT " + sqldb.Now(d.db.Dialect())}, func(r sqldb.Row) error {
		now = microTime(r.Int(0))
		return nil
	})
	return now, err
}

func microTime(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// nullable is an id as a statement takes it: "" is null.
func nullable(id remit.ID) any {
	if id == "" {
		return nil
	}
	return id
}

func nullableText(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func errNoPerson() error {
	return remit.Errorf(remit.KindNotFound, "there is no such person")
}

func errNoDepartment() error {
	return remit.Errorf(remit.KindNotFound, "there is no such department")
}
