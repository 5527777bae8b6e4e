package revocation

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/e2e/testserver"
)

// callers is how many clients send requests at once.
const callers = 4

// sample is one request with its answer.
type sample struct {
	op         *op
	name       string // of what it was to write
	start, end time.Time
	got        int
	err        error
}

// deck hands out operations: at random until the revocation has struck, then each
// once.
type deck struct {
	mu      sync.Mutex
	random  *rand.Rand
	ops     []op
	begun   int
	struck  bool
	left    []int // of ops, after it struck
	samples []sample
	prefix  string
}

func (d *deck) draw() (o *op, name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.begun++
	name = fmt.Sprintf("%s-%d", d.prefix, d.begun)
	if !d.struck {
		return &d.ops[d.random.IntN(len(d.ops))], name
	}
	if len(d.left) == 0 {
		return nil, ""
	}
	i := d.left[0]
	d.left = d.left[1:]
	return &d.ops[i], name
}

func (d *deck) strike() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.struck = true
	d.left = d.random.Perm(len(d.ops))
}

func (d *deck) keep(s sample) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.samples = append(d.samples, s)
}

func (d *deck) answered() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.samples)
}

// race is what came of one revocation among requests.
type race struct {
	kind       *kind
	from, to   time.Time // the revocation was begun, had committed
	samples    []sample
	violations []string
}

// run lets clients send requests while the kind's revocation is made.
func (w *world) run(k *kind, random *rand.Rand) *race {
	w.tb.Helper()
	w.restore()
	ends := k.begin(w)
	if w.begun != nil {
		w.begun()
	}
	w.made++
	d := &deck{random: random, ops: k.ops, prefix: fmt.Sprintf("race-%d", w.made)}
	theirs := w.deals[w.other]
	if k.deals != allDeals {
		theirs = w.deals[w.report] // Sue sees the team's only
	}
	c := w.client(theirs)
	defer c.close()
	var all sync.WaitGroup
	for range callers {
		all.Go(func() { c.loop(d) })
	}
	r := &race{kind: k}
	if ends.IsZero() {
		for d.answered() < 2*callers {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(random.Int64N(int64(8 * time.Millisecond))))
		r.from = time.Now()
		k.revoke(w)
		r.to = time.Now()
	} else {
		time.Sleep(time.Until(ends))
		r.from, r.to = ends, ends
	}
	d.strike()
	all.Wait()
	r.samples = d.samples
	r.judge()
	return r
}

func (c *client) loop(d *deck) {
	for {
		o, name := d.draw()
		if o == nil {
			return
		}
		s := sample{op: o, name: name, start: time.Now()}
		s.got, s.err = o.do(c, name)
		s.end = time.Now()
		d.keep(s)
	}
}

// when says how a request lies to the revocation.
type when int

const (
	before when = iota
	during
	after
)

func (r *race) when(s *sample) when {
	switch {
	case !s.start.Before(r.to):
		return after
	case s.end.Before(r.from):
		return before
	}
	return during
}

// reading says how much the sample shows.
func (r *race) reading(s *sample) reading {
	switch {
	case s.got == 0:
		return none
	case s.op.class != cells && s.op.class != mcp:
		if s.got == 1 {
			return all
		}
	case s.got == r.kind.deals:
		return all
	case s.got == owned:
		return part
	}
	return odd
}

// judge finds the answers that no policy of their time gives.
func (r *race) judge() {
	for i := range r.samples {
		s := &r.samples[i]
		left := r.kind.left[s.op.class]
		if s.err != nil {
			if r.when(s) != during || !unsettled(s.err) {
				r.accuse(s, "failed: "+s.err.Error())
			}
			continue
		}
		got := r.reading(s)
		switch r.when(s) {
		case before:
			if got != all {
				r.accuse(s, "got "+got.String()+" before the revocation")
			}
		case during:
			if got != all && got != left {
				r.accuse(s, "got "+got.String()+" while it was made")
			}
		case after:
			if got != left {
				r.accuse(s, fmt.Sprintf("got %v (%d), where %v is left", got, s.got, left))
			}
		}
	}
}

