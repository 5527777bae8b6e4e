package audit

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/remit-crm/remit"
)

// The log is ready while an entry could be written, whether or not any is, and a
// trial leaves nothing in it.
func TestReady(t *testing.T) {
	ctx := context.Background()
	eachDatabase(t, func(t *testing.T, w world) {
		l := w.open(t)
		later := func() error { // as if the pause had gone by
			l.ready.at = time.Time{}
			return l.Ready(ctx)
		}
		var askers sync.WaitGroup
		for range 8 {
			askers.Go(func() {
				if err := l.Ready(ctx); err != nil {
					t.Errorf("a new log: %v", err)
				}
			})
		}
		askers.Wait()
		fill(t, l, 3)
		for range 3 {
			if err := later(); err != nil {
				t.Fatal(err)
			}
		}
		if n := number(t, w.db, `SELECT count(*) FROM audit_trial`); n != 1 {
			t.Errorf("%d trials are kept, want 1", n)
		}
		w.mustVerify(t, 3)

		run(t, w.db, `ALTER TABLE audit_trial RENAME TO audit_trial_gone`)
		if err := l.Ready(ctx); err != nil {
			t.Errorf("a second trial within %v: %v", readyPause, err)
		}
		if err := later(); remit.KindOf(err) != remit.KindUnavailable {
			t.Errorf("a log that cannot be written is ready: %v", err)
		}
		run(t, w.db, `ALTER TABLE audit_trial_gone RENAME TO audit_trial`)
		if err := later(); err != nil {
			t.Errorf("a log that can be written again: %v", err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if err := later(); remit.KindOf(err) != remit.KindUnavailable {
			t.Errorf("a closed log is ready: %v", err)
		}
	})
}
