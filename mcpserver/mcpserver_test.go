package mcpserver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/tools"
	"github.com/remit-crm/remit/tool"
)

const (
	ada   remit.ID = "adaaaaaaaaaaaaaaaaaaaaaaaa"
	intru remit.ID = "intruderaaaaaaaaaaaaaaaaaa"
)

// fakeTools has two tools for Ada and one for anybody else.
type fakeTools struct {
	registry *tool.Registry
	err      error
	actor    remit.Actor
}

func newFakeTools(t *testing.T) *fakeTools {
	t.Helper()
	f := &fakeTools{}
	schema := json.RawMessage(`{"type":"object","additionalProperties":false,"properties":{"text":{"type":"string"}}}`)
	type input struct {
		Text string `json:"text"`
	}
	echo := func(_ context.Context, actor remit.Actor, in input) (*tool.Result, error) {
		f.actor = actor
		if f.err != nil {
			return nil, f.err
		}
		raw, err := json.Marshal(map[string]string{"text": in.Text})
		return &tool.Result{JSON: raw, Text: "echoed", Untrusted: true}, err
	}
	registry, err := tool.NewRegistry(
		tool.New(tool.Spec{Name: "count_records", Title: "Count", Description: "Counts.", Schema: schema, Effect: tool.Reads}, echo),
		tool.New(tool.Spec{Name: "delete_record", Title: "Delete", Description: "Deletes.", Schema: schema, Effect: tool.Deletes}, echo),
	)
	if err != nil {
		t.Fatal(err)
	}
	f.registry = registry
	return f
}

func (f *fakeTools) For(_ context.Context, actor remit.Actor) (*tools.Toolbox, error) {
	usable := f.registry
	if actor.Person != ada {
		usable = usable.Only([]string{"count_records"})
	}
	return tools.NewToolbox(usable, f, actor), nil
}

func (f *fakeTools) MayCallTool(context.Context, remit.Actor, map[string]any) error { return nil }

// connect returns a session of the SDK's client as the person, over HTTP.
func connect(t *testing.T, s *Server, person remit.ID) *mcp.ClientSession {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.ServeActor(w, r, remit.Actor{Person: person, Token: "t", Request: "request-1"})
	}))
	t.Cleanup(server.Close)
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), &mcp.StreamableClientTransport{
		Endpoint: server.URL, HTTPClient: &http.Client{Transport: withToken{}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return session
}

type withToken struct{}

func (withToken) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer token")
	return http.DefaultTransport.RoundTrip(r)
}

func newServer(t *testing.T) (*Server, *fakeTools, *bytes.Buffer) {
	t.Helper()
	fake, log := newFakeTools(t), &bytes.Buffer{}
	return New(fake, "test", slog.New(slog.NewTextHandler(log, nil))), fake, log
}

func TestListIsCutToTheActor(t *testing.T) {
	s, _, _ := newServer(t)
	for person, want := range map[remit.ID][]string{ada: {"count_records", "delete_record"}, intru: {"count_records"}} {
		// Ada first or not: what one client was told must not reach the next.
		list, err := connect(t, s, person).ListTools(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, listed := range list.Tools {
			got = append(got, listed.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s sees %v, want %v", person, got, want)
		}
		if list.CacheScope != "private" {
			t.Errorf("the list may be cached as %q", list.CacheScope)
		}
	}
}

func TestListDescribes(t *testing.T) {
	s, _, _ := newServer(t)
	list, err := connect(t, s, ada).ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	count, remove := list.Tools[0], list.Tools[1]
	if count.Title != "Count" || count.InputSchema == nil || count.OutputSchema == nil || !count.Annotations.ReadOnlyHint || *count.Annotations.DestructiveHint {
		t.Errorf("count_records is described as %+v, %+v", count, count.Annotations)
	}
	if remove.Annotations.ReadOnlyHint || !*remove.Annotations.DestructiveHint {
		t.Errorf("delete_record is described as %+v", remove.Annotations)
	}
}

func TestCall(t *testing.T) {
	s, fake, _ := newServer(t)
	result, err := connect(t, s, ada).CallTool(t.Context(), &mcp.CallToolParams{Name: "count_records", Arguments: map[string]any{"text": "hi"}})
	if err != nil {
		t.Fatal(err)
	}
	if text := textOf(result); result.IsError || text != `{"text":"hi"}` {
		t.Errorf("result %+v: %s", result, text)
	}
	if got, _ := result.StructuredContent.(map[string]any); got["text"] != "hi" || result.Meta["remit/untrusted"] != true {
		t.Errorf("structured %v, meta %v", result.StructuredContent, result.Meta)
	}
	if fake.actor.Channel != remit.ChannelMCP || fake.actor.Person != ada || fake.actor.Tool != "count_records" {
		t.Errorf("actor %+v", fake.actor)
	}
}

// TestHiddenToolIsUnknown compares the answers for a tool that the actor may not
// use and one that does not exist.
func TestHiddenToolIsUnknown(t *testing.T) {
	s, _, _ := newServer(t)
	connect(t, s, ada) // the server has been told of every tool
	session := connect(t, s, intru)
	message := func(name string) string {
		_, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: name})
		var rpc *jsonrpc.Error
		if !errors.As(err, &rpc) || rpc.Code != jsonrpc.CodeInvalidParams {
			t.Fatalf("%s: %v", name, err)
		}
		return strings.ReplaceAll(rpc.Message, name, "X")
	}
	if hidden, absent := message("delete_record"), message("remove_nothing"); hidden != absent {
		t.Errorf("hidden: %s; absent: %s", hidden, absent)
	}
	if got := message("count_record"); !strings.Contains(got, `did you mean`) {
		t.Errorf("no suggestion: %s", got)
	}
}

