package sqlgen_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
	"github.com/remit-crm/remit/scope/scopetest"
	"github.com/remit-crm/remit/scope/sqlgen"
)

func newWorld(tb testing.TB) *scopetest.World {
	tb.Helper()
	w, err := scopetest.New(1)
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

func render(tb testing.TB, w *scopetest.World, d sqlgen.Dialect, expression string) sqlgen.Fragment {
	tb.Helper()
	p, err := w.Env.Compile(w.Deals.Collection, expression)
	if err != nil {
		tb.Fatalf("%s: %v", expression, err)
	}
	f, err := sqlgen.Render(d, p, "t")
	if err != nil {
		tb.Fatalf("%s: %v", expression, err)
	}
	if strings.Count(f.SQL, "?") != len(f.Args) {
		tb.Fatalf("%s: %d arguments for %s", expression, len(f.Args), f.SQL)
	}
	return f
}

// The shapes that were measured: an equality that an index answers, a closure
// lookup that is evaluated once, a hop that is a lookup by key.
func TestRender(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ expression, sqlite, postgres string }{
		{"true", `TRUE`, `TRUE`},
		{"1 == 2", `FALSE`, `FALSE`},
		{"record.owner_id == user.id", `t."owner_id" = ?`, `t."owner_id" = ?`},
		{"record.owner_id != user.id", `t."owner_id" IS NOT ?`, `t."owner_id" IS DISTINCT FROM ?`},
		{"record.owner_id == null", `t."owner_id" IS NULL`, `t."owner_id" IS NULL`},
		{"!(record.amount < 10.50)", `t."amount" >= ?`, `t."amount" >= ?`},
		{`record.note < "b"`, `t."note" < ?`, `t."note" < ? COLLATE "C"`},
		{`record.note in ["a", "b"]`, `t."note" IN (?, ?)`, `t."note" = ANY (?::text[])`},
		{`!(record.closes in user.days)`, `(t."closes" IS NULL OR t."closes" NOT IN (SELECT value FROM json_each(?)))`, `(t."closes" IS NULL OR t."closes" <> ALL (?::date[]))`},
		{"record.hot && !record.hot", `(t."hot" = ? AND t."hot" = ?)`, `(t."hot" = ? AND t."hot" = ?)`},
		{`"a" in user.roles || record.hot`, `(? OR t."hot" = ?)`, `(?::boolean OR t."hot" = ?)`},
		{
			"reportsTo(record.owner_id, user)",
			`t."owner_id" IN (SELECT descendant_id FROM people_closure WHERE ancestor_id = ? AND descendant_id <> ancestor_id)`,
			`t."owner_id" = ANY (ARRAY(SELECT descendant_id FROM people_closure WHERE ancestor_id = ? AND descendant_id <> ancestor_id))`,
		},
		{
			"reportsTo(record.owner_id, user) || record.owner_id == user.id",
			`t."owner_id" IN (SELECT descendant_id FROM people_closure WHERE ancestor_id = ?)`,
			`t."owner_id" = ANY (ARRAY(SELECT descendant_id FROM people_closure WHERE ancestor_id = ?))`,
		},
		{
			"!inDepartment(record.department_id, user)",
			`(t."department_id" IS NULL OR t."department_id" NOT IN (SELECT descendant_id FROM departments_closure WHERE ancestor_id = ?))`,
			`(t."department_id" IS NULL OR t."department_id" <> ALL (ARRAY(SELECT descendant_id FROM departments_closure WHERE ancestor_id = ?)))`,
		},
		{
			`record.account.parent.name == "a"`,
			`EXISTS (SELECT 1 FROM "accounts" AS t_h1, "accounts" AS t_h2 WHERE t_h1."id" = t."account_id" AND t_h1."deleted_at" IS NULL AND t_h2."id" = t_h1."parent_id" AND t_h2."deleted_at" IS NULL AND t_h2."name" = ?)`,
			`EXISTS (SELECT 1 FROM "accounts" AS t_h1, "accounts" AS t_h2 WHERE t_h1."id" = t."account_id" AND t_h1."deleted_at" IS NULL AND t_h2."id" = t_h1."parent_id" AND t_h2."deleted_at" IS NULL AND t_h2."name" = ?)`,
		},
		{
			`record.owner.name != "a"`,
			`NOT EXISTS (SELECT 1 FROM "people" AS t_h1 WHERE t_h1."id" = t."owner_id" AND t_h1."name" = ?)`,
			`NOT EXISTS (SELECT 1 FROM "people" AS t_h1 WHERE t_h1."id" = t."owner_id" AND t_h1."name" = ?)`,
		},
		{
			`record.hot ? record.note.startsWith("a") : !record.note.contains("b")`,
			`((t."hot" = ? AND substr(t."note", 1, length(?)) = ?) OR (t."hot" = ? AND instr(t."note", ?) = 0))`,
			`((t."hot" = ? AND starts_with(t."note", ?::text)) OR (t."hot" = ? AND strpos(t."note", ?::text) = 0))`,
		},
		{
			`user.regions.all(r, r != record.note)`,
			`NOT EXISTS (SELECT 1 FROM json_each(?) AS t_v1 WHERE (t."note" IS NOT t_v1.value) IS NOT TRUE)`,
			`NOT EXISTS (SELECT 1 FROM unnest(?::text[]) AS t_v1(value) WHERE (t."note" IS DISTINCT FROM t_v1.value COLLATE "C") IS NOT TRUE)`,
		},
	} {
		if diff := cmp.Diff(c.sqlite, render(t, w, sqlgen.SQLite, c.expression).SQL); diff != "" {
			t.Errorf("%s on SQLite:\n%s", c.expression, diff)
		}
		if diff := cmp.Diff(c.postgres, render(t, w, sqlgen.Postgres, c.expression).SQL); diff != "" {
			t.Errorf("%s on PostgreSQL:\n%s", c.expression, diff)
		}
	}
}

func TestRenderRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		d     sqlgen.Dialect
		alias string
	}{
		"no dialect": {0, "t"}, "another dialect": {9, "t"}, "no alias": {sqlgen.SQLite, ""}, "SQL as an alias": {sqlgen.Postgres, "t; DROP TABLE deals"},
	} {
		if f, err := sqlgen.Render(c.d, scope.All(), c.alias); remit.KindOf(err) != remit.KindInternal || f.SQL != "" {
			t.Errorf("%s: %q, %v", name, f.SQL, err)
		}
	}
	if f, err := sqlgen.Render(sqlgen.SQLite, nil, "t"); err != nil || f.SQL != "FALSE" {
		t.Errorf("no predicate: %q, %v", f.SQL, err)
	}
}

// No value is ever part of the text.
func TestRenderBindsEveryValue(t *testing.T) {
	w := newWorld(t)
	const value = "x'; DROP TABLE deals; --"
	for _, expression := range []string{
		`record.note == "` + value + `"`, `record.note in ["a", "` + value + `"]`, `record.note.contains("` + value + `")`,
		`["` + value + `"].exists(x, record.account.name.startsWith(x))`, `record.account.name != "` + value + `"`,
		`user.regions.exists(r, r == "` + value + `" || record.hot)`,
	} {
		for _, d := range []sqlgen.Dialect{sqlgen.SQLite, sqlgen.Postgres} {
			if f := render(t, w, d, expression); strings.Contains(f.SQL, "DROP") || strings.Contains(f.SQL, "'") {
				t.Errorf("%s: %s", expression, f.SQL)
			}
		}
	}
}

