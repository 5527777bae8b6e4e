package sqldb

import (
	"context"
	"errors"
	"os"
	"time"
)

// turnstile lets the writers of several processes pass one after the other. Who
// wants SQLite's write lock holds the turnstile until it has got it; who has just
// written must wait behind them before it can have the lock again.
//
// Without it a process that writes without a pause starves the others: it leaves
// the lock free for some microseconds at a time, and SQLite's way of waiting is to
// look now and then.
type turnstile struct{ file *os.File }

// turnSuffix is added to the database's path. The file stays empty: what counts
// is who has it locked (flock), which ends with the process.
const turnSuffix = "-turn"

// turnPoll is how often whoever waits looks again.
const turnPoll = time.Millisecond

func openTurnstile(path string) (*turnstile, error) {
	f, err := os.OpenFile(path+turnSuffix, os.O_RDWR|os.O_CREATE, 0o600) // #nosec G304 -- beside the file that the operator names
	if err != nil {
		return nil, unavailable(&Fault{Code: "SQLITE_CANTOPEN", Text: err.Error()})
	}
	return &turnstile{f}, nil
}

// enter waits until no other process stands in the turnstile. Each enter is
// followed by a leave.
func (t *turnstile) enter(ctx context.Context) error {
	return poll(ctx, func() (bool, error) { return tryLock(t.file) })
}

func (t *turnstile) leave() { unlock(t.file) }

func (t *turnstile) close() error { return t.file.Close() }

// poll asks until the answer is yes, an error, or ctx ends.
func poll(ctx context.Context, ask func() (bool, error)) error {
	for {
		if done, err := ask(); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(turnPoll):
		}
	}
}

// isBusy reports whether err says that another connection holds a lock.
func isBusy(err error) bool {
	var fault *Fault
	return errors.As(err, &fault) && len(fault.Code) >= len(busyCode) && fault.Code[:len(busyCode)] == busyCode
}

// busyCode begins the names of SQLite's result codes of that class.
const busyCode = "SQLITE_BUSY"
