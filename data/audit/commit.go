package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// head is the log's end as this process knows it.
type head struct {
	edge
	checkpoint string // of the last batch; "" for an empty log
}

// advisoryLock names the lock of PostgreSQL that the log's writers take, for the
// length of a transaction: "remitaud" in ASCII.
const advisoryLock = 0x72656d6974617564

// commitGroups commits one group after the other until the queue is closed.
func (l *Log) commitGroups() {
	for g := l.queue.take(); g != nil; g = l.queue.take() {
		if err := l.commit(g); err != nil {
			g.err = unavailable(err)
		}
		close(g.done)
		if l.outbox != nil {
			l.outbox.rouse()
		}
	}
}

// commit appends one batch. What callers wait for does not end with any one of
// them, hence the context of its own.
func (l *Log) commit(g *group) error {
	ctx, cancel := context.WithTimeout(context.Background(), l.options.Timeout)
	defer cancel()
	var grown head
	err := l.db.Write(ctx, func(tx sqldb.Tx) error {
		if l.db.Dialect() == sqlgen.Postgres {
			// SQLite's BEGIN IMMEDIATE locks the file by itself.
			if err := tx.Query(ctx, sqldb.Stmt{SQL: `SELECT pg_advisory_xact_lock(?)`, Args: []any{int64(advisoryLock)}}, ignoreRow); err != nil {
				return err
			}
		}
		current, err := l.follow(ctx, tx)
		if err != nil {
			return err
		}
		if grown, err = l.extend(ctx, tx, current, g.entries); err == nil && g.trial {
			err = writeTrial(ctx, tx)
		}
		return err
	})
	if err != nil {
		l.options.Logger.Error("audit batch failed", "entries", len(g.entries), "error", err)
		return err
	}
	l.head = grown
	return nil
}

func ignoreRow(sqldb.Row) error { return nil }

var (
	errRolledBack = errors.New("the audit log no longer ends as it did: it was cut off, rolled back or replaced; run verify")
	errDamaged    = errors.New("the audit log does not end as its last checkpoint says; run verify")
)

// maxFollow is how many batches of others are read one by one; beyond it the
// edge is read from the stored hashes.
const maxFollow = 64

// follow returns the log's end under the lock: the head as this process knows
// it, and what other processes have appended since. It notices if the log was
// rolled back behind the running server.
func (l *Log) follow(ctx context.Context, tx sqldb.Tx) (head, error) {
	var batches []batch
	err := tx.Query(ctx, sqldb.Stmt{
		SQL:  selectBatches + ` WHERE size >= ? ORDER BY size LIMIT ?`,
		Args: []any{l.head.size, maxFollow + 2},
	}, func(r sqldb.Row) error {
		batches = append(batches, readBatch(r))
		return nil
	})
	if err != nil {
		return head{}, err
	}
	if l.head.size > 0 {
		if len(batches) == 0 || batches[0].size != l.head.size || batches[0].checkpoint != l.head.checkpoint {
			return head{}, errRolledBack
		}
		batches = batches[1:]
	}
	if len(batches) == 0 {
		return l.head, nil
	}
	if len(batches) > maxFollow {
		return readHead(ctx, tx, l.signer.verifier)
	}
	return l.catchUp(batches)
}

// catchUp grows the head by batches that others wrote.
func (l *Log) catchUp(batches []batch) (head, error) {
	h := l.head
	for _, b := range batches {
		if b.first != h.size || !b.grow(&h.edge) {
			return head{}, errDamaged
		}
		h.checkpoint = b.checkpoint
	}
	return h, h.check(l.signer.verifier)
}

// check compares the edge with the checkpoint.
func (h *head) check(verifier note.Verifier) error {
	c, err := openStored(h.checkpoint, verifier)
	if err != nil {
		return fmt.Errorf("the audit log's last checkpoint is not signed by this master key, or was altered: %w", err)
	}
	if c.Size != h.size || c.Root != h.root() {
		return errDamaged
	}
	return nil
}

// extend appends the entries that the log does not have yet, and their
// checkpoint.
func (l *Log) extend(ctx context.Context, tx sqldb.Tx, h head, entries []*prepared) (head, error) {
	entries, err := l.unrecorded(ctx, tx, entries)
	if err != nil || len(entries) == 0 {
		return h, err
	}
	first := h.size
	hashes := make([]byte, 0, 2*tlog.HashSize*len(entries)+64*tlog.HashSize)
	for _, p := range entries {
		hashes = h.add(p.hash, hashes)
	}
	c, err := l.signer.checkpoint(&h.edge)
	if err != nil {
		return head{}, err
	}
	h.checkpoint = string(c.Note)
	if err := insertEntries(ctx, tx, first, entries); err != nil {
		return head{}, err
	}
	_, err = tx.Exec(ctx, sqldb.Stmt{
		SQL:  `INSERT INTO audit_batches (size, first, checkpoint, hashes) VALUES (?, ?, ?, ?)`,
		Args: []any{h.size, first, h.checkpoint, hashes},
	})
	if err != nil {
		return head{}, err
	}
	return h, l.eraseDetails(ctx, tx, entries)
}

