package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

func TestTable(t *testing.T) {
	page := &lens.Page{
		Columns: []lens.Column{{Name: "name", Type: remit.Text}, {Name: "amount", Type: remit.Currency, Currency: "EUR"}},
		Records: []lens.Record{
			{ID: "a", Values: []remit.Value{remit.TextValue("Zoë\x1b[2J\n\u202eevil"), remit.MoneyValue(950, "EUR")}},
			{ID: "b", Values: []remit.Value{remit.TextValue("B"), remit.Null}, Hidden: []string{"amount"}},
		},
	}
	tests := []struct {
		terminal bool
		want     string
	}{
		{true, "ID  NAME           AMOUNT (EUR)\na   Zoë [2J  evil          9.50\nb   B                  (hidden)\n"},
		{false, "ID\tNAME\tAMOUNT (EUR)\na\tZoë [2J  evil\t9.50\nb\tB\t(hidden)\n"},
	}
	for _, test := range tests {
		var b strings.Builder
		if err := pageTable(page).write(&b, test.terminal); err != nil {
			t.Fatal(err)
		}
		if b.String() != test.want {
			t.Errorf("terminal %v:\n%q\nwant\n%q", test.terminal, b.String(), test.want)
		}
	}
}

// TestEveryCommandHelps checks that help says what a command does and shows one.
func TestEveryCommandHelps(t *testing.T) {
	var check func(c *cobra.Command)
	check = func(c *cobra.Command) {
		if c.Short == "" || !strings.Contains(c.Example, "remit ") {
			t.Errorf("%s: short %q, example %q", c.CommandPath(), c.Short, c.Example)
		}
		for _, sub := range c.Commands() {
			check(sub)
		}
	}
	check((&app{}).root())
}
