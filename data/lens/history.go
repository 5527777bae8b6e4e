package lens

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
)

// OpHistory is the operation of [Lens.History] in the audit log.
const OpHistory audit.Operation = "history"

// maxChanges bounds a page of a history.
const maxChanges = 200

// HistoryQuery asks for the changes of one record, the newest first.
type HistoryQuery struct {
	Source     string
	Collection string
	ID         remit.ID
	Cursor     string // History.NextCursor of the page before; "": the newest
	Limit      *int   // changes of a page, 1 to 200; nil: DefaultLimit
}

// History is a page of the changes of one record, as far as its reader sees now what
// was changed. Changes of hidden fields are absent, and so is what changed from one
// hidden link to another: neither the order nor the paging tells of them.
type History struct {
	Collection string                 `json:"collection"`
	ID         remit.ID               `json:"id"`
	Changes    []FieldChange          `json:"changes" nullable:"false" doc:"The newest first."`
	Titles     map[string]remit.Value `json:"titles,omitempty" doc:"What the records that are named in changes are called, as far as you see it."`
	NextCursor string                 `json:"next_cursor,omitempty" doc:"Absent on the last page."`
}

// FieldChange is one change of one field, or the creation of the record.
type FieldChange struct {
	At     remit.Value `json:"at"`
	Action string      `json:"action" enum:"create,update"`
	Field  string      `json:"field,omitempty" doc:"Absent for the creation."`
	Before remit.Value `json:"before"`
	After  remit.Value `json:"after"`
	By     ChangedBy   `json:"by"`
}

// ChangedBy tells who made a change.
type ChangedBy struct {
	Kind     string       `json:"kind" enum:"human,ai,import,workflow"`
	Person   *NamedPerson `json:"person,omitempty" doc:"For whom it was made; absent where you may not see them."`
	Employee string       `json:"employee,omitempty" doc:"The AI employee that made it."`
	Task     string       `json:"task,omitempty"`
	Run      remit.ID     `json:"run,omitempty"`

	person remit.ID
}

// NamedPerson is a record with what it is called.
type NamedPerson struct {
	ID   remit.ID    `json:"id"`
	Name remit.Value `json:"name"`
}

