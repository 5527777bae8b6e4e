package lens

import (
	"context"
	"fmt"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// fill puts n deals of the world's people into the database, a thousandth of them
// the rep's.
func (w *world) fill(n int) {
	ctx := context.Background()
	must(w.tb, w.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL: `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO opportunities (id, name, stage, amount, close_date, owner_id, created_at, updated_at, version)
SELECT lower(hex(randomblob(13))), 'Deal ' || i, CASE i % 3 WHEN 0 THEN 'won' WHEN 1 THEN 'lost' ELSE 'proposal' END,
  abs(random()) % 10000000, '2025-01-15', CASE WHEN i % 1000 = 0 THEN ? ELSE ? END,
  '2025-01-01T00:00:00.000000Z', '2025-01-01T00:00:00.000000Z', 1 FROM n`,
			Args: []any{n, string(w.rep.Person), string(w.other.Person)},
		})
		return err
	}))
}

func benchWorld(b *testing.B) *world {
	w := newWorld(b, "sqlite:"+b.TempDir()+"/remit.db", shippedDocument(b))
	w.fill(100_000)
	return w
}

// A page of twenty of one's own deals by amount, and the same by hand.
func BenchmarkOwnPage(b *testing.B) {
	w := benchWorld(b)
	ctx := context.Background()
	twenty := 20
	q := Query{Collection: "opportunities", Fields: []string{"name", "amount", "stage", "close_date", "owner_id"}, Sort: []string{"-amount"}, Limit: &twenty}
	b.Run("lens", func(b *testing.B) {
		b.ReportAllocs()
		var buf []byte
		for b.Loop() {
			page, err := w.lens.Query(ctx, w.rep, q)
			if err != nil {
				b.Fatal(err)
			}
			buf = page.AppendJSON(buf[:0])
			w.log.entries = w.log.entries[:0]
		}
	})
	b.Run("by_hand", func(b *testing.B) {
		b.ReportAllocs()
		stmt := sqldb.Stmt{
			SQL:  "SELECT id, name, amount, stage, close_date, owner_id FROM opportunities WHERE owner_id = ? AND deleted_at IS NULL ORDER BY amount DESC, id LIMIT 20",
			Args: []any{string(w.rep.Person)},
		}
		var buf []byte
		for b.Loop() {
			buf = append(buf[:0], '[')
			err := w.db.Query(ctx, stmt, func(r sqldb.Row) error {
				for _, text := range []string{r.Text(0), r.Text(1)} {
					buf = remit.AppendJSONString(buf, text)
				}
				buf = remit.MoneyValue(r.Int(2), "USD").AppendJSON(buf)
				buf = remit.AppendJSONString(buf, r.Text(3))
				buf = remit.DateValue(r.Date(4)).AppendJSON(buf)
				buf = remit.AppendJSONString(buf, r.Text(5))
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("statement", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s, err := w.lens.resolve(ctx, w.rep, w.now)
			if err != nil {
				b.Fatal(err)
			}
			list, err := s.listing(q)
			if err != nil {
				b.Fatal(err)
			}
			_ = list.statement()
		}
	})
	s, _ := w.lens.resolve(ctx, w.rep, w.now)
	list, _ := s.listing(q)
	b.Log(fmt.Sprint(list.statement()))
}
