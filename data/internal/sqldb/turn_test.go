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
	busy, other := open(t, url, sqldb.Options{}), open(t, url, sqldb.Options{})
	insert := func(db *sqldb.DB, holding time.Duration) error {
		return db.Write(context.Background(), func(tx sqldb.Tx) error {
			time.Sleep(holding)
			_, err := tx.Exec(context.Background(), sqldb.Stmt{SQL: "INSERT INTO turns (n) VALUES (1)"})
			return err
		})
	}
	if err := busy.Write(context.Background(), func(tx sqldb.Tx) error {
		_, err := tx.Exec(context.Background(), sqldb.Stmt{SQL: "CREATE TABLE turns (n INTEGER)"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	var stop atomic.Bool
	var writing sync.WaitGroup
	defer writing.Wait()
	defer stop.Store(true)
	begun := make(chan struct{})
	for i := range 4 {
		writing.Go(func() {
			for n := 0; !stop.Load(); n++ {
				if i == 0 && n == 1 {
					close(begun)
				}
				if err := insert(busy, 5*time.Millisecond); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	<-begun
	const turns = 40
	began := time.Now()
	var slowest time.Duration
	for range turns {
		asked := time.Now()
		if err := insert(other, 0); err != nil {
			t.Fatal(err)
		}
		slowest = max(slowest, time.Since(asked))
	}
	took := time.Since(began)
	t.Logf("%d writes beside a busy writer took %v, the slowest %v", turns, took, slowest)
	// Measured: 0.2 s with a look each millisecond, 7 s with SQLite's own waiting.
	if took > 3*time.Second {
		t.Errorf("%d writes took %v: the other writer hardly lets go", turns, took)
	}
}
