package templates

import (
	"context"
	"encoding/json"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/analytics"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// The operations of the package in the audit log.
const (
	OpDraft    audit.Operation = "template.draft"
	OpReview   audit.Operation = "template.review"
	OpPublish  audit.Operation = "template.publish"
	OpWithdraw audit.Operation = "template.withdraw"
	OpSeed     audit.Operation = "template.seed"
)

// maxVersions bounds how many versions one template has.
const maxVersions = 1000

// Write adds a version as a draft and returns its number. What is in force stays.
func (s *Store) Write(ctx context.Context, by remit.Actor, t analytics.Template) (version int64, err error) {
	err = s.change(ctx, by, OpDraft, t.Name, func(tx sqldb.Tx, all []Version, details map[string]any) error {
		if version = int64(len(all)) + 1; version > maxVersions {
			return remit.Errorf(remit.KindLimited, "%s has %d versions: begin a template of another name", t.Name, len(all))
		}
		details["version"], details["digest"], details["sql"] = version, t.Digest(), t.SQL
		return s.insert(ctx, tx, Version{Template: t, Version: version, State: Draft, Author: by.Person, WrittenAt: s.clock()})
	})
	return version, err
}

func (s *Store) insert(ctx context.Context, tx sqldb.Tx, v Version) error {
	body, err := json.Marshal(v.Template)
	if err != nil {
		return err
	}
	var reviewer, reviewedAt, until any
	if v.Reviewer != "" {
		reviewer, reviewedAt, until = v.Reviewer, v.ReviewedAt, v.ReviewUntil
	}
	_, err = tx.Exec(ctx, sqldb.Stmt{
		SQL: "INSERT INTO template_versions (name, collection, " + columns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		Args: []any{
			v.Name, v.Collection, v.Version, string(v.State), string(body), v.Template.Digest(), v.Shipped,
			v.Author, v.WrittenAt, reviewer, reviewedAt, until, v.ReviewOf, v.Note,
		},
	})
	return err
}

// Review is what a reviewer says of a version.
type Review struct {
	Version int64
	Digest  string    // of what the reviewer read
	Until   time.Time // when the review lapses
	Note    string
}

// Review records that a draft was reviewed. The error is [remit.KindDenied] for
// whoever wrote it, or one of the drafts that it came from, and [remit.KindConflict]
// for a review of another text or of what is no draft.
func (s *Store) Review(ctx context.Context, by remit.Actor, name string, r Review) error {
	return s.change(ctx, by, OpReview, name, func(tx sqldb.Tx, all []Version, details map[string]any) error {
		v, err := find(all, r.Version, Draft)
		if err != nil {
			return err
		}
		details["version"], details["digest"], details["until"], details["note"] = v.Version, v.Digest, r.Until, r.Note
		if wrote(all, v.Version, by.Person) {
			return remit.Errorf(remit.KindDenied, "whoever wrote a version, or a draft that it came from, cannot review it: ask somebody else")
		}
		if r.Digest != v.Digest || v.Template.Digest() != v.Digest {
			return remit.Errorf(remit.KindConflict, "version %d is not what was reviewed: read it again", v.Version)
		}
		_, err = tx.Exec(ctx, sqldb.Stmt{
			SQL: `UPDATE template_versions SET state = ?, reviewer_id = ?, reviewed_at = ?, review_until = ?, reviewed = ?, note = ?
WHERE name = ? AND version = ?`,
			Args: []any{string(Reviewed), by.Person, s.clock(), r.Until, v.Digest, r.Note, name, v.Version},
		})
		return err
	})
}

// wrote reports whether the person wrote the version, or one since what was published
// last before it: an edit of somebody's draft is still in part theirs.
func wrote(all []Version, version int64, person remit.ID) bool {
	for i := version - 1; i >= 0; i-- {
		v := &all[i]
		if v.Version < version && (v.State == Published || v.State == Replaced || v.State == Withdrawn) {
			return false
		}
		if v.Author == person {
			return true
		}
	}
	return false
}

// Publish puts a reviewed version in force, in place of the one that was.
func (s *Store) Publish(ctx context.Context, by remit.Actor, name string, version int64) error {
	return s.change(ctx, by, OpPublish, name, func(tx sqldb.Tx, all []Version, details map[string]any) error {
		v, err := find(all, version, Reviewed)
		if err != nil {
			return err
		}
		details["version"], details["digest"] = v.Version, v.Digest
		switch {
		case v.ReviewOf != v.Digest || v.Template.Digest() != v.Digest:
			return remit.Errorf(remit.KindConflict, "the review is not of this text: have the version reviewed again")
		case !v.ReviewUntil.After(s.clock()):
			return remit.Errorf(remit.KindConflict, "the review has lapsed: write the version again and have it reviewed")
		}
		if err := move(ctx, tx, name, Published, Replaced, ""); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, sqldb.Stmt{
			SQL:  "UPDATE template_versions SET state = ? WHERE name = ? AND version = ?",
			Args: []any{string(Published), name, version},
		})
		return err
	})
}

