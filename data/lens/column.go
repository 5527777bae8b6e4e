package lens

import (
	"strconv"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
)

// maxHops bounds how many relations a field path may cross.
const maxHops = 2

// selection is the set of relations that one statement reads: the collection
// asked for and, joined to it, every relation that a path crosses. A joined row
// that the actor may not see is absent, so all that hangs on it reads null.
type selection struct {
	session *session
	root    *relation
	joins   []*join      // parents before children
	index   string       // on SQLite the index to walk down, see walk.go; "" to let it choose
	used    []*column    // every column that the request named, for the audit
	exports bool         // what paths reach over relations must be exportable there, too
	aliases string       // stands before the aliases of what is joined and of related records
	apart   []*selection // the related records that conditions ask for
}

// join is one relation reached over a field.
type join struct {
	*relation
	path   string        // "account" or "account.parent"
	action policy.Action // for which the joined records are permitted
	link   *column       // the field that is crossed
}

// column is one readable expression of a selection. Its cell is null where it is
// empty or hidden.
type column struct {
	rel   *relation
	field *remit.Field // nil for the id
	path  string
	raw   string   // the expression, if nothing is hidden
	mask  []branch // the branches under which it is visible; nil: always
	bare  bool     // raw reads null by itself where it is hidden: no mask need be written around it
}

// Names under which a column may be asked for, for "did you mean".
func (r *relation) names() []string {
	names := []string{remit.IDField}
	for i := range r.coll.Fields {
		if r.known(i) {
			names = append(names, r.coll.Fields[i].Name)
		}
	}
	return names
}

// selection starts a statement over the collection as permitted for the action.
func (s *session) selection(source, collection string, action policy.Action) (*selection, error) {
	permit, err := s.permit(source, collection, action)
	if err != nil {
		return nil, err
	}
	root, err := s.relation(permit, "t")
	if err != nil {
		return nil, err
	}
	return &selection{session: s, root: root}, nil
}

// column resolves a path such as "amount" or "account.industry" over what the
// actor knows. A hidden name and an absent one get the same answer.
func (sel *selection) column(path, place string) (*column, error) {
	if !strings.Contains(path, ".") {
		return sel.known(sel.root, path, path, place)
	}
	parts := strings.Split(path, ".")
	if len(parts) > maxHops+1 {
		return nil, remit.FieldErrorf(place, "%q crosses more than %d relations", path, maxHops)
	}
	rel := sel.root
	for i, hop := range parts[:len(parts)-1] {
		next, err := sel.join(rel, strings.Join(parts[:i+1], "."), hop, sel.action())
		if err != nil {
			return nil, err
		}
		if next == nil {
			return nil, unknownField(rel, hop+".…", place, path)
		}
		rel = next.relation
	}
	return sel.known(rel, parts[len(parts)-1], path, place)
}

// known resolves the last part of a path.
func (sel *selection) known(rel *relation, name, path, place string) (*column, error) {
	c, err := sel.cell(rel, path, name)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, unknownField(rel, name, place, path)
	}
	sel.used = append(sel.used, c)
	return c, nil
}

func unknownField(rel *relation, name, place, path string) error {
	names := rel.names()
	e := remit.FieldErrorf(place, "%s has no field %q; it has %s", rel.coll.Name, clip(path), strings.Join(names, ", "))
	e.Hint = remit.DidYouMean(name, names)
	return e
}

// clip shortens what an error quotes of the caller's own input.
func clip(s string) string {
	if len(s) <= 80 {
		return s
	}
	return strings.ToValidUTF8(s[:80], "") + "…"
}

// action is what a path must be permitted in every collection that it reaches.
func (sel *selection) action() policy.Action {
	if sel.exports {
		return policy.Export
	}
	return policy.View
}

// reach returns the permit for a collection that a relation leads to, nil if the
// actor does not know it.
func (s *session) reach(source, target string, action policy.Action) (*policy.Permit, error) {
	view := s.permitFor(source, target, policy.View)
	switch {
	case !view.Allowed():
		return nil, nil
	case action == policy.View:
		return view, nil
	}
	may, err := s.permit(source, target, action)
	if err != nil {
		return nil, err
	}
	return both(view, may), nil
}

// join returns the relation that hop reaches from rel, nil if the actor knows no
// such hop. The records there are those permitted for the action.
func (sel *selection) join(rel *relation, path, hop string, action policy.Action) (*join, error) {
	for _, j := range sel.joins {
		if j.path == path && j.action == action {
			return j, nil
		}
	}
	i := rel.coll.FieldIndex(hop + "_id")
	if i < 0 || rel.coll.Fields[i].Type != remit.Relation || !rel.known(i) {
		return nil, nil
	}
	f := &rel.coll.Fields[i]
	permit, err := sel.session.reach(rel.coll.Source, f.Target, action)
	if permit == nil || err != nil {
		return nil, err
	}
	target, err := sel.session.relation(permit, sel.aliases+"h"+strconv.Itoa(len(sel.joins)+1))
	if err != nil {
		return nil, err
	}
	link := &column{rel: rel, field: f, raw: cellOf(rel.alias, f.Column), mask: rel.masked(i)}
	j := &join{relation: target, path: path, action: action, link: link}
	sel.joins = append(sel.joins, j)
	return j, nil
}

