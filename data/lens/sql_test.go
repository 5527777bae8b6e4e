package lens

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
)

// sqlWorlds runs a test on every database on which SQL runs.
func sqlWorlds(t *testing.T, doc *policy.Document, test func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newWorld(t, "sqlite:"+t.TempDir()+"/remit.db", doc)) })
	t.Run("postgres", func(t *testing.T) { test(t, newWorld(t, pgtest.URL(t), doc)) })
}

// rows runs a statement and returns its rows as JSON.
func (w *world) rows(actor remit.Actor, statement string) string {
	w.tb.Helper()
	r, err := w.lens.SQL(context.Background(), actor, SQLQuery{Statement: statement})
	if err != nil {
		w.tb.Fatalf("%s\n%v", statement, err)
	}
	raw, err := json.Marshal(r)
	must(w.tb, err)
	var table struct{ Rows json.RawMessage }
	must(w.tb, json.Unmarshal(raw, &table))
	return string(table.Rows)
}

// What statements answer, to somebody who sees all and to somebody who sees three of
// five deals.
func TestSQLAnswers(t *testing.T) {
	sqlWorlds(t, shippedDocument(t), func(t *testing.T, w *world) {
		w.deals()
		for _, c := range []struct{ statement, chief, rep string }{
			{"SELECT name, amount FROM opportunities ORDER BY amount DESC LIMIT 2", `[{"name":"Deal 4","amount":502.50},{"name":"Deal 3","amount":402.00}]`, `[{"name":"Deal 2","amount":301.50},{"name":"Deal 1","amount":201.00}]`},
			{"SELECT count(*), sum(amount), avg(amount), min(close_date) FROM opportunities", `[{"count":5,"sum":1507.50,"avg":301.5,"min":"2025-01-15"}]`, `[{"count":3,"sum":603.00,"avg":201,"min":"2025-01-15"}]`},
			{"SELECT stage, count(*) AS n FROM opportunities GROUP BY stage ORDER BY n DESC, stage", `[{"stage":"won","n":3},{"stage":"lost","n":1},{"stage":"proposal","n":1}]`, `[{"stage":"won","n":2},{"stage":"lost","n":1}]`},
			{"SELECT o.name, a.name FROM opportunities o JOIN accounts a ON a.id = o.account_id WHERE o.amount < 300", `[{"name":"Deal 0","name_2":"Alpha"},{"name":"Deal 1","name_2":"Beta"}]`, `[{"name":"Deal 0","name_2":"Alpha"},{"name":"Deal 1","name_2":"Beta"}]`},
			{"SELECT a.name, (SELECT count(*) FROM opportunities o WHERE o.account_id = a.id) AS n FROM accounts a", `[{"name":"Alpha","n":3},{"name":"Beta","n":2}]`, `[{"name":"Alpha","n":2},{"name":"Beta","n":1}]`},
			{"WITH w AS (SELECT account_id, sum(amount) AS s FROM opportunities GROUP BY account_id) SELECT max(s) FROM w", `[{"max":904.50}]`, `[{"max":402.00}]`},
			{"SELECT name FROM accounts UNION SELECT stage FROM opportunities ORDER BY name", `[{"name":"Alpha"},{"name":"Beta"},{"name":"lost"},{"name":"proposal"},{"name":"won"}]`, `[{"name":"Alpha"},{"name":"Beta"},{"name":"lost"},{"name":"won"}]`},
			{"SELECT date_trunc('quarter', close_date) AS q, extract(month FROM max(close_date)) AS m FROM opportunities GROUP BY q", `[{"q":"2025-01-01","m":3},{"q":"2025-04-01","m":5}]`, `[{"q":"2025-01-01","m":3}]`},
			{"SELECT round(sum(amount) / count(*), 1) AS a, 1 / 0 AS b, 7 / 2 AS c, round(2.5) AS d, 7 % 4 AS e FROM opportunities", `[{"a":301.5,"b":null,"c":3.5,"d":2,"e":3}]`, `[{"a":201,"b":null,"c":3.5,"d":2,"e":3}]`},
			{"SELECT name FROM opportunities WHERE name ILIKE '%L 3' OR name LIKE 'D__l 1' OR close_date = '2025-01-15'", `[{"name":"Deal 0"},{"name":"Deal 1"},{"name":"Deal 3"}]`, `[{"name":"Deal 0"},{"name":"Deal 1"}]`},
			{"SELECT count(*) FILTER (WHERE stage = 'won') AS won, CASE WHEN count(*) > 4 THEN 'many' ELSE 'few' END AS f FROM opportunities", `[{"won":3,"f":"many"}]`, `[{"won":2,"f":"few"}]`},
			{"SELECT (SELECT name FROM opportunities WHERE amount > 500) AS one, (SELECT name FROM opportunities) AS several", `[{"one":"Deal 4","several":null}]`, `[{"one":null,"several":null}]`},
			{"SELECT CASE stage WHEN 'won' THEN 'yes' WHEN 'lost' THEN 'no' END AS w, nullif(name, 'Deal 2') AS n, abs(200 - amount) AS a FROM opportunities WHERE amount BETWEEN 300 AND 402 ORDER BY amount", `[{"w":"yes","n":null,"a":101.50},{"w":"yes","n":"Deal 3","a":202.00}]`, `[{"w":"yes","n":null,"a":101.50}]`},
			{"SELECT current_date - close_date AS days FROM opportunities ORDER BY 1 LIMIT 1", `[{"days":304}]`, `[{"days":365}]`},
			{"SELECT 'x' AS k FROM opportunities WHERE created_at >= now() - interval '1 day' GROUP BY k HAVING sum(amount) * 2 >= 1206", `[{"k":"x"}]`, `[{"k":"x"}]`},
		} {
			if got := w.rows(w.chief, c.statement); got != c.chief {
				t.Errorf("%s\nchief: %s\nwant:  %s", c.statement, got, c.chief)
			}
			if got := w.rows(w.rep, c.statement); got != c.rep {
				t.Errorf("%s\nrep:  %s\nwant: %s", c.statement, got, c.rep)
			}
		}
	})
}

