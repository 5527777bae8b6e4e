package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/remit-crm/remit/ops/settings"
)

func (a *app) configCommand() *cobra.Command {
	return group("config", "Read and change what the installation says of its company", "  remit config set time_zone Europe/Vienna",
		a.configGetCommand(), a.configSetCommand())
}

func (a *app) configGetCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "get [NAME]",
		Short: "Print the settings, or one: company, time_zone, currency",
		Example: `  remit config get
  remit config get time_zone`,
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: settings.Names,
		RunE: a.do(func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), false, func(in *installation) error {
				company, err := in.settings.Get(c.Context(), a.operatorActor(in))
				if err != nil {
					return err
				}
				return a.printSettings(company, args, asJSON)
			})
		}),
	}
	a.storeFlags(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// printSettings prints the settings of the names, all where there are none. The
// value of one stands alone, for the next program.
func (a *app) printSettings(company settings.Company, names []string, asJSON bool) error {
	if len(names) == 1 {
		value, err := company.Value(names[0])
		if err != nil {
			return err
		}
		if asJSON {
			return writeJSON(a.out, map[string]string{names[0]: value})
		}
		_, err = fmt.Fprintln(a.out, clean(value))
		return err
	}
	if asJSON {
		return writeJSON(a.out, company)
	}
	t := &table{heads: []string{"NAME", "VALUE"}}
	for _, name := range settings.Names {
		value, err := company.Value(name)
		if err != nil {
			return err
		}
		t.rows = append(t.rows, []string{name, value})
	}
	return t.write(a.out, a.terminal)
}

func (a *app) configSetCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "set NAME VALUE",
		Short: "Change a setting: company, time_zone or currency",
		Long: `Change a setting. It counts as policy: every running server answers by it at once.

  company    the company's name
  time_zone  IANA name; days, weeks and months begin by it
  currency   ISO 4217 code for new fields of money`,
		Example: `  remit config set company "Larkfield Instruments"
  remit config set time_zone Europe/Vienna
  remit config set currency EUR`,
		Args:      cobra.ExactArgs(2),
		ValidArgs: settings.Names,
		RunE: a.do(func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), false, func(in *installation) error {
				company, err := in.settings.SetOne(c.Context(), a.operatorActor(in), args[0], args[1])
				if err != nil {
					return err
				}
				return a.printSettings(company, args[:1], asJSON)
			})
		}),
	}
	a.storeFlags(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}
