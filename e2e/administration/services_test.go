package administration

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/remit-crm/remit/data/audit"
)

// key is what must be found nowhere.
const key = "sk-very-secret-0123456789"

// model is a service that speaks OpenAI's interface: it has deals read, and then
// answers.
type model struct {
	*httptest.Server
	mu     sync.Mutex
	seen   []string // what tools returned
	keys   []string
	status int    // 0: answer
	fault  string // body of a failure
}

func newModel(tb testing.TB) *model {
	m := &model{}
	m.Server = httptest.NewServer(http.HandlerFunc(m.serve))
	tb.Cleanup(m.Close)
	return m
}

func (m *model) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keys = append(m.keys, r.Header.Get("Authorization"))
	if m.status != 0 {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(m.status)
		_, _ = fmt.Fprintf(w, `{"error":{"message":%q}}`, m.fault)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	var in struct {
		Messages []struct{ Role, Content string }
		Tools    []any
	}
	_ = json.Unmarshal(body, &in)
	last := in.Messages[len(in.Messages)-1]
	if last.Role == "tool" {
		m.seen = append(m.seen, last.Content)
	}
	if last.Role != "tool" && len(in.Tools) > 0 {
		_, _ = io.WriteString(w, `data: {"model":"m-2026","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"query_records","arguments":"{\"collection\":\"opportunities\"}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1000,"completion_tokens":10}}`+"\n\ndata: [DONE]\n\n")
		return
	}
	_, _ = io.WriteString(w, `data: {"model":"m-2026","choices":[{"index":0,"delta":{"content":"Ready."},"finish_reason":"stop"}],"usage":{"prompt_tokens":500,"completion_tokens":20}}`+"\n\ndata: [DONE]\n\n")
}

// last returns what the tool returned last.
func (m *model) last() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.seen) == 0 {
		return ""
	}
	return m.seen[len(m.seen)-1]
}

// ask asks Viz over a server and returns the result.
func (w *world) ask(server int, as string) reply {
	w.tb.Helper()
	req := map[string]any{"employee": "viz", "question": "Which deals are there?"}
	text, err := json.Marshal(req)
	w.must(err)
	r, err := http.NewRequestWithContext(w.tb.Context(), http.MethodPost, w.servers[server].URL+"/api/ask", strings.NewReader(string(text)))
	w.must(err)
	r.Header.Set("Authorization", "Bearer "+w.secrets[as])
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	res, err := http.DefaultClient.Do(r)
	w.must(err)
	defer func() { _ = res.Body.Close() }()
	all, err := io.ReadAll(res.Body)
	w.must(err)
	out := reply{status: res.StatusCode, body: string(all)}
	_ = json.Unmarshal(all, &out.json)
	return out
}

func TestServicesTakeEffectEverywhere(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		m := newModel(t)
		service := map[string]any{
			"name": "house", "provider": "openai", "base_url": m.URL + "/v1", "key": key, "model": "m", "default": true, "egress": "public",
			"models": []any{map[string]any{"name": "m", "input_price": "2.50", "output_price": "10"}},
		}
		w.refused(http.MethodGet, "/api/services", nil, "Ann", "Otto")
		w.refused(http.MethodPost, "/api/services", service, "Ann", "Otto")
		w.send(1, "Ada", http.MethodGet, "/api/services", nil) // both servers run
		added := w.send(0, "Ada", http.MethodPost, "/api/services", service)
		if added.status != http.StatusCreated || added.json["has_key"] != true || added.json["default"] != true {
			t.Fatalf("added: %d %s", added.status, added.body)
		}
		w.refused(http.MethodPatch, "/api/services/house", map[string]any{"egress": "restricted"}, "Ann", "Otto")
		w.refused(http.MethodDelete, "/api/services/house", nil, "Ann", "Otto")
		w.refused(http.MethodPost, "/api/services/house/test", map[string]any{}, "Ann", "Otto")

		// The other server uses it at once, and holds it to its egress limit.
		steps := []struct {
			egress        string
			named, amount bool
		}{{"public", false, false}, {"restricted", true, true}, {"internal", true, false}}
		for _, step := range steps {
			w.ok("Ada", http.MethodPatch, "/api/services/house", map[string]any{"egress": step.egress})
			r := w.ask(1, "Ann")
			if r.status != http.StatusOK || r.json["service"] != "house" || !strings.Contains(r.body, "Ready.") {
				t.Fatalf("asked: %d %s", r.status, r.body)
			}
			if got := m.last(); strings.Contains(got, `"stage"`) != step.named || strings.Contains(got, `"amount"`) != step.amount {
				t.Errorf("egress %s: the model reads %s", step.egress, got)
			}
		}
		if m.keys[0] != "Bearer "+key {
			t.Errorf("the service was sent %q", m.keys[0])
		}
		w.usageIsKept(t)
		w.budgetHolds(t)
		if r := w.send(0, "Ada", http.MethodDelete, "/api/services/house", nil); r.status != http.StatusNoContent {
			t.Errorf("removed: %d %s", r.status, r.body)
		}
		w.keyIsNowhere(t, added.body, w.ok("Ada", http.MethodGet, "/api/services", nil).body)
	})
}

