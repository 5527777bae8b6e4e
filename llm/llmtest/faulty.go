package llmtest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// Limits of the services that [Faulty] is made for: short, so that its tests are,
// and long beside what the slow one takes.
const (
	FaultyIdle    = 2 * time.Second
	FaultyTimeout = 6 * time.Second
	FaultyRetries = 1
)

// Fault is a way in which a service fails whoever asks, and the end that the
// person must get all the same.
type Fault struct {
	Name  string
	End   string // of the run, by its name in events
	Says  string // what the person is told, in part; in the answer where there is one
	Tries int    // requests that the service gets; 0: not counted

	handle func(w Wire, attempt int, asked string) http.HandlerFunc
}

// Question is one that [Faulty] answers with the fault. Each asker needs a name of
// its own, lower-case letters.
func (f Fault) Question(asker string) string { return "#" + f.Name + "#" + asker + "#" }

// Fine is what a fault that passes is followed by.
const Fine = "All is well."

// Faults are the faults: for a service of [FaultyIdle], [FaultyTimeout] and
// [FaultyRetries].
func Faults() []Fault {
	return append(append(silences(), breaks()...), refusals()...)
}

func silences() []Fault {
	const failed = "service_error"
	return []Fault{
		{"slow", "answered", Fine, 1, func(w Wire, _ int, _ string) http.HandlerFunc {
			return slowly(w.Text(strings.SplitAfter(Fine, " ")...))
		}},
		{"silent", failed, "gave no sign", 1, func(Wire, int, string) http.HandlerFunc { return silent("") }},
		{"silent midway", failed, "gave no sign", 1, func(w Wire, _ int, _ string) http.HandlerFunc { return silent(w.Begin) }},
		{"endless waiting", failed, "took longer than", 1, func(Wire, int, string) http.HandlerFunc { return drip }},
		{"endless text", "length", "cut off", 1, func(w Wire, _ int, _ string) http.HandlerFunc {
			return endless(w.Begin, w.More(strings.Repeat("word ", 1000)))
		}},
		{"endless arguments", failed, "more than", 1, func(w Wire, _ int, _ string) http.HandlerFunc {
			return endless(w.Ask, w.Piece(strings.Repeat("x", 50_000)))
		}},
	}
}

func breaks() []Fault {
	const failed = "service_error"
	return []Fault{
		{"cut midway", failed, "broke off", 1, func(w Wire, _ int, _ string) http.HandlerFunc { return cut(w.Begin) }},
		{"cut within a call", failed, "broke off", 1, func(w Wire, _ int, _ string) http.HandlerFunc { return cut(w.Ask + w.Piece(`{"collection":`)) }},
		{"ends midway", failed, "broke off", 1, func(w Wire, _ int, _ string) http.HandlerFunc { return Stream(w.Begin) }},
		{"reports a fault", failed, "reported a fault", 1, func(w Wire, _ int, _ string) http.HandlerFunc { return Stream(w.Fault) }},
		{"events that are no json", failed, "cannot be read", 1, func(w Wire, _ int, _ string) http.HandlerFunc {
			return Stream(w.Begin + "event: content_block_delta\ndata: {\"choices\": [" + Key + "\n\n")
		}},
		{"lines that are no events", failed, "not to be relied on", 1, func(w Wire, _ int, _ string) http.HandlerFunc {
			return Stream(w.Begin + "<html>\n\ndata\n\n: \n\nid\n\n")
		}},
		{"says nothing", "empty", "no answer", 2, func(w Wire, _ int, _ string) http.HandlerFunc { return Stream(w.Text()) }},
		{"declines", "declined", "declined", 1, func(w Wire, _ int, _ string) http.HandlerFunc { return Stream(w.Refusal) }},
		{"cut by its bound", "length", "cut off", 1, func(w Wire, _ int, _ string) http.HandlerFunc { return Stream(w.Length) }},
		{"arguments that are no json", "answered", Fine, 2, calls("count_records", `{"collection":`, `accounts`)},
		{"arguments of the wrong shape", "answered", Fine, 2, calls("count_records", `["accounts"]`)},
		{"a tool that is not there", "answered", Fine, 2, calls("drop_database", `{}`)},
		{"a tool without a name", "answered", Fine, 2, calls("", `{}`)},
		{"the same bad call again and again", "loop", "the same calls", 0, func(w Wire, _ int, _ string) http.HandlerFunc {
			return Stream(w.Call("c1", "count_records", `{"collection":`))
		}},
	}
}

