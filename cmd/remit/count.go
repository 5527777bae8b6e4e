package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

func (a *app) countCommand() *cobra.Command {
	var (
		who    actorFlags
		q      lens.CountQuery
		filter string
		asJSON bool
	)
	c := &cobra.Command{
		Use:     "count COLLECTION",
		Short:   "Count records of a collection, as a person or one of their AI employees sees them",
		Example: `  remit count --as ada@example.com opportunities --filter '{"stage":"won"}'`,
		Args:    cobra.ExactArgs(1),
		RunE: a.do(func(c *cobra.Command, args []string) (err error) {
			q.Collection = args[0]
			if q.Filter, err = jsonFlag("filter", filter); err != nil {
				return err
			}
			return a.acting(c, who, func(in *installation, actor remit.Actor) error {
				n, err := in.records.Count(c.Context(), actor, q)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(a.out, map[string]int64{"count": n})
				}
				_, err = fmt.Fprintln(a.out, n)
				return err
			})
		}),
	}
	who.add(c)
	a.storeFlags(c)
	c.Flags().StringVar(&q.Source, "data-source", "", `data source of the collection (default "main")`)
	c.Flags().StringVar(&filter, "filter", "", `which records, as JSON: {"amount":{"$gte":1000}}`)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}
