package lens

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// traced asks a question as an AI employee's tool does and returns what the answer
// came from.
type traced struct {
	name string
	ask  func(w *world, actor remit.Actor, l *Lineage) error
}

func sumOf(filter string) func(*world, remit.Actor, *Lineage) error {
	return func(w *world, actor remit.Actor, l *Lineage) error {
		_, err := w.lens.Aggregate(context.Background(), actor, AggregateQuery{
			Collection: "opportunities", Measures: []Measure{{Fn: "sum", Field: "amount"}},
			Dimensions: []Dimension{{Field: "stage"}}, Filter: json.RawMessage(filter), Lineage: l,
		})
		return err
	}
}

func listOf(q Query) func(*world, remit.Actor, *Lineage) error {
	return func(w *world, actor remit.Actor, l *Lineage) error {
		q.Lineage = l
		_, err := w.lens.Query(context.Background(), actor, q)
		return err
	}
}

// readers lists who may see the answer again: r for the rep, o for the rep of another
// team, m for the manager, c for the chief.
func (w *world) readers(t *testing.T, l *Lineage) string {
	t.Helper()
	got := ""
	for _, reader := range []struct {
		name  string
		actor remit.Actor
	}{{"r", w.rep}, {"o", w.other}, {"m", w.manager}, {"c", w.chief}} {
		shown, err := w.lens.Recheck(context.Background(), reader.actor, "test", []Check{{Employee: "viz", Lineage: l}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if shown[0] {
			got += reader.name
		}
	}
	return got
}

func ask(t *testing.T, w *world, actor remit.Actor, q traced) *Lineage {
	t.Helper()
	l := &Lineage{}
	actor.Employee = "viz"
	if err := q.ask(w, actor, l); err != nil {
		t.Fatalf("%s: %v", q.name, err)
	}
	// It is kept as JSON.
	text, err := json.Marshal(l)
	must(t, err)
	kept := &Lineage{}
	must(t, json.Unmarshal(text, kept))
	return kept
}

func TestRecheckDecidesForEachReader(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		own := w.create(w.chief, "accounts", "name", "Own", "owner_id", w.rep.Person, "annual_revenue", 5)
		foreign := w.create(w.chief, "accounts", "name", "Foreign", "owner_id", w.other.Person, "annual_revenue", 7)
		w.create(w.chief, "opportunities", "name", "A", "stage", "won", "amount", 1, "owner_id", w.rep.Person, "account_id", own)
		w.create(w.chief, "opportunities", "name", "B", "stage", "won", "amount", 2, "owner_id", w.other.Person, "account_id", foreign)
		won := `{"stage":"won"}`
		for _, test := range []struct {
			asker remit.Actor
			traced
			want string
		}{
			{w.rep, traced{"own deals", listOf(Query{Collection: "opportunities"})}, "rmc"},
			{w.chief, traced{"all deals", listOf(Query{Collection: "opportunities"})}, "c"},
			{w.rep, traced{"own sum", sumOf(won)}, "rmc"},
			{w.chief, traced{"the sum of all", sumOf(won)}, "c"},
			{w.chief, traced{"a sum over nothing", sumOf(`{"stage":"lost"}`)}, "romc"},
			{w.chief, traced{"the sum of one's deals", sumOf(fmt.Sprintf(`{"owner_id":%q}`, w.rep.Person))}, "rmc"},
			{w.rep, traced{"masked cells are not in it", listOf(Query{Collection: "accounts", Fields: []string{"name", "annual_revenue"}})}, "rmc"},
			{w.other, traced{"nor in the other's", listOf(Query{Collection: "accounts", Fields: []string{"name", "annual_revenue"}})}, "oc"},
			{w.chief, traced{"they are in this", listOf(Query{Collection: "accounts", Fields: []string{"name", "annual_revenue"}})}, "c"},
			{w.chief, traced{"names only", listOf(Query{Collection: "accounts", Fields: []string{"name"}})}, "romc"},
			{w.chief, traced{"chosen by what some cannot see", listOf(Query{Collection: "accounts", Fields: []string{"name"}, Filter: json.RawMessage(`{"annual_revenue":{"$lt":6}}`)})}, "c"},
			{w.rep, traced{"chosen by what she cannot always see", listOf(Query{Collection: "accounts", Fields: []string{"name"}, Filter: json.RawMessage(`{"annual_revenue":{"$lt":6}}`)})}, "rc"},
			{w.chief, traced{"over a hop", listOf(Query{Collection: "opportunities", Fields: []string{"name", "account.annual_revenue"}, Filter: json.RawMessage(`{"name":"A"}`)})}, "rmc"},
			{w.chief, traced{"over a hop, one beyond the page", listOf(Query{Collection: "opportunities", Fields: []string{"name"}, Sort: []string{"name"}, Limit: &one})}, "c"},
			{w.chief, traced{"a total", listOf(Query{Collection: "opportunities", Fields: []string{"name"}, Filter: json.RawMessage(`{"name":"A"}`), Total: true})}, "rmc"},
			{w.rep, traced{"a count", func(w *world, a remit.Actor, l *Lineage) error {
				_, err := w.lens.Count(context.Background(), a, CountQuery{Collection: "opportunities", Lineage: l})
				return err
			}}, "rmc"},
			{w.other, traced{"a search", func(w *world, a remit.Actor, l *Lineage) error {
				_, err := w.lens.Search(context.Background(), a, SearchQuery{Text: "For", Collections: []string{"products"}, Lineage: l})
				return err
			}}, "romc"},
			{w.rep, traced{"a record", func(w *world, a remit.Actor, l *Lineage) error {
				_, err := w.lens.Record(context.Background(), a, RecordQuery{Collection: "accounts", ID: foreign, Lineage: l})
				return err
			}}, "romc"},
			{w.rep, traced{"what there is", func(w *world, a remit.Actor, l *Lineage) error {
				_, err := w.lens.TracedCollections(context.Background(), a, l)
				return err
			}}, "romc"},
		} {
			l := ask(t, w, test.asker, test.traced)
			if got := w.readers(t, l); got != test.want {
				text, _ := json.Marshal(l)
				t.Errorf("%s: shown to %q, want %q\n%s", test.name, got, test.want, text)
			}
		}
		if got := w.readers(t, nil); got != "" {
			t.Errorf("what comes from nobody knows where is shown to %q", got)
		}
	})
}

