package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope/eval"
)

// The counts of a normal run: a round is one policy over one set of records.
const (
	rounds   = 25
	requests = 40 // a round
)

// seed returns that of REMIT_SEED, or a new one.
func seed(t *testing.T) uint64 {
	t.Helper()
	s := rand.Uint64()
	if text := os.Getenv("REMIT_SEED"); text != "" {
		var err error
		if s, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("REMIT_SEED=%d", s)
	return s
}

func TestLensAgreesWithSecondOpinion(t *testing.T) {
	s := seed(t)
	n := rounds
	if os.Getenv("REMIT_SOAK") != "" {
		n *= 10
	}
	for _, kind := range []struct {
		name string
		url  func(testing.TB) string
	}{
		{"sqlite", func(tb testing.TB) string { return "sqlite:" + filepath.Join(tb.TempDir(), "remit.db") }},
		{"postgres", pgtest.URL},
	} {
		t.Run(kind.name, func(t *testing.T) {
			w := newWorld(t, kind.url(t), s)
			asked := map[string]int{}
			for i := range n {
				r := newRound(t, w, newDice(rand.New(rand.NewPCG(s, uint64(i))), w))
				for range requests {
					r.ask(asked)
					if t.Failed() {
						t.Fatalf("in round %d", i)
					}
				}
			}
			t.Logf("agreed on %v", asked)
		})
	}
}

// round is one policy over one set of records, with an actor at a time.
type round struct {
	*testing.T
	w       *world
	d       *dice
	law     *policy.Document
	judges  map[string]*eval.Program // by collection and scope
	lens    *lens.Lens
	cast    map[remit.ID][]string // the roles of the people
	place   *time.Location
	service remit.Sensitivity // the most that the model service may get

	actor remit.Actor
	*opinion
}

func newRound(t *testing.T, w *world, d *dice) *round {
	t.Helper()
	r := &round{T: t, w: w, d: d, cast: map[remit.ID][]string{}, service: pick(d, []remit.Sensitivity{remit.Internal, remit.Restricted})}
	var err error
	r.place, err = time.LoadLocation(pick(d, d.era.zones))
	w.must(err)
	d.records()
	w.fill(filled)
	compiled := r.compile()
	for _, id := range w.people {
		for i := range 4 {
			if d.chance(45) {
				r.cast[id] = append(r.cast[id], "r"+strconv.Itoa(i))
			}
		}
	}
	r.lens = w.lens(compiled, r.cast, r.place, r.service)
	return r
}

// compile makes a policy, and for the second opinion each of its scopes alone. A
// random scope may be one that the language refuses: then it is made again.
func (r *round) compile() *policy.Policy {
	for range 200 {
		r.law = r.d.document()
		compiled, err := policy.Compile(r.law, r.w.model, nil)
		if err != nil {
			if !strings.Contains(err.Error(), "scopes[") {
				r.Fatal(err)
			}
			continue
		}
		r.judges = map[string]*eval.Program{}
		for _, s := range r.law.Scopes {
			predicate, err := compiled.Env().Compile(r.w.model.Collection("", s.Collection), s.Expression)
			r.w.must(err)
			r.judges[s.Collection+"/"+s.Name], err = eval.New(predicate)
			r.w.must(err)
		}
		return compiled
	}
	r.Fatal("no policy compiles")
	return nil
}

// enter makes a random person the one who asks, by themselves or through an AI
// employee.
func (r *round) enter() {
	id := pick(r.d, r.w.people)
	for range 3 { // who has no role is asked about enough
		if len(r.cast[id]) == 0 {
			id = pick(r.d, r.w.people)
		}
	}
	r.actor = remit.Actor{Person: id, Channel: remit.ChannelAPI}
	person, err := cast{r.w.directory, r.cast}.Person(r.Context(), id)
	r.w.must(err)
	user, _ := person.At(r.w.now)
	r.opinion = &opinion{company: &r.w.company, doc: r.law, programs: r.judges, user: &user, now: r.w.now, zone: r.place}
	if r.d.chance(40) && len(user.Roles) > 0 {
		r.actor.Employee = pick(r.d, []string{"ann", "bob"})
		if r.actor.Employee == "ann" && r.d.chance(40) {
			r.actor.Task = "lately"
		}
		if r.d.chance(50) {
			r.actor.Service, r.egress = "s", r.service
		}
		r.employee, r.task = r.actor.Employee, r.actor.Task
	}
}

// ask puts one random question to both lenses.
func (r *round) ask(asked map[string]int) {
	r.enter()
	c := r.w.model.Collection("", pick(r.d, append(slices.Clone(filled), "opportunities", "opportunities", "accounts", "people")))
	kinds := map[string]func(*remit.Collection) bool{
		"query": r.query, "count": r.count, "aggregate": r.aggregate, "search": r.search, "update": r.update, "create": r.create, "delete": r.remove,
	}
	name := pick(r.d, []string{"query", "query", "query", "count", "aggregate", "aggregate", "search", "update", "update", "create", "delete"})
	if kinds[name](c) {
		asked[name]++
	} else {
		asked[name+" refused"]++
	}
}

// agreeOnError reports whether both refuse, and fails the test if one does.
func (r *round) agreeOnError(what, want string, err error) (refused bool) {
	r.Helper()
	got := ""
	if err != nil {
		got = remit.KindOf(err).String()
	}
	if got != want {
		r.Errorf("%s\nby %+v with roles %v: the lens says %q, %v; the second opinion %q\npolicy:\n%s", what, r.actor, r.user.Roles, got, err, want, policy.Format(r.law))
	}
	return want != "" || err != nil
}

// refusal is the kind of error for a question about the paths of a collection.
func (r *round) refusal(c *remit.Collection, paths ...string) string {
	switch {
	case !r.knowsAny(c):
		return "not_found"
	case r.unknown(c, paths...):
		return "invalid"
	}
	return ""
}

func (r *round) differs(what string, want, got any) {
	r.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		r.Errorf("%s\nby %+v with roles %v in %s: the second opinion is -, the lens +\n%s\npolicy:\n%s", what, r.actor, r.user.Roles, r.zone, diff, policy.Format(r.law))
	}
}

