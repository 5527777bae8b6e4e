package leaks

import (
	"fmt"
	"strings"
	"testing"
)

// nocobase#8640: a chart over raw SQL skips the permissions.
func TestLeakSQLSkipsPermissions(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		ask := func(statement string) answer {
			return f.call(t, w, w.rita, "execute_sql", m{"statement": statement})
		}
		for _, statement := range []string{
			"SELECT %s FROM opportunities", "SELECT name FROM opportunities WHERE %s > 0.01", "SELECT name FROM opportunities ORDER BY %s", "SELECT count(*) FROM opportunities GROUP BY %s",
			"SELECT max(%s) FROM opportunities", "SELECT o.%s FROM opportunities o", "SELECT count(*) FILTER (WHERE %s IS NULL) FROM opportunities", "SELECT 1 FROM opportunities o JOIN accounts a ON a.name = o.%s",
			"SELECT name FROM accounts a WHERE EXISTS (SELECT 1 FROM opportunities o WHERE o.%s > 0 AND o.account_id = a.id)", "WITH x AS (SELECT %s FROM opportunities) SELECT 1 FROM x",
		} {
			like(t, "discount", "zzzzzzzz", func(name string) answer { return ask(fmt.Sprintf(statement, name)) })
		}
		like(t, "contacts", "zzzzzzzz", func(name string) answer { return ask("SELECT name FROM " + name) })
		if n := fmt.Sprint(ask("SELECT count(*) AS n FROM opportunities").value(t, "rows", 0, "n")); n != "3" {
			t.Errorf("%s deals are counted, want her 3", n)
		}
		if got := ask("SELECT name, annual_revenue FROM accounts WHERE annual_revenue IS NOT NULL OR name = 'Beta'"); !strings.Contains(got.text, `{"name":"Beta","annual_revenue":null}`) {
			t.Errorf("another's revenue is not null: %s", got.text)
		}
	})
}

// nocobase#10264: functions that read files or call other servers pass a list of what
// is forbidden.
func TestLeakSQLFunctionsPassABlockList(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		for _, call := range []string{
			"lo_import('/etc/passwd')", "dblink('x', 'SELECT 1')", "pg_read_file('/etc/passwd')", "LO_IMPORT('/etc/passwd')", `"lo_import"('/etc/passwd')`, "pg_catalog.lo_import('/etc/passwd')",
			`U&"lo\005fimport"('/etc/passwd')`, "query_to_xml('SELECT 1', true, true, '')", "load_extension('x')", "readfile('/etc/passwd')", "set_config('role', 'x', false)", "lo_import/**/('/etc/passwd')",
		} {
			if got := f.call(t, w, w.rita, "execute_sql", m{"statement": "SELECT " + call + " FROM accounts"}); got.kind != "invalid" {
				t.Errorf("%s: %q %s", call, got.kind, got.text)
			}
		}
	})
}
