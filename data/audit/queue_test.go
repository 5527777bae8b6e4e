package audit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/remit-crm/remit"
)

// Everything that is put is taken once, in the group that its caller waits for.
func TestQueueHandsOverEverything(t *testing.T) {
	q := newQueue()
	const callers, each = 16, 200
	var taken, groups atomic.Int64
	committed := make(chan struct{})
	go func() {
		defer close(committed)
		for g := q.take(); g != nil; g = q.take() {
			taken.Add(int64(len(g.entries)))
			if groups.Add(1)%7 == 0 {
				g.err = errors.New("lost")
			}
			close(g.done)
		}
	}()
	var answered, lost atomic.Int64
	var callersDone sync.WaitGroup
	for range callers {
		callersDone.Go(func() {
			for range each {
				p := &prepared{encoded: make([]byte, 10)}
				g, err := q.put(context.Background(), p)
				if err != nil {
					t.Error(err)
					return
				}
				if g.wait(context.Background()) != nil {
					lost.Add(1)
				}
				answered.Add(1)
			}
		})
	}
	callersDone.Wait()
	q.close()
	<-committed
	if taken.Load() != callers*each || answered.Load() != callers*each {
		t.Errorf("%d put, %d taken, %d answered", callers*each, taken.Load(), answered.Load())
	}
	if lost.Load() == 0 {
		t.Error("no caller heard of the groups that were lost")
	}
	if _, err := q.put(context.Background(), &prepared{}); remit.KindOf(err) != remit.KindUnavailable {
		t.Errorf("a closed queue answers %v", err)
	}
}

func TestQueueIsBounded(t *testing.T) {
	for name, entry := range map[string]*prepared{
		"entries": {},
		"bytes":   {encoded: make([]byte, maxQueuedBytes/10+1)},
	} {
		t.Run(name, func(t *testing.T) {
			q := newQueue()
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
			defer cancel()
			n := 0
			for ; n <= maxQueued; n++ {
				if _, err := q.put(ctx, entry); err != nil {
					if remit.KindOf(err) != remit.KindCanceled {
						t.Errorf("a full queue answers %v", err)
					}
					break
				}
			}
			if n == 0 || n > maxQueued {
				t.Errorf("%d entries are queued", n)
			}
			waiting := make(chan error)
			go func() {
				_, err := q.put(context.Background(), entry)
				waiting <- err
			}()
			close(q.take().done)
			if err := <-waiting; err != nil {
				t.Error(err)
			}
		})
	}
}

// What is queued when the log closes is committed, and whoever comes later hears
// that it is closed; nobody waits for ever.
func TestQueueCloses(t *testing.T) {
	for range 200 {
		q := newQueue()
		var callers sync.WaitGroup
		for range 4 {
			callers.Go(func() {
				if g, err := q.put(context.Background(), &prepared{}); err == nil {
					_ = g.wait(context.Background())
				}
			})
		}
		callers.Go(q.close)
		for g := q.take(); g != nil; g = q.take() {
			close(g.done)
		}
		callers.Wait()
		if g := q.take(); g != nil {
			t.Fatal("a closed, empty queue hands out a group")
		}
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	q := newQueue()
	g, err := q.put(context.Background(), &prepared{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := g.wait(ctx); remit.KindOf(err) != remit.KindCanceled {
		t.Errorf("%v", err)
	}
}

// Several servers and a command-line tool write at once: one log comes out.
func TestSeveralWritersKeepOneLog(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		const writers, callers, each = 3, 6, 15
		var all sync.Map
		var done sync.WaitGroup
		for writer := range writers {
			l := w.open(t)
			for caller := range callers {
				done.Go(func() {
					for n := range each {
						e := newEntry(writer*100 + caller*10 + n)
						if err := l.Append(context.Background(), e); err != nil {
							t.Error(err)
							return
						}
						all.Store(e.ID, fmt.Sprint(writer, caller, n))
					}
				})
			}
			done.Go(func() {
				for n := range each {
					writeAndPublish(t, l, newEntry(n), &all)
				}
			})
		}
		done.Wait()
		report := w.mustVerify(t, writers*(callers+1)*each)
		t.Logf("%d entries in %d batches", report.Entries, report.Batches)
		l := w.open(t)
		err := l.each(context.Background(), Filter{}, func(r *Record) error {
			if _, known := all.LoadAndDelete(r.ID); !known {
				t.Errorf("entry %d (%s) is in the log, and nobody put it there once", r.Sequence, r.ID)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		all.Range(func(id, who any) bool {
			t.Errorf("entry %s of %s is not in the log", id, who)
			return true
		})
	})
}
