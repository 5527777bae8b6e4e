package policystore

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// OpField is a change to what the data model says of a field, as the audit log
// names it.
const OpField audit.Operation = "model.field"

// FieldChange is what to change of a field; nil leaves a part as it is.
type FieldChange struct {
	Source      string
	Collection  string
	Field       string
	Sensitivity *remit.Sensitivity
	Personal    *bool
	Critical    *bool
	Title       *string
	Description *string
}

// The bounds on what is said of a field, in characters.
const (
	maxFieldTitle       = 100
	maxFieldDescription = 1_000
)

// Check says what is wrong with the change by itself.
func (c *FieldChange) Check() error {
	switch {
	case c.Sensitivity == nil && c.Personal == nil && c.Critical == nil && c.Title == nil && c.Description == nil:
		return remit.Errorf(remit.KindInvalid, "nothing is to be changed: send sensitivity, personal, critical, title or description")
	case c.Sensitivity != nil && *c.Sensitivity > remit.Restricted:
		return remit.FieldErrorf("sensitivity", "use public, internal, confidential or restricted")
	case c.Title != nil && (strings.TrimSpace(*c.Title) == "" || utf8.RuneCountInString(*c.Title) > maxFieldTitle || strings.ContainsFunc(*c.Title, unicode.IsControl)):
		return remit.FieldErrorf("title", "must be a line of 1 to %d characters", maxFieldTitle)
	case c.Description != nil && utf8.RuneCountInString(*c.Description) > maxFieldDescription:
		return remit.FieldErrorf("description", "has more than %d characters", maxFieldDescription)
	}
	return nil
}

// Apply changes a field of a model in memory.
func (c *FieldChange) Apply(f *remit.Field) {
	set(&f.Sensitivity, c.Sensitivity)
	set(&f.Personal, c.Personal)
	set(&f.Critical, c.Critical)
	set(&f.Title, c.Title)
	set(&f.Description, c.Description)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// ChangeField changes what the data model says of a field, and returns the epoch
// since which that holds. With an epoch other than 0 it fails with
// [remit.KindConflict] if that has passed. What AI may use changes with a field's
// sensitivity, so this is a change to the policy.
func (s *Store) ChangeField(ctx context.Context, by remit.Actor, c FieldChange, epoch int64) (now int64, err error) {
	if err := c.Check(); err != nil {
		return 0, err
	}
	err = s.Change(ctx, by, OpField, func(tx sqldb.Tx, e *audit.Entry) error {
		raised, err := readEpoch(ctx, tx)
		if err != nil {
			return err
		}
		if now = raised; epoch != 0 && raised != epoch+1 {
			return remit.Errorf(remit.KindConflict, "somebody else has changed the policy, the data model or the settings meanwhile: read it again")
		}
		before, err := readField(ctx, tx, c)
		if err != nil {
			return err
		}
		after := before
		c.Apply(&after)
		e.Source, e.Collection, e.Fields = sourceOf(c.Source), c.Collection, []string{c.Field}
		e.Sensitivity = after.Sensitivity.OfField()
		e.Details = map[string]any{"before": tagsOf(&before), "after": tagsOf(&after)}
		_, err = tx.Exec(ctx, sqldb.Stmt{
			SQL: `UPDATE fields SET sensitivity = ?, personal = ?, critical = ?, title = ?, description = ?
WHERE data_source = ? AND collection = ? AND name = ?`,
			Args: []any{after.Sensitivity.String(), after.Personal, after.Critical, after.Title, after.Description, sourceOf(c.Source), c.Collection, c.Field},
		})
		return err
	})
	return now, err
}

func readField(ctx context.Context, q querier, c FieldChange) (f remit.Field, err error) {
	err = q.Query(ctx, sqldb.Stmt{
		SQL: `SELECT name, sensitivity, personal, critical, title, description FROM fields
WHERE data_source = ? AND collection = ? AND name = ?`,
		Args: []any{sourceOf(c.Source), c.Collection, c.Field},
	}, func(r sqldb.Row) error {
		f = remit.Field{Name: r.Text(0), Personal: r.Bool(2), Critical: r.Bool(3), Title: r.Text(4), Description: r.Text(5)}
		var err error
		f.Sensitivity, err = remit.ParseSensitivity(r.Text(1))
		return err
	})
	if err == nil && f.Name == "" {
		err = remit.Errorf(remit.KindNotFound, "there is no such field")
	}
	return f, err
}

func tagsOf(f *remit.Field) map[string]any {
	return map[string]any{
		"sensitivity": f.Sensitivity.String(), "personal": f.Personal, "critical": f.Critical, "title": f.Title, "description": f.Description,
	}
}