// unrecorded leaves out entries whose id the log has, and all but the first of
// an id.
func (l *Log) unrecorded(ctx context.Context, tx sqldb.Tx, entries []*prepared) ([]*prepared, error) {
	var ids []remit.ID
	for _, p := range entries {
		if p.mayExist {
			ids = append(ids, p.leaf.ID)
		}
	}
	if len(ids) == 0 {
		return entries, nil
	}
	known := make(map[remit.ID]bool, len(ids))
	err := tx.Query(ctx, sqldb.Stmt{SQL: `SELECT id FROM audit_entries WHERE id ` + inList(l.db), Args: []any{ids}}, func(r sqldb.Row) error {
		known[remit.ID(r.Text(0))] = true
		return nil
	})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(entries), func(p *prepared) bool {
		again := p.mayExist && known[p.leaf.ID]
		known[p.leaf.ID] = true
		return again
	}), nil
}

// inList returns the condition that a column is one of a list argument.
func inList(db *sqldb.DB) string {
	if db.Dialect() == sqlgen.Postgres {
		return `= ANY (?)`
	}
	return `IN (SELECT value FROM json_each(?))`
}

var (
	entryColumns   = []string{"sequence", "id", "time", "person", "employee", "collection", "operation", "decision", "leaf"}
	detailsColumns = []string{"sequence", "key", "details"}
)

func insertEntries(ctx context.Context, tx sqldb.Tx, first int64, entries []*prepared) error {
	rows := make([][]any, 0, len(entries))
	details := make([][]any, 0, len(entries))
	for i, p := range entries {
		sequence := first + int64(i)
		rows = append(rows, []any{
			sequence, p.leaf.ID, p.leaf.Time.UnixMicro(), p.leaf.Actor.Person, p.leaf.Actor.Employee,
			p.leaf.Collection, string(p.leaf.Operation), int64(p.leaf.Decision), p.encoded,
		})
		if p.leaf.Commitment != nil {
			details = append(details, []any{sequence, p.sealed.key, p.sealed.details})
		}
	}
	if err := tx.Insert(ctx, "audit_entries", entryColumns, rows); err != nil || len(details) == 0 {
		return err
	}
	return tx.Insert(ctx, "audit_details", detailsColumns, details)
}

func (l *Log) eraseDetails(ctx context.Context, tx sqldb.Tx, entries []*prepared) error {
	for _, p := range entries {
		if len(p.erases) == 0 {
			continue
		}
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL: `UPDATE audit_details SET key = NULL, details = NULL
				WHERE sequence IN (SELECT sequence FROM audit_entries WHERE id ` + inList(l.db) + `)`,
			Args: []any{p.erases},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// batch is a row of audit_batches.
type batch struct {
	size, first int64
	checkpoint  string
	hashes      []byte
}

const selectBatches = `SELECT size, first, checkpoint, hashes FROM audit_batches`

func readBatch(r sqldb.Row) batch {
	return batch{size: r.Int(0), first: r.Int(1), checkpoint: r.Text(2), hashes: r.Bytes(3)}
}

// leafHash returns the stored hash of the leaf n, given that the batch's hashes
// begin with those of the leaf first.
func (b *batch) leafHash(n int64) (tlog.Hash, bool) {
	at := (tlog.StoredHashIndex(0, n) - tlog.StoredHashCount(b.first)) * tlog.HashSize
	if at < 0 || at+tlog.HashSize > int64(len(b.hashes)) {
		return tlog.Hash{}, false
	}
	return tlog.Hash(b.hashes[at:]), true
}

// grow adds the batch's leaves to the edge and reports whether they give the
// hashes that the batch stores.
func (b *batch) grow(e *edge) bool {
	hashes := make([]byte, 0, len(b.hashes))
	for e.size < b.size {
		leaf, ok := b.leafHash(e.size)
		if !ok {
			return false
		}
		hashes = e.add(leaf, hashes)
	}
	return e.size == b.size && bytes.Equal(hashes, b.hashes)
}

// querier is a *sqldb.DB or a sqldb.Tx.
type querier interface {
	Query(ctx context.Context, s sqldb.Stmt, each func(sqldb.Row) error) error
}

// readHead reads the log's end from the database and checks it.
func readHead(ctx context.Context, db querier, verifier note.Verifier) (head, error) {
	last, err := lastBatch(ctx, db)
	if err != nil || last.size == 0 {
		return head{}, err
	}
	e, err := loadEdge(last.size, storedTree{ctx, db})
	if err != nil {
		return head{}, err
	}
	h := head{edge: e, checkpoint: last.checkpoint}
	return h, h.check(verifier)
}

// lastBatch returns the zero batch if there is none.
func lastBatch(ctx context.Context, db querier) (last batch, err error) {
	err = db.Query(ctx, sqldb.Stmt{SQL: selectBatches + ` ORDER BY size DESC LIMIT 1`}, func(r sqldb.Row) error {
		last = readBatch(r)
		return nil
	})
	return last, err
}

// storedTree reads the tree's hashes from the batches that added them. It
// implements [tlog.HashReader].
type storedTree struct {
	ctx context.Context //nolint:containedctx // tlog.HashReader has no context; this value lives for one call
	db  querier
}

func (t storedTree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		lastLeaf := (n+1)<<level - 1 // the hash was stored when this leaf was
		var b batch
		err := t.db.Query(t.ctx, sqldb.Stmt{SQL: selectBatches + ` WHERE size > ? ORDER BY size LIMIT 1`, Args: []any{lastLeaf}}, func(r sqldb.Row) error {
			b = readBatch(r)
			return nil
		})
		if err != nil {
			return nil, err
		}
		at := (index - tlog.StoredHashCount(b.first)) * tlog.HashSize
		if at < 0 || at+tlog.HashSize > int64(len(b.hashes)) {
			return nil, errDamaged
		}
		hashes[i] = tlog.Hash(b.hashes[at:])
	}
	return hashes, nil
}
