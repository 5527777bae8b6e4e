package offline

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
)

// backend carries out tool calls over records in memory: the planner's
// counterpart in tests. It refuses what the real tools refuse: unknown
// collections, fields and operators.
type backend struct {
	overall     func(arguments json.RawMessage) string // what overall_analytics answers
	explained   string                                 // what explain_access answers
	declines    string                                 // why nothing is foretold; "": it is
	collections []*collection
	records     map[string][]map[string]any
	hidden      map[string]bool // "collection.id.field": shown as hidden
	fail        map[string]string
	calls       []llm.ToolCall
}

func (b *backend) collection(name string) *collection {
	i := slices.IndexFunc(b.collections, func(c *collection) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return b.collections[i]
}

// call answers a tool call as the agent would: text and whether it failed.
func (b *backend) call(c llm.ToolCall) (string, bool) {
	b.calls = append(b.calls, c)
	if message, ok := b.fail[c.Name]; ok {
		return message, true
	}
	var result any
	var err error
	switch c.Name {
	case toolCollections:
		result = map[string]any{"collections": b.collections}
	case toolQuery:
		result, err = b.query(c.Arguments)
	case toolCount:
		result, err = b.count(c.Arguments)
	case toolAggregate:
		result, err = b.aggregate(c.Arguments)
	case toolExplain:
		result = json.RawMessage(b.explained)
	case toolOverall:
		result = json.RawMessage(b.overall(c.Arguments))
	case toolChart:
		result = map[string]any{"id": "chart-1"}
	case toolPredict:
		result, err = b.predict(c.Arguments)
	case toolForecast:
		result, err = b.forecast(c.Arguments)
	default:
		err = fmt.Errorf("unknown tool %q", c.Name)
	}
	if err != nil {
		return err.Error(), true
	}
	text, err := json.Marshal(result)
	if err != nil {
		return err.Error(), true
	}
	return string(text), false
}

func (b *backend) query(arguments json.RawMessage) (any, error) {
	var q queryCall
	if err := strictly(arguments, &q); err != nil {
		return nil, err
	}
	c := b.collection(q.Collection)
	if c == nil {
		return nil, fmt.Errorf("no collection %q", q.Collection)
	}
	matches, err := b.filtered(c, b.records[c.Name], q.Filter)
	if err != nil {
		return nil, err
	}
	for i := len(q.Sort) - 1; i >= 0; i-- {
		name, descending := strings.CutPrefix(q.Sort[i], "-")
		if _, err := b.field(c, name); err != nil {
			return nil, err
		}
		slices.SortStableFunc(matches, func(x, y map[string]any) int {
			return compareCells(b.cell(c, x, name), b.cell(c, y, name), descending)
		})
	}
	var columns []columnInfo
	for _, name := range q.Fields {
		f, err := b.field(c, name)
		if err != nil {
			return nil, err
		}
		columns = append(columns, columnInfo{Name: name, Type: string(f.Type), Title: f.Title, Currency: f.Currency})
	}
	result := map[string]any{"collection": c.Name, "columns": columns}
	if q.Total {
		result["total"] = len(matches)
	}
	limit := cmp.Or(q.Limit, 50)
	if limit < len(matches) {
		matches = matches[:limit]
		result["next_cursor"] = "more"
	}
	records := []map[string]any{}
	for _, m := range matches {
		r := map[string]any{"id": m["id"]}
		var hidden []string
		for _, name := range q.Fields {
			r[name] = b.cell(c, m, name)
			if b.hidden[fmt.Sprintf("%s.%s.%s", c.Name, m["id"], name)] {
				r[name] = nil
				hidden = append(hidden, name)
			}
		}
		if hidden != nil {
			r["_hidden"] = hidden
		}
		records = append(records, r)
	}
	result["records"] = records
	return result, nil
}

func (b *backend) count(arguments json.RawMessage) (any, error) {
	var q countCall
	if err := strictly(arguments, &q); err != nil {
		return nil, err
	}
	c := b.collection(q.Collection)
	if c == nil {
		return nil, fmt.Errorf("no collection %q", q.Collection)
	}
	matches, err := b.filtered(c, b.records[c.Name], q.Filter)
	return map[string]any{"collection": q.Collection, "count": len(matches)}, err
}

func (b *backend) aggregate(arguments json.RawMessage) (any, error) {
	var q aggregateCall
	if err := strictly(arguments, &q); err != nil {
		return nil, err
	}
	c := b.collection(q.Collection)
	if c == nil {
		return nil, fmt.Errorf("no collection %q", q.Collection)
	}
	if len(q.Measures) == 0 || len(q.Measures) > 20 {
		return nil, fmt.Errorf("%d measures, not 1 to 20", len(q.Measures))
	}
	matches, err := b.filtered(c, b.records[c.Name], q.Filter)
	if err != nil {
		return nil, err
	}
	var columns []columnInfo
	for _, d := range q.Dimensions {
		f, err := b.field(c, d.Field)
		if err != nil {
			return nil, err
		}
		if d.Bucket != "" && !f.temporal() {
			return nil, fmt.Errorf("no bucket of %s", d.Field)
		}
		columns = append(columns, columnInfo{Name: d.Field, Type: string(f.Type), Title: f.Title, Currency: f.Currency})
	}
	var order []string
	groups := map[string][]map[string]any{}
	keys := map[string][]any{}
	for _, m := range matches {
		var key []any
		for _, d := range q.Dimensions {
			key = append(key, bucketOf(b.cell(c, m, d.Field), d.Bucket))
		}
		id := fmt.Sprint(key...)
		if _, ok := groups[id]; !ok {
			order = append(order, id)
			keys[id] = key
		}
		groups[id] = append(groups[id], m)
	}
	if len(q.Dimensions) == 0 && len(order) == 0 {
		order = []string{""}
	}
	for _, m := range q.Measures {
		_, column, err := b.measure(c, nil, m)
		if err != nil {
			return nil, err
		}
		columns = append(columns, column)
	}
	rows := []map[string]any{}
	for _, id := range order {
		row := map[string]any{}
		for i, d := range q.Dimensions {
			row[d.Field] = keys[id][i]
		}
		for _, m := range q.Measures {
			value, _, err := b.measure(c, groups[id], m)
			if err != nil {
				return nil, err
			}
			row[m.As] = value
		}
		rows = append(rows, row)
	}
	sortKeys := q.Sort
	if len(sortKeys) == 0 {
		for _, d := range q.Dimensions {
			sortKeys = append(sortKeys, d.Field)
		}
	}
	for i := len(sortKeys) - 1; i >= 0; i-- {
		name, descending := strings.CutPrefix(sortKeys[i], "-")
		if !slices.ContainsFunc(columns, func(c columnInfo) bool { return c.Name == name }) {
			return nil, fmt.Errorf("no column %q to sort by", name)
		}
		slices.SortStableFunc(rows, func(x, y map[string]any) int { return compareCells(x[name], y[name], descending) })
	}
	more := false
	if limit := cmp.Or(q.Limit, 50); limit < len(rows) {
		rows, more = rows[:limit], true
	}
	return map[string]any{"collection": c.Name, "columns": columns, "rows": rows, "records": len(matches), "more": more}, nil
}

func (b *backend) measure(c *collection, group []map[string]any, m measureArg) (any, columnInfo, error) {
	hits, err := b.filtered(c, group, m.Filter)
	if err != nil {
		return nil, columnInfo{}, err
	}
	switch m.Fn {
	case "count":
		return len(hits), columnInfo{Name: m.As, Type: "integer"}, nil
	case "ratio":
		return quotient(fmt.Sprint(len(hits)), fmt.Sprint(len(group))), columnInfo{Name: m.As, Type: "decimal"}, nil
	}
	f, err := b.field(c, m.Field)
	if err != nil {
		return nil, columnInfo{}, err
	}
	column := columnInfo{Name: m.As, Type: string(f.Type), Title: f.Title, Currency: f.Currency}
	var cells []any
	for _, h := range hits {
		if v := b.cell(c, h, m.Field); v != nil {
			cells = append(cells, v)
		}
	}
	switch m.Fn {
	case "count_distinct":
		seen := map[string]bool{}
		for _, v := range cells {
			seen[fmt.Sprint(v)] = true
		}
		return len(seen), columnInfo{Name: m.As, Type: "integer"}, nil
	case "min", "max":
		slices.SortFunc(cells, func(x, y any) int { return compareCells(x, y, m.Fn == "max") })
		if len(cells) == 0 {
			return nil, column, nil
		}
		return cells[0], column, nil
	case "sum", "avg":
		if !f.numeric() {
			return nil, column, fmt.Errorf("%s is no number", m.Field)
		}
		if len(cells) == 0 {
			return nil, column, nil
		}
		total := new(big.Rat)
		for _, v := range cells {
			total.Add(total, rat(v))
		}
		places := 2
		if m.Fn == "avg" {
			total.Quo(total, new(big.Rat).SetInt64(int64(len(cells))))
			places = 6
		} else if f.Type == remit.Integer {
			places = 0
		}
		rounded, _ := roundHalfEven(total.FloatString(20), places)
		return json.Number(rounded), column, nil
	}
	return nil, column, fmt.Errorf("unknown function %q", m.Fn)
}

// field finds the field at a path, over relations.
func (b *backend) field(c *collection, name string) (*field, error) {
	head, rest, hop := strings.Cut(name, ".")
	if !hop {
		if f := c.field(head); f != nil {
			return f, nil
		}
		if head == remit.IDField {
			return &field{Name: head, Type: remit.Text}, nil // every record has one, and no list names it
		}
		return nil, fmt.Errorf("no field %q in %s", name, c.Name)
	}
	f := c.field(head + "_id")
	if f == nil || b.collection(f.Target) == nil {
		return nil, fmt.Errorf("no relation %q in %s", head, c.Name)
	}
	return b.field(b.collection(f.Target), rest)
}

func (b *backend) cell(c *collection, record map[string]any, name string) any {
	head, rest, hop := strings.Cut(name, ".")
	if !hop {
		return record[head]
	}
	id := record[head+"_id"]
	if id == nil {
		return nil
	}
	target := b.collection(c.field(head + "_id").Target)
	for _, r := range b.records[target.Name] {
		if r["id"] == id {
			return b.cell(target, r, rest)
		}
	}
	return nil
}

// allTools offers every tool that the planner knows.
func allTools() []llm.ToolSpec {
	return tools(toolCollections, toolQuery, toolCount, toolAggregate)
}

func tools(names ...string) []llm.ToolSpec {
	var specs []llm.ToolSpec
	for _, n := range names {
		specs = append(specs, llm.ToolSpec{Name: n, Schema: json.RawMessage(`{"type":"object"}`)})
	}
	return specs
}

// ask runs turns until an answer comes, as an agent's loop would, and returns
// it with the calls that were made.
func ask(t testing.TB, b *backend, specs []llm.ToolSpec, messages []llm.Message) (string, []llm.ToolCall) {
	t.Helper()
	b.calls = nil
	planner := New(Options{Now: func() time.Time { return time.Date(2017, 12, 20, 12, 0, 0, 0, time.UTC) }})
	for range 20 {
		resp, err := planner.Complete(t.Context(), llm.Request{Messages: messages, Tools: specs}, nil)
		if err != nil {
			t.Fatalf("Complete: %v", err)
		}
		if resp.Stop == llm.Finished {
			return resp.Text, b.calls
		}
		messages = append(slices.Clone(messages), llm.Message{Role: llm.Assistant, Text: resp.Text, Calls: resp.Calls})
		for _, c := range resp.Calls {
			if !slices.ContainsFunc(specs, func(s llm.ToolSpec) bool { return s.Name == c.Name }) {
				t.Fatalf("the planner called %q, which was not offered", c.Name)
			}
			text, failed := b.call(c)
			messages = append(messages, llm.Message{Role: llm.ToolResult, CallID: c.ID, Text: text, Error: failed})
		}
	}
	t.Fatal("no answer after 20 turns")
	return "", nil
}

func user(text string) llm.Message      { return llm.Message{Role: llm.User, Text: text} }
func assistant(text string) llm.Message { return llm.Message{Role: llm.Assistant, Text: text} }
func system(text string) llm.Message    { return llm.Message{Role: llm.System, Text: text} }
