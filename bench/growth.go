package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/remit-crm/remit/data/datatest/bigcompany"
)

// growths measures the first question, on SQLite, while one thing grows.
func (c *config) growths(ctx context.Context, r *report) error {
	r.line("\n## What grows\n")
	r.line("The first question on SQLite while one thing grows: CPU µs a request.\n")
	r.line("| | size | Q1 | against the smallest |")
	r.line("|---|---|---|---|")
	small := bigcompany.Options{Rows: 100_000, People: 1000, Tokens: 50}
	var rows, people, roles []bigcompany.Options
	for _, n := range c.growth {
		o := small
		o.Rows = n
		rows = append(rows, o)
	}
	for _, n := range []int{200, 1000, 10_000, 100_000} {
		o := small
		o.People = n
		people = append(people, o)
	}
	for _, n := range []int{0, 100, 1000, 10_000} {
		o := small
		o.Roles = n
		roles = append(roles, o)
	}
	for _, series := range []struct {
		name  string
		sizes []bigcompany.Options
		size  func(bigcompany.Options) int
	}{
		{"opportunities", rows, func(o bigcompany.Options) int { return o.Rows }},
		{"people", people, func(o bigcompany.Options) int { return o.People }},
		{"further roles", roles, func(o bigcompany.Options) int { return o.Roles }},
	} {
		if err := c.growth1(ctx, r, series.name, series.sizes, series.size); err != nil {
			return fmt.Errorf("%s: %w", series.name, err)
		}
	}
	return nil
}

// growth1 measures one series, all sizes in one interleaved run.
func (c *config) growth1(ctx context.Context, r *report, name string, sizes []bigcompany.Options, size func(bigcompany.Options) int) (err error) {
	series := contest{name: name, requests: c.requests / 2}
	for _, o := range sizes {
		in, err := c.install(ctx, "sqlite", o)
		if err != nil {
			return err
		}
		s, err := start(ctx, c.folder, c.product, "serve", "--database", in.url, "--addr", "127.0.0.1:0", "--rate", "0", "--log-format", "json")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.stop()) }()
		series.entrants = append(series.entrants, entrant{
			fmt.Sprint(size(o)), s, question{path: "/api/collections/opportunities/query", body: pageBody, tokens: tokens(in.company.Reps)},
		})
	}
	results, err := c.compete(ctx, series, 0)
	if err != nil {
		return err
	}
	for i, e := range series.entrants {
		r.line("| %s | %s | %.0f | %.2f× |", name, e.name, median(results[i].cpu), median(results[i].cpu)/median(results[0].cpu))
	}
	return nil
}
