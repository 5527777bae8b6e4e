package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/input"
)

func (a *app) queryCommand() *cobra.Command {
	var (
		who    actorFlags
		q      lens.Query
		filter string
		fields string
		sort   string
		limit  int
		asJSON bool
	)
	c := &cobra.Command{
		Use:   "query COLLECTION",
		Short: "Print records of a collection, as a person or one of their AI employees sees them",
		Example: `  remit query --as ada@example.com opportunities --filter '{"stage":{"$in":["won","lost"]}}' --sort -amount --limit 20
  remit query --as ada@example.com --employee viz accounts --fields name,industry --json
  remit query --as ada@example.com quotes --filter '{"status":"accepted","$hasNo":{"collection":"orders"}}'`,
		Args: cobra.ExactArgs(1),
		RunE: a.do(func(c *cobra.Command, args []string) (err error) {
			q.Collection, q.Fields, q.Sort = args[0], commas(fields), commas(sort)
			if q.Filter, err = jsonFlag("filter", filter); err != nil {
				return err
			}
			if c.Flags().Changed("limit") {
				q.Limit = &limit
			}
			return a.acting(c, who, func(in *installation, actor remit.Actor) error {
				page, err := in.records.Query(c.Context(), actor, q)
				if err != nil {
					return err
				}
				return a.printPage(page, asJSON)
			})
		}),
	}
	who.add(c)
	a.storeFlags(c)
	c.Flags().StringVar(&q.Source, "data-source", "", `data source of the collection (default "main")`)
	c.Flags().StringVar(&filter, "filter", "", `which records, as JSON: {"amount":{"$gte":1000}}`)
	c.Flags().StringVar(&fields, "fields", "", "fields to print, separated by commas; also over a relation: account.name")
	c.Flags().StringVar(&sort, "sort", "", "fields to sort by, separated by commas; - before one for descending")
	c.Flags().IntVar(&limit, "limit", lens.DefaultLimit, "records to print, 1 to 1000")
	c.Flags().StringVar(&q.Cursor, "cursor", "", "go on behind the page that gave this cursor")
	c.Flags().BoolVar(&q.Total, "total", false, "count all matches too")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *app) printPage(page *lens.Page, asJSON bool) error {
	if asJSON {
		_, err := a.out.Write(append(page.AppendJSON(nil), '\n'))
		return err
	}
	if err := pageTable(page).write(a.out, a.terminal); err != nil {
		return err
	}
	// What is not a record goes to where people look and programs do not.
	if page.Total != nil {
		_, _ = fmt.Fprintf(a.errors, "%d of %d records\n", len(page.Records), *page.Total)
	}
	a.tellMore(page.NextCursor)
	return nil
}

// tellMore says how to go on behind a page, where people look and programs do not.
func (a *app) tellMore(cursor string) {
	if cursor != "" {
		_, _ = fmt.Fprintf(a.errors, "there are more: --cursor %s\n", cursor)
	}
}

func commas(list string) []string {
	if list == "" {
		return nil
	}
	parts := strings.Split(list, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// jsonFlag reads a flag's JSON as strictly as the API reads a body.
func jsonFlag(name, text string) (json.RawMessage, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	v, err := input.Parse([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", name, err)
	}
	return v.Raw(), nil
}

// within names the flag whose JSON an error is about.
func within(name string, err error) error {
	if remit.KindOf(err) == remit.KindInvalid {
		return fmt.Errorf("--%s: %w", name, err)
	}
	return err
}
