package leaks

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/remit-crm/remit/llm"
	"github.com/remit-crm/remit/llm/script"
)

// face is a way in. Each takes the calls of the built-in tools by their names and
// arguments, so that one test can ask through all of them.
type face struct {
	name string
	ai   bool // what it returns reaches a model
	call func(tb testing.TB, w *world, who *person, tool string, args map[string]any) answer
}

var (
	api   = face{name: "api", call: callHTTP}
	byMCP = face{name: "mcp", ai: true, call: callMCP}
	byAI  = face{name: "employee", ai: true, call: callEmployee}
	faces = []face{api, byMCP, byAI}
)

// answer is what came back.
type answer struct {
	kind string // of the error, "" for none
	text string // everything that came back, as it came
}

// value returns what stands at a path of names and indexes in the answer.
func (a answer) value(tb testing.TB, path ...any) any {
	tb.Helper()
	var at any
	dec := json.NewDecoder(strings.NewReader(a.text))
	dec.UseNumber()
	if err := dec.Decode(&at); err != nil {
		tb.Fatalf("%v in %s", err, a.text)
	}
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := at.(map[string]any)
			at = object[step]
		case int:
			list, _ := at.([]any)
			if step >= len(list) {
				tb.Fatalf("nothing at %v of %s", path, a.text)
			}
			at = list[step]
		}
	}
	return at
}

// column returns the values of one name in each object of a list.
func (a answer) column(tb testing.TB, list, name string) []any {
	tb.Helper()
	objects, _ := a.value(tb, list).([]any)
	values := make([]any, 0, len(objects))
	for _, o := range objects {
		values = append(values, o.(map[string]any)[name])
	}
	return values
}

