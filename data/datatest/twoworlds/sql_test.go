package twoworlds

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
)

// statements writes random SELECTs over what the asker knows, and at times over what
// is hidden or not there.
type statements struct {
	*curious
	sources []sqlSource
}

// sqlSource is a collection in FROM.
type sqlSource struct {
	alias string
	of    *remit.Collection // nil: there is none
}

// sql asks for the answer to a random statement.
func (q *curious) sql() *call {
	c := &call{op: "sql", args: map[string]any{"statement": (&statements{curious: q}).statement()}}
	if q.chance(40) {
		c.args["limit"] = pick(q.dice, 1, 2, 3, 5, 1000)
	}
	return c
}

// statement writes one of several shapes.
func (s *statements) statement() string {
	switch {
	case s.bold(5):
		return pick(s.dice, "SELECT 1; SELECT 2", "DELETE FROM accounts", "SELECT version()", "SELECT * FROM pg_class", "SELECT t.* FROM accounts t", "SELECT", "EXPLAIN SELECT 1", "SELECT 1/0", "SELECT pg_sleep(1)")
	case s.chance(12):
		return s.plain(1) + pick(s.dice, " UNION ", " UNION ALL ", " INTERSECT ", " EXCEPT ") + s.plain(1) + s.bounds()
	case s.chance(12):
		inner := s.plain(1)
		return "WITH w(a) AS (" + inner + ") SELECT a, count(*) FROM w GROUP BY a ORDER BY 2 DESC" + s.bounds()
	case s.chance(50):
		return s.grouped() + s.bounds()
	}
	return s.plain(1+s.IntN(3)) + s.order() + s.bounds()
}

// from writes FROM with one collection, or two over a relation.
func (s *statements) from() string {
	s.sources = nil
	of := s.model(s.collection())
	s.sources = append(s.sources, sqlSource{"t", of})
	if of == nil {
		return " FROM oportunities t"
	}
	text := " FROM " + of.Name + " t"
	if !s.chance(45) {
		return text
	}
	for _, i := range s.Perm(len(of.Fields)) {
		f := &of.Fields[i]
		if f.Type != remit.Relation || (s.careful && (!s.s.knows(s.curious, of, i) || s.known(f.Target) == 0)) {
			continue
		}
		s.sources = append(s.sources, sqlSource{"j", s.model(f.Target)})
		return text + pick(s.dice, " JOIN ", " LEFT JOIN ", " RIGHT JOIN ") + f.Target + " j ON j.id = t." + f.Name
	}
	return text
}

func (s *statements) model(name string) *remit.Collection { return s.s.model.Collection("", name) }

// column names one of a source's columns.
func (s *statements) column() (text string, p path) {
	from := pick(s.dice, s.sources...)
	p = s.path(from.of, 0)
	return from.alias + "." + p.text, p
}

// plain selects some expressions of rows.
func (s *statements) plain(columns int) string {
	from := s.from()
	list := make([]string, columns)
	for i := range list {
		list[i] = s.scalar()
		if s.chance(30) {
			list[i] += fmt.Sprintf(" AS x%d", i)
		}
	}
	return "SELECT " + pick(s.dice, "", "", "", "DISTINCT ") + strings.Join(list, ", ") + from + s.where()
}

// scalar writes an expression of a row.
func (s *statements) scalar() string {
	text, p := s.column()
	switch kind := p.kind(); {
	case s.chance(55):
		return text
	case kind == remit.Date || kind == remit.Timestamp:
		return pick(s.dice, "date_trunc('"+pick(s.dice, "week", "month", "quarter", "year")+"', "+text+")", "extract("+pick(s.dice, "year", "quarter", "month", "week", "isodow")+" FROM "+text+")", text+"::date", "current_date - "+text+"::date")
	case isNumber(kind):
		return pick(s.dice, text+" * 2", text+" + "+text, text+" / 3", "round("+text+" / 7, 2)", "abs(-"+text+")", text+" * 1000000", "-"+text, text+" / ("+text+" - "+text+")")
	case kind == remit.Boolean:
		return pick(s.dice, "NOT "+text, text+" IS TRUE", "CASE WHEN "+text+" THEN 'y' ELSE 'n' END")
	}
	return pick(s.dice, "lower("+text+")", "upper("+text+")", "length("+text+")", text+" || '!'", "substr("+text+", 2, 3)", "coalesce("+text+", '-')", "trim("+text+")", "nullif("+text+", "+s.literal(p)+")", "position('a' IN "+text+")")
}

func (p path) kind() remit.FieldType {
	if p.field == nil {
		return remit.Relation
	}
	return p.field.Type
}

func isNumber(t remit.FieldType) bool {
	return slices.Contains([]remit.FieldType{remit.Integer, remit.Decimal, remit.Currency}, t)
}

// grouped selects figures of groups.
func (s *statements) grouped() string {
	from := s.from()
	var list, keys []string
	for range s.IntN(3) {
		list = append(list, s.scalar())
		keys = append(keys, fmt.Sprint(len(list)))
	}
	for range 1 + s.IntN(2) {
		list = append(list, s.figure())
	}
	text := "SELECT " + strings.Join(list, ", ") + from + s.where()
	if len(keys) > 0 {
		text += " GROUP BY " + strings.Join(keys, ", ")
		if s.chance(25) {
			text += " HAVING " + s.figure() + " IS NOT NULL"
		}
	}
	if s.chance(40) {
		text += fmt.Sprintf(" ORDER BY %d%s", 1+s.IntN(len(list)), pick(s.dice, "", " DESC", " NULLS FIRST"))
	}
	return text
}

