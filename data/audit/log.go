package audit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/keys"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// Options tune a [Log]. The zero value is good for a server.
type Options struct {
	Origin  string           // the log's name in checkpoints; default: made from its key
	Now     func() time.Time // the clock; default time.Now
	Random  io.Reader        // safe for concurrent use; default crypto/rand
	Timeout time.Duration    // how long one batch may take; default 15 s
	Logger  *slog.Logger     // for what goes wrong in the background; default: discarded
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Timeout <= 0 {
		o.Timeout = 15 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Log is the audit log. It is safe for concurrent use, and several logs, in
// one process or many, may be open on the same database.
type Log struct {
	db      *sqldb.DB
	options Options
	ring    *keys.Ring
	signer  *signer
	sealer  *sealer
	queue   *queue
	outbox  *outbox // nil where nothing is staged
	head    head    // of the last batch seen; the committer's alone
	ended   sync.WaitGroup
	close   func() error // once
	ready   readiness
}

var errClosed = errors.New("the audit log is closed")

// unavailable is the answer when an entry could not be made durable: nothing may
// be released. Why not, a full disk say, is its hint.
func unavailable(cause error) error {
	e := &remit.Error{
		Kind:    remit.KindUnavailable,
		Message: "the request cannot be recorded in the audit log now, so nothing was released: try again",
		Cause:   cause,
	}
	var known *remit.Error
	if errors.As(cause, &known) && known.Kind == remit.KindUnavailable {
		e.Hint = "the audit log: " + known.Message
	}
	return e
}

// Open opens the log in db, whose tables exist. The writes that it will record
// commit in outboxDB; nil if there are none. Entries that a crash left in the
// outbox reach the log before Open returns.
//
// The error is [remit.KindUnavailable] if the database cannot be read, and
// [remit.KindInternal] if the log is not the ring's, or does not end as its last
// checkpoint says: nothing is appended to a log that was tampered with. [Verify]
// says what is wrong.
func Open(ctx context.Context, db, outboxDB *sqldb.DB, ring *keys.Ring, o Options) (*Log, error) {
	o = o.withDefaults()
	s, err := newSigner(ring, o.Origin)
	if err != nil {
		return nil, err
	}
	l := &Log{db: db, options: o, ring: ring, signer: s, sealer: newSealer(ring, o.Random), queue: newQueue()}
	l.close = sync.OnceValue(l.shut)
	if l.head, err = readHead(ctx, db, s.verifier); err != nil {
		return nil, fmt.Errorf("opening the audit log: %w", err)
	}
	l.ended.Go(l.commitGroups)
	if outboxDB == nil {
		return l, nil
	}
	l.outbox = newOutbox(outboxDB, l)
	if err := l.outbox.drain(ctx, l.options.Now().Add(leftoverFuture)); err != nil {
		return nil, errors.Join(fmt.Errorf("draining the audit outbox: %w", err), l.Close())
	}
	l.outbox.start()
	return l, nil
}

// Close commits what is queued, clears the outbox and ends the log. The
// databases stay open. Closing again does nothing.
func (l *Log) Close() error { return l.close() }

func (l *Log) shut() error {
	l.queue.close()
	l.ended.Wait()
	if l.outbox == nil {
		return nil
	}
	return l.outbox.close()
}

// VerifierKey returns the public key of the log's checkpoints, in the form of
// golang.org/x/mod/sumdb/note. It is meant to be handed out.
func (l *Log) VerifierKey() string { return l.signer.key }

// Append records entries, all in one batch, and returns when they are durable.
// It fills in their ids and times where those are missing. An id that the log
// has already is not recorded again.
//
// The error is [remit.KindUnavailable] if they cannot be recorded, and
// [remit.KindCanceled] if ctx ended first; then they may still be recorded.
// Nothing may be released on any error.
func (l *Log) Append(ctx context.Context, entries ...*Entry) error {
	if len(entries) == 0 {
		return nil
	}
	batch := make([]*prepared, len(entries))
	for i, e := range entries {
		p, err := l.prepare(e)
		if err != nil {
			return err
		}
		batch[i] = p
	}
	return l.record(ctx, batch...)
}

func (l *Log) record(ctx context.Context, batch ...*prepared) error {
	g, err := l.queue.put(ctx, batch...)
	if err != nil {
		return err
	}
	return g.wait(ctx)
}

// Erase destroys the details of entries, with their keys and salts, and records
// for the actor that it did, in the same transaction. The entries themselves
// stay and the tree still verifies. Ids of entries that do not exist or have no
// details do no harm.
//
// What copies of the database hold (backups, dead rows until PostgreSQL's next
// VACUUM) is out of the log's reach.
func (l *Log) Erase(ctx context.Context, actor remit.Actor, ids []remit.ID) error {
	var batch []*prepared
	for len(ids) > 0 {
		n := min(len(ids), MaxRecords)
		p, err := l.prepare(&Entry{
			Actor: actor, Operation: OpErase, Decision: Allowed, Rows: int64(n), Records: ids[:n],
		})
		if err != nil {
			return err
		}
		p.erases = p.leaf.Records
		batch = append(batch, p)
		ids = ids[n:]
	}
	if len(batch) == 0 {
		return nil
	}
	return l.record(ctx, batch...)
}
