package lens

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// assignment is one value to be written.
type assignment struct {
	index int // of the field
	field *remit.Field
	value remit.Value
	own   bool // set by the system, not asked for by the caller
}

// assignments reads the values of a change by the fields that the actor knows.
func (sel *selection) assignments(values map[string]json.RawMessage) ([]assignment, error) {
	list := make([]assignment, 0, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		place := "values." + clip(name)
		i := sel.root.coll.FieldIndex(name)
		if i < 0 || !sel.root.known(i) {
			return nil, unknownField(sel.root, name, place, name)
		}
		f := &sel.root.coll.Fields[i]
		if f.ReadOnly {
			return nil, remit.FieldErrorf(place, "%s is kept by the system and cannot be set", name)
		}
		v, err := parseCell(f, values[name])
		if err != nil {
			return nil, at(err, place)
		}
		list = append(list, assignment{index: i, field: f, value: v})
	}
	return list, nil
}

// parseCell reads one JSON value for a field; null and a blank text empty it.
func parseCell(f *remit.Field, raw json.RawMessage) (remit.Value, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var operand any
	if err := dec.Decode(&operand); err != nil {
		return remit.Null, remit.Errorf(remit.KindInvalid, "not well-formed JSON")
	}
	v := remit.Null
	if text, ok := operand.(string); ok && strings.TrimSpace(text) == "" {
		operand = nil
	}
	if operand != nil {
		var err error
		if v, err = parseOperand(f, operand); err != nil {
			return remit.Null, err
		}
	}
	if v.IsNull() && f.Required {
		return remit.Null, remit.Errorf(remit.KindInvalid, "%s may not be empty", f.Name)
	}
	return v, nil
}

// The bounds on a text cell, in bytes. A short text may be indexed, and PostgreSQL
// indexes nothing longer than about 2,700 bytes.
const (
	maxTextBytes = 2_000
	maxLongBytes = 100_000 // where the field's format is "long"
)

func textBound(f *remit.Field) int {
	if f.Format == "long" {
		return maxLongBytes
	}
	return maxTextBytes
}

// CheckLength refuses a value that a cell of the field cannot hold for its length,
// without saying where it stands.
func CheckLength(f *remit.Field, v remit.Value) error {
	if n, most := len(v.Text()), textBound(f); n > most {
		return remit.Errorf(remit.KindInvalid, "the text has %d bytes; at most %d are kept", n, most)
	}
	return nil
}

// checkValues refuses texts that are too long and links to records that the actor
// may not see: naming a record is a read of it (law 7).
func (s *session) checkValues(ctx context.Context, c *remit.Collection, list []assignment) error {
	for _, a := range list {
		place := "values." + a.field.Name
		if err := CheckLength(a.field, a.value); err != nil {
			return remit.FieldErrorf(place, "%s", remit.PublicText(err))
		}
		if a.field.Type != remit.Relation || a.value.IsNull() || a.own {
			continue
		}
		visible, err := s.visible(ctx, c.Source, a.field.Target, a.value)
		if err != nil {
			return err
		}
		if !visible {
			return remit.FieldErrorf(place, "names no record that you may see")
		}
	}
	return nil
}

// visible reports whether the record is in the actor's lens view.
func (s *session) visible(ctx context.Context, source, collection string, id remit.Value) (bool, error) {
	permit := s.permitFor(source, collection, policy.View)
	key := linkKey{collection, id.Text()}
	if !permit.Allowed() || s.known[key] {
		return s.known[key], nil
	}
	rel, err := s.relation(permit, "t")
	if err != nil {
		return false, err
	}
	list := &listing{selection: &selection{session: s, root: rel}}
	list.where = byID(rel, remit.ID(id.Text()))
	n, err := list.total(ctx)
	if n > 0 && s.known != nil {
		s.known[key] = true
	}
	return n > 0, err
}

// byID is the condition that the record is the one.
func byID(rel *relation, id remit.ID) condition {
	return ordered{&column{rel: rel, raw: rel.alias + ".id"}, "=", remit.TextValue(string(id))}
}

// lock holds the record until the transaction ends, so that no other write comes
// between its check and its change. SQLite has one writer as it is.
func (s *session) lock(ctx context.Context, c *remit.Collection, id remit.ID) error {
	if s.lens.db.Dialect() != sqlgen.Postgres {
		return nil
	}
	b := newBuilder(sqlgen.Postgres)
	b.put("SELECT id FROM ", quote(c.Table), " WHERE id = ").arg(string(id)).put(" FOR UPDATE")
	return s.tx.Query(ctx, b.stmt(), ignoreRow)
}

// noteChange tells the audit which fields were set on which record.
func noteChange(e *audit.Entry, c *remit.Collection, id remit.ID, list []assignment) {
	e.Source, e.Collection, e.Rows, e.Records = c.Source, c.Name, 1, []remit.ID{id}
	e.Fields, e.Sensitivity = []string{}, remit.Public
	for _, a := range list {
		e.Fields = append(e.Fields, a.field.Name)
		e.Sensitivity = max(e.Sensitivity, a.field.Sensitivity.OfField())
	}
}
