package analytics

import (
	"slices"
	"strings"

	"github.com/remit-crm/remit"
)

// The bounds on a statement.
const (
	maxItems = 12
	maxJoins = 4
)

// Parse reads a template's SQL:
//
//	SELECT expression [AS name], …
//	FROM collection alias
//	[LEFT JOIN collection alias ON alias.id = alias.relation_id …]
//	[WHERE condition] [GROUP BY name, …] [ORDER BY name [DESC], …]
//
// An expression is a field, date_trunc('month', field), COUNT(*), SUM(field),
// AVG(field), each figure optionally FILTER (WHERE condition), or a share of the
// group's records, AVG(CASE WHEN condition THEN 1 ELSE 0 END). Conditions are
// comparisons with values and :parameters, IN, BETWEEN, IS NULL, AND, OR, NOT.
//
// Smallest and greatest values are left out on purpose: each is one record's.
func Parse(sql string) (*Statement, error) {
	tokens, err := lex(sql)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens, out: &Statement{}}
	p.statement()
	return p.out, p.err
}

// parser reads tokens until the first error.
type parser struct {
	tokens []token
	at     int
	depth  int
	out    *Statement
	err    error
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) take() token {
	t := p.tokens[p.at]
	if t.kind != endToken {
		p.at++
	}
	return t
}

// fail keeps the first error and skips to the end, so that nothing more is read.
func (p *parser) fail(t token, format string, args ...any) {
	if p.err == nil {
		e := remit.FieldErrorf("sql", format, args...)
		e.Hint = "near " + t.describe()
		p.err = e
	}
	p.at = len(p.tokens) - 1
}

func (t token) describe() string {
	if t.kind == endToken {
		return "the end"
	}
	return "“" + t.text + "”"
}

// accept takes the token if it is the word or sign.
func (p *parser) accept(text string) bool {
	t := p.peek()
	if (t.kind != wordToken && t.kind != signToken) || t.text != text {
		return false
	}
	p.at++
	return true
}

func (p *parser) expect(texts ...string) {
	for _, text := range texts {
		if !p.accept(text) {
			p.fail(p.peek(), "expected %s", strings.ToUpper(text))
			return
		}
	}
}

// reserved are the words that are no names.
var reserved = []string{
	"select", "from", "left", "join", "on", "where", "group", "order", "by", "as", "and", "or", "not", "in", "is", "null",
	"between", "filter", "case", "when", "then", "else", "end", "true", "false", "asc", "desc", "outer", "date", "having", "limit", "union", "distinct", "with",
}

func (p *parser) name(what string) string {
	t := p.take()
	if t.kind != wordToken || slices.Contains(reserved, t.text) {
		p.fail(t, "expected the name of %s", what)
		return ""
	}
	return t.text
}

func (p *parser) statement() {
	p.expect("select")
	for more := true; more; more = p.accept(",") {
		p.item()
	}
	p.expect("from")
	p.out.Collection = p.name("a collection")
	p.out.alias = p.alias(p.out.Collection)
	for p.accept("left") {
		p.join()
	}
	if p.accept("where") {
		p.out.where = p.condition()
	}
	if p.accept("group") {
		p.expect("by")
		for more := true; more; more = p.accept(",") {
			p.out.groups = append(p.out.groups, p.name("a column to group by"))
		}
	}
	if p.accept("order") {
		p.expect("by")
		for more := true; more; more = p.accept(",") {
			p.orderKey()
		}
	}
	if t := p.peek(); t.kind != endToken {
		p.fail(t, "nothing may follow here: a template is one plain SELECT")
	}
	p.shape()
}

// alias reads an optional alias; without one the collection's name is it.
func (p *parser) alias(collection string) string {
	if p.accept("as") {
		return p.name("an alias")
	}
	if t := p.peek(); t.kind == wordToken && !slices.Contains(reserved, t.text) {
		return p.name("an alias")
	}
	return collection
}

func (p *parser) join() {
	p.accept("outer")
	p.expect("join")
	j := join{at: p.peek().at, collection: p.name("a collection")}
	j.alias = p.alias(j.collection)
	p.expect("on")
	left := p.ref()
	p.expect("=")
	right := p.ref()
	if right.alias == j.alias {
		left, right = right, left
	}
	if left.alias != j.alias || left.name != remit.IDField {
		p.fail(p.peek(), "join by %s.id = the relation that leads there, e.g. o.account_id", j.alias)
	}
	j.from, j.link = right.alias, right.name
	p.out.joins = append(p.out.joins, j)
	if len(p.out.joins) > maxJoins {
		p.fail(p.peek(), "there are more than %d joins", maxJoins)
	}
}

func (p *parser) ref() ref {
	t := p.peek()
	r := ref{at: t.at, name: p.name("a field")}
	if p.accept(".") {
		r.alias, r.name = r.name, p.name("a field")
	}
	return r
}

func (p *parser) orderKey() {
	name := p.name("a result column")
	if p.accept("desc") {
		name = "-" + name
	} else {
		p.accept("asc")
	}
	p.out.order = append(p.out.order, name)
}

// shape checks what can be checked without the data model: columns have names of
// their own, groups are exactly the columns that are no figures.
func (p *parser) shape() {
	if p.err != nil {
		return
	}
	var names, groups []string
	figures := 0
	for _, i := range p.out.items {
		if slices.Contains(names, i.name) {
			p.fail(p.peek(), "two columns are called %s: name one with AS", i.name)
		}
		names = append(names, i.name)
		if i.fn == "" {
			groups = append(groups, i.name)
		} else {
			figures++
		}
	}
	if figures == 0 || len(p.out.items) > maxItems {
		p.fail(p.peek(), "select 1 to %d columns, at least one of them a figure such as COUNT(*)", maxItems)
	}
	if !slices.Equal(slices.Sorted(slices.Values(groups)), slices.Sorted(slices.Values(p.out.groups))) {
		p.fail(p.peek(), "group by exactly the columns that are no figures: %s", strings.Join(groups, ", "))
	}
	for _, key := range p.out.order {
		if !slices.Contains(names, strings.TrimPrefix(key, "-")) {
			p.fail(p.peek(), "order by a column of the result: %s", strings.Join(names, ", "))
		}
	}
}
