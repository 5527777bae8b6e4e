package analytics

import "slices"

// units are what date_trunc cuts to.
var units = []string{"day", "week", "month", "quarter", "year"}

// item reads one column of the result.
func (p *parser) item() {
	t := p.peek()
	i := item{at: t.at}
	switch {
	case t.kind == wordToken && p.opens("date_trunc"):
		p.bucket(&i)
	case t.kind == wordToken && p.opens("count"):
		i.fn = "count"
		p.expect("*", ")")
	case t.kind == wordToken && p.opens("sum"):
		i.fn, i.ref = "sum", p.ref()
		p.expect(")")
	case t.kind == wordToken && p.opens("avg"):
		p.average(&i)
	default:
		i.ref = p.ref()
		i.name = i.ref.name
		if p.peek().text == "(" {
			p.fail(t, "the functions are COUNT(*), SUM, AVG and date_trunc")
		}
	}
	if i.fn != "" && i.fn != "ratio" && p.accept("filter") {
		p.expect("(", "where")
		i.filter = p.condition()
		p.expect(")")
	}
	if p.accept("as") {
		i.name = p.name("the column")
	}
	if i.name == "" {
		p.fail(t, "name the figure with AS")
	}
	p.out.items = append(p.out.items, i)
}

// opens takes a function's name and its bracket.
func (p *parser) opens(function string) bool {
	following := p.tokens[min(p.at+1, len(p.tokens)-1)]
	if p.peek().text != function || following.kind != signToken || following.text != "(" {
		return false
	}
	p.at += 2
	return true
}

// bucket reads 'month', field).
func (p *parser) bucket(i *item) {
	unit := p.take()
	if unit.kind != textToken || !slices.Contains(units, unit.text) {
		p.fail(unit, "date_trunc cuts to 'day', 'week', 'month', 'quarter' or 'year'")
	}
	p.expect(",")
	i.bucket, i.ref = unit.text, p.ref()
	i.name = i.ref.name
	p.expect(")")
}

// average reads a field, or CASE WHEN condition THEN 1 ELSE 0 END: the share of
// records that meet the condition.
func (p *parser) average(i *item) {
	if !p.accept("case") {
		i.fn, i.ref = "avg", p.ref()
		p.expect(")")
		return
	}
	i.fn = "ratio"
	p.expect("when")
	i.filter = p.condition()
	p.expect("then")
	p.numeral("1")
	p.expect("else")
	p.numeral("0")
	p.expect("end", ")")
}

func (p *parser) numeral(text string) {
	if t := p.take(); t.kind != numberToken || t.text != text {
		p.fail(t, "a share is written AVG(CASE WHEN condition THEN 1 ELSE 0 END)")
	}
}