// unsettled reports whether the server said that permissions were being changed.
func unsettled(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.answer.status == http.StatusServiceUnavailable
}

func (r *race) accuse(s *sample, what string) {
	r.violations = append(r.violations, fmt.Sprintf("%s: %s, begun %v after the revocation committed, %s",
		r.kind.name, s.op.name, s.start.Sub(r.to).Round(time.Microsecond), what))
}

// tally adds up races.
type tally struct {
	races, before, during, after int
	old, busy                    int // of those during: by the old policy; told to try again
	forbidden                    []string
	matrix                       map[string]int // kind and operation after it
	slowest                      time.Duration  // revocation
}

func (t *tally) add(r *race) {
	t.races++
	t.slowest = max(t.slowest, r.to.Sub(r.from))
	if t.matrix == nil {
		t.matrix = map[string]int{}
	}
	for i := range r.samples {
		s := &r.samples[i]
		switch r.when(s) {
		case before:
			t.before++
		case during:
			t.during++
			if s.err != nil {
				t.busy++
			} else if r.reading(s) != r.kind.left[s.op.class] {
				t.old++
			}
		case after:
			t.after++
			t.matrix[r.kind.name+" / "+s.op.name]++
			if s.op.class == writes && r.kind.left[writes] == none {
				t.forbidden = append(t.forbidden, s.name)
			}
		}
	}
}

func (t *tally) String() string {
	return fmt.Sprintf("%d revocations (the slowest took %v) raced by %d requests before, %d during (%d by the old policy, %d told to try again) and %d after, in %d combinations of kind and operation",
		t.races, t.slowest.Round(time.Millisecond), t.before, t.during, t.old, t.busy, t.after, len(t.matrix))
}

// races runs n races over the kinds and fails on every violation.
func (w *world) races(t *testing.T, kinds []*kind, n int) {
	t.Helper()
	random := testserver.Random(t)
	var total tally
	began := time.Now()
	for i := range n {
		if i%len(kinds) == 0 {
			random.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
		}
		k := kinds[i%len(kinds)]
		r := w.run(k, random)
		total.add(r)
		for _, v := range r.violations {
			t.Error(v)
		}
		if len(r.violations) > 0 && t.Failed() && total.races > 3*len(kinds) {
			break // enough to see
		}
	}
	t.Logf("%v, in %v", &total, time.Since(began).Round(time.Millisecond))
	if total.before == 0 || total.during == 0 {
		t.Error("the requests did not race the revocations: the test shows nothing")
	}
	w.checkWrites(t, total.forbidden)
}

// checkWrites looks for what was written by requests that began after the right to
// write was gone: an answer that says no is not enough.
func (w *world) checkWrites(t *testing.T, forbidden []string) {
	t.Helper()
	var out strings.Builder
	w.exportAll(&out)
	written := strings.Split(out.String(), "\n")
	for i := range written {
		_, written[i], _ = strings.Cut(written[i], ",")
	}
	slices.Sort(written)
	for _, name := range forbidden {
		if _, found := slices.BinarySearch(written, name); found {
			t.Errorf("%s was written after the right to write it was revoked", name)
		}
	}
}

// count returns how many races to run: the full number or a tenth.
func count(full int) int {
	if testserver.Soak() {
		return full
	}
	return full / 10
}

// TestRevocationsRaceOnPostgreSQL: two servers on one PostgreSQL.
func TestRevocationsRaceOnPostgreSQL(t *testing.T) {
	newWorld(t, pgtest.URL(t)).races(t, kinds(), count(1000))
}

// TestRevocationsRaceOnSQLite: a server, and another process, on one file.
func TestRevocationsRaceOnSQLite(t *testing.T) {
	newWorld(t, "sqlite:"+t.TempDir()+"/remit.db").races(t, kinds(), count(500))
}

// TestRevocationsByCommandLine: a server and the command line on one SQLite file.
func TestRevocationsByCommandLine(t *testing.T) {
	newWorld(t, "sqlite:"+t.TempDir()+"/remit.db").races(t, commandKinds(), count(40))
}
