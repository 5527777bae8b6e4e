package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/importing"
)

func (a *app) importCommand() *cobra.Command {
	var (
		o       importing.Options
		maps    []string
		values  []string
		as      string
		asJSON  bool
		collect = func(file io.Reader, c *cobra.Command, in *installation) error {
			actor, err := a.importer(c, in, as)
			if err != nil {
				return err
			}
			report, err := in.importer.Run(c.Context(), actor, file, o)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(a.out, report)
			}
			return a.printImport(report)
		}
	)
	c := &cobra.Command{
		Use:   "import COLLECTION FILE.csv",
		Short: "Import records from a CSV file, all of them or none; - reads standard input",
		Long: `Import records from a CSV file. Columns go to the fields of the same name unless
--map says otherwise. No column is dropped unasked: one that goes nowhere is refused,
and --map COLUMN= leaves it out. Either every line is in, or nothing is and each
problem is named with its line and column. With --key a record that has the key's
value already is brought up to date instead of made again.

Without --as the records are written by the built-in operator. The collection
"people" makes people with their departments and managers.`,
		Example: `  remit import accounts accounts.csv --map account=name --map sector=industry --key name
  remit import people sales_teams.csv --role sales-rep --manager-role sales-manager --email-domain example.com
  remit import opportunities pipeline.csv --map deal_stage=stage --replace deal_stage:Won=won --dry-run`,
		Args: cobra.ExactArgs(2),
		RunE: a.do(func(c *cobra.Command, args []string) (err error) {
			o.Collection = args[0]
			if o.Map, err = mappings(maps); err != nil {
				return err
			}
			if o.Replace, err = replacements(values); err != nil {
				return err
			}
			file := a.in
			if args[1] != "-" {
				opened, err := os.Open(args[1])
				if err != nil {
					return err
				}
				defer func() { _ = opened.Close() }() // only read
				file = opened
			}
			return a.with(c.Context(), true, func(in *installation) error { return collect(file, c, in) })
		}),
	}
	a.storeFlags(c)
	c.Flags().StringVar(&as, "as", "", "e-mail address of the person who imports (default: the built-in operator)")
	c.Flags().StringArrayVar(&maps, "map", nil, "COLUMN=FIELD (repeatable; one column may go to several fields)")
	c.Flags().StringArrayVar(&values, "replace", nil, "COLUMN:FROM=TO, to read a value as another (repeatable)")
	c.Flags().StringVar(&o.Key, "key", "", "field by which a record is recognised")
	c.Flags().StringVar(&o.Source, "data-source", "", `data source of the collection (default "main")`)
	c.Flags().BoolVar(&o.DryRun, "dry-run", false, "do everything, then take it back")
	c.Flags().BoolVar(&o.CreateMissing, "create-missing", false, "create records that a relation names and that do not exist")
	c.Flags().StringVar(&o.EmailDomain, "email-domain", "", "for people without an address: first.last@ this domain")
	c.Flags().StringSliceVar(&o.Roles, "role", nil, "for people: role of everyone in the file (repeatable)")
	c.Flags().StringSliceVar(&o.ManagerRoles, "manager-role", nil, "for people: role of everyone whom the file names as a manager (repeatable)")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// importer returns who imports.
func (a *app) importer(c *cobra.Command, in *installation, as string) (remit.Actor, error) {
	if as == "" {
		return a.operatorActor(in), nil
	}
	return a.actor(c.Context(), in, actorFlags{as: as})
}

func mappings(texts []string) ([]importing.Mapping, error) {
	var all []importing.Mapping
	for _, text := range texts {
		column, field, ok := strings.Cut(text, "=")
		if !ok || column == "" {
			return nil, usagef("--map must be COLUMN=FIELD, not %q", text)
		}
		all = append(all, importing.Mapping{Column: column, Field: field})
	}
	return all, nil
}

func replacements(texts []string) ([]importing.Replacement, error) {
	var all []importing.Replacement
	for _, text := range texts {
		column, rest, ok := strings.Cut(text, ":")
		from, to, both := strings.Cut(rest, "=")
		if !ok || !both || column == "" {
			return nil, usagef("--replace must be COLUMN:FROM=TO, not %q", text)
		}
		all = append(all, importing.Replacement{Column: column, From: from, To: to})
	}
	return all, nil
}

func (a *app) printImport(r *importing.Report) error {
	t := &table{heads: []string{"COLUMN", "FIELDS", "LOOKS LIKE", "EMPTY"}, right: []bool{false, false, false, true}}
	for _, column := range r.Columns {
		fields := join(column.Fields)
		if fields == "" {
			fields = "(left out)"
		}
		t.rows = append(t.rows, []string{column.Column, fields, string(column.Type), fmt.Sprint(column.Empty)})
	}
	if err := t.write(a.errors, true); err != nil {
		return err
	}
	done := "imported"
	if r.DryRun {
		done = "would import"
	}
	_, err := fmt.Fprintf(a.out, "%s %s: %d lines, %d created, %d changed, %d unchanged\n", done, r.Collection, r.Lines, r.Created, r.Changed, r.Unchanged)
	return err
}
