package twoworlds

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
)

// difference is what a test fails with.
type difference struct {
	what    string
	seed    uint64
	sent    int
	roles   []string
	face    face
	call    *call
	request request
	answers []answer
	names   []string // of the installations that answered
	worlds  []string // in what the two worlds differ, once that is cut down
}

// difference describes what was found so that it can be found again.
func (r *run) difference(f face, c *call, what string, answers []answer) *difference {
	d := &difference{what: what, seed: r.seed, sent: r.sent, roles: r.roles, face: f, call: c, request: c.write(f, r.asker), answers: answers}
	for _, h := range r.houses() {
		d.names = append(d.names, h.name)
	}
	return d
}

// Error implements error.
func (d *difference) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nscenario %d (REMIT_SEED=%d runs it first), request %d, over %s (roles %v)\n\n%v\n", d.what, d.seed, d.seed, d.sent, d.face.name, d.roles, d.request)
	if d.worlds != nil {
		fmt.Fprintf(&b, "\n--- the worlds differ in\n%s\n", strings.Join(d.worlds, "\n"))
	}
	shown := map[string]bool{}
	for i, a := range d.answers {
		if text := a.String(); !shown[text] {
			shown[text] = true
			fmt.Fprintf(&b, "\n--- %s\n%s\n", d.names[i], text)
		}
	}
	return b.String()
}

// minimize cuts a difference between two worlds down: the request to what still
// shows it, and then world B to what must differ for it. A write is left as it is,
// for it cannot be sent twice.
func (r *run) minimize(ctx context.Context, d *difference) *difference {
	pair := slices.IndexFunc(r.pairs, func([2]*house) bool { return true })
	for i := range r.pairs {
		if 2*i+1 < len(d.answers) && !d.answers[2*i].equal(d.answers[2*i+1]) {
			pair = i
		}
	}
	m := &minimizer{run: r, ctx: ctx, pair: r.pairs[pair], call: d.call, face: d.face}
	if d.call.change != nil || !m.differs(d.call) {
		return d
	}
	m.cutRequest()
	m.cutWorld()
	small := r.difference(d.face, m.call, d.what, m.answers)
	small.names = []string{m.pair[0].name, m.pair[1].name}
	small.worlds = r.describe()
	return small
}

// minimizer tries smaller forms of one difference.
type minimizer struct {
	*run
	ctx     context.Context
	pair    [2]*house
	face    face
	call    *call
	answers []answer // to call
	tries   int
}

// mostTries bounds how long a failing test looks for a smaller form.
const mostTries = 400

// differs asks the pair, and keeps what differs.
func (m *minimizer) differs(c *call) bool {
	m.tries++
	m.sent++
	request := c.write(m.face, m.asker)
	var answers []answer
	for _, h := range m.pair {
		h.random.wind(m.seed ^ uint64(m.sent)<<32)
		answers = append(answers, send(h.face, request))
	}
	if answers[0].equal(answers[1]) {
		return false
	}
	m.call, m.answers = c, answers
	return true
}

// cutRequest drops what the arguments can do without, until nothing more goes.
func (m *minimizer) cutRequest() {
	for again := true; again && m.tries < mostTries/2; {
		again = false
		for _, smaller := range without(m.call.args) {
			c := *m.call
			c.args, _ = smaller.(map[string]any)
			if again = m.differs(&c); again {
				break
			}
		}
	}
}

// without returns v with one part left out, for every part at any depth.
func without(v any) []any {
	var list []any
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			rest := maps.Clone(v)
			delete(rest, name)
			list = append(list, rest)
			for _, smaller := range without(v[name]) {
				changed := maps.Clone(v)
				changed[name] = smaller
				list = append(list, changed)
			}
		}
	case []any:
		for i := range v {
			list = append(list, slices.Delete(slices.Clone(v), i, i+1))
			for _, smaller := range without(v[i]) {
				changed := slices.Clone(v)
				changed[i] = smaller
				list = append(list, changed)
			}
		}
	case []string:
		for i := range v {
			if len(v) > 1 {
				list = append(list, slices.Delete(slices.Clone(v), i, i+1))
			}
		}
	}
	return list
}

// cutWorld makes world B more like world A where the asker still sees both alike and
// the answers still differ, again until nothing more goes: a link can be made alike
// only once the record that it names is.
func (m *minimizer) cutWorld() {
	for before := m.b; ; before = m.b {
		if m.cutTables(); m.b == before {
			return
		}
	}
}

