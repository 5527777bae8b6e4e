package lens

import (
	"context"
	"maps"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/sqlguard"
)

// viewPrefix sets the names of views apart from those of tables, which the views'
// own statements name.
const viewPrefix = "lens_"

// sqlSchema is what the actor may name in a statement: the collections of the main
// source of which something may be seen, with the fields that are known.
func (s *session) sqlSchema() (*sqlguard.Schema, error) {
	schema := &sqlguard.Schema{Now: s.now, Location: s.snapshot.location}
	for _, c := range s.snapshot.Model().Collections {
		permit := s.permitFor(c.Source, c.Name, policy.View)
		if c.Source != remit.MainSource || !permit.Allowed() {
			continue
		}
		rel, err := s.relation(permit, "t")
		if err != nil {
			return nil, err
		}
		if len(rel.branches) > 0 {
			schema.Tables = append(schema.Tables, sqlTable(rel))
		}
	}
	return schema, nil
}

func sqlTable(rel *relation) sqlguard.Table {
	table := sqlguard.Table{Name: rel.coll.Name, View: viewPrefix + rel.coll.Name, Whole: true}
	if rel.coll.Field(remit.IDField) == nil {
		table.Columns = append(table.Columns, sqlguard.Column{Name: remit.IDField, Type: sqlguard.Type{Kind: sqlguard.Text}})
	}
	for i := range rel.coll.Fields {
		f := &rel.coll.Fields[i]
		if !rel.known(i) {
			table.Whole = false
			continue
		}
		table.Columns = append(table.Columns, sqlguard.Column{Name: f.Name, Type: sqlguard.TypeOf(f)})
	}
	return table
}

// sqlUse is a collection that a statement uses, with the fields that it uses.
type sqlUse struct {
	session *session
	permit  *policy.Permit
	name    string
	fields  []string
}

func (s *session) sqlUses(q *sqlguard.Query) ([]sqlUse, error) {
	var uses []sqlUse
	for _, u := range q.Uses() {
		permit, err := s.permit(remit.MainSource, u.Table.Name, policy.View)
		if err != nil {
			return nil, err
		}
		use := sqlUse{session: s, permit: permit, name: u.Table.View}
		for _, i := range u.Columns {
			use.fields = append(use.fields, u.Table.Columns[i].Name)
		}
		uses = append(uses, use)
	}
	return uses, nil
}

// view writes what the statement may read of the collection: the visible rows, with
// the cells of the fields that it uses, hidden ones null. One that only counts rows
// gets their ids.
func (u *sqlUse) view() (sqldb.View, error) {
	sel, err := u.session.selection(remit.MainSource, u.permit.Collection.Name, policy.View)
	if err != nil {
		return sqldb.View{}, err
	}
	v := sqldb.View{Name: u.name, Columns: u.fields}
	if len(v.Columns) == 0 {
		v.Columns = []string{remit.IDField}
	}
	b := newBuilder(sel.root.dialect())
	b.put("SELECT ")
	for i, name := range v.Columns {
		c, err := sel.column(name, "statement")
		if err != nil {
			return sqldb.View{}, err
		}
		if i > 0 {
			b.put(", ")
		}
		c.writeCell(b)
	}
	sel.writeFrom(b)
	// SQLite tells the authorizer of a table of which nothing is used that it is read
	// from outside of every view.
	b.put(" AND ", sel.root.alias, ".id IS NOT NULL")
	v.Stmt = b.stmt()
	return v, nil
}

// sensitivity returns the highest one of the fields.
func (u *sqlUse) sensitivity() remit.Sensitivity {
	highest := remit.Public
	for _, name := range u.fields {
		if f := u.permit.Collection.Field(name); f != nil {
			highest = max(highest, f.Sensitivity.OfField())
		}
	}
	return highest
}

// trace notes what the answer came from. Which records it rests on is not known, so
// the asker's whole view stands for them, and that of each collection which a link
// names: the link is null where the record is hidden.
func (r *sqlRun) trace(ctx context.Context) error {
	s := r.session
	if s.lineage == nil {
		return nil
	}
	linked := map[string]bool{}
	for _, u := range r.used {
		o := Origin{Source: remit.MainSource, Collection: u.permit.Collection.Name, Fields: map[string]remit.Sensitivity{}, Many: true}
		for _, name := range u.fields {
			f := u.permit.Collection.Field(name)
			if f == nil {
				continue
			}
			o.Fields[name] = f.Sensitivity.OfField()
			if f.Type == remit.Relation {
				linked[f.Target] = true
			}
		}
		o.Selects = slices.Sorted(maps.Keys(o.Fields))
		if err := s.traceView(ctx, o); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(linked)) {
		if err := s.traceView(ctx, Origin{Source: remit.MainSource, Collection: name, Many: true}); err != nil {
			return err
		}
	}
	return nil
}

// traceView notes an origin of whose collection the asker sees something.
func (s *session) traceView(ctx context.Context, o Origin) (err error) {
	if !s.permitFor(o.Source, o.Collection, policy.View).Allowed() {
		return nil
	}
	if err = s.look(ctx, &o); err == nil {
		s.lineage.add(o)
	}
	return err
}
