package offline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/remit-crm/remit/llm"
)

// The tools that the planner knows how to use. It calls only those that the
// request offers.
const (
	toolCollections = "list_collections"
	toolQuery       = "query_records"
	toolCount       = "count_records"
	toolAggregate   = "aggregate_records"
)

// maxCalls bounds the tool calls of one question: a question that needs more is
// not one that the planner understands.
const maxCalls = 40

// errWaiting ends a turn whose tool results are not there yet.
var errWaiting = errors.New("offline: waiting for tool results")

// toolError is a refusal or failure that a tool reported.
type toolError struct{ tool, message string }

func (e *toolError) Error() string { return e.tool + ": " + e.message }

// notOffered says that the question needs a tool which the request lacks.
type notOffered struct{ tools []string }

func (e *notOffered) Error() string { return "not offered: " + strings.Join(e.tools, ", ") }

// desk carries calls out and results in. Asking it twice for the same call
// costs one call.
type desk struct {
	offered map[string]bool
	results map[string]outcome // by call key; a call without a result has the zero outcome
	ids     map[string]string  // of the calls, by call key
	made    int                // calls of this question so far
	turn    int
	wanted  []llm.ToolCall
}

type outcome struct {
	text   string
	failed bool
	come   bool
}

func newDesk(tools []llm.ToolSpec, t *talk) *desk {
	d := &desk{offered: map[string]bool{}, results: map[string]outcome{}, ids: map[string]string{}, turn: t.turn}
	for _, tool := range tools {
		d.offered[tool.Name] = true
	}
	keys := map[string]string{}
	for _, m := range t.since {
		for _, call := range m.Calls {
			key := callKey(call.Name, call.Arguments)
			keys[call.ID] = key
			d.ids[key] = call.ID
			d.results[key] = outcome{}
			d.made++
		}
		if key, ok := keys[m.CallID]; ok && m.Role == llm.ToolResult {
			d.results[key] = outcome{text: m.Text, failed: m.Error, come: true}
		}
	}
	return d
}

// callKey identifies a call whatever the order of its arguments: a store may
// have written them anew.
func callKey(name string, arguments json.RawMessage) string {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(arguments))
	decoder.UseNumber()
	if decoder.Decode(&value) == nil {
		if canonical, err := json.Marshal(value); err == nil {
			return name + " " + string(canonical)
		}
	}
	return name + " " + string(arguments)
}

func (d *desk) offers(tool string) bool { return d.offered[tool] }

// call returns the result of a call, or errWaiting after noting that it must be
// made. A call that was made and never answered is an error, not a loop.
func (d *desk) call(tool string, arguments, result any) error {
	if !d.offers(tool) {
		return &notOffered{tools: []string{tool}}
	}
	encoded, err := json.Marshal(arguments)
	if err != nil {
		return fmt.Errorf("offline: encode the arguments of %s: %w", tool, err)
	}
	key := callKey(tool, encoded)
	got, asked := d.results[key]
	if !asked {
		return d.want(tool, key, encoded)
	}
	switch {
	case got.failed:
		return &toolError{tool: tool, message: got.text}
	case !got.come:
		return &toolError{tool: tool, message: "no result came"}
	}
	if err := decodeResult(got.text, result); err != nil {
		return &toolError{tool: tool, message: "the result could not be read"}
	}
	return nil
}

func (d *desk) want(tool, key string, arguments json.RawMessage) error {
	if d.made >= maxCalls {
		return &toolError{tool: tool, message: fmt.Sprintf("more than %d calls would be needed for one question", maxCalls)}
	}
	for _, w := range d.wanted {
		if callKey(w.Name, w.Arguments) == key {
			return errWaiting
		}
	}
	d.made++
	d.wanted = append(d.wanted, llm.ToolCall{
		ID:        fmt.Sprintf("offline-%d-%d", d.turn, d.made),
		Name:      tool,
		Arguments: arguments,
	})
	return errWaiting
}

// decodeResult reads the first JSON object of text; a caller may have put a
// label before it. Numbers keep their digits.
func decodeResult(text string, result any) error {
	start := strings.IndexByte(text, '{')
	if start < 0 {
		return errors.New("no JSON object")
	}
	decoder := json.NewDecoder(strings.NewReader(text[start:]))
	decoder.UseNumber()
	return decoder.Decode(result)
}
