package lens

import (
	"context"
	"strconv"

	"github.com/remit-crm/remit"
)

// origin says what kind of hand made a change. Whatever a write does not know of
// itself counts as human.
type origin string

const (
	byHuman  origin = "human"
	byAI     origin = "ai"
	byImport origin = "import"
)

// The actions of a row of field_changes. Creations and deletions are of no field.
const (
	recordCreated = "create"
	fieldUpdated  = "update"
	recordDeleted = "delete"
)

// changeColumns are the columns of field_changes that a write fills, in the order
// of provenance.put.
var changeColumns = []string{
	"data_source", "collection", "record_id", "version", "field", "action", "before_value", "after_value",
	"kind", "person_id", "employee", "task", "conversation", "run", "operator", "request", "changed_at",
}

// by returns what the rows of one write have in common: who, for whom, when.
func (s *session) by() []any {
	a, kind := s.actor, byHuman
	switch {
	case a.AI():
		kind = byAI
	case s.imports:
		kind = byImport
	}
	return []any{
		string(kind), string(a.Person), orNull(a.EmployeeKey()), orNull(a.Task), orNull(string(a.Conversation)),
		orNull(string(a.Run)), orNull(a.Operator), orNull(a.Request), s.now,
	}
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// storedText returns a value in the form in which cursors and field_changes keep
// it; column.stored reads it.
func storedText(v remit.Value) any {
	switch {
	case v.IsNull():
		return nil
	case v.Type() == remit.Text:
		return v.Text()
	}
	return strconv.FormatInt(v.Int(), 10)
}

// keepChanges records what the update is about to write, and what stands there now.
// What stands in a link is read from the row: its writer may see null where it
// leads to a hidden record.
func (s *session) keepChanges(ctx context.Context, c *remit.Collection, id remit.ID, list []assignment, current *Page) error {
	b, by := s.changes(), s.by()
	for i, a := range list {
		if i > 0 {
			b.put(", ")
		}
		s.writeChange(b, c, id, a.field.Name, fieldUpdated)
		if a.field.Type == remit.Relation {
			b.put("(SELECT ", quote(a.field.Column), " FROM ", quote(c.Table), " WHERE id = ").arg(string(id)).put(")")
		} else {
			b.arg(storedText(current.cell(0, a.field.Name)))
		}
		b.put(", ").arg(storedText(a.value))
		closeChange(b, by)
	}
	_, err := s.tx.Exec(ctx, b.stmt())
	return err
}

// keepDeletion records that the record is about to be deleted.
func (s *session) keepDeletion(ctx context.Context, c *remit.Collection, id remit.ID) error {
	b := s.changes()
	s.writeChange(b, c, id, "", recordDeleted)
	b.arg(nil).put(", ").arg(nil)
	closeChange(b, s.by())
	_, err := s.tx.Exec(ctx, b.stmt())
	return err
}

// changes begins an INSERT into field_changes.
func (s *session) changes() *builder {
	b := newBuilder(s.lens.db.Dialect())
	b.put("INSERT INTO field_changes (")
	for i, name := range changeColumns {
		if i > 0 {
			b.put(", ")
		}
		b.put(name)
	}
	return b.put(") VALUES ")
}

// writeChange begins a row, up to its values.
func (s *session) writeChange(b *builder, c *remit.Collection, id remit.ID, field, action string) {
	b.put("(").arg(c.Source).put(", ").arg(c.Name).put(", ").arg(string(id))
	b.put(", (SELECT version + 1 FROM ", quote(c.Table), " WHERE id = ").arg(string(id)).put("), ")
	b.arg(field).put(", ").arg(action).put(", ")
}

func closeChange(b *builder, by []any) {
	for _, v := range by {
		b.put(", ").arg(v)
	}
	b.put(")")
}

// mostKept is how many creations are gathered before they are written.
const mostKept = 2000

// keepCreation records that the record has been created: one row, written with
// those of other records of the same batch.
func (s *session) keepCreation(ctx context.Context, c *remit.Collection, id remit.ID) error {
	row := append([]any{c.Source, c.Name, string(id), int64(1), "", recordCreated, nil, nil}, s.by()...)
	if s.creations = append(s.creations, row); len(s.creations) < mostKept {
		return nil
	}
	return s.flushCreations(ctx)
}

func (s *session) flushCreations(ctx context.Context) error {
	rows := s.creations
	s.creations = nil
	switch len(rows) {
	case 0:
		return nil
	case 1:
		b := s.changes().put("(")
		for i, v := range rows[0] {
			if i > 0 {
				b.put(", ")
			}
			b.arg(v)
		}
		_, err := s.tx.Exec(ctx, b.put(")").stmt())
		return err
	}
	return s.tx.Insert(ctx, "field_changes", changeColumns, rows)
}

// cell returns the page's value of a column, null where it has none.
func (p *Page) cell(record int, name string) remit.Value {
	for i, c := range p.Columns {
		if c.Name == name {
			return p.Records[record].Values[i]
		}
	}
	return remit.Null
}
