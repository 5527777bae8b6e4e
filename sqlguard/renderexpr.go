package sqlguard

import "strconv"

func (w *writer) expr(e expr) {
	if w.text.Len() > maxRendered {
		return // which Render refuses
	}
	switch e := e.(type) {
	case *constant:
		w.constant(e)
	case *columnRef:
		w.column(e)
	case *call:
		w.call(e)
	case *aggregate:
		w.aggregate(e)
	case *choice:
		w.choice(e)
	case *subquery:
		w.subquery(e)
	default:
		w.err = internal(e)
	}
}

// columnTypes are PostgreSQL's types of what is stored.
var columnTypes = map[Kind]string{Text: "text", Number: "bigint", Boolean: "boolean", Date: "date", Timestamp: "timestamptz"}

func (w *writer) constant(c *constant) {
	switch {
	case c.null && w.postgres():
		w.put("NULL::", columnTypes[c.of.Kind])
	case c.null:
		w.put("NULL")
	case c.of.Kind == Number && w.postgres():
		w.put("(", strconv.FormatInt(c.whole, 10), ")::bigint")
	case c.of.Kind == Number:
		w.put("(", strconv.FormatInt(c.whole, 10), ")")
	case c.of.Kind == Boolean:
		w.put(map[int64]string{0: "FALSE", 1: "TRUE"}[c.whole])
	default:
		w.arg(Arg{Kind: c.of.Kind, Text: c.text})
	}
}

func (w *writer) column(c *columnRef) {
	w.put(c.source.alias, ".")
	if c.source.table != nil {
		w.quote(c.source.table.Columns[c.index].Name)
		return
	}
	w.put(columnAlias(c.index))
}

func (w *writer) choice(c *choice) {
	w.put("CASE")
	w.clause(" ", c.subject)
	for _, one := range c.whens {
		w.put(" WHEN ")
		w.expr(one.condition)
		w.put(" THEN ")
		w.expr(one.then)
	}
	w.clause(" ELSE ", c.other)
	w.put(" END")
}

// subquery writes a query within an expression. One that is to give a value gives the
// one that it has: that there are several must not be an error, which databases find
// or not as they plan.
func (w *writer) subquery(s *subquery) {
	switch s.kind {
	case scalar:
		w.made++
		alias := "s" + strconv.Itoa(w.made)
		w.put("(SELECT CASE WHEN COUNT(*) = 1 THEN ", w.only(s.of.Kind), " END FROM (")
		w.query(s.query, false)
		w.put(") AS ", alias, ")")
	case exists:
		w.put("EXISTS (")
		w.query(s.query, false)
		w.put(")")
	case member:
		w.put("(")
		w.expr(s.test)
		w.put(" IN (")
		w.query(s.query, false)
		w.put("))")
	}
}

// only is an aggregate that gives the one value that there is.
func (w *writer) only(of Kind) string {
	if w.postgres() && of == Boolean {
		return "bool_and(c1)"
	}
	return "MAX(c1)"
}

// aggregate writes an aggregate. A sum beyond 64 bits is null on PostgreSQL; on SQLite
// it fails, and then is made of two halves, each of which is small: put together they
// are null, too. That one fails changes nothing but how long the answer takes.
func (w *writer) aggregate(a *aggregate) {
	switch {
	case a.fn == "sum" && w.postgres():
		w.put(functionSchema, "whole(")
		w.half(a, "")
		w.put(")")
	case a.fn == "sum" && w.split:
		w.put("remit_halves(")
		w.half(a, " >> 32")
		w.put(", ")
		w.half(a, " & 4294967295")
		w.put(")")
	default:
		w.half(a, "")
	}
}

func (w *writer) half(a *aggregate, behind string) {
	w.put(a.fn, "(")
	if a.distinct {
		w.put("DISTINCT ")
	}
	if a.arg == nil {
		w.put("*")
	} else {
		w.expr(a.arg)
		w.put(behind)
	}
	w.put(")")
	if a.filter != nil {
		w.put(" FILTER (WHERE ")
		w.expr(a.filter)
		w.put(")")
	}
}
