package anthropic

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
	"github.com/remit-crm/remit/llm/llmtest"
	"github.com/remit-crm/remit/llm/wire"
)

func event(kind, data string) string {
	return "event: " + kind + "\ndata: {\"type\":\"" + kind + "\"" + data + "}\n\n"
}

var start = event("message_start", `,"message":{"id":"m","type":"message","role":"assistant","model":"test-model","content":[],"stop_reason":null,"usage":{"input_tokens":9,"cache_read_input_tokens":2,"output_tokens":1}}`) +
	event("ping", "")

func text(index int, chunks ...string) string {
	b := event("content_block_start", fmt.Sprintf(`,"index":%d,"content_block":{"type":"text","text":""}`, index))
	for _, c := range chunks {
		b += event("content_block_delta", fmt.Sprintf(`,"index":%d,"delta":{"type":"text_delta","text":%q}`, index, c))
	}
	return b + event("content_block_stop", fmt.Sprintf(`,"index":%d`, index))
}

func toolUse(index int, id, name string, arguments ...string) string {
	b := event("content_block_start", fmt.Sprintf(`,"index":%d,"content_block":{"type":"tool_use","id":%q,"name":%q,"input":{}}`, index, id, name))
	for _, a := range arguments {
		b += event("content_block_delta", fmt.Sprintf(`,"index":%d,"delta":{"type":"input_json_delta","partial_json":%q}`, index, a))
	}
	return b + event("content_block_stop", fmt.Sprintf(`,"index":%d`, index))
}

func end(reason string) string {
	return event("message_delta", fmt.Sprintf(`,"delta":{"stop_reason":%q,"stop_sequence":null},"usage":{"output_tokens":7}`, reason)) + event("message_stop", "")
}

func newModel(o wire.Options) (llm.Model, error) { return New(o) }

func TestConformance(t *testing.T) {
	llmtest.Run(t, llmtest.Suite{New: newModel, Wire: llmtest.Anthropic()})
}

func complete(t *testing.T, change func(*wire.Options), req llm.Request, body string) (*llm.Response, *http.Request, map[string]any) {
	t.Helper()
	var asked *http.Request
	var sent map[string]any
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r
		raw, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(raw, &sent); err != nil {
			t.Errorf("body: %v", err)
		}
		llmtest.Stream(body)(w, r)
	}))
	defer srv.Close()
	o := wire.Options{Name: "s", BaseURL: srv.URL, Model: "m", Key: wire.NewSecret("k-123456")}
	if change != nil {
		change(&o)
	}
	m, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	res, err := m.Complete(t.Context(), req, nil)
	if err != nil {
		t.Fatal(err)
	}
	return res, asked, sent
}

func TestRequestOnTheWire(t *testing.T) {
	req := llm.Request{MaxTokens: 50, Messages: []llm.Message{
		{Role: llm.System, Text: "S"},
		{Role: llm.User, Text: "Q"},
		{Role: llm.Assistant, Text: "T", Calls: []llm.ToolCall{
			{ID: "c", Name: "f", Arguments: json.RawMessage(`{"a":1}`)}, {ID: "d", Name: "f", Arguments: json.RawMessage(`{"a":`)},
		}},
		{Role: llm.ToolResult, CallID: "c", Text: "R"},
		{Role: llm.ToolResult, CallID: "d", Text: "no JSON", Error: true},
		{Role: llm.Assistant},
		{Role: llm.User, Text: "Q2"},
	}, Tools: []llm.ToolSpec{{Name: "f", Description: "D", Schema: json.RawMessage(`{"type":"object","additionalProperties":false,"required":["a"],"properties":{"a":{"type":"integer"}}}`)}}}
	_, asked, got := complete(t, nil, req, start+text(0, "x")+end("end_turn"))
	var want map[string]any
	err := json.Unmarshal([]byte(`{"model":"m","max_tokens":50,"stream":true,"system":[{"type":"text","text":"S"}],"messages":[
		{"role":"user","content":[{"type":"text","text":"Q"}]},
		{"role":"assistant","content":[{"type":"text","text":"T"},{"type":"tool_use","id":"c","name":"f","input":{"a":1}},{"type":"tool_use","id":"d","name":"f","input":{}}]},
		{"role":"user","content":[
			{"type":"tool_result","tool_use_id":"c","is_error":false,"content":[{"type":"text","text":"R"}]},
			{"type":"tool_result","tool_use_id":"d","is_error":true,"content":[{"type":"text","text":"no JSON"}]},
			{"type":"text","text":"Q2"}]}],
		"tools":[{"name":"f","description":"D","input_schema":{"type":"object","additionalProperties":false,"required":["a"],"properties":{"a":{"type":"integer"}}}}]}`), &want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if asked.URL.Path != "/v1/messages" || asked.Header.Get("X-Api-Key") != "k-123456" || asked.Header.Get("Anthropic-Version") == "" {
		t.Errorf("asked %s with %v", asked.URL, asked.Header)
	}
}

func TestStrayVariablesAreNotUsed(t *testing.T) {
	t.Setenv("ANTHROPIC_API_KEY", "stray")
	t.Setenv("ANTHROPIC_AUTH_TOKEN", "stray")
	t.Setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9/")
	_, asked, _ := complete(t, func(o *wire.Options) { o.Key = wire.Secret{} }, llm.Request{}, start+text(0, "x")+end("end_turn"))
	if asked.Header.Get("X-Api-Key") != "" || asked.Header.Get("Authorization") != "" {
		t.Errorf("a stray variable was sent: %v", asked.Header)
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	if _, err := New(wire.Options{BaseURL: "not an address"}); remit.KindOf(err) != remit.KindInvalid {
		t.Errorf("error %v", err)
	}
	if m, err := New(wire.Options{}); err != nil || m.options.Model != DefaultModel {
		t.Errorf("Anthropic itself: %v", err)
	}
}

func TestOddStreams(t *testing.T) {
	tests := []struct {
		name, body string
		fails      bool
		calls      int
	}{
		{"arguments of no call", start + event("content_block_delta", `,"index":3,"delta":{"type":"input_json_delta","partial_json":"{}"}`) + end("tool_use"), true, 0},
		{"two calls in one place", start + toolUse(0, "a", "f", "{}") + toolUse(0, "b", "f", "{}") + end("tool_use"), true, 0},
		{"an end without a reason", start + text(0, "x") + event("message_stop", ""), true, 0},
		{"thinking", start + event("content_block_start", `,"index":0,"content_block":{"type":"thinking","thinking":"","signature":""}`) + event("content_block_delta", `,"index":0,"delta":{"type":"thinking_delta","thinking":"hm"}`) + toolUse(1, "a", "f") + end("tool_use"), false, 1},
		{"a call cut off by length", start + toolUse(0, "a", "f", `{"n":`) + end("max_tokens"), false, 0},
		{"what comes after the end", start + text(0, "x") + end("end_turn") + strings.Repeat("junk\n", 3), false, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			srv := httptest.NewServer(llmtest.Stream(test.body))
			defer srv.Close()
			m, err := New(wire.Options{Name: "s", BaseURL: srv.URL})
			if err != nil {
				t.Fatal(err)
			}
			res, err := m.Complete(t.Context(), llm.Request{}, nil)
			if test.fails {
				if remit.KindOf(err) != remit.KindUnavailable {
					t.Fatalf("answered %v, %v", res, err)
				}
				return
			}
			if err != nil || len(res.Calls) != test.calls {
				t.Errorf("answered %+v, %v", res, err)
			}
		})
	}
}
