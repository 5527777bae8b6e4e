package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/ops/answers"
)

func (a *app) askCommand() *cobra.Command {
	var (
		who    actorFlags
		config string
		asJSON bool
	)
	c := &cobra.Command{
		Use:   "ask QUESTION",
		Short: "Ask an AI employee, as a person",
		Long: `Ask an AI employee, as a person. What it reads is what the person may see, within the
AI employee's remit and the task's constraints; every read is in the audit log. The
tool calls are printed as they happen, then the answer.

Without a configured model service the built-in offline planner answers. Services are
set in the section "models" of the file given with --config, or by environment
variables such as REMIT_ANTHROPIC_API_KEY, REMIT_OPENAI_API_KEY, REMIT_OPENAI_BASE_URL.`,
		Example: `  remit ask --as ada@example.com "What is our close rate by industry?"
  remit ask --as ada@example.com --employee viz --task pipeline-review ""`,
		Args: cobra.ExactArgs(1),
		RunE: a.do(func(c *cobra.Command, args []string) error {
			if err := a.readModels(config); err != nil {
				return err
			}
			q := answers.Question{Employee: who.employee, Task: who.task, Question: args[0]}
			return a.with(c.Context(), false, func(in *installation) error {
				return a.ask(c.Context(), in, who, q, asJSON)
			})
		}),
	}
	who.add(c)
	c.PreRunE = nil // a task says by itself whose it is
	a.storeFlags(c)
	c.Flags().StringVar(&config, "config", "", "YAML file whose section models names the model services")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *app) ask(ctx context.Context, in *installation, who actorFlags, q answers.Question, asJSON bool) error {
	// The AI employee and the task are the question's here, not the actor's: which
	// one answers where none is named is for the use case to say.
	actor, err := a.actor(ctx, in, actorFlags{as: who.as})
	if err != nil {
		return err
	}
	emit := func(e agent.Event) error { return a.narrate(e) }
	if asJSON {
		emit = nil
	}
	result, err := in.answers.Ask(ctx, actor, q, emit)
	if err != nil {
		return err
	}
	if asJSON {
		err = writeJSON(a.out, result)
	} else {
		err = a.printAnswer(result)
	}
	if err != nil {
		return err
	}
	return outcome(result)
}

// narrate tells what an AI employee does while it works, beside the answer.
func (a *app) narrate(e agent.Event) error {
	var line string
	switch e := e.(type) {
	case agent.Started:
		line = e.Employee + " (" + e.Model + ")"
	case agent.ToolStarted:
		line = "  " + e.Tool + " " + string(e.Arguments)
	case agent.ToolFinished:
		line = "  → " + e.Text
	case agent.TextDelta, agent.ChartDrawn, agent.UsageCounted, agent.Ended:
		return nil
	}
	_, err := fmt.Fprintln(a.errors, clean(line))
	return err
}

// printAnswer prints the answer's text, whose lines are the model's: they keep
// their breaks and lose what drives a terminal.
func (a *app) printAnswer(r *agent.Result) error {
	lines := strings.Split(r.Answer, "\n")
	for i := range lines {
		lines[i] = clean(lines[i])
	}
	_, err := io.WriteString(a.out, strings.Join(lines, "\n")+"\n")
	if len(r.Unsupported) > 0 {
		_, _ = fmt.Fprintf(a.errors, "not found in what was read: %s\n", clean(strings.Join(r.Unsupported, ", ")))
	}
	return err
}

// outcome is an error for a run that came to no answer.
func outcome(r *agent.Result) error {
	switch r.End {
	case agent.Answered, agent.OutOfSteps, agent.Cut:
		return nil
	case agent.OutOfTokens, agent.OutOfTime, agent.Declined, agent.Empty, agent.Looping, agent.Stuck,
		agent.ServiceError, agent.Canceled, agent.Revoked:
	}
	err := remit.Errorf(remit.KindUnavailable, "the run ended without an answer: %s", r.End)
	if r.Cause != nil {
		return fmt.Errorf("%w: %w", err, r.Cause)
	}
	return err
}
