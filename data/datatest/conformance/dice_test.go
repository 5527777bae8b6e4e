package conformance

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/policy"
)

// filled lists the collections that get records, those that others link to first.
var filled = []string{"products", "accounts", "contacts", "leads", "opportunities", "activities"}

// dice makes all that is random. Equal seeds make equal rounds.
type dice struct {
	*rand.Rand
	w   *world
	era era
}

func newDice(source *rand.Rand, w *world) *dice {
	d := &dice{Rand: source, w: w, era: everyEra()}
	if d.chance(70) {
		d.era = pick(d, eras)
	}
	return d
}

func pick[T any](d *dice, list []T) T { return list[d.IntN(len(list))] }

func (d *dice) chance(percent int) bool { return d.IntN(100) < percent }

// words have several cases, letters that fold in unusual ways, and the marks that SQL
// and LIKE would read.
var words = []string{"alpha", "ALPHA", "Alp", "été", "ÉTÉ", "straße", "STRASSE", "K", "k", "K", "ſ", "S", "%", "_", "a_b", "a%b", "'", `"`, `\`, "Ω", "ω", "medical", "retail", "Zz", "z", "😀", "10", "x y"}

// era is a time with places where it has edges.
type era struct {
	zones   []string
	moments []time.Time
}

// eras hold moments around changes of clocks, ends of years and boundaries of days. A
// round has those of one era, or of all.
var eras = []era{
	{[]string{"America/Sao_Paulo", "America/New_York"}, []time.Time{ // São Paulo's clocks go forward at midnight
		time.Date(2018, 11, 4, 2, 59, 59, 0, time.UTC), time.Date(2018, 11, 4, 3, 0, 0, 0, time.UTC), time.Date(2018, 11, 4, 1, 30, 0, 0, time.UTC),
		time.Date(2018, 11, 4, 2, 0, 0, 0, time.UTC), time.Date(2018, 11, 5, 1, 30, 0, 0, time.UTC), time.Date(2018, 11, 5, 2, 0, 0, 0, time.UTC), time.Date(2018, 11, 3, 12, 0, 0, 0, time.UTC),
	}},
	{[]string{"Pacific/Apia"}, []time.Time{ // Apia has no 30th of December
		time.Date(2011, 12, 29, 9, 0, 0, 0, time.UTC), time.Date(2011, 12, 30, 9, 59, 59, 0, time.UTC), time.Date(2011, 12, 30, 10, 0, 0, 0, time.UTC),
		time.Date(2011, 12, 31, 9, 0, 0, 0, time.UTC), time.Date(2012, 1, 1, 11, 0, 0, 0, time.UTC), time.Date(2011, 12, 25, 12, 0, 0, 0, time.UTC),
	}},
	{[]string{"Africa/Cairo", "Europe/Vienna", "Pacific/Auckland"}, []time.Time{ // Cairo's clocks go forward at midnight, Vienna's and Auckland's in the night
		time.Date(2024, 4, 25, 21, 59, 0, 0, time.UTC), time.Date(2024, 4, 25, 22, 0, 0, 0, time.UTC), time.Date(2024, 4, 26, 9, 0, 0, 0, time.UTC),
		time.Date(2024, 2, 29, 5, 0, 0, 0, time.UTC), time.Date(2025, 3, 30, 0, 59, 59, 999999000, time.UTC), time.Date(2025, 3, 30, 1, 0, 0, 0, time.UTC),
		time.Date(2025, 10, 26, 0, 30, 0, 0, time.UTC), time.Date(2025, 10, 26, 1, 30, 0, 0, time.UTC), time.Date(2025, 12, 29, 12, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 10, 3, 0, 0, 0, time.UTC), time.Date(2026, 3, 15, 11, 0, 0, 0, time.UTC),
	}},
	{[]string{"UTC", "Asia/Kathmandu"}, []time.Time{ // years of 53 weeks
		time.Date(2020, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(2021, 1, 3, 23, 0, 0, 0, time.UTC), time.Date(2021, 1, 4, 0, 0, 0, 0, time.UTC), time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC),
	}},
}

// everyEra is all of them, in the zone of any.
func everyEra() era {
	var all era
	for _, e := range eras {
		all.zones, all.moments = append(all.zones, e.zones...), append(all.moments, e.moments...)
	}
	return all
}

// value returns a random value of the field, never null.
func (d *dice) value(f *remit.Field) remit.Value {
	small := int64(d.IntN(7)) - 2
	switch f.Type {
	case remit.Text:
		text := pick(d, words)
		if d.chance(40) {
			text += pick(d, words)
		}
		return remit.TextValue(text)
	case remit.Enum:
		return remit.TextValue(pick(d, f.Options))
	case remit.Integer:
		return remit.IntegerValue(small * pick(d, []int64{1, 10, 1 << 40}))
	case remit.Decimal:
		return remit.DecimalValue(small * pick(d, []int64{1, 250_000, 1_000_000}))
	case remit.Boolean:
		return remit.BooleanValue(d.chance(50))
	case remit.Currency:
		return remit.MoneyValue(small*pick(d, []int64{1, 50, 10_000, 1 << 60}), f.Currency)
	case remit.Date:
		return remit.DateValue(pick(d, d.era.moments).Unix()/86400 + int64(d.IntN(3)))
	case remit.Timestamp:
		return remit.TimeValue(pick(d, d.era.moments).Add(time.Duration(d.IntN(2)) * 3 * time.Hour))
	case remit.Relation:
		if rows := d.w.rows[f.Target]; len(rows) > 0 {
			return remit.TextValue(string(pick(d, rows).id))
		}
	}
	return remit.Null
}

// records makes the rows of a round.
func (d *dice) records() {
	for _, name := range filled {
		d.w.rows[name] = nil
		c := d.w.model.Collection("", name)
		for range 6 + d.IntN(16) {
			r := &row{id: d.w.ids.New(), deleted: d.chance(12), values: map[string]remit.Value{}}
			for i := range c.Fields {
				f := &c.Fields[i]
				if f.Required || f.ReadOnly || d.chance(70) {
					r.values[f.Name] = d.value(f)
				}
			}
			d.w.rows[name] = append(d.w.rows[name], r)
		}
	}
}

// scopes makes some named scopes for every collection.
func (d *dice) scopes() []policy.Scope {
	var all []policy.Scope
	for _, name := range append(slices.Clone(filled), "people", "departments") {
		for i := range 4 {
			all = append(all, policy.Scope{Name: "s" + strconv.Itoa(i), Collection: name, Expression: d.expression(name, 2)})
		}
	}
	return all
}

func (d *dice) expression(collection string, depth int) string {
	switch n := d.IntN(10); {
	case depth > 0 && n < 2:
		return "(" + d.expression(collection, depth-1) + " || " + d.expression(collection, depth-1) + ")"
	case depth > 0 && n < 3:
		return "(" + d.expression(collection, depth-1) + " && " + d.expression(collection, depth-1) + ")"
	case depth > 0 && n < 4:
		return "!(" + d.expression(collection, depth-1) + ")"
	}
	c := d.w.model.Collection("", collection)
	switch n := d.IntN(10); {
	case n < 3 && c.Field("owner_id") != nil:
		return pick(d, []string{"record.owner_id == user.id", "reportsTo(record.owner_id, user)", "(reportsTo(record.owner_id, user) || record.owner_id == user.id)"})
	case n < 4 && c.Field("department_id") != nil:
		return "inDepartment(record.department_id, user)"
	case n < 5 && c.Field("account_id") != nil:
		return pick(d, []string{"record.account.owner_id == user.id", `record.account.industry != "medical"`, "record.account.employees >= 0"})
	}
	return d.leaf(c)
}

func (d *dice) leaf(c *remit.Collection) string {
	f := &c.Fields[d.IntN(len(c.Fields))]
	v := d.value(f)
	name := "record." + f.Name
	compare := pick(d, []string{"==", "!=", "<", "<=", ">", ">="})
	equal := compare[:1] != "<" && compare[:1] != ">"
	switch f.Type {
	case remit.Text, remit.Enum:
		if !equal && f.Type == remit.Enum {
			compare = "=="
		}
		return name + " " + compare + " " + strconv.Quote(v.Text())
	case remit.Integer, remit.Decimal, remit.Currency:
		return name + " " + compare + " " + v.String()
	case remit.Boolean:
		return name + " == " + v.String()
	case remit.Date:
		return fmt.Sprintf("%s %s date(%q)", name, compare, v)
	case remit.Timestamp:
		return fmt.Sprintf("%s %s timestamp(%q)", name, compare, v)
	case remit.Relation:
	}
	return name + pick(d, []string{" == null", " != null"})
}

// document makes a policy of four roles and two AI employees.
func (d *dice) document() *policy.Document {
	doc := &policy.Document{Scopes: d.scopes()}
	for i := range 4 {
		role := policy.Role{Name: "r" + strconv.Itoa(i), Clearance: d.level(), Employees: []string{"ann", "bob"}}
		for _, name := range append(slices.Clone(filled), "people", "departments") {
			role.Grants = append(role.Grants, d.grants(name)...)
		}
		doc.Roles = append(doc.Roles, role)
	}
	for _, name := range []string{"ann", "bob"} {
		e := policy.Employee{Name: name, Title: name, Tools: []string{"query_records"}}
		e.Remit.Sensitivity = d.level()
		if d.chance(60) {
			e.Remit.Grants = append(e.Remit.Grants, policy.Grant{Collection: "*", Actions: []policy.Action{policy.View}, Fields: []string{"*"}, Scope: policy.ScopeAll})
		}
		for _, collection := range filled {
			e.Remit.Grants = append(e.Remit.Grants, d.grant(collection, []policy.Action{policy.View}))
		}
		doc.Employees = append(doc.Employees, e)
	}
	doc.Tasks = []policy.Task{{Name: "lately", Employee: "ann", Title: "Lately", Constraints: policy.Constraints{LastDays: d.lastDays()}}}
	return doc
}

// lastDays returns so many days that there are moments on the first of them, or just
// outside.
func (d *dice) lastDays() int {
	ago := int(d.w.now.Sub(pick(d, d.era.moments)) / (24 * time.Hour))
	return max(1, ago+d.IntN(4)-2)
}

func (d *dice) level() remit.Sensitivity {
	return pick(d, []remit.Sensitivity{remit.Untagged, remit.Internal, remit.Confidential, remit.Restricted, remit.Restricted})
}

// grants makes what a role may do to a collection, if anything.
func (d *dice) grants(collection string) []policy.Grant {
	var all []policy.Grant
	for range d.IntN(4) {
		all = append(all, d.grant(collection, []policy.Action{policy.View}))
	}
	if collection == "people" || collection == "departments" {
		return all
	}
	for range d.IntN(3) {
		all = append(all, d.grant(collection, []policy.Action{pick(d, []policy.Action{policy.Update, policy.Create, policy.Delete, policy.Update})}))
	}
	if d.chance(30) {
		all = append(all, d.grant(collection, []policy.Action{policy.View, policy.Create, policy.Update, policy.Delete}))
	}
	return all
}

func (d *dice) grant(collection string, actions []policy.Action) policy.Grant {
	g := policy.Grant{Collection: collection, Actions: actions, Scope: d.scope(), Fields: []string{policy.AllFields}}
	if d.chance(60) {
		g.Fields = d.some(d.w.model.Collection("", collection), 30+d.IntN(60))
	}
	if d.chance(30) && (slices.Contains(actions, policy.Update) || slices.Contains(actions, policy.Create)) {
		g.ScopeAfter = d.scope()
	}
	if d.chance(5) {
		g.NotAfter = pick(d, []time.Time{d.w.now.AddDate(-1, 0, 0), d.w.now.AddDate(50, 0, 0)})
	}
	return g
}

func (d *dice) scope() string {
	switch n := d.IntN(10); {
	case n < 3:
		return policy.ScopeAll
	case n == 3:
		return policy.ScopeNone
	}
	return "s" + strconv.Itoa(d.IntN(4))
}

func (d *dice) some(c *remit.Collection, percent int) []string {
	var names []string
	for _, f := range c.Fields {
		if d.chance(percent) {
			names = append(names, f.Name)
		}
	}
	if len(names) == 0 {
		names = []string{c.Fields[0].Name}
	}
	return names
}

// path returns a path of up to two hops that the actor knows; now and then, one that
// is not known.
func (d *dice) path(o *opinion, c *remit.Collection) string {
	if d.chance(3) {
		return pick(d, c.Fields).Name
	}
	var hops []string
	at := c
	for range 2 {
		var links []string
		for _, f := range at.Fields {
			if f.Type == remit.Relation && o.knows(at, f.Name) && o.knowsAny(o.model.Collection("", f.Target)) {
				links = append(links, f.Name)
			}
		}
		if len(links) == 0 || d.chance(65) {
			break
		}
		link := pick(d, links)
		hops = append(hops, strings.TrimSuffix(link, "_id"))
		at = o.model.Collection("", at.Field(link).Target)
	}
	if d.chance(5) {
		return strings.Join(append(hops, "id"), ".")
	}
	if known := o.known(at); len(known) > 0 {
		return strings.Join(append(hops, pick(d, known)), ".")
	}
	return "id"
}
