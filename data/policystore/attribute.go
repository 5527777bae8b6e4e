package policystore

import (
	"context"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope"
)

// Attributes returns the attributes that people may have, by name.
func (s *Store) Attributes(ctx context.Context) ([]scope.Attribute, error) {
	return readAttributes(ctx, s.db)
}

func readAttributes(ctx context.Context, q querier) ([]scope.Attribute, error) {
	var all []scope.Attribute
	err := q.Query(ctx, sqldb.Stmt{SQL: "SELECT name, type, list FROM attribute_definitions ORDER BY name"}, func(r sqldb.Row) error {
		all = append(all, scope.Attribute{Name: r.Text(0), Type: remit.FieldType(r.Text(1)), List: r.Bool(2)})
		return nil
	})
	return all, err
}

// AttributeHolders returns how many people have values of each attribute that
// anybody has.
func (s *Store) AttributeHolders(ctx context.Context) (map[string]int64, error) {
	all := map[string]int64{}
	err := s.db.Query(ctx, sqldb.Stmt{SQL: "SELECT name, COUNT(DISTINCT person_id) FROM person_attributes GROUP BY name"}, func(r sqldb.Row) error {
		all[r.Text(0)] = r.Int(1)
		return nil
	})
	return all, err
}

// Loss is asked before an attribute is taken from people, with their number. Its
// error keeps everything as it is; a nil Loss lets it happen. It may be asked
// more than once.
type Loss func(people int64) error

// DefineAttribute adds an attribute that people may have, or changes its type.
// Values that people have of it are lost where the type changes: they were given
// under another meaning. The error is [remit.KindInvalid] for a definition that
// expressions could not use, or that the policy could not.
func (s *Store) DefineAttribute(ctx context.Context, by remit.Actor, a scope.Attribute, loss Loss) error {
	return s.Change(ctx, by, OpDefine, func(tx sqldb.Tx, e *audit.Entry) error {
		details := map[string]any{"name": a.Name, "type": a.Type, "list": a.List}
		e.Details = details
		unchanged, err := defined(ctx, tx, a)
		if err != nil || unchanged {
			return err
		}
		if details["people"], err = dropValues(ctx, tx, a.Name, loss); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, sqldb.Stmt{
			SQL: `INSERT INTO attribute_definitions (name, type, list) VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET type = excluded.type, list = excluded.list`,
			Args: []any{a.Name, string(a.Type), a.List},
		})
		return err
	})
}

func defined(ctx context.Context, tx sqldb.Tx, a scope.Attribute) (found bool, err error) {
	err = tx.Query(ctx, sqldb.Stmt{
		SQL:  "SELECT 1 FROM attribute_definitions WHERE name = ? AND type = ? AND list = ?",
		Args: []any{a.Name, string(a.Type), a.List},
	}, func(sqldb.Row) error {
		found = true
		return nil
	})
	return found, err
}

// RemoveAttribute removes an attribute with every value that people have of it.
// The error is [remit.KindInvalid] if the policy names it, and
// [remit.KindNotFound] if it is not defined.
func (s *Store) RemoveAttribute(ctx context.Context, by remit.Actor, name string, loss Loss) error {
	return s.Change(ctx, by, OpUndefine, func(tx sqldb.Tx, e *audit.Entry) error {
		people, err := dropValues(ctx, tx, name, loss)
		e.Details = map[string]any{"name": name, "people": people}
		if err != nil {
			return err
		}
		removed, err := tx.Exec(ctx, sqldb.Stmt{SQL: "DELETE FROM attribute_definitions WHERE name = ?", Args: []any{name}})
		if err == nil && removed == 0 {
			err = remit.Errorf(remit.KindNotFound, "there is no such attribute")
		}
		return err
	})
}

// dropValues takes every value of an attribute from the people who have one, and
// returns how many they are. That holds until the transaction ends: whoever gives
// people values waits for the change of the policy.
func dropValues(ctx context.Context, tx sqldb.Tx, name string, loss Loss) (people int64, err error) {
	people, err = tx.Exec(ctx, sqldb.Stmt{
		SQL: `UPDATE people SET generation = generation + 1
WHERE id IN (SELECT person_id FROM person_attributes WHERE name = ?)`,
		Args: []any{name},
	})
	if err != nil || people == 0 {
		return 0, err
	}
	if loss != nil {
		if err := loss(people); err != nil {
			return people, err
		}
	}
	_, err = tx.Exec(ctx, sqldb.Stmt{SQL: "DELETE FROM person_attributes WHERE name = ?", Args: []any{name}})
	return people, err
}
