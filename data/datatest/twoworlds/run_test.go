package twoworlds

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/remit-crm/remit"
)

// run sends a scenario's requests to pairs of installations: world A and world B
// on each database.
type run struct {
	*scenario
	pairs   [][2]*house
	clock   *clock
	curious *curious
	sent    int // requests of this scenario
	report  *report
}

// report says what a test has compared.
type report struct {
	requests int // to each installation
	good     int // of which did what was asked for
	writes   int // of which changed something
	skipped  int // writes that were not sent
	byOp     tally
	byFace   tally
	worlds   tally     // what the worlds B had that the worlds A had not
	pairs    int       // scenarios
	toured   int       // of these scenarios so many were toured
	withheld int       // conversations that were shared in them, and withheld whole
	routes   *coverage // nil: not counted

	sharedShown, sharedHidden int // turns of conversations that others shared
	listed                    int // records that were found to be as the naive evaluator says
}

func newReport() *report { return &report{byOp: tally{}, byFace: tally{}, worlds: tally{}} }

func (r *report) String() string {
	return fmt.Sprintf("%d requests to each installation in %d scenarios: %d did what was asked, %d of them writes (%d writes not sent)\n"+
		"by operation %v, by face %v\nhidden differences %v; %d records as the naive evaluator says; %d tours, in them %d conversations withheld whole; of turns that others shared %d shown and %d withheld",
		r.requests, r.pairs, r.good, r.writes, r.skipped, r.byOp, r.byFace, r.worlds, r.listed, r.toured, r.withheld, r.sharedShown, r.sharedHidden)
}