// usageIsKept checks what three runs of two turns each have cost.
func (w *world) usageIsKept(t *testing.T) {
	t.Helper()
	tests := []struct{ as, by, want string }{
		{"Ann", "employee", `{"by":"employee","whose":"own","usage":[{"key":"viz","name":"Viz","runs":3,"input_tokens":4500,"output_tokens":90,"cost":"0.01215","currency":"USD"}]}`},
		{"Ann", "person", fmt.Sprintf(`{"by":"person","whose":"own","usage":[{"key":%q,"name":"Ann","runs":3,"input_tokens":4500,"output_tokens":90,"cost":"0.01215","currency":"USD"}]}`, w.people["Ann"])},
		{"Bob", "service", `{"by":"service","whose":"own","usage":[]}`},
		{"Dee", "service", `{"by":"service","whose":"all","usage":[{"key":"house","runs":3,"input_tokens":4500,"output_tokens":90,"cost":"0.01215","currency":"USD"}]}`},
		{"Dee", "model", `{"by":"model","whose":"all","usage":[{"key":"house/m-2026","runs":3,"input_tokens":4500,"output_tokens":90,"cost":"0.01215","currency":"USD"}]}`},
		{"Otto", "employee", `{"by":"employee","whose":"all","usage":[{"key":"viz","name":"Viz","runs":3,"input_tokens":4500,"output_tokens":90,"cost":"0.01215","currency":"USD"}]}`},
	}
	for _, test := range tests {
		if r := w.ok(test.as, http.MethodGet, "/api/usage?by="+test.by, nil); strings.TrimSpace(r.body) != test.want {
			t.Errorf("%s by %s: %s, want %s", test.as, test.by, r.body, test.want)
		}
	}
	for _, nothing := range []string{"to=2020-01-01", "employee=other", "service=other", "person=" + string(w.people["Bob"])} {
		if r := w.ok("Dee", http.MethodGet, "/api/usage?"+nothing, nil); strings.Contains(r.body, "viz") {
			t.Errorf("%s: %s", nothing, r.body)
		}
	}
	of := "/api/usage?employee=viz&service=house&person=" + string(w.people["Ann"])
	for as, want := range map[string]bool{"Dee": true, "Ann": true, "Bob": false} { // Bob asks for somebody else's
		if r := w.ok(as, http.MethodGet, of, nil); strings.Contains(r.body, "viz") != want {
			t.Errorf("%s asks for Ann's: %s", as, r.body)
		}
	}
	for _, bad := range []string{"by=month", "from=yesterday", "since=2020-01-01"} {
		if r := w.send(0, "Dee", http.MethodGet, "/api/usage?"+bad, nil); r.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", bad, r.status, r.body)
		}
	}
	if r := w.send(0, "Ann/viz", http.MethodGet, "/api/usage", nil); r.status != http.StatusForbidden {
		t.Errorf("an AI: %d %s", r.status, r.body)
	}
}

// budgetHolds gives Viz a budget that Ann has used up and Bob has not.
func (w *world) budgetHolds(t *testing.T) {
	t.Helper()
	document, epoch := w.held("Ada")
	document["employees"].([]any)[0].(map[string]any)["remit"].(map[string]any)["tokens_per_day"] = 4000
	w.ok("Ada", http.MethodPut, "/api/policy", map[string]any{"document": document, "epoch": epoch})
	if r := w.ask(1, "Ann"); r.status != http.StatusTooManyRequests || !strings.Contains(r.body, "4000 tokens a day") {
		t.Errorf("Ann, who has used up hers: %d %s", r.status, r.body)
	}
	if r := w.ask(1, "Bob"); r.status != http.StatusOK {
		t.Errorf("Bob: %d %s", r.status, r.body)
	}
	if r := w.ok("Bob", http.MethodGet, "/api/usage?person="+string(w.people["Ann"]), nil); strings.Contains(r.body, "viz") {
		t.Errorf("Bob asks for Ann's, and is told his own: %s", r.body)
	}
	use := func(name string, used int) string {
		return fmt.Sprintf(`{"id":%q,"name":%q,"used_tokens":%d}`, w.people[name], name, used)
	}
	for as, want := range map[string]struct{ whose, people string }{
		"Ada": {"all", use("Ann", 4590) + "," + use("Bob", 1530)}, "Otto": {"all", use("Ann", 4590) + "," + use("Bob", 1530)}, "Bob": {"own", use("Bob", 1530)},
	} {
		r := w.ok(as, http.MethodGet, "/api/usage/budgets", nil)
		told := fmt.Sprintf(`"whose":%q,"budgets":[{"employee":"viz","title":"Viz","tokens_per_day":4000,"people":[%s]}]}`, want.whose, want.people)
		if !strings.Contains(r.body, told) {
			t.Errorf("budgets for %s: %s, want %s", as, r.body, told)
		}
	}
	if r := w.send(0, "Ann/viz", http.MethodGet, "/api/usage/budgets", nil); r.status != http.StatusForbidden {
		t.Errorf("budgets for an AI: %d %s", r.status, r.body)
	}
}