// cutTables goes once through world B, table by table, record by record and cell by
// cell.
func (m *minimizer) cutTables() {
	for _, s := range sizes {
		from, to := m.a.tables[s.collection], s.collection
		m.try(func(b *company) { b.tables[to] = m.a.clone().tables[to] })
		for _, id := range union(m.a.ids(to), m.b.ids(to)) {
			m.try(func(b *company) { b.tables[to].take(id, from) })
			for i := range from.coll.Fields {
				m.try(func(b *company) {
					if x, y := from.byID[id], b.tables[to].byID[id]; x != nil && y != nil {
						y.values[i] = x.values[i]
					}
				})
			}
		}
		m.try(func(b *company) { b.tables[to].storeLike(from) })
	}
}

// storeLike puts records into the order, and gives them the row versions, that
// they have in another table.
func (t *table) storeLike(other *table) {
	place := func(r *row) int {
		return slices.IndexFunc(other.rows, func(o *row) bool { return o.id == r.id })
	}
	slices.SortStableFunc(t.rows, func(a, b *row) int { return place(a) - place(b) })
	for _, r := range t.rows {
		if o := other.byID[r.id]; o != nil {
			r.version = o.version
		}
	}
}

// take makes one record what it is in another table, if it is not so already.
func (t *table) take(id remit.ID, from *table) {
	theirs, own := from.byID[id], t.byID[id]
	if theirs != nil && own != nil && theirs.same(own) {
		return
	}
	t.remove(id)
	if theirs != nil {
		t.add(theirs.clone())
	}
	t.storeLike(from)
}

// same reports whether two rows hold the same, their versions included.
func (r *row) same(other *row) bool {
	return r.id == other.id && r.deleted == other.deleted && r.version == other.version && slices.Equal(r.values, other.values)
}

// shared returns the records that another table has, too.
func (t *table) shared(other *table) []*row {
	return slices.DeleteFunc(slices.Clone(t.rows), func(r *row) bool { return other.byID[r.id] == nil })
}

func union(a, b []remit.ID) []remit.ID {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// try keeps a change to world B if the difference stays.
func (m *minimizer) try(change func(b *company)) {
	if m.tries >= mostTries {
		return
	}
	next := m.b.clone()
	change(next)
	for name, t := range next.tables {
		for _, r := range t.rows {
			next.mend(name, r)
		}
	}
	before := m.b
	if !differ(before, next) || !m.same(m.sight, m.look(next)) || m.pair[1].load(m.ctx, next, m.beside(next), m.roles) != nil {
		return
	}
	if m.b = next; !m.differs(m.call) {
		m.b = before
		if err := m.pair[1].load(m.ctx, before, m.beside(before), m.roles); err != nil {
			m.tries = mostTries // what is there now is anybody's guess
		}
	}
}

// differ reports whether two worlds are not the same.
func differ(a, b *company) bool {
	for _, s := range sizes {
		x, y := a.tables[s.collection].rows, b.tables[s.collection].rows
		if !slices.EqualFunc(x, y, (*row).same) {
			return true
		}
	}
	return false
}

// describe lists in what the two worlds differ.
func (s *scenario) describe() []string {
	list := []string{}
	for _, of := range sizes {
		a, b := s.a.tables[of.collection], s.b.tables[of.collection]
		for _, id := range union(s.a.ids(of.collection), s.b.ids(of.collection)) {
			x, y := a.byID[id], b.byID[id]
			place := of.collection + " " + string(id)
			switch {
			case x == nil || y == nil:
				list = append(list, fmt.Sprintf("%s: there in A %v, in B %v", place, x != nil, y != nil))
				continue
			case x.deleted != y.deleted:
				list = append(list, fmt.Sprintf("%s: deleted in A %v, in B %v", place, x.deleted, y.deleted))
			}
			for i := range x.values {
				if x.values[i] != y.values[i] {
					list = append(list, fmt.Sprintf("%s %s: in A %q, in B %q", place, a.coll.Fields[i].Name, x.values[i], y.values[i]))
				}
			}
		}
		if !slices.EqualFunc(a.shared(b), b.shared(a), func(p, q *row) bool { return p.id == q.id && p.version == q.version }) {
			list = append(list, of.collection+": the order of storage, or row versions")
		}
	}
	return list
}
