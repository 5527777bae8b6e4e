// Package answers holds the use case of asking an AI employee: a question goes
// in, events come out while the AI employee works, and a result at the end.
package answers

import (
	"context"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/ops/input"
	"github.com/remit-crm/remit/policy"
)

// Standard is the AI employee that answers where none is named, if the person may
// use it; else it is the first that the person may use.
const Standard = "viz"

// Question is what a person asks.
type Question struct {
	Employee string `json:"employee,omitempty" doc:"Name of the AI employee. Left out: the task's, or viz, or the first that you may use."`
	Task     string `json:"task,omitempty" doc:"Name of one of the AI employee's tasks, whose constraints then hold."`
	Question string `json:"question,omitempty" doc:"What to answer; a task may bring its own."`
}

var questionNames = []string{"employee", "task", "question"}

// Parse reads the JSON form of a question strictly.
func Parse(body []byte) (Question, error) {
	var q Question
	object, err := input.Parse(body)
	if err != nil {
		return q, err
	}
	err = object.Members(questionNames, func(name string, v input.Value) (err error) {
		switch name {
		case "employee":
			q.Employee, err = v.Text()
		case "task":
			q.Task, err = v.Text()
		case "question":
			q.Question, err = v.Text()
		}
		return err
	})
	if err == nil && q.Question == "" && q.Task == "" {
		err = remit.FieldErrorf("question", "say what to answer, or name a task that brings its question")
	}
	return q, err
}

// Runner is what the use case needs of *agent.Agent.
type Runner interface {
	Run(ctx context.Context, req agent.Request, emit func(agent.Event)) (*agent.Result, error)
}

// Resolver is what the use case needs of *access.Access.
type Resolver interface {
	Resolve(ctx context.Context, actor remit.Actor) (*access.Standing, error)
}

// Recorder keeps the audit log. *lens.Lens is one.
type Recorder interface {
	Note(ctx context.Context, actor remit.Actor, operation string, details map[string]any) error
	Refuse(ctx context.Context, actor remit.Actor, operation, source, collection string, err error) error
}

// Answers carries out the use case.
type Answers struct {
	runner   Runner
	resolver Resolver
	recorder Recorder // nil records nothing: for tests of what lies above
}

// New returns the use case over the runner.
func New(runner Runner, resolver Resolver) *Answers {
	return &Answers{runner: runner, resolver: resolver}
}

// RecordTo has every question recorded, refused ones too. Call it before the use
// case is shared.
func (a *Answers) RecordTo(r Recorder) { a.recorder = r }

// OpAsk is the operation under which a question is recorded. What the AI employee
// then reads has entries of its own.
const OpAsk = "ask"

// Layers returns the policy that runs ask, over the resolver.
func Layers(resolver Resolver) agent.Policy {
	return agent.Layers(func(ctx context.Context, actor remit.Actor) (*agent.Resolved, error) {
		s, err := resolver.Resolve(ctx, actor)
		if err != nil {
			return nil, err
		}
		return &agent.Resolved{User: s.User, Policy: s.Policy, Generation: s.Generation, Now: s.Now}, nil
	})
}

// Ask has an AI employee answer. What happens on the way goes to emit, if that is
// not nil; the first error of emit ends the run. The error is non-nil only where
// the run was refused before it began; else the result says how it ended.
func (a *Answers) Ask(ctx context.Context, actor remit.Actor, q Question, emit func(agent.Event) error) (*agent.Result, error) {
	employee, err := a.employee(ctx, actor, q)
	if err == nil && actor.Viewing() {
		err = remit.Errorf(remit.KindDenied, "you are viewing as somebody else: no AI employee works for them meanwhile")
	}
	if err != nil {
		return nil, a.refuse(ctx, actor, err)
	}
	if a.recorder != nil {
		if err := a.recorder.Note(ctx, actor, OpAsk, map[string]any{"employee": employee, "task": q.Task, "question": q.Question}); err != nil {
			return nil, err
		}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	listen := func(e agent.Event) {
		if emit != nil && ctx.Err() == nil && emit(e) != nil {
			stop()
		}
	}
	result, err := a.runner.Run(ctx, agent.Request{Actor: actor, Employee: employee, Task: q.Task, Question: q.Question}, listen)
	if err != nil {
		return nil, a.refuse(context.WithoutCancel(ctx), actor, err)
	}
	return result, nil
}

func (a *Answers) refuse(ctx context.Context, actor remit.Actor, err error) error {
	if a.recorder == nil {
		return err
	}
	return a.recorder.Refuse(ctx, actor, OpAsk, "", "", err)
}

// employee returns the AI employee that is meant where the question names none.
func (a *Answers) employee(ctx context.Context, actor remit.Actor, q Question) (string, error) {
	if q.Employee != "" {
		return q.Employee, nil
	}
	if actor.Employee != "" {
		return actor.Employee, nil
	}
	standing, err := a.resolver.Resolve(ctx, actor)
	if err != nil {
		return "", err
	}
	usable := standing.Employees()
	if len(usable) == 0 {
		return "", remit.Errorf(remit.KindDenied, "no AI employee is available to you")
	}
	chosen := usable[0].Name
	for _, e := range usable {
		runs := slices.ContainsFunc(standing.Tasks(e.Name), func(t policy.Task) bool { return t.Name == q.Task })
		if runs || (q.Task == "" && e.Name == Standard) {
			chosen = e.Name
		}
	}
	return chosen, nil
}