// TestAServiceTellsWhoUsesItAndHowItDid looks at what the screen of services shows
// beside their settings, and at two people who change one at once.
func TestAServiceTellsWhoUsesItAndHowItDid(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		m := newModel(t)
		service := map[string]any{"name": "house", "provider": "openai", "base_url": m.URL + "/v1", "key": key, "model": "m"}
		read := w.ok("Dee", http.MethodPost, "/api/services", service).json
		document, epoch := w.held("Ada")
		document["employees"].([]any)[0].(map[string]any)["service"] = "house"
		w.ok("Ada", http.MethodPut, "/api/policy", map[string]any{"document": document, "epoch": epoch})
		w.ok("Dee", http.MethodPost, "/api/services/house/test", map[string]any{})
		w.ok("Dee", http.MethodPost, "/api/services/offline/test", map[string]any{})
		body := w.ok("Dee", http.MethodGet, "/api/services", nil).body
		if strings.Count(body, `"last_test":{"at":"`) != 2 || !strings.Contains(body, `"used_by":[{"name":"viz","title":"Viz"}]`) || !strings.Contains(body, `"model":"m-2026","message":"The service answers."`) {
			t.Errorf("tried and used: %s", body)
		}

		change := func(model string) reply {
			return w.send(0, "Dee", http.MethodPatch, "/api/services/house", map[string]any{"model": model, "version": read["version"]})
		}
		first := change("n")
		if first.status != http.StatusOK || first.json["version"] == read["version"] || first.json["last_test"] != nil {
			t.Errorf("changed, so that the test says nothing of it any more: %d %s", first.status, first.body)
		}
		if r := change("o"); r.status != http.StatusConflict {
			t.Errorf("changed what somebody else has changed: %d %s", r.status, r.body)
		}
		w.send(0, "Dee", http.MethodDelete, "/api/services/house", nil)
		if r := w.ok("Dee", http.MethodPost, "/api/services", service); r.json["last_test"] != nil {
			t.Errorf("made anew: %s", r.body)
		}
	})
}

// keyIsNowhere looks for the key in answers, logs, the audit and the files.
func (w *world) keyIsNowhere(t *testing.T, texts ...string) {
	t.Helper()
	records, err := w.store.Audit.Tail(t.Context(), audit.Filter{Limit: 1000, Details: true})
	w.must(err)
	services := 0
	for _, r := range records {
		texts = append(texts, fmt.Sprintf("%+v %s", r.Entry, r.Details))
		if strings.HasPrefix(string(r.Operation), "service.") {
			services++
		}
	}
	if services != 5 {
		t.Errorf("%d entries about services, want 5: added, changed three times, removed", services)
	}
	for _, s := range w.servers {
		texts = append(texts, s.Log())
	}
	if path, ok := strings.CutPrefix(w.in.Database, "sqlite:"); ok {
		files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
		w.must(err)
		for _, file := range files {
			content, err := os.ReadFile(file)
			w.must(err)
			texts = append(texts, string(content))
		}
	}
	for _, text := range texts {
		if strings.Contains(text, key) {
			t.Errorf("the key is in %.300s", text)
		}
	}
}

