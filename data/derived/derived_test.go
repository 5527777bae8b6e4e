package derived_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/derived"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/data/lens"
)

type world struct {
	*derived.Store
	tb       testing.TB
	db       *sqldb.DB
	postgres bool
	ann, bob remit.Actor
}

func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	for name, url := range map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "remit.db"), "postgres": pgtest.URL(t)} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			store, err := data.Open(ctx, data.Options{URL: url, Master: bytes.Repeat([]byte{7}, 32)})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = store.Close() })
			w := &world{Store: store.Derived, tb: t, postgres: name == "postgres"}
			w.db, err = sqldb.Open(ctx, url, sqldb.Options{})
			w.must(err)
			t.Cleanup(func() { _ = w.db.Close() })
			for name, actor := range map[string]*remit.Actor{"Ann": &w.ann, "Bob": &w.bob} {
				id, err := store.Directory.CreatePerson(ctx, data.Operator("test"), directory.NewPerson{Name: name, Email: name + "@example.com"})
				w.must(err)
				*actor = remit.Actor{Person: id, Channel: remit.ChannelWeb}
			}
			test(t, w)
		})
	}
}

func (w *world) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

// full makes a conversation of Ann's that leaves a row in every table.
func (w *world) full() (*derived.Conversation, *derived.Turn) {
	w.tb.Helper()
	ctx := context.Background()
	c, err := w.Create(ctx, w.ann, "viz", "", "")
	w.must(err)
	t := &derived.Turn{ID: w.NewTurn(), Said: derived.Said{Question: "Secret question", Context: json.RawMessage(`{"page":"Secret"}`)}}
	w.must(w.Begin(ctx, w.ann, c, t, "Secret title"))
	p := derived.Progress{
		Events: []derived.Event{{Position: 1, Name: "text", Calls: 1, Body: json.RawMessage(`"Secret text"`)}},
		Calls: []derived.Call{
			{Tool: "query_records", Body: json.RawMessage(`{"result":"Secret"}`), Lineage: &lens.Lineage{Origins: []lens.Origin{{Collection: "accounts", Records: []remit.ID{"r"}}}}},
			{Position: 1, Tool: "unknown", Body: json.RawMessage(`{}`)},
		},
	}
	_, err = w.Advance(ctx, c, t.ID, p)
	w.must(err)
	said := t.Said
	said.Answer = "Secret answer"
	_, err = w.Advance(ctx, c, t.ID, derived.Progress{Ended: "answered", Said: said})
	w.must(err)
	w.must(w.Rate(ctx, w.ann, c, t.ID, "up", "Secret comment"))
	w.must(w.Share(ctx, w.ann, c, []remit.ID{w.bob.Person}))
	return c, t
}

func TestRoundTrip(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		c, turn := w.full()
		for _, person := range []remit.ID{w.ann.Person, w.bob.Person} {
			found, err := w.Find(ctx, person, c.ID)
			w.must(err)
			if found.Title != "Secret title" || found.Owner != w.ann.Person || found.Employee != "viz" {
				t.Errorf("%+v", found)
			}
		}
		turns, err := w.Turns(ctx, c)
		w.must(err)
		got := turns[0]
		if got.Answer != "Secret answer" || got.Question != "Secret question" || got.Rating != "up" || got.Comment != "Secret comment" || got.Running || got.Ended != "answered" {
			t.Errorf("%+v", got)
		}
		if len(got.Calls) != 2 || got.Calls[0].Lineage == nil || got.Calls[0].Lineage.Origins[0].Records[0] != "r" || got.Calls[1].Lineage != nil || got.Calls[1].Tool != "unknown" {
			t.Errorf("%+v", got.Calls)
		}
		events, running, err := w.Events(ctx, c, turn.ID, 0)
		w.must(err)
		if len(events) != 1 || running || string(events[0].Body) != `"Secret text"` || events[0].Calls != 1 {
			t.Errorf("%+v %v", events, running)
		}
		if events, _, _ := w.Events(ctx, c, turn.ID, 1); len(events) != 0 {
			t.Errorf("behind the last: %+v", events)
		}
	})
}

