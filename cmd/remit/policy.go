package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/policies"
	"github.com/remit-crm/remit/policy"
)

func (a *app) policyCommand() *cobra.Command {
	return group("policy", "Export, check, compare, apply and explain the policy", "  remit policy export > policy.yaml",
		a.policyExportCommand(), a.policyCheckCommand(), a.policyDiffCommand(), a.policyApplyCommand(), a.policyExplainCommand())
}

func (a *app) policyExportCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "export",
		Short:   "Print the policy that holds, as YAML",
		Example: "  remit policy export > policy.yaml",
		Args:    cobra.NoArgs,
		RunE: a.do(func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), false, func(in *installation) error {
				doc, err := in.policies.Export(c.Context(), a.operatorActor(in))
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(a.out, doc)
				}
				_, err = a.out.Write(policy.Format(doc))
				return err
			})
		}),
	}
	a.storeFlags(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *app) policyCheckCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "check FILE",
		Short:   "Check a policy against the data model; - reads standard input",
		Example: "  remit policy check policy.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: a.do(func(c *cobra.Command, args []string) error {
			return a.withPolicy(c, args[0], func(in *installation, by remit.Actor, text []byte) error {
				doc, err := in.policies.Check(c.Context(), by, text)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(a.out, "%s is sound: %d roles, %d AI employees, %d tasks\n", args[0], len(doc.Roles), len(doc.Employees), len(doc.Tasks))
				return err
			})
		}),
	}
	a.storeFlags(c)
	return c
}

