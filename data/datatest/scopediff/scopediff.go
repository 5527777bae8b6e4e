// Package scopediff compares what SQL makes of random row scopes with what CEL
// makes of them in memory: every record, every person, both databases. The
// package is for tests.
package scopediff

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope"
	"github.com/remit-crm/remit/scope/eval"
	"github.com/remit-crm/remit/scope/scopetest"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// Renderer turns a predicate into SQL: [sqlgen.Render], or a broken form of it
// that a test wants to see caught.
type Renderer func(d sqlgen.Dialect, p *scope.Predicate, alias string) (sqlgen.Fragment, error)

// Options say how much is compared.
type Options struct {
	Seed      uint64
	Decisions int // stop after so many, counted once for each database
	Mistakes  int // stop after so many mismatches; 0 for one
	Depth     int // of the expressions
	Render    Renderer
}

// Report says what was compared.
type Report struct {
	Decisions  int // a record that matches a scope for a person, or does not
	True       int // of which matched
	Scopes     int
	Closed     int // scopes that did not bind, on all sides
	Mismatches []string

	last           *scope.Predicate
	lastExpression string
}

// perWorld is how many scopes are tried on one company before the next is made.
const perWorld = 70

// Database is an empty database with the tables of a [scopetest.World].
type Database struct {
	db *sqldb.DB
}

// OpenSQLite returns a database in a file of its own.
func OpenSQLite(tb testing.TB) *Database {
	tb.Helper()
	return open(tb, "sqlite:"+filepath.Join(tb.TempDir(), "scopes.db"))
}

// OpenPostgres returns a fresh database of the test server.
func OpenPostgres(tb testing.TB) *Database {
	tb.Helper()
	return open(tb, pgtest.URL(tb))
}

func open(tb testing.TB, url string) *Database {
	tb.Helper()
	db, err := sqldb.Open(context.Background(), url, sqldb.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return &Database{db: db}
}

// Dialect returns the database's dialect.
func (d *Database) Dialect() sqlgen.Dialect { return d.db.Dialect() }

// Compare tries random scopes on the databases until enough has been decided or
// too many mistakes were found.
func Compare(tb testing.TB, o Options, databases ...*Database) *Report {
	tb.Helper()
	report := &Report{}
	o.Mistakes = max(o.Mistakes, 1)
	for seed := o.Seed; !report.enough(o); seed++ {
		report.last = nil
		w, err := scopetest.New(seed)
		if err != nil {
			tb.Fatal(err)
		}
		for _, d := range databases {
			if err := d.load(w); err != nil {
				tb.Fatalf("seed %d on %s: %v", seed, d.Dialect(), err)
			}
		}
		for i := 0; i < perWorld && !report.enough(o); i++ {
			if err := report.try(w, w.Expression(i%(o.Depth+1)), o.Render, databases); err != nil {
				tb.Fatalf("seed %d: %v", seed, err)
			}
		}
	}
	return report
}

func (r *Report) enough(o Options) bool {
	return r.Decisions >= o.Decisions || len(r.Mismatches) >= o.Mistakes
}

// try compares one scope for every person.
func (r *Report) try(w *scopetest.World, expression string, render Renderer, databases []*Database) error {
	p, err := w.Env.Compile(w.Deals.Collection, expression)
	if refusedForNull(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", expression, err)
	}
	p, expression = r.join(p, expression)
	program, err := eval.New(p)
	if err != nil {
		return fmt.Errorf("%s: %w", expression, err)
	}
	r.Scopes++
	for _, d := range databases {
		fragment, err := render(d.Dialect(), p, "d")
		if err != nil {
			return fmt.Errorf("%s on %s: %w", expression, d.Dialect(), err)
		}
		for _, u := range w.Users {
			want, err := inMemory(w, program, u)
			if err != nil {
				return fmt.Errorf("%s: %w", expression, err)
			}
			r.compare(w, d, fragment, u, expression, want)
		}
	}
	return nil
}

// join joins every third scope with the one before it, as the rules of several
// roles are joined: by Or while few records match, since a test of rules that
// match nothing shows nothing.
func (r *Report) join(p *scope.Predicate, expression string) (*scope.Predicate, string) {
	last, lastExpression := r.last, r.lastExpression
	r.last, r.lastExpression = p, expression
	switch {
	case last == nil || r.Scopes%3 != 0:
		return p, expression
	case r.True*100 > r.Decisions*42:
		return scope.And(last, p), "And(" + lastExpression + ",\n" + expression + ")"
	}
	return scope.Or(last, p), "Or(" + lastExpression + ",\n" + expression + ")"
}

// refusedForNull reports whether the generator ran into one of the two save-time
// errors that it does not avoid.
func refusedForNull(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "may both be null") || strings.Contains(err.Error(), "is never null"))
}

