package sqldb_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/remit-crm/remit/data/internal/sqldb"
)

// Whoever writes without a pause must not keep others from the file: a command
// line beside a busy server gets its turn.
func TestOtherProcessesGetTheirTurn(t *testing.T) {
	url := "sqlite:" + t.TempDir() + "/turn.db"
	// Two handles stand for two processes: SQLite's locks and the turnstile are the
	// same between them.
	busy, other := open(t, url, sqldb.Options{}), open(t, url, sqldb.Options{})
	exec(t, busy, sqldb.Stmt{SQL: "CREATE TABLE turns (n INTEGER)"})
	insert := func(db *sqldb.DB, holding time.Duration) error {
		return db.Write(context.Background(), func(tx sqldb.Tx) error {
			time.Sleep(holding)
			_, err := tx.Exec(context.Background(), sqldb.Stmt{SQL: "INSERT INTO turns (n) VALUES (1)"})
			return err
		})
	}
	var stop atomic.Bool
	var written atomic.Int64
	var writing sync.WaitGroup
	defer writing.Wait()
	defer stop.Store(true)
	writing.Go(func() {
		for !stop.Load() {
			if err := insert(busy, 5*time.Millisecond); err != nil {
				t.Error(err)
				return
			}
			written.Add(1)
		}
	})
	for written.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	const turns = 40
	before := written.Load()
	for range turns {
		if err := insert(other, 0); err != nil {
			t.Fatal(err)
		}
	}
	passed := written.Load() - before
	t.Logf("%d writes let %d others pass", turns, passed)
	// In turn it is one each at most, or two where this one is late to ask again.
	// With SQLite's own waiting it is some hundred.
	if passed > 2*turns {
		t.Errorf("%d writes had to let %d others pass", turns, passed)
	}
}