func (a *app) policyDiffCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "diff FILE",
		Short: "Tell what a policy would change, and who would gain and lose how many records",
		Long: `Tell what a policy would change. Beside the differences of the text, the records that
each person could view before and after are counted in the data. Nothing is applied.`,
		Example: "  remit policy diff policy.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: a.do(func(c *cobra.Command, args []string) error {
			return a.withPolicy(c, args[0], func(in *installation, by remit.Actor, text []byte) error {
				diff, err := in.policies.Diff(c.Context(), by, text)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(a.out, diff)
				}
				return a.printDiff(diff)
			})
		}),
	}
	a.storeFlags(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// cells says of which fields how many cells come or go.
func cells(i policies.Impact) string {
	var parts []string
	for _, f := range i.Fields {
		text := f.Field
		if i.Counted {
			text = fmt.Sprintf("%s %+d", f.Field, f.After-f.Before)
		}
		if f.Known != "" {
			text += " (field " + f.Known + ")"
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 && !i.Counted {
		return "other records"
	}
	if len(parts) == 0 && i.Before == i.After {
		return "as many, but others may be meant"
	}
	return join(parts)
}

func (a *app) printDiff(d *policies.Diff) error {
	if len(d.Changes) == 0 {
		_, err := fmt.Fprintln(a.out, "nothing changes")
		return err
	}
	if err := a.printChanges(d.Changes); err != nil {
		return err
	}
	if len(d.Impacts) == 0 {
		_, err := fmt.Fprintf(a.out, "\nnone of %d people, and no AI for them, sees anything more, less or other\n", d.People)
		return err
	}
	_, _ = fmt.Fprintln(a.out)
	t := &table{
		heads: []string{"PERSON", "COLLECTION", "BEFORE", "AFTER", "CELLS"},
		right: []bool{false, false, true, true},
	}
	for _, i := range d.Impacts {
		name := i.Name
		if i.AI {
			name += " (AI: " + i.Employee + ")"
		}
		before, after := "?", "?"
		if i.Counted {
			before, after = strconv.FormatInt(i.Before, 10), strconv.FormatInt(i.After, 10)
		}
		t.rows = append(t.rows, []string{name, i.Collection, before, after, cells(i)})
	}
	if err := t.write(a.out, a.terminal); err != nil {
		return err
	}
	if d.More {
		_, _ = fmt.Fprintf(a.errors, "only the first %d people were looked at\n", policies.MostPeople)
	}
	return nil
}

func (a *app) printChanges(changes []policy.Change) error {
	for _, change := range changes {
		if _, err := fmt.Fprintln(a.out, clean(change.String())); err != nil {
			return err
		}
	}
	return nil
}

func join(names []string) string {
	text := ""
	for i, name := range names {
		if i > 0 {
			text += ", "
		}
		text += name
	}
	return text
}

func (a *app) policyApplyCommand() *cobra.Command {
	var asJSON, force bool
	c := &cobra.Command{
		Use:   "apply FILE",
		Short: "Put a policy in place of the one that holds; - reads standard input",
		Long: `Put a policy in place of the one that holds: all of it, or nothing if anything in it is
wrong. It holds for every request that starts afterwards, on every server.

A policy after which no active person could manage the policy or people is refused.
With --force the operator applies it all the same, and later takes it back; both are
recorded as policy.force.`,
		Example: `  remit policy diff policy.yaml && remit policy apply policy.yaml
  remit policy apply --force emergency.yaml`,
		Args: cobra.ExactArgs(1),
		RunE: a.do(func(c *cobra.Command, args []string) error {
			return a.withPolicy(c, args[0], func(in *installation, by remit.Actor, text []byte) error {
				apply := in.policies.Apply
				if force {
					apply = in.policies.Force
				}
				changes, err := apply(c.Context(), by, text)
				if err != nil {
					return err
				}
				if asJSON {
					if changes == nil {
						changes = []policy.Change{}
					}
					return writeJSON(a.out, map[string][]policy.Change{"changes": changes})
				}
				if len(changes) == 0 {
					_, err := fmt.Fprintln(a.out, "nothing changes")
					return err
				}
				return a.printChanges(changes)
			})
		}),
	}
	a.storeFlags(c)
	c.Flags().BoolVar(&force, "force", false, "apply it although it locks every administrator out")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *app) policyExplainCommand() *cobra.Command {
	var q policies.Inquiry
	var action, arguments string
	var asJSON bool
	c := &cobra.Command{
		Use:   "explain --as EMAIL [COLLECTION]",
		Short: "Explain what a person, or an AI employee for them, may do, layer by layer, and why",
		Long: `Explain what each of the four layers makes of a call, by which rule and why: who may use
the AI employee, who may run the task, who may have the tool called with this input, and
which rows and fields the data gives. Each is judged by itself. What alone would change a
refusal is said.`,
		Example: `  remit policy explain --as ada@example.com opportunities
  remit policy explain --as ada@example.com --employee viz --action update opportunities
  remit policy explain --as ada@example.com --employee finance-analyst --task revenue-report \
    --tool aggregate_records --input '{"collection": "orders"}' orders`,
		Args: cobra.MaximumNArgs(1),
		RunE: a.do(func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				q.Collection = args[0]
			}
			if q.Task != "" && q.Employee == "" {
				return usagef("--task needs --employee")
			}
			if arguments != "" {
				q.Input = json.RawMessage(arguments)
			}
			var err error
			if q.Action, err = parseAction(action); err != nil {
				return err
			}
			return a.with(c.Context(), false, func(in *installation) error {
				verdict, err := in.policies.Explain(c.Context(), a.operatorActor(in), q)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(a.out, verdict)
				}
				_, err = io.WriteString(a.out, verdict.String())
				return err
			})
		}),
	}
	a.storeFlags(c)
	c.Flags().StringVar(&q.Email, "as", "", "e-mail address of the person (required)")
	c.Flags().StringVar(&q.Employee, "employee", "", "AI employee that acts for the person")
	c.Flags().StringVar(&q.Task, "task", "", "task of the AI employee")
	c.Flags().StringVar(&q.Tool, "tool", "", "tool that is called")
	c.Flags().StringVar(&arguments, "input", "", "JSON object of the tool's arguments")
	c.Flags().StringVar(&q.Source, "data-source", "", `data source of the collection (default "main")`)
	c.Flags().StringVar(&action, "action", string(policy.View), "view, create, update, delete or export")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	_ = c.MarkFlagRequired("as") // fails only for a flag that does not exist
	return c
}

func parseAction(name string) (policy.Action, error) {
	for _, known := range policy.Actions {
		if string(known) == name {
			return known, nil
		}
	}
	return "", usagef("there is no action %q: use view, create, update, delete or export", name)
}

// withPolicy hands use the text of a policy and who acts, and puts its file and lines
// before what is wrong with it.
func (a *app) withPolicy(c *cobra.Command, file string, use func(in *installation, by remit.Actor, text []byte) error) error {
	text, err := a.readFile(file)
	if err != nil {
		return err
	}
	return a.with(c.Context(), false, func(in *installation) error {
		return withLines(file, text, use(in, a.operatorActor(in), text))
	})
}

// readFile reads a file, or standard input for "-".
func (a *app) readFile(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(a.in, policy.MaxFileBytes+1))
	}
	return os.ReadFile(name) // #nosec G304 -- the operator names the file
}

// withLines puts the file and, where it is known, the line before each problem.
func withLines(file string, text []byte, err error) error {
	var all []error
	for _, problem := range flatten(err) {
		var e *remit.Error
		if !errors.As(problem, &e) || e.Kind != remit.KindInvalid {
			return err
		}
		place := file
		if line := policy.Line(text, e.Field); line > 0 && e.Field != "" {
			place += ":" + strconv.Itoa(line)
		}
		all = append(all, fmt.Errorf("%s: %w", place, problem))
	}
	return errors.Join(all...)
}
