package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data"
)

// actorFlags say for whom a command acts.
type actorFlags struct {
	as       string
	employee string
	task     string
}

// add adds --as, --employee and --task to a command. Acting for a person is the
// operator's impersonation: it takes the master key, and the audit names both.
func (f *actorFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.as, "as", "", "e-mail address of the person to act for (required)")
	c.Flags().StringVar(&f.employee, "employee", "", "AI employee to act through")
	c.Flags().StringVar(&f.task, "task", "", "task of the AI employee, whose constraints then hold")
	_ = c.MarkFlagRequired("as") // fails only for a flag that does not exist
	c.PreRunE = func(*cobra.Command, []string) error {
		if f.task != "" && f.employee == "" {
			return usagef("--task needs --employee")
		}
		return nil
	}
}

// actor returns whom the command acts for.
func (a *app) actor(ctx context.Context, in *installation, f actorFlags) (remit.Actor, error) {
	person, err := in.store.Directory.PersonByEmail(ctx, f.as)
	if err != nil {
		return remit.Actor{}, err
	}
	actor := remit.Actor{
		Person: person.User.ID, Employee: f.employee, Task: f.task,
		Channel: remit.ChannelCLI, Operator: a.operator, Request: string(in.ids.New()),
	}
	if f.employee == "" {
		return actor, nil
	}
	standing, err := in.access.Resolve(ctx, actor)
	if err != nil {
		return remit.Actor{}, err
	}
	if err := standing.MayUse(f.employee); err != nil || f.task == "" {
		return actor, err
	}
	return actor, standing.MayRunTask(f.employee, f.task)
}

// acting opens the installation for a command that acts for a person.
func (a *app) acting(c *cobra.Command, f actorFlags, use func(in *installation, actor remit.Actor) error) error {
	return a.with(c.Context(), false, func(in *installation) error {
		actor, err := a.actor(c.Context(), in, f)
		if err != nil {
			return err
		}
		return use(in, actor)
	})
}

// operatorActor returns the built-in operator, under the name of who sits at the
// command line.
func (a *app) operatorActor(in *installation) remit.Actor {
	actor := data.Operator(a.operator)
	actor.Request = string(in.ids.New())
	return actor
}
