package lens

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// halved is a world on SQLite in which the rep, of the manager's team, owns half
// of many deals, some of them without an amount.
func halved(t *testing.T) *world {
	w := newWorld(t, "sqlite:"+t.TempDir()+"/remit.db", shippedDocument(t))
	w.fill(1000)
	ctx := context.Background()
	must(t, w.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL: `UPDATE opportunities SET owner_id = CASE WHEN rowid % 2 THEN ? ELSE ? END,
amount = CASE WHEN rowid % 7 THEN amount % 100 END, name = substr(name, 1, 6)`,
			Args: []any{w.rep.Person, w.other.Person},
		})
		return err
	}))
	return w
}

// halvedOnPostgres is the like on PostgreSQL.
func halvedOnPostgres(t *testing.T) *world {
	w := newWorld(t, pgtest.URL(t), shippedDocument(t))
	ctx := context.Background()
	must(t, w.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL: `INSERT INTO opportunities (id, name, stage, amount, close_date, owner_id, created_at, updated_at, version)
SELECT translate(substr(md5(random()::text), 1, 25), '0189', 'ghij') || 'a', 'Deal ' || i % 10, 'won', CASE WHEN i % 7 > 0 THEN i % 100 END,
 date '2025-01-01' + i % 300, CASE WHEN i % 2 = 1 THEN ? ELSE ? END, now(), now(), 1 FROM generate_series(1, 1000) AS i`,
			Args: []any{w.rep.Person, w.other.Person},
		})
		return err
	}))
	must(t, w.db.Query(ctx, sqldb.Stmt{SQL: "ANALYZE opportunities"}, func(sqldb.Row) error { return nil }))
	return w
}

// pages reads every page as the manager.
func (w *world) pages(sort ...string) (all []Record) {
	limit := 30
	q := Query{Collection: "opportunities", Fields: []string{"name", "amount", "close_date"}, Sort: sort, Limit: &limit}
	for {
		page, err := w.lens.Query(context.Background(), w.manager, q)
		must(w.tb, err)
		all = append(all, page.Records...)
		if q.Cursor = page.NextCursor; q.Cursor == "" {
			return all
		}
	}
}

// Walking down an index and collecting give the same pages.
func TestWalkGivesTheSamePages(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { walksAlike(t, halved(t), false) })
	// Its indexes over rising columns have the nulls last, as pages do.
	t.Run("postgres", func(t *testing.T) { walksAlike(t, halvedOnPostgres(t), true) })
}

func walksAlike(t *testing.T, w *world, nullsLast bool) {
	for _, c := range []struct {
		sort  []string
		walks bool
	}{
		{nil, true},
		{[]string{"-amount"}, true},
		{[]string{"-close_date", "name"}, true},
		{[]string{"name"}, false},           // no index over it
		{[]string{"close_date"}, nullsLast}, // else they come first in the index
		{[]string{"-amount", "-name"}, true},
	} {
		w.lens.walks.known = nil
		walked := w.pages(c.sort...)
		took := false
		for k, choice := range w.lens.walks.known {
			took = took || choice.index != ""
			choice.index = ""
			w.lens.walks.known[k] = choice
		}
		if took != c.walks {
			t.Errorf("%v: walked %v, want %v", c.sort, took, c.walks)
		}
		collected := w.pages(c.sort...)
		if len(collected) != 500 {
			t.Fatalf("%v: %d records", c.sort, len(collected))
		}
		if d := cmp.Diff(ids(collected), ids(walked)); d != "" {
			t.Errorf("%v: collected and walked differ:\n%s", c.sort, d)
		}
	}
}

func ids(records []Record) []string {
	all := make([]string, len(records))
	for i, r := range records {
		all[i] = string(r.ID)
	}
	return all
}

// Few records are collected, however many others there are.
func TestFewRecordsAreCollected(t *testing.T) {
	w := halved(t)
	ctx := context.Background()
	must(t, w.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(ctx, sqldb.Stmt{SQL: "UPDATE opportunities SET owner_id = ? WHERE rowid % 200", Args: []any{w.other.Person}})
		return err
	}))
	w.pages("-amount")
	for _, choice := range w.lens.walks.known {
		if choice.index != "" {
			t.Errorf("walked down %s", choice.index)
		}
	}
}

// What the manager's figures are by way of the owners, the chief's are of the same
// records at once.
func TestRegroupedFigures(t *testing.T) {
	w := halved(t)
	won := json.RawMessage(`{"stage":"won"}`)
	q := AggregateQuery{Collection: "opportunities", Dimensions: []Dimension{{Field: "stage"}, {Field: "close_date", Bucket: "month"}}, Measures: []Measure{
		{Fn: "count"},
		{Fn: "sum", Field: "amount"},
		{Fn: "avg", Field: "amount"},
		{Fn: "min", Field: "amount"},
		{Fn: "max", Field: "name"},
		{Fn: "ratio", Filter: won, As: "won"},
		{Fn: "sum", Field: "amount", Filter: won, As: "won_amount"},
	}}
	one := q
	one.Measures = append([]Measure{{Fn: "count_distinct", Field: "amount"}}, q.Measures...) // which is not regrouped
	for name, q := range map[string]AggregateQuery{"regrouped": q, "plain": one} {
		team, err := w.lens.Aggregate(context.Background(), w.manager, q)
		must(t, err)
		q.Filter = json.RawMessage(`{"owner_id":"` + string(w.rep.Person) + `"}`)
		all, err := w.lens.Aggregate(context.Background(), w.chief, q)
		must(t, err)
		if team.Records != 500 || len(team.Rows) != 3 {
			t.Fatalf("%s: %d records in %d groups", name, team.Records, len(team.Rows))
		}
		if d := cmp.Diff(string(all.AppendJSON(nil)), string(team.AppendJSON(nil))); d != "" {
			t.Errorf("%s: the team's figures and all of them differ:\n%s", name, d)
		}
	}
}