// figure writes an aggregate.
func (s *statements) figure() string {
	text, p := s.column()
	fn := pick(s.dice, "count", "min", "max")
	if isNumber(p.kind()) {
		fn = pick(s.dice, "sum", "avg", "min", "max", "count")
	}
	if p.kind() == remit.Boolean {
		fn = "count"
	}
	figure := fn + "(" + text + ")"
	switch {
	case s.chance(20):
		figure = "count(*)"
	case fn == "count" && s.chance(40):
		figure = "count(DISTINCT " + text + ")"
	}
	if s.chance(20) {
		figure += " FILTER (WHERE " + s.condition(1) + ")"
	}
	return figure
}

func (s *statements) where() string {
	if !s.chance(65) {
		return ""
	}
	return " WHERE " + s.condition(2)
}

// condition writes one, nested at most so deep.
func (s *statements) condition(depth int) string {
	if depth > 0 && s.chance(35) {
		return "(" + s.condition(depth-1) + pick(s.dice, " AND ", " OR ", " AND NOT ") + s.condition(depth-1) + ")"
	}
	text, p := s.column()
	kind := p.kind()
	switch {
	case s.chance(15):
		return text + pick(s.dice, " IS NULL", " IS NOT NULL")
	case kind == remit.Relation && p.field != nil && s.chance(40) && (!s.careful || s.known(p.field.Target) != 0):
		return text + pick(s.dice, " IN ", " NOT IN ") + "(SELECT id FROM " + p.field.Target + ")"
	case kind == remit.Boolean:
		return text + pick(s.dice, "", " IS NOT TRUE", " = false")
	case kind == remit.Text && s.chance(40):
		piece := strings.NewReplacer("'", "''", `\`, "", "\x00", "").Replace(s.piece(p))
		return text + pick(s.dice, " LIKE ", " ILIKE ", " NOT LIKE ", " NOT ILIKE ") + "'" + pick(s.dice, "%", "_", "") + piece + pick(s.dice, "%", "") + "'"
	case isNumber(kind) && s.chance(30):
		return text + pick(s.dice, " * 3 ", " / 2 ", " * 1000000000 ") + pick(s.dice, "> ", "<= ", "= ") + s.literal(p)
	case s.chance(20):
		return text + pick(s.dice, " IN (", " NOT IN (") + s.literal(p) + ", " + s.literal(p) + ")"
	case s.chance(15):
		return text + " BETWEEN " + s.literal(p) + " AND " + s.literal(p)
	}
	return text + pick(s.dice, " = ", " <> ", " < ", " >= ", " IS DISTINCT FROM ") + s.literal(p)
}

// literal writes a value, of what is visible or hidden, mostly.
func (s *statements) literal(p path) string {
	switch v := s.operand(p).(type) {
	case nil:
		return "NULL"
	case remit.Value:
		if isNumber(p.kind()) || p.kind() == remit.Boolean {
			return v.String()
		}
		return literally(v.String())
	case string:
		return literally(v)
	default:
		return fmt.Sprint(v)
	}
}

func literally(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func (s *statements) order() string {
	if !s.chance(55) {
		return ""
	}
	return " ORDER BY " + pick(s.dice, "1", s.scalar()) + pick(s.dice, "", " DESC", " NULLS FIRST", " DESC NULLS LAST")
}

func (s *statements) bounds() string {
	text := ""
	if s.chance(40) {
		text += fmt.Sprintf(" LIMIT %d", pick(s.dice, 0, 1, 2, 3, 10))
	}
	if s.chance(15) {
		text += fmt.Sprintf(" OFFSET %d", pick(s.dice, 1, 2, 5))
	}
	return text
}

// knows reports whether the asker knows the field at the index.
func (*scenario) knows(q *curious, of *remit.Collection, i int) bool { return q.known(of.Name).has(i) }

// TestTwoWorldsSQL holds law 6 for SQL: results and refusals, over HTTP and MCP, on
// both databases.
func TestTwoWorldsSQL(t *testing.T) {
	first := seed(t)
	pairs := open(t, "sqlite", "postgres")
	report := newReport()
	for n := first; report.requests < 4*requests(); n++ { // 20,000 in a soak
		s, err := newScenario(n, pairs[0][0].model, pairs[0][0].asker)
		if err != nil {
			t.Fatalf("scenario %d: %v", n, err)
		}
		r, err := begin(t.Context(), s, pairs, report)
		if err != nil {
			t.Fatal(err)
		}
		r.curious.ops = []string{"sql"}
		for range 4 * perScenario {
			if diff := r.step(); diff != nil {
				t.Fatal(r.minimize(t.Context(), diff))
			}
		}
	}
	t.Log(report)
	if 3*report.good < report.requests {
		t.Errorf("only %d of %d statements were answered", report.good, report.requests)
	}
}
