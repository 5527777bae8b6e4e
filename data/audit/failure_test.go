package audit

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// writeAndPublish is a write as the lens does it.
func writeAndPublish(t testing.TB, l *Log, e *Entry, all *sync.Map) {
	t.Helper()
	if err := tryWrite(l, e); err != nil {
		t.Error(err)
		return
	}
	all.Store(e.ID, "a write")
}

func tryWrite(l *Log, e *Entry) error {
	var staged Staged
	err := l.outbox.db.Write(context.Background(), func(tx sqldb.Tx) error {
		var err error
		if staged, err = l.Stage(context.Background(), tx, e); err != nil {
			return err
		}
		_, err = tx.Exec(context.Background(), sqldb.Stmt{SQL: `INSERT INTO things (name) VALUES (?)`, Args: []any{string(e.ID)}})
		return err
	})
	if err != nil {
		return err
	}
	return l.Publish(context.Background(), staged)
}

func TestNothingIsReleasedWhenNothingCanBeRecorded(t *testing.T) {
	for name, fault := range map[string]struct{ breaks, mends string }{
		"no table for entries": {`ALTER TABLE audit_entries RENAME TO gone`, `ALTER TABLE gone RENAME TO audit_entries`},
		"no table for batches": {`ALTER TABLE audit_batches RENAME TO gone`, `ALTER TABLE gone RENAME TO audit_batches`},
	} {
		t.Run(name, func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, w world) {
				l := w.open(t)
				fill(t, l, 3)
				run(t, w.db, fault.breaks)
				if err := l.Append(context.Background(), newEntry(1)); remit.KindOf(err) != remit.KindUnavailable {
					t.Errorf("Append: %v", err)
				}
				written := newEntry(2)
				if err := tryWrite(l, written); remit.KindOf(err) != remit.KindUnavailable {
					t.Errorf("Publish: %v", err)
				}
				run(t, w.db, fault.mends)
				fill(t, l, 1)
				w.mustVerify(t, 4)
				w.open(t) // the write stands, so its entry must reach the log
				w.mustVerify(t, 5)
			})
		})
	}
}

