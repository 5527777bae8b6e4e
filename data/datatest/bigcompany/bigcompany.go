// Package bigcompany fills a database with a company of any size by plain SQL,
// past the lens, so that a million records take a minute. It is for measuring
// speed only.
//
// The company has reps, one manager for each 110 of them, and one executive over
// the managers. The opportunities belong to the first thousand people in turn,
// so with a thousand people each rep owns a thousandth of them and each manager's
// team a ninth.
package bigcompany

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// Options say how large the company is.
type Options struct {
	URL         string
	Master      []byte
	Rows        int // opportunities
	People      int // at least 100
	Departments int
	Roles       int // beside the shipped ones, which nobody has
	Tokens      int // reps who get an API token, at most all of them
}

// TeamSize is how many reps a manager has.
const TeamSize = 110

// owners is how many people own opportunities.
const owners = 1000

// Login is a person with an API token.
type Login struct {
	Person remit.ID `json:"person"`
	Token  string   `json:"token"`
}

// Company names those who can be asked for.
type Company struct {
	Reps     []Login `json:"reps"`
	Managers []Login `json:"managers"`
}

// Fill makes the company in an empty database.
func Fill(ctx context.Context, o Options) (_ *Company, err error) {
	store, err := data.Open(ctx, data.Options{URL: o.URL, Master: o.Master})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	// Making an index over ten million rows takes longer than any statement of the
	// product may.
	db, err := sqldb.Open(ctx, o.URL, sqldb.Options{StatementTimeout: time.Hour})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	f := &filler{Options: o, db: db, store: store, ids: remit.NewIDSource(nil), at: time.Now().UTC()}
	f.people = f.newPeople()
	for _, step := range []func(context.Context) error{f.insertPeople, f.insertRows, f.applyRoles, f.analyze} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return f.logins(ctx)
}

type filler struct {
	Options
	db     *sqldb.DB
	store  *data.Store
	ids    *remit.IDSource
	at     time.Time
	people []person
}

// person is a row of people; boss and above are positions in the list, -1 for
// none.
type person struct {
	id   remit.ID
	role string
	boss int
}

// newPeople lists the reps first, then the managers, then the executive.
func (f *filler) newPeople() []person {
	managers := max(1, (f.People-1)/(TeamSize+1))
	reps := f.People - 1 - managers
	all := make([]person, 0, f.People)
	for i := range f.People {
		p := person{id: f.ids.New(), role: "sales-rep", boss: reps + min(i/TeamSize, managers-1)}
		switch {
		case i == f.People-1:
			p.role, p.boss = "sales-executive", -1
		case i >= reps:
			p.role, p.boss = "sales-manager", f.People-1
		}
		all = append(all, p)
	}
	return all
}

func (f *filler) insertPeople(ctx context.Context) error {
	return f.db.Write(ctx, func(tx sqldb.Tx) error {
		departments, within := f.departmentRows()
		people, below, roles := f.peopleRows(departments)
		for _, t := range []struct {
			table, columns string
			rows           [][]any
		}{
			{"departments", "id name created_at", departments},
			{"departments_closure", "ancestor_id descendant_id depth", within},
			{"people", "id name email email_folded department_id active created_at", people},
			{"people_closure", "ancestor_id descendant_id depth", below},
			{"person_roles", "person_id role", roles},
		} {
			if err := tx.Insert(ctx, t.table, strings.Fields(t.columns), t.rows); err != nil {
				return fmt.Errorf("filling %s: %w", t.table, err)
			}
		}
		return nil
	})
}

func (f *filler) departmentRows() (departments, closure [][]any) {
	for i := range f.Departments {
		id := f.ids.New()
		departments = append(departments, []any{id, fmt.Sprintf("Department %d", i+1), f.at})
		closure = append(closure, []any{id, id, int64(0)})
	}
	return departments, closure
}

func (f *filler) peopleRows(departments [][]any) (people, closure, roles [][]any) {
	for i, p := range f.people {
		email := fmt.Sprintf("p%06d@example.com", i)
		people = append(people, []any{
			p.id, fmt.Sprintf("Person %d", i), email, strings.ToUpper(email), departments[i%len(departments)][0], true, f.at,
		})
		roles = append(roles, []any{p.id, p.role})
		closure = append(closure, []any{p.id, p.id, int64(0)})
		for depth, boss := int64(1), p.boss; boss >= 0; depth, boss = depth+1, f.people[boss].boss {
			closure = append(closure, []any{f.people[boss].id, p.id, depth})
		}
	}
	return people, closure, roles
}

// chunk is how many rows go into one transaction. SQLite's log of one that holds
// everything would take as much of the disk as the database itself.
const chunk = 500_000