func TestBind(t *testing.T) {
	w := newWorld(t)
	u := &scope.User{ID: "me", Roles: nil, Attributes: map[string]scope.Value{
		"ceiling": scope.Scalar(remit.MoneyValue(5, "USD")), "region": scope.Scalar(remit.Null), "regions": scope.TextList("a", "b"),
	}}
	for _, c := range []struct {
		expression string
		want       []any
	}{
		{"record.owner_id == user.id", []any{remit.TextValue("me")}},
		{"record.amount < user.ceiling", []any{remit.MoneyValue(5, "USD")}},
		{"record.title == user.region", []any{nil}},
		{"record.note in user.roles", []any{[]string{}}},
		{"record.note in user.regions", []any{[]string{"a", "b"}}},
		{"inDepartment(record.department_id, user)", []any{nil}},
		{`user.region == null && record.hot`, []any{true, remit.BooleanValue(true)}},
		{`user.region != null && record.hot`, []any{false, remit.BooleanValue(true)}},
		{`user.region < "b" && record.hot`, []any{nil, remit.BooleanValue(true)}},
	} {
		got, err := render(t, w, sqlgen.Postgres, c.expression).Bind(u)
		if err != nil {
			t.Errorf("%s: %v", c.expression, err)
		}
		if diff := cmp.Diff(c.want, got, cmp.Comparer(func(a, b remit.Value) bool { return a == b })); diff != "" {
			t.Errorf("%s:\n%s", c.expression, diff)
		}
	}
	for _, closed := range []string{"record.score == user.level", "user.level > 1 && record.hot", "record.score in user.levels", "user.level == 1 || true"} {
		if args, err := render(t, w, sqlgen.SQLite, closed).Bind(u); remit.KindOf(err) != remit.KindInvalid || args != nil {
			t.Errorf("%s binds without the attribute: %v, %v", closed, args, err)
		}
	}
}

// team is a manager's scope, as most people's are.
const team = `reportsTo(record.owner_id, user) || record.owner_id == user.id`

func BenchmarkRender(b *testing.B) {
	w := newWorld(b)
	p, err := w.Env.Compile(w.Deals.Collection, team)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := sqlgen.Render(sqlgen.SQLite, p, "t"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBind(b *testing.B) {
	w := newWorld(b)
	for name, expression := range map[string]string{
		"team":      team,
		"three":     `record.owner_id == user.id || record.amount < user.ceiling && record.stage in ["won", "Won"]`,
		"user_test": team + ` || "a" in user.roles`,
	} {
		b.Run(name, func(b *testing.B) {
			f := render(b, w, sqlgen.SQLite, expression)
			args := make([]any, 0, len(f.Args))
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if args, err = f.AppendArgs(args[:0], w.Users[0]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The form for walking hashes what is looked up, on PostgreSQL, and is otherwise
// the usual one, with the same arguments.
func TestRenderWalk(t *testing.T) {
	const below = "SELECT descendant_id FROM departments_closure WHERE ancestor_id = ?"
	w := newWorld(t)
	for _, c := range []struct {
		d             sqlgen.Dialect
		source, walks string
	}{
		{sqlgen.Postgres, "inDepartment(record.department_id, user)", `((t."department_id" IN (` + below + `)) IS TRUE)`},
		{sqlgen.Postgres, "!inDepartment(record.department_id, user)", `(t."department_id" IS NULL OR t."department_id" <> ALL (ARRAY(` + below + `)))`},
		{sqlgen.SQLite, "inDepartment(record.department_id, user)", `t."department_id" IN (` + below + `)`},
	} {
		p, err := w.Env.Compile(w.Deals.Collection, c.source)
		if err != nil {
			t.Fatal(err)
		}
		usual := render(t, w, c.d, c.source)
		walking, err := sqlgen.RenderWalk(c.d, p, "t")
		if err != nil || walking.SQL != c.walks || len(walking.Args) != len(usual.Args) {
			t.Errorf("%s: %s with %d arguments (%v), want %s with %d", c.source, walking.SQL, len(walking.Args), err, c.walks, len(usual.Args))
		}
	}
}