// sqlPolicy lets a rep see every contact's name, and of their own contacts e-mail and
// account too; of accounts, the name alone, where they are theirs.
func sqlPolicy() *policy.Document {
	view, all := []policy.Action{policy.View}, []string{policy.AllFields}
	return &policy.Document{
		Scopes: []policy.Scope{
			{Name: "own-contacts", Collection: "contacts", Expression: "record.owner_id == user.id"},
			{Name: "own-accounts", Collection: "accounts", Expression: "record.owner_id == user.id"},
		},
		Roles: []policy.Role{
			{Name: "sales-executive", Grants: []policy.Grant{
				{Collection: "contacts", Actions: []policy.Action{policy.View, policy.Create}, Fields: all, Scope: policy.ScopeAll},
				{Collection: "accounts", Actions: []policy.Action{policy.View, policy.Create}, Fields: all, Scope: policy.ScopeAll},
				{Collection: "people", Actions: view, Fields: all, Scope: policy.ScopeAll},
			}},
			{Name: "sales-rep", Grants: []policy.Grant{
				{Collection: "contacts", Actions: view, Fields: []string{"name"}, Scope: policy.ScopeAll},
				{Collection: "contacts", Actions: view, Fields: []string{"email", "account_id", "owner_id"}, Scope: "own-contacts"},
				{Collection: "accounts", Actions: view, Fields: []string{"name"}, Scope: "own-accounts"},
			}},
		},
	}
}

// A hidden cell, and a link to a hidden record, are null wherever they stand (laws 4
// and 5); a hidden field does not exist.
func TestSQLHidesCells(t *testing.T) {
	sqlWorlds(t, sqlPolicy(), func(t *testing.T, w *world) {
		own := w.create(w.chief, "accounts", "name", "Own", "owner_id", w.rep.Person)
		foreign := w.create(w.chief, "accounts", "name", "Foreign", "owner_id", w.other.Person)
		w.create(w.chief, "contacts", "name", "A", "email", "a@example.test", "account_id", own, "owner_id", w.rep.Person)
		w.create(w.chief, "contacts", "name", "B", "email", "b@example.test", "account_id", foreign, "owner_id", w.rep.Person)
		w.create(w.chief, "contacts", "name", "C", "email", "c@example.test", "account_id", own, "owner_id", w.other.Person)
		for statement, want := range map[string]string{
			"SELECT name, email FROM contacts":                                                              `[{"name":"A","email":"a@example.test"},{"name":"B","email":"b@example.test"},{"name":"C","email":null}]`,
			"SELECT name FROM contacts WHERE email = 'c@example.test'":                                      `[]`,
			"SELECT name FROM contacts WHERE email IS NULL":                                                 `[{"name":"C"}]`,
			"SELECT name FROM contacts WHERE account_id IS NOT NULL":                                        `[{"name":"A"}]`,
			"SELECT max(email), count(email), count(*) FROM contacts":                                       `[{"max":"b@example.test","count":2,"count_2":3}]`,
			"SELECT name FROM contacts ORDER BY email DESC LIMIT 1":                                         `[{"name":"C"}]`,
			"SELECT c.name, a.name FROM contacts c LEFT JOIN accounts a ON a.id = c.account_id":             `[{"name":"A","name_2":"Own"},{"name":"B","name_2":null},{"name":"C","name_2":null}]`,
			"SELECT name FROM contacts WHERE owner_id IS NULL OR owner_id = '" + string(w.rep.Person) + "'": `[{"name":"A"},{"name":"B"},{"name":"C"}]`,
		} {
			if got := w.rows(w.rep, statement); got != want {
				t.Errorf("%s\n%s\nwant %s", statement, got, want)
			}
		}
		for _, statement := range []string{"SELECT industry FROM accounts", "SELECT phone FROM contacts", "SELECT * FROM contacts", "SELECT name FROM people", "SELECT name FROM leads"} {
			_, err := w.lens.SQL(context.Background(), w.rep, SQLQuery{Statement: statement})
			if k := remit.KindOf(err); err == nil || k != remit.KindInvalid && k != remit.KindNotFound {
				t.Errorf("%s: %v", statement, err)
			}
		}
	})
}

