package rbacsql

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/lens"
)

// tally counts how the lens's decisions compare with PostgreSQL's.
type tally struct {
	decisions, permitted int
	explained            map[string]int // by the refusal
}

// The lens permits nothing that PostgreSQL denies, and refuses hardly anything that it
// permits, with a reason that says what to change.
func TestGrantsAgree(t *testing.T) {
	set := loadSet(t)
	for name, url := range databases(t) {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, url)
			sum := tally{explained: map[string]int{}}
			for _, name := range slices.Sorted(maps.Keys(set)) {
				sum.compare(t, h, name, set[name])
			}
			sum.report(t)
		})
	}
}

func (sum *tally) compare(t *testing.T, h *house, name string, s schema) {
	l := h.furnish(s)
	for _, d := range s.Cases {
		actor, known := h.people[d.Role]
		if !known {
			h.person(d.Role)
			actor = h.people[d.Role]
		}
		_, err := l.SQL(context.Background(), actor, lens.SQLQuery{Statement: d.SQL})
		sum.decisions++
		switch {
		case err == nil && d.Expect == "permit":
			sum.permitted++
		case err == nil:
			t.Errorf("%s: %s got an answer that PostgreSQL denies: %s", name, d.Role, d.SQL)
		case remit.KindOf(err) != remit.KindInvalid && remit.KindOf(err) != remit.KindNotFound:
			t.Errorf("%s: %s: %s: %v, which explains nothing", name, d.Role, d.SQL, err)
		case d.Expect == "permit":
			sum.explained[remit.PublicText(err)+"\n\t\t"+d.SQL]++
		}
	}
}

// report fails where a hundredth of what PostgreSQL permits is refused.
func (sum *tally) report(t *testing.T) {
	refused := 0
	for why, n := range sum.explained {
		refused += n
		t.Logf("%d refused that PostgreSQL permits: %s", n, why)
	}
	t.Logf("%d decisions, %d permitted by both, %d refused here alone", sum.decisions, sum.permitted, refused)
	if permits := sum.permitted + refused; permits == 0 || refused*100 >= permits {
		t.Errorf("%d of %d that PostgreSQL permits are refused", refused, permits)
	}
}

func databases(t *testing.T) map[string]string {
	return map[string]string{"sqlite": "sqlite:" + t.TempDir() + "/remit.db", "postgres": pgtest.URL(t)}
}
