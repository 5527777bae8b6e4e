package scope_test

import (
	"testing"

	"github.com/remit-crm/remit/scope"
	"github.com/remit-crm/remit/scope/eval"
)

func BenchmarkCompile(b *testing.B) {
	w := newWorld(b)
	for name, expression := range map[string]string{
		"own":  `record.owner_id == user.id`,
		"team": `reportsTo(record.owner_id, user) || record.owner_id == user.id`,
		"long": `(record.stage in ["won", "Won"] || record.account.name.startsWith("a")) && record.amount < 1000.50 && user.department == "Sales"`,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := w.Env.Compile(w.Deals.Collection, expression); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkEval decides one record by three rules of which the second matches,
// in CEL and, for the ratio, in plain Go.
func BenchmarkEval(b *testing.B) {
	w := newWorld(b)
	own, high, hot := compile(b, w, "record.owner_id == user.id"), compile(b, w, "record.score > -9223372036854775807"), compile(b, w, "record.hot")
	program, err := eval.New(scope.Or(own, high, hot))
	if err != nil {
		b.Fatal(err)
	}
	u, deal := w.Users[0], w.Record(w.Deals, w.Deals.Rows[0])
	b.Run("cel", func(b *testing.B) {
		for b.Loop() {
			if _, err := program.Eval(u, deal, w); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("go", func(b *testing.B) {
		matches := false
		for b.Loop() {
			matches = deal.Value("owner_id").Text() == string(u.ID) || deal.Value("score").Int() > -9223372036854775807 || deal.Value("hot").Bool()
		}
		_ = matches
	})
}
