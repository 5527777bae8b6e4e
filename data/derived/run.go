package derived

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// Lease is how long a run lives on without a word from its server. Whoever runs
// it renews it well before.
const Lease = 5 * time.Second

// NewTurn returns the id of a turn that is about to begin.
func (s *Store) NewTurn() remit.ID { return s.ids.New() }

// Begin stores the question and begins its run. It is Conflict where another run
// of the conversation is under way, and Limited where there are too many turns. A
// conversation without a title takes the one given.
func (s *Store) Begin(ctx context.Context, actor remit.Actor, c *Conversation, t *Turn, title string) error {
	body, err := c.box.seal(t.Said, "turn "+string(t.ID))
	if err != nil {
		return err
	}
	sealedTitle, err := c.box.sealBytes([]byte(title), "title")
	if err != nil {
		return err
	}
	if err := s.reap(ctx, "conversation_id = ?", c.ID); err != nil {
		return err
	}
	t.Started, t.Running = s.clock().UTC(), true
	details := map[string]any{"turn": t.ID, "employee": c.Employee, "task": c.Task, "question": t.Question}
	return s.write(ctx, actor, c.ID, OpAsk, details, func(tx sqldb.Tx) error {
		now := t.Started.UnixMicro()
		if err := exactlyOne(tx.Exec(ctx, sqldb.Stmt{
			SQL:  "UPDATE conversations SET changed_at = ? WHERE id = ? AND owner_id = ?",
			Args: []any{now, c.ID, actor.Person},
		})); err != nil {
			return err
		}
		if err := s.mayBegin(ctx, tx, c, t); err != nil {
			return err
		}
		if c.Title == "" {
			if _, err := tx.Exec(ctx, sqldb.Stmt{SQL: "UPDATE conversations SET title = ? WHERE id = ?", Args: []any{sealedTitle, c.ID}}); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL: `INSERT INTO conversation_turns (id, conversation_id, position, retry_of, running, stopping, lease, ended, started_at, ended_at, body)
VALUES (?, ?, ?, ?, ?, ?, ` + sqldb.Now(s.db.Dialect()) + ` + ?, '', ?, 0, ?)`,
			Args: []any{t.ID, c.ID, int64(t.Position), t.RetryOf, true, false, Lease.Microseconds(), now, body},
		})
		return err
	})
}

// mayBegin gives the turn its position. The conversation's row is held.
func (s *Store) mayBegin(ctx context.Context, tx sqldb.Tx, c *Conversation, t *Turn) error {
	var last, count, running int64
	_, err := one(ctx, tx, "SELECT COALESCE(MAX(position), 0), COUNT(*), COALESCE(SUM(CASE WHEN running THEN 1 ELSE 0 END), 0) FROM conversation_turns WHERE conversation_id = ?",
		[]any{c.ID}, func(row sqldb.Row) error {
			last, count, running = row.Int(0), row.Int(1), row.Int(2)
			return nil
		})
	switch {
	case err != nil:
		return err
	case running > 0:
		e := remit.Errorf(remit.KindConflict, "this conversation is still answering the question before")
		e.Hint = "wait for the answer, or stop it"
		return e
	case count >= MaxTurns:
		return remit.Errorf(remit.KindLimited, "this conversation has %d questions: begin another one", count)
	}
	t.Position = int(last) + 1
	return nil
}

// ErrLost says that a run is no longer its server's: it was ended by another that
// took the server for dead, or its conversation was deleted.
var ErrLost = errors.New("the run has ended elsewhere")

// Progress is what a run has come to since it was last written.
type Progress struct {
	Events []Event
	Calls  []Call
	Ended  string // "" while it runs
	Said   Said   // stored where it has ended
}

// Advance writes a run's progress and renews its lease. It reports whether
// somebody asked for the run to stop.
func (s *Store) Advance(ctx context.Context, c *Conversation, turn remit.ID, p Progress) (stopping bool, err error) {
	events, calls, labels, err := c.rows(turn, p)
	if err != nil {
		return false, err
	}
	var body []byte
	if p.Ended != "" {
		if body, err = c.box.seal(p.Said, "turn "+string(turn)); err != nil {
			return false, err
		}
	}
	err = s.db.Write(ctx, func(tx sqldb.Tx) error {
		if err := s.renew(ctx, tx, turn, p.Ended, body); err != nil {
			return err
		}
		for table, rows := range map[string][][]any{"conversation_calls": calls, "conversation_labels": labels, "conversation_events": events} {
			if len(rows) == 0 {
				continue
			}
			if err := tx.Insert(ctx, table, columns[table], rows); err != nil {
				return err
			}
		}
		_, err := one(ctx, tx, "SELECT stopping FROM conversation_turns WHERE id = ?", []any{turn}, func(row sqldb.Row) error {
			stopping = row.Bool(0)
			return nil
		})
		return err
	})
	return stopping, err
}

