package derived

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/data/lens"
)

// Turns returns every turn of a conversation with its calls, the oldest first.
func (s *Store) Turns(ctx context.Context, c *Conversation) ([]*Turn, error) {
	if err := s.reap(ctx, "conversation_id = ?", c.ID); err != nil {
		return nil, err
	}
	var turns []*Turn
	byID := map[remit.ID]*Turn{}
	err := s.db.Query(ctx, sqldb.Stmt{SQL: "SELECT " + turnColumns + " FROM conversation_turns WHERE conversation_id = ? ORDER BY position", Args: []any{c.ID}},
		func(row sqldb.Row) error {
			t, err := readTurn(c, row)
			turns, byID[t.ID] = append(turns, t), t
			return err
		})
	if err != nil {
		return nil, err
	}
	if err := s.readCalls(ctx, c, byID); err != nil {
		return nil, err
	}
	err = s.db.Query(ctx, sqldb.Stmt{SQL: "SELECT turn_id, rating, comment FROM conversation_ratings WHERE conversation_id = ?", Args: []any{c.ID}},
		func(row sqldb.Row) error {
			t := byID[remit.ID(row.Text(0))]
			if t == nil {
				return nil
			}
			t.Rating = row.Text(1)
			comment, err := c.box.openBytes(row.Bytes(2), "comment "+string(t.ID))
			t.Comment = string(comment)
			return err
		})
	return turns, err
}

const turnColumns = "id, position, retry_of, running, ended, started_at, ended_at, body"

func readTurn(c *Conversation, row sqldb.Row) (*Turn, error) {
	t := &Turn{
		ID: remit.ID(row.Text(0)), Position: int(row.Int(1)), RetryOf: remit.ID(row.Text(2)), Running: row.Bool(3),
		Ended: row.Text(4), Started: micros(row.Int(5)), EndedAt: micros(row.Int(6)),
	}
	return t, c.box.open(row.Bytes(7), "turn "+string(t.ID), &t.Said)
}

func (s *Store) readCalls(ctx context.Context, c *Conversation, turns map[remit.ID]*Turn) error {
	return s.db.Query(ctx, sqldb.Stmt{SQL: `SELECT a.turn_id, a.position, a.body, l.tool, l.lineage FROM conversation_calls a
JOIN conversation_labels l ON l.turn_id = a.turn_id AND l.position = a.position
WHERE a.conversation_id = ? ORDER BY a.turn_id, a.position`, Args: []any{c.ID}}, func(row sqldb.Row) error {
		t := turns[remit.ID(row.Text(0))]
		if t == nil {
			return nil // of a turn that has begun since
		}
		call := Call{Position: int(row.Int(1)), Tool: row.Text(3)}
		var err error
		if call.Body, err = c.box.openBytes(row.Bytes(2), callPlace(t.ID, call.Position)); err != nil {
			return err
		}
		if text := row.Text(4); text != "" {
			call.Lineage = &lens.Lineage{}
			err = json.Unmarshal([]byte(text), call.Lineage)
		}
		t.Calls = append(t.Calls, call)
		return err
	})
}

func callPlace(turn remit.ID, position int) string { return fmt.Sprintf("call %s %d", turn, position) }

func eventPlace(turn remit.ID, position int) string {
	return fmt.Sprintf("event %s %d", turn, position)
}

// Events returns what happened in a turn behind a position, and whether the turn
// still runs.
func (s *Store) Events(ctx context.Context, c *Conversation, turn remit.ID, after int) (events []Event, running bool, err error) {
	if err := s.reap(ctx, "id = ?", turn); err != nil {
		return nil, false, err
	}
	// The state first: what a turn that has ended has said is complete.
	found, err := one(ctx, s.db, "SELECT running FROM conversation_turns WHERE id = ? AND conversation_id = ?", []any{turn, c.ID}, func(row sqldb.Row) error {
		running = row.Bool(0)
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	if !found {
		return nil, false, errNone()
	}
	err = s.db.Query(ctx, sqldb.Stmt{
		SQL:  "SELECT position, name, calls, body FROM conversation_events WHERE turn_id = ? AND position > ? ORDER BY position",
		Args: []any{turn, int64(after)},
	}, func(row sqldb.Row) error {
		e := Event{Position: int(row.Int(0)), Name: row.Text(1), Calls: int(row.Int(2))}
		var err error
		e.Body, err = c.box.openBytes(row.Bytes(3), eventPlace(turn, e.Position))
		events = append(events, e)
		return err
	})
	return events, running, err
}

// Rate keeps what the owner thinks of an answer; "" takes it back.
func (s *Store) Rate(ctx context.Context, actor remit.Actor, c *Conversation, turn remit.ID, rating, comment string) error {
	sealed, err := c.box.sealBytes([]byte(comment), "comment "+string(turn))
	if err != nil {
		return err
	}
	return s.write(ctx, actor, c.ID, OpRate, map[string]any{"turn": turn, "rating": rating}, func(tx sqldb.Tx) error {
		if err := exactlyOne(tx.Exec(ctx, sqldb.Stmt{
			SQL:  "UPDATE conversation_turns SET position = position WHERE id = ? AND conversation_id = ?",
			Args: []any{turn, c.ID},
		})); err != nil {
			return err
		}
		if rating == "" {
			_, err := tx.Exec(ctx, sqldb.Stmt{SQL: "DELETE FROM conversation_ratings WHERE turn_id = ?", Args: []any{turn}})
			return err
		}
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL: `INSERT INTO conversation_ratings (turn_id, conversation_id, rating, comment, rated_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (turn_id) DO UPDATE SET rating = excluded.rating, comment = excluded.comment, rated_at = excluded.rated_at`,
			Args: []any{turn, c.ID, rating, sealed, s.clock().UnixMicro()},
		})
		return err
	})
}
