package providers

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/remit-crm/remit/e2e/testserver"
	"github.com/remit-crm/remit/llm/llmtest"
)

func TestMain(m *testing.M) { os.Exit(testserver.Main(m)) }

// client is Ann before a server.
type client struct{ url, token string }

// send returns the body of the answer.
func (c client) send(t *testing.T, method, path, body, accept string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", accept)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Errorf("the answer to %s %s broke off: %v", method, path, err)
	}
	return response.StatusCode, string(raw)
}

// decoded is send for an answer of JSON.
func (c client) decoded(t *testing.T, method, path, body string, into any) {
	t.Helper()
	status, answer := c.send(t, method, path, body, "application/json")
	if err := json.Unmarshal([]byte(answer), into); err != nil || status >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
}

// ended is what the last two events of a stream say.
type ended struct {
	End     string `json:"end"`
	Answer  string `json:"answer"`
	Message string `json:"message"`
}

// lastOf returns the last event of a stream, which must be the answer right behind
// the end.
func lastOf(t *testing.T, stream string) (last ended) {
	t.Helper()
	var names, values []string
	for line := range strings.Lines(stream) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "event":
			names = append(names, value)
		case "data":
			values = append(values, value)
		}
	}
	n := len(names)
	if n < 3 || n != len(values) || names[0] != "started" || names[n-2] != "end" || names[n-1] != "answer" {
		t.Fatalf("events %v", names)
	}
	if err := json.Unmarshal([]byte(values[n-1]), &last); err != nil {
		t.Fatal(err)
	}
	return last
}

// serve starts a server whose AI employees answer by the service.
func serve(t *testing.T, provider, base string) (*testserver.Server, client) {
	t.Helper()
	in := testserver.NewSQLite(t)
	in.Environment = []string{"FAULTY_KEY=" + llmtest.Key}
	config := filepath.Join(t.TempDir(), "remit.yaml")
	text := fmt.Sprintf("models:\n  services:\n    - {name: remote, provider: %s, base_url: %q, model: m, key_env: FAULTY_KEY, idle: %s, timeout: %s, retries: %d}\n",
		provider, base, llmtest.FaultyIdle, llmtest.FaultyTimeout, llmtest.FaultyRetries)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	server := in.Serve(t, "--config", config)
	return server, client{server.URL, in.Hire(t)}
}

// TestFaultyServices asks a server before each faulty service, in a conversation and
// outside, and reads how the stream ends, and the conversation afterwards.
func TestFaultyServices(t *testing.T) {
	for name, provider := range map[string]struct {
		wire llmtest.Wire
		path string
	}{"openai": {llmtest.OpenAI(), "/v1"}, "anthropic": {llmtest.Anthropic(), ""}} {
		service := llmtest.Faulty(t, provider.wire)
		server, ann := serve(t, name, service.URL+provider.path)
		t.Run(name, func(t *testing.T) {
			for _, fault := range llmtest.Faults() {
				t.Run(fault.Name, func(t *testing.T) {
					t.Parallel()
					ann.asksAtOnce(t, fault)
					ann.converses(t, fault)
				})
			}
		})
		if strings.Contains(server.Log(), llmtest.Key) {
			t.Error("the key is in the log")
		}
		if !server.Running() {
			t.Errorf("the server is gone:\n%s", server.Log())
		}
	}
}

func (c client) asksAtOnce(t *testing.T, fault llmtest.Fault) {
	t.Helper()
	body := fmt.Sprintf(`{"employee":"viz","question":%q}`, fault.Question("ask"))
	status, stream := c.send(t, http.MethodPost, "/api/ask", body, "text/event-stream")
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, stream)
	}
	last := lastOf(t, stream)
	honest(t, fault, stream, last.End, last.Answer)
}

func (c client) converses(t *testing.T, fault llmtest.Fault) {
	t.Helper()
	var made struct{ ID string }
	c.decoded(t, http.MethodPost, "/api/conversations", `{"employee":"viz"}`, &made)
	path := "/api/conversations/" + made.ID
	status, stream := c.send(t, http.MethodPost, path+"/turns", fmt.Sprintf(`{"question":%q}`, fault.Question("turn")), "text/event-stream")
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, stream)
	}
	last := lastOf(t, stream)
	honest(t, fault, stream, last.End, last.Answer+last.Message)
	var kept struct {
		Turns []struct {
			State string
			ended
		}
	}
	c.decoded(t, http.MethodGet, path, "", &kept)
	if len(kept.Turns) != 1 || kept.Turns[0].State != "ended" {
		t.Fatalf("kept %+v", kept)
	}
	honest(t, fault, "", kept.Turns[0].End, kept.Turns[0].Answer+kept.Turns[0].Message)
}

// honest fails unless the end is the one that the fault has to have.
func honest(t *testing.T, fault llmtest.Fault, stream, end, says string) {
	t.Helper()
	if end != fault.End || !strings.Contains(says, fault.Says) {
		t.Errorf("ended as %s, %.200q; want %s that says %q", end, says, fault.End, fault.Says)
	}
	if end == "service_error" && strings.Contains(says, "Hel") {
		t.Errorf("a beginning is given for an answer: %q", says)
	}
	if strings.Contains(stream+says, llmtest.Key) {
		t.Errorf("the key is shown: %.300q", stream)
	}
}
