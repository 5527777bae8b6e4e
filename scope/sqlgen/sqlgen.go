// Package sqlgen renders row scopes as SQL predicates for SQLite and PostgreSQL.
// It is pure: no database is opened.
//
// A rendered predicate is true exactly where the expression is; it is false or
// null everywhere else, so it must never be negated. Every value is an argument.
// The text depends on the predicate alone, never on the person.
package sqlgen

import (
	"regexp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// Dialect is a database's SQL. The zero value is none, and renders nothing.
type Dialect uint8

// The dialects.
const (
	SQLite Dialect = iota + 1
	Postgres
)

// String returns the dialect's name.
func (d Dialect) String() string {
	switch d {
	case SQLite:
		return "sqlite"
	case Postgres:
		return "postgres"
	}
	return "none"
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Render returns the predicate over a row of its collection's table that the
// statement calls alias. A nil predicate renders as FALSE. The error is
// [remit.KindInternal]: the dialect or the alias is none.
func Render(d Dialect, p *scope.Predicate, alias string) (Fragment, error) {
	return render(d, rulesOf(d), p, alias)
}

// RenderWalk is [Render] for a plan that meets most records and tests each: what is
// looked up is hashed once, where Render's form lets an index find the few. The two
// are true on the same rows and take the same arguments.
func RenderWalk(d Dialect, p *scope.Predicate, alias string) (Fragment, error) {
	r := rulesOf(d)
	if d == Postgres {
		r.member = hashedPostgres
	}
	return render(d, r, p, alias)
}

func render(d Dialect, rules *rules, p *scope.Predicate, alias string) (Fragment, error) {
	if rules == nil {
		return Fragment{}, remit.Errorf(remit.KindInternal, "sqlgen: the dialect %s renders nothing", d)
	}
	if !identifier.MatchString(alias) {
		return Fragment{}, remit.Errorf(remit.KindInternal, "sqlgen: %q is no alias", alias)
	}
	w := &writer{rules: rules, alias: alias}
	w.node(p.Root())
	if w.err != nil {
		return Fragment{}, w.err
	}
	return Fragment{SQL: w.sql.String(), Args: w.args, LooksUp: w.looks}, nil
}