// The disk is full when the file may not grow.
func TestFullDisk(t *testing.T) {
	w := sqliteWorld(t)
	l := w.open(t)
	fill(t, l, 5)
	pages := number(t, l.db, `PRAGMA page_count`)
	limit := func(n int64) {
		t.Helper()
		// The limit holds for the connection, and there is one that writes.
		err := l.db.Write(context.Background(), func(tx sqldb.Tx) error {
			return tx.Query(context.Background(), sqldb.Stmt{SQL: fmt.Sprintf(`PRAGMA max_page_count = %d`, n)}, ignoreRow)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit(pages + 4)
	recorded := int64(5)
	var err error
	for range 200 {
		if err = l.Append(context.Background(), newEntry(1)); err != nil {
			break
		}
		recorded++
	}
	if remit.KindOf(err) != remit.KindUnavailable {
		t.Fatalf("a full disk answers %v", err)
	}
	var told *remit.Error
	if !errors.As(err, &told) || !strings.Contains(told.Hint, "disk is full") {
		t.Errorf("a full disk is not named: %v", err)
	}
	w.mustVerify(t, recorded)
	limit(pages + 4000)
	fill(t, l, 3)
	w.mustVerify(t, recorded+3)
}

func TestSlowDatabaseIsUnavailable(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		l := w.open(t)
		l.options.Timeout = 200 * time.Millisecond
		fill(t, l, 1)
		release, held := make(chan struct{}), make(chan struct{})
		other := connect(t, w.logURL)
		var done sync.WaitGroup
		done.Go(func() {
			err := other.Write(context.Background(), func(tx sqldb.Tx) error {
				if isPostgres(other) {
					if err := tx.Query(context.Background(), sqldb.Stmt{SQL: `SELECT pg_advisory_xact_lock(?)`, Args: []any{int64(advisoryLock)}}, ignoreRow); err != nil {
						return err
					}
				}
				close(held)
				<-release
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		<-held
		err := l.Append(context.Background(), newEntry(1))
		close(release)
		done.Wait()
		if remit.KindOf(err) != remit.KindUnavailable {
			t.Errorf("%v", err)
		}
		fill(t, l, 1)
		w.mustVerify(t, 2)
	})
}

func TestCanceledCallerIsToldSo(t *testing.T) {
	w := sqliteWorld(t)
	l := w.open(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := l.Append(ctx, newEntry(1)); remit.KindOf(err) != remit.KindCanceled {
		t.Errorf("%v", err)
	}
}

// TestMain turns this binary into the process that the crash test kills.
func TestMain(m *testing.M) {
	if urls := os.Getenv("REMIT_TEST_CRASH"); urls != "" {
		mainURL, logURL, _ := strings.Cut(urls, " ")
		if err := appendForever(mainURL, logURL); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// appendForever reads and writes like a busy server and prints the id of each
// entry that was acknowledged.
func appendForever(mainURL, logURL string) error {
	db, err := sqldb.Open(context.Background(), logURL, sqldb.Options{})
	if err != nil {
		return err
	}
	main, err := sqldb.Open(context.Background(), mainURL, sqldb.Options{})
	if err != nil {
		return err
	}
	ring, err := ringOf(1)
	if err != nil {
		return err
	}
	l, err := Open(context.Background(), db, main, ring, Options{})
	if err != nil {
		return err
	}
	var print sync.Mutex
	acknowledged := func(id remit.ID) {
		print.Lock()
		defer print.Unlock()
		fmt.Println(id)
	}
	failures := make(chan error)
	for caller := range 4 {
		go func() {
			for n := 0; ; n++ {
				e := newEntry(n)
				act := l.Append
				if caller == 0 {
					act = func(_ context.Context, entries ...*Entry) error { return tryWrite(l, entries[0]) }
				}
				if err := act(context.Background(), e); err != nil {
					failures <- err
				}
				acknowledged(e.ID)
			}
		}()
	}
	return <-failures
}

// A server that is killed at any moment has lost no entry that it acknowledged,
// and no entry of a write that committed.
func TestKilledServerLosesNothing(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		random := seeded(t)
		kills := 10
		if soak() {
			kills = 100
		}
		acknowledged := map[remit.ID]bool{}
		for range kills {
			wait := 30*time.Millisecond + time.Duration(random.Int64N(int64(150*time.Millisecond)))
			for _, id := range crash(t, w, wait) {
				acknowledged[id] = true
			}
		}
		if len(acknowledged) == 0 {
			t.Fatal("the server acknowledged nothing before it was killed")
		}
		main := connect(t, w.mainURL)
		leftovers := number(t, main, `SELECT count(*) FROM audit_outbox`)
		l := w.open(t)
		if n := number(t, main, `SELECT count(*) FROM audit_outbox`); n != 0 {
			t.Errorf("%d entries are left in the outbox", n)
		}
		report := w.verify(t, nil)
		if report.Problem != nil {
			t.Fatal(report.Problem)
		}
		t.Logf("%d kills, %d entries acknowledged, %d in the log, %d left in the outbox by the last kill", kills, len(acknowledged), report.Entries, leftovers)
		expect := acknowledged
		err := main.Query(context.Background(), sqldb.Stmt{SQL: `SELECT name FROM things`}, func(r sqldb.Row) error {
			expect[remit.ID(r.Text(0))] = true
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = l.each(context.Background(), Filter{}, func(r *Record) error {
			delete(expect, r.ID)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for id := range expect {
			t.Errorf("entry %s was acknowledged, or its write stands, and it is not in the log", id)
		}
	})
}

// crash starts a server, kills it a while after its first answer and returns
// what it acknowledged.
func crash(t *testing.T, w world, wait time.Duration) (ids []remit.ID) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), "REMIT_TEST_CRASH="+w.mainURL+" "+w.logURL)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			if err != io.EOF {
				t.Error(err)
			}
			break // a line without its end was not acknowledged
		}
		if len(ids) == 0 {
			time.AfterFunc(wait, func() { _ = child.Process.Kill() })
		}
		ids = append(ids, remit.ID(strings.TrimSpace(line)))
	}
	if err := child.Wait(); err == nil || child.ProcessState.ExitCode() != -1 {
		t.Fatalf("the server ended by itself: %v", err)
	}
	return ids
}
