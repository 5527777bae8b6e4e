package lens

import (
	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// relation is one collection as the actor sees it within one statement: the
// table under an alias, the predicate of the visible rows, and for each field
// the predicate under which its cell is visible. Whatever a request does runs
// over the columns of a relation and never over a table.
type relation struct {
	lens     *Lens
	alias    string
	coll     *remit.Collection
	permit   *policy.Permit
	branches []branch
	everyRow bool   // some branch holds every row
	since    any    // lower bound of the time field, nil for none
	timeCol  string // column of the time field, if since is set
}

// branch is one role's share of the relation, bound to the person.
type branch struct {
	fields []bool
	all    bool // every row: text is empty
	text   string
	args   []any
	lookUp bool // the rows are found by looking people or departments up
	scope  *scope.Predicate
}

// relation returns the collection under the permit, bound to the session's
// person. A branch whose attributes fail to bind is closed.
func (s *session) relation(permit *policy.Permit, alias string) (*relation, error) {
	r := &relation{lens: s.lens, alias: alias, coll: permit.Collection, permit: permit}
	for _, b := range permit.Branches {
		bound, open, err := s.bind(b.Scope, alias)
		if err != nil {
			return nil, err
		}
		if !open {
			continue
		}
		bound.fields = b.Fields
		r.branches = append(r.branches, bound)
		r.everyRow = r.everyRow || bound.all
	}
	if permit.LastDays > 0 {
		s.limitTime(r, permit.LastDays)
	}
	return r, nil
}

// bind renders a scope under the alias and binds it to the person; open is false
// where it can match nothing.
func (s *session) bind(p *scope.Predicate, alias string) (bound branch, open bool, err error) {
	if p == nil || p.IsNone() {
		return branch{}, false, nil
	}
	if p.IsAll() {
		return branch{all: true}, true, nil
	}
	f, err := s.lens.fragment(p, alias, false)
	if err != nil {
		return branch{}, false, err
	}
	args, err := f.Bind(s.user)
	if err != nil {
		return branch{}, false, nil //nolint:nilerr // a rule that cannot be bound is closed (SCOPE.md)
	}
	return branch{text: f.SQL, args: args, lookUp: f.LooksUp, scope: p}, true, nil
}

// testEach rewrites the predicate of the rows for a plan that walks past most of
// them. The arguments stay.
func (r *relation) testEach() error {
	for i := range r.branches {
		b := &r.branches[i]
		if !b.lookUp {
			continue
		}
		f, err := r.lens.fragment(b.scope, r.alias, true)
		if err != nil {
			return err
		}
		b.text = f.SQL
	}
	return nil
}

// fragmentKey names a rendered scope by the predicate's canonical text.
type fragmentKey struct {
	predicate, alias string
	walk             bool
}

// fragment returns the scope as SQL, rendered once a policy epoch.
func (l *Lens) fragment(p *scope.Predicate, alias string, walk bool) (sqlgen.Fragment, error) {
	cache := &l.policy.Load().fragments
	key := fragmentKey{p.Key(), alias, walk}
	if f, ok := cache.Load(key); ok {
		return f.(sqlgen.Fragment), nil
	}
	render := sqlgen.Render
	if walk {
		render = sqlgen.RenderWalk
	}
	f, err := render(l.db.Dialect(), p, alias)
	if err != nil {
		return sqlgen.Fragment{}, err
	}
	cache.Store(key, f)
	return f, nil
}

// limitTime narrows the relation to the days before today, in the company's
// time zone, by the collection's time field. A collection without one is not
// narrowed: it holds no events.
func (s *session) limitTime(r *relation, days int) {
	f := r.coll.Field(r.coll.TimeField)
	if f == nil {
		return
	}
	today := s.now.In(s.snapshot.location)
	r.timeCol = f.Column
	if f.Type == remit.Date { // a date is a day of the calendar, whether or not the zone had it
		r.since = remit.DateValue(civilDays(today) - int64(days))
		return
	}
	year, month, day := today.Date()
	r.since = remit.TimeValue(dayStart(year, month, day-days, s.snapshot.location))
}

// writeRows appends the predicate of the visible rows.
func (r *relation) writeRows(b *builder) {
	if len(r.branches) == 0 {
		b.put("FALSE")
		return
	}
	if r.coll.Permanent {
		b.put("TRUE")
	} else {
		b.put(r.alias, ".deleted_at IS NULL")
	}
	if r.coll.Name == peopleCollection {
		b.put(" AND NOT ", r.alias, ".system")
	}
	if r.since != nil {
		b.put(" AND ", r.alias, ".", quote(r.timeCol), " >= ").arg(r.since)
	}
	if r.everyRow {
		return
	}
	b.put(" AND ")
	r.writeAny(b, r.branches)
}

// peopleCollection is the collection of the people themselves, whose system
// members are not listed.
const peopleCollection = "people"

// writeAny appends the disjunction of the branches' scopes.
func (r *relation) writeAny(b *builder, branches []branch) {
	b.put("(")
	for i, br := range branches {
		if i > 0 {
			b.put(" OR ")
		}
		if br.all {
			b.put("TRUE")
			continue
		}
		b.fragment(br.text, br.args)
	}
	b.put(")")
}

func (r *relation) dialect() sqlgen.Dialect { return r.lens.db.Dialect() }

// known reports whether the actor knows the field at the index.
func (r *relation) known(field int) bool {
	for _, br := range r.branches {
		if br.fields[field] {
			return true
		}
	}
	return false
}

// masked returns the branches that grant the field, if there are visible rows
// on which none of them holds; nil if the field is visible on every visible row.
func (r *relation) masked(field int) []branch {
	granting := 0
	for _, br := range r.branches {
		if !br.fields[field] {
			continue
		}
		if br.all {
			return nil
		}
		granting++
	}
	if granting == len(r.branches) {
		return nil // the usual case, for which nothing is allocated
	}
	branches := make([]branch, 0, granting)
	for _, br := range r.branches {
		if br.fields[field] {
			branches = append(branches, br)
		}
	}
	return branches
}
