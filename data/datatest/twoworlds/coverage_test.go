package twoworlds

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// Why nobody in the run is told company-wide figures, or reviews a template.
const (
	companyWide = "needs the grant of the tool overall_analytics: the declared exception of law 6, which no policy of the run has"
	twoPeople   = "is for somebody who wrote nothing of the draft, and the tour is one person's; it reads no customer data"
)

// refusedHere are the operations of which the run gets no answer but refusals, each
// with the reason. Every other one must do what is asked at least once in both
// worlds: whoever adds a route adds requests for it, to the tour at the least.
var refusedHere = map[string]string{
	"listAnalyses":    companyWide,
	"runAnalysis":     companyWide,
	"reviewTemplate":  twoPeople,
	"publishTemplate": twoPeople,

	"testService": "asks a model service whether it is there, and there is none in a test; it reads no customer data",
}

// coverage counts the operations of the API that a run has asked for.
type coverage struct {
	operations  []operation
	asked, done tally // by the operation's id
}

// operation is one line of the API's document.
type operation struct {
	id, method string
	path       []string // its segments
}

// operationsOf reads the operations from the document that an installation serves.
func operationsOf(t *testing.T, h http.Handler) []operation {
	t.Helper()
	a := send(h, request{method: http.MethodGet, target: "/api/openapi.json"})
	list, err := parseOperations(a.body)
	if err != nil || len(list) == 0 {
		t.Fatalf("the API's document: %d operations, %v", len(list), err)
	}
	return list
}

func parseOperations(document []byte) ([]operation, error) {
	var doc struct {
		Paths map[string]map[string]struct {
			ID string `json:"operationId"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(document, &doc); err != nil {
		return nil, err
	}
	var list []operation
	for path, methods := range doc.Paths {
		for method, op := range methods {
			list = append(list, operation{op.ID, strings.ToUpper(method), strings.Split(path, "/")})
		}
	}
	return list, nil
}

func newCoverage(operations []operation) *coverage {
	return &coverage{operations: operations, asked: tally{}, done: tally{}}
}

// note counts a request. A nil coverage counts nothing.
func (c *coverage) note(q request, a answer) {
	if c == nil {
		return
	}
	if id := c.operation(q); id != "" {
		c.asked[id]++
		if a.good() {
			c.done[id]++
		}
	}
}

// operation returns the id of the one that the request is for: that with the most
// segments that are no parameters.
func (c *coverage) operation(q request) (id string) {
	path, _, _ := strings.Cut(q.target, "?")
	segments, most := strings.Split(path, "/"), -1
	for _, op := range c.operations {
		if n := op.matches(q.method, segments); n > most {
			id, most = op.id, n
		}
	}
	return id
}

// matches returns how many segments are literally the operation's, -1 where the
// path is another one.
func (o operation) matches(method string, path []string) int {
	if o.method != method || len(o.path) != len(path) {
		return -1
	}
	n := 0
	for i, segment := range o.path {
		switch text, err := url.PathUnescape(path[i]); {
		case err == nil && text == segment:
			n++
		case !strings.HasPrefix(segment, "{") || path[i] == "":
			return -1
		}
	}
	return n
}

// missing returns the operations of which nothing has been shown.
func (c *coverage) missing() (ids []string) {
	if c == nil {
		return nil
	}
	for _, op := range c.operations {
		shown := c.done
		if refusedHere[op.id] != "" {
			shown = c.asked
		}
		if shown[op.id] == 0 {
			ids = append(ids, op.id)
		}
	}
	slices.Sort(ids)
	return ids
}

// TestCoverageNamesNewRoutes sees that a route which nothing asks for is named, and
// that what is excused exists.
func TestCoverageNamesNewRoutes(t *testing.T) {
	t.Parallel()
	known, err := parseOperations([]byte(`{"paths":{
		"/api/things/{id}":{"get":{"operationId":"getThing"},"delete":{"operationId":"deleteThing"}},
		"/api/things/best":{"get":{"operationId":"bestThing"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	c := newCoverage(known)
	c.note(request{method: http.MethodGet, target: "/api/things/best?x=1"}, answer{status: 200})
	c.note(request{method: http.MethodDelete, target: "/api/things/a%2Fb"}, answer{status: 404})
	c.note(request{method: http.MethodGet, target: "/api/things"}, answer{status: 200})
	if got, want := c.missing(), []string{"deleteThing", "getThing"}; !slices.Equal(got, want) {
		t.Errorf("missing are %v, want %v", got, want)
	}
	if c.asked["deleteThing"] != 1 || c.done["bestThing"] != 1 {
		t.Errorf("asked %v, done %v", c.asked, c.done)
	}
	served := map[string]bool{}
	for _, op := range operationsOf(t, open(t, "sqlite")[0][0].face) {
		served[op.id] = true
	}
	for _, id := range slices.Sorted(maps.Keys(refusedHere)) {
		if !served[id] {
			t.Errorf("%s is excused, and there is no such operation", id)
		}
	}
}
