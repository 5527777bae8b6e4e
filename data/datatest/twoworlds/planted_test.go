package twoworlds

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/remit-crm/remit/data/lens"
)

// The patience of TestPlantedLeaks: requests for one leak in one scenario, and
// scenarios for all.
const (
	perLeak      = 30
	mostSearched = 60
)

// TestPlantedLeaks runs the requests of TestTwoWorlds against lenses that leak,
// and demands that each leak is caught. Of each lens only what leaks is asked, so
// that it does not take long.
func TestPlantedLeaks(t *testing.T) {
	t.Parallel()
	first := seed(t)
	pairs := open(t, "sqlite")
	caught := make(map[*leak]string)
	asked := make(map[*leak]int)
	for n := first; len(caught) < len(leaks) && n < first+mostSearched; n++ {
		s, err := newScenario(n, pairs[0][0].model, pairs[0][0].asker)
		if err != nil {
			t.Fatal(err)
		}
		r, err := begin(t.Context(), s, pairs, newReport())
		if err != nil {
			t.Fatal(err)
		}
		for i, l := range leaks {
			if caught[l] != "" {
				continue
			}
			r.curious = newCurious(s)
			r.curious.dice, r.curious.ops = newDice(n, fmt.Sprint("leak ", i)), l.operations()
			before := r.sent
			diff, err := r.plant(t.Context(), l)
			if err != nil {
				t.Fatal(err)
			}
			asked[l] += r.sent - before
			if diff != nil {
				caught[l], _, _ = strings.Cut(diff.call.write(diff.face, s.asker).String(), "\n")
				t.Logf("%s: caught by request %d, %s", l.name, asked[l], caught[l])
			}
		}
	}
	for _, l := range leaks {
		if caught[l] == "" {
			t.Errorf("%s: not caught by %d requests", l.name, asked[l])
		}
	}
}

// operations returns those that the leak is in.
func (l *leak) operations() []string {
	var ops []string
	for op, leaky := range map[string]bool{
		"query": l.query != nil, "get": l.get != nil, "count": l.count != nil, "aggregate": l.aggregate != nil, "search": l.search != nil, "sql": l.sql != nil, "find": l.search != nil, "history": l.history != nil,
		"list": l.collections != nil, "export": l.export != nil, "create": l.change != nil, "update": l.change != nil, "delete": l.remove != nil, "preview": l.preview != nil,
	} {
		if leaky {
			ops = append(ops, op)
		}
	}
	slices.Sort(ops)
	return ops
}

// plant runs requests over lenses with a leak until it is caught.
func (r *run) plant(ctx context.Context, l *leak) (*difference, error) {
	var diff *difference
	r.planted(l, func() {
		for i := 0; i < perLeak && diff == nil; i++ {
			diff = r.step()
		}
	})
	if diff == nil || diff.call.change == nil {
		return diff, nil
	}
	for _, pair := range r.pairs { // it may have been made in one world only
		if err := r.furnish(ctx, pair); err != nil {
			return diff, err
		}
	}
	return diff, nil
}

// planted calls do while the lenses have the leak.
func (r *run) planted(l *leak, do func()) {
	for _, h := range r.houses() {
		h.lens.Lens = &spy{Lens: h.store.Lens, leak: l, house: h, doc: r.doc, under: map[string]*lens.Lens{}}
		defer func() { h.lens.Lens = h.store.Lens }()
	}
	do()
}

// TestDifferenceIsCutDown sees that what a failing test prints is small: one
// record, in which one hidden cell differs, and a request with nothing but a
// filter.
func TestDifferenceIsCutDown(t *testing.T) {
	t.Parallel()
	pairs := open(t, "sqlite")
	l := leaks[slices.IndexFunc(leaks, func(l *leak) bool { return l.name == "a filter sees hidden cells" })]
	for n := seed(t); ; n++ {
		s, err := newScenario(n, pairs[0][0].model, pairs[0][0].asker)
		if err != nil {
			t.Fatal(err)
		}
		r, err := begin(t.Context(), s, pairs, newReport())
		if err != nil {
			t.Fatal(err)
		}
		r.curious.ops = l.operations()
		var small *difference
		r.planted(l, func() {
			for range perLeak {
				if diff := r.step(); diff != nil {
					small = r.minimize(t.Context(), diff)
					return
				}
			}
		})
		if small == nil {
			continue
		}
		if len(small.worlds) != 1 || len(small.call.args) != 1 || small.call.args["filter"] == nil {
			t.Errorf("not cut down: %v", small)
		}
		return
	}
}
