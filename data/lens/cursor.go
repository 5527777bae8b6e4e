package lens

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/remit-crm/remit"
)

// position is where a page ended: the last record's sort cells, as its reader
// sees them, and its id.
type position struct {
	values []remit.Value
	id     remit.ID
	taken  int // records of the query that came up to it
}

// sealedPosition is a position's form inside a cursor. It is opaque to callers
// and may change between versions of Remit.
type sealedPosition struct {
	ID     remit.ID  `json:"i"`
	Taken  int       `json:"n"`
	Values []*string `json:"v"` // by the sort's columns; null is null
}

// seal returns the cursor of the page that follows the position.
func (list *listing) seal(q Query, p position) string {
	out := sealedPosition{ID: p.id, Taken: p.taken, Values: make([]*string, len(p.values))}
	for i, v := range p.values {
		if v.IsNull() {
			continue
		}
		text := v.Text()
		if v.Type() != remit.Text {
			text = strconv.FormatInt(v.Int(), 10)
		}
		out.Values[i] = &text
	}
	plain, err := json.Marshal(out)
	if err != nil {
		return "" // strings and nulls always encode
	}
	return list.session.lens.sealer.seal(plain, list.binding(q))
}

// open reads a cursor that was made for the same actor and query.
func (list *listing) open(q Query) (*position, error) {
	wrong := remit.FieldErrorf("cursor", "this cursor belongs to another query or person, or is damaged: leave it out to start from the first page")
	plain, ok := list.session.lens.sealer.open(q.Cursor, list.binding(q))
	if !ok {
		return nil, wrong
	}
	var in sealedPosition
	if err := json.Unmarshal(plain, &in); err != nil || len(in.Values) != len(list.order) {
		return nil, wrong
	}
	p := &position{id: in.ID, taken: in.Taken, values: make([]remit.Value, len(in.Values))}
	for i, text := range in.Values {
		if text == nil {
			continue
		}
		v, ok := list.order[i].column.stored(*text)
		if !ok {
			return nil, wrong
		}
		p.values[i] = v
	}
	return p, nil
}

// stored reads a value of the column in the form in which seal wrote it.
func (c *column) stored(text string) (remit.Value, bool) {
	if c.field == nil {
		return remit.TextValue(text), true
	}
	switch c.field.Type {
	case remit.Text, remit.Enum, remit.Relation:
		return remit.TextValue(text), true
	case remit.Integer, remit.Decimal, remit.Boolean, remit.Currency, remit.Date, remit.Timestamp:
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return remit.Null, false
	}
	switch c.field.Type {
	case remit.Decimal:
		return remit.DecimalValue(n), true
	case remit.Boolean:
		return remit.BooleanValue(n == 1), true
	case remit.Currency:
		return remit.MoneyValue(n, c.field.Currency), true
	case remit.Date:
		return remit.DateValue(n), true
	case remit.Timestamp:
		return remit.TimeMicros(n), true
	case remit.Integer, remit.Text, remit.Enum, remit.Relation:
	}
	return remit.IntegerValue(n), true
}

// binding is what a cursor is good for: this person by this AI employee and task,
// and this query. The fields shown and the limit may change between pages.
func (list *listing) binding(q Query) []byte {
	a := list.session.actor
	parts := []string{
		string(a.Person), a.EmployeeKey(), a.Task, a.Tool,
		list.root.coll.Source, list.root.coll.Name, string(q.Filter), strings.Join(q.Sort, ","),
	}
	var b []byte
	for _, p := range parts {
		b = strconv.AppendInt(b, int64(len(p)), 10)
		b = append(b, ':')
		b = append(b, p...)
	}
	return b
}

// writeAfter appends the predicate of all that follows the position in the
// order: for some key, all keys before it are equal and it is beyond.
func (list *listing) writeAfter(b *builder, p *position) {
	b.put("(")
	for i, k := range list.order {
		list.writeEqual(b, p, i)
		k.writeBeyond(b, p.values[i])
		b.put(" OR ")
	}
	list.writeEqual(b, p, len(list.order))
	b.put(list.root.alias, ".id > ").arg(string(p.id)).put(")")
}

// writeEqual appends that the first n keys equal the position's, with a trailing
// AND.
func (list *listing) writeEqual(b *builder, p *position, n int) {
	for i := range n {
		list.order[i].column.writeCell(b)
		if p.values[i].IsNull() {
			b.put(" IS NULL AND ")
			continue
		}
		b.put(" = ").arg(p.values[i]).put(" AND ")
	}
}

// writeBeyond appends that the key lies beyond v; nulls come last.
func (k sortKey) writeBeyond(b *builder, v remit.Value) {
	if v.IsNull() {
		b.put("FALSE")
		return
	}
	op := " > "
	if k.descending {
		op = " < "
	}
	b.put("(")
	k.column.writeCell(b)
	b.put(op).arg(v).put(" OR ")
	k.column.writeCell(b)
	b.put(" IS NULL)")
}