// The limits of the call, the AI employee and the task hold together, and that there
// is more is told.
func TestSQLLimits(t *testing.T) {
	doc := shippedDocument(t)
	doc.Employees = append(doc.Employees, policy.Employee{Name: "quin", Title: "Quin", Tools: []string{"query_records"}, Remit: policy.Remit{
		Grants:      []policy.Grant{{Collection: "*", Actions: []policy.Action{policy.View}, Fields: []string{policy.AllFields}, Scope: policy.ScopeAll}},
		Sensitivity: remit.Restricted, RowsPerCall: 3,
	}})
	doc.Tasks = append(doc.Tasks, policy.Task{Name: "quick-look", Employee: "quin", Title: "Quick look", Constraints: policy.Constraints{
		RowLimit: 2, LastDays: 365, Collections: []policy.CollectionConstraint{{Collection: "opportunities", Fields: []string{"name", "close_date", "account_id"}}},
	}})
	for i := range doc.Roles {
		doc.Roles[i].Employees = append(doc.Roles[i].Employees, "quin")
	}
	sqlWorlds(t, doc, func(t *testing.T, w *world) {
		w.deals()
		two := 2
		employee := w.chief
		employee.Employee = "quin"
		task := employee
		task.Task = "quick-look"
		for _, c := range []struct {
			name  string
			actor remit.Actor
			query SQLQuery
			rows  int
			more  bool
		}{
			{"all", w.chief, SQLQuery{Statement: "SELECT name FROM opportunities"}, 5, false},
			{"as asked", w.chief, SQLQuery{Statement: "SELECT name FROM opportunities", Limit: &two}, 2, true},
			{"as written", w.chief, SQLQuery{Statement: "SELECT name FROM opportunities LIMIT 1", Limit: &two}, 1, false},
			{"exactly", w.chief, SQLQuery{Statement: "SELECT name FROM opportunities LIMIT 2", Limit: &two}, 2, false},
			{"more than asked", w.chief, SQLQuery{Statement: "SELECT name FROM opportunities LIMIT 3", Limit: &two}, 2, true},
			{"an AI employee's", employee, SQLQuery{Statement: "SELECT name FROM opportunities"}, 3, true},
			{"a task's, of the last year", task, SQLQuery{Statement: "SELECT name FROM opportunities"}, 2, true},
			{"the end of a task's", task, SQLQuery{Statement: "SELECT name FROM opportunities ORDER BY name OFFSET 1"}, 1, true},
			{"counts", task, SQLQuery{Statement: "SELECT count(*) FROM opportunities"}, 1, false},
		} {
			r, err := w.lens.SQL(context.Background(), c.actor, c.query)
			if err != nil || len(r.Rows) != c.rows || r.More != c.more {
				t.Errorf("%s: %v, %v, want %d rows and more %v", c.name, r, err, c.rows, c.more)
			}
		}
		for _, statement := range []string{"SELECT name FROM accounts", "SELECT amount FROM opportunities", "SELECT name FROM opportunities OFFSET 2"} {
			if _, err := w.lens.SQL(context.Background(), task, SQLQuery{Statement: statement}); err == nil {
				t.Errorf("the task may run %s", statement)
			}
		}
		if got := w.rows(task, "SELECT count(*) FROM opportunities"); got != `[{"count":3}]` {
			t.Errorf("the task sees %s of the last year", got)
		}
		nobody := w.person("Nora None", "", "")
		if _, err := w.lens.SQL(context.Background(), nobody, SQLQuery{Statement: "SELECT name FROM opportunities"}); remit.KindOf(err) != remit.KindNotFound {
			t.Errorf("somebody without a role: %v", err)
		}
	})
}

