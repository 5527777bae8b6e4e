package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is Markdown.
type report struct{ strings.Builder }

func (r *report) line(format string, args ...any) { fmt.Fprintf(r, format+"\n", args...) }

func (r *report) head(c *config) {
	r.line("Measured on %s with %d cores of %q, %s, Linux %s, %s, %s.",
		time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), processor(), runtime.Version(), kernel(), postgresVersion(), productVersion(c.product))
	r.line("%d connections, %d rounds of each in turn (A B A B …), a warming round before. CPU is the median over the rounds, with the least and the most;", c.connections, c.rounds)
	r.line("on PostgreSQL it is the server's and the database's together. A ratio is that of the medians; above 1 Remit needs less.")
}

// ratios writes one database's table.
func (r *report) ratios(database string, c *config, contests []contest, results [][]result, memory int64) {
	r.line("\n## %s, %d opportunities\n", title(database), c.rows)
	r.line("| | | CPU µs a request | req/s | p50 ms | p99 ms | ratio of CPU |")
	r.line("|---|---|---|---|---|---|---|")
	for i, contest := range contests {
		for j, e := range contest.entrants {
			m := results[i][j]
			ratio := ""
			if j > 0 {
				own := results[i][0].cpu
				least, most := spread(m.cpu, own)
				ratio = fmt.Sprintf("%.2f (%.2f–%.2f)", median(m.cpu)/median(own), least, most)
			}
			r.line("| %s | %s | %.0f (%.0f–%.0f) | %.0f | %.1f | %.1f | %s |", contest.name, e.name,
				median(m.cpu), slices.Min(m.cpu), slices.Max(m.cpu), median(m.perSec), median(m.p50), median(m.p99), ratio)
		}
	}
	r.line("\nAnonymous memory of Remit after the load: %.0f MiB.", float64(memory)/(1<<20))
}

// spread returns the least and the most of the rounds' own ratios.
func spread(other, own []float64) (least, most float64) {
	ratios := make([]float64, len(own))
	for i := range own {
		ratios[i] = other[i] / own[i]
	}
	return slices.Min(ratios), slices.Max(ratios)
}

func title(database string) string {
	if database == "postgres" {
		return "PostgreSQL"
	}
	return "SQLite"
}

func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "?"
	}
	for line := range strings.Lines(string(text)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "?"
}

func kernel() string {
	text, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "?"
	}
	release, _, _ := strings.Cut(strings.TrimSpace(string(text)), "-")
	return release
}

func postgresVersion() string { return firstLine("psql", "--version") }

func productVersion(program string) string { return firstLine(program, "version") }

func firstLine(program string, args ...string) string {
	out, err := exec.CommandContext(context.Background(), program, args...).Output() // #nosec G204 -- fixed programs
	if err != nil {
		return program + "?"
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return line
}

// finish runs a program to its end.
func finish(ctx context.Context, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...) // #nosec G204 -- fixed programs
	cmd.Env = append(os.Environ(), "REMIT_MASTER_KEY="+masterKey)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, out)
	}
	return nil
}
