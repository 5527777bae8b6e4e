package openai

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

func event(v string) string { return "data: " + v + "\n\n" }

func chunk(delta string) string {
	return event(`{"id":"x","object":"chat.completion.chunk","model":"test-model","choices":[{"index":0,"delta":` + delta + `,"finish_reason":null}]}`)
}

func text(s string) string { return chunk(fmt.Sprintf(`{"content":%q}`, s)) }

func end(reason string) string {
	return event(`{"id":"x","model":"test-model","choices":[{"index":0,"delta":{},"finish_reason":"`+reason+`"}]}`) +
		event(`{"id":"x","model":"test-model","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}}`) +
		event("[DONE]")
}

func newModel(o wire.Options) (llm.Model, error) { return New(o) }

func TestConformance(t *testing.T) {
	llmtest.Run(t, llmtest.Suite{New: newModel, Wire: llmtest.OpenAI()})
}

// complete asks a model before a server that answers with body, and returns the
// request that it got.
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
	o := wire.Options{Name: "s", BaseURL: srv.URL + "/openai/v1", Model: "m", Key: wire.NewSecret("k-123456")}
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
		{Role: llm.Assistant, Calls: []llm.ToolCall{{ID: "c", Name: "f", Arguments: json.RawMessage(`{"a":`)}}},
		{Role: llm.ToolResult, CallID: "c", Text: "R"},
		{Role: llm.Assistant, Text: "A"},
	}, Tools: []llm.ToolSpec{{Name: "f", Description: "D", Schema: json.RawMessage(`{"type":"object","properties":{}}`)}}}
	_, asked, got := complete(t, nil, req, text("x")+end("stop"))
	var want map[string]any
	err := json.Unmarshal([]byte(`{"model":"m","max_tokens":50,"stream":true,"stream_options":{"include_usage":true},"messages":[
		{"role":"system","content":"S"},{"role":"user","content":"Q"},
		{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
		{"role":"tool","tool_call_id":"c","content":"R"},{"role":"assistant","content":"A"}],
		"tools":[{"type":"function","function":{"name":"f","description":"D","parameters":{"type":"object","properties":{}}}}]}`), &want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if asked.URL.Path != "/openai/v1/chat/completions" || asked.Header.Get("Authorization") != "Bearer k-123456" {
		t.Errorf("asked %s with %q", asked.URL, asked.Header.Get("Authorization"))
	}
}

func TestKeysAndAddresses(t *testing.T) {
	question := llm.Request{Model: "other", Messages: []llm.Message{{Role: llm.User, Text: "Q"}}}
	_, asked, sent := complete(t, func(o *wire.Options) { o.KeyHeader, o.BaseURL = "Api-Key", o.BaseURL+"?api-version=2026-01-01" }, question, text("x")+end("stop"))
	if asked.Header.Get("Api-Key") != "k-123456" || asked.Header.Get("Authorization") != "" {
		t.Errorf("headers %v", asked.Header)
	}
	if asked.URL.Query().Get("api-version") != "2026-01-01" {
		t.Errorf("asked %s", asked.URL)
	}
	if sent["model"] != "other" {
		t.Errorf("model %v", sent["model"])
	}
	t.Setenv("OPENAI_API_KEY", "stray")
	t.Setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/")
	_, asked, _ = complete(t, func(o *wire.Options) { o.Key = wire.Secret{} }, question, text("x")+end("stop"))
	if got := asked.Header.Get("Authorization"); got != "" {
		t.Errorf("a stray variable was sent: %q", got)
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	for _, o := range []wire.Options{{BaseURL: "not an address"}, {BaseURL: "http://127.0.0.1:11434/v1"}, {BaseURL: "http://[::1"}} {
		if _, err := New(o); remit.KindOf(err) != remit.KindInvalid {
			t.Errorf("%s: %v", o.BaseURL, err)
		}
	}
	if m, err := New(wire.Options{}); err != nil || m.options.Model != DefaultModel || !m.own {
		t.Errorf("OpenAI itself: %v", err)
	}
}

// What servers other than OpenAI's really send.
func TestDialects(t *testing.T) {
	call := func(index int, id, name, arguments string) string {
		return chunk(fmt.Sprintf(`{"tool_calls":[{"index":%d,"id":%q,"function":{"name":%q,"arguments":%q}}]}`, index, id, name, arguments))
	}
	tests := []struct {
		name, body string
		want       []string
	}{
		{"every call has index 0 (Ollama)", call(0, "a", "f", `{"n":1}`) + call(0, "b", "f", `{"n":2}`) + end("tool_calls"), []string{`a f {"n":1}`, `b f {"n":2}`}},
		{"no ids", call(0, "", "f", `{}`) + call(1, "", "g", `{}`) + end("tool_calls"), []string{`call_0 f {}`, `call_1 g {}`}},
		{"the end is called stop", call(0, "a", "f", `{}`) + end("stop"), []string{`a f {}`}},
		{"the name comes again", call(0, "a", "f", `{"n"`) + call(0, "a", "f", `:1}`) + end("tool_calls"), []string{`a f {"n":1}`}},
		{"interleaved", call(0, "a", "f", `{"n"`) + call(1, "b", "g", `{`) + chunk(`{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}`) + chunk(`{"tool_calls":[{"index":1,"function":{"arguments":"}"}}]}`) + end("tool_calls"), []string{`a f {"n":1}`, `b g {}`}},
		{"cut off by length", call(0, "a", "f", `{"n":`) + end("length"), nil},
		{"no [DONE]", call(0, "a", "f", `{}`) + strings.TrimSuffix(end("stop"), event("[DONE]")), []string{`a f {}`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			res, _, _ := complete(t, nil, llm.Request{Messages: []llm.Message{{Role: llm.User, Text: "Q"}}}, test.body)
			var got []string
			for _, c := range res.Calls {
				got = append(got, fmt.Sprintf("%s %s %s", c.ID, c.Name, c.Arguments))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTooManyCallsAreRefused(t *testing.T) {
	a := answer{}
	var chunks []string
	for i := range maxCalls + 1 {
		chunks = append(chunks, fmt.Sprintf(`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":%d,"id":"%d"}]}}]}`, i, i))
	}
	srv := httptest.NewServer(llmtest.Stream(event(strings.Join(chunks, "\n\ndata: "))))
	defer srv.Close()
	m, err := New(wire.Options{Name: "s", BaseURL: srv.URL, Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Complete(t.Context(), llm.Request{}, nil); remit.KindOf(err) != remit.KindUnavailable {
		t.Errorf("error %v", err)
	}
	if a.complete() {
		t.Error("an empty answer is complete")
	}
}
