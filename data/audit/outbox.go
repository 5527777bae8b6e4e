package audit

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

const (
	// leftoverAge is how old a staged entry must be before somebody other than
	// its writer takes it for left behind. Being wrong costs a little work and
	// nothing else: the log takes an entry once.
	leftoverAge = 2 * time.Second

	// leftoverFuture makes a drain take everything, whatever other servers'
	// clocks say.
	leftoverFuture = 365 * 24 * time.Hour

	// clearPause gathers what was published into few deletions: each is a
	// transaction on the database that serves the customers.
	clearPause = 100 * time.Millisecond

	// sweepPause is how often, while the log is in use, leftovers are looked for.
	sweepPause = 10 * time.Second

	clearChunk = 500
)

// Staged is an entry that lies in the outbox, in a transaction of its write. The
// zero value is none.
type Staged struct{ entry *prepared }

// Stage puts the entry of a write into the outbox, in the write's own
// transaction: both commit or neither. It fills in the entry's id and time
// where those are missing.
func (l *Log) Stage(ctx context.Context, tx sqldb.Tx, e *Entry) (Staged, error) {
	if l.outbox == nil {
		return Staged{}, errors.New("audit: the log was opened without an outbox")
	}
	p, err := l.prepare(e)
	if err != nil {
		return Staged{}, err
	}
	p.mayExist = true // somebody may take it for left behind and be faster
	entry, err := l.sealer.sealStaged(p.leaf.ID, p.appendStaged(nil))
	if err != nil {
		return Staged{}, unavailable(err)
	}
	_, err = tx.Exec(ctx, sqldb.Stmt{
		SQL:  `INSERT INTO audit_outbox (id, staged_at, entry) VALUES (?, ?, ?)`,
		Args: []any{string(p.leaf.ID), l.options.Now().UnixMicro(), entry},
	})
	return Staged{p}, err
}

// Publish moves a staged entry into the log, after its transaction committed,
// and returns when it is durable there. If it fails, the write stands but must
// not be answered; its entry stays in the outbox and reaches the log when
// somebody publishes next, or at the next [Open].
func (l *Log) Publish(ctx context.Context, s Staged) error {
	if s.entry == nil {
		return errors.New("audit: nothing was staged")
	}
	if err := l.record(ctx, s.entry); err != nil {
		return err
	}
	l.outbox.published(s.entry.leaf.ID)
	return nil
}

// outbox deletes what has reached the log and brings there what was left behind.
type outbox struct {
	db  *sqldb.DB
	log *Log

	mu      sync.Mutex
	done    []remit.ID // in the log, not yet deleted
	swept   time.Time  // when leftovers were last looked for
	wake    chan struct{}
	closing chan struct{}
	ended   sync.WaitGroup
}

func newOutbox(db *sqldb.DB, l *Log) *outbox {
	return &outbox{db: db, log: l, wake: make(chan struct{}, 1), closing: make(chan struct{})}
}

func (o *outbox) start() { o.ended.Go(o.keepClear) }

// close clears what is left to clear.
func (o *outbox) close() error {
	close(o.closing)
	o.ended.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), o.log.options.Timeout)
	defer cancel()
	return o.clear(ctx)
}

func (o *outbox) published(id remit.ID) {
	o.mu.Lock()
	o.done = append(o.done, id)
	o.mu.Unlock()
	o.rouse()
}

func (o *outbox) rouse() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// keepClear works in the background: nobody waits for a deletion.
func (o *outbox) keepClear() {
	for {
		select {
		case <-o.closing:
			return
		case <-o.wake:
		}
		if err := o.tidy(); err != nil {
			o.log.options.Logger.Error("audit outbox", "error", err)
		}
		select {
		case <-o.closing:
			return
		case <-time.After(clearPause):
		}
	}
}

func (o *outbox) tidy() error {
	ctx, cancel := context.WithTimeout(context.Background(), o.log.options.Timeout)
	defer cancel()
	if err := o.clear(ctx); err != nil {
		return err
	}
	now := o.log.options.Now()
	if now.Sub(o.swept) < sweepPause && o.swept.Before(now) {
		return nil
	}
	o.swept = now
	return o.drain(ctx, now.Add(-leftoverAge))
}

// clear deletes what has reached the log.
func (o *outbox) clear(ctx context.Context) error {
	o.mu.Lock()
	ids := o.done
	o.done = nil
	o.mu.Unlock()
	for chunk := range slices.Chunk(ids, clearChunk) {
		if err := o.remove(ctx, chunk); err != nil {
			o.mu.Lock()
			o.done = append(o.done, ids...) // deleting again does no harm
			o.mu.Unlock()
			return err
		}
	}
	return nil
}

func (o *outbox) remove(ctx context.Context, ids []remit.ID) error {
	return o.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(ctx, sqldb.Stmt{SQL: `DELETE FROM audit_outbox WHERE id ` + inList(o.db), Args: []any{ids}})
		return err
	})
}

// drain brings every entry that was staged before the given time into the log
// and deletes it from the outbox.
func (o *outbox) drain(ctx context.Context, before time.Time) error {
	for {
		ids, left, err := o.leftovers(ctx, before)
		if err != nil || len(left) == 0 {
			return err
		}
		if err := o.log.record(ctx, left...); err != nil {
			return err
		}
		if err := o.remove(ctx, ids); err != nil {
			return err
		}
	}
}

// leftovers returns some of the entries and the ids of their rows.
func (o *outbox) leftovers(ctx context.Context, before time.Time) (ids []remit.ID, left []*prepared, err error) {
	err = o.db.Query(ctx, sqldb.Stmt{
		SQL:  `SELECT id, entry FROM audit_outbox WHERE staged_at < ? ORDER BY staged_at, id LIMIT ?`,
		Args: []any{before.UnixMicro(), clearChunk},
	}, func(r sqldb.Row) error {
		id := remit.ID(r.Text(0))
		p, err := o.log.readStaged(id, r.Bytes(1))
		ids, left = append(ids, id), append(left, p)
		return err
	})
	return ids, left, err
}

// readStaged reads an entry from the outbox. One that somebody has altered there
// is recorded as such, under its id: the log then says that a write's entry is
// missing, and which.
func (l *Log) readStaged(id remit.ID, entry []byte) (*prepared, error) {
	if staged, err := l.sealer.openStaged(id, entry); err == nil {
		if p, err := parseStaged(staged); err == nil && p.leaf.ID == id {
			return p, nil
		}
	}
	l.options.Logger.Error("a staged audit entry was altered", "id", id)
	return l.prepare(&Entry{
		ID: id, Operation: OpOutbox, Decision: Failed, Reason: "staged_entry_altered", Rows: 1, Records: []remit.ID{id},
	})
}

// appendStaged appends the entry as it lies, sealed, in the outbox: leaf, key
// and details as byte strings.
func (p *prepared) appendStaged(b []byte) []byte {
	return appendBytes(appendBytes(appendBytes(b, p.encoded), p.sealed.key), p.sealed.details)
}

func parseStaged(staged []byte) (*prepared, error) {
	r := &cborReader{rest: staged}
	p := &prepared{encoded: r.bytes(), mayExist: true}
	p.sealed.key, p.sealed.details = r.bytes(), r.bytes()
	if r.err != nil || len(r.rest) > 0 {
		return nil, errLeaf
	}
	l, err := decodeLeaf(p.encoded)
	if err != nil {
		return nil, err
	}
	p.leaf, p.hash = l, tlog.RecordHash(p.encoded)
	return p, nil
}
