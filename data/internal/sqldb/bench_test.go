package sqldb_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/internal/migrations"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

const benchOwners = 200

// benchDeals is how many deals there are; REMIT_BENCH_DEALS says otherwise.
func benchDeals() int {
	if n, err := strconv.Atoi(os.Getenv("REMIT_BENCH_DEALS")); err == nil {
		return n
	}
	return 20_000
}

// ownDeals is the question that a salesperson's page asks: 20 of one owner's
// deals, the largest first.
const ownDeals = `SELECT id, name, stage, amount, close_date, owner_id FROM opportunities
	WHERE owner_id = ? AND deleted_at IS NULL
	ORDER BY amount DESC NULLS LAST, id LIMIT 20`

func benchOwner(i int) string { return fmt.Sprintf("owner-%d", i%benchOwners) }

// onBench runs a benchmark on a filled database of each kind.
func onBench(b *testing.B, run func(b *testing.B, db *sqldb.DB)) {
	for _, kind := range []struct {
		name string
		url  func(testing.TB) string
	}{{"sqlite", sqliteURL}, {"postgres", pgtest.URL}} {
		b.Run(kind.name, func(b *testing.B) {
			db := open(b, kind.url(b), sqldb.Options{StatementTimeout: time.Hour})
			fill(b, db)
			b.ReportAllocs()
			b.ResetTimer()
			before := processorTime(b)
			run(b, db)
			b.ReportMetric(float64(processorTime(b)-before)/float64(b.N), "cpu-ns/op")
		})
	}
}

// processorTime returns what this process has used, in nanoseconds. It says more
// than the clock where others are at work, but knows nothing of a server.
func processorTime(b *testing.B) int64 {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func fill(b *testing.B, db *sqldb.DB) {
	b.Helper()
	if err := db.Migrate(b.Context(), migrations.Main); err != nil {
		b.Fatal(err)
	}
	numbers := "WITH RECURSIVE numbers (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < CAST(? AS BIGINT)) "
	owner := "'owner-' || CAST(i % " + fmt.Sprint(benchOwners) + " AS TEXT)"
	at := schema(db, "'2026-01-31T09:30:00.000000Z'", "timestamptz '2026-01-31T09:30:00Z'").SQL
	day := schema(db, "'2026-03-31'", "date '2026-03-31'").SQL
	exec(b, db,
		stmt(numbers+"INSERT INTO people (id, name, email, email_folded, active, created_at) SELECT "+owner+", 'Name', "+owner+", "+owner+", TRUE, "+at+" FROM numbers", benchOwners),
		stmt(numbers+`INSERT INTO opportunities (id, name, stage, amount, close_date, owner_id, created_at, updated_at)
			SELECT 'deal-' || CAST(100000000 + i AS TEXT), 'Deal ' || CAST(i AS TEXT) || ' of the year', 'won', i * 7919 % 1000003, `+day+", "+owner+", "+at+", "+at+" FROM numbers", benchDeals()),
		stmt("ANALYZE"))
}

// page reads a page as the lens does: strings only for what is kept.
type page struct {
	buffer []byte
	rows   int
	sum    int64
}

func (p *page) read(r sqldb.Row) error {
	p.rows++
	p.buffer = r.AppendText(0, p.buffer[:0])
	p.buffer = r.AppendText(1, p.buffer)
	p.buffer = r.AppendText(2, p.buffer)
	p.sum += r.Int(3) + r.Date(4)
	p.buffer = r.AppendText(5, p.buffer)
	return nil
}

func BenchmarkOwnDeals(b *testing.B) {
	onBench(b, func(b *testing.B, db *sqldb.DB) {
		ctx, cancel := context.WithCancel(b.Context()) // as a request's
		defer cancel()
		var p page
		for i := range b.N {
			if err := db.Query(ctx, stmt(ownDeals, benchOwner(i)), p.read); err != nil {
				b.Fatal(err)
			}
		}
		if p.rows != 20*b.N {
			b.Fatalf("%d rows", p.rows)
		}
	})
}

// BenchmarkOwnDealsGated is the same with the gate's question behind it.
func BenchmarkOwnDealsGated(b *testing.B) {
	onBench(b, func(b *testing.B, db *sqldb.DB) {
		ctx, cancel := context.WithCancel(b.Context())
		defer cancel()
		gate := "SELECT e.epoch, p.generation, p.active, " + sqldb.Now(db.Dialect()) + " FROM policy_epoch e JOIN people p ON p.id = ?"
		var p, g page
		pass := func(r sqldb.Row) error {
			g.sum += r.Int(0) + r.Int(1) + r.Int(2) + r.Int(3)
			return nil
		}
		for i := range b.N {
			if err := db.QueryThen(ctx, stmt(ownDeals, benchOwner(i)), p.read, stmt(gate, benchOwner(i)), pass); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkOwnDealsParallel(b *testing.B) {
	onBench(b, func(b *testing.B, db *sqldb.DB) {
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			var p page
			for i := 0; pb.Next(); i++ {
				if err := db.Query(ctx, stmt(ownDeals, benchOwner(i)), p.read); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
}

func BenchmarkFold(b *testing.B) {
	onBench(b, func(b *testing.B, db *sqldb.DB) {
		for _, c := range []struct{ name, text string }{
			{"ascii", "Deal of the Year"}, {"latin", "Müller & Söhne GmbH"}, {"greek", "Σίσυφος ο Κορίνθιος"}, {"chinese", "北京科技有限公司"},
		} {
			exec(b, db, stmt("UPDATE opportunities SET name = ?", c.text))
			b.Run(c.name, func(b *testing.B) {
				for range b.N {
					number(b, db, schema(db, "SELECT count(*) FROM opportunities WHERE instr(remit_fold(name), 'XYZ') > 0",
						"SELECT count(*) FROM opportunities WHERE strpos(remit_fold(name), 'XYZ') > 0"))
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(benchDeals()), "ns/row")
			})
		}
	})
}