func TestErrors(t *testing.T) {
	s, fake, log := newServer(t)
	session := connect(t, s, ada)
	call := func() (*mcp.CallToolResult, error) {
		return session.CallTool(t.Context(), &mcp.CallToolParams{Name: "count_records"})
	}
	for _, kind := range []remit.Kind{remit.KindInvalid, remit.KindDenied, remit.KindNotFound, remit.KindConflict, remit.KindLimited, remit.KindUnavailable} {
		fake.err = &remit.Error{Kind: kind, Field: "filter.stge", Message: "there is no such field", Hint: `did you mean "stage"?`}
		result, err := call()
		if err != nil || !result.IsError || textOf(result) != `filter.stge: there is no such field (did you mean "stage"?)` || result.Meta["remit/kind"] != kind.String() {
			t.Errorf("%s: %+v, %v", kind, result, err)
		}
	}
	for _, inner := range []error{errors.New("secret table"), &remit.Error{Kind: remit.KindInternal, Message: "secret table"}} {
		fake.err = inner
		_, err := call()
		var rpc *jsonrpc.Error
		if !errors.As(err, &rpc) || rpc.Code != jsonrpc.CodeInternalError || strings.Contains(rpc.Message, "secret") || !strings.Contains(rpc.Message, "request-1") {
			t.Errorf("a fault came out as %v", err)
		}
	}
	if !strings.Contains(log.String(), "secret table") {
		t.Error("the fault is not in the log")
	}
	result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: "count_records", Arguments: map[string]any{"txt": "x"}})
	if err != nil || !result.IsError || !strings.Contains(textOf(result), "text") {
		t.Errorf("a wrong argument: %+v, %v", result, err)
	}
}

// TestInMemory checks that without authentication nothing is listed or called.
func TestInMemory(t *testing.T) {
	s, _, _ := newServer(t)
	here, there := mcp.NewInMemoryTransports()
	served, err := s.server.Connect(t.Context(), there, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer served.Close()
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), here, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if _, err := session.ListTools(t.Context(), nil); err == nil {
		t.Error("tools were listed for nobody")
	}
	if _, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: "count_records"}); err == nil {
		t.Error("a tool was called for nobody")
	}
	if got := session.InitializeResult(); got.Instructions == "" || got.ServerInfo.Name != "remit" {
		t.Errorf("introduced itself as %+v", got)
	}
}

func TestOutputSchemasAreJSON(t *testing.T) {
	for name, schema := range outputs {
		var object map[string]any
		if err := json.Unmarshal([]byte(schema), &object); err != nil || object["type"] != "object" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func textOf(r *mcp.CallToolResult) string {
	if len(r.Content) != 1 {
		return ""
	}
	text, _ := r.Content[0].(*mcp.TextContent)
	return text.Text
}

// BenchmarkCall measures a call over the handler, without a network.
func BenchmarkCall(b *testing.B) {
	t := &testing.T{}
	s := New(newFakeTools(t), "test", slog.New(slog.DiscardHandler))
	body := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"count_records","arguments":{"text":"hi"}}}`
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequestWithContext(context.Background(), "POST", "/mcp", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/json, text/event-stream")
		r.Header.Set("Authorization", "Bearer token")
		w := httptest.NewRecorder()
		s.ServeActor(w, r, remit.Actor{Person: ada, Token: "t"})
		if w.Code != 200 || !strings.Contains(w.Body.String(), "hi") {
			b.Fatal(w.Code, w.Body)
		}
	}
}
