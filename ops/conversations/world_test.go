package conversations_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/llm"
	"github.com/remit-crm/remit/llm/roster"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/ops/answers"
	"github.com/remit-crm/remit/ops/conversations"
	"github.com/remit-crm/remit/policy/shipped"
	"github.com/remit-crm/remit/tool"
)

// world is an installation with two servers over one vault. Ann and Bob are reps of
// Cleo's team.
type world struct {
	*data.Store
	tb     testing.TB
	model  *obedient
	limit  atomic.Int32 // the egress limit of the model service
	one    *conversations.Conversations
	two    *conversations.Conversations
	people map[string]remit.ID
}

// obedient is a model that calls what the question says: tool names with their
// arguments, one a line. Then it says what it has read.
type obedient struct {
	wait chan struct{} // where not nil, it waits before it answers
	seen []llm.Request
}

func (o *obedient) Complete(ctx context.Context, req llm.Request, onText func(string)) (*llm.Response, error) {
	o.seen = append(o.seen, req)
	last := req.Messages[len(req.Messages)-1]
	if last.Role == llm.User {
		res := &llm.Response{Stop: llm.WantsTool}
		for i, line := range strings.Split(last.Text, "\n") {
			if name, args, ok := strings.Cut(line, " {"); ok {
				res.Calls = append(res.Calls, llm.ToolCall{ID: fmt.Sprint("c", i), Name: name, Arguments: json.RawMessage("{" + args)})
			}
		}
		if len(res.Calls) > 0 {
			return res, nil
		}
	}
	onText("I have read: ")
	if o.wait != nil {
		select {
		case <-o.wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	text := ""
	for _, m := range req.Messages {
		if m.Role == llm.ToolResult {
			text += m.Text + "\n"
		}
	}
	onText(text)
	return &llm.Response{Text: "I have read: " + text, Stop: llm.Finished}, nil
}

func (o *obedient) Service(context.Context, string) (*roster.Service, error) {
	return &roster.Service{Name: "test", Provider: roster.ProviderOpenAI, Model: "m", Egress: remit.Restricted, Client: o}, nil
}

func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "remit.db")))
	})
	t.Run("postgres", func(t *testing.T) { t.Parallel(); test(t, newWorld(t, pgtest.URL(t))) })
}

func newWorld(t *testing.T, url string) *world {
	t.Helper()
	w := &world{tb: t, model: &obedient{}, people: map[string]remit.ID{}}
	w.limit.Store(int32(remit.Restricted))
	store, err := data.Open(context.Background(), data.Options{
		URL: url, Master: bytes.Repeat([]byte{7}, 32),
		Egress: func(context.Context, int64, string) (remit.Sensitivity, bool) {
			return remit.Sensitivity(w.limit.Load()), true
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Store = store
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	w.one, w.two = w.server(), w.server()
	for _, name := range []string{"Cleo", "Ann", "Bob", "Zoe"} {
		n := directory.NewPerson{Name: name, Email: name + "@example.com"}
		role := "sales-rep"
		switch name {
		case "Cleo":
			role = "sales-manager"
		case "Ann", "Bob":
			n.ManagerID = w.people["Cleo"]
		}
		w.people[name], err = store.Directory.CreatePerson(context.Background(), data.Operator("test"), n)
		w.must(err)
		w.must(store.Directory.GrantRole(context.Background(), data.Operator("test"), w.people[name], role, time.Time{}))
	}
	return w
}

func (w *world) server() *conversations.Conversations {
	registry, err := tool.NewRegistry(tool.Builtin(w.Lens)...)
	w.must(err)
	who := access.New(w.Directory, w.Policies)
	employees := agent.New(agent.Config{Policy: answers.Layers(who), Tools: registry, Services: w.model})
	c := conversations.New(w.Derived, w.Lens, employees, who, w.Directory, slog.New(slog.DiscardHandler))
	w.tb.Cleanup(c.Close)
	return c
}

func (w *world) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

func (w *world) as(name string) remit.Actor {
	return remit.Actor{Person: w.people[name], Channel: remit.ChannelWeb}
}

func (w *world) deal(owner, name string, amount int) remit.ID {
	w.tb.Helper()
	values := map[string]json.RawMessage{}
	for field, v := range map[string]any{"name": name, "owner_id": w.people[owner], "stage": "won", "amount": amount} {
		raw, err := json.Marshal(v)
		w.must(err)
		values[field] = raw
	}
	page, err := w.Lens.Create(context.Background(), data.Operator("test"), lens.Change{Collection: "opportunities", Values: values})
	w.must(err)
	return page.Records[0].ID
}

// begin begins a conversation with Viz.
func (w *world) begin(name string) remit.ID {
	w.tb.Helper()
	made, err := w.one.Create(context.Background(), w.as(name), conversations.Start{Employee: "viz"})
	w.must(err)
	return made.ID
}

// ask asks and waits for the end.
func (w *world) ask(name string, conversation remit.ID, question string) *conversations.Turn {
	w.tb.Helper()
	id, err := w.one.Ask(context.Background(), w.as(name), conversation, conversations.Question{Question: question})
	w.must(err)
	turn, err := w.one.Wait(context.Background(), w.as(name), conversation, id)
	w.must(err)
	return turn
}

func (w *world) read(name string, conversation remit.ID) *conversations.Conversation {
	w.tb.Helper()
	read, err := w.two.Read(context.Background(), w.as(name), conversation)
	w.must(err)
	return read
}

func (w *world) text(v any) string {
	w.tb.Helper()
	raw, err := json.Marshal(v)
	w.must(err)
	return string(raw)
}

const (
	list  = `query_records {"collection":"opportunities","fields":["name","amount"]}`
	total = `aggregate_records {"collection":"opportunities","measures":[{"fn":"sum","field":"amount"}]}`
)

// without takes every AI employee but penn from a role of the shipped policy.
func (w *world) without(role string) {
	w.tb.Helper()
	doc, err := shipped.Document()
	w.must(err)
	for i := range doc.Roles {
		if doc.Roles[i].Name == role {
			doc.Roles[i].Employees, doc.Roles[i].NewEmployees = []string{"penn"}, false
		}
	}
	w.must(w.Policies.Apply(context.Background(), data.Operator("test"), doc, nil))
}