// Withdraw takes the version that is in force out of it.
func (s *Store) Withdraw(ctx context.Context, by remit.Actor, name, why string) error {
	return s.change(ctx, by, OpWithdraw, name, func(tx sqldb.Tx, all []Version, details map[string]any) error {
		details["why"] = why
		for i := range all {
			if all[i].State == Published {
				details["version"] = all[i].Version
				return move(ctx, tx, name, Published, Withdrawn, why)
			}
		}
		return remit.Errorf(remit.KindNotFound, "no version of %s is in force", name)
	})
}

func move(ctx context.Context, tx sqldb.Tx, name string, from, to State, note string) error {
	stmt := sqldb.Stmt{SQL: "UPDATE template_versions SET state = ? WHERE name = ? AND state = ?", Args: []any{string(to), name, string(from)}}
	if note != "" {
		stmt = sqldb.Stmt{SQL: "UPDATE template_versions SET state = ?, note = ? WHERE name = ? AND state = ?", Args: []any{string(to), note, name, string(from)}}
	}
	_, err := tx.Exec(ctx, stmt)
	return err
}

// find returns the version if it is in the state.
func find(all []Version, version int64, state State) (*Version, error) {
	if version < 1 || version > int64(len(all)) {
		return nil, remit.Errorf(remit.KindNotFound, "there is no such version of the template")
	}
	v := &all[version-1]
	if v.State != state {
		return nil, remit.Errorf(remit.KindConflict, "version %d is %s, not %s", version, v.State, state)
	}
	return v, nil
}

// change runs fn with every version of the template, which no other change moves
// meanwhile.
func (s *Store) change(ctx context.Context, by remit.Actor, op audit.Operation, name string, fn func(tx sqldb.Tx, all []Version, details map[string]any) error) error {
	entry := audit.Entry{Actor: by, Operation: op, Source: remit.MainSource}
	return s.changes.Write(ctx, entry, func(tx sqldb.Tx, e *audit.Entry) error {
		if err := s.lock(ctx, tx); err != nil {
			return err
		}
		all, err := read(ctx, tx.Query, versionsOf(name))
		if err != nil {
			return err
		}
		details := map[string]any{"template": name}
		e.Details = details
		return fn(tx, all, details)
	})
}

// lock makes changes to templates take turns on PostgreSQL too: each touches the row of
// the policy's epoch, without moving it.
func (s *Store) lock(ctx context.Context, tx sqldb.Tx) error {
	_, err := tx.Exec(ctx, sqldb.Stmt{SQL: "UPDATE policy_epoch SET epoch = epoch"})
	return err
}

// reviewTerm is how long the review of what is shipped holds.
const reviewTerm = 365 * 24 * time.Hour

// Seed puts the templates that come with Remit in force, in a database that never
// had any.
func (s *Store) Seed(ctx context.Context, by remit.Actor, shipped []analytics.Template) error {
	if have, err := s.All(ctx); err != nil || len(have) > 0 {
		return err
	}
	return s.change(ctx, by, OpSeed, "", func(tx sqldb.Tx, _ []Version, details map[string]any) error {
		have, err := read(ctx, tx.Query, sqldb.Stmt{SQL: "SELECT " + columns + " FROM template_versions"})
		if err != nil || len(have) > 0 {
			return err
		}
		now := s.clock()
		var names []string
		for _, t := range shipped {
			names = append(names, t.Name)
			err := s.insert(ctx, tx, Version{
				Template: t, Version: 1, State: Published, Shipped: true, Author: by.Person, WrittenAt: now,
				Reviewer: by.Person, ReviewedAt: now, ReviewUntil: now.Add(reviewTerm), ReviewOf: t.Digest(),
			})
			if err != nil {
				return err
			}
		}
		details["templates"] = names
		return nil
	})
}
