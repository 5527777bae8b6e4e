package agent_test

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/llm"
	"github.com/remit-crm/remit/llm/offline"
	"github.com/remit-crm/remit/llm/roster"
	"github.com/remit-crm/remit/llm/script"
	"github.com/remit-crm/remit/tool"
)

// company is the vault with two sales reps: Anna has three leads, Ben one.
type company struct {
	store     *data.Store
	anna, ben remit.Actor
	egress    remit.Sensitivity
	model     llm.Model
}

// Service implements [agent.Services]: the scripted model, or the planner.
func (c *company) Service(context.Context, string) (*roster.Service, error) {
	if c.model == nil {
		return &roster.Service{Name: roster.Offline, Provider: roster.ProviderOffline, Model: "offline planner", Egress: remit.Restricted, Client: offline.New(offline.Options{})}, nil
	}
	return &roster.Service{Name: "remote", Provider: roster.ProviderOpenAI, Model: "m", Egress: c.egress, Client: c.model}, nil
}

func (c *company) limit(_ context.Context, _ int64, name string) (remit.Sensitivity, bool) {
	if name == roster.Offline {
		return remit.Restricted, true
	}
	return c.egress, name == "remote"
}

func found(t *testing.T) *company {
	t.Helper()
	c := &company{egress: remit.Internal}
	store, err := data.Open(t.Context(), data.Options{
		URL: "sqlite:" + filepath.Join(t.TempDir(), "remit.db"), Master: bytes.Repeat([]byte{1}, 32), Egress: c.limit,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	c.store = store
	c.anna, c.ben = c.hire(t, "Anna", "Acme", "Bolt", "Crux"), c.hire(t, "Ben", "Dyne")
	return c
}

// hire adds a sales rep with leads of her own.
func (c *company) hire(t *testing.T, name string, leads ...string) remit.Actor {
	t.Helper()
	operator := data.Operator("test")
	id, err := c.store.Directory.CreatePerson(t.Context(), operator, directory.NewPerson{Name: name, Email: name + "@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.store.Directory.GrantRole(t.Context(), operator, id, "sales-rep", time.Time{}); err != nil {
		t.Fatal(err)
	}
	actor := remit.Actor{Person: id, Channel: remit.ChannelCLI, Operator: "test"}
	for _, lead := range leads {
		values := map[string]json.RawMessage{
			"name": json.RawMessage(`"` + lead + `"`), "owner_id": json.RawMessage(`"` + string(id) + `"`), "industry": json.RawMessage(`"medical"`),
		}
		if _, err := c.store.Lens.Create(t.Context(), actor, lens.Change{Collection: "leads", Values: values}); err != nil {
			t.Fatal(err)
		}
	}
	return actor
}

func (c *company) agent(t *testing.T) *agent.Agent {
	t.Helper()
	tools, err := tool.NewRegistry(tool.Builtin(c.store.Lens)...)
	if err != nil {
		t.Fatal(err)
	}
	policy := agent.Layers(func(ctx context.Context, actor remit.Actor) (*agent.Resolved, error) {
		person, err := c.store.Directory.Person(ctx, actor.Person)
		if err != nil {
			return nil, err
		}
		if err := person.Admit(actor, person.ReadAt); err != nil {
			return nil, err
		}
		user, _ := person.At(person.ReadAt)
		p, err := c.store.Policies.Load(ctx)
		if err != nil {
			return nil, err
		}
		return &agent.Resolved{User: &user, Policy: p, Generation: person.Generation}, nil
	})
	return agent.New(agent.Config{Policy: policy, Tools: tools, Services: c, Limits: agent.Limits{Watch: 50 * time.Millisecond}})
}

func (c *company) ask(t *testing.T, actor remit.Actor, question string) *agent.Result {
	t.Helper()
	got, err := c.agent(t).Run(t.Context(), agent.Request{Actor: actor, Employee: "viz", Question: question}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// One question, two people: each gets an answer from her own records.
func TestTheSameQuestionIsAnsweredForEachPerson(t *testing.T) {
	c := found(t)
	for _, test := range []struct {
		actor remit.Actor
		want  string
	}{{c.anna, "**3 leads**"}, {c.ben, "**1 lead**"}} {
		got := c.ask(t, test.actor, "How many leads are there?")
		if !strings.Contains(got.Answer, test.want) || got.End != agent.Answered || !got.Offline || len(got.Unsupported) > 0 {
			t.Errorf("answer %q (%s, unsupported %q), want %s", got.Answer, got.End, got.Unsupported, test.want)
		}
	}
}

func TestAFollowUpStandsOnTheQuestionBefore(t *testing.T) {
	c := found(t)
	first := c.ask(t, c.anna, "How many leads are there?")
	history := []agent.Turn{{Question: "How many leads are there?", Answer: first.Answer, Unsupported: first.Unsupported}}
	for _, call := range first.Calls {
		history[0].Calls = append(history[0].Calls, agent.TurnCall{Tool: call.Tool, Arguments: call.Arguments})
	}
	got, err := c.agent(t).Run(t.Context(), agent.Request{Actor: c.anna, Employee: "viz", Question: "And by industry?", Given: func(context.Context, remit.Actor) (agent.Given, error) { return agent.Given{History: history}, nil }}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.End != agent.Answered || !strings.Contains(strings.ToLower(got.Answer), "medical") {
		t.Errorf("%s: %q", got.End, got.Answer)
	}
}

// What a service may not have is not read for it: there is no such field.
func TestEgressIsHeldByTheLens(t *testing.T) {
	call := script.Call("query_records", `{"collection":"leads"}`)
	for egress, shown := range map[remit.Sensitivity]bool{remit.Confidential: true, remit.Internal: false} {
		c := found(t)
		c.egress, c.model = egress, script.New(call, script.Text("Done."))
		got := c.ask(t, c.anna, "Which leads are there?")
		result := string(got.Calls[0].Result)
		if strings.Contains(result, "Acme") != shown || !strings.Contains(result, "medical") {
			t.Errorf("egress %s: %+v", egress, got.Calls[0])
		}
	}
}

func TestAToolTheEmployeeDoesNotHaveIsRefusedWithTheReason(t *testing.T) {
	c := found(t)
	c.model = script.New(script.Call("delete_record", `{"collection":"accounts","id":"x"}`), script.Text("Sorry."))
	got := c.ask(t, c.anna, "Delete everything.")
	if r := got.Calls[0].Refusal; r == nil || r.Kind != "denied" || !strings.Contains(r.Message, "viz does not have the tool") {
		t.Errorf("refusal %+v", got.Calls[0])
	}
}

func TestWhoMayNotUseAnEmployeeIsRefused(t *testing.T) {
	c := found(t)
	for _, name := range []string{"finance-analyst", "nobody-knows"} {
		_, err := c.agent(t).Run(t.Context(), agent.Request{Actor: c.anna, Employee: name, Question: "?"}, nil)
		if remit.KindOf(err) != remit.KindDenied {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := c.agent(t).Run(t.Context(), agent.Request{Actor: c.anna, Employee: "viz", Task: "no-such-task", Question: "?"}, nil)
	if remit.KindOf(err) != remit.KindDenied {
		t.Errorf("task: %v", err)
	}
}

// Whatever changes of a person's permissions while the model talks ends the run
// within a second: what was read before may be hidden now.
func TestAChangeOfPermissionsEndsTheRun(t *testing.T) {
	changes := map[string]func(context.Context, *company) error{
		"a role taken away": func(ctx context.Context, c *company) error {
			return c.store.Directory.RevokeRole(ctx, data.Operator("test"), c.anna.Person, "sales-rep")
		},
		"another role": func(ctx context.Context, c *company) error {
			return c.store.Directory.GrantRole(ctx, data.Operator("test"), c.anna.Person, "finance", time.Time{})
		},
		"another name": func(ctx context.Context, c *company) error {
			name := "Anne"
			return c.store.Directory.UpdatePerson(ctx, data.Operator("test"), c.anna.Person, directory.PersonChange{Name: &name})
		},
		"the policy": func(ctx context.Context, c *company) error {
			doc, err := c.store.Policies.Document(ctx)
			if err != nil {
				return err
			}
			doc.Employees[0].Greeting = "Good morning"
			return c.store.Policies.Apply(ctx, data.Operator("test"), doc, nil)
		},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			c := found(t)
			c.model = script.New(script.Turn{Chunks: []string{"The secret "}, Hang: true})
			changed := make(chan time.Time, 1)
			time.AfterFunc(100*time.Millisecond, func() {
				if err := change(context.WithoutCancel(t.Context()), c); err != nil {
					t.Error(err)
				}
				changed <- time.Now()
			})
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			got, err := c.agent(t).Run(ctx, agent.Request{Actor: c.anna, Employee: "viz", Question: "What is the secret?"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if late := time.Since(<-changed); got.End != agent.Revoked || strings.Contains(got.Answer, "secret") || late > time.Second {
				t.Errorf("%s after %s: %q", got.End, late, got.Answer)
			}
		})
	}
}