var one = 1

// What too many records are behind to be named is for those whose view is the
// asker's, and for those who see it all.
func TestRecheckOfManyRecords(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		must(t, w.lens.Batch(context.Background(), w.chief, "", "opportunities", func(b *Batch) error {
			for range MaxOrigins + 1 {
				if _, err := b.Create(context.Background(), Change{Values: map[string]json.RawMessage{
					"name": json.RawMessage(`"D"`), "stage": json.RawMessage(`"won"`), "amount": json.RawMessage("1"),
					"owner_id": json.RawMessage(fmt.Sprintf("%q", w.rep.Person)),
				}}); err != nil {
					return err
				}
			}
			return nil
		}))
		l := ask(t, w, w.manager, traced{"sum", sumOf(`{"stage":"won"}`)})
		if !l.Origins[0].Many || len(l.Origins[0].Records) > 0 {
			t.Fatalf("%d records are named", len(l.Origins[0].Records))
		}
		if got := w.readers(t, l); got != "mc" {
			t.Errorf("the manager's sum is shown to %q", got)
		}
		// A rule that looks the team up means something else when the team changes.
		chief := w.chief.Person
		must(t, w.dir.UpdatePerson(context.Background(), remit.Actor{Person: directory.OperatorID, Channel: remit.ChannelCLI}, w.rep.Person, directory.PersonChange{ManagerID: &chief}))
		if got := w.readers(t, l); got != "c" {
			t.Errorf("after the rep left the team it is shown to %q", got)
		}
	})
}

func TestRecheckAfterTheSourceHasGone(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		account := w.create(w.chief, "accounts", "name", "Own", "owner_id", w.rep.Person)
		deal := w.create(w.chief, "opportunities", "name", "A", "amount", 1, "owner_id", w.rep.Person, "account_id", account)
		list := ask(t, w, w.rep, traced{"list", listOf(Query{Collection: "opportunities"})})
		hop := ask(t, w, w.rep, traced{"hop", listOf(Query{Collection: "opportunities", Fields: []string{"account.name"}})})
		sum := ask(t, w, w.rep, traced{"sum", sumOf(``)})
		shown := func(l *Lineage) bool { return w.readers(t, l) == "rmc" }
		if !shown(list) || !shown(hop) || !shown(sum) {
			t.Fatal("not shown to begin with")
		}
		must(t, w.lens.Delete(context.Background(), w.admin, Removal{Collection: "accounts", ID: account}))
		if shown(list) || shown(hop) || !shown(sum) {
			t.Errorf("after the account went: list %v, hop %v, sum %v", shown(list), shown(hop), shown(sum))
		}
		must(t, w.lens.Delete(context.Background(), w.admin, Removal{Collection: "opportunities", ID: deal}))
		if shown(sum) {
			t.Error("the sum outlives the deal")
		}
	})
}

// One entry tells what was shown again, and nothing is shown without it.
func TestRecheckIsRecorded(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		deal := w.create(w.chief, "opportunities", "name", "A", "amount", 1, "owner_id", w.rep.Person)
		l := ask(t, w, w.rep, traced{"list", listOf(Query{Collection: "opportunities", Fields: []string{"amount"}})})
		before := len(w.log.entries)
		w.readers(t, l)
		if n := len(w.log.entries) - before; n != 4 {
			t.Fatalf("%d entries of four reads", n)
		}
		e := w.log.entries[before]
		if e.Operation != "test" || len(e.Records) != 1 || e.Records[0] != deal || fmt.Sprint(e.Fields) != "[opportunities.amount]" || e.Sensitivity != remit.Confidential {
			t.Errorf("recorded as %+v", e)
		}
		if e := w.log.entries[before+1]; len(e.Records) != 0 || len(e.Fields) != 0 {
			t.Errorf("what was withheld is recorded as shown: %+v", e)
		}
		w.log.broken = true
		if shown, err := w.lens.Recheck(context.Background(), w.rep, "test", []Check{{Employee: "viz", Lineage: l}}, nil); err == nil {
			t.Errorf("shown without a record: %v", shown)
		}
	})
}

// A role that goes takes what it gave along.
func TestRecheckAfterARoleWent(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.create(w.chief, "opportunities", "name", "A", "amount", 1, "owner_id", w.rep.Person)
		l := ask(t, w, w.rep, traced{"sum", sumOf(``)})
		must(t, w.db.Write(context.Background(), func(tx sqldb.Tx) error {
			_, err := tx.Exec(context.Background(), sqldb.Stmt{SQL: "DELETE FROM person_roles WHERE person_id = ?", Args: []any{w.rep.Person}})
			if err == nil {
				_, err = tx.Exec(context.Background(), sqldb.Stmt{SQL: "UPDATE people SET generation = generation + 1 WHERE id = ?", Args: []any{w.rep.Person}})
			}
			return err
		}))
		if got := w.readers(t, l); got != "mc" {
			t.Errorf("shown to %q", got)
		}
	})
}
