package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/analytics"
	"github.com/remit-crm/remit/ops/input"
	"github.com/remit-crm/remit/ops/templates"
)

func (a *app) templateCommand() *cobra.Command {
	return group("template", "Company-wide figures by reviewed templates: ask them, write, review and publish them",
		"  remit template list --as ada@example.com\n  remit template run --as ada@example.com close-rate-by-industry",
		a.templateListCommand(), a.templateRunCommand(), a.templateVersionsCommand(), a.templateDraftCommand(),
		a.templateReviewCommand(), a.templatePublishCommand(), a.templateWithdrawCommand())
}

// asPerson is a command about templates that acts for a person.
func (a *app) asPerson(c *cobra.Command, asJSON *bool, run func(c *cobra.Command, in *installation, actor remit.Actor, args []string) error) *cobra.Command {
	var who actorFlags
	c.RunE = a.do(func(c *cobra.Command, args []string) error {
		return a.with(c.Context(), false, func(in *installation) error {
			actor, err := a.actor(c.Context(), in, who)
			if err != nil {
				return err
			}
			return run(c, in, actor, args)
		})
	})
	who.add(c)
	a.storeFlags(c)
	if asJSON != nil {
		c.Flags().BoolVar(asJSON, "json", false, "print JSON")
	}
	return c
}

func (a *app) templateListCommand() *cobra.Command {
	var (
		asJSON     bool
		collection string
	)
	c := a.asPerson(&cobra.Command{
		Use:     "list",
		Short:   "List the templates in force that a person may ask",
		Example: "  remit template list --as ada@example.com --collection opportunities",
		Args:    cobra.NoArgs,
	}, &asJSON, func(c *cobra.Command, in *installation, actor remit.Actor, _ []string) error {
		offers, err := in.overall.List(c.Context(), actor, collection)
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(a.out, offers)
		}
		t := &table{heads: []string{"TEMPLATE", "COLLECTION", "PARAMETERS", "REVIEWED BY", "ON", "TITLE"}, right: make([]bool, 6)}
		for _, o := range offers {
			var names []string
			for _, p := range o.Parameters {
				names = append(names, p.Name)
			}
			t.rows = append(t.rows, []string{o.Name, o.Collection, strings.Join(names, ", "), o.ReviewedBy, o.ReviewedAt.Format(remit.DateLayout), o.Title})
		}
		return t.write(a.out, a.terminal)
	})
	c.Flags().StringVar(&collection, "collection", "", "only those about this collection")
	return c
}

func (a *app) templateRunCommand() *cobra.Command {
	var (
		asJSON bool
		set    map[string]string
	)
	c := a.asPerson(&cobra.Command{
		Use:     "run TEMPLATE",
		Short:   "Print company-wide figures by a template in force",
		Example: "  remit template run --as ada@example.com close-rate-by-industry --set since=2026-01-01",
		Args:    cobra.ExactArgs(1),
	}, &asJSON, func(c *cobra.Command, in *installation, actor remit.Actor, args []string) error {
		f, err := in.overall.Run(c.Context(), actor, templates.Request{Template: args[0], Parameters: set})
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(a.out, f)
		}
		return a.printFigures(f)
	})
	c.Flags().StringToStringVar(&set, "set", nil, "values of parameters, as name=value")
	return c
}

func (a *app) printFigures(f *templates.Figures) error {
	t := &table{}
	for _, column := range f.Columns {
		t.heads = append(t.heads, strings.ToUpper(column.Name))
		t.right = append(t.right, slices.Contains([]remit.FieldType{remit.Integer, remit.Decimal, remit.Currency}, column.Type))
	}
	for _, row := range f.Rows {
		cells := make([]string, len(f.Columns))
		for i, column := range f.Columns {
			cells[i] = plainCell(row[column.Name])
		}
		t.rows = append(t.rows, cells)
	}
	if err := t.write(a.out, a.terminal); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(a.errors, "%s; as of %s, over %d records\n", f.Statement, f.AsOf.Format(time.RFC3339), f.Records)
	for _, note := range f.Notes {
		_, _ = fmt.Fprintln(a.errors, note)
	}
	return nil
}

// plainCell is a JSON value as people read it.
func plainCell(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text // null is ""
	}
	return string(raw)
}

