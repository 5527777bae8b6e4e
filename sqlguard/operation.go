package sqlguard

import "strings"

// functionSchema is where PostgreSQL has the functions of this package's making.
const functionSchema = "remit_sql."

// infixOps are written between their operands, alike in both dialects.
var infixOps = map[string]string{
	"and": " AND ", "or": " OR ", "concat": " || ",
	"=": " = ", "<>": " <> ", "<": " < ", "<=": " <= ", ">": " > ", ">=": " >= ",
}

// suffixOps are written behind their operand.
var suffixOps = map[string]string{
	"is null": " IS NULL", "is not null": " IS NOT NULL", "is true": " IS TRUE", "is not true": " IS NOT TRUE",
	"is false": " IS FALSE", "is not false": " IS NOT FALSE",
}

// functionOps are functions of one name in both dialects.
var functionOps = map[string]string{"lower": "lower", "upper": "upper", "length": "length", "coalesce": "COALESCE", "nullif": "NULLIF"}

// goOps are functions that SQLite gets from us, see data/internal/sqldb, and
// PostgreSQL has in a schema of ours.
var goOps = map[string]string{"add": "add", "sub": "sub", "mul": "mul", "div": "div", "mod": "mod", "abs": "abs"}

func (w *writer) call(c *call) {
	switch {
	case infixOps[c.op] != "":
		w.between(c.args, "(", infixOps[c.op], ")")
	case suffixOps[c.op] != "":
		w.between(c.args, "(", "", suffixOps[c.op]+")")
	case functionOps[c.op] != "":
		w.between(c.args, functionOps[c.op]+"(", ", ", ")")
	case goOps[c.op] != "":
		w.between(c.args, w.ours(goOps[c.op])+"(", ", ", ")")
	case strings.HasPrefix(c.op, "trunc "):
		w.truncate(c, strings.TrimPrefix(c.op, "trunc "))
	case strings.HasPrefix(c.op, "part "):
		w.part(c, strings.TrimPrefix(c.op, "part "))
	default:
		w.special(c)
	}
}

func (w *writer) ours(name string) string {
	if w.postgres() {
		return functionSchema + name
	}
	return "remit_" + name
}

func (w *writer) between(args []expr, before, separator, behind string) {
	w.put(before)
	for i, a := range args {
		if i > 0 {
			w.put(separator)
		}
		w.expr(a)
	}
	w.put(behind)
}

// special writes the operations that are unlike the others.
func (w *writer) special(c *call) {
	rest := c.args[1:]
	switch c.op {
	case "not":
		w.between(c.args, "(NOT ", "", ")")
	case "same":
		w.expr(c.args[0])
	case "in", "not in":
		w.put("(")
		w.expr(c.args[0])
		w.between(rest, map[bool]string{true: " IN (", false: " NOT IN ("}[c.op == "in"], ", ", "))")
	case "between":
		w.between(c.args[:1], "(", "", " BETWEEN ")
		w.between(rest, "(", ") AND (", "))") // whose grammar takes no COLLATE without brackets
	case "is distinct from":
		w.between(c.args, "(", w.choose(" IS DISTINCT FROM ", " IS NOT "), ")")
	case "is not distinct from":
		w.between(c.args, "(", w.choose(" IS NOT DISTINCT FROM ", " IS "), ")")
	case "like":
		w.like(c, "")
	case "ilike":
		w.like(c, w.ours("fold"))
	case "btrim", "trim":
		w.between(c.args, w.choose("btrim(", "trim("), "", w.choose(")", ", ' ')"))
	case "position":
		w.between(c.args, w.choose("strpos(", "instr("), ", ", w.choose(")::bigint", ")"))
	case "starts_with":
		w.startsWith(c)
	case "substr":
		w.substr(c)
	case "text":
		w.between(c.args, "CAST(", "", w.choose(` AS text) COLLATE "C"`, " AS TEXT)"))
	case "day":
		w.day(c)
	case "days":
		w.days(c)
	case "shift":
		w.shift(c)
	default:
		w.err = internal(c)
	}
}

func (w *writer) choose(postgres, sqlite string) string {
	if w.postgres() {
		return postgres
	}
	return sqlite
}

func (w *writer) like(c *call, fold string) {
	if w.postgres() {
		w.between(c.args[:1], "("+fold+"(", "", ") LIKE ")
		w.between(c.args[1:], fold+"(", "", "))")
		return
	}
	w.between(c.args[:1], "remit_like("+fold+"(", "", "), ")
	w.between(c.args[1:], fold+"(", "", "))")
}

func (w *writer) substr(c *call) {
	w.between(c.args[:1], "substr(", "", "")
	for _, a := range c.args[1:] {
		w.put(", ")
		w.expr(a)
		w.put(w.choose("::integer", ""))
	}
	w.put(")")
}

func (w *writer) startsWith(c *call) {
	if w.postgres() {
		w.between(c.args, "starts_with(", ", ", ")")
		return
	}
	w.between(c.args[:1], "(substr(", "", ", 1, length(")
	w.between(c.args[1:], "", "", ")) = ")
	w.between(c.args[1:], "", "", ")")
}

// day writes on which day an instant lies.
func (w *writer) day(c *call) {
	if w.postgres() {
		w.between(c.args, "(", "", " AT TIME ZONE ")
		w.arg(Arg{Kind: Text, Text: w.zone})
		w.put(")::date")
		return
	}
	w.between(c.args, "remit_day(", "", ")")
}

func (w *writer) days(c *call) {
	if w.postgres() {
		w.between(c.args, "(", " - ", ")::bigint")
		return
	}
	w.between(c.args[:1], "CAST(julianday(", "", ") - julianday(")
	w.between(c.args[1:], "", "", ") AS INTEGER)")
}

func (w *writer) shift(c *call) {
	if w.postgres() {
		w.between(c.args, "(", " + ", "::integer)")
		return
	}
	w.between(c.args[:1], "date(", "", ", ")
	w.between(c.args[1:], "", "", " || ' days')")
}

// truncate writes the first day of the period of a day.
func (w *writer) truncate(c *call, unit string) {
	switch {
	case w.postgres():
		w.between(c.args, "date_trunc('"+unit+"', ", "", "::timestamp)::date")
	case unit == "month":
		w.between(c.args, "(substr(", "", ", 1, 8) || '01')")
	case unit == "year":
		w.between(c.args, "(substr(", "", ", 1, 5) || '01-01')")
	default:
		w.between(c.args, "remit_trunc('"+unit+"', ", "", ")")
	}
}

// part writes a part of a day.
func (w *writer) part(c *call, unit string) {
	digits := map[string]string{"year": "1, 4", "month": "6, 2", "day": "9, 2"}[unit]
	switch {
	case w.postgres():
		w.between(c.args, "extract("+unit+" FROM ", "", ")::bigint")
	case digits != "":
		w.between(c.args, "CAST(substr(", "", ", "+digits+") AS INTEGER)")
	default:
		w.between(c.args, "remit_part('"+unit+"', ", "", ")")
	}
}
