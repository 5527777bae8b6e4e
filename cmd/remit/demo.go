package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/remit-crm/remit/ops/demo"
)

func (a *app) demoCommand() *cobra.Command {
	f := serveFlags{grace: 5 * time.Second}
	var folder, config string
	var seedOnly, asJSON bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "Serve a demo company, with people to sign in as and records to try the product on",
		Long: `Serve a demo company from an SQLite database of its own, made the first time. Its
people and their passwords are printed; they are public, so the demo serves on loopback
addresses only.`,
		Example: `  remit demo
  remit demo --data /tmp/demo --seed-only --json`,
		Args: cobra.NoArgs,
		RunE: a.do(func(c *cobra.Command, _ []string) error {
			if err := loopbackOnly(f.address); err != nil {
				return err
			}
			if err := a.readModels(config); err != nil {
				return err
			}
			if err := os.MkdirAll(folder, 0o700); err != nil {
				return err
			}
			a.store.database = "sqlite:" + filepath.Join(folder, "remit.db")
			// Every call of the demo comes from this machine and most from one person.
			f.rate, f.logFormat = 0, "text"
			log := slog.New(slog.NewTextHandler(a.errors, &slog.HandlerOptions{Level: slog.LevelWarn}))
			in, err := a.open(c.Context(), true, log)
			if err != nil {
				return err
			}
			return errors.Join(a.demo(c.Context(), in, f, log, seedOnly, asJSON), in.store.Close())
		}),
	}
	c.Flags().StringVar(&f.address, "addr", defaultAddress, "loopback address to serve on")
	c.Flags().StringVar(&folder, "data", "remit-demo", "folder for the demo's database")
	c.Flags().StringVar(&config, "config", "", "YAML file whose section models names the model services")
	c.Flags().BoolVar(&seedOnly, "seed-only", false, "make the company and stop")
	c.Flags().BoolVar(&asJSON, "json", false, "print the company as JSON")
	return c
}

// loopbackOnly refuses an address that other machines reach.
func loopbackOnly(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return usagef("--addr must be HOST:PORT, not %q", address)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return usagef("the demo's passwords are public, so it serves on loopback addresses only, not on %q", address)
	}
	return nil
}

func (a *app) demo(ctx context.Context, in *installation, f serveFlags, log *slog.Logger, seedOnly, asJSON bool) error {
	stores := demo.Stores{Directory: in.store.Directory, Lens: in.store.Lens, Policies: in.store.Policies}
	report, err := demo.Seed(ctx, stores, a.operatorActor(in), time.Now().In(in.store.Location()))
	if err != nil {
		return fmt.Errorf("making the demo company: %w", err)
	}
	if asJSON {
		err = writeJSON(a.out, report)
	} else {
		err = a.printCompany(report)
	}
	if err != nil || seedOnly {
		return err
	}
	return a.serve(ctx, in, f, log)
}

func (a *app) printCompany(r *demo.Report) error {
	_, _ = fmt.Fprintf(a.out, "%s\n\n", r.Company)
	people := &table{heads: []string{"NAME", "SIGNS IN AS", "PASSWORD", "ROLE", "DEPARTMENT"}}
	for _, p := range r.People {
		people.rows = append(people.rows, []string{p.Name, p.Email, p.Password, join(p.Roles), p.Department})
	}
	if err := people.write(a.out, true); err != nil {
		return err
	}
	records := &table{heads: []string{"COLLECTION", "RECORDS"}, right: []bool{false, true}}
	for name, n := range r.Records {
		records.rows = append(records.rows, []string{name, strconv.FormatInt(n, 10)})
	}
	sort.Slice(records.rows, func(i, j int) bool { return records.rows[i][0] < records.rows[j][0] })
	_, _ = fmt.Fprintln(a.out)
	if err := records.write(a.out, true); err != nil {
		return err
	}
	_, err := fmt.Fprintf(a.out, "\nAt the command line: remit query --database %s --as %s opportunities --sort -amount\n\n", a.database(), r.People[0].Email)
	return err
}