// answer is what one side makes of a scope for a person: the deals that match,
// sorted, or that the scope is closed.
type answer struct {
	ids    []string
	closed bool
}

// closedBy reports whether the error says that the person lacks an attribute.
func closedBy(err error) bool { return err != nil && remit.KindOf(err) == remit.KindInvalid }

func inMemory(w *scopetest.World, program *eval.Program, u *scope.User) (answer, error) {
	var a answer
	for _, row := range w.Deals.Rows {
		matches, err := program.Eval(u, w.Record(w.Deals, row), w)
		if a.closed = closedBy(err); err != nil && !a.closed {
			return a, err
		}
		if matches {
			a.ids = append(a.ids, string(row.ID))
		}
	}
	slices.Sort(a.ids)
	return a, nil
}

func (d *Database) answer(f sqlgen.Fragment, u *scope.User) (answer, error) {
	args, err := f.Bind(u)
	if closed := closedBy(err); closed || err != nil {
		return answer{closed: closed}, err
	}
	ids, err := d.ids(f.SQL, args)
	return answer{ids: ids}, err
}

// compare counts a database error as a mismatch: CEL had an answer.
func (r *Report) compare(w *scopetest.World, d *Database, f sqlgen.Fragment, u *scope.User, expression string, want answer) {
	got, err := d.answer(f, u)
	switch {
	case err != nil && !got.closed:
		r.mismatch(d, expression, f, err.Error())
	case got.closed != want.closed:
		r.mismatch(d, expression, f, fmt.Sprintf("closed in SQL: %v, in memory: %v", got.closed, want.closed))
	case got.closed:
		r.Closed++
	default:
		r.Decisions += len(w.Deals.Rows)
		r.True += len(want.ids)
		if !slices.Equal(got.ids, want.ids) {
			r.mismatch(d, expression, f, fmt.Sprintf("for %+v\nSQL matches %d records, CEL %d; for one: %s", *u, len(got.ids), len(want.ids), difference(w, got.ids, want.ids)))
		}
	}
}

func (r *Report) mismatch(d *Database, expression string, f sqlgen.Fragment, what string) {
	r.Mismatches = append(r.Mismatches, fmt.Sprintf("%s\n%s: %s\n%s", expression, d.Dialect(), f.SQL, what))
}

// difference shows a record on which the two differ.
func difference(w *scopetest.World, got, want []string) string {
	for _, row := range w.Deals.Rows {
		id := string(row.ID)
		if slices.Contains(got, id) == slices.Contains(want, id) {
			continue
		}
		var b strings.Builder
		fmt.Fprintf(&b, "in SQL %v, in CEL %v:", slices.Contains(got, id), slices.Contains(want, id))
		for i, f := range w.Deals.Fields {
			fmt.Fprintf(&b, " %s=%q", f.Name, row.Values[i])
		}
		return b.String()
	}
	return "none"
}

func (d *Database) ids(predicate string, args []any) ([]string, error) {
	var ids []string
	err := d.db.Query(context.Background(), sqldb.Stmt{SQL: `SELECT d.id FROM deals d WHERE ` + predicate + ` ORDER BY d.id`, Args: args}, func(row sqldb.Row) error {
		ids = append(ids, row.Text(0))
		return nil
	})
	return ids, err
}
