package scopetest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// Expression returns a random scope over the deals, of the given depth. It may
// be one that compares two values that may both be null, which Compile refuses;
// it is right in every other way.
func (w *World) Expression(depth int) string {
	g := &generator{World: w}
	return g.condition(depth)
}

// generator keeps the variables in sight.
type generator struct {
	*World
	variables []variable
	named     int
}

type variable struct {
	name string
	typ  remit.FieldType
}

// condition returns a condition that may stand anywhere: in parentheses where it
// is joined of several.
func (g *generator) condition(depth int) string {
	if depth == 0 {
		return g.leaf()
	}
	down := depth - 1 - g.random.IntN(2)
	if down < 0 {
		down = 0
	}
	switch n := g.random.IntN(100); {
	case n < 14:
		return fmt.Sprintf("(%s && %s)", g.condition(depth-1), g.condition(down))
	case n < 54:
		return fmt.Sprintf("(%s || %s)", g.condition(depth-1), g.condition(down))
	case n < 68:
		return "!" + g.negatable(depth-1)
	case n < 81:
		return fmt.Sprintf("(%s ? %s : %s)", g.condition(down), g.condition(depth-1), g.condition(down))
	case n < 94:
		return g.quantifier(depth - 1)
	}
	return g.leaf()
}

func (g *generator) negatable(depth int) string { return "(" + g.condition(depth) + ")" }

// quantifier asks exists or all of a list of user or a written one.
func (g *generator) quantifier(depth int) string {
	t := g.valueType()
	list := g.list(t, true)
	g.named++
	v := variable{name: "x" + strconv.Itoa(g.named), typ: t}
	g.variables = append(g.variables, v)
	body := g.condition(min(depth, 2))
	g.variables = g.variables[:len(g.variables)-1]
	return fmt.Sprintf("%s.%s(%s, %s)", list, pick(g.World, []string{"exists", "all"}), v.name, body)
}

// userLists are the lists of user by the type of their elements.
var userLists = map[remit.FieldType][]string{
	remit.Text: {"user.roles", "user.regions"}, remit.Integer: {"user.levels"}, remit.Currency: {"user.ceilings"},
	remit.Date: {"user.days"}, remit.Timestamp: {"user.moments"},
}

// list returns a list of the type's values. Where it is ranged over, its literals
// take their type from an element that has one.
func (g *generator) list(t remit.FieldType, ranged bool) string {
	if lists := userLists[t]; lists != nil && g.chance(55) {
		return pick(g.World, lists)
	}
	var elements []string
	if ranged {
		elements = append(elements, g.typed(t))
	}
	for range g.random.IntN(4) {
		switch {
		case g.chance(25):
			elements = append(elements, g.typed(t))
		case g.chance(8):
			elements = append(elements, "null")
		default:
			elements = append(elements, g.literal(t))
		}
	}
	return "[" + strings.Join(elements, ", ") + "]"
}

// valueType returns a type that literals can be written of: that of the innermost
// variable, often, so that it is used.
func (g *generator) valueType() remit.FieldType {
	if n := len(g.variables); n > 0 && g.chance(50) {
		return g.variables[n-1].typ
	}
	return pick(g.World, []remit.FieldType{
		remit.Text, remit.Text, remit.Text, remit.Enum, remit.Integer, remit.Integer, remit.Decimal,
		remit.Currency, remit.Date, remit.Timestamp, remit.Relation, remit.Relation,
	})
}

// leaf returns one test.
func (g *generator) leaf() string {
	switch n := g.random.IntN(100); {
	case n < 34:
		return g.compare()
	case n < 42:
		return fmt.Sprintf("(%s %s null)", g.typed(g.valueType()), pick(g.World, []string{"==", "!="}))
	case n < 62:
		t := g.valueType()
		return fmt.Sprintf("(%s in %s)", g.typed(t), g.list(t, false))
	case n < 74:
		return fmt.Sprintf("%s.%s(%s)", g.typed(remit.Text), pick(g.World, []string{"startsWith", "contains"}), g.value(remit.Text))
	case n < 84:
		return g.below()
	case n < 89:
		return g.boolean()
	}
	return g.aboutUser()
}

func (g *generator) compare() string {
	t := g.valueType()
	a, b := g.typed(t), g.value(t)
	if g.chance(30) {
		a, b = b, a
	}
	op := pick(g.World, []string{"==", "!=", "!=", "<", "<=", ">", ">="})
	if t == remit.Enum || t == remit.Relation {
		op = pick(g.World, []string{"==", "!="})
	}
	switch {
	case op == "==" && g.chance(25):
		return fmt.Sprintf("(%s != null && %s == %s)", a, a, b)
	case op == "==" && g.chance(30):
		return fmt.Sprintf("(%s == null && %s == null || %s == %s)", a, b, a, b)
	}
	return fmt.Sprintf("(%s %s %s)", a, op, b)
}