// insertRows drops the indexes, inserts, and makes them again, which is several
// times faster than keeping them up.
func (f *filler) insertRows(ctx context.Context) error {
	var indexes map[string]string
	err := f.db.Write(ctx, func(tx sqldb.Tx) (err error) {
		if indexes, err = f.indexes(ctx, tx); err != nil {
			return err
		}
		for name := range indexes {
			if _, err := tx.Exec(ctx, sqldb.Stmt{SQL: "DROP INDEX " + name}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for first := 1; first <= f.Rows; first += chunk {
		if err := f.exec(ctx, f.rowsStmt(first, min(first+chunk-1, f.Rows))); err != nil {
			return fmt.Errorf("filling opportunities: %w", err)
		}
	}
	for _, definition := range indexes {
		if err := f.exec(ctx, sqldb.Stmt{SQL: definition}); err != nil {
			return err
		}
	}
	return nil
}

// exec runs a statement in a transaction of its own.
func (f *filler) exec(ctx context.Context, s sqldb.Stmt) error {
	return f.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(ctx, s)
		return err
	})
}

func (f *filler) indexes(ctx context.Context, tx sqldb.Tx) (map[string]string, error) {
	list := "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'opportunities' AND sql IS NOT NULL"
	if f.db.Dialect() == sqlgen.Postgres {
		list = "SELECT indexname::text, indexdef FROM pg_indexes WHERE tablename = 'opportunities' AND indexname <> 'opportunities_pkey'"
	}
	indexes := map[string]string{}
	err := tx.Query(ctx, sqldb.Stmt{SQL: list}, func(r sqldb.Row) error {
		indexes[r.Text(0)] = r.Text(1)
		return nil
	})
	return indexes, err
}

// rowsStmt inserts the opportunities from first to last. Ids are 25 random digits that base32 has,
// and an "a", whose unused bits are zero.
func (f *filler) rowsStmt(first, last int) sqldb.Stmt {
	const columns = "INSERT INTO opportunities (id, name, stage, amount, probability, close_date, owner_id, created_at, updated_at) "
	const stages = "CASE i % 6 WHEN 0 THEN 'prospecting' WHEN 1 THEN 'engaging' WHEN 2 THEN 'proposal' WHEN 3 THEN 'negotiation' WHEN 4 THEN 'won' ELSE 'lost' END"
	from, to, people := int64(first), int64(last), int64(min(f.People, owners))
	if f.db.Dialect() == sqlgen.Postgres {
		return sqldb.Stmt{
			SQL: columns + `SELECT translate(substr(md5(random()::text), 1, 25), '0189', 'ghij') || 'a', 'Deal ' || i, ` + stages + `,
 floor(random() * 10000000)::bigint, i % 101, date '2024-01-01' + (i % 730)::integer, o.id, ?::timestamptz, ?::timestamptz
FROM generate_series(?::bigint, ?::bigint) AS i
JOIN (SELECT id, row_number() OVER (ORDER BY email) - 1 AS n FROM people WHERE NOT system) AS o ON o.n = (i / 6) % ?::bigint`,
			Args: []any{f.at, f.at, from, to, people},
		}
	}
	return sqldb.Stmt{
		SQL: columns + `WITH RECURSIVE numbers(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM numbers WHERE i < ?),
 o(n, id) AS MATERIALIZED (SELECT row_number() OVER (ORDER BY email) - 1, id FROM people WHERE NOT system)
SELECT replace(replace(replace(replace(substr(lower(hex(randomblob(13))), 1, 25), '0', 'g'), '1', 'h'), '8', 'i'), '9', 'j') || 'a',
 'Deal ' || i, ` + stages + `, abs(random()) % 10000000, i % 101, date('2024-01-01', '+' || (i % 730) || ' days'), o.id, ?, ?
FROM numbers JOIN o ON o.n = (i / 6) % ?`,
		Args: []any{from, to, f.at, f.at, people},
	}
}

// applyRoles adds roles that nobody has to the policy.
func (f *filler) applyRoles(ctx context.Context) error {
	if f.Roles == 0 {
		return nil
	}
	doc, err := f.store.Policies.Document(ctx)
	if err != nil {
		return err
	}
	// With one grant each: ten thousand roles are to be many, not a large document.
	role := doc.Roles[0]
	role.Grants = role.Grants[:1]
	for i := range f.Roles {
		role.Name, role.Title = fmt.Sprintf("role-%d", i), fmt.Sprintf("Role %d", i)
		doc.Roles = append(doc.Roles, role)
	}
	return f.store.Policies.Apply(ctx, data.Operator("bench"), doc, nil)
}

// analyze lets PostgreSQL learn sizes and visible pages, as its autovacuum does
// after a while. SQLite gathers no statistics by itself, and gets none here.
func (f *filler) analyze(ctx context.Context) error {
	if f.db.Dialect() != sqlgen.Postgres {
		return nil
	}
	return f.db.Query(ctx, sqldb.Stmt{SQL: "VACUUM ANALYZE"}, func(sqldb.Row) error { return nil })
}

func (f *filler) logins(ctx context.Context) (*Company, error) {
	c := &Company{}
	for i, p := range f.people {
		list := &c.Reps
		switch {
		case p.role == "sales-manager" && len(c.Managers) < owners/(TeamSize+1):
			list = &c.Managers
		case p.role != "sales-rep" || i >= min(f.Tokens, owners-owners/TeamSize-1):
			continue
		}
		token, err := f.token(ctx, p.id)
		if err != nil {
			return nil, err
		}
		*list = append(*list, Login{Person: p.id, Token: token})
	}
	return c, nil
}

func (f *filler) token(ctx context.Context, person remit.ID) (string, error) {
	secret, _, err := f.store.Directory.CreateToken(ctx, data.Operator("bench"), directory.NewToken{
		Person: person, Name: "bench", TTL: directory.MaxTokenTTL,
	})
	return secret, err
}
