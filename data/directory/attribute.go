package directory

import (
	"context"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// OpAttributeSet is a change to a person's attribute, as the audit log names it.
const OpAttributeSet audit.Operation = "people.attribute_set"

// maxAttributeValues bounds the list that one attribute may hold.
const maxAttributeValues = 1000

// SetAttribute gives a person's attribute its values, as people write them (see
// [remit.Field.ParseValue]); none takes the attribute away. The attribute must
// be defined (package policystore), and only a list takes more than one value.
func (d *Directory) SetAttribute(ctx context.Context, by remit.Actor, person remit.ID, name string, values ...string) error {
	if len(values) > maxAttributeValues {
		return remit.FieldErrorf(name, "has more than %d values", maxAttributeValues)
	}
	return d.write(ctx, by, OpAttributeSet, person, func(tx sqldb.Tx, e *audit.Entry) error {
		e.Fields = []string{name}
		e.Details = map[string]any{"values": values}
		// The definition must not change between its check and the commit.
		if err := lockPolicy(ctx, tx); err != nil {
			return err
		}
		if err := bump(ctx, tx, person); err != nil {
			return err
		}
		if err := checkAttribute(ctx, tx, name, values); err != nil {
			return err
		}
		return replaceAttribute(ctx, tx, person, name, values)
	})
}

func checkAttribute(ctx context.Context, tx sqldb.Tx, name string, values []string) error {
	var names []string
	var field *remit.Field
	list := false
	err := tx.Query(ctx, sqldb.Stmt{SQL: "SELECT name, type, list FROM attribute_definitions"}, func(r sqldb.Row) error {
		names = append(names, r.Text(0))
		if r.Text(0) == name {
			field = &remit.Field{Name: name, Type: remit.FieldType(r.Text(1))}
			list = r.Bool(2)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if field == nil {
		e := remit.FieldErrorf("attribute", "is not defined")
		e.Hint = remit.DidYouMean(name, names)
		return e
	}
	if len(values) > 1 && !list {
		return remit.FieldErrorf(name, "takes one value, not %d", len(values))
	}
	return checkValues(field, values)
}

func checkValues(field *remit.Field, values []string) error {
	for _, text := range values {
		v, err := field.ParseValue(text)
		if err != nil {
			return remit.FieldErrorf(field.Name, "%s", remit.PublicText(err))
		}
		if v.IsNull() {
			return remit.FieldErrorf(field.Name, "must not be empty")
		}
	}
	return nil
}

func replaceAttribute(ctx context.Context, tx sqldb.Tx, person remit.ID, name string, values []string) error {
	_, err := tx.Exec(ctx, sqldb.Stmt{
		SQL:  "DELETE FROM person_attributes WHERE person_id = ? AND name = ?",
		Args: []any{person, name},
	})
	for i := 0; i < len(values) && err == nil; i++ {
		_, err = tx.Exec(ctx, sqldb.Stmt{
			SQL:  "INSERT INTO person_attributes (person_id, name, position, value) VALUES (?, ?, ?, ?)",
			Args: []any{person, name, i, values[i]},
		})
	}
	return err
}