func (g *generator) below() string {
	if g.chance(40) {
		return fmt.Sprintf("inDepartment(%s, user)", pick(g.World, fieldsOf("departments")))
	}
	if names := g.variablesOf(remit.Relation); len(names) > 0 && g.chance(50) {
		return fmt.Sprintf("reportsTo(%s, user)", pick(g.World, names))
	}
	who := pick(g.World, fieldsOf("people"))
	switch g.random.IntN(4) {
	case 0:
		return fmt.Sprintf("(reportsTo(%s, user) || %s == user.id)", who, who)
	case 1:
		return fmt.Sprintf("(user.id != %s && !reportsTo(%s, user))", who, who)
	}
	return fmt.Sprintf("reportsTo(%s, user)", who)
}

func (g *generator) boolean() string {
	f := pick(g.World, fields[remit.Boolean])
	switch g.random.IntN(3) {
	case 0:
		return fmt.Sprintf("(%s == %s)", f, pick(g.World, []string{"true", "false"}))
	case 1:
		return fmt.Sprintf("(%s != %s)", f, pick(g.World, []string{"true", "false", "user.senior"}))
	}
	return f
}

// aboutUser returns a condition over user alone, or over nothing.
func (g *generator) aboutUser() string {
	return pick(g.World, []string{
		"user.senior", "!user.senior", "(user.level > 1)", "(user.region == null)", "(user.manager_id != null)", `("a" in user.roles)`,
		"(user.levels.size() > 1)", `user.region.endsWith("a")`, `user.roles.all(r, r.matches("^a"))`, "(user.ceiling >= 0.01)",
		"(user.level + 1 > 100)", `(user.since < date("2024-03-01"))`, "true", "false", "(1 < 2)", `(user.level / 0 == 1)`,
		`user.moments.exists(m, m > timestamp("2024-03-01T00:00:00Z"))`, "(user.rate == 0.000001)", `(user.department + "x" == "ax")`,
	})
}

// fields are the paths to values of each type, on the record and over hops.
var fields = map[remit.FieldType][]string{
	remit.Text: {
		"record.title", "record.note", "record.other", "record.account.name", "record.owner.name", "record.account.parent.name",
		"record.account.owner.name", "record.owner.department.name", "record.partner.name",
	},
	remit.Enum:      {"record.stage", "record.stage", "record.account.stage", "record.partner.parent.stage"},
	remit.Integer:   {"record.count", "record.score", "record.count", "record.account.size", "record.account.parent.size", "record.owner.level"},
	remit.Decimal:   {"record.discount", "record.account.rate", "record.partner.rate"},
	remit.Currency:  {"record.amount", "record.fee", "record.account.revenue", "record.account.parent.revenue"},
	remit.Boolean:   {"record.hot", "record.hot", "record.account.active", "record.account.parent.active"},
	remit.Date:      {"record.closes", "record.opened", "record.account.since"},
	remit.Timestamp: {"record.due", "record.seen", "record.account.seen", "record.partner.parent.seen"},
	remit.Relation:  {"record.owner_id", "record.owner_id", "record.backup_id", "record.account.owner_id", "record.account.parent.owner_id", "record.owner.manager_id", "record.owner.id"},
}

// fieldsOf returns paths to links to the collection.
func fieldsOf(target string) []string {
	if target == "departments" {
		return []string{"record.department_id", "record.owner.department_id", "record.owner.department.parent_id"}
	}
	return fields[remit.Relation]
}

// userScalars are the fields of user by type. Relations are to people.
var userScalars = map[remit.FieldType][]string{
	remit.Text: {"user.region", "user.department", "user.name", "user.email"}, remit.Enum: {"user.region"}, remit.Integer: {"user.level"}, remit.Decimal: {"user.rate"},
	remit.Currency: {"user.ceiling"}, remit.Date: {"user.since"}, remit.Timestamp: {"user.seen"}, remit.Relation: {"user.id", "user.id", "user.manager_id"},
}

// typed returns an operand that has a type by itself: a field, mostly.
func (g *generator) typed(t remit.FieldType) string {
	if names := g.variablesOf(t); len(names) > 0 && g.chance(40) {
		return pick(g.World, names)
	}
	if g.chance(6) {
		return pick(g.World, userScalars[t])
	}
	return pick(g.World, fields[t])
}

// value returns any operand of the type.
func (g *generator) value(t remit.FieldType) string {
	switch n := g.random.IntN(100); {
	case n < 45:
		return g.literal(t)
	case n < 75:
		return pick(g.World, userScalars[t])
	}
	return g.typed(t)
}

func (g *generator) variablesOf(t remit.FieldType) []string {
	var names []string
	for _, v := range g.variables {
		if v.typ == t {
			names = append(names, v.name)
		}
	}
	return names
}

// literal writes a value of the type as an author would.
func (g *generator) literal(t remit.FieldType) string {
	if t == remit.Relation {
		return strconv.Quote(string(pick(g.World, g.table("people").Rows).ID))
	}
	v := pick(g.World, values[t])
	switch t {
	case remit.Text, remit.Enum:
		return quote(v.Text())
	case remit.Date:
		return fmt.Sprintf("date(%q)", v.String())
	case remit.Timestamp:
		return fmt.Sprintf("timestamp(%q)", v.String())
	case remit.Integer, remit.Decimal, remit.Currency, remit.Boolean, remit.Relation:
	}
	return v.String()
}

// quote writes a text literal of CEL, of which strconv.Quote's escapes are part.
func quote(s string) string { return strconv.Quote(s) }

var _ scope.Hierarchy = (*World)(nil)
