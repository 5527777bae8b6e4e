package derived

import (
	"context"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

const conversationColumns = "c.id, c.owner_id, c.employee, c.task, c.key, c.title, c.created_at, c.changed_at"

// Create begins a conversation of the actor's person.
func (s *Store) Create(ctx context.Context, actor remit.Actor, employee, task, title string) (*Conversation, error) {
	now := s.clock().UTC()
	c := &Conversation{ID: s.ids.New(), Owner: actor.Person, Employee: employee, Task: task, Title: title, Created: now, Changed: now}
	key, err := s.newKey(c.ID)
	if err != nil {
		return nil, err
	}
	if c.box, err = s.box(c.ID, key); err != nil {
		return nil, err
	}
	sealed, err := c.box.sealBytes([]byte(title), "title")
	if err != nil {
		return nil, err
	}
	err = s.write(ctx, actor, c.ID, OpCreate, map[string]any{"employee": employee, "task": task}, func(tx sqldb.Tx) error {
		var n int64
		if _, err := one(ctx, tx, "SELECT COUNT(*) FROM conversations WHERE owner_id = ?", []any{c.Owner}, func(row sqldb.Row) error {
			n = row.Int(0)
			return nil
		}); err != nil {
			return err
		}
		if n >= MaxConversations {
			return remit.Errorf(remit.KindLimited, "you have %d conversations: delete some that you no longer need", n)
		}
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL: `INSERT INTO conversations (id, owner_id, employee, task, key, title, created_at, changed_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			Args: []any{c.ID, c.Owner, employee, task, key, sealed, now.UnixMicro(), now.UnixMicro()},
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// write makes a recorded change to one conversation.
func (s *Store) write(ctx context.Context, actor remit.Actor, id remit.ID, op audit.Operation, details any, fn func(sqldb.Tx) error) error {
	actor.Conversation = id
	entry := audit.Entry{Actor: actor, Operation: op, Details: details}
	return s.writer.Write(ctx, entry, func(tx sqldb.Tx, _ *audit.Entry) error { return fn(tx) })
}

// Find returns a conversation that the person owns or that was shared with her.
// Any other is NotFound.
func (s *Store) Find(ctx context.Context, person, id remit.ID) (*Conversation, error) {
	var c *Conversation
	_, err := one(ctx, s.db, "SELECT "+conversationColumns+` FROM conversations c WHERE c.id = ? AND (c.owner_id = ?
 OR EXISTS (SELECT 1 FROM conversation_shares s WHERE s.conversation_id = c.id AND s.person_id = ?))`,
		[]any{id, person, person}, func(row sqldb.Row) (err error) {
			c, err = s.readConversation(row)
			return err
		})
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, errNone()
	}
	return c, nil
}

func (s *Store) readConversation(row sqldb.Row) (*Conversation, error) {
	c := &Conversation{
		ID: remit.ID(row.Text(0)), Owner: remit.ID(row.Text(1)), Employee: row.Text(2), Task: row.Text(3),
		Created: micros(row.Int(6)), Changed: micros(row.Int(7)),
	}
	var err error
	if c.box, err = s.box(c.ID, row.Bytes(4)); err != nil {
		return nil, err
	}
	title, err := c.box.openBytes(row.Bytes(5), "title")
	c.Title = string(title)
	return c, err
}

// Place is where a page of a list begins: behind this conversation. The zero value
// is the beginning.
type Place struct {
	Changed int64    `json:"t"`
	ID      remit.ID `json:"i"`
}

// List returns what the person owns and what was shared with her, the last changed
// first, at most limit of them.
func (s *Store) List(ctx context.Context, person remit.ID, after Place, limit int) ([]*Conversation, error) {
	text := "SELECT " + conversationColumns + ` FROM conversations c WHERE (c.owner_id = ?
 OR EXISTS (SELECT 1 FROM conversation_shares s WHERE s.conversation_id = c.id AND s.person_id = ?))`
	args := []any{person, person}
	if after.ID != "" {
		text += " AND (c.changed_at < ? OR c.changed_at = ? AND c.id > ?)"
		args = append(args, after.Changed, after.Changed, after.ID)
	}
	var list []*Conversation
	err := s.db.Query(ctx, sqldb.Stmt{SQL: text + " ORDER BY c.changed_at DESC, c.id LIMIT ?", Args: append(args, int64(limit))}, func(row sqldb.Row) error {
		c, err := s.readConversation(row)
		list = append(list, c)
		return err
	})
	return list, err
}

// Rename gives the owner's conversation another title.
func (s *Store) Rename(ctx context.Context, actor remit.Actor, c *Conversation, title string) error {
	sealed, err := c.box.sealBytes([]byte(title), "title")
	if err != nil {
		return err
	}
	return s.write(ctx, actor, c.ID, OpRename, nil, func(tx sqldb.Tx) error {
		return exactlyOne(tx.Exec(ctx, sqldb.Stmt{
			SQL:  "UPDATE conversations SET title = ? WHERE id = ? AND owner_id = ?",
			Args: []any{sealed, c.ID, actor.Person},
		}))
	})
}

// exactlyOne makes a row that was not there an error.
func exactlyOne(n int64, err error) error {
	if err == nil && n == 0 {
		return errNone()
	}
	return err
}

// tables hold everything that a conversation leaves, what others refer to last.
var tables = []string{
	"conversation_ratings", "conversation_shares", "conversation_events", "conversation_labels", "conversation_calls",
	"conversation_turns",
}

// Delete takes the owner's conversation away with every row of it. The audit log
// stays.
func (s *Store) Delete(ctx context.Context, actor remit.Actor, id remit.ID) error {
	return s.write(ctx, actor, id, OpDelete, nil, func(tx sqldb.Tx) error {
		// The row is held first, so that no run writes beside the deletion.
		if err := exactlyOne(tx.Exec(ctx, sqldb.Stmt{
			SQL:  "UPDATE conversations SET changed_at = changed_at WHERE id = ? AND owner_id = ?",
			Args: []any{id, actor.Person},
		})); err != nil {
			return err
		}
		// A run that is writing finishes; after it, none is a run any more.
		if _, err := tx.Exec(ctx, sqldb.Stmt{
			SQL: "UPDATE conversation_turns SET running = ? WHERE conversation_id = ?", Args: []any{false, id},
		}); err != nil {
			return err
		}
		for _, table := range tables {
			if _, err := tx.Exec(ctx, sqldb.Stmt{SQL: "DELETE FROM " + table + " WHERE conversation_id = ?", Args: []any{id}}); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, sqldb.Stmt{SQL: "DELETE FROM conversations WHERE id = ?", Args: []any{id}})
		return err
	})
}

// Shares returns the people that a conversation is shared with, sorted by id.
func (s *Store) Shares(ctx context.Context, c *Conversation) ([]remit.ID, error) {
	people := []remit.ID{}
	err := s.db.Query(ctx, sqldb.Stmt{
		SQL: "SELECT person_id FROM conversation_shares WHERE conversation_id = ? ORDER BY person_id", Args: []any{c.ID},
	}, func(row sqldb.Row) error {
		people = append(people, remit.ID(row.Text(0)))
		return nil
	})
	return people, err
}

// Share sets whom the owner's conversation is shared with. The people exist.
func (s *Store) Share(ctx context.Context, actor remit.Actor, c *Conversation, people []remit.ID) error {
	return s.write(ctx, actor, c.ID, OpShare, map[string]any{"people": people}, func(tx sqldb.Tx) error {
		if err := exactlyOne(tx.Exec(ctx, sqldb.Stmt{
			SQL:  "UPDATE conversations SET changed_at = changed_at WHERE id = ? AND owner_id = ?",
			Args: []any{c.ID, actor.Person},
		})); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqldb.Stmt{SQL: "DELETE FROM conversation_shares WHERE conversation_id = ?", Args: []any{c.ID}}); err != nil {
			return err
		}
		for _, person := range people {
			if _, err := tx.Exec(ctx, sqldb.Stmt{
				SQL:  "INSERT INTO conversation_shares (conversation_id, person_id) VALUES (?, ?)",
				Args: []any{c.ID, person},
			}); err != nil {
				return err
			}
		}
		return nil
	})
}
