// Command bench measures Remit against what a good programmer would write by
// hand over the same driver and the same audit log (data/datatest/baseline), and
// against PostgreSQL's own row-level security. It starts every server it needs as
// a process of its own, on loopback, and loads them in turn, A B A B, so that a
// slow minute of the machine hits all of them. What it trusts is CPU a request,
// which it reads from /proc: the server's and PostgreSQL's together.
//
// It prints a Markdown report. Linux only.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // stop only takes a handler back
	}
}

// config is what is measured, with what.
type config struct {
	product, baseline string // the two binaries
	folder            string // of the databases; filled ones in it are used again
	rows              int
	growth            []int // numbers of rows for the cost of a page
	rounds, requests  int
	connections       int
	databases         []string
	only              string // one part; "" for all
	questions         string // those whose ratios are measured; "" for all
}

func run(ctx context.Context, args []string, out io.Writer) error {
	c := config{growth: []int{100_000, 1_000_000}}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&c.product, "remit", "bin/remit", "the product's binary")
	flags.StringVar(&c.baseline, "baseline", "", "the baseline's binary")
	flags.StringVar(&c.folder, "data", "", "folder for databases, kept and used again; default a temporary one")
	flags.IntVar(&c.rows, "rows", 1_000_000, "opportunities")
	flags.IntVar(&c.rounds, "rounds", 5, "rounds of each server")
	flags.IntVar(&c.requests, "requests", 8000, "requests a round; a hundredth of it for the third question")
	flags.IntVar(&c.connections, "connections", 16, "connections, each with one request at a time")
	databases := flags.String("databases", "sqlite,postgres", "databases to measure on")
	flags.StringVar(&c.only, "only", "", "ratios, growth or decisions; default all")
	flags.StringVar(&c.questions, "questions", "", `questions to measure the ratios of, e.g. "Q1,MCP Q1"; default all`)
	report := flags.String("report", "", "also write the report to this file")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if c.baseline == "" {
		return errors.New("--baseline is required: scripts/bench.sh builds it")
	}
	if os.Getenv("REMIT_BENCH_FULL") != "" {
		c.growth = append(c.growth, 10_000_000)
	}
	c.databases = strings.Split(*databases, ",")
	if c.folder == "" {
		folder, err := os.MkdirTemp("", "remit-bench-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(folder) }()
		c.folder = folder
	}
	var err error
	if c.folder, err = filepath.Abs(c.folder); err != nil {
		return err
	}
	text, err := c.measure(ctx)
	if *report != "" {
		err = errors.Join(err, os.WriteFile(*report, []byte(text), 0o644)) // #nosec G306 -- meant to be read
	}
	_, printed := io.WriteString(out, text)
	return errors.Join(err, printed)
}

// measure runs every part and returns the report, as far as it came.
func (c *config) measure(ctx context.Context) (string, error) {
	var r report
	r.head(c)
	parts := []struct {
		name string
		run  func(context.Context, *report) error
	}{{"ratios", c.ratios}, {"growth", c.growths}, {"decisions", c.decisions}}
	for _, part := range parts {
		if c.only != "" && c.only != part.name {
			continue
		}
		if err := part.run(ctx, &r); err != nil {
			return r.String(), fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return r.String(), nil
}
