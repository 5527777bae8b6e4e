package sqlguard

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/remit-crm/remit/scope/sqlgen"
)

// statements are accepted; TestRender's file shows what becomes of them.
var statements = []string{
	"SELECT name, amount FROM deals WHERE amount > 1000 AND stage = 'won' ORDER BY amount DESC LIMIT 5",
	"SELECT stage, count(*), count(DISTINCT account_id), sum(amount), avg(amount) AS mean FROM deals GROUP BY stage HAVING sum(amount) > 5 ORDER BY count(*) DESC",
	"SELECT * FROM accounts a",
	"SELECT a.name, (SELECT count(*) FROM deals d WHERE d.account_id = a.id) AS n FROM accounts a WHERE EXISTS (SELECT 1 FROM deals d WHERE d.account_id = a.id AND d.active)",
	"WITH won AS (SELECT account_id, sum(amount) AS total FROM deals WHERE stage = 'won' GROUP BY 1) SELECT a.name, w.total FROM won w RIGHT JOIN accounts a ON a.id = w.account_id ORDER BY 2 DESC NULLS LAST",
	"SELECT date_trunc('month', close_date) AS m, date_trunc('week', created_at), extract(quarter FROM close_date), count(*) FROM deals WHERE close_date >= current_date - interval '12 months' GROUP BY 1, 2, 3",
	"SELECT name FROM deals UNION ALL SELECT name FROM accounts INTERSECT SELECT 'x' ORDER BY name DESC LIMIT 3 OFFSET 2",
	"SELECT count(*) FILTER (WHERE stage = 'won') * 100.0 / NULLIF(count(*), 0) FROM deals",
	"SELECT CASE stage WHEN 'won' THEN 1 WHEN 'lost' THEN 0.5 END AS k, round(amount / 3, 2), abs(-amount), e = 1 FROM (SELECT stage, amount, employees % 2 AS e FROM deals d JOIN accounts a ON a.id = d.account_id) x",
	"SELECT lower(name) || upper(stage) || substr(name, 2, 3) || trim(name) || close_date::text FROM deals WHERE name ILIKE '%x\\_y%' AND name NOT LIKE 'a%' AND starts_with(name, 'b') AND position('c' IN name) > 0",
	"SELECT name FROM deals WHERE stage IN ('won', 'lost') AND id NOT IN (SELECT parent_id FROM accounts) AND created_at BETWEEN '2026-01-01' AND now() AND close_date - created_at::date > 30 AND close_date + 7 > current_date",
	"SELECT name FROM deals WHERE amount IS DISTINCT FROM 5 AND active IS NOT TRUE AND stage IS NOT NULL AND account_id IS NOT DISTINCT FROM NULL",
	"SELECT a.id, name FROM accounts a JOIN (SELECT id FROM deals ORDER BY amount LIMIT 2) d USING (id)",
	"SELECT 1 AS one, NULL, 'text', true, date '2026-01-31', timestamp '2026-01-31 12:00', 1.50",
	"SELECT DISTINCT stage FROM deals ORDER BY stage",
	"SELECT 'x' AS k, count(*) FROM deals GROUP BY k ORDER BY 'y', 5.5, k",
}

const golden = "testdata/render.golden"

// What a statement becomes, in both dialects. UPDATE_GOLDEN=1 writes the file.
func TestRender(t *testing.T) {
	var b strings.Builder
	for _, s := range statements {
		q := accepted(t, s)
		b.WriteString(s + "\n")
		for _, f := range []Form{{Dialect: sqlgen.SQLite}, {Dialect: sqlgen.SQLite, Split: true}, {Dialect: sqlgen.Postgres}} {
			f.Rows = q.Bound(100) + 1
			made, err := q.Render(f)
			if err != nil {
				t.Fatalf("%s\n%v", s, err)
			}
			if f.Split && !strings.Contains(made.SQL, "remit_halves") {
				continue // as before
			}
			b.WriteString("  " + f.Dialect.String() + ": " + made.SQL + "\n")
			for _, a := range made.Args {
				b.WriteString("    " + a.Text + "\n")
			}
		}
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the rendered statements differ from %s; if they are to, run with UPDATE_GOLDEN=1\n%s", golden, b.String())
	}
}

// ownWords are all that a rendered statement is made of, beside whole numbers,
// aliases and names of the schema.
var ownWords = strings.Fields(`SELECT DISTINCT AS FROM WHERE GROUP BY HAVING ORDER LIMIT OFFSET UNION ALL INTERSECT EXCEPT WITH JOIN LEFT RIGHT CROSS ON
	DESC NULLS FIRST LAST AND OR NOT IN IS NULL TRUE FALSE EXISTS CASE WHEN THEN ELSE END LIKE FILTER COLLATE CAST INTEGER TEXT AT TIME ZONE
	count sum min max COUNT MAX bool_and COALESCE lower upper length trim btrim substr instr strpos starts_with julianday date date_trunc extract
	remit_fold remit_like remit_add remit_sub remit_mul remit_div remit_mod remit_abs remit_halves BETWEEN NULLIF abs remit_day remit_trunc remit_part
	remit_sql fold add sub mul div mod whole text bigint integer boolean timestamptz timestamp year quarter month day week isodow isoyear`)

var (
	lexemes  = regexp.MustCompile(`"[^"]*"|'[^']*'|[?$][0-9]+|[A-Za-z_][A-Za-z0-9_]*|[0-9]+|::|>>|<>|<=|>=|\|\||[-+*/%&=<>(),.]|\s+|.`)
	alias    = regexp.MustCompile(`^[tcsw][0-9]+$`)
	literals = []string{"'week'", "'month'", "'quarter'", "'year'", "' '", "'01'", "'01-01'", "' days'", "'isodow'", "'isoyear'"}
)

// foreign returns what of a rendered statement is not of our making, "" for nothing.
func foreign(text string, s *Schema) string {
	names := []string{`"C"`}
	for _, table := range s.Tables {
		names = append(names, `"`+table.View+`"`)
		for _, c := range table.Columns {
			names = append(names, `"`+c.Name+`"`)
		}
	}
	for _, l := range lexemes.FindAllString(text, -1) {
		switch c := l[0]; {
		case c == '"' && slices.Contains(names, l), c == '\'' && slices.Contains(literals, l), alias.MatchString(l), slices.Contains(ownWords, l):
		case len(l) > 1 && (c == '?' || c == '$'), '0' <= c && c <= '9', strings.Contains("-+*/%&=<>(),.|: \n", l[:1]):
		default:
			return l
		}
	}
	return ""
}

// No text whatever gets anything of itself into a statement.
func FuzzCheck(f *testing.F) {
	if _, err := Check("SELECT 1", crm()); err != nil { // makes the parser, which takes longer than an input may
		f.Fatal(err)
	}
	for _, s := range statements {
		f.Add(s)
	}
	for _, class := range attacks {
		for _, s := range class {
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, statement string) {
		schema := crm()
		q, err := Check(statement, schema)
		if err != nil {
			return
		}
		for _, d := range []sqlgen.Dialect{sqlgen.SQLite, sqlgen.Postgres} {
			made, err := q.Render(Form{Dialect: d, Rows: 101, Split: true})
			if err != nil {
				return // too large
			}
			if what := foreign(made.SQL, schema); what != "" {
				t.Errorf("%q\nbecame %s\nwith %q in it", statement, made.SQL, what)
			}
		}
	})
}