// History returns the changes of a record that the actor may see, of the fields
// that the actor sees on it now. Errors: NotFound for a record that is absent or
// hidden, Invalid for a limit or cursor.
func (l *Lens) History(ctx context.Context, actor remit.Actor, q HistoryQuery) (*History, error) {
	e := &audit.Entry{Operation: OpHistory, Source: q.Source, Collection: q.Collection, Details: map[string]any{"id": string(q.ID), "cursor": q.Cursor != ""}}
	var h *History
	err := l.govern(ctx, actor, e, func(s *session) (err error) {
		h, err = s.history(ctx, q, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	return h, nil
}

func (s *session) history(ctx context.Context, q HistoryQuery, e *audit.Entry) (*History, error) {
	past, err := s.past(ctx, q)
	if err != nil {
		return nil, err
	}
	h := &History{Collection: past.root.coll.Name, ID: q.ID, Changes: []FieldChange{}}
	if h.NextCursor, err = past.page(ctx, h); err != nil {
		return nil, err
	}
	past.noteFields(e)
	e.Rows, e.Records = int64(len(h.Changes)), []remit.ID{q.ID}
	if err := s.nameChanges(ctx, past.root.coll, h, e); err != nil {
		return nil, err
	}
	s.drawn = e.Rows
	return h, nil
}

// past is a resolved HistoryQuery.
type past struct {
	*selection
	id      remit.ID
	columns []*column
	limit   int
	left    int64 // how many of the oldest are still to be shown; -1: all
	binding []byte
}

func (s *session) past(ctx context.Context, q HistoryQuery) (*past, error) {
	sel, err := s.selection(q.Source, q.Collection, policy.View)
	if err != nil {
		return nil, err
	}
	p := &past{selection: sel, id: q.ID, left: -1}
	if p.limit, err = limitFor(q.Limit, sel.root.permit.Rows); err != nil {
		return nil, err
	}
	p.limit = min(p.limit, maxChanges)
	if p.columns, err = sel.columnsFor(nil); err != nil {
		return nil, err
	}
	there, err := s.visible(ctx, q.Source, q.Collection, remit.TextValue(string(q.ID)))
	if err != nil {
		return nil, err
	}
	if !there || !q.ID.Valid() {
		return nil, noRecord(sel.root.coll.Name)
	}
	list := &listing{selection: sel}
	p.binding = append(list.binding(Query{Sort: []string{"history"}}), q.ID...)
	if q.Cursor == "" {
		return p, nil
	}
	plain, ok := s.lens.sealer.open(q.Cursor, p.binding)
	if !ok || len(plain) != 8 {
		return nil, remit.FieldErrorf("cursor", "this cursor belongs to another record or person, or is damaged: leave it out to start from the newest change")
	}
	p.left = int64(binary.BigEndian.Uint64(plain)) // #nosec G115 -- sealed by page, which counted it
	return p, nil
}

// page reads a page. A cursor says how many visible changes are older: neither a
// hidden change nor a new one moves what it means.
func (p *past) page(ctx context.Context, h *History) (cursor string, err error) {
	s := p.session
	read := func(row sqldb.Row) error {
		h.Changes = append(h.Changes, p.read(row))
		return nil
	}
	if p.left >= 0 {
		from := max(p.left-int64(p.limit), 0)
		err = s.last(ctx, p.statement("ASC", p.left-from, from), read)
		slices.Reverse(h.Changes)
		return p.cursor(from), err
	}
	if err := s.last(ctx, p.statement("DESC", int64(p.limit)+1, 0), read); err != nil || len(h.Changes) <= p.limit {
		return "", err
	}
	h.Changes = h.Changes[:p.limit]
	var all int64
	err = s.last(ctx, p.countStatement(), func(row sqldb.Row) error {
		all = row.Int(0)
		return nil
	})
	return p.cursor(all - int64(p.limit)), err
}

func (p *past) cursor(left int64) string {
	if left <= 0 {
		return ""
	}
	return p.session.lens.sealer.seal(binary.BigEndian.AppendUint64(nil, uint64(left)), p.binding)
}

// statement reads changes in one statement with the record that they are of: what
// of it is hidden at this moment hides what was written there.
func (p *past) statement(direction string, limit, offset int64) sqldb.Stmt {
	b := newBuilder(p.root.dialect())
	b.put("SELECT c.field, c.action, c.before_value, c.after_value, ")
	p.writeLinkSeen(b, "before_value")
	b.put(", ")
	p.writeLinkSeen(b, "after_value")
	b.put(", c.kind, c.person_id, c.employee, c.task, c.run, c.changed_at")
	p.writeChanges(b)
	b.put(" ORDER BY c.version ", direction, ", c.field ", direction, " LIMIT ").arg(limit).put(" OFFSET ").arg(offset)
	return b.stmt()
}

func (p *past) countStatement() sqldb.Stmt {
	b := newBuilder(p.root.dialect())
	b.put("SELECT COUNT(*)")
	p.writeChanges(b)
	return b.stmt()
}

// writeChanges appends FROM and WHERE: the changes of the record, provided that its
// row is visible, of those of its cells that are.
func (p *past) writeChanges(b *builder) {
	b.put(" FROM field_changes c WHERE c.data_source = ").arg(p.root.coll.Source)
	b.put(" AND c.collection = ").arg(p.root.coll.Name).put(" AND c.record_id = ").arg(string(p.id))
	b.put(" AND EXISTS (SELECT 1")
	p.writeFrom(b)
	b.put(" AND ", p.root.alias, ".id = c.record_id AND (FALSE")
	for _, c := range p.columns {
		b.put(" OR (c.field = ").arg(p.recordedAs(c)).put(" AND ")
		c.writeVisible(b)
		if c.field.Type == remit.Relation {
			b.put(" AND (")
			p.writeTarget(b, c, "before_value")
			b.put(" OR ")
			p.writeTarget(b, c, "after_value")
			b.put(")")
		}
		b.put(")")
	}
	b.put("))")
}

// recordedAs returns the field under which changes of the column are found. Who
// sees when a record was created sees its creation.
func (p *past) recordedAs(c *column) string {
	if c.field.Name == "created_at" {
		return ""
	}
	return c.field.Name
}

// writeLinkSeen appends whether the value is one that the actor sees: of a link,
// only if it leads to a visible record.
func (p *past) writeLinkSeen(b *builder, value string) {
	b.put("CASE c.field")
	for _, c := range p.columns {
		if c.field.Type == remit.Relation {
			b.put(" WHEN ").arg(c.field.Name).put(" THEN ")
			p.writeTarget(b, c, value)
		}
	}
	b.put(" WHEN '' THEN FALSE ELSE TRUE END")
}

// writeTarget appends whether the value of the change names a record that the actor
// may see.
func (p *past) writeTarget(b *builder, c *column, value string) {
	target, err := p.target(c.field)
	if err != nil || target == nil {
		b.put("FALSE")
		return
	}
	b.put("EXISTS (SELECT 1 FROM ", quote(target.coll.Table), " l WHERE l.id = c.", value, " AND ")
	target.writeRows(b)
	b.put(")")
}

// target returns the relation's collection as the actor sees it, nil for nothing.
func (p *past) target(f *remit.Field) (*relation, error) {
	permit := p.session.permitFor(p.root.coll.Source, f.Target, policy.View)
	if !permit.Allowed() {
		return nil, nil
	}
	return p.session.relation(permit, "l")
}

func (p *past) read(row sqldb.Row) FieldChange {
	change := FieldChange{
		At: remit.TimeMicros(row.Micros(11)), Action: row.Text(1), Field: row.Text(0),
		By: ChangedBy{Kind: row.Text(6), person: remit.ID(row.Text(7)), Employee: row.Text(8), Task: row.Text(9), Run: remit.ID(row.Text(10))},
	}
	for _, c := range p.columns {
		if c.field.Name != change.Field {
			continue
		}
		if row.Bool(4) && !row.Null(2) {
			change.Before, _ = c.stored(row.Text(2))
		}
		if row.Bool(5) && !row.Null(3) {
			change.After, _ = c.stored(row.Text(3))
		}
	}
	return change
}
