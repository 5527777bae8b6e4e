package answers_test

import (
	"context"
	"errors"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/ops/answers"
	"github.com/remit-crm/remit/ops/opstest"
)

// fakeRunner keeps the request and emits until it is told to stop.
type fakeRunner struct {
	request agent.Request
	emitted int
}

func (f *fakeRunner) Run(ctx context.Context, req agent.Request, emit func(agent.Event)) (*agent.Result, error) {
	f.request = req
	for ctx.Err() == nil && f.emitted < 10 {
		f.emitted++
		emit(agent.TextDelta{Text: "x"})
	}
	return &agent.Result{Answer: "x"}, nil
}

func TestWhoAnswers(t *testing.T) {
	c := opstest.New(t)
	bound := c.Actor("Ann")
	bound.Employee = "scout"
	tests := []struct {
		name     string
		actor    remit.Actor
		question answers.Question
		want     string
	}{
		{"nobody named", c.Actor("Ann"), answers.Question{Question: "?"}, "viz"},
		{"named", c.Actor("Ann"), answers.Question{Question: "?", Employee: "penn"}, "penn"},
		{"by the task", c.Actor("Ann"), answers.Question{Task: "lead-qualification"}, "scout"},
		{"by the token", bound, answers.Question{Question: "?"}, "scout"},
	}
	for _, test := range tests {
		runner := &fakeRunner{}
		if _, err := answers.New(runner, c.Access).Ask(t.Context(), test.actor, test.question, nil); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if runner.request.Employee != test.want {
			t.Errorf("%s: %q answers, want %q", test.name, runner.request.Employee, test.want)
		}
	}
}

// TestListenerEndsTheRun checks that a run ends when nobody hears it any more.
func TestListenerEndsTheRun(t *testing.T) {
	c := opstest.New(t)
	runner := &fakeRunner{}
	gone := errors.New("gone")
	heard := 0
	_, err := answers.New(runner, c.Access).Ask(t.Context(), c.Actor("Ann"), answers.Question{Question: "?"}, func(agent.Event) error {
		if heard++; heard == 3 {
			return gone
		}
		return nil
	})
	if err != nil || heard != 3 || runner.emitted != 3 {
		t.Errorf("%d events made, %d heard, %v", runner.emitted, heard, err)
	}
}
