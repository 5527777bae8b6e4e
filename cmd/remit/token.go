package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/tokens"
)

func (a *app) tokenCommand() *cobra.Command {
	return group("token", "Create, list and revoke API tokens", "  remit token create --user ada@example.com --ttl 24h",
		a.tokenCreateCommand(), a.tokenListCommand(), a.tokenRevokeCommand())
}

func (a *app) tokenCreateCommand() *cobra.Command {
	var r tokens.Request
	var asJSON bool
	c := &cobra.Command{
		Use:   "create --user EMAIL",
		Short: "Create an API token, for HTTP and MCP, and print its secret this once",
		Long: `Create an API token and print its secret, which is not kept and cannot be shown
again. Over MCP a token that is bound to an AI employee acts through it, within
its remit; one that is not acts as the person's own agent, which reads only.`,
		Example: `  remit token create --user ada@example.com --name laptop --ttl 24h
  remit token create --user ada@example.com --employee viz --ttl 168h --json`,
		Args: cobra.NoArgs,
		RunE: a.do(func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), false, func(in *installation) error {
				created, err := in.tokens.Create(c.Context(), a.operatorActor(in), r)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(a.out, created)
				}
				_, _ = fmt.Fprintf(a.errors, "token %s of %s, until %s; it is not shown again:\n", created.ID, r.Email, moment(created.Expires))
				_, err = fmt.Fprintln(a.out, created.Secret)
				return err
			})
		}),
	}
	a.storeFlags(c)
	c.Flags().StringVar(&r.Email, "user", "", "e-mail address of the person whose token it is (required)")
	c.Flags().StringVar(&r.Employee, "employee", "", "AI employee that the token is bound to")
	c.Flags().StringVar(&r.Name, "name", "command line", "what the token is for")
	c.Flags().DurationVar(&r.TTL, "ttl", 24*time.Hour, "how long the token is good, at most 366 days")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	_ = c.MarkFlagRequired("user") // fails only for a flag that does not exist
	return c
}

func (a *app) tokenListCommand() *cobra.Command {
	var email string
	var asJSON bool
	c := &cobra.Command{
		Use:     "list --user EMAIL",
		Short:   "List a person's API tokens, ended ones included",
		Example: "  remit token list --user ada@example.com",
		Args:    cobra.NoArgs,
		RunE: a.do(func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), false, func(in *installation) error {
				all, err := in.tokens.List(c.Context(), a.operatorActor(in), email)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(a.out, map[string][]tokens.Token{"tokens": all})
				}
				t := &table{heads: []string{"ID", "NAME", "BEGINS WITH", "AI EMPLOYEE", "EXPIRES", "USED", "REVOKED"}}
				for _, k := range all {
					t.rows = append(t.rows, []string{string(k.ID), k.Name, k.Prefix, k.Employee, moment(k.Expires), moment(k.Used), moment(k.Revoked)})
				}
				return t.write(a.out, a.terminal)
			})
		}),
	}
	a.storeFlags(c)
	c.Flags().StringVar(&email, "user", "", "e-mail address of the person (required)")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	_ = c.MarkFlagRequired("user") // fails only for a flag that does not exist
	return c
}

func (a *app) tokenRevokeCommand() *cobra.Command {
	var email string
	c := &cobra.Command{
		Use:     "revoke --user EMAIL TOKEN-ID",
		Short:   "End an API token at once",
		Example: "  remit token revoke --user ada@example.com k5jq2mzr4n7tw3xyabcdefghij",
		Args:    cobra.ExactArgs(1),
		RunE: a.do(func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), false, func(in *installation) error {
				if err := in.tokens.Revoke(c.Context(), a.operatorActor(in), email, remit.ID(args[0])); err != nil {
					return err
				}
				_, err := fmt.Fprintf(a.out, "revoked %s\n", args[0])
				return err
			})
		}),
	}
	a.storeFlags(c)
	c.Flags().StringVar(&email, "user", "", "e-mail address of the person (required)")
	_ = c.MarkFlagRequired("user") // fails only for a flag that does not exist
	return c
}

// moment shows an instant to people; "" is never.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}
