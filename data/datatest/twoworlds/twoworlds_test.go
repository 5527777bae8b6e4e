package twoworlds

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// requests are sent to each installation: all of them in a soak, a tenth
// otherwise.
func requests() int {
	if os.Getenv("REMIT_SOAK") == "1" {
		return 5000
	}
	return 500
}

// seed returns the run's seed, printed so that it can be repeated.
func seed(t *testing.T) uint64 {
	n, err := strconv.ParseUint(os.Getenv("REMIT_SEED"), 10, 64)
	if err != nil {
		n = uint64(rand.Uint32())
	}
	t.Logf("REMIT_SEED=%d", n)
	return n
}

// perScenario is how many requests are sent to a pair of worlds before the next is
// made.
const perScenario = 60

// mostScenarios bounds how long a run goes on to show something of every route.
func mostScenarios() uint64 { return uint64(requests()/perScenario + 15) }

// tours is how many scenarios end with one.
const tours = 2

// TestTwoWorlds holds law 6.
func TestTwoWorlds(t *testing.T) {
	t.Parallel()
	first := seed(t)
	pairs := open(t, "sqlite", "postgres")
	report := newReport()
	report.routes = newCoverage(operationsOf(t, pairs[0][0].face))
	for n := first; report.requests < requests() || (len(report.routes.missing()) > 0 && n < first+mostScenarios()); n++ {
		s, err := newScenario(n, pairs[0][0].model, pairs[0][0].asker)
		if err != nil {
			t.Fatalf("scenario %d: %v", n, err)
		}
		r, err := begin(t.Context(), s, pairs, report)
		if err != nil {
			t.Fatal(err)
		}
		if report.requests >= requests() {
			r.curious.ops = seldom
		}
		if diff := r.listAll(); diff != nil {
			t.Fatal(diff)
		}
		for range perScenario {
			if diff := r.step(); diff != nil {
				t.Fatal(r.minimize(t.Context(), diff))
			}
		}
		if diff := r.listAll(); diff != nil {
			t.Fatal(diff)
		}
		if r.mayShare() && (report.toured < tours || !report.shared()) {
			if diff := r.sharing(); diff != nil {
				t.Fatal(diff)
			}
		}
		if r.mayShare() && report.toured < tours {
			if diff := r.tour(); diff != nil {
				t.Fatal(diff)
			}
		}
	}
	t.Log(report)
	report.check(t)
}

// shared reports whether turns of others were seen, and withheld, too.
func (r *report) shared() bool { return r.sharedShown > 0 && r.sharedHidden > 0 }

// check fails a test that has shown little: most requests refused, or worlds that
// hardly differ.
func (r *report) check(t *testing.T) {
	if 5*r.good < 2*r.requests {
		t.Errorf("only %d of %d requests did what was asked", r.good, r.requests)
	}
	for _, what := range []string{"cell", "hidden cell", "link", "add", "remove", "delete"} {
		if r.worlds[what] < r.pairs {
			t.Errorf("only %d differences of the kind %q in %d pairs of worlds", r.worlds[what], what, r.pairs)
		}
	}
	if r.listed < 10*r.pairs {
		t.Errorf("only %d records were compared with the naive evaluator", r.listed)
	}
	if ids := r.routes.missing(); len(ids) > 0 {
		t.Errorf("nothing was shown of the operations %v: ask for them in the tour, or say in refusedHere why that tells nothing", ids)
	}
	if r.requests >= 5000 && !r.shared() {
		t.Errorf("of the turns that others shared %d were shown and %d withheld", r.sharedShown, r.sharedHidden)
	}
	if r.requests >= 5000 && r.writes < 50 {
		t.Errorf("only %d writes changed something", r.writes)
	}
}
