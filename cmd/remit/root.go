package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm/roster"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1 // refused, or failed
	exitUsage  = 2 // the command was written wrongly
)

// app is one run of the binary.
type app struct {
	world
	store  storeFlags
	models *roster.Config // of a configuration file; nil: none
	began  bool           // a command's own code ran: what fails from then on is no usage error
}

// run carries out the command line and returns the exit code.
func run(ctx context.Context, args []string, w world) int {
	a := &app{world: w}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(w.in)
	root.SetOut(w.out)
	root.SetErr(w.errors)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	var usage *usageError
	if !a.began || errors.As(err, &usage) {
		_, _ = fmt.Fprintf(w.errors, "remit: %v\nRun \"remit help\" or add --help to a command for how to use it.\n", err)
		return exitUsage
	}
	a.complain(err)
	return exitFailed
}

// complain tells the operator what went wrong, in full: unlike a caller over the
// network, they may know the cause.
func (a *app) complain(err error) {
	for _, problem := range flatten(err) {
		_, _ = fmt.Fprintf(a.errors, "remit: %v\n", problem)
	}
}

// flatten takes errors that were joined apart.
func flatten(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, flatten(e)...)
	}
	return all
}

// usageError is a command that was written wrongly, noticed by the command's own
// code.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// root returns the whole command tree.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "remit",
		Short: "A self-hosted CRM whose AI employees never see or do more than the person they work for",
		Long: `Remit is a self-hosted CRM whose AI employees never see or do more than the
person they work for.

Commands work on the database that --database names, with or without a running
server. They exit with 0 when done, 1 when refused or failed, and 2 when the
command was written wrongly.`,
		Example: `  remit demo
  remit serve --database sqlite:crm.db --addr 127.0.0.1:8080
  remit query --as ada@example.com opportunities --filter '{"stage":"won"}' --sort -amount`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = false
	root.AddCommand(
		a.serveCommand(), a.demoCommand(), a.askCommand(),
		a.queryCommand(), a.countCommand(), a.aggregateCommand(), a.sqlCommand(), a.historyCommand(), a.templateCommand(), a.importCommand(),
		a.policyCommand(), a.attributeCommand(), a.configCommand(), a.tokenCommand(), a.auditCommand(), a.versionCommand(),
	)
	return root
}

// do wraps a command's code, so that what fails before it counts as usage.
func (a *app) do(code func(c *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		a.began = true
		return code(c, args)
	}
}

// group returns a command that only holds others. Called alone it is a usage
// error, with the help that says what is missing.
func group(use, short, example string, commands ...*cobra.Command) *cobra.Command {
	g := &cobra.Command{
		Use: use, Short: short, Example: example,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(c, args[0])
			}
			return usagef("%s needs a subcommand", c.CommandPath())
		},
	}
	g.AddCommand(commands...)
	return g
}

func unknownCommand(c *cobra.Command, name string) error {
	var names []string
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
	}
	err := remit.Errorf(remit.KindInvalid, "there is no command %q", c.CommandPath()+" "+name)
	err.Hint = remit.DidYouMean(name, names)
	return &usageError{err}
}

// operatorName returns who sits at the command line, for the audit.
func operatorName() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "uid " + strconv.Itoa(os.Getuid())
}
