package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/remit-crm/remit/data/datatest/pgtest"
)

// house is an installation in a folder of its own, with a server.
type house struct {
	url      string
	token    string // Ann's
	dir      string
	database string
}

// command runs a command line and returns what it printed.
func (h *house) command(t *testing.T, args ...string) string {
	t.Helper()
	var out, errors bytes.Buffer
	if code := run(t.Context(), args, h.world(&out, &errors)); code != exitDone {
		t.Fatalf("remit %s: exit %d: %s", strings.Join(args, " "), code, errors.String())
	}
	return out.String()
}

func (h *house) world(out, errors io.Writer) world {
	env := map[string]string{"REMIT_DATABASE": h.database}
	if strings.HasPrefix(h.database, "postgres:") {
		env["REMIT_MASTER_KEY"] = strings.Repeat("07", 32)
	}
	return world{in: strings.NewReader(""), out: out, errors: errors, operator: "test", env: func(name string) string { return env[name] }}
}

func (h *house) file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(h.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// newHouse makes an installation on SQLite with two reps and their deals, and
// serves it until the test ends.
func newHouse(t *testing.T) *house {
	t.Helper()
	return newHouseOn(t, "sqlite:"+filepath.Join(t.TempDir(), "remit.db"))
}

func newHouseOn(t *testing.T, database string) *house {
	t.Helper()
	h := &house{dir: t.TempDir(), database: database}
	h.command(t, "import", "people", h.file(t, "people.csv", "name,email\nAnn Ames,ann@example.com\nBob Bell,bob@example.com\n"), "--role", "sales-rep")
	h.command(t, "import", "opportunities", h.file(t, "deals.csv", "name,owner,stage,amount\nAnn one,Ann Ames,won,10\nAnn two,Ann Ames,lost,20\nBob one,Bob Bell,won,1000\n"), "--map", "owner=owner_id")
	h.token = strings.TrimSpace(h.command(t, "token", "create", "--user", "ann@example.com"))
	h.serve(t)
	return h
}

func (h *house) serve(t *testing.T) {
	t.Helper()
	read, write := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	code := make(chan int, 1)
	var log bytes.Buffer
	go func() { code <- run(ctx, []string{"serve", "--addr", "127.0.0.1:0"}, h.world(write, &log)) }()
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	h.url = strings.TrimSpace(strings.TrimPrefix(line, "serving on "))
	t.Cleanup(func() {
		stop()
		if got := <-code; got != exitDone {
			t.Errorf("the server exited with %d", got)
		}
		if strings.Contains(log.String(), "level=ERROR") {
			t.Errorf("the server logged:\n%s", log.String())
		}
	})
}

func (h *house) post(t *testing.T, path, body string) (int, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+h.token)
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatalf("%s %s: %v", path, body, err)
	}
	return response.StatusCode, answer
}

// TestServe asks one installation the same over HTTP and MCP: Ann sees her two
// deals and nothing of Bob's.
func TestServe(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { testServe(t, newHouse(t)) })
	t.Run("postgres", func(t *testing.T) { testServe(t, newHouseOn(t, pgtest.URL(t))) })
}

func testServe(t *testing.T, h *house) {
	if status, answer := h.post(t, "/api/collections/opportunities/count", `{}`); status != 200 || answer["count"] != 2.0 {
		t.Errorf("count: %d %v", status, answer)
	}
	status, answer := h.post(t, "/api/collections/opportunities/aggregate", `{"measures":[{"fn":"sum","field":"amount","as":"sum"}]}`)
	if rows, _ := answer["rows"].([]any); status != 200 || len(rows) != 1 || rows[0].(map[string]any)["sum"] != 30.0 {
		t.Errorf("aggregate: %d %v", status, answer)
	}
	session := h.client(t)
	list, err := session.ListTools(t.Context(), nil)
	if err != nil || len(list.Tools) == 0 {
		t.Fatalf("tools: %v, %v", list, err)
	}
	for _, listed := range list.Tools {
		if !listed.Annotations.ReadOnlyHint {
			t.Errorf("a person's own agent is offered %s", listed.Name)
		}
	}
	result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: "count_records", Arguments: map[string]any{"collection": "opportunities"}})
	if err != nil || result.IsError {
		t.Fatalf("count_records: %+v, %v", result, err)
	}
	if got, _ := result.StructuredContent.(map[string]any); got["count"] != 2.0 {
		t.Errorf("count_records: %v", got)
	}
}

