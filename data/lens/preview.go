package lens

import (
	"context"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope"
)

// OpPreview is a preview, as the audit log names it.
const OpPreview audit.Operation = "policy.preview"

// Preview asks which records of a collection another person would see.
type Preview struct {
	Source     string
	Collection string
	Person     remit.ID
	Limit      *int

	// Under is the policy to judge by: the one that holds, or one that is made from
	// its data model and has its epoch.
	Under *policy.Policy
	// Rows asks for the records of one row scope instead of all that the person
	// may view.
	Rows *scope.Predicate

	Details map[string]any // for the audit
}

// Previewed is what a preview shows.
type Previewed struct {
	Page   *Page    // the records that both the person and the actor may see; a cell that either may not see is hidden
	Fields []string // that the person would know
}

// Preview returns records that the other person would see, as far as the actor may
// see them too. It looks through the actor's own lens: a record of which the
// actor may not see every cell that decides the matter is left out, and counted
// nowhere, so that nothing hidden can be inferred. A field that decides and that the
// actor does not know at all is refused.
func (l *Lens) Preview(ctx context.Context, actor remit.Actor, p Preview) (*Previewed, error) {
	e := &audit.Entry{Operation: OpPreview, Source: p.Source, Collection: p.Collection, Details: p.Details}
	var shown *Previewed
	err := l.govern(ctx, actor, e, func(s *session) (err error) {
		shown, err = s.preview(ctx, p, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	return shown, nil
}

func (s *session) preview(ctx context.Context, p Preview, e *audit.Entry) (*Previewed, error) {
	list, err := s.listing(Query{Source: p.Source, Collection: p.Collection, Limit: p.Limit})
	if err != nil {
		return nil, err
	}
	seen, err := s.sightOf(ctx, p, list.root)
	if err != nil {
		return nil, err
	}
	list.columns = slices.DeleteFunc(list.columns, func(c *column) bool { return !seen.knows(c.path) })
	list.where = seen
	list.used = append(list.used, seen.inner.used...)
	page := &Page{Collection: list.root.coll.Name, Columns: describeAll(list.columns)}
	shown := &Previewed{Page: page, Fields: seen.fields()}
	total, err := list.total(ctx)
	if err != nil {
		return nil, err
	}
	page.Total = &total
	if _, _, err := list.fetch(ctx, page); err != nil {
		return nil, err
	}
	list.note(e, page)
	s.drawn = 0 // the actor is a person
	return shown, seen.mask(ctx, page)
}

// sight is what another person sees of a collection, judged by the cells that the
// actor sees. As a condition it is true of the records that both see.
type sight struct {
	inner    *selection // of the actor, over the same collection
	deciding []*column  // cells that decide, all of which must be visible
	columns  []*column  // of the record itself, in the model's order; nil: the actor does not know it
	person   *relation  // the other person's, under the alias of the sub-select
}

const previewAlias = "p"

func (s *session) sightOf(ctx context.Context, p Preview, root *relation) (*sight, error) {
	other, permit, err := s.other(ctx, p, root.coll)
	if err != nil {
		return nil, err
	}
	inner, err := s.selection(p.Source, p.Collection, policy.View)
	if err != nil {
		return nil, err
	}
	v := &sight{inner: inner, columns: make([]*column, len(root.coll.Fields))}
	if v.person, err = other.relation(permit, previewAlias); err != nil {
		return nil, err
	}
	for i := range root.coll.Fields {
		name := root.coll.Fields[i].Name
		if v.columns[i], err = inner.cell(inner.root, name, name); err != nil {
			return nil, err
		}
	}
	return v, v.decide(permit)
}

// other resolves the person that the preview is about, and the permit that it asks
// for.
func (s *session) other(ctx context.Context, p Preview, coll *remit.Collection) (*session, *policy.Permit, error) {
	if p.Under == nil || p.Under.Epoch != s.snapshot.Epoch {
		return nil, nil, errUnsettled()
	}
	person, err := s.lens.directory.Person(ctx, p.Person)
	if err != nil {
		return nil, nil, err
	}
	other := &session{lens: s.lens, actor: remit.Actor{Person: p.Person, Channel: s.actor.Channel}, snapshot: s.snapshot, person: person, now: s.now}
	other.resolveUser(ctx)
	if p.Rows != nil {
		every := make([]bool, len(coll.Fields))
		for i := range every {
			every[i] = true
		}
		return other, &policy.Permit{Collection: coll, Action: policy.View, Branches: []policy.Branch{{Fields: every, Scope: p.Rows}}}, nil
	}
	permit := *p.Under.Permit(other.subject, coll.Source, coll.Name, policy.View, s.now)
	permit.Collection = coll // also where nothing is granted
	return other, &permit, nil
}

// decide resolves every cell that the person's rows and cells hang on, through the
// actor's lens.
func (v *sight) decide(permit *policy.Permit) error {
	var paths []string
	for _, b := range permit.Branches {
		for _, f := range b.Scope.Fields() {
			paths = append(paths, f.Path())
			for i := range f.Hops { // the links that lead there decide as well
				hop := scope.Field{Hops: f.Hops[:i], Name: f.Hops[i].Relation.Name}
				paths = append(paths, hop.Path())
			}
		}
	}
	if v.person.since != nil {
		paths = append(paths, permit.Collection.TimeField)
	}
	slices.Sort(paths)
	for _, path := range slices.Compact(paths) {
		c, err := v.inner.column(path, "expression")
		if err != nil {
			return blind(permit.Collection.Name, path)
		}
		v.deciding = append(v.deciding, c)
	}
	return nil
}

func blind(collection, path string) error {
	e := remit.Errorf(remit.KindDenied, "which records these are depends on %s.%s, which you may not see yourself", collection, path)
	e.Hint = "ask somebody whose roles show it"
	return e
}

// write implements [condition].
func (v *sight) write(b *builder) {
	b.put("t.id IN (SELECT ", previewAlias, ".id FROM (")
	v.writeSeen(b)
	b.put(") ", previewAlias, " WHERE ")
	v.person.writeSeen(b)
	b.put(")")
}

// writeSeen writes the sub-select of the records and cells as the actor sees them,
// under the names that they have in the table, so that the other person's scopes
// read them in place of the table.
func (v *sight) writeSeen(b *builder) {
	b.put("SELECT ", v.inner.root.alias, ".id")
	for i, c := range v.columns {
		if c == nil {
			continue
		}
		b.put(", ")
		c.writeCell(b)
		b.put(" AS ", quote(v.inner.root.coll.Fields[i].Column))
	}
	v.inner.writeFrom(b)
	for _, c := range v.deciding {
		b.put(" AND ")
		v.writeDecided(b, c)
	}
}

// writeDecided demands that the actor sees the cell. Where it lies behind a link,
// the link reads null, or the actor sees the record that it leads to: the person's
// scope follows the links of the tables, and must find nothing there that the actor
// would not.
func (v *sight) writeDecided(b *builder, c *column) {
	if c.rel == v.inner.root {
		c.writeVisible(b)
		return
	}
	b.put("(")
	v.link(c).writeCell(b)
	b.put(" IS NULL OR (", c.rel.alias, ".id IS NOT NULL AND ")
	c.writeVisible(b)
	b.put("))")
}

// link returns the cell of the first link on the way to the column.
func (v *sight) link(c *column) *column {
	first, _, _ := strings.Cut(c.path, ".")
	return v.columns[v.inner.root.coll.FieldIndex(first+"_id")]
}

// writeSeen appends the predicate of the relation's rows over a sub-select, in
// which deleted records are gone already.
func (r *relation) writeSeen(b *builder) {
	if len(r.branches) == 0 {
		b.put("FALSE")
		return
	}
	b.put("TRUE")
	if r.since != nil {
		b.put(" AND ", r.alias, ".", quote(r.timeCol), " >= ").arg(r.since)
	}
	if !r.everyRow {
		b.put(" AND ")
		r.writeAny(b, r.branches)
	}
}

func (v *sight) knows(field string) bool {
	i := v.person.coll.FieldIndex(field)
	return i >= 0 && v.person.known(i)
}

func (v *sight) fields() []string {
	names := []string{}
	for i := range v.person.coll.Fields {
		if v.person.known(i) {
			names = append(names, v.person.coll.Fields[i].Name)
		}
	}
	return names
}

// mask hides the cells that the other person would not see.
func (v *sight) mask(ctx context.Context, page *Page) error {
	for i, c := range page.Columns {
		branches := v.person.masked(v.person.coll.FieldIndex(c.Name))
		if branches == nil || len(page.Records) == 0 {
			continue
		}
		visible, err := v.visible(ctx, page, branches)
		if err != nil {
			return err
		}
		for j := range page.Records {
			r := &page.Records[j]
			if !visible[r.ID] && !slices.Contains(r.Hidden, c.Name) {
				r.Values[i] = remit.Null
				r.Hidden = append(r.Hidden, c.Name)
			}
		}
	}
	return nil
}

// visible returns the page's records on which one of the branches holds.
func (v *sight) visible(ctx context.Context, page *Page, branches []branch) (map[remit.ID]bool, error) {
	b := newBuilder(v.inner.root.dialect())
	b.put("SELECT ", previewAlias, ".id FROM (")
	v.writeSeen(b)
	b.put(" AND ", v.inner.root.alias, ".id IN (")
	for i := range page.Records {
		if i > 0 {
			b.put(", ")
		}
		b.arg(string(page.Records[i].ID))
	}
	b.put(")) ", previewAlias, " WHERE ")
	v.person.writeAny(b, branches)
	visible := make(map[remit.ID]bool, len(page.Records))
	s := v.inner.session
	s.gated = false // what follows is read after the gate: it must be asked again
	err := s.read(ctx, b.stmt(), func(row sqldb.Row) error {
		visible[remit.ID(row.Text(0))] = true
		return nil
	})
	return visible, err
}
