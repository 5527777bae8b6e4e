package main

import (
	"fmt"
	"sort"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/remit-crm/remit"
)

// applyConfig sets the flags that a YAML file names and the command line does
// not. So a setting has one name, one meaning and one check, wherever it is
// given.
func (a *app) applyConfig(c *cobra.Command, file string) error {
	if file == "" {
		return nil
	}
	settings, err := a.readSettings(file)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(settings))
	for name := range settings {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if err := applySetting(c, name, settings[name]); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

func applySetting(c *cobra.Command, name string, value any) error {
	flag := c.Flags().Lookup(name)
	if flag == nil || name == "config" || name == "help" {
		return unknownSetting(c, name)
	}
	if flag.Changed {
		return nil
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	for _, one := range list {
		switch one.(type) {
		case string, bool, int, float64:
		default:
			return remit.FieldErrorf(name, "must be a text, a number, true, false, or a list of them")
		}
		if err := c.Flags().Set(name, fmt.Sprint(one)); err != nil {
			return remit.FieldErrorf(name, "%s", err)
		}
	}
	return nil
}

func unknownSetting(c *cobra.Command, name string) error {
	var known []string
	c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	e := remit.FieldErrorf(name, "there is no such setting")
	e.Hint = remit.DidYouMean(name, known)
	return e
}