// send makes one request and returns its status and body.
func send(tb testing.TB, w *world, token, method, path string, body any, headers ...string) (int, string) {
	tb.Helper()
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		w.must(err)
		content = bytes.NewReader(encoded)
	}
	r, err := http.NewRequestWithContext(tb.Context(), method, w.server.URL+path, content)
	w.must(err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	if path == "/api/ask" || strings.HasPrefix(path, "/api/conversations") {
		r.Header.Set("Accept", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := w.server.Client().Do(r)
	w.must(err)
	defer func() { w.must(response.Body.Close()) }()
	text, err := io.ReadAll(response.Body)
	w.must(err)
	return response.StatusCode, string(text)
}

func callHTTP(tb testing.TB, w *world, who *person, tool string, args map[string]any) answer {
	tb.Helper()
	return httpAnswer(tb, w, who.token, tool, args)
}

func httpAnswer(tb testing.TB, w *world, token, tool string, args map[string]any) answer {
	tb.Helper()
	method, path, body := route(args, tool)
	status, text := send(tb, w, token, method, path, body)
	if status < 300 {
		return answer{text: text}
	}
	return refused(tb, []byte(text))
}

// route finds the request that does over HTTP what the tool does.
func route(args map[string]any, tool string) (method, path string, body any) {
	rest := maps.Clone(args)
	base := "/api/collections"
	if tool == "list_collections" {
		return http.MethodGet, base, nil
	}
	if tool == "execute_sql" {
		return http.MethodPost, "/api/sql", rest
	}
	if list, ok := rest["collections"].([]string); ok {
		rest["collection"] = list[0]
		delete(rest, "collections")
	}
	base += "/" + url.PathEscape(fmt.Sprint(rest["collection"]))
	record := base + "/records/" + url.PathEscape(fmt.Sprint(rest["id"]))
	delete(rest, "collection")
	delete(rest, "id")
	switch tool {
	case "describe_collection":
		return http.MethodGet, base, nil
	case "get_record":
		if fields, ok := rest["fields"].([]string); ok {
			record += "?fields=" + url.QueryEscape(strings.Join(fields, ","))
		}
		return http.MethodGet, record, nil
	case "create_record":
		return http.MethodPost, base + "/records", rest
	case "update_record":
		return http.MethodPatch, record, rest
	case "delete_record":
		return http.MethodDelete, record, nil
	}
	word, _, _ := strings.Cut(tool, "_")
	return http.MethodPost, base + "/" + word, rest
}

// refused is the answer of an error, without the id of the request.
func refused(tb testing.TB, problem []byte) answer {
	tb.Helper()
	var fields map[string]any
	if err := json.Unmarshal(problem, &fields); err != nil {
		tb.Fatalf("%v in %s", err, problem)
	}
	delete(fields, "request_id")
	text, err := json.Marshal(fields)
	if err != nil {
		tb.Fatal(err)
	}
	return answer{kind: fmt.Sprint(fields["kind"]), text: string(text)}
}

func callMCP(tb testing.TB, w *world, who *person, tool string, args map[string]any) answer {
	tb.Helper()
	return mcpAnswer(tb, w, who.token, "tools/call", map[string]any{"name": tool, "arguments": args})
}

func mcpAnswer(tb testing.TB, w *world, token, method string, params map[string]any) answer {
	tb.Helper()
	status, text := send(tb, w, token, http.MethodPost, "/mcp", map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	if status != http.StatusOK {
		return answer{kind: fmt.Sprint("status ", status), text: text}
	}
	var reply struct {
		Error  json.RawMessage
		Result json.RawMessage
	}
	w.must(json.Unmarshal([]byte(text), &reply))
	if reply.Error != nil {
		return answer{kind: "protocol", text: string(reply.Error)}
	}
	if method != "tools/call" {
		return answer{text: string(reply.Result)}
	}
	var result struct {
		Content []struct{ Text string }
		IsError bool
		Meta    map[string]any `json:"_meta"`
	}
	w.must(json.Unmarshal(reply.Result, &result))
	if result.IsError {
		return answer{kind: fmt.Sprint(result.Meta["remit/kind"]), text: result.Content[0].Text}
	}
	return answer{text: result.Content[0].Text}
}

func callEmployee(tb testing.TB, w *world, who *person, tool string, args map[string]any) answer {
	tb.Helper()
	return askEmployee(tb, w, who.token, "helper", tool, args)
}

// askEmployee has the model of an AI employee call the tool, and returns what the
// model got.
func askEmployee(tb testing.TB, w *world, token, employee, tool string, args map[string]any) answer {
	tb.Helper()
	encoded, err := json.Marshal(args)
	w.must(err)
	status, text := send(tb, w, token, http.MethodPost, "/api/ask", map[string]any{"employee": employee, "question": tool + " " + string(encoded)})
	if status != http.StatusOK {
		return refused(tb, []byte(text))
	}
	var result struct {
		Calls []struct{ Result, Refusal json.RawMessage }
	}
	w.must(json.Unmarshal([]byte(text), &result))
	if len(result.Calls) != 1 {
		tb.Fatalf("the AI employee made %d calls: %s", len(result.Calls), text)
	}
	if refusal := result.Calls[0].Refusal; refusal != nil {
		return refused(tb, refusal)
	}
	return answer{text: string(result.Calls[0].Result)}
}

// obedient is a model that does what the question says: it calls the tool that is
// named first with the arguments that follow, and then repeats what it got, or says
// what say is. Before it answers, during happens.
type obedient struct {
	say    string
	during func()
}

// Complete implements [llm.Model].
func (m *obedient) Complete(ctx context.Context, req llm.Request, onText func(string)) (*llm.Response, error) {
	last := req.Messages[len(req.Messages)-1]
	turn := script.Text("I was told: " + last.Text)
	if m.say != "" {
		turn = script.Text(m.say)
	}
	if last.Role != llm.User && m.during != nil {
		m.during()
	}
	if last.Role == llm.User {
		tool, args, _ := strings.Cut(last.Text, " ")
		turn = script.Call(tool, args)
	}
	return script.New(turn).Complete(ctx, req, onText)
}
