package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/tool"
)

func (a *app) sqlCommand() *cobra.Command {
	var (
		who    actorFlags
		q      lens.SQLQuery
		limit  int
		asJSON bool
	)
	c := &cobra.Command{
		Use:   "sql STATEMENT",
		Short: "Print the answer to a SELECT over what a person or one of their AI employees may see",
		Long: `Prints the answer to one SELECT, for a person whom the rule of the tool execute_sql allows it.

` + tool.SQLDialect,
		Example: `  remit sql --as ada@example.com "SELECT stage, count(*), sum(amount) FROM opportunities GROUP BY stage"`,
		Args:    cobra.ExactArgs(1),
		RunE: a.do(func(c *cobra.Command, args []string) error {
			q.Statement = args[0]
			if c.Flags().Changed("limit") {
				q.Limit = &limit
			}
			return a.acting(c, who, func(in *installation, actor remit.Actor) error {
				result, err := in.records.SQL(c.Context(), actor, q)
				if err != nil {
					return err
				}
				return a.printRows(result, asJSON)
			})
		}),
	}
	who.add(c)
	a.storeFlags(c)
	c.Flags().IntVar(&limit, "limit", lens.MaxLimit, "rows to print, 1 to 1000")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *app) printRows(result *lens.SQLResult, asJSON bool) error {
	if asJSON {
		_, err := a.out.Write(append(result.AppendJSON(nil), '\n'))
		return err
	}
	if err := valueTable(result.Columns, result.Rows).write(a.out, a.terminal); err != nil {
		return err
	}
	if result.More {
		_, _ = fmt.Fprintln(a.errors, "there are more rows: raise --limit, or ask for a count or a sum")
	}
	return nil
}
