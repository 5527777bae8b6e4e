package twoworlds

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// face is a way for the asker to send requests.
type face struct {
	name     string
	mcp      bool
	session  bool   // by cookie; else by token
	employee string // that the token is bound to
}

// subject is what a request over the face is held to, but for the tool.
func (f face) subject() subject {
	switch {
	case f.employee != "":
		return subject{ai: true, employee: f.employee}
	case f.mcp:
		return subject{ai: true, employee: personalAgent}
	}
	return subject{}
}

// call is one request before it is written for a face.
type call struct {
	op   string // as in tools, and "export", "me", "ask", "odd", "admin", and those of talkRequest
	coll string
	id   string
	args map[string]any

	odd    *request // for "odd": the request itself
	change *change  // for a write: what it does where it succeeds
	query  bool     // written as a URL alone, over HTTP
	stream bool     // answered event by event
}

// toolNames maps operations to tools.
var toolNames = map[string]string{
	"list": "list_collections", "describe": "describe_collection", "query": "query_records", "count": "count_records",
	"aggregate": "aggregate_records", "get": "get_record", "search": "search_records", "predict": "predict_outcome", "forecast": "forecast_pipeline",
	"sql": "execute_sql", "create": "create_record", "update": "update_record", "delete": "delete_record",
}

// request is what goes over the wire.
type request struct {
	method, target string
	header         map[string]string
	body           string
}

func (r request) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.method, r.target)
	for _, name := range slices.Sorted(maps.Keys(r.header)) {
		if name != "Authorization" && name != "Cookie" {
			fmt.Fprintf(&b, "%s: %s\n", name, r.header[name])
		}
	}
	fmt.Fprintf(&b, "\n%s", r.body)
	return b.String()
}

// write returns the call as the face sends it.
func (c *call) write(f face, a asker) request {
	r := c.odd
	switch {
	case r != nil:
		copied := *r
		copied.header = maps.Clone(r.header)
		r = &copied
	case f.mcp:
		r = c.mcp()
	default:
		r = c.http()
	}
	if r.header == nil {
		r.header = map[string]string{}
	}
	if r.header["Authorization"] != "" || r.header["Cookie"] != "" {
		return *r // its own
	}
	if f.session {
		r.header["Cookie"] = "remit_session=" + a.session
	} else {
		r.header["Authorization"] = "Bearer " + a.tokens[f.employee]
	}
	return *r
}

func (c *call) http() *request {
	collection := "/api/collections/" + url.PathEscape(c.coll)
	one := collection + "/records/" + url.PathEscape(c.id)
	switch c.op {
	case "list":
		return &request{method: http.MethodGet, target: "/api/collections"}
	case "me", "tools":
		return &request{method: http.MethodGet, target: "/api/me"}
	case "ask":
		r := withBody(http.MethodPost, "/api/ask", c.args)
		r.header["Accept"] = "application/json"
		if c.stream {
			r.header["Accept"] = "text/event-stream"
		}
		return r
	case "talk", "talks", "reread", "say", "retry", "follow", "rename", "rate", "share", "shares", "forget":
		return c.talkRequest()
	case "views", "save", "resave", "unsave":
		return c.viewsRequest()
	case "import":
		return c.importRequest()
	case "admin":
		return c.adminRequest()
	case "history":
		return &request{method: http.MethodGet, target: one + "/history" + c.parameters()}
	case "sql":
		return withBody(http.MethodPost, "/api/sql", c.args)
	case "find":
		return &request{method: http.MethodGet, target: "/api/search" + c.parameters()}
	case "describe":
		return &request{method: http.MethodGet, target: collection}
	case "get":
		return &request{method: http.MethodGet, target: one + c.parameters()}
	case "create":
		return withBody(http.MethodPost, collection+"/records", c.args)
	case "update":
		return withBody(http.MethodPatch, one, c.args)
	case "delete":
		return &request{method: http.MethodDelete, target: one + c.parameters()}
	case "query":
		if c.query {
			return &request{method: http.MethodGet, target: collection + "/records" + c.parameters()}
		}
	}
	return withBody(http.MethodPost, collection+"/"+c.op, c.args)
}

