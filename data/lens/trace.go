package lens

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// tracer names what the rows of one statement came from. It is read in the very
// statement whose result it explains, so that both are of one moment.
type tracer struct {
	*selection
	sources []*source
	masked  []*column // whose cells may be hidden: each row says whether they are
	apart   []*source // of related records that conditions ask for: no row names them
}

// source is one relation of the statement, or a collection that a link of it names.
type source struct {
	Origin
	raw  string // the id's expression
	rel  *relation
	seen map[remit.ID]bool
}

// tracer returns nil where nobody asks. The used columns are all that the result
// was made with; selects are those that decided which records it leaves out.
func (sel *selection) tracer(ctx context.Context, used, selects []*column) (*tracer, error) {
	s := sel.session
	if s.lineage == nil {
		return nil, nil
	}
	t := &tracer{selection: sel}
	t.open(sel.root, sel.root.alias+".id")
	for _, j := range sel.joins {
		t.open(j.relation, j.alias+".id")
		t.of(j.link.rel).use(j.link.field)
	}
	t.openApart(sel)
	for _, c := range used {
		t.use(c, slices.Contains(selects, c))
	}
	for _, src := range slices.Concat(t.sources, t.apart) {
		if err := s.look(ctx, &src.Origin); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (t *tracer) open(rel *relation, raw string) {
	t.sources = append(t.sources, &source{
		Origin: Origin{Source: rel.coll.Source, Collection: rel.coll.Name, Fields: map[string]remit.Sensitivity{}},
		raw:    raw, rel: rel, seen: map[remit.ID]bool{},
	})
}

// openApart opens what conditions on related records read. A record that is there
// and one that is missing decide alike, so the origin is the asker's whole view of
// the collection.
func (t *tracer) openApart(sel *selection) {
	for _, records := range sel.apart {
		t.whole(records.root.coll, records.root)
		for _, j := range records.joins {
			t.whole(j.coll, j.relation)
			t.of(j.link.rel).use(j.link.field)
		}
		t.openApart(records)
	}
}

func (t *tracer) whole(c *remit.Collection, rel *relation) {
	t.apart = append(t.apart, &source{
		Origin: Origin{Source: c.Source, Collection: c.Name, Fields: map[string]remit.Sensitivity{}, Many: true}, rel: rel,
	})
}

func (t *tracer) of(rel *relation) *source {
	for _, src := range t.apart {
		if src.rel == rel {
			return src
		}
	}
	i := slices.IndexFunc(t.sources, func(s *source) bool { return s.rel == rel })
	return t.sources[i]
}

func (s *source) use(f *remit.Field) {
	if f != nil {
		s.Fields[f.Name] = f.Sensitivity.OfField()
	}
}

// use notes a column. One that decides over relations makes each link on the way
// decide as well.
func (t *tracer) use(c *column, selects bool) {
	if c.field == nil {
		return
	}
	src := t.of(c.rel)
	src.use(c.field)
	if slices.Contains(t.apart, src) {
		if target := t.session.snapshot.Model().Collection(c.rel.coll.Source, c.field.Target); target != nil && !c.bare {
			t.whole(target, nil)
		}
		return
	}
	if selects {
		src.selectBy(c.field.Name)
		t.selectOver(c.rel)
	}
	if c.mask != nil && !slices.ContainsFunc(t.masked, func(m *column) bool { return m.rel == c.rel && m.field == c.field }) {
		t.masked = append(t.masked, c)
	}
	if c.field.Type == remit.Relation && !c.bare { // no join vouches for what it names
		t.sources = append(t.sources, &source{
			Origin: Origin{Source: c.rel.coll.Source, Collection: c.field.Target},
			raw:    c.raw, seen: map[remit.ID]bool{},
		})
	}
}

func (t *tracer) selectOver(rel *relation) {
	for _, j := range t.joins {
		if j.relation == rel {
			t.of(j.link.rel).selectBy(j.link.field.Name)
			t.selectOver(j.link.rel)
		}
	}
}

func (s *source) selectBy(field string) {
	if !slices.Contains(s.Selects, field) {
		s.Selects = append(s.Selects, field)
	}
}

// write appends a text that says of one row where it came from: the ids, and for
// each cell that may be hidden whether it is shown.
func (t *tracer) write(b *builder) {
	for i, src := range t.sources {
		if i > 0 {
			b.put(" || ',' || ")
		}
		b.put("COALESCE(", src.raw, ", '')")
	}
	for _, c := range t.masked {
		b.put(" || ',' || CASE WHEN ")
		c.writeVisible(b)
		b.put(" THEN '1' ELSE '0' END")
	}
}

// around appends to the columns of a statement of figures one with the traces of
// the records that they rest on, as many as are kept and one more.
func (t *tracer) around(figures func(*builder), where condition) sqldb.Stmt {
	b := newBuilder(t.session.lens.db.Dialect())
	b.put("SELECT * FROM (")
	figures(b)
	b.put(") figures CROSS JOIN (SELECT ")
	if b.dialect == sqlgen.Postgres {
		b.put("string_agg(one, ';')")
	} else {
		b.put("group_concat(one, ';')")
	}
	b.put(" FROM (SELECT ")
	t.write(b)
	b.put(" AS one")
	t.writeFrom(b)
	b.put(" AND ")
	where.write(b)
	b.put(" LIMIT ", strconv.Itoa(MaxOrigins+1), ") sources) traces")
	return b.stmt()
}

// readAll takes the column that around appended.
func (t *tracer) readAll(row sqldb.Row, i int) {
	if row.Null(i) {
		return
	}
	for one := range strings.SplitSeq(row.Text(i), ";") {
		t.read(one)
	}
}

// read takes one row's trace.
func (t *tracer) read(one string) {
	parts := strings.Split(one, ",")
	if len(parts) != len(t.sources)+len(t.masked) {
		for _, src := range t.sources {
			src.Many = true // never: and if ever, the stricter rule applies
		}
		return
	}
	fresh := make([]bool, len(t.sources))
	for i, src := range t.sources {
		id := remit.ID(parts[i])
		if id == "" || src.seen[id] {
			continue
		}
		fresh[i], src.seen[id] = true, true
		src.Records = append(src.Records, id)
	}
	for j, c := range t.masked {
		i := slices.IndexFunc(t.sources, func(s *source) bool { return s.rel == c.rel })
		if fresh[i] && parts[len(t.sources)+j] == "0" {
			t.sources[i].hide(remit.ID(parts[i]), c.field.Name)
		}
	}
}

func (s *source) hide(id remit.ID, field string) {
	if n := len(s.Hidden); n > 0 && s.Hidden[n-1].Record == id {
		s.Hidden[n-1].Fields = append(s.Hidden[n-1].Fields, field)
		return
	}
	s.Hidden = append(s.Hidden, HiddenCells{Record: id, Fields: []string{field}})
}

// done hands over what was found.
func (t *tracer) done() {
	for _, src := range t.sources {
		if len(src.Records) > MaxOrigins {
			src.Records, src.Hidden, src.Many = nil, nil, true
		}
		slices.Sort(src.Records)
		t.session.lineage.add(src.Origin)
	}
	for _, src := range t.apart {
		t.session.lineage.add(src.Origin)
	}
}
