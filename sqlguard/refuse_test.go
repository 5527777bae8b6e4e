package sqlguard

import (
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// attacks are ways that were tried to get around a guard, by class, each in several
// spellings.
var attacks = map[string][]string{
	"several statements": {
		"SELECT 1; SELECT 2", "SELECT name FROM deals; DELETE FROM deals", "SELECT 1;;SELECT 2", "SELECT name FROM deals;/**/DROP TABLE deals",
	},
	"writes": {
		"INSERT INTO deals (id) VALUES ('x')", "UPDATE deals SET name = 'x'", "DELETE FROM deals", "TRUNCATE deals",
		"MERGE INTO deals d USING accounts a ON a.id = d.account_id WHEN MATCHED THEN DELETE", "DROP TABLE deals", "CREATE TABLE x (a int)",
		"CREATE TABLE x AS SELECT * FROM deals", "REFRESH MATERIALIZED VIEW x", "ALTER TABLE deals ADD COLUMN x int", "GRANT SELECT ON deals TO public",
	},
	"writes in WITH": {
		"WITH x AS (DELETE FROM deals RETURNING id) SELECT id FROM x", "WITH x AS (INSERT INTO deals (id) VALUES ('x') RETURNING id) SELECT 1",
		"WITH x AS (UPDATE deals SET name = 'x' RETURNING name) SELECT name FROM x", "WITH x AS (SELECT 1) DELETE FROM deals",
		"SELECT name FROM (WITH y AS (DELETE FROM deals RETURNING name) SELECT name FROM y) z",
	},
	"INTO": {"SELECT name INTO x FROM deals", "SELECT name INTO TEMP x FROM deals", "SELECT name INTO UNLOGGED x FROM deals"},
	"locks": {
		"SELECT name FROM deals FOR UPDATE", "SELECT name FROM deals FOR SHARE", "SELECT name FROM deals FOR NO KEY UPDATE SKIP LOCKED",
		"SELECT name FROM (SELECT name FROM deals FOR KEY SHARE) x", "LOCK TABLE deals",
	},
	"EXPLAIN": {"EXPLAIN SELECT name FROM deals", "EXPLAIN ANALYZE SELECT name FROM deals", "EXPLAIN (ANALYZE, BUFFERS) SELECT 1", "EXPLAIN QUERY PLAN SELECT 1"},
	"commands": {
		"COPY deals TO STDOUT", "COPY (SELECT 1) TO PROGRAM 'id'", "DO $$BEGIN END$$", "CALL x()", "PREPARE x AS SELECT 1", "EXECUTE x",
		"DECLARE c CURSOR FOR SELECT 1", "FETCH ALL FROM c", "SET ROLE postgres", "SET LOCAL work_mem = '1GB'", "RESET ALL", "SHOW ALL",
		"DISCARD ALL", "LISTEN x", "NOTIFY x", "VACUUM", "ANALYZE", "BEGIN", "COMMIT", "ROLLBACK", "LOAD 'x'", "CHECKPOINT",
		"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "PRAGMA table_list", "ATTACH 'x' AS y", "VALUES (1)", "TABLE hidden",
	},
	"names that are not the asker's": {
		"SELECT name FROM people", "SELECT * FROM secrets", "SELECT name FROM Deals2", `SELECT name FROM "Deals"`, `SELECT name FROM U&"d\0065als2"`,
		"SELECT name FROM lens_deals", "SELECT margin FROM deals", "SELECT d.margin FROM deals d", `SELECT "margin" FROM deals`, `SELECT U&"m\0061rgin" FROM deals`,
		"SELECT name FROM deals WHERE margin > 1", "SELECT name FROM deals ORDER BY margin", "SELECT count(margin) FROM deals",
		"SELECT count(*) FROM deals GROUP BY margin", "SELECT count(*) FILTER (WHERE margin > 1) FROM deals", "SELECT 1 FROM deals d JOIN accounts a ON a.id = d.margin",
		"SELECT name FROM deals WHERE EXISTS (SELECT 1 FROM accounts WHERE margin = '1')", "SELECT 1 FROM deals d JOIN accounts a USING (margin)",
	},
	"schemas": {
		"SELECT name FROM public.deals", "SELECT name FROM main.deals", "SELECT name FROM x.y.deals", `SELECT name FROM "public"."deals"`,
		"SELECT public.deals.name FROM deals", "SELECT pg_catalog.now()", "SELECT pg_catalog.lower('x')", "SELECT remit_sql.div(1, 2, 3)",
	},
	"catalogs": {
		"SELECT relname FROM pg_class", "SELECT usename FROM pg_user", "SELECT query FROM pg_stat_activity", "SELECT table_name FROM information_schema.tables",
		"SELECT sql FROM sqlite_master", "SELECT sql FROM sqlite_temp_master", "SELECT name FROM pragma_table_list", "SELECT sql FROM sqlite_schema",
		"SELECT * FROM pg_catalog.pg_shadow", "SELECT name FROM dbstat",
	},
	"names of WITH": {
		"WITH deals AS (SELECT 1 AS name) SELECT name FROM deals", "WITH pg_class AS (SELECT 1 AS a) SELECT a FROM pg_class",
		"SELECT name FROM x WHERE EXISTS (WITH x AS (SELECT 1 AS name) SELECT 1 FROM x)", "WITH a AS (SELECT name FROM b), b AS (SELECT 1 AS name) SELECT name FROM a",
		"SELECT a.name FROM accounts a WHERE EXISTS (WITH x AS (SELECT a.name) SELECT 1 FROM x)", "WITH x AS (SELECT 1), x AS (SELECT 2) SELECT 1 FROM x",
		"WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x) SELECT n FROM x",
	},
	"whole rows": {
		"SELECT d FROM deals d", "SELECT deals FROM deals", "SELECT d.* FROM deals d", "SELECT (d).name FROM deals d", "SELECT (d).* FROM deals d",
		"SELECT row(d.*) FROM deals d", "SELECT ROW(d) FROM deals d", "SELECT d::text FROM deals d", "SELECT count(d) FROM deals d", "SELECT count(d.*) FROM deals d",
		"SELECT * FROM deals", "SELECT (SELECT d) FROM deals d", "SELECT to_jsonb(d) FROM deals d", "SELECT null::deals", "SELECT d IS NULL FROM deals d",
		"SELECT name FROM deals d ORDER BY d", "SELECT max(d) FROM deals d", "SELECT coalesce(d, d) FROM deals d", "SELECT d = d FROM deals d",
	},
	"columns that are functions": {
		"SELECT d.to_jsonb FROM deals d", "SELECT d.row_to_json FROM deals d", "SELECT d.pg_sleep FROM deals d", "SELECT (d).to_jsonb FROM deals d", "SELECT d.hash_record FROM deals d",
	},
	"system columns": {
		"SELECT ctid FROM deals", "SELECT d.ctid FROM deals d", "SELECT tableoid FROM deals", "SELECT xmin FROM deals", "SELECT rowid FROM deals", "SELECT oid FROM deals",
		"SELECT _rowid_ FROM deals", `SELECT "rowid" FROM deals`,
	},
	"ONLY and samples": {
		"SELECT name FROM ONLY deals", "SELECT name FROM ONLY (deals)", "SELECT name FROM deals TABLESAMPLE SYSTEM (1)", "SELECT name FROM deals TABLESAMPLE BERNOULLI (1) REPEATABLE (1)",
	},
	"operators": {
		"SELECT 1 OPERATOR(pg_catalog.+) 2", "SELECT name FROM deals WHERE name OPERATOR(pg_catalog.=) 'x'", "SELECT name ~ 'x' FROM deals", "SELECT name !~* 'x' FROM deals",
		"SELECT name FROM deals WHERE name SIMILAR TO 'x'", "SELECT @ amount FROM deals", "SELECT amount ^ 2 FROM deals", "SELECT amount & 1 FROM deals", "SELECT 1 <-> 2", "SELECT name ^@ 'x' FROM deals",
		"SELECT name FROM deals ORDER BY name USING <", "SELECT name -> 'x' FROM deals", "SELECT name FROM deals WHERE name = ANY ('{x}')", "SELECT name FROM deals WHERE name < ANY (SELECT name FROM deals)",
		"SELECT name FROM deals WHERE amount >= ALL (SELECT amount FROM deals)",
	},
	"functions": {
		"SELECT pg_sleep(1)", "SELECT pg_read_file('/etc/passwd')", "SELECT lo_import('/etc/passwd')", "SELECT set_config('a', 'b', false)", "SELECT current_setting('a')",
		"SELECT pg_terminate_backend(1)", "SELECT dblink('x', 'y')", "SELECT query_to_xml('SELECT 1', true, true, '')", "SELECT version()", "SELECT random()", "SELECT load_extension('x')",
		"SELECT writefile('x', 'y')", "SELECT repeat('x', 1000000000)", "SELECT generate_series(1, 10)", "SELECT name FROM generate_series(1, 10) g(name)", "SELECT json_each('[]')",
		"SELECT x FROM json_each('[]') x", "SELECT x FROM unnest(ARRAY[1]) x", "SELECT nextval('x')", "SELECT pg_advisory_lock(1)", "SELECT pg_notify('a', 'b')", "SELECT to_regclass('deals')",
		"SELECT txid_current()", "SELECT inet_server_addr()", "SELECT pg_backend_pid()", "SELECT has_table_privilege('deals', 'select')", "SELECT remit_arg(0)", "SELECT remit_div(1, 2, 3)",
		"SELECT string_agg(name, ',') FROM deals", "SELECT array_agg(name) FROM deals", "SELECT json_agg(name) FROM deals", "SELECT group_concat(name) FROM deals", "SELECT currval('x')",
		"SELECT lastval()", "SELECT quote_ident('x')", "SELECT format('%s', name) FROM deals", "SELECT replace(name, 'a', 'b') FROM deals", "SELECT zeroblob(1000000)", "SELECT printf('%1000d', 1)",
		"SELECT ts_stat('SELECT 1')", "SELECT name FROM deals WHERE pg_sleep(1) IS NULL", "SELECT now('x')", "SELECT lower(ARRAY['a'])", "SELECT current_database()",
	},
	"the session": {
		"SELECT current_user", "SELECT session_user", "SELECT user", "SELECT current_role", "SELECT current_catalog", "SELECT current_schema", "SELECT current_time", "SELECT localtime",
	},
	"casts that fail on a value": {
		"SELECT name::int FROM deals", "SELECT CAST(name AS bigint) FROM deals", "SELECT name::numeric FROM deals", "SELECT name::date FROM deals", "SELECT name::timestamp FROM deals",
		"SELECT name::boolean FROM deals", "SELECT int4(name) FROM deals", "SELECT name::interval FROM deals", "SELECT date(name) FROM deals", "SELECT name::uuid FROM deals", "SELECT name::inet FROM deals",
		"SELECT name + 0 FROM deals", "SELECT -name FROM deals", "SELECT sum(name) FROM deals", "SELECT amount || '' FROM deals", "SELECT name FROM deals WHERE name > 1",
	},
	"reg types and others": {
		"SELECT 'deals'::regclass", "SELECT 'deals'::regclass::oid", "SELECT 1::regproc", "SELECT 'x'::regrole", "SELECT '{}'::json", "SELECT 'x'::bytea", "SELECT 'x'::xml", "SELECT '{1}'::int[]",
		"SELECT 'x'::name", `SELECT 'x'::"char"`, "SELECT 'x'::pg_catalog.regclass", "SELECT 'x'::money", "SELECT B'101'", "SELECT X'1F'", "SELECT 'x'::public.deals", "SELECT '(1,2)'::point",
	},
	"XML and JSON": {
		"SELECT xmlelement(name x)", "SELECT xmlparse(document '<a/>')", "SELECT xmlforest(name) FROM deals", "SELECT x FROM xmltable('/a' PASSING '<a/>' COLUMNS x int)",
		"SELECT JSON_OBJECT('a': 1)", "SELECT JSON_ARRAY(1)", "SELECT x FROM JSON_TABLE('[]', '$' COLUMNS (x int PATH '$'))",
	},
	"VARIADIC and named arguments": {
		"SELECT lower(VARIADIC ARRAY['x'])", "SELECT coalesce(VARIADIC ARRAY['x'])", "SELECT lower(x => 'a')", "SELECT lower(x := 'a')", "SELECT concat(VARIADIC ARRAY['a'])",
	},
	"limits": {
		"SELECT name FROM deals LIMIT (SELECT 1)", "SELECT name FROM deals LIMIT 1 + 1", "SELECT name FROM deals LIMIT -1", "SELECT name FROM deals LIMIT '1'", "SELECT name FROM deals OFFSET (SELECT 1)",
		"SELECT name FROM deals ORDER BY name FETCH FIRST 1 ROW WITH TIES", "SELECT name FROM deals LIMIT 99999999999", "SELECT name FROM deals LIMIT 1.5",
	},
	"what the plan decides": {
		"SELECT DISTINCT ON (stage) stage, name FROM deals", "SELECT row_number() OVER () FROM deals", "SELECT rank() OVER (ORDER BY amount) FROM deals", "SELECT sum(amount) OVER w FROM deals WINDOW w AS ()",
		"SELECT name, count(*) FROM deals", "SELECT name FROM deals GROUP BY stage", "SELECT name FROM deals HAVING count(*) > 1", "SELECT stage FROM deals GROUP BY stage ORDER BY name",
		"SELECT DISTINCT stage FROM deals ORDER BY name", "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FROM deals", "SELECT mode() WITHIN GROUP (ORDER BY amount) FROM deals",
		"SELECT count(*) FROM deals WHERE count(*) > 1", "SELECT sum(sum(amount)) FROM deals", "SELECT stage, (SELECT d.name) FROM deals d GROUP BY stage",
	},
	"joins": {
		"SELECT 1 FROM deals NATURAL JOIN accounts", "SELECT 1 FROM deals d FULL JOIN accounts a ON a.id = d.account_id", "SELECT 1 FROM deals d, LATERAL (SELECT d.name) x",
		"SELECT 1 FROM deals, deals", "SELECT 1 FROM accounts a, deals d JOIN accounts b ON b.id = a.id", "SELECT 1 FROM (deals d JOIN accounts a ON true) AS x",
		"SELECT name FROM deals JOIN accounts ON true", "SELECT 1 FROM deals d JOIN (SELECT d.name) x ON true",
	},
	"money": {"SELECT amount + cost FROM deals", "SELECT amount * amount FROM deals", "SELECT 1 / amount FROM deals", "SELECT name FROM deals WHERE amount > cost", "SELECT coalesce(amount, cost) FROM deals"},
	"the rest": {
		"", "   ", ";", "-- nothing", "SELECT", "SELECT FROM deals", "SELECT $1", "SELECT name FROM deals WHERE id = $1", "SELECT ARRAY[1]", "SELECT (ARRAY[1])[1]", "SELECT name COLLATE \"C\" FROM deals",
		"SELECT GROUPING(stage) FROM deals GROUP BY ROLLUP (stage)", "SELECT 1 FROM deals GROUP BY GROUPING SETS ((stage), ())", "SELECT DEFAULT", "SELECT (1, 2)", "SELECT (SELECT 1, 2)", "SELECT 1 WHERE 1",
		"SELECT name FROM deals WHERE name LIKE name", `SELECT name FROM deals WHERE name LIKE 'a\'`, "SELECT name FROM deals WHERE name LIKE 'a' ESCAPE 'b'", "SELECT interval '1 day'", "SELECT now() + 1",
		"SELECT name AS OF SYSTEM TIME FROM deals", "SELECT 'a\x00b'", "SELECT '\xff'", "SELECT 1e400", "SELECT 1e5", "SELECT 99999999999999999999", "SELECT 'x' LIKE U&'\\0000'", "SELECT name FROM deals WHERE 'x'",
	},
}

func TestAttacksAreRefused(t *testing.T) {
	for class, statements := range attacks {
		t.Run(strings.ReplaceAll(class, " ", "_"), func(t *testing.T) {
			for _, s := range statements {
				refused(t, s)
			}
		})
	}
}

// refused sees that a statement is, in several disguises.
func refused(t *testing.T, statement string) {
	t.Helper()
	disguises := []string{
		statement, statement + ";", "/* SELECT 1 */ " + statement, "-- x\n" + statement, strings.ReplaceAll(statement, " ", "\n\t"),
		strings.ReplaceAll(statement, " ", "/**/ "),
	}
	for _, s := range disguises {
		_, err := Check(s, crm())
		if err == nil {
			t.Errorf("was accepted: %s", s)
			continue
		}
		if k := remit.KindOf(err); k != remit.KindInvalid && k != remit.KindNotFound {
			t.Errorf("%s: %v is no refusal that says what to change", s, err)
		}
	}
}

// What is nested deeply ends neither the parser nor anything else.
func TestNestingIsBounded(t *testing.T) {
	for _, n := range []int{10, 25, 50, 500, 2900, 20_000} {
		for name, s := range map[string]string{
			"brackets": "SELECT " + strings.Repeat("(", n) + "1" + strings.Repeat(")", n),
			"sums":     "SELECT 1" + strings.Repeat("+1", n),
			"not":      "SELECT " + strings.Repeat("NOT ", n) + "true",
			"minus":    "SELECT " + strings.Repeat("- ", n) + "1",
			"casts":    "SELECT 1" + strings.Repeat("::int", n),
			"queries":  strings.Repeat("SELECT (", n) + "1" + strings.Repeat(")", n),
			"from":     strings.Repeat("SELECT 1 FROM (", n) + "SELECT 1" + strings.Repeat(") x", n),
			"cases":    "SELECT " + strings.Repeat("CASE WHEN true THEN ", n) + "1" + strings.Repeat(" END", n),
			"arrays":   "SELECT " + strings.Repeat("[", n),
			"unions":   "SELECT 1" + strings.Repeat(" UNION SELECT 1", n),
			"joins":    "SELECT 1 FROM accounts" + strings.Repeat(" JOIN accounts ON true", n),
			"names":    "SELECT a" + strings.Repeat(".a", n),
			"abs":      "SELECT " + strings.Repeat("abs(", n) + "employees" + strings.Repeat(")", n) + " FROM accounts",
			"nullif":   "SELECT " + strings.Repeat("nullif(", n) + "1" + strings.Repeat(", 1)", n),
			"between":  "SELECT " + strings.Repeat("(", n) + "true" + strings.Repeat(" BETWEEN true AND false)", n),
			"subjects": "SELECT " + strings.Repeat("CASE ", n) + "1" + strings.Repeat(" WHEN 1 THEN 1 WHEN 2 THEN 2 END", n),
			"starts":   "SELECT " + strings.Repeat("starts_with(CASE WHEN ", n) + "true" + strings.Repeat(" THEN 'a' END, 'b')", n),
			"or":       "SELECT 1 WHERE true" + strings.Repeat(" OR true AND false", n),
		} {
			if q, err := Check(s, crm()); err == nil {
				_, _ = q.Render(Form{Dialect: sqlgen.SQLite, Rows: 1})
			}
			if _, err := Check("SELECT 1", crm()); err != nil {
				t.Fatalf("after %d %s: %v", n, name, err)
			}
		}
	}
}
