package sqlgen_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/remit-crm/remit/data/datatest/scopediff"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// The comparison with CEL catches every wrong translation that comes to mind.
func TestMutantsAreCaught(t *testing.T) {
	seed, err := strconv.ParseUint(os.Getenv("REMIT_SEED"), 10, 64)
	if err != nil {
		seed = uint64(rand.Uint32())
	}
	t.Logf("REMIT_SEED=%d", seed)
	for _, open := range []func(testing.TB) *scopediff.Database{scopediff.OpenSQLite, scopediff.OpenPostgres} {
		d := open(t)
		for _, m := range sqlgen.Mutants {
			if !m.Breaks(d.Dialect()) {
				continue
			}
			t.Run(d.Dialect().String()+"/"+m.Name, func(t *testing.T) {
				report := scopediff.Compare(t, scopediff.Options{Seed: seed, Decisions: 500_000, Depth: 4, Render: m.Render}, d)
				if len(report.Mismatches) == 0 {
					t.Errorf("not caught in %d decisions", report.Decisions)
				}
				t.Logf("caught after %d decisions", report.Decisions)
			})
		}
	}
}