// query compares all pages of a query.
func (r *round) query(c *remit.Collection) bool {
	filter, fields, sort := r.d.filter(r.opinion, c, 2), r.d.fields(r.opinion, c), r.d.sorts(r.opinion, c)
	limit := 1 + r.d.IntN(12)
	q := lens.Query{Collection: c.Name, Fields: fields, Filter: encoded(filter), Sort: sort, Limit: &limit, Total: true}
	what := fmt.Sprintf("query %s fields %v filter %s sort %v limit %d", c.Name, fields, q.Filter, sort, limit)
	page, err := r.lens.Query(r.Context(), r.actor, q)
	if r.agreeOnError(what, r.refusal(c, slices.Concat(filterPaths(filter), fields, sort)...), err) {
		return false
	}
	if len(fields) == 0 {
		fields = r.known(c)
	}
	fields = slices.DeleteFunc(slices.Clone(fields), func(f string) bool { return f == remit.IDField })
	rows := r.view(c, filter)
	r.order(c, rows, sort)
	want, got := []string{fmt.Sprint(len(rows))}, []string{fmt.Sprint(*page.Total)}
	for _, each := range rows {
		want = append(want, r.show(c, each, fields))
	}
	for {
		if len(page.Records) > limit || (page.NextCursor != "" && len(page.Records) < limit) {
			r.Errorf("%s: a page of %d", what, len(page.Records))
		}
		for i := range page.Records {
			got = append(got, shown(page, i))
		}
		if q.Cursor = page.NextCursor; q.Cursor == "" || r.Failed() {
			break
		}
		page, err = r.lens.Query(r.Context(), r.actor, q)
		r.w.must(err)
	}
	r.differs(what, want, got)
	return true
}

// shown writes a record of a page as the second opinion does.
func shown(page *lens.Page, i int) string {
	record := &page.Records[i]
	var b strings.Builder
	b.WriteString(string(record.ID))
	for j, column := range page.Columns {
		fmt.Fprintf(&b, " %s=%s", column.Name, record.Values[j].AppendJSON(nil))
	}
	fmt.Fprintf(&b, " hidden=%v", record.Hidden)
	return b.String()
}

func (r *round) count(c *remit.Collection) bool {
	filter := r.d.filter(r.opinion, c, 2)
	what := fmt.Sprintf("count %s filter %s", c.Name, encoded(filter))
	n, err := r.lens.Count(r.Context(), r.actor, lens.CountQuery{Collection: c.Name, Filter: encoded(filter)})
	if r.agreeOnError(what, r.refusal(c, filterPaths(filter)...), err) {
		return false
	}
	r.differs(what, int64(len(r.view(c, filter))), n)
	return true
}

func (r *round) aggregate(c *remit.Collection) bool {
	q := r.d.aggregate(r.opinion, c)
	asked := lens.AggregateQuery{Collection: c.Name, Dimensions: q.dimensions, Filter: encoded(q.filter), Sort: q.sort, Limit: &q.limit}
	paths := filterPaths(q.filter)
	for _, m := range q.measures {
		m.Filter = encoded(m.only)
		asked.Measures = append(asked.Measures, m.Measure)
		paths = append(paths, filterPaths(m.only)...)
		if m.Field != "" {
			paths = append(paths, m.Field)
		}
	}
	for _, dim := range q.dimensions {
		paths = append(paths, dim.Field)
	}
	text, err := json.Marshal(asked)
	r.w.must(err)
	what := "aggregate " + string(text)
	result, err := r.lens.Aggregate(r.Context(), r.actor, asked)
	refusal := r.refusal(c, paths...)
	if refusal == "" && r.tooLong(q) {
		refusal = "invalid"
	}
	if r.agreeOnError(what, refusal, err) {
		return false
	}
	rows, records, more := r.table(q)
	r.differs(what, lines(rows, records, more), lines(result.Rows, int(result.Records), result.More))
	return true
}

func lines(rows [][]remit.Value, records int, more bool) []string {
	all := []string{fmt.Sprint(records, more)}
	for _, values := range rows {
		var b []byte
		for _, v := range values {
			b = append(v.AppendJSON(b), ' ')
		}
		all = append(all, string(b))
	}
	return all
}

