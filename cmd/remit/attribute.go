package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/people"
)

func (a *app) attributeCommand() *cobra.Command {
	return group("attribute", "List, define and remove the attributes that people may have", "  remit attribute define region text --list",
		a.attributeListCommand(), a.attributeDefineCommand(), a.attributeRemoveCommand())
}

func (a *app) attributeListCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the attributes, how many people have values, and where the policy names them",
		Example: "  remit attribute list",
		Args:    cobra.NoArgs,
		RunE: a.do(func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), false, func(in *installation) error {
				all, err := in.people.Attributes(c.Context(), a.operatorActor(in))
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(a.out, map[string][]people.Attribute{"attributes": all})
				}
				t := &table{heads: []string{"NAME", "TYPE", "PEOPLE", "USED BY"}, right: []bool{false, false, true}}
				for _, each := range all {
					t.rows = append(t.rows, []string{each.Name, typeOf(each), strconv.FormatInt(each.People, 10), usesOf(each)})
				}
				return t.write(a.out, a.terminal)
			})
		}),
	}
	a.storeFlags(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func typeOf(a people.Attribute) string {
	if a.List {
		return "list of " + string(a.Type)
	}
	return string(a.Type)
}

func usesOf(a people.Attribute) string {
	places := make([]string, len(a.Uses))
	for i, u := range a.Uses {
		places[i] = u.String()
	}
	return join(places)
}

func (a *app) attributeDefineCommand() *cobra.Command {
	var list, asJSON bool
	var losing losingFlag
	c := &cobra.Command{
		Use:   "define NAME TYPE",
		Short: "Add an attribute, or change its type: text, integer, decimal, money, boolean, date or timestamp",
		Long: `Add an attribute that people may have, or change the type of one. Row scopes and
conditions name it user.NAME.

While the policy names an attribute its type stays. Another type takes the values that
people have: --people confirms from how many.`,
		Example: `  remit attribute define region text --list
  remit attribute define level integer
  remit attribute define level decimal --people 12`,
		Args: cobra.ExactArgs(2),
		RunE: a.do(func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), false, func(in *installation) error {
				d := people.Definition{Name: args[0], Type: remit.FieldType(args[1]), List: list, People: losing.given(c)}
				made, err := in.people.DefineAttribute(c.Context(), a.operatorActor(in), d)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(a.out, made)
				}
				_, err = fmt.Fprintf(a.out, "people may have %s: %s\n", made.Name, typeOf(*made))
				return err
			})
		}),
	}
	a.storeFlags(c)
	c.Flags().BoolVar(&list, "list", false, "it takes several values")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	losing.add(c)
	return c
}

func (a *app) attributeRemoveCommand() *cobra.Command {
	var losing losingFlag
	c := &cobra.Command{
		Use:   "remove NAME",
		Short: "Remove an attribute that the policy does not name, with every value of it",
		Long: `Remove an attribute that the policy does not name, with every value of it. Where people
have values, --people confirms from how many they are taken.`,
		Example: `  remit attribute remove level
  remit attribute remove level --people 12`,
		Args: cobra.ExactArgs(1),
		RunE: a.do(func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), false, func(in *installation) error {
				if err := in.people.RemoveAttribute(c.Context(), a.operatorActor(in), args[0], losing.given(c)); err != nil {
					return err
				}
				_, err := fmt.Fprintf(a.out, "removed %s\n", args[0])
				return err
			})
		}),
	}
	a.storeFlags(c)
	losing.add(c)
	return c
}

// losingFlag confirms how many people lose values.
type losingFlag struct{ people int }

func (f *losingFlag) add(c *cobra.Command) {
	c.Flags().IntVar(&f.people, "people", 0, "how many people lose their values by it, to confirm that")
}

// given returns the number, nil where it was not given.
func (f *losingFlag) given(c *cobra.Command) *int {
	if !c.Flags().Changed("people") {
		return nil
	}
	return &f.people
}