func (s *Store) renew(ctx context.Context, tx sqldb.Tx, turn remit.ID, ended string, body []byte) error {
	stmt := sqldb.Stmt{
		SQL:  "UPDATE conversation_turns SET lease = " + sqldb.Now(s.db.Dialect()) + " + ? WHERE id = ? AND running = ?",
		Args: []any{Lease.Microseconds(), turn, true},
	}
	if ended != "" {
		stmt = sqldb.Stmt{
			SQL:  "UPDATE conversation_turns SET running = ?, ended = ?, ended_at = ?, body = ? WHERE id = ? AND running = ?",
			Args: []any{false, ended, s.clock().UnixMicro(), body, turn, true},
		}
	}
	n, err := tx.Exec(ctx, stmt)
	if err == nil && n == 0 {
		return ErrLost
	}
	return err
}

var columns = map[string][]string{
	"conversation_calls":  {"turn_id", "position", "conversation_id", "body"},
	"conversation_labels": {"turn_id", "position", "conversation_id", "tool", "lineage"},
	"conversation_events": {"turn_id", "position", "conversation_id", "name", "calls", "body"},
}

// rows seals the progress.
func (c *Conversation) rows(turn remit.ID, p Progress) (events, calls, labels [][]any, err error) {
	for _, e := range p.Events {
		body, err := c.box.sealBytes(e.Body, eventPlace(turn, e.Position))
		if err != nil {
			return nil, nil, nil, err
		}
		events = append(events, []any{turn, int64(e.Position), c.ID, e.Name, int64(e.Calls), body})
	}
	for _, call := range p.Calls {
		body, err := c.box.sealBytes(call.Body, callPlace(turn, call.Position))
		if err != nil {
			return nil, nil, nil, err
		}
		lineage := []byte{}
		if call.Lineage != nil {
			if lineage, err = json.Marshal(call.Lineage); err != nil {
				return nil, nil, nil, err
			}
		}
		calls = append(calls, []any{turn, int64(call.Position), c.ID, body})
		labels = append(labels, []any{turn, int64(call.Position), c.ID, call.Tool, string(lineage)})
	}
	return events, calls, labels, nil
}

// Stop asks for a run to be stopped, whichever server it is on. One that has ended
// already is no error.
func (s *Store) Stop(ctx context.Context, actor remit.Actor, c *Conversation, turn remit.ID) error {
	return s.write(ctx, actor, c.ID, OpStop, map[string]any{"turn": turn}, func(tx sqldb.Tx) error {
		return exactlyOne(tx.Exec(ctx, sqldb.Stmt{
			SQL:  "UPDATE conversation_turns SET stopping = ? WHERE id = ? AND conversation_id = ?",
			Args: []any{true, turn, c.ID},
		}))
	})
}

// Reap ends every run that lost its server.
func (s *Store) Reap(ctx context.Context) error { return s.reap(ctx, "running = ?", true) }

// reap ends the runs among some that lost their server. Mostly there are none,
// which a look finds out.
func (s *Store) reap(ctx context.Context, where string, arg any) error {
	lost := " FROM conversation_turns WHERE " + where + " AND running = ? AND lease < " + sqldb.Now(s.db.Dialect())
	found, err := one(ctx, s.db, "SELECT 1"+lost+" LIMIT 1", []any{arg, true}, func(sqldb.Row) error { return nil })
	if err != nil || !found {
		return err
	}
	return s.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL:  "UPDATE conversation_turns SET running = ?, ended = ?, ended_at = ? WHERE " + where + " AND running = ? AND lease < " + sqldb.Now(s.db.Dialect()),
			Args: []any{false, Interrupted, s.clock().UnixMicro(), arg, true},
		})
		return err
	})
}
