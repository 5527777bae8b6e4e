package audit

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/remit-crm/remit"
)

// typicalEntry is that of a page of twenty records.
func typicalEntry() *Entry {
	e := newEntry(1)
	e.Actor.Request, e.Actor.Token = "req-0123456789", "eeeeeeeeeeeeeeeeeeeeeeeeea"
	e.Records = nil
	ids := remit.NewIDSource(rand.Reader)
	for range 20 {
		e.Records = append(e.Records, ids.New())
	}
	e.Details = map[string]any{"filter": map[string]any{"stage": map[string]any{"$in": []string{"won", "lost"}}}, "sort": []string{"-amount"}, "limit": 20}
	return e
}

func BenchmarkPrepare(b *testing.B) {
	l := &Log{options: Options{}.withDefaults(), sealer: newSealer(testRing(b, 1), rand.Reader)}
	e := typicalEntry()
	b.ReportAllocs()
	for b.Loop() {
		e.ID = ""
		if _, err := l.prepare(e); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppend is sixteen callers at once, each waiting for its entry.
func BenchmarkAppend(b *testing.B) {
	for name, world := range map[string]func(testing.TB) world{"sqlite": sqliteWorld, "postgres": postgresWorld} {
		b.Run(name, func(b *testing.B) {
			w := world(b)
			l := w.open(b)
			var left atomic.Int64
			left.Store(int64(b.N))
			var slowest atomic.Int64
			var callers sync.WaitGroup
			b.ReportAllocs()
			b.ResetTimer()
			for range 16 {
				callers.Go(func() {
					e := typicalEntry()
					for left.Add(-1) >= 0 {
						e.ID, e.Time = "", time.Time{}
						start := time.Now()
						if err := l.Append(context.Background(), e); err != nil {
							b.Error(err)
							return
						}
						if d := int64(time.Since(start)); d > slowest.Load() {
							slowest.Store(d)
						}
					}
				})
			}
			callers.Wait()
			b.StopTimer()
			batches := number(b, w.db, `SELECT count(*) FROM audit_batches`)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
			b.ReportMetric(float64(b.N)/float64(batches), "entries/batch")
			b.ReportMetric(float64(slowest.Load())/1e6, "slowest-ms")
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	w := sqliteWorld(b)
	l := w.open(b)
	var entries []*Entry
	for i := range 2000 {
		e := newEntry(i)
		entries = append(entries, e)
	}
	for i := 0; i < len(entries); i += 10 {
		if err := l.Append(context.Background(), entries[i:i+10]...); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if report := w.verify(b, nil); report.Problem != nil {
			b.Fatal(fmt.Sprint(report.Problem))
		}
	}
	b.ReportMetric(float64(len(entries)*b.N)/b.Elapsed().Seconds(), "entries/s")
}