// Deleting a conversation leaves the database as it was before, but for the audit.
func TestDeleteLeavesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		before := w.rows()
		c, turn := w.full()
		running := &derived.Turn{ID: w.NewTurn()}
		w.must(w.Begin(context.Background(), w.ann, c, running, ""))
		for table, n := range w.rows() {
			if strings.HasPrefix(table, "conversation") && n == before[table] {
				t.Errorf("%s has no row: the test shows nothing", table)
			}
		}
		if err := w.Delete(context.Background(), w.bob, c.ID); remit.KindOf(err) != remit.KindNotFound || err == nil {
			t.Errorf("Bob deletes it: %v", err)
		}
		w.must(w.Delete(context.Background(), w.ann, c.ID))
		for table, n := range w.rows() {
			if n != before[table] {
				t.Errorf("%s has %d rows, before %d", table, n, before[table])
			}
		}
		// A run that is still going cannot write any more.
		p := derived.Progress{Events: []derived.Event{{Position: 1, Name: "text", Body: json.RawMessage(`""`)}}}
		if _, err := w.Advance(context.Background(), c, running.ID, p); !errors.Is(err, derived.ErrLost) {
			t.Errorf("a run of what was deleted: %v", err)
		}
		if err := w.Begin(context.Background(), w.ann, c, turn, ""); remit.KindOf(err) != remit.KindNotFound || err == nil {
			t.Errorf("a question to what was deleted: %v", err)
		}
	})
}

// rows counts every table of the database but the audit's.
func (w *world) rows() map[string]int64 {
	w.tb.Helper()
	query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
	if w.postgres {
		query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
	}
	rows := map[string]int64{}
	w.must(w.db.Query(context.Background(), sqldb.Stmt{SQL: query}, func(row sqldb.Row) error {
		if table := row.Text(0); !strings.HasPrefix(table, "audit") {
			rows[table] = 0
		}
		return nil
	}))
	for table := range rows {
		w.must(w.db.Query(context.Background(), sqldb.Stmt{SQL: "SELECT COUNT(*) FROM " + table}, func(row sqldb.Row) error {
			rows[table] = row.Int(0)
			return nil
		}))
	}
	return rows
}

// Nothing that was made of customer data can be read in the tables, and no part can
// be put in another's place.
func TestSealed(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		c, _ := w.full()
		for table, column := range map[string]string{
			"conversations": "title", "conversation_turns": "body", "conversation_calls": "body", "conversation_events": "body", "conversation_ratings": "comment",
		} {
			n := 0
			w.must(w.db.Query(ctx, sqldb.Stmt{SQL: "SELECT " + column + " FROM " + table}, func(row sqldb.Row) error {
				n++
				if bytes.Contains(row.Bytes(0), []byte("Secret")) {
					t.Errorf("%s holds a secret", table)
				}
				return nil
			}))
			if n == 0 {
				t.Errorf("%s is empty", table)
			}
		}
		w.must(w.db.Write(ctx, func(tx sqldb.Tx) error {
			_, err := tx.Exec(ctx, sqldb.Stmt{SQL: "UPDATE conversation_turns SET body = (SELECT body FROM conversation_events)"})
			return err
		}))
		if _, err := w.Turns(ctx, c); err == nil {
			t.Error("an event is read as a turn")
		}
		// Without its key a conversation cannot be read, whatever else is there.
		w.must(w.db.Write(ctx, func(tx sqldb.Tx) error {
			_, err := tx.Exec(ctx, sqldb.Stmt{SQL: "UPDATE conversations SET key = title"})
			return err
		}))
		if _, err := w.Find(ctx, w.ann.Person, c.ID); err == nil {
			t.Error("read without a key")
		}
	})
}

func TestBounds(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		c, _ := w.full()
		w.must(w.db.Write(ctx, func(tx sqldb.Tx) error {
			for i := range derived.MaxTurns - 1 {
				_, err := tx.Exec(ctx, sqldb.Stmt{
					SQL: `INSERT INTO conversation_turns (id, conversation_id, position, retry_of, running, stopping, lease, ended, started_at, ended_at, body)
SELECT ? || id, conversation_id, ?, '', running, stopping, lease, ended, started_at, ended_at, body FROM conversation_turns WHERE position = 1`,
					Args: []any{string(rune('A' + i)), int64(i + 2)},
				})
				if err != nil {
					return err
				}
			}
			return nil
		}))
		err := w.Begin(ctx, w.ann, c, &derived.Turn{ID: w.NewTurn()}, "")
		if remit.KindOf(err) != remit.KindLimited || err == nil {
			t.Errorf("one more than %d turns: %v", derived.MaxTurns, err)
		}
	})
}
