// Package llmtest is the conformance suite of the model services that speak
// HTTP: it puts each of them before a server on the loopback that is slow, cuts
// off, lies or refuses, and checks what [llm.Model] promises.
package llmtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
	"github.com/remit-crm/remit/llm/wire"
)

// Key is the key that the suite gives to services: it must show up nowhere.
const Key = "0123456789-very-secret"

// Wire writes answers as the service under test reads them.
type Wire struct {
	Text    func(chunks ...string) string                     // a complete answer of 11 input and 7 output tokens by "test-model"
	Call    func(id, name string, arguments ...string) string // a complete answer that asks for one tool, its arguments in pieces
	Length  string                                            // an answer cut off by its bound of tokens
	Refusal string                                            // an answer that the service declined to give
	Begin   string                                            // the beginning of an answer, "Hel" written, no end
	More    func(text string) string                          // what Begin goes on with
	Ask     string                                            // the beginning of a call of count_records, no end
	Piece   func(arguments string) string                     // what Ask goes on with
	Fault   string                                            // the beginning of an answer, then the service's report of a fault that quotes Key
	Result  string                                            // what is in a request that holds the result of a tool
}

// Suite is what [Run] needs.
type Suite struct {
	New  func(wire.Options) (llm.Model, error)
	Wire Wire
}

// Run runs the suite.
func Run(t *testing.T, s Suite) {
	t.Run("answers", s.answers)
	t.Run("retries", s.retries)
	t.Run("refusals", s.refusals)
	t.Run("faults in a stream", s.faults)
	t.Run("silence", s.silence)
	t.Run("cancellation", s.cancellation)
	t.Run("redirect", s.redirect)
	t.Run("unreachable", s.unreachable)
	t.Run("options are not printed with the key", s.printing)
}

// Stream returns a handler that answers with a body of server-sent events.
func Stream(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		_, _ = w.Write([]byte(body))
	}
}

// status returns a handler that fails.
func status(code int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}
}

// server serves the handlers in order, the last one again and again.
type server struct {
	*httptest.Server
	hits atomic.Int64
}

func serve(t *testing.T, handlers ...http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // or the server does not notice that the client has gone
		n := int(s.hits.Add(1))
		handlers[min(n, len(handlers))-1](w, r)
	}))
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

func (s Suite) model(t *testing.T, at *server, change func(*wire.Options)) llm.Model {
	t.Helper()
	o := wire.Options{
		Name: "under test", BaseURL: at.URL + "/v1", Key: wire.NewSecret(Key), Model: "test-model",
		Timeout: 10 * time.Second, Idle: 5 * time.Second, Retries: 2, Backoff: time.Millisecond,
	}
	if change != nil {
		change(&o)
	}
	m, err := s.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var question = llm.Request{
	Messages: []llm.Message{{Role: llm.System, Text: "Be brief."}, {Role: llm.User, Text: "Hello?"}},
	Tools:    []llm.ToolSpec{{Name: "count_records", Description: "counts", Schema: json.RawMessage(`{"type":"object","properties":{"collection":{"type":"string"}},"required":["collection"]}`)}},
}

func (s Suite) answers(t *testing.T) {
	tests := []struct {
		name, body string
		want       llm.Response
	}{
		{"text", s.Wire.Text("Hel", "lo."), llm.Response{Text: "Hello.", Stop: llm.Finished}},
		{
			"call", s.Wire.Call("c1", "count_records", `{"collection":`, `"accounts"}`),
			llm.Response{Stop: llm.WantsTool, Calls: []llm.ToolCall{{ID: "c1", Name: "count_records", Arguments: json.RawMessage(`{"collection":"accounts"}`)}}},
		},
		{
			"call whose arguments are no JSON", s.Wire.Call("c1", "count_records", `{"collection":`, `accounts`),
			llm.Response{Stop: llm.WantsTool, Calls: []llm.ToolCall{{ID: "c1", Name: "count_records", Arguments: json.RawMessage(`{"collection":accounts`)}}},
		},
		{"too long", s.Wire.Length, llm.Response{Text: "Hel", Stop: llm.TooLong}},
		{"declined", s.Wire.Refusal, llm.Response{Text: "Hel", Stop: llm.Refused}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var streamed strings.Builder
			got, err := s.model(t, serve(t, Stream(test.body)), nil).Complete(t.Context(), question, func(d string) { streamed.WriteString(d) })
			if err != nil {
				t.Fatal(err)
			}
			test.want.Usage, test.want.Model = llm.Usage{Input: 11, Output: 7}, "test-model"
			if diff := cmp.Diff(&test.want, got); diff != "" {
				t.Errorf("response (-want +got):\n%s", diff)
			}
			if streamed.String() != got.Text {
				t.Errorf("streamed %q, answered %q", streamed.String(), got.Text)
			}
		})
	}
}

