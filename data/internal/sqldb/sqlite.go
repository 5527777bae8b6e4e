package sqldb

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/remit-crm/remit"
)

// sqliteEngine is one SQLite file in WAL mode: any number of readers beside one
// writer.
type sqliteEngine struct {
	path    string
	options Options
	slots   chan struct{} // a token for each reader in use
	guards  chan struct{} // a token for each statement of others that runs
	writing chan struct{} // the one token of who writes

	closing chan struct{} // closed when the database is
	once    sync.Once     // for closing

	mu     sync.Mutex
	idle   []*sqliteConn // readers, last used on top: its caches are warm
	writer *sqliteConn
	turn   *turnstile // among the writers of all processes
}

func openSQLite(ctx context.Context, path string, o Options) (*sqliteEngine, error) {
	if path == "" || strings.Contains(path, ":memory:") || strings.HasPrefix(path, "file:") {
		return nil, remit.Errorf(remit.KindInvalid, "sqlite: needs the path of a file, as in sqlite:/var/lib/remit/remit.db; a database in memory is not supported, because several connections read it at once")
	}
	if err := makeFile(path); err != nil {
		return nil, err
	}
	e := &sqliteEngine{
		path:    path,
		options: o,
		slots:   make(chan struct{}, o.ReadConns),
		guards:  make(chan struct{}, min(guardConns, max(1, o.ReadConns/2))),
		writing: make(chan struct{}, 1),
		closing: make(chan struct{}),
	}
	var err error
	if e.turn, err = openTurnstile(path); err != nil {
		return nil, err
	}
	if e.writer, err = e.connect(ctx, false); err != nil {
		return nil, errors.Join(err, e.turn.close())
	}
	return e, nil
}

// makeFile makes an empty database file that only its owner may read, if there is
// none. SQLite would make it readable by the world; its journals take the file's
// mode. One that is there is not touched: closing it again would end every lock
// that this process has on it, SQLite's included.
func makeFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) // #nosec G304 -- the operator names the file
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		e := remit.Errorf(remit.KindUnavailable, "cannot open the database file")
		if errors.Is(err, fs.ErrNotExist) {
			e.Hint = "make the folder " + filepath.Dir(path) + " first"
		}
		e.Cause = err
		return e
	}
	return f.Close()
}

// connect opens a connection, for the writer or to read only.
func (e *sqliteEngine) connect(ctx context.Context, readOnly bool) (*sqliteConn, error) {
	conn, err := sqlite.OpenConn(e.path, sqlite.OpenReadWrite)
	if err != nil {
		return nil, sqliteError(ctx, err)
	}
	c := newSQLiteConn(conn, e.options)
	if err := c.prepareSession(ctx, readOnly); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

// errClosed is the fault of whoever comes after close.
func errClosed() error { return unavailable(&Fault{Code: "closed"}) }

// acquire returns a reader, which must be released.
func (e *sqliteEngine) acquire(ctx context.Context) (*sqliteConn, error) {
	if err := e.takeSlot(ctx); err != nil {
		return nil, err
	}
	if c := e.pop(); c != nil {
		return c, nil
	}
	c, err := e.connect(ctx, true)
	if err != nil {
		<-e.slots
	}
	return c, err
}

// takeSlot waits until another reader may run. Whoever took a slot gives it back.
func (e *sqliteEngine) takeSlot(ctx context.Context) error {
	select {
	case <-e.closing: // first, for the select below takes any that is ready
		return errClosed()
	default:
	}
	select {
	case e.slots <- struct{}{}:
	case <-e.closing:
		return errClosed()
	case <-ctx.Done():
		return interruptedError(ctx)
	}
	return nil
}

// pop returns the reader that was used last, nil if all are in use.
func (e *sqliteEngine) pop() *sqliteConn {
	e.mu.Lock()
	defer e.mu.Unlock()
	last := len(e.idle) - 1
	if last < 0 {
		return nil
	}
	c := e.idle[last]
	e.idle = e.idle[:last]
	return c
}

func (e *sqliteEngine) release(c *sqliteConn) {
	e.mu.Lock()
	e.idle = append(e.idle, c)
	e.mu.Unlock()
	<-e.slots
}

func (e *sqliteEngine) query(ctx context.Context, s Stmt, each func(Row) error) error {
	c, err := e.acquire(ctx)
	if err != nil {
		return err
	}
	defer e.release(c)
	return c.query(ctx, s, each)
}

func (e *sqliteEngine) queryThen(ctx context.Context, first Stmt, each func(Row) error, then Stmt, eachThen func(Row) error) error {
	c, err := e.acquire(ctx)
	if err != nil {
		return err
	}
	defer e.release(c)
	// Outside a transaction each statement takes a snapshot when its first row is
	// asked for, and the first has ended by then.
	defer c.fuse.light(ctx)() // one for both
	if _, err := c.runLit(ctx, first, each); err != nil {
		return err
	}
	_, err = c.runLit(ctx, then, eachThen)
	return err
}

func (e *sqliteEngine) read(ctx context.Context, fn func(Tx) error) error {
	c, err := e.acquire(ctx)
	if err != nil {
		return err
	}
	defer e.release(c)
	return c.snapshot(ctx, fn)
}

// close waits for whoever reads or writes, then closes every connection. Who comes
// later is refused.
func (e *sqliteEngine) close() (err error) {
	e.once.Do(func() {
		close(e.closing)
		for range cap(e.slots) {
			e.slots <- struct{}{}
		}
		e.writing <- struct{}{}
		var errs []error
		for _, c := range e.idle {
			errs = append(errs, c.close())
		}
		// The writer goes last: whoever closes last folds the log into the file,
		// which a connection that only reads could not.
		err = errors.Join(append(errs, e.writer.close(), e.turn.close())...)
	})
	return err
}

// write waits for its turn among the writers of this process, then for those of
// others.
func (e *sqliteEngine) write(ctx context.Context, fn func(Tx) error) error {
	patience := time.NewTimer(e.options.BusyTimeout)
	defer patience.Stop()
	select {
	case <-e.closing:
		return errClosed()
	default:
	}
	select {
	case e.writing <- struct{}{}:
	case <-e.closing:
		return errClosed()
	case <-ctx.Done():
		return interruptedError(ctx)
	case <-patience.C:
		return unavailable(&Fault{Code: "SQLITE_BUSY"})
	}
	defer func() { <-e.writing }()
	return e.writer.transact(ctx, e.turn, e.options.BusyTimeout, fn)
}
