// Package templates keeps the reviewed templates of company-wide figures: each
// version with who wrote and who reviewed it, and the figures that were told by them.
//
// A version is written once and never changed; its state moves from draft over
// reviewed to published, and on to replaced or withdrawn. Who may move it is for
// ops/templates to ask; that nobody reviews what they wrote, that a review is of
// exactly this text, and that one version of a name is in force, is held here, in the
// transaction of the change.
package templates

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/analytics"
	"github.com/remit-crm/remit/data/internal/change"
	"github.com/remit-crm/remit/data/internal/keys"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// State is how far a version has come.
type State string

// The states.
const (
	Draft     State = "draft"
	Reviewed  State = "reviewed"
	Published State = "published" // in force: one of a name
	Replaced  State = "replaced"  // by a later version
	Withdrawn State = "withdrawn"
)

// Version is one version of a template as it is stored.
type Version struct {
	analytics.Template
	Version     int64
	State       State
	Digest      string // of the template
	Shipped     bool   // it came with Remit, whose makers wrote and reviewed it
	Author      remit.ID
	WrittenAt   time.Time
	Reviewer    remit.ID // "" until it is reviewed
	ReviewedAt  time.Time
	ReviewUntil time.Time // when the review lapses
	ReviewOf    string    // the digest that the review is of
	Note        string    // what the reviewer, or who withdrew it, says
}

// Store keeps templates and figures in the database. It is safe for concurrent use.
type Store struct {
	db      *sqldb.DB
	ids     *remit.IDSource
	clock   func() time.Time
	changes *change.Writer
	sealer  sealer
	moving  []byte
}

// New returns the store over the database, which records every change in the log.
func New(db *sqldb.DB, ids *remit.IDSource, random io.Reader, clock func() time.Time, log change.Log, ring *keys.Ring) *Store {
	key := ring.Derive(keys.Figures)
	moving := ring.Derive(keys.Figures + " moving")
	return &Store{
		db: db, ids: ids, clock: clock, changes: &change.Writer{DB: db, Log: log, Clock: clock},
		sealer: sealer{key: key, random: random}, moving: moving[:],
	}
}

// Moving returns the key by which figures are moved (see disclosure.Perturb).
func (s *Store) Moving() []byte { return s.moving }

const columns = `version, state, body, digest, shipped, author_id, written_at, reviewer_id, reviewed_at, review_until, reviewed, note`

// All returns every version of every template, by name and version.
func (s *Store) All(ctx context.Context) ([]Version, error) {
	return read(ctx, s.db.Query, sqldb.Stmt{SQL: "SELECT " + columns + " FROM template_versions ORDER BY name, version"})
}

// Of returns every version of one template, in order.
func (s *Store) Of(ctx context.Context, name string) ([]Version, error) {
	return read(ctx, s.db.Query, versionsOf(name))
}

func versionsOf(name string) sqldb.Stmt {
	return sqldb.Stmt{SQL: "SELECT " + columns + " FROM template_versions WHERE name = ? ORDER BY version", Args: []any{name}}
}

// InForce returns the published versions, by name: of one collection, or of all for "".
func (s *Store) InForce(ctx context.Context, collection string) ([]Version, error) {
	return read(ctx, s.db.Query, sqldb.Stmt{
		SQL: "SELECT " + columns + ` FROM template_versions
WHERE state = 'published' AND (? = '' OR collection = ?) ORDER BY name`,
		Args: []any{collection, collection},
	})
}

// Published returns the version of the name that is in force, nil if none is.
func (s *Store) Published(ctx context.Context, name string) (*Version, error) {
	found, err := read(ctx, s.db.Query, sqldb.Stmt{
		SQL: "SELECT " + columns + " FROM template_versions WHERE state = 'published' AND name = ?", Args: []any{name},
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

type query func(context.Context, sqldb.Stmt, func(sqldb.Row) error) error

func read(ctx context.Context, run query, stmt sqldb.Stmt) ([]Version, error) {
	var found []Version
	err := run(ctx, stmt, func(r sqldb.Row) error {
		v := Version{
			Version: r.Int(0), State: State(r.Text(1)), Digest: r.Text(3), Shipped: r.Bool(4),
			Author: remit.ID(r.Text(5)), WrittenAt: r.Time(6), Reviewer: remit.ID(r.Text(7)),
			ReviewOf: r.Text(10), Note: r.Text(11),
		}
		if !r.Null(8) {
			v.ReviewedAt, v.ReviewUntil = r.Time(8), r.Time(9)
		}
		err := json.Unmarshal([]byte(r.Text(2)), &v.Template)
		found = append(found, v)
		return err
	})
	return found, err
}