// Every statement is in the log as it was written and as it was run, refused ones too;
// one that cannot be recorded is not answered (law 9).
func TestSQLIsRecorded(t *testing.T) {
	sqlWorlds(t, shippedDocument(t), func(t *testing.T, w *world) {
		w.deals()
		w.log.entries = nil
		w.rows(w.rep, "SELECT name, amount FROM opportunities WHERE stage = 'won'")
		e := w.log.entries[0]
		d := e.Details.(*sqlDetails)
		if e.Operation != audit.OpSQL || e.Decision != audit.Allowed || e.Collection != "opportunities" || strings.Join(e.Fields, " ") != "name stage amount" || e.Rows != 2 || e.Sensitivity < remit.Internal {
			t.Errorf("the entry is %+v", e)
		}
		if !strings.Contains(d.Statement, "'won'") || !strings.HasPrefix(d.Run, "SELECT t1.") || strings.Join(d.Args, " ") != "won" {
			t.Errorf("its details are %+v", d)
		}
		for statement, decision := range map[string]audit.Decision{"DELETE FROM opportunities": audit.Failed, "SELECT password FROM sessions": audit.Refused} {
			w.log.entries = nil
			if _, err := w.lens.SQL(context.Background(), w.rep, SQLQuery{Statement: statement}); err == nil {
				t.Fatalf("%s was answered", statement)
			}
			e := w.log.entries[0]
			if e.Decision != decision || e.Rows != 0 || e.Details.(*sqlDetails).Statement != statement {
				t.Errorf("%s: the entry is %+v", statement, e)
			}
		}
		w.log.broken = true
		if r, err := w.lens.SQL(context.Background(), w.rep, SQLQuery{Statement: "SELECT name FROM opportunities"}); remit.KindOf(err) != remit.KindUnavailable || r != nil {
			t.Errorf("unrecorded: %v, %v", r, err)
		}
	})
}

// A permission that is taken away while a statement runs is not used (law 8).
func TestSQLRevoked(t *testing.T) {
	sqlWorlds(t, shippedDocument(t), func(t *testing.T, w *world) {
		w.deals()
		w.rows(w.rep, "SELECT name FROM opportunities")
		must(t, w.db.Write(context.Background(), func(tx sqldb.Tx) error {
			if _, err := tx.Exec(context.Background(), sqldb.Stmt{SQL: "DELETE FROM person_roles WHERE person_id = ?", Args: []any{w.rep.Person}}); err != nil {
				return err
			}
			_, err := tx.Exec(context.Background(), sqldb.Stmt{SQL: "UPDATE people SET generation = generation + 1 WHERE id = ?", Args: []any{w.rep.Person}})
			return err
		}))
		if _, err := w.lens.SQL(context.Background(), w.rep, SQLQuery{Statement: "SELECT name FROM opportunities"}); remit.KindOf(err) != remit.KindNotFound {
			t.Errorf("after the role was taken away: %v", err)
		}
	})
}

// An answer's lineage lets through who sees the same, and nobody else.
func TestSQLLineage(t *testing.T) {
	sqlWorlds(t, shippedDocument(t), func(t *testing.T, w *world) {
		w.deals()
		lineage := &Lineage{}
		if _, err := w.lens.SQL(context.Background(), w.rep, SQLQuery{Statement: "SELECT count(*), max(account_id) FROM opportunities", Lineage: lineage}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(lineage.Collections(), " "); got != "accounts opportunities" {
			t.Errorf("it came from %s", got)
		}
		for name, c := range map[string]struct {
			reader remit.Actor
			sees   bool
		}{"the asker": {w.rep, true}, "another rep": {w.other, false}, "who sees all": {w.chief, true}} {
			shown, err := w.lens.Recheck(context.Background(), c.reader, "conversation.read", []Check{{Lineage: lineage}}, nil)
			if err != nil || shown[0] != c.sees {
				t.Errorf("%s: %v, %v, want %v", name, shown, err, c.sees)
			}
		}
	})
}
