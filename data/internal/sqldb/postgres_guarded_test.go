package sqldb

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
)

// postgresEscapes are tried against PostgreSQL's wall alone.
var postgresEscapes = []string{
	"SELECT secret FROM deals", "SELECT secret FROM public.deals", "SELECT secret FROM lens_deals", "SELECT count(*)::text FROM public.deals", "SELECT password FROM public.people", "SELECT 'x' FROM public.deals",
	"SELECT (SELECT max(secret) FROM public.deals) FROM lens_deals", "WITH deals AS (SELECT * FROM public.deals) SELECT secret FROM deals", "WITH lens_deals AS (SELECT * FROM public.deals) SELECT secret FROM lens_deals",
	"SELECT name FROM ONLY public.deals", "SELECT name FROM public.deals TABLESAMPLE SYSTEM (100)", "SELECT deals::text FROM public.deals", "SELECT ctid::text FROM public.deals", "SELECT ctid::text FROM lens_deals",
	"WITH x AS (DELETE FROM public.deals RETURNING secret) SELECT secret FROM x", "WITH x AS (UPDATE public.deals SET name = 'x' RETURNING secret) SELECT secret FROM x", "WITH x AS (INSERT INTO public.deals (id) VALUES ('x') RETURNING id) SELECT id FROM x",
	"WITH x AS (SELECT 1) DELETE FROM public.deals", "SELECT name INTO x FROM lens_deals", "SELECT name INTO TEMP x FROM lens_deals", "SELECT name FROM lens_deals FOR UPDATE OF lens_deals", "SELECT secret FROM public.deals FOR SHARE",
	"SELECT name FROM lens_deals; SELECT secret FROM public.deals", "SELECT 1; COMMIT; SELECT secret FROM public.deals",
	"SELECT inner_pad::text FROM remit_sql.secret", "SELECT relname::text FROM pg_class", "SELECT relname::text FROM pg_catalog.pg_class", "SELECT attname::text FROM pg_attribute", "SELECT usename::text FROM pg_user", "SELECT passwd FROM pg_shadow", "SELECT rolpassword FROM pg_authid",
	"SELECT query FROM pg_stat_activity", "SELECT most_common_vals::text FROM pg_stats", "SELECT stavalues1::text FROM pg_statistic", "SELECT definition FROM pg_views", "SELECT setting FROM pg_settings", "SELECT prosrc FROM pg_proc",
	"SELECT set_config('remit.token', 'x', false)", "SELECT pg_catalog.set_config('remit.token', '', true) FROM lens_deals", "WITH x AS MATERIALIZED (SELECT set_config('remit.token', 'x', true) AS a) SELECT name FROM lens_deals, x",
	"SELECT set_config('role', 'remit', false)", "SELECT lo_create(0)::text", "SELECT lo_import('/etc/passwd')::text", "SELECT lo_get(1)::text", "SELECT pg_read_file('/etc/passwd')", "SELECT pg_ls_dir('.')",
	"SELECT pg_advisory_lock(1)::text", "SELECT pg_try_advisory_lock(1)::text", "SELECT pg_notify('a', 'b')::text", "SELECT pg_logical_emit_message(false, 'a', 'b')::text", "SELECT pg_sleep(0)::text", "SELECT pg_sleep_for('0')::text", "SELECT pg_sleep_until(now())::text",
	"SELECT pg_terminate_backend(1)::text", "SELECT pg_cancel_backend(1)::text", "SELECT query_to_xml('SELECT secret FROM public.deals', true, true, '')::text", "SELECT table_to_xml('public.deals', true, true, '')::text", "SELECT schema_to_xml('public', true, true, '')::text",
	"SELECT database_to_xml(true, true, '')::text", "SELECT cursor_to_xml('x', 1, true, true, '')::text", "SELECT query_to_xmlschema('SELECT 1', true, true, '')::text", "SELECT word FROM ts_stat('SELECT to_tsvector(secret) FROM public.deals')",
	"SELECT query FROM pg_stat_get_activity(NULL)", "SELECT pg_get_viewdef('remit_sql.secret'::regclass)", "SELECT nextval('x')::text", "SELECT pg_backend_pid()::text", "SELECT txid_current()::text", "SELECT random()::text", "SELECT clock_timestamp()::text",
	"SELECT pg_reload_conf()::text", "SELECT pg_export_snapshot()", "SELECT pg_create_restore_point('x')::text", "SELECT pg_stat_reset()::text", "SELECT dblink('x', 'y')", "SELECT public.remit_fold('x')", "SELECT remit_fold('x')",
	"SELECT pg_show_all_settings()::text", "SELECT pg_current_wal_lsn()::text", "SELECT pg_stat_file('.')::text", "SELECT currtid2('public.deals', '(0,1)')::text", "SELECT pg_relation_size(1259)::text", "SELECT pg_database_size(1)::text",
	"EXPLAIN SELECT name FROM lens_deals", "EXPLAIN ANALYZE SELECT name FROM lens_deals", "DO $$BEGIN END$$", "SET ROLE remit", "RESET ROLE", "COPY public.deals TO STDOUT", "BEGIN", "COMMIT", "LISTEN x", "PREPARE x AS SELECT 1", "DECLARE c CURSOR FOR SELECT 1",
	"CREATE TEMP TABLE x (a int)", "DISCARD ALL", "TABLE public.deals", "VALUES (1)", "select secret from public.deals",
}

