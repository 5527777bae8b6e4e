package agent

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
	"github.com/remit-crm/remit/llm/script"
)

// numbered asks for another collection each time, for ever.
func numbered(t *testing.T, usage llm.Usage) script.Func {
	n := 0
	return func(_ context.Context, req llm.Request, onText func(string)) (*llm.Response, error) {
		if len(req.Tools) == 0 {
			onText("That is all: 42.")
			return &llm.Response{Text: "That is all: 42.", Stop: llm.Finished, Usage: usage}, nil
		}
		if n++; n > 200 {
			t.Error("the run does not end")
			return nil, errors.New("enough")
		}
		call := count(fmt.Sprintf("c%d", n)).Calls[0]
		call.ID = fmt.Sprint(n)
		return &llm.Response{Calls: []llm.ToolCall{call}, Stop: llm.WantsTool, Usage: usage}, nil
	}
}

func TestBudgets(t *testing.T) {
	t.Run("steps, with a last word", func(t *testing.T) {
		w := newWorld(numbered(t, llm.Usage{Input: 1}))
		w.employee.Remit.Steps = 5
		got := w.run(t, t.Context(), question)
		if got.End != OutOfSteps || len(w.ran) != 5 || got.Steps != 5 || !strings.HasPrefix(got.Answer, "That is all: 42.\n\nI have used up") {
			t.Errorf("%s after %d calls: %q", got.End, len(w.ran), got.Answer)
		}
	})
	t.Run("steps within one turn", func(t *testing.T) {
		var calls []llm.ToolCall
		for i := range 9 {
			calls = append(calls, count(fmt.Sprint(i)).Calls...)
		}
		w := newWorld(script.New(script.Turn{Calls: calls}, script.Turn{Calls: calls[:1]}))
		w.limits.Steps = 5
		got := w.run(t, t.Context(), question)
		if got.End != OutOfSteps || len(w.ran) != 5 || got.Answer != messages[OutOfSteps] {
			t.Errorf("%s after %d calls: %q", got.End, len(w.ran), got.Answer)
		}
	})
	t.Run("tokens", func(t *testing.T) {
		w := newWorld(numbered(t, llm.Usage{Input: 900, Output: 100}))
		w.employee.Remit.Tokens = 5000
		got := w.run(t, t.Context(), question)
		if got.End != OutOfTokens || got.Usage.Input+got.Usage.Output != 5000 {
			t.Errorf("%s after %+v", got.End, got.Usage)
		}
	})
	t.Run("tokens of the day", func(t *testing.T) {
		for left, says := range map[int64]string{3000: "Ask again tomorrow", 9000: "Ask for less at a time"} {
			w := newWorld(numbered(t, llm.Usage{Input: 900, Output: 100}))
			w.employee.Remit.Tokens = 5000
			req := question
			req.MostTokens = left
			got := w.run(t, t.Context(), req)
			if got.End != OutOfTokens || got.Usage.Input+got.Usage.Output != min(left, 5000) || !strings.Contains(got.Answer, says) {
				t.Errorf("%d left: %s after %+v: %q", left, got.End, got.Usage, got.Answer)
			}
		}
	})
	t.Run("tokens of a service that does not count them", func(t *testing.T) {
		w := newWorld(numbered(t, llm.Usage{}))
		w.limits.Tokens, w.limits.Steps = 20_000, 150
		got := w.run(t, t.Context(), question)
		if got.End != OutOfTokens || got.Usage != (llm.Usage{}) {
			t.Errorf("%s after %+v", got.End, got.Usage)
		}
	})
	t.Run("the offline planner costs nothing", func(t *testing.T) {
		w := newWorld(numbered(t, llm.Usage{}))
		w.local, w.limits.Tokens = true, 10
		got := w.run(t, t.Context(), question)
		if got.End != OutOfSteps || !got.Offline || got.Service != "offline" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("time", func(t *testing.T) {
		w := newWorld(script.New(script.Turn{Chunks: []string{"Hm"}, Hang: true}))
		w.limits.Time = 50 * time.Millisecond
		if got := w.run(t, t.Context(), question); got.End != OutOfTime {
			t.Errorf("%s", got.End)
		}
	})
	t.Run("an answer without end", func(t *testing.T) {
		w := newWorld(script.Func(func(ctx context.Context, _ llm.Request, onText func(string)) (*llm.Response, error) {
			for ctx.Err() == nil {
				onText(strings.Repeat("word ", 100))
			}
			return nil, ctx.Err()
		}))
		w.limits.AnswerBytes = 10_000
		if got := w.run(t, t.Context(), question); got.End != Cut {
			t.Errorf("%s", got.End)
		}
	})
}

func TestCancellationEndsARunWithinASecond(t *testing.T) {
	tests := map[string]script.Turn{
		"a model that listens":          {Chunks: []string{"Hm"}, Hang: true},
		"a model that does not":         {Chunks: []string{"Hm"}, Deaf: true},
		"a tool that listens":           script.Call("hang", `{"collection":"a"}`),
		"a changing tool that does not": script.Call("deaf", `{"collection":"a"}`),
	}
	for name, turn := range tests {
		t.Run(name, func(t *testing.T) {
			model := script.New(turn)
			defer model.Release()
			w := newWorld(model)
			defer close(w.hang)
			w.approver = approverFunc(func(Change) error { return nil })
			ctx, cancel := context.WithCancel(t.Context())
			var canceled time.Time
			time.AfterFunc(50*time.Millisecond, func() { canceled = time.Now(); cancel() })
			got := w.run(t, ctx, question)
			if late := time.Since(canceled); late > time.Second {
				t.Errorf("ended %s after the cancellation", late)
			}
			if got.End != Canceled {
				t.Errorf("%s: %s", got.End, got.Answer)
			}
			if len(got.Calls) > 0 && strings.HasPrefix(name, "a changing") && !strings.Contains(got.Calls[0].Text, "look at the record") {
				t.Errorf("the call says %q", got.Calls[0].Text)
			}
		})
	}
}

func TestRevocationEndsARunWithinASecond(t *testing.T) {
	changes := map[string]func(*world){
		"the person's roles change":       func(w *world) { w.mark.Add(1) },
		"the AI employee is disabled":     func(w *world) { w.barred.Store(error(remit.Errorf(remit.KindDenied, "no"))) },
		"it cannot be found out any more": func(w *world) { w.failing.Store(true) },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			w := newWorld(script.New(script.Turn{Chunks: []string{"The secret is"}, Hang: true}))
			var changed time.Time
			time.AfterFunc(50*time.Millisecond, func() { changed = time.Now(); change(w) })
			got := w.run(t, t.Context(), question)
			if got.End != Revoked || strings.Contains(got.Answer, "secret") {
				t.Errorf("%s: %s", got.End, got.Answer)
			}
			if late := time.Since(changed); late > time.Second {
				t.Errorf("ended %s after the change", late)
			}
		})
	}
}

// The watch sleeps between its looks; the answer is not given on its word alone.
func TestAnswerIsWithheldIfPermissionsChangedAtTheLastMoment(t *testing.T) {
	w := newWorld(script.New(script.Call("revoke", `{"collection":"a"}`), script.Text("The secret is 42.")))
	w.limits.Watch = time.Hour
	got := w.run(t, t.Context(), question)
	if got.End != Revoked || strings.Contains(got.Answer, "secret") || got.Answer == "" {
		t.Errorf("%s: %s", got.End, got.Answer)
	}
}