func refusals() []Fault {
	const failed = "service_error"
	page := func(kind, body string) func(Wire, int, string) http.HandlerFunc {
		return func(Wire, int, string) http.HandlerFunc { return status(http.StatusOK, body, "Content-Type", kind) }
	}
	fails := func(code int, body string, header ...string) func(Wire, int, string) http.HandlerFunc {
		return func(Wire, int, string) http.HandlerFunc { return status(code, body, header...) }
	}
	return []Fault{
		{"429 and then well", "answered", Fine, 2, func(w Wire, attempt int, _ string) http.HandlerFunc {
			if attempt == 1 {
				return status(429, "{}", "Retry-After", "0.1")
			}
			return Stream(w.Text(Fine))
		}},
		{"429 that asks for an hour", failed, "try again in 1h0m0s", 1, fails(429, "{}", "Retry-After", "3600")},
		{"500", failed, "failed (500)", 1 + FaultyRetries, fails(500, `{"error":{"message":"key `+Key+`"}}`)},
		{"401 that quotes the key", failed, "refuses the key", 1, fails(401, `{"error":{"message":"Incorrect API key provided: `+Key+`"}}`)},
		{"400 that quotes the key", failed, "rejected the request", 1, fails(400, `{"error":{"message":"no model for `+Key+`"}}`)},
		{"a page", failed, "check its base URL", 1, page("text/html", "<html>Please sign in</html>")},
		{"json at once", failed, "check its base URL", 1, page("application/json", `{"choices":[]}`)},
	}
}

// calls asks for a tool, and is content with whatever comes of it.
func calls(name string, arguments ...string) func(Wire, int, string) http.HandlerFunc {
	return func(w Wire, _ int, asked string) http.HandlerFunc {
		if strings.Contains(asked, w.Result) {
			return Stream(w.Text(Fine))
		}
		return Stream(w.Call("c1", name, arguments...))
	}
}

// slowly sends an event every now and then.
func slowly(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		Stream("")(w, r)
		for _, event := range strings.SplitAfter(body, "\n\n") {
			_, _ = w.Write([]byte(event))
			_ = http.NewResponseController(w).Flush()
			time.Sleep(30 * time.Millisecond)
		}
	}
}

// silent sends a beginning and then nothing until the client goes.
func silent(begin string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if begin != "" {
			Stream(begin)(w, r)
			_ = http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
	}
}

// cut sends a beginning and breaks the connection.
func cut(begin string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		Stream(begin)(w, r)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler) //nolint:forbidigo // net/http's way to break a connection
	}
}

// endless sends a beginning and one more piece until the client goes.
func endless(begin, piece string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		Stream(begin)(w, r)
		for r.Context().Err() == nil {
			if _, err := w.Write([]byte(piece)); err != nil {
				return
			}
		}
	}
}

// FaultyService is a server that fails as its questions ask for.
type FaultyService struct {
	*httptest.Server
	wire Wire

	mu    sync.Mutex
	tries map[string]int
}

var marked = regexp.MustCompile(`#([^#"]+)#[a-z]+#`)

// Faulty serves the [Faults] as the wire writes them, by [Fault.Question]. Its URL
// is a base URL once the path of the interface's version stands behind it.
func Faulty(t testing.TB, w Wire) *FaultyService {
	t.Helper()
	s := &FaultyService{wire: w, tries: map[string]int{}}
	handlers := map[string]func(Wire, int, string) http.HandlerFunc{}
	for _, f := range Faults() {
		handlers[f.Name] = f.handle
	}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // a client that is gone needs no answer
		mark := marked.FindSubmatch(body)
		if mark == nil || handlers[string(mark[1])] == nil {
			http.Error(w, "no such fault", http.StatusNotFound)
			return
		}
		handlers[string(mark[1])](s.wire, s.count(string(mark[0])), string(body))(w, r)
	}))
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

func (s *FaultyService) count(question string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tries[question]++
	return s.tries[question]
}

// Tries returns how often a question has been put to the service.
func (s *FaultyService) Tries(question string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries[question]
}