// Conditions of the statement are never tried on rows that the view does not show, so
// an error cannot tell of them: of the hidden row, code is no number.
func TestBarrierComesFirst(t *testing.T) {
	db, g := walled(t, pgtest.URL(t))
	for _, statement := range []string{
		"SELECT name FROM lens_deals WHERE code::bigint > 0", "SELECT name FROM lens_deals WHERE 1 / (amount - 7) IS NOT NULL", "SELECT name FROM lens_deals WHERE id >= 'a' AND code::bigint BETWEEN 1 AND 2",
		"SELECT name FROM lens_deals WHERE CASE WHEN name = 'HIDDEN2' THEN 1 / (amount - amount) ELSE 1 END = 1", "SELECT d.name FROM lens_deals AS d JOIN lens_deals AS e ON e.code::bigint = d.code::bigint",
	} {
		g.SQL = statement
		got, err := answer(db, g, 1)
		slices.Sort(got)
		if err != nil || strings.Join(got, " ") != "Alpha Gamma" {
			t.Errorf("%s: %v, %v", statement, got, err)
		}
	}
}

// A view serves nobody who has no token of this session, made with the key, and not
// yet over.
func TestTokenIsChecked(t *testing.T) {
	ctx := context.Background()
	url := pgtest.URL(t)
	db, g := walled(t, url)
	g.SQL = "SELECT name FROM lens_deals"
	if _, err := answer(db, g, 1); err != nil {
		t.Fatal(err)
	}
	e := db.engine.(*postgresEngine)
	views, made, err := walledViews(g.Views)
	if err != nil {
		t.Fatal(err)
	}
	held, err := e.wall.pool.Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	c := connOf(held.Conn().PgConn(), e.options)
	sign := func(key []byte) string {
		signed, err := c.sign(key, made)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	good := sign(e.wall.key)
	for name, one := range map[string]struct {
		token string
		rows  int
	}{
		"as made":             {good, 2},
		"none":                {"", 0},
		"another key's":       {sign(make([]byte, 32)), 0},
		"another argument":    {strings.Replace(good, `\"me\"`, `\"you\"`, 1), 0},
		"another session's":   {strings.Replace(good, `"pid":`, `"pid":1`, 1), 0},
		"a later end":         {strings.Replace(good, `"until":`, `"until":9`, 1), 0},
		"no signature":        {good[65:], 0},
		"a signature of dots": {strings.Repeat(".", 64) + good[64:], 0},
	} {
		if name == "another argument" && one.token == good {
			t.Fatal("the token was not changed")
		}
		text := "BEGIN READ ONLY; SET LOCAL remit.token = " + literal(one.token) + "; SELECT name FROM remit_sql." + views[0].name
		results, err := held.Conn().PgConn().Exec(ctx, text).ReadAll()
		rows := 0
		if err == nil {
			rows = len(results[len(results)-1].Rows)
		}
		if rows != one.rows || (one.rows == 0) != (err != nil) {
			t.Errorf("with the token %s: %d rows, %v", name, rows, err)
		}
		c.scrub()
	}
}

// Nothing of a statement is left in the session that the next one gets.
func TestSessionIsScrubbed(t *testing.T) {
	ctx := context.Background()
	db, g := walled(t, pgtest.URL(t))
	g.SQL = "SELECT name FROM lens_deals"
	for range 3 {
		if _, err := answer(db, g, 1); err != nil {
			t.Fatal(err)
		}
	}
	held, err := db.engine.(*postgresEngine).wall.pool.Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	c := connOf(held.Conn().PgConn(), Options{}.withDefaults())
	for query, want := range map[string]string{
		"SELECT coalesce(current_setting('remit.token', true), '')": "", "SELECT current_setting('transaction_read_only')": "on",
		"SELECT current_user::text || session_user::text": db.engine.(*postgresEngine).reader() + db.engine.(*postgresEngine).reader(), "SELECT current_setting('statement_timeout')": "5s",
	} {
		if got, err := c.single(ctx, query); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", query, got, err, want)
		}
	}
}

