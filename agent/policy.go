package agent

import (
	"context"
	"fmt"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope"
	"github.com/remit-crm/remit/tool"
)

// Policy answers for the three layers above the data: who may use an AI
// employee, who may run a task, who may have a tool called. Every answer is by
// what holds at the moment of the question. A refusal is a *remit.Error whose
// message gives the reason.
type Policy interface {
	tool.Gate

	// MayUse returns the AI employee actor.Employee if the person may use it.
	MayUse(ctx context.Context, actor remit.Actor) (*policy.Employee, error)
	// MayRunTask returns the task actor.Task of that AI employee if the person may
	// run it.
	MayRunTask(ctx context.Context, actor remit.Actor) (*policy.Task, error)
	// HasTool reports whether some call of actor.Tool may be made: it is what the
	// model is offered.
	HasTool(ctx context.Context, actor remit.Actor) (bool, error)
	// Standing says who the person is now.
	Standing(ctx context.Context, actor remit.Actor) (Standing, error)
}

// Standing is who a person is at one moment.
type Standing struct {
	Name, Email string
	// Mark changes whenever anything does that could change what the person or the
	// AI employee may see or do. A run whose mark has changed ends.
	Mark string
}

// Resolved is what holds at one moment: the person behind an actor with the
// roles that count, and the policy.
type Resolved struct {
	User       *scope.User
	Policy     *policy.Policy
	Generation int64     // changes with whatever is stored of the person
	Now        time.Time // the moment of which all this is said
}

// Resolve finds out what holds now. It fails for an actor who may not act.
type Resolve func(ctx context.Context, actor remit.Actor) (*Resolved, error)

// Layers returns a [Policy] that asks the compiled policy of each moment.
func Layers(resolve Resolve) Policy { return layers{resolve} }

type layers struct{ resolve Resolve }

func (l layers) MayUse(ctx context.Context, actor remit.Actor) (*policy.Employee, error) {
	now, err := l.resolve(ctx, actor)
	if err != nil {
		return nil, err
	}
	if ok, _ := now.Policy.MayUse(now.User.Roles, actor.Employee); !ok {
		return nil, unavailable(now, actor.Employee)
	}
	e, ok := now.Policy.Employee(actor.Employee)
	if !ok {
		return nil, unavailable(now, actor.Employee)
	}
	return e, nil
}

// unavailable refuses an AI employee. One that does not exist, one that is
// disabled and one that is for others are the same.
func unavailable(now *Resolved, name string) error {
	var usable []string
	for _, e := range now.Policy.Employees() {
		if ok, _ := now.Policy.MayUse(now.User.Roles, e.Name); ok {
			usable = append(usable, e.Name)
		}
	}
	err := remit.Errorf(remit.KindDenied, "the AI employee %q is not available to you", clip(name, 60))
	err.Field, err.Hint = "employee", remit.DidYouMean(name, usable)
	return err
}

func (l layers) MayRunTask(ctx context.Context, actor remit.Actor) (*policy.Task, error) {
	now, err := l.resolve(ctx, actor)
	if err != nil {
		return nil, err
	}
	no := remit.Errorf(remit.KindDenied, "the task %q is not available to you", clip(actor.Task, 60))
	no.Field = "task"
	if ok, _ := now.Policy.MayRunTask(now.User, actor.Task, now.Now); !ok {
		return nil, no
	}
	t, ok := now.Policy.Task(actor.Task)
	if !ok || t.Employee != actor.Employee {
		return nil, no
	}
	return t, nil
}

func (l layers) HasTool(ctx context.Context, actor remit.Actor) (bool, error) {
	now, err := l.resolve(ctx, actor)
	if err != nil {
		return false, err
	}
	return now.Policy.HasTool(now.User, actor.EmployeeKey(), actor.Task, actor.Tool, now.Now), nil
}

// MayCallTool implements [tool.Gate].
func (l layers) MayCallTool(ctx context.Context, actor remit.Actor, input map[string]any) error {
	now, err := l.resolve(ctx, actor)
	if err != nil {
		return err
	}
	ok, why := now.Policy.MayCallTool(now.User, actor.EmployeeKey(), actor.Task, actor.Tool, input, now.Now)
	if ok {
		return nil
	}
	no := remit.Errorf(remit.KindDenied, "the tool %s may not be called", actor.Tool)
	if why.Message != "" {
		no.Message = why.Message
	}
	return no
}

// Standing implements [Policy]. Roles are in the mark because a membership that
// ends by itself changes nothing that is stored.
func (l layers) Standing(ctx context.Context, actor remit.Actor) (Standing, error) {
	now, err := l.resolve(ctx, actor)
	if err != nil {
		return Standing{}, err
	}
	mark := fmt.Sprintf("%d %d %q", now.Policy.Epoch, now.Generation, now.User.Roles)
	return Standing{Name: now.User.Name, Email: now.User.Email, Mark: mark}, nil
}
