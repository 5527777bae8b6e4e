package directory

import (
	"context"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// MaxDepth is the number of levels that a hierarchy may have. It bounds the
// closure, which holds a row for each pair of a node and one above it.
const MaxDepth = 100

// hierarchy is a tree of rows that name their parent, and its closure.
type hierarchy struct {
	table  string // also the row of hierarchies that serialises changes
	parent string // the column that names the parent
	field  string // what callers call that column
	absent func() error
}

func managers() hierarchy {
	return hierarchy{table: "people", parent: "manager_id", field: "manager", absent: errNoPerson}
}

func departments() hierarchy {
	return hierarchy{table: "departments", parent: "parent_id", field: "parent", absent: errNoDepartment}
}

func (h hierarchy) closure() string { return h.table + "_closure" }

// lock makes this transaction the only one that changes the hierarchy until it
// ends. Whatever else it reads to decide on a change, it reads after this.
func (h hierarchy) lock(ctx context.Context, tx sqldb.Tx) error {
	_, err := tx.Exec(ctx, sqldb.Stmt{
		SQL:  "UPDATE hierarchies SET moves = moves + 1 WHERE name = ?",
		Args: []any{h.table},
	})
	return err
}

// add puts a new node below parent, or at the top where that is "". The node's
// row exists already, and the hierarchy is locked.
func (h hierarchy) add(ctx context.Context, tx sqldb.Tx, id, parent remit.ID) error {
	_, err := tx.Exec(ctx, sqldb.Stmt{
		SQL:  "INSERT INTO " + h.closure() + " (ancestor_id, descendant_id, depth) VALUES (?, ?, 0)",
		Args: []any{id, id},
	})
	if err != nil || parent == "" {
		return err
	}
	if err := h.checkPlace(ctx, tx, id, parent); err != nil {
		return err
	}
	return h.attach(ctx, tx, id, parent)
}

// move puts a node with all below it under another parent, or at the top where
// that is "". The hierarchy is locked. A cycle is refused.
func (h hierarchy) move(ctx context.Context, tx sqldb.Tx, id, parent remit.ID) error {
	if parent != "" {
		if err := h.checkPlace(ctx, tx, id, parent); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, sqldb.Stmt{
		SQL:  "UPDATE " + h.table + " SET " + h.parent + " = ? WHERE id = ?",
		Args: []any{nullable(parent), id},
	})
	if err != nil {
		return err
	}
	if err := h.detach(ctx, tx, id); err != nil || parent == "" {
		return err
	}
	return h.attach(ctx, tx, id, parent)
}

// checkPlace refuses a parent that does not exist, that is below the node, or
// that is so deep down that the node's own tree would not fit under it.
func (h hierarchy) checkPlace(ctx context.Context, tx sqldb.Tx, id, parent remit.ID) error {
	levels, found, cycle := int64(0), false, false
	above := sqldb.Stmt{
		SQL:  "SELECT depth, ancestor_id FROM " + h.closure() + " WHERE descendant_id = ?",
		Args: []any{parent},
	}
	err := tx.Query(ctx, above, func(r sqldb.Row) error {
		found = true
		levels = max(levels, r.Int(0)+1)
		cycle = cycle || r.Text(1) == string(id)
		return nil
	})
	if err != nil {
		return err
	}
	if !found {
		e := remit.Errorf(remit.KindInvalid, "does not exist")
		e.Field = h.field
		return e
	}
	if cycle {
		return remit.FieldErrorf(h.field, "is the same or below: a hierarchy has no circles")
	}
	return h.checkDepth(ctx, tx, id, levels)
}

// checkDepth refuses to put the node under so many levels if its own tree would
// reach below [MaxDepth].
func (h hierarchy) checkDepth(ctx context.Context, tx sqldb.Tx, id remit.ID, levels int64) error {
	below := sqldb.Stmt{
		SQL:  "SELECT coalesce(max(depth), 0) FROM " + h.closure() + " WHERE ancestor_id = ?",
		Args: []any{id},
	}
	return tx.Query(ctx, below, func(r sqldb.Row) error {
		if levels+r.Int(0)+1 > MaxDepth {
			return remit.FieldErrorf(h.field, "lies too deep: a hierarchy has at most %d levels", MaxDepth)
		}
		return nil
	})
}

// detach takes the pairs between the node's tree and what is above it away.
func (h hierarchy) detach(ctx context.Context, tx sqldb.Tx, id remit.ID) error {
	tree := "(SELECT descendant_id FROM " + h.closure() + " WHERE ancestor_id = ?)"
	_, err := tx.Exec(ctx, sqldb.Stmt{
		SQL: "DELETE FROM " + h.closure() + " WHERE descendant_id IN " + tree +
			" AND ancestor_id NOT IN " + tree,
		Args: []any{id, id},
	})
	return err
}

// attach pairs everything from parent upwards with everything from the node
// downwards.
func (h hierarchy) attach(ctx context.Context, tx sqldb.Tx, id, parent remit.ID) error {
	_, err := tx.Exec(ctx, sqldb.Stmt{
		SQL: "INSERT INTO " + h.closure() + " (ancestor_id, descendant_id, depth)" +
			" SELECT a.ancestor_id, d.descendant_id, a.depth + d.depth + 1" +
			" FROM " + h.closure() + " a CROSS JOIN " + h.closure() + " d" +
			" WHERE a.descendant_id = ? AND d.ancestor_id = ?",
		Args: []any{parent, id},
	})
	return err
}
