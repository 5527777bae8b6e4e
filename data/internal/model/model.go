// Package model reads the data model from its tables. The model is a part of the
// policy: it is read under a policy epoch, and a change to it raises the epoch.
package model

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// Querier is a [sqldb.DB] or a [sqldb.Tx].
type Querier interface {
	Query(ctx context.Context, s sqldb.Stmt, each func(sqldb.Row) error) error
}

const selectCollections = `
	SELECT data_source, name, table_name, title, description, time_field, title_field, permanent, derived
	FROM collections`

const selectFields = `
	SELECT data_source, collection, name, column_name, type, title, description, sensitivity,
		personal, critical, required, read_only, options, target, currency, format
	FROM fields
	ORDER BY data_source, collection, position, name`

// Load reads every collection with its fields in order of display. What the
// tables say wrongly (an unknown type, a field of no collection, a relation to
// nothing) is an error: a model that is half understood could show too much.
func Load(ctx context.Context, q Querier) (*remit.Model, error) {
	var collections []*remit.Collection
	err := q.Query(ctx, sqldb.Stmt{SQL: selectCollections}, func(r sqldb.Row) error {
		collections = append(collections, scanCollection(r))
		return nil
	})
	if err != nil {
		return nil, err
	}
	model := remit.NewModel(collections)
	err = q.Query(ctx, sqldb.Stmt{SQL: selectFields}, func(r sqldb.Row) error {
		return addField(model, r)
	})
	if err != nil {
		return nil, err
	}
	return model, check(model)
}

func scanCollection(r sqldb.Row) *remit.Collection {
	return &remit.Collection{
		Source:      r.Text(0),
		Name:        r.Text(1),
		Table:       r.Text(2),
		Title:       r.Text(3),
		Description: r.Text(4),
		TimeField:   r.Text(5),
		TitleField:  r.Text(6),
		Permanent:   r.Bool(7),
		Derived:     r.Bool(8),
	}
}

func addField(model *remit.Model, r sqldb.Row) error {
	source, collection := r.Text(0), r.Text(1)
	c := model.Collection(source, collection)
	if c == nil {
		return fmt.Errorf("model: field %s.%s is of no collection", collection, r.Text(2))
	}
	f := remit.Field{
		Name:        r.Text(2),
		Column:      r.Text(3),
		Type:        remit.FieldType(r.Text(4)),
		Title:       r.Text(5),
		Description: r.Text(6),
		Personal:    r.Bool(8),
		Critical:    r.Bool(9),
		Required:    r.Bool(10),
		ReadOnly:    r.Bool(11),
		Target:      r.Text(13),
		Currency:    r.Text(14),
		Format:      r.Text(15),
	}
	var err error
	if f.Sensitivity, err = remit.ParseSensitivity(r.Text(7)); err != nil {
		return fmt.Errorf("model: %s.%s: %w", collection, f.Name, err)
	}
	if err := json.Unmarshal(r.AppendText(12, nil), &f.Options); err != nil {
		return fmt.Errorf("model: options of %s.%s: %w", collection, f.Name, err)
	}
	c.Fields = append(c.Fields, f)
	return nil
}

// check finds what names something that is not there.
func check(model *remit.Model) error {
	for _, c := range model.Collections {
		if c.Field(c.TitleField) == nil {
			return fmt.Errorf("model: %s has no title field %q", c.Name, c.TitleField)
		}
		if c.TimeField != "" && c.Field(c.TimeField) == nil {
			return fmt.Errorf("model: %s has no time field %q", c.Name, c.TimeField)
		}
		for i := range c.Fields {
			if err := checkField(model, c, &c.Fields[i]); err != nil {
				return fmt.Errorf("model: %s.%s: %w", c.Name, c.Fields[i].Name, err)
			}
		}
	}
	return nil
}

func checkField(model *remit.Model, c *remit.Collection, f *remit.Field) error {
	switch f.Type {
	case remit.Text, remit.Integer, remit.Decimal, remit.Boolean, remit.Date, remit.Timestamp:
	case remit.Enum:
		if len(f.Options) == 0 {
			return fmt.Errorf("an enum without options")
		}
	case remit.Currency:
		if f.Currency == "" {
			return fmt.Errorf("money without a currency")
		}
	case remit.Relation:
		if model.Collection(c.Source, f.Target) == nil {
			return fmt.Errorf("a relation to %q, which is no collection", f.Target)
		}
	default:
		return fmt.Errorf("unknown type %q", f.Type)
	}
	return nil
}