// SQL is off, and says why, where the wall would have a hole.
func TestWallWithAHole(t *testing.T) {
	for hole, why := range map[string]string{
		"GRANT SELECT ON people TO PUBLIC": "read a table: people", "GRANT USAGE ON SCHEMA public TO {reader}": "use a schema: public",
		"GRANT pg_read_all_data TO {reader}": "member of another: pg_read_all_data", "GRANT EXECUTE ON FUNCTION pg_sleep(double precision) TO {reader}": "effects: pg_sleep(double precision)",
	} {
		t.Run(why, func(t *testing.T) {
			url := pgtest.URL(t)
			db, g := walled(t, url)
			g.SQL = "SELECT name FROM lens_deals"
			if _, err := answer(db, g, 1); err != nil {
				t.Fatal(err)
			}
			err := db.Write(context.Background(), func(tx Tx) error {
				_, err := tx.Exec(context.Background(), Stmt{SQL: strings.ReplaceAll(hole, "{reader}", db.engine.(*postgresEngine).reader())})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			other, err := Open(context.Background(), url, Options{GuardKey: make([]byte, 32)})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = other.Close() }()
			_, err = answer(other, g, 1)
			if remit.KindOf(err) != remit.KindUnavailable || !strings.Contains(remit.PublicText(err), why) {
				t.Errorf("%v, want that it is off because of %s", err, why)
			}
		})
	}
}

// Without a key there is no wall, and so no SQL.
func TestWallNeedsAKey(t *testing.T) {
	db, err := Open(context.Background(), pgtest.URL(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := answer(db, Guarded{SQL: "SELECT 'x'"}, 1); remit.KindOf(err) != remit.KindUnavailable {
		t.Errorf("%v", err)
	}
}

// Views of statements do not keep tables from being changed by a later version, and
// are made anew by who needs them.
func TestViewsGiveWayToMigrations(t *testing.T) {
	ctx := context.Background()
	db, g := walled(t, pgtest.URL(t))
	g.SQL = "SELECT name FROM lens_deals"
	for _, change := range []string{"ALTER TABLE deals ALTER COLUMN amount TYPE numeric", "ALTER TABLE deals ALTER COLUMN amount TYPE bigint"} {
		if got, err := answer(db, g, 1); err != nil || len(got) != 2 {
			t.Fatalf("%v, %v", got, err)
		}
		if err := db.dropGuardedViews(ctx); err != nil {
			t.Fatal(err)
		}
		err := db.Write(ctx, func(tx Tx) error {
			_, err := tx.Exec(ctx, Stmt{SQL: change})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if got, err := answer(db, g, 1); err != nil || len(got) != 2 {
		t.Errorf("%v, %v", got, err)
	}
}