// begin loads a scenario and returns its run.
func begin(ctx context.Context, s *scenario, pairs [][2]*house, report *report) (*run, error) {
	var wait sync.WaitGroup
	errs := make([]error, len(pairs))
	for i, pair := range pairs {
		wait.Go(func() { errs[i] = s.furnish(ctx, pair) })
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	report.worlds.add(s.made)
	report.pairs++
	return &run{scenario: s, pairs: pairs, clock: pairs[0][0].clock, curious: newCurious(s), report: report}, nil
}

// step sends one random request, or decides not to.
func (r *run) step() *difference {
	f, c := r.curious.ask()
	now := noon.Add(time.Duration(r.sent+1) * time.Second)
	var after *foreseen
	if !f.subject().ai {
		var ok bool
		if after, ok = r.foresee(c.change, remit.TimeValue(now)); !ok {
			r.report.skipped++
			return nil
		}
	}
	a, diff := r.exchange(f, c)
	if diff != nil {
		return diff
	}
	r.count(f, c, a)
	if c.change != nil && a.good() {
		if diff := r.settle(f, c, a, after); diff != nil {
			return diff
		}
	}
	r.curious.heed(f, c, a)
	return nil
}

// settle makes a write that succeeded in the worlds in memory.
func (r *run) settle(f face, c *call, a answer, after *foreseen) *difference {
	if after == nil {
		return r.difference(f, c, "a write that must have no effect succeeded", []answer{a})
	}
	if c.op == "create" {
		ids := a.find("id")
		if len(ids) != 1 {
			return r.difference(f, c, "a created record without an id", []answer{a})
		}
		after.a.rename(c.coll, c.change.id, remit.ID(ids[0]))
		after.b.rename(c.coll, c.change.id, remit.ID(ids[0]))
	}
	r.a, r.b = after.a, after.b
	r.sight = r.look(r.a)
	r.report.writes++
	return nil
}

// exchange sends a call to every installation and compares the answers.
func (r *run) exchange(f face, c *call) (answer, *difference) {
	r.sent++
	answers := r.send(c.write(f, r.asker))
	for i, a := range answers {
		if !a.equal(answers[0]) || a.status >= 500 || a.broken {
			return answer{}, r.difference(f, c, blame(i, a), answers)
		}
	}
	r.report.routes.note(c.write(f, r.asker), answers[0])
	return answers[0], nil
}

func (r *run) count(f face, c *call, a answer) {
	r.report.requests++
	r.report.byOp[c.op]++
	r.report.byFace[f.name]++
	if a.good() {
		r.report.good++
	}
}

// blame says in words what differs: the answer i from the first one.
func blame(i int, a answer) string {
	switch {
	case a.status >= 500 || a.broken:
		return "a fault of the server"
	case i%2 == 1:
		return "the two worlds answer differently"
	}
	return "the two databases answer differently"
}

// send sends a request to every installation at once, each with the same clock and
// randomness.
func (r *run) send(q request) []answer {
	r.clock.set(noon.Add(time.Duration(r.sent) * time.Second))
	answers := make([]answer, 2*len(r.pairs))
	var wait sync.WaitGroup
	for i, pair := range r.pairs {
		for j, h := range pair {
			wait.Go(func() {
				h.random.wind(r.seed ^ uint64(r.sent)<<32)
				answers[2*i+j] = send(h.face, q)
			})
		}
	}
	wait.Wait()
	return answers
}

// listAll lists every collection, a page at a time, and compares the records with
// what the naive evaluator says: over the first face, and one more.
func (r *run) listAll() *difference {
	for _, f := range []face{r.faces[0], r.faces[r.sent%len(r.faces)]} {
		for _, c := range r.model.Collections {
			if diff := r.list(f, c.Name); diff != nil {
				return diff
			}
		}
	}
	return nil
}

func (r *run) list(f face, collection string) *difference {
	u := f.subject()
	if u.ai { // over HTTP too the rules of the tool hold
		u.tool = "query_records"
		if r.tool(u) == nil {
			return nil
		}
	}
	var listed []string
	c := &call{op: "query", coll: collection, args: map[string]any{"limit": 1000}}
	for {
		a, diff := r.exchange(f, c)
		if diff != nil {
			return diff
		}
		if a.good() {
			listed = append(listed, a.records()...)
		}
		cursor := a.find("next_cursor")
		if len(cursor) == 0 {
			break
		}
		c.args["cursor"] = cursor[0]
	}
	return r.compare(f, c, u, listed)
}

// tool returns the subject's AI employee or agent if it may call the tool.
func (r *run) tool(u subject) *subject {
	for _, t := range r.doc.Tools {
		if t.Name == u.tool && t.Disabled {
			return nil
		}
	}
	return &u
}

// rowLimit returns how many records the rule of the subject's tool lets a listing
// have on all its pages, 0 for no bound.
func (r *run) rowLimit(u subject) int {
	for _, t := range r.doc.Tools {
		if u.tool != "" && t.Name == u.tool {
			return t.Constraints.RowLimit
		}
	}
	return 0
}

func (r *run) compare(f face, c *call, u subject, listed []string) *difference {
	v := r.judge.view(r.a, r.sight.truths, u)
	var want []string
	if rule := r.judge.rule(u, r.model.Collection("", c.coll)); rule != nil {
		want = r.expected(v, rule.knows(), c.coll)
	}
	if limit := r.rowLimit(u); limit > 0 {
		want = want[:min(limit, len(want))] // in the order of ids, as listed
	}
	r.report.listed += len(want)
	for i := range max(len(want), len(listed)) {
		switch {
		case i >= len(want):
			return r.difference(f, c, "listed, and not in the lens view: "+listed[i], nil)
		case i >= len(listed):
			return r.difference(f, c, "in the lens view, and not listed: "+want[i], nil)
		case listed[i] != want[i]:
			return r.difference(f, c, "the lens view has\n"+want[i]+"\nand listed was\n"+listed[i], nil)
		}
	}
	return nil
}

func (r *run) houses() []*house {
	var all []*house
	for _, pair := range r.pairs {
		all = append(all, pair[:]...)
	}
	return all
}

// open returns pairs of installations on the dialects, all alike.
func open(t *testing.T, dialects ...string) [][2]*house {
	t.Helper()
	c := newClock()
	pairs := make([][2]*house, len(dialects))
	for i, dialect := range dialects {
		for j, url := range urls(t, dialect) {
			pairs[i][j] = newHouse(t, dialect+" "+string(rune('A'+j)), url, c)
			if first, this := pairs[0][0].asker, pairs[i][j].asker; first.id != this.id || first.session != this.session || !maps.Equal(first.tokens, this.tokens) {
				t.Fatalf("%s was opened with other ids or secrets than %s", pairs[i][j].name, pairs[0][0].name)
			}
		}
	}
	return pairs
}