func TestServiceInputIsChecked(t *testing.T) {
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "remit.db"))
	tests := []struct {
		what   string
		change map[string]any
		status int
	}{
		{"good", map[string]any{"name": "good"}, http.StatusCreated},
		{"taken", map[string]any{"name": "good"}, http.StatusConflict},
		{"built in", map[string]any{"name": "offline"}, http.StatusConflict},
		{"no name", map[string]any{"name": ""}, http.StatusBadRequest},
		{"unknown provider", map[string]any{"provider": "acme"}, http.StatusBadRequest},
		{"unknown member", map[string]any{"api_key": "x"}, http.StatusBadRequest},
		{"plain HTTP elsewhere", map[string]any{"base_url": "http://llm.example.com/v1"}, http.StatusBadRequest},
		{"plain HTTP that is meant", map[string]any{"name": "lan", "base_url": "http://10.0.0.7:8000/v1", "insecure": true}, http.StatusCreated},
		{"this machine", map[string]any{"name": "local", "base_url": "http://127.0.0.1:11434/v1"}, http.StatusCreated},
		{"a password in the URL", map[string]any{"base_url": "https://me:secret@llm.example.com/v1"}, http.StatusBadRequest},
		{"a key in the URL", map[string]any{"base_url": "https://llm.example.com/v1?api_key=secret"}, http.StatusBadRequest},
		{"metadata by address", map[string]any{"base_url": "https://169.254.169.254/v1"}, http.StatusBadRequest},
		{"metadata, mapped", map[string]any{"base_url": "https://[::ffff:169.254.169.254]/v1", "insecure": true}, http.StatusBadRequest},
		{"metadata by name", map[string]any{"base_url": "http://metadata.google.internal./v1", "insecure": true}, http.StatusBadRequest},
		{"link-local", map[string]any{"base_url": "https://[fe80::1]/v1"}, http.StatusBadRequest},
		{"another scheme", map[string]any{"base_url": "file:///etc/passwd"}, http.StatusBadRequest},
		{"a key of two lines", map[string]any{"key": "a\nb"}, http.StatusBadRequest},
		{"egress", map[string]any{"egress": "secret"}, http.StatusBadRequest},
		{"a price", map[string]any{"models": []any{map[string]any{"name": "m", "input_price": "-1"}}}, http.StatusBadRequest},
		{"a price that is too exact", map[string]any{"models": []any{map[string]any{"name": "m", "input_price": "0.1234567"}}}, http.StatusBadRequest},
		{"a time-out", map[string]any{"timeout_seconds": 3601}, http.StatusBadRequest},
	}
	for _, test := range tests {
		body := map[string]any{"name": "one", "provider": "openai", "base_url": "https://llm.example.com/v1", "model": "m", "key": key}
		for k, v := range test.change {
			body[k] = v
		}
		r := w.send(0, "Dee", http.MethodPost, "/api/services", body)
		if r.status != test.status || strings.Contains(r.body, key) {
			t.Errorf("%s: %d, want %d: %s", test.what, r.status, test.status, r.body)
		}
	}
	// A key is not sent elsewhere by somebody who does not know it.
	if r := w.send(0, "Dee", http.MethodPatch, "/api/services/good", map[string]any{"base_url": "https://evil.example.com/v1"}); r.status != http.StatusBadRequest || !strings.Contains(r.body, "again") {
		t.Errorf("moved with its key: %d %s", r.status, r.body)
	}
	if r := w.send(0, "Dee", http.MethodPatch, "/api/services/absent", map[string]any{"model": "x"}); r.status != http.StatusNotFound {
		t.Errorf("absent: %d %s", r.status, r.body)
	}
}

func TestServicesAreTried(t *testing.T) {
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "remit.db"))
	m := newModel(t)
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	tests := []struct {
		name, url, fault string
		status           int
		problem          string
	}{
		{"fine", m.URL, "", 0, ""},
		{"wrong-key", m.URL, "Incorrect API key provided: " + key, http.StatusUnauthorized, "key"},
		{"wrong-model", m.URL, "The model m does not exist", http.StatusNotFound, "model"},
		{"rejected", m.URL, "bad request by " + key, http.StatusBadRequest, "request"},
		{"full", m.URL, "slow down", http.StatusTooManyRequests, "overloaded"},
		{"untrusted", secure.URL, "", 0, "tls"},
		{"gone", gone.URL, "", 0, "unreachable"},
	}
	for _, test := range tests {
		m.mu.Lock()
		m.status, m.fault = test.status, test.fault
		m.mu.Unlock()
		w.ok("Dee", http.MethodPost, "/api/services", map[string]any{"name": test.name, "provider": "openai", "base_url": test.url, "model": "m", "key": key})
		r := w.ok("Dee", http.MethodPost, "/api/services/"+test.name+"/test", map[string]any{})
		problem, _ := r.json["problem"].(string)
		if problem != test.problem || (r.json["ok"] == true) != (test.problem == "") || strings.Contains(r.body, key) {
			t.Errorf("%s: %s, want %q", test.name, r.body, test.problem)
		}
	}
	if r := w.ok("Dee", http.MethodPost, "/api/services/offline/test", map[string]any{}); r.json["ok"] != true {
		t.Errorf("the planner: %s", r.body)
	}
	if strings.Contains(w.servers[0].Log(), key) {
		t.Error("the key is in the log")
	}
}
