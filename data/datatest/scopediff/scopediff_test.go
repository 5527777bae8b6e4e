package scopediff_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/remit-crm/remit/data/datatest/scopediff"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// decisions are made on each database: all of them in a soak, a tenth otherwise.
func decisions() int {
	if os.Getenv("REMIT_SOAK") == "1" {
		return 500_000
	}
	return 50_000
}

func seed(t *testing.T) uint64 {
	n, err := strconv.ParseUint(os.Getenv("REMIT_SEED"), 10, 64)
	if err != nil {
		n = uint64(rand.Uint32())
	}
	t.Logf("REMIT_SEED=%d", n)
	return n
}

// Both databases decide every scope as CEL does, PostgreSQL in both its forms.
func TestScopesMatchCEL(t *testing.T) {
	sqlite, postgres := scopediff.OpenSQLite(t), scopediff.OpenPostgres(t)
	for _, c := range []struct {
		name   string
		d      *scopediff.Database
		render scopediff.Renderer
	}{
		{"sqlite", sqlite, sqlgen.Render},
		{"postgres", postgres, sqlgen.Render},
		{"postgres walking", postgres, sqlgen.RenderWalk},
	} {
		t.Run(c.name, func(t *testing.T) {
			report := scopediff.Compare(t, scopediff.Options{Seed: seed(t), Decisions: decisions(), Mistakes: 3, Depth: 4, Render: c.render}, c.d)
			for _, m := range report.Mismatches {
				t.Error(m)
			}
			t.Logf("%d decisions over %d scopes, %d true, %d closed", report.Decisions, report.Scopes, report.True, report.Closed)
			if report.True*3 < report.Decisions {
				t.Errorf("%d of %d decisions are true: too few to show much", report.True, report.Decisions)
			}
			if report.Closed == 0 {
				t.Error("no scope was closed by a missing attribute")
			}
		})
	}
}
