package templates

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"

	"github.com/remit-crm/remit"
	store "github.com/remit-crm/remit/data/templates"
)

// TestToldOneAfterTheOther: of two answers that were judged by the same memory, one is
// told.
func TestToldOneAfterTheOther(t *testing.T) {
	eachDatabase(t, func(w *world) {
		t := w.t
		ctx := context.Background()
		tell := func(seen *store.Seen, question, day string) error {
			return w.Store.Templates.Tell(ctx, w.people["Mia"], "leads", seen, store.Figures{Question: question, Day: day, AsOf: w.now, Body: json.RawMessage(`{"a":1}`)})
		}
		seen, err := w.Store.Templates.SeenBy(ctx, w.people["Mia"], "leads", w.now.Add(-store.Window))
		w.must(err)
		var group sync.WaitGroup
		told := make([]error, 6)
		for i := range told {
			group.Go(func() { told[i] = tell(seen, string(rune('a'+i)), "2026-06-15") })
		}
		group.Wait()
		done := 0
		for _, err := range told {
			switch {
			case err == nil:
				done++
			case !errors.Is(err, store.ErrMoved):
				t.Errorf("told: %v", err)
			}
		}
		if done != 1 {
			t.Errorf("%d of %d were told at once", done, len(told))
		}
		after, err := w.Store.Templates.SeenBy(ctx, w.people["Mia"], "leads", w.now.Add(-store.Window))
		w.must(err)
		if len(after.Figures) != 1 || string(after.Figures[0].Body) != `{"a":1}` || after.Revision != seen.Revision+1 {
			t.Errorf("remembered: %+v", after)
		}
		if err := tell(after, after.Figures[0].Question, "2026-06-15"); !errors.Is(err, store.ErrMoved) {
			t.Errorf("a question has two answers on one day: %v", err)
		}
	})
}

// TestForgotten: after the window what was told no longer counts, and what nobody was told
// goes with newer figures.
func TestForgotten(t *testing.T) {
	eachDatabase(t, func(w *world) {
		t := w.t
		w.publish(byIndustry)
		w.add(repeat(7, deal{"medical", "won", "2026-03-10", 100})...)
		first, err := w.ask("Mia", byIndustry.Name, "from", "2026-01-01")
		w.must(err)
		w.now = w.now.Add(store.Window + 1)
		w.add(repeat(7, deal{"medical", "won", "2026-03-11", 100})...)
		second, err := w.ask("Mia", byIndustry.Name, "from", "2026-01-01", "before", "2026-07-01")
		w.must(err)
		if shown(first) == shown(second) {
			t.Error("the figures are the old ones")
		}
		seen, err := w.Store.Templates.SeenBy(context.Background(), w.people["Mia"], "opportunities", remitEpoch)
		w.must(err)
		if len(seen.Figures) != 1 {
			t.Errorf("%d answers are remembered", len(seen.Figures))
		}
	})
}

var remitEpoch = start.AddDate(-1, 0, 0)

// TestManyAtOnce: whoever asks for many figures at once is told them, or to try again.
func TestManyAtOnce(t *testing.T) {
	eachDatabase(t, func(w *world) {
		w.add(repeat(9, deal{"medical", "won", "2026-03-10", 100})...)
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if _, err := w.ask("Rex", "deals-by-stage"); err != nil && remit.KindOf(err) != remit.KindUnavailable {
					w.t.Error(err)
				}
			})
		}
		group.Wait()
	})
}
