package lens

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

func (w *world) historyOf(actor remit.Actor, q HistoryQuery) *History {
	w.tb.Helper()
	h, err := w.lens.History(context.Background(), actor, q)
	must(w.tb, err)
	return h
}

// told writes changes shortly: who, what, from, to.
func (h *History) told() (lines []string) {
	for _, c := range h.Changes {
		who := c.By.Kind
		if c.By.Person != nil {
			who += " " + c.By.Person.Name.String()
		}
		lines = append(lines, fmt.Sprintf("%s: %s %s→%s", who, c.Action+" "+c.Field, h.Show(c.Before), h.Show(c.After)))
	}
	return lines
}

func (w *world) set(actor remit.Actor, collection string, id remit.ID, pairs ...any) {
	w.tb.Helper()
	w.now = w.now.Add(time.Second)
	_, err := w.lens.Update(context.Background(), actor, Change{Collection: collection, ID: id, Values: values(pairs...)})
	must(w.tb, err)
}

func TestHistoryTellsWhoSetWhat(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		accounts := w.deals()
		id := w.create(w.rep, "opportunities", "name", "Tracked", "stage", "proposal", "amount", 10)
		w.set(w.rep, "opportunities", id, "amount", 12.5, "stage", "won", "name", "Tracked")
		w.set(w.chief, "opportunities", id, "close_date", "2026-02-01", "account_id", accounts[0])
		w.set(w.rep, "opportunities", id, "close_date", nil)
		want := fmt.Sprint([]string{
			"human Rita Rep: update close_date 2026-02-01→", "human Clara Chief: update close_date →2026-02-01", "human Clara Chief: update account_id →Alpha",
			"human Rita Rep: update stage proposal→won", "human Rita Rep: update amount 10.00→12.50", "human Rita Rep: create  →",
		})
		q := HistoryQuery{Collection: "opportunities", ID: id}
		if got := fmt.Sprint(w.historyOf(w.rep, q).told()); got != want {
			t.Errorf("told\n%s, want\n%s", got, want)
		}
		if h := w.historyOf(w.rep, q); h.Changes[0].At.String() != w.now.Format(remit.TimeLayout) {
			t.Errorf("at %v, not %v", h.Changes[0].At, w.now)
		}
		last := w.log.entries[len(w.log.entries)-1]
		if last.Operation != OpHistory || last.Rows != 6 || len(last.Records) != 1 || len(last.Fields) < 5 {
			t.Errorf("logged as %+v", last)
		}
		if _, err := w.lens.History(context.Background(), w.other, q); err == nil || remit.KindOf(err) != remit.KindNotFound {
			t.Errorf("another's: %v", err)
		}
	})
}

// A cursor names a place that new changes do not move.
func TestHistoryPages(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		id := w.create(w.rep, "leads", "name", "0")
		for i := range 6 {
			w.set(w.rep, "leads", id, "name", fmt.Sprint(i+1))
		}
		two := 2
		q := HistoryQuery{Collection: "leads", ID: id, Limit: &two}
		var got []string
		for {
			h := w.historyOf(w.rep, q)
			for _, c := range h.Changes {
				got = append(got, c.After.String())
			}
			if q.Cursor = h.NextCursor; q.Cursor == "" {
				break
			}
			w.set(w.rep, "leads", id, "name", fmt.Sprint("new ", len(got)))
		}
		if want := "[6 5 4 3 2 1 ]"; fmt.Sprint(got) != want {
			t.Errorf("pages of %v, want %s", got, want)
		}
		h := w.historyOf(w.rep, q)
		q.Cursor = h.NextCursor
		if _, err := w.lens.History(context.Background(), w.manager, q); err == nil || remit.KindOf(err) != remit.KindInvalid {
			t.Errorf("another's cursor: %v", err)
		}
	})
}

// What is refused leaves nothing, what is imported says so, and a link is kept as it
// stood though its writer saw null.
func TestChangesAreKeptAsTheyHappened(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		accounts := w.deals()
		id := w.create(w.chief, "opportunities", "name", "Kept", "owner_id", w.rep.Person, "account_id", accounts[1])
		if _, err := w.lens.Update(ctx, w.rep, Change{Collection: "opportunities", ID: id, Values: values("owner_id", w.other.Person)}); err == nil {
			t.Fatal("a rep gave a deal away")
		}
		w.set(w.rep, "opportunities", id, "account_id", accounts[0])
		must(t, w.lens.Batch(ctx, w.chief, "", "opportunities", func(b *Batch) error {
			for range 3 {
				if _, err := b.Create(ctx, Change{Values: values("name", "In bulk")}); err != nil {
					return err
				}
			}
			_, err := b.Update(ctx, Change{ID: id, Values: values("name", "Imported")})
			return err
		}))
		must(t, w.lens.Delete(ctx, w.admin, Removal{Collection: "opportunities", ID: id}))
		var kept []string
		must(t, w.db.Query(ctx, sqldb.Stmt{
			SQL: "SELECT action, field, kind, before_value, after_value FROM field_changes WHERE record_id = ? ORDER BY version", Args: []any{string(id)},
		}, func(r sqldb.Row) error {
			kept = append(kept, fmt.Sprintf("%s %s %s %s %s", r.Text(0), r.Text(1), r.Text(2), r.Text(3), r.Text(4)))
			return nil
		}))
		want := []string{
			"create  human  ", fmt.Sprintf("update account_id human %s %s", accounts[1], accounts[0]),
			"update name import Kept Imported", "delete  human  ",
		}
		if fmt.Sprintf("%q", kept) != fmt.Sprintf("%q", want) {
			t.Errorf("kept %q, want %q", kept, want)
		}
		var imported int64
		must(t, w.db.Query(ctx, sqldb.Stmt{SQL: "SELECT COUNT(*) FROM field_changes WHERE action = 'create' AND kind = 'import'"}, func(r sqldb.Row) error {
			imported = r.Int(0)
			return nil
		}))
		if imported != 3 {
			t.Errorf("%d imported records are told of, want 3", imported)
		}
	})
}