// cell returns the column of one field of a relation, nil if it is not known.
func (sel *selection) cell(rel *relation, path, name string) (*column, error) {
	if name == remit.IDField {
		return &column{rel: rel, path: path, raw: rel.alias + ".id"}, nil
	}
	i := rel.coll.FieldIndex(name)
	if i < 0 || !rel.known(i) {
		return nil, nil
	}
	f := &rel.coll.Fields[i]
	c := &column{rel: rel, field: f, path: path, raw: cellOf(rel.alias, f.Column), mask: rel.masked(i)}
	if f.Type == remit.Relation {
		return sel.linkCell(rel, c)
	}
	return c, nil
}

// cellOf names a column of a table under its alias.
func cellOf(alias, column string) string { return alias + `."` + column + `"` }

// linkCell makes a relation's cell read null unless the actor may see the record
// that it names: whether a hidden record still exists is nobody's to learn. The id
// is a cell of this collection, so an export of it needs no right to export there.
func (sel *selection) linkCell(rel *relation, c *column) (*column, error) {
	target := sel.session.permitFor(rel.coll.Source, c.field.Target, policy.View)
	if !target.Allowed() {
		c.raw, c.bare = "CAST(NULL AS text)", true
		return c, nil
	}
	if target.Collection.Permanent && target.LastDays == 0 && everyRow(target) {
		return c, nil // the foreign key vouches for it
	}
	hop := strings.TrimSuffix(c.path, "_id")
	j, err := sel.join(rel, hop, strings.TrimSuffix(c.field.Name, "_id"), policy.View)
	if err != nil || j == nil {
		return nil, err
	}
	c.raw, c.bare = j.alias+".id", true // the link's own mask is part of the join
	return c, nil
}

func everyRow(p *policy.Permit) bool {
	for _, b := range p.Branches {
		if b.Scope.IsAll() {
			return true
		}
	}
	return false
}

// writeCell appends the column as the actor sees it: the value, or null.
func (c *column) writeCell(b *builder) {
	if c.mask == nil || c.bare {
		b.put(c.raw)
		return
	}
	b.put("CASE WHEN ")
	c.rel.writeAny(b, c.mask)
	b.put(" THEN ", c.raw, " END")
}

// writeVisible appends a predicate that is true where the cell is not hidden.
func (c *column) writeVisible(b *builder) {
	if c.mask == nil {
		b.put("TRUE")
		return
	}
	c.rel.writeAny(b, c.mask)
}

// writeFrom appends FROM, the joins and the WHERE that the lens demands.
func (sel *selection) writeFrom(b *builder) {
	b.put(" FROM ", quote(sel.root.coll.Table), " ", sel.root.alias)
	if sel.index != "" {
		b.put(" INDEXED BY ", quote(sel.index))
	}
	for _, j := range sel.joins {
		b.put(" LEFT JOIN ", quote(j.coll.Table), " ", j.alias, " ON ", j.alias, ".id = ", j.link.raw, " AND ")
		j.writeRows(b)
		if j.link.mask != nil {
			b.put(" AND ")
			j.link.rel.writeAny(b, j.link.mask)
		}
	}
	b.put(" WHERE ")
	sel.root.writeRows(b)
}

// describe returns how a result names and types the column.
func (c *column) describe() Column {
	if c.field == nil {
		return Column{Name: c.path, Type: remit.Relation, Title: "Id"}
	}
	return Column{Name: c.path, Type: c.field.Type, Title: c.field.Title, Currency: c.field.Currency}
}

// read returns the cell at position i of the row.
func (c *column) read(row sqldb.Row, i int) remit.Value {
	if row.Null(i) {
		return remit.Null
	}
	if c.field == nil {
		return remit.TextValue(row.Text(i))
	}
	switch c.field.Type {
	case remit.Text, remit.Enum, remit.Relation:
		return remit.TextValue(row.Text(i))
	case remit.Integer:
		return remit.IntegerValue(row.Int(i))
	case remit.Decimal:
		return remit.DecimalValue(row.Int(i))
	case remit.Boolean:
		return remit.BooleanValue(row.Bool(i))
	case remit.Currency:
		return remit.MoneyValue(row.Int(i), c.field.Currency)
	case remit.Date:
		return remit.DateValue(row.Date(i))
	case remit.Timestamp:
		return remit.TimeValue(row.Time(i))
	}
	return remit.Null
}