func (r *round) search(c *remit.Collection) bool {
	text, limit := pick(r.d, words)+pick(r.d, []string{"", pick(r.d, words)}), 1+r.d.IntN(20)
	if len([]rune(strings.TrimSpace(text))) < 2 {
		text = "al"
	}
	what := fmt.Sprintf("search %q in %s", text, c.Name)
	hits, err := r.lens.Search(r.Context(), r.actor, lens.SearchQuery{Text: text, Collections: []string{c.Name}, Limit: &limit})
	if r.agreeOnError(what, r.refusal(c), err) {
		return false
	}
	got, want := []string{}, []string{}
	for _, h := range hits {
		got = append(got, fmt.Sprintf("%s %s %s=%s", h.ID, h.Title.AppendJSON(nil), h.Field, h.Value.AppendJSON(nil)))
	}
	names := r.known(c)
	slices.SortStableFunc(names, func(a, b string) int { // the title first
		return map[bool]int{true: -1}[a == c.TitleField] - map[bool]int{true: -1}[b == c.TitleField]
	})
	for _, each := range r.ranked(c, names, folded(text)) {
		i := slices.IndexFunc(names, func(name string) bool { return r.holds(c, each, name, folded(text)) })
		if len(want) < limit {
			want = append(want, fmt.Sprintf("%s %s %s=%s", each.id, r.title(c, each).AppendJSON(nil), names[i], r.read(c, each, names[i]).value.AppendJSON(nil)))
		}
	}
	r.differs(what, want, got)
	return true
}

// values returns what a write sets: mostly fields that the actor knows.
func (r *round) values(c *remit.Collection, a policy.Action) map[string]remit.Value {
	values, must := map[string]remit.Value{}, a == policy.Create
	for i := range c.Fields {
		f := &c.Fields[i]
		if f.ReadOnly && !r.d.chance(1) {
			continue
		}
		may := r.knows(c, f.Name) && r.may(c, a, f.Name, anyRow, anyRow)
		if (must && f.Required) || (may && r.d.chance(20)) || r.d.chance(1) {
			values[f.Name] = remit.Null
			if f.Required || r.d.chance(85) {
				values[f.Name] = r.d.value(f)
			}
		}
	}
	return values
}

func raw(values map[string]remit.Value) map[string]json.RawMessage {
	encoded := map[string]json.RawMessage{}
	for name, v := range values {
		encoded[name] = v.AppendJSON(nil)
	}
	return encoded
}

func (r *round) target(c *remit.Collection) *row {
	if seen := r.view(c, nil); len(seen) > 0 && r.d.chance(80) {
		return pick(r.d, seen)
	}
	return pick(r.d, r.w.rows[c.Name])
}

func (r *round) update(c *remit.Collection) bool {
	if c.Derived {
		return false
	}
	ch := change{collection: c, row: r.target(c), values: r.values(c, policy.Update)}
	what := fmt.Sprintf("update %s %s to %s", c.Name, full(ch.row), raw(ch.values))
	page, err := r.lens.Update(r.Context(), r.actor, lens.Change{Collection: c.Name, ID: ch.row.id, Values: raw(ch.values)})
	if r.agreeOnError(what, r.allows(ch), err) {
		return false
	}
	if ch.values = r.changed(ch); len(ch.values) > 0 {
		*ch.row = *r.after(ch, ch.row.id)
	}
	if r.sees(c, ch.row) {
		r.differs(what, r.show(c, ch.row, r.known(c)), shown(page, 0))
	}
	return true
}

func (r *round) create(c *remit.Collection) bool {
	if c.Derived {
		return false
	}
	ch := change{collection: c, values: r.values(c, policy.Create)}
	what := fmt.Sprintf("create in %s %s", c.Name, raw(ch.values))
	page, err := r.lens.Create(r.Context(), r.actor, lens.Change{Collection: c.Name, Values: raw(ch.values)})
	if r.agreeOnError(what, r.allows(ch), err) {
		return false
	}
	made := r.after(ch, page.Records[0].ID)
	r.w.rows[c.Name] = append(r.w.rows[c.Name], made)
	r.differs(what, r.show(c, made, r.known(c)), shown(page, 0))
	return true
}

func (r *round) remove(c *remit.Collection) bool {
	if c.Derived {
		return false
	}
	ch := change{collection: c, row: r.target(c), remove: true}
	what := fmt.Sprintf("delete %s %s", c.Name, full(ch.row))
	err := r.lens.Delete(r.Context(), r.actor, lens.Removal{Collection: c.Name, ID: ch.row.id})
	if r.agreeOnError(what, r.allows(ch), err) {
		return false
	}
	ch.row.deleted = true
	return true
}

// full writes a whole row, whoever may see it.
func full(each *row) string {
	var b strings.Builder
	b.WriteString(string(each.id))
	for _, name := range slices.Sorted(maps.Keys(each.values)) {
		if v := each.values[name]; !v.IsNull() {
			fmt.Fprintf(&b, " %s=%s", name, v)
		}
	}
	return b.String()
}
