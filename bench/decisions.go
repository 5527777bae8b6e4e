package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// decisions runs the packages' own benchmarks of deciding and binding, from the
// root of the source tree.
func (c *config) decisions(ctx context.Context, r *report) error {
	r.line("\n## Deciding and binding\n")
	r.line("A permit from the cache and made anew, for three roles out of so many; a row scope bound to a person.\n")
	r.line("| | ns | bytes | allocations |")
	r.line("|---|---|---|---|")
	out, err := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^Benchmark(Permit|Bind)$", "-benchtime", "200ms", "-benchmem",
		"./policy", "./scope/sqlgen").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		// Name, runs, then pairs of a number and its unit.
		f := strings.Fields(line)
		if len(f) != 8 || !strings.HasPrefix(f[0], "Benchmark") {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(f[0], "Benchmark"), "-")
		r.line("| %s | %s | %s | %s |", name, f[2], f[4], f[6])
	}
	return nil
}