func (s Suite) retries(t *testing.T) {
	ok := Stream(s.Wire.Text("Hello."))
	hangUp := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) } //nolint:forbidigo // net/http's way to break a connection
	tests := []struct {
		name     string
		handlers []http.HandlerFunc
		hits     int64
		least    time.Duration
		fails    string // "": it succeeds
	}{
		{"429 with Retry-After-Ms", []http.HandlerFunc{status(429, "{}", "Retry-After-Ms", "80"), ok}, 2, 80 * time.Millisecond, ""},
		{"429 with Retry-After in seconds", []http.HandlerFunc{status(429, "{}", "Retry-After", "0.1"), ok}, 2, 100 * time.Millisecond, ""},
		{"429 with a date that has passed", []http.HandlerFunc{status(429, "{}", "Retry-After", "Mon, 02 Jan 2006 15:04:05 GMT"), ok}, 2, 0, ""},
		{"429 that asks for an hour", []http.HandlerFunc{status(429, "{}", "Retry-After", "3600"), ok}, 1, 0, "try again in 1h0m0s"},
		{"500 twice", []http.HandlerFunc{status(500, "oops"), status(503, "oops"), ok}, 3, 0, ""},
		{"500 for ever", []http.HandlerFunc{status(500, `{"error":{"message":"key `+Key+`"}}`)}, 3, 0, "failed (500)"},
		{"529 for ever", []http.HandlerFunc{status(529, "")}, 3, 0, "overloaded"},
		{"hangs up at once", []http.HandlerFunc{hangUp, ok}, 2, 0, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			at := serve(t, test.handlers...)
			began := time.Now()
			got, err := s.model(t, at, nil).Complete(t.Context(), question, nil)
			if test.fails != "" {
				check(t, err, remit.KindUnavailable, test.fails)
			} else if err != nil || got.Text != "Hello." {
				t.Errorf("answered %v, %v", got, err)
			}
			if hits := at.hits.Load(); hits != test.hits {
				t.Errorf("%d attempts, want %d", hits, test.hits)
			}
			if took := time.Since(began); took < test.least || took > 5*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func (s Suite) refusals(t *testing.T) {
	html := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html>Please sign in</html>"))
	}
	tests := []struct {
		name    string
		handler http.HandlerFunc
		kind    remit.Kind
		says    string
	}{
		{"401 that quotes the key", status(401, `{"error":{"message":"Incorrect API key provided: `+Key+`"}}`), remit.KindUnavailable, "refuses the key"},
		{"403", status(403, ``), remit.KindUnavailable, "refuses the key"},
		{"400 that quotes the key", status(400, `{"error":{"message":"no model nine for `+Key+`"}}`), remit.KindInvalid, "no model nine"},
		{"400 that quotes some other key", status(400, `{"error":{"message":"bad key sk-abc****xyz"}}`), remit.KindInvalid, "bad [secret]"},
		{"404 without a body", status(404, ``), remit.KindInvalid, "(404)"},
		{"a page instead of a stream", html, remit.KindUnavailable, "check its base URL"},
		{"JSON instead of a stream", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"choices":[]}`))
		}, remit.KindUnavailable, "application/json"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			at := serve(t, test.handler)
			_, err := s.model(t, at, nil).Complete(t.Context(), question, nil)
			check(t, err, test.kind, test.says)
			if hits := at.hits.Load(); hits != 1 {
				t.Errorf("asked %d times for what cannot pass by itself", hits)
			}
		})
	}
}

func (s Suite) faults(t *testing.T) {
	cut := func(w http.ResponseWriter, r *http.Request) {
		Stream(s.Wire.Begin)(w, r)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler) //nolint:forbidigo // net/http's way to break a connection
	}
	huge := func(w http.ResponseWriter, r *http.Request) {
		Stream(s.Wire.Begin)(w, r)
		for range 200 {
			_, _ = w.Write([]byte(": " + strings.Repeat("x", 10_000) + "\n\n"))
		}
	}
	tests := []struct {
		name    string
		handler http.HandlerFunc
		kind    remit.Kind
		says    string
	}{
		{"the connection breaks", cut, remit.KindUnavailable, "broke off"},
		{"the stream just ends", Stream(s.Wire.Begin), remit.KindUnavailable, "broke off"},
		{"nothing at all", Stream(""), remit.KindUnavailable, "broke off"},
		{"an event that is no JSON", Stream(s.Wire.Begin + "event: content_block_delta\ndata: {\"choices\": [" + Key + "\n\n"), remit.KindUnavailable, "cannot be read"},
		{"an event of the wrong shape", Stream(s.Wire.Begin + "event: content_block_delta\ndata: \"x\"\n\n"), remit.KindUnavailable, ""},
		{"the service reports a fault", Stream(s.Wire.Fault), remit.KindUnavailable, "reported a fault"},
		{"more than is read", huge, remit.KindLimited, "more than 1000000 bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			at := serve(t, test.handler)
			got, err := s.model(t, at, func(o *wire.Options) { o.MaxBytes = 1_000_000 }).Complete(t.Context(), question, nil)
			check(t, err, test.kind, test.says)
			if got != nil {
				t.Errorf("an answer beside the error: %+v", got)
			}
			if hits := at.hits.Load(); hits != 1 {
				t.Errorf("asked %d times although an answer had begun", hits)
			}
		})
	}
}

// stall sends a beginning and then nothing until the test ends.
func stall(t *testing.T, begin string) http.HandlerFunc {
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	return func(w http.ResponseWriter, r *http.Request) {
		if begin != "" {
			Stream(begin)(w, r)
			_ = http.NewResponseController(w).Flush()
		}
		select {
		case <-over:
		case <-r.Context().Done():
		}
	}
}

// drip sends a comment every few milliseconds, without end.
func drip(w http.ResponseWriter, r *http.Request) {
	Stream("")(w, r)
	for r.Context().Err() == nil {
		_, _ = w.Write([]byte(": wait\n\n"))
		_ = http.NewResponseController(w).Flush()
		time.Sleep(10 * time.Millisecond)
	}
}

func (s Suite) silence(t *testing.T) {
	brief := func(o *wire.Options) { o.Idle = 100 * time.Millisecond }
	short := func(o *wire.Options) { o.Timeout = 200 * time.Millisecond }
	tests := []struct {
		name    string
		handler http.HandlerFunc
		change  func(*wire.Options)
		says    string
	}{
		{"before the answer", stall(t, ""), brief, "gave no sign for 100ms"},
		{"in the middle of it", stall(t, s.Wire.Begin), brief, "gave no sign for 100ms in the middle"},
		{"never quite silent", drip, short, "took longer than 200ms"},
		{"silent and out of time", stall(t, ""), short, "took longer than 200ms"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			began := time.Now()
			_, err := s.model(t, serve(t, test.handler), test.change).Complete(t.Context(), question, nil)
			check(t, err, remit.KindUnavailable, test.says)
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func (s Suite) cancellation(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"before the answer":   stall(t, ""),
		"in the middle":       stall(t, s.Wire.Begin),
		"between two tries":   status(429, "", "Retry-After", "20"),
		"while it is talking": drip,
	} {
		t.Run(name, func(t *testing.T) {
			m := s.model(t, serve(t, handler), nil)
			ctx, cancel := context.WithCancel(t.Context())
			var canceled atomic.Int64
			time.AfterFunc(50*time.Millisecond, func() { canceled.Store(time.Now().UnixNano()); cancel() })
			_, err := m.Complete(ctx, question, nil)
			late := time.Duration(time.Now().UnixNano() - canceled.Load())
			check(t, err, remit.KindCanceled, "canceled")
			if late > time.Second {
				t.Errorf("ended %s after the cancellation", late)
			}
		})
	}
}

// A redirect must not carry the key to another host.
func (s Suite) redirect(t *testing.T) {
	elsewhere := serve(t, Stream(s.Wire.Text("stolen")))
	at := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1), http.StatusTemporaryRedirect)
	})
	_, err := s.model(t, at, nil).Complete(t.Context(), question, nil)
	check(t, err, remit.KindUnavailable, "redirects")
	if elsewhere.hits.Load() > 0 {
		t.Error("the other host was asked")
	}
}

func (s Suite) unreachable(t *testing.T) {
	at := serve(t, Stream(""))
	at.Close()
	_, err := s.model(t, at, nil).Complete(t.Context(), question, nil)
	check(t, err, remit.KindUnavailable, "cannot be reached")
}

func (s Suite) printing(t *testing.T) {
	var once sync.Once
	o := wire.Options{Name: "under test", Model: "m", BaseURL: "http://127.0.0.1:9", Key: wire.NewSecret(Key)}
	m, err := s.New(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{o, &o, m} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			if strings.Contains(fmt.Sprintf(verb, v), Key) {
				once.Do(func() { t.Errorf("%s of %T shows the key", verb, v) })
			}
		}
	}
}

// check fails unless err is a *remit.Error of the kind that says so, and shows
// the key nowhere in its chain.
func check(t *testing.T, err error, kind remit.Kind, says string) {
	t.Helper()
	e, ok := err.(*remit.Error) //nolint:errorlint // no wrapping either: net/http's holds the whole address
	if !ok {
		t.Fatalf("error %v (%T), want a *remit.Error", err, err)
	}
	if e.Kind != kind || !strings.Contains(e.Public(), says) {
		t.Errorf("%s error %q, want %s that says %q", e.Kind, e.Public(), kind, says)
	}
	for each := err; each != nil; each = errors.Unwrap(each) {
		for _, verb := range []string{"%v", "%+v", "%#v"} {
			if text := fmt.Sprintf(verb, each); strings.Contains(text, Key) {
				t.Errorf("the key is in the error: %s", text)
			}
		}
	}
}
