package main

import (
	"github.com/spf13/cobra"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

func (a *app) historyCommand() *cobra.Command {
	var (
		who    actorFlags
		q      lens.HistoryQuery
		limit  int
		asJSON bool
	)
	c := &cobra.Command{
		Use:   "history COLLECTION ID",
		Short: "Print who changed what of a record, as a person sees it",
		Long: `Print the changes of a record, the newest first: of the fields that the person
sees on the record now.`,
		Example: `  remit history --as ada@example.com opportunities v5ka3ggnlmhg3wawjwmmfxxkpa
  remit history --as ada@example.com accounts v5ka3ggnlmhg3wawjwmmfxxkpa --json`,
		Args: cobra.ExactArgs(2),
		RunE: a.do(func(c *cobra.Command, args []string) error {
			q.Collection, q.ID = args[0], remit.ID(args[1])
			if c.Flags().Changed("limit") {
				q.Limit = &limit
			}
			return a.acting(c, who, func(in *installation, actor remit.Actor) error {
				h, err := in.records.History(c.Context(), actor, q)
				if err != nil {
					return err
				}
				return a.printHistory(h, asJSON)
			})
		}),
	}
	who.add(c)
	a.storeFlags(c)
	c.Flags().StringVar(&q.Source, "data-source", "", `data source of the collection (default "main")`)
	c.Flags().IntVar(&limit, "limit", lens.DefaultLimit, "changes to print, 1 to 200")
	c.Flags().StringVar(&q.Cursor, "cursor", "", "go on behind the page that gave this cursor")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *app) printHistory(h *lens.History, asJSON bool) error {
	if asJSON {
		return writeJSON(a.out, h)
	}
	t := &table{heads: []string{"WHEN", "BY", "FIELD", "BEFORE", "AFTER"}, right: make([]bool, 5)}
	for _, change := range h.Changes {
		field := change.Field
		if change.Action == "create" {
			field = "(created)"
		}
		t.rows = append(t.rows, []string{change.At.String(), changedBy(change.By), field, h.Show(change.Before), h.Show(change.After)})
	}
	if err := t.write(a.out, a.terminal); err != nil {
		return err
	}
	a.tellMore(h.NextCursor)
	return nil
}

// changedBy names who made a change; whom the reader may not see is only a kind.
func changedBy(by lens.ChangedBy) string {
	text := by.Kind
	if by.Person != nil {
		text = by.Person.Name.String()
		if by.Kind != "human" {
			text += " (" + by.Kind + ")"
		}
	}
	if by.Employee != "" {
		text += " by " + by.Employee
	}
	return text
}
