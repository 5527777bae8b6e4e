package auditlog

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/remit-crm/remit"
)

// request is one request of the load.
type request struct {
	id       string // which the log's entry carries
	op       string // as the log names it
	answered bool
	status   int
	body     string
	record   remit.ID // that was written, as far as is known
	subject  string   // that was written to it
}

// released reports whether the answer holds something that must be recorded: a
// result, or a refusal of the policy.
func (r *request) released() bool { return r.answered && !r.told() }

// load is clients that send requests without a pause.
type load struct {
	h      *house
	http   *http.Client
	prefix string
	urls   atomic.Pointer[[]string] // of the servers that run
	number atomic.Int64
	stop   atomic.Bool
	ended  sync.WaitGroup

	mu       sync.Mutex
	requests []*request
	answers  int
}

// newLoad returns a load on servers. Its prefix keeps apart the requests of loads
// on one log.
func newLoad(h *house, prefix string, urls ...string) *load {
	l := &load{h: h, prefix: prefix, http: &http.Client{
		Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16},
	}}
	l.on(urls...)
	return l
}

// on says which servers run.
func (l *load) on(urls ...string) { l.urls.Store(&urls) }

// start starts so many clients, each of which reads and writes by turns.
func (l *load) start(clients int) {
	for n := range clients {
		l.ended.Go(func() {
			c := &caller{load: l, n: n}
			for !l.stop.Load() {
				c.turn()
			}
		})
	}
}

// end stops the clients and returns what was asked.
func (l *load) end() []*request {
	l.stop.Store(true)
	l.ended.Wait()
	l.http.CloseIdleConnections()
	return l.requests
}

// answered returns how many answers there were so far.
func (l *load) answered() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.answers
}

// await waits until there have been so many more answers.
func (l *load) await(t testing.TB, more int) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for began := l.answered(); l.answered() < began+more; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the servers do not answer")
		}
	}
}

// caller is one client. It writes to a record of its own, one change after the
// other, so that the order of the changes is known.
type caller struct {
	*load
	n       int
	turns   int
	record  remit.ID // "": none yet, or one of which it is not known what it holds
	version string
}

const activities = "/api/collections/activities"

// turn sends one request: reads of each kind, and changes between them.
func (c *caller) turn() {
	c.turns++
	switch c.turns % 8 {
	case 0:
		c.send("count", http.MethodPost, activities+"/count", `{"filter":{"status":"open"}}`)
	case 1:
		c.create()
	case 2:
		c.send("query", http.MethodPost, activities+"/query", `{"limit":3}`)
	case 3, 5:
		c.update()
	case 4:
		c.send("aggregate", http.MethodPost, activities+"/aggregate", `{"measures":[{"fn":"count","as":"n"}]}`)
	case 6:
		c.send("count", http.MethodPost, "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"count_records","arguments":{"collection":"activities"}}}`)
	case 7:
		if c.turns%3 == 0 {
			c.remove()
		} else {
			c.send("count", http.MethodPost, "/api/collections/orders/count", `{}`) // refused: a clerk knows no orders
		}
	}
}

func (c *caller) create() {
	r := c.change("create", http.MethodPost, activities+"/records", `{"values":{"subject":"%s"}}`)
	c.took(r, http.StatusCreated)
}

func (c *caller) update() {
	if c.record == "" {
		return
	}
	r := c.change("update", http.MethodPatch, activities+"/records/"+string(c.record), `{"version":"`+c.version+`","values":{"subject":"%s"}}`)
	c.took(r, http.StatusOK)
}

func (c *caller) remove() {
	if c.record == "" {
		return
	}
	r := c.send("delete", http.MethodDelete, activities+"/records/"+string(c.record), "")
	c.mu.Lock()
	r.record = c.record
	c.mu.Unlock()
	c.record = ""
}

// change sends a change whose subject is its request's id.
func (c *caller) change(op, method, path, body string) *request {
	id := c.nextID()
	r := &request{id: id, op: op, subject: id, record: c.record}
	c.do(r, method, path, fmt.Sprintf(body, id))
	return r
}

// took goes on with the record that a change was answered with, or with none.
func (c *caller) took(r *request, want int) {
	c.record = ""
	var answer struct {
		ID      remit.ID
		Version string `json:"_version"`
	}
	if r.status != want || json.Unmarshal([]byte(r.body), &answer) != nil {
		return
	}
	c.record, c.version = answer.ID, answer.Version
	c.mu.Lock()
	r.record = answer.ID
	c.mu.Unlock()
}

func (l *load) nextID() string { return fmt.Sprintf("%s-%06d", l.prefix, l.number.Add(1)) }

func (c *caller) send(op, method, path, body string) *request {
	r := &request{id: c.nextID(), op: op}
	c.do(r, method, path, body)
	return r
}

func (c *caller) do(r *request, method, path, body string) {
	urls := *c.urls.Load()
	if len(urls) == 0 {
		time.Sleep(time.Millisecond)
		return
	}
	status, text, err := c.exchange(r.id, method, urls[(c.n+c.turns)%len(urls)]+path, body)
	if err != nil {
		time.Sleep(time.Millisecond) // the server is gone
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r.answered, r.status, r.body = err == nil, status, text
	c.requests = append(c.requests, r)
	if r.answered {
		c.answers++
	}
}

func (l *load) exchange(id, method, url, body string) (status int, text string, err error) {
	r, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("Authorization", "Bearer "+l.h.token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	r.Header.Set("X-Request-Id", id)
	response, err := l.http.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	return response.StatusCode, string(read), err
}

// unavailable returns the requests that were told to try again.
func (l *load) unavailable() (all []*request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.requests {
		if r.told() {
			all = append(all, r)
		}
	}
	return all
}

// told reports whether a request was told to try again: by its status, or over
// MCP in the answer.
func (r *request) told() bool {
	return r.answered && (r.status >= http.StatusInternalServerError || strings.Contains(r.body, `"remit/kind":"unavailable"`) || strings.Contains(r.body, `"code":-32003`))
}