func (a *app) templateVersionsCommand() *cobra.Command {
	var asJSON bool
	return a.asPerson(&cobra.Command{
		Use:     "versions [TEMPLATE]",
		Short:   "List the versions of templates, with who wrote and who reviewed them",
		Example: "  remit template versions --as wren@example.com close-rate-by-industry --json",
		Args:    cobra.MaximumNArgs(1),
	}, &asJSON, func(c *cobra.Command, in *installation, actor remit.Actor, args []string) error {
		all, err := in.overall.Versions(c.Context(), actor, strings.Join(args, ""))
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(a.out, all)
		}
		t := &table{heads: []string{"TEMPLATE", "VERSION", "STATE", "AUTHOR", "REVIEWED BY", "UNTIL", "DIGEST", "NOTICE"}, right: make([]bool, 8)}
		for _, v := range all {
			until := ""
			if v.ReviewUntil != nil {
				until = v.ReviewUntil.Format(remit.DateLayout)
			}
			t.rows = append(t.rows, []string{v.Name, strconv.FormatInt(v.Version, 10), v.State, v.Author, v.ReviewedBy, until, v.Digest, v.Notice})
		}
		return t.write(a.out, a.terminal)
	})
}

func (a *app) templateDraftCommand() *cobra.Command {
	return a.asPerson(&cobra.Command{
		Use:   "draft FILE.json",
		Short: "Write a version of a template: a draft until somebody else reviews it",
		Long: `Write a version of a template from a file as "remit template versions --json" prints
it. What is in force stays until the draft is reviewed and published.`,
		Example: "  remit template draft --as wren@example.com won-by-industry.json",
		Args:    cobra.ExactArgs(1),
	}, nil, func(c *cobra.Command, in *installation, actor remit.Actor, args []string) error {
		text, err := os.ReadFile(args[0])
		if err != nil {
			return err
		}
		v, err := input.Parse(bytes.TrimSpace(text))
		if err != nil {
			return err
		}
		var t analytics.Template
		if err := v.Decode(&t); err != nil {
			return err
		}
		draft, err := in.overall.Draft(c.Context(), actor, t)
		return a.printVersion(draft, err)
	})
}

func (a *app) templateReviewCommand() *cobra.Command {
	var (
		r     templates.Review
		until string
	)
	c := a.asPerson(&cobra.Command{
		Use:     "review TEMPLATE VERSION",
		Short:   "Answer for a draft that somebody else wrote",
		Example: "  remit template review --as rex@example.com won-by-industry 2 --digest 4f1c… --until 2027-01-01",
		Args:    cobra.ExactArgs(2),
	}, nil, func(c *cobra.Command, in *installation, actor remit.Actor, args []string) (err error) {
		if r.Version, err = versionNumber(args[1]); err != nil {
			return err
		}
		if r.Until, err = time.ParseInLocation(remit.DateLayout, until, in.store.Location()); err != nil {
			return usagef("--until must be a day of the form 2027-01-31")
		}
		reviewed, err := in.overall.Review(c.Context(), actor, args[0], r)
		return a.printVersion(reviewed, err)
	})
	c.Flags().StringVar(&r.Digest, "digest", "", "of the version that was read, as remit template versions prints it (required)")
	c.Flags().StringVar(&until, "until", "", "the day on which the review lapses (required)")
	c.Flags().StringVar(&r.Note, "note", "", "what is to be said of it")
	_ = c.MarkFlagRequired("digest") // fails only for flags that do not exist
	_ = c.MarkFlagRequired("until")
	return c
}

func (a *app) templatePublishCommand() *cobra.Command {
	return a.asPerson(&cobra.Command{
		Use:     "publish TEMPLATE VERSION",
		Short:   "Put a reviewed version in force",
		Example: "  remit template publish --as wren@example.com won-by-industry 2",
		Args:    cobra.ExactArgs(2),
	}, nil, func(c *cobra.Command, in *installation, actor remit.Actor, args []string) error {
		number, err := versionNumber(args[1])
		if err != nil {
			return err
		}
		published, err := in.overall.Publish(c.Context(), actor, args[0], number)
		return a.printVersion(published, err)
	})
}

func (a *app) templateWithdrawCommand() *cobra.Command {
	return a.asPerson(&cobra.Command{
		Use:     "withdraw TEMPLATE REASON",
		Short:   "Take a template out of force",
		Example: `  remit template withdraw --as rex@example.com won-by-industry "counts what was cancelled"`,
		Args:    cobra.ExactArgs(2),
	}, nil, func(c *cobra.Command, in *installation, actor remit.Actor, args []string) error {
		return in.overall.Withdraw(c.Context(), actor, args[0], args[1])
	})
}

func versionNumber(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, usagef("%q is no version: give its number", text)
	}
	return n, nil
}

func (a *app) printVersion(v *templates.Version, err error) error {
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.out, "%s version %d is %s (digest %s)\n", v.Name, v.Version, v.State, v.Digest)
	return err
}
