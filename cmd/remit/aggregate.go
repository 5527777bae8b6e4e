package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/records"
)

func (a *app) aggregateCommand() *cobra.Command {
	var (
		who                          actorFlags
		source, measures, dimensions string
		filter, sort                 string
		limit                        int
		asJSON                       bool
	)
	c := &cobra.Command{
		Use:   "aggregate COLLECTION",
		Short: "Compute figures over groups of records, as a person or one of their AI employees sees them",
		Example: `  remit aggregate --as ada@example.com opportunities --measures '[{"fn":"sum","field":"amount","as":"revenue"}]' \
    --dimensions '[{"field":"close_date","bucket":"month"}]' --filter '{"stage":"won"}'`,
		Args: cobra.ExactArgs(1),
		RunE: a.do(func(c *cobra.Command, args []string) (err error) {
			q := lens.AggregateQuery{Source: source, Collection: args[0], Sort: commas(sort)}
			if q.Measures, err = records.ParseMeasures([]byte(measures)); err != nil {
				return within("measures", err)
			}
			if dimensions != "" {
				if q.Dimensions, err = records.ParseDimensions([]byte(dimensions)); err != nil {
					return within("dimensions", err)
				}
			}
			if q.Filter, err = jsonFlag("filter", filter); err != nil {
				return err
			}
			if c.Flags().Changed("limit") {
				q.Limit = &limit
			}
			return a.acting(c, who, func(in *installation, actor remit.Actor) error {
				result, err := in.records.Aggregate(c.Context(), actor, q)
				if err != nil {
					return err
				}
				return a.printGroups(result, asJSON)
			})
		}),
	}
	who.add(c)
	a.storeFlags(c)
	c.Flags().StringVar(&source, "data-source", "", `data source of the collection (default "main")`)
	c.Flags().StringVar(&measures, "measures", `[{"fn":"count"}]`, "figures, as JSON; fn is count, sum, avg, min, max, count_distinct or ratio")
	c.Flags().StringVar(&dimensions, "dimensions", "", "what to group by, as JSON; bucket is day, week, month, quarter or year")
	c.Flags().StringVar(&filter, "filter", "", "which records, as JSON")
	c.Flags().StringVar(&sort, "sort", "", "names of result columns, separated by commas; - before one for descending")
	c.Flags().IntVar(&limit, "limit", lens.DefaultLimit, "groups to print, 1 to 1000")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *app) printGroups(result *lens.AggregateResult, asJSON bool) error {
	if asJSON {
		_, err := a.out.Write(append(result.AppendJSON(nil), '\n'))
		return err
	}
	if err := valueTable(result.Columns, result.Rows).write(a.out, a.terminal); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(a.errors, "over %d records\n", result.Records)
	if result.More {
		_, _ = fmt.Fprintln(a.errors, "there are more groups: raise --limit")
	}
	return nil
}