// parameters writes the arguments as a URL's query.
func (c *call) parameters() string {
	values := url.Values{}
	for name, v := range c.args {
		switch v := v.(type) {
		case string:
			values.Set(name, v)
		case []string:
			values.Set(name, strings.Join(v, ","))
		default:
			values.Set(name, string(encode(v)))
		}
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

func withBody(method, target string, args map[string]any) *request {
	if args == nil {
		args = map[string]any{}
	}
	return &request{method: method, target: target, header: map[string]string{"Content-Type": "application/json"}, body: string(encode(args))}
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // the harness made a value that JSON has none for
	}
	return b
}

// mcp writes the call as JSON-RPC.
func (c *call) mcp() *request {
	name, known := toolNames[c.op]
	method, params := "tools/call", map[string]any{"name": name}
	if !known {
		method, params = "tools/list", map[string]any{}
	} else {
		arguments := maps.Clone(c.args)
		if arguments == nil {
			arguments = map[string]any{}
		}
		if c.op != "search" && c.op != "list" && c.op != "sql" {
			arguments["collection"] = c.coll
		}
		if c.id != "" {
			arguments["id"] = c.id
		}
		params["arguments"] = arguments
	}
	r := withBody(http.MethodPost, "/mcp", map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	r.header["Accept"] = "application/json, text/event-stream"
	return r
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	broken bool // off in the middle
}

// timing is where an answer tells how long something took, which law 6 excepts.
var timing = regexp.MustCompile(`"took":[0-9]+`)

// ticks are the events that say how far an import is, four a second.
var ticks = regexp.MustCompile(`event: progress\ndata: \{"done":[0-9]+,"total":[0-9]+\}\n\n`)

// Sessions and tokens are told with times that PostgreSQL takes from its own clock,
// which no test can set.
var (
	timed    = regexp.MustCompile(`^/api/(session|people|me/)`)
	moment   = regexp.MustCompile(`"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z"`)
	lifetime = regexp.MustCompile(`(Expires=[^;]+|Max-Age=[0-9]+)`)
)

// level takes out of an answer the times that law 6 excepts, and those of the
// database's clock.
func (a *answer) level(target string) {
	a.header.Del("Date")
	if timing.Match(a.body) {
		a.body = timing.ReplaceAll(a.body, []byte(`"took":0`))
		a.header.Del("Content-Length")
	}
	if path, _, _ := strings.Cut(target, "?"); strings.HasSuffix(path, "/import") {
		a.settle()
	}
	if timed.MatchString(target) {
		a.body = moment.ReplaceAll(a.body, []byte(`"then"`))
		a.header.Del("Content-Length")
		for i, cookie := range a.header["Set-Cookie"] {
			a.header["Set-Cookie"][i] = lifetime.ReplaceAllString(cookie, "Expires=then")
		}
	}
}

// settle leaves of an import's answer what came of it. Whether it came as a stream
// hangs on how long it took: what fails before the first event has been sent is
// refused by status.
func (a *answer) settle() {
	for _, name := range []string{"Content-Type", "Content-Length", "X-Accel-Buffering"} {
		a.header.Del(name)
	}
	a.body = ticks.ReplaceAll(a.body, nil)
	for _, event := range []string{"report", "error"} {
		a.body = bytes.TrimPrefix(a.body, []byte("event: "+event+"\ndata: "))
	}
	a.body = bytes.TrimSpace(a.body)
	var problem struct {
		Status int `json:"status"`
	}
	if json.Unmarshal(a.body, &problem) == nil && problem.Status != 0 {
		a.status = problem.Status
	}
}

// send asks a handler. The request id is the caller's, so that answers which quote
// it are alike.
func send(h http.Handler, r request) (a answer) {
	q := httptest.NewRequest(r.method, r.target, strings.NewReader(r.body))
	q.Host = "127.0.0.1:8080"
	for name, value := range r.header {
		q.Header.Set(name, value)
	}
	q.Header.Set("X-Request-Id", "two-worlds")
	w := httptest.NewRecorder()
	defer func() {
		if failure := recover(); failure != nil {
			if failure != http.ErrAbortHandler { //nolint:errorlint // it is a value, not a chain
				panic(failure)
			}
			a.broken = true
		}
		a.status, a.header, a.body = w.Code, w.Header().Clone(), w.Body.Bytes()
		a.level(r.target)
	}()
	h.ServeHTTP(w, q)
	return a
}

func (a answer) equal(b answer) bool {
	return a.status == b.status && a.broken == b.broken && bytes.Equal(a.body, b.body) &&
		maps.EqualFunc(a.header, b.header, slices.Equal[[]string])
}

// good reports whether what was asked for was done.
func (a answer) good() bool {
	return a.status < 300 && !bytes.Contains(a.body, []byte(`"isError":true`)) && !bytes.HasPrefix(a.body, []byte(`{"jsonrpc":"2.0","id":1,"error"`))
}

func (a answer) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d", a.status)
	if a.broken {
		b.WriteString(" (broken off)")
	}
	b.WriteByte('\n')
	for _, name := range slices.Sorted(maps.Keys(a.header)) {
		fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(a.header[name], ", "))
	}
	fmt.Fprintf(&b, "\n%s", a.body)
	return b.String()
}

// find returns the texts that the answer has under a name, at any depth.
func (a answer) find(name string) []string {
	var v any
	if json.Unmarshal(a.body, &v) != nil {
		return nil
	}
	var found []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			if text, ok := v[name].(string); ok {
				found = append(found, text)
			}
			for _, key := range slices.Sorted(maps.Keys(v)) {
				walk(v[key])
			}
		}
	}
	walk(v)
	return found
}

// text returns a text of the answer itself, "" if it has none of the name.
func (a answer) text(name string) string {
	var object map[string]any
	if json.Unmarshal(a.body, &object) != nil {
		return ""
	}
	text, _ := object[name].(string)
	return text
}

// records returns the records of a page, each as its JSON text.
func (a answer) records() []string {
	type page struct {
		Records []json.RawMessage `json:"records"`
	}
	var in struct {
		page
		Result struct {
			Page page `json:"structuredContent"`
		} `json:"result"`
	}
	if json.Unmarshal(a.body, &in) != nil {
		return nil
	}
	var texts []string
	for _, r := range append(in.Records, in.Result.Page.Records...) {
		texts = append(texts, string(r))
	}
	return texts
}