func (h *house) client(t *testing.T) *mcp.ClientSession {
	t.Helper()
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), &mcp.StreamableClientTransport{
		Endpoint: h.url + "/mcp", HTTPClient: &http.Client{Transport: bearer(h.token)},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return session
}

type bearer string

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

// TestRefusals sends what the lens refuses: each answer is a problem that names
// the place, and none is a fault.
func TestRefusals(t *testing.T) {
	h := newHouse(t)
	const query = "/api/collections/opportunities/query"
	tests := []struct {
		name, path, body, field string
		status                  int
	}{
		{"unknown collection", "/api/collections/oportunities/query", `{}`, "collection", 404},
		{"hidden collection", "/api/collections/people_roles/query", `{}`, "collection", 404},
		{"unknown source", query, `{"data_source":"elsewhere"}`, "collection", 404},
		{"unknown field", query, `{"filter":{"stge":"won"}}`, "filter.stge", 400},
		{"unknown operator", query, `{"filter":{"stage":{"$eqq":"won"}}}`, "filter.stage.$eqq", 400},
		{"unknown option", query, `{"filter":{"stage":"wonn"}}`, "filter.stage", 400},
		{"huge number", query, `{"filter":{"amount":{"$gt":99999999999999999999999999}}}`, "filter.amount.$gt", 400},
		{"number of a kind", query, `{"filter":{"probability":1e400}}`, "filter.probability", 400},
		{"limit 0", query, `{"limit":0}`, "limit", 400},
		{"limit -1", query, `{"limit":-1}`, "limit", 400},
		{"limit 1e9", query, `{"limit":1000000000}`, "limit", 400},
		{"unknown sort", query, `{"sort":["-amnt"]}`, "sort[0]", 400},
		{"cursor", query, `{"cursor":"abc"}`, "cursor", 400},
		{"deep", query, `{"filter":` + strings.Repeat(`{"$not":`, 40) + `{"stage":"won"}` + strings.Repeat(`}`, 40) + `}`, "", 400},
		{"no measures", "/api/collections/opportunities/aggregate", `{}`, "measures", 400},
		{"unknown function", "/api/collections/opportunities/aggregate", `{"measures":[{"fn":"median","field":"amount"}]}`, "measures[0].fn", 400},
		{"short search", "/api/collections/accounts/search", `{"text":"a"}`, "text", 400},
		{"export", "/api/collections/opportunities/export", `{}`, "", 403},
		{"required", "/api/collections/accounts/records", `{"values":{}}`, "", 0},
		{"unknown value", "/api/collections/opportunities/records", `{"values":{"amnt":1}}`, "", 400},
		{"wrong value", "/api/collections/opportunities/records", `{"values":{"close_date":"2026-02-30"}}`, "", 400},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			status, problem := h.post(t, test.path, test.body)
			if status >= 500 || status < 400 || (test.status != 0 && status != test.status) {
				t.Errorf("status %d, want %d: %v", status, test.status, problem)
			}
			if field, _ := problem["field"].(string); test.field != "" && field != test.field {
				t.Errorf("at %q, want %q: %v", field, test.field, problem)
			}
			if problem["detail"] == "" || problem["kind"] == nil || problem["request_id"] == nil {
				t.Errorf("problem %v", problem)
			}
		})
	}
}

// TestRevokedTokenIsDead checks law 8 over HTTP and MCP: what starts after the
// revocation has committed is refused.
func TestRevokedTokenIsDead(t *testing.T) {
	h := newHouse(t)
	session := h.client(t)
	var listed struct {
		Tokens []struct{ ID string } `json:"tokens"`
	}
	if err := json.Unmarshal([]byte(h.command(t, "token", "list", "--user", "ann@example.com", "--json")), &listed); err != nil {
		t.Fatal(err)
	}
	if status, _ := h.post(t, "/api/collections/opportunities/count", `{}`); status != 200 {
		t.Fatalf("before: %d", status)
	}
	h.command(t, "token", "revoke", "--user", "ann@example.com", listed.Tokens[0].ID)
	if status, answer := h.post(t, "/api/collections/opportunities/count", `{}`); status != 401 {
		t.Errorf("after: %d %v", status, answer)
	}
	if _, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: "count_records", Arguments: map[string]any{"collection": "opportunities"}}); err == nil {
		t.Error("after: MCP still answers")
	}
	if _, err := session.ListTools(t.Context(), nil); err == nil {
		t.Error("after: MCP still lists")
	}
}
