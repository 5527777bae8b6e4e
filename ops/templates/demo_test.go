package templates

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit/analytics/shipped"
	"github.com/remit-crm/remit/data/datatest/pgtest"

	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/demo"
)

// TestDemoCompany: the shipped templates tell the same of the demo company on both
// databases, and everything that boards and managers look at day by day is answered.
func TestDemoCompany(t *testing.T) {
	var tables []map[string]string
	for _, url := range []string{"sqlite:" + filepath.Join(t.TempDir(), "remit.db"), pgtest.URL(t)} {
		w := newWorld(t, url)
		_, err := demo.Seed(context.Background(), demo.Stores{Directory: w.Directory, Lens: w.Lens, Policies: w.Policies}, operator, w.now)
		w.must(err)
		tables = append(tables, w.board())
		w.wholeGroups()
		w.honest()
	}
	if diff := cmp.Diff(tables[0], tables[1]); diff != "" {
		t.Errorf("the databases differ (-sqlite +postgres):\n%s", diff)
	}
}

// board asks every shipped template as a board shows it.
func (w *world) board() map[string]string {
	w.t.Helper()
	all, err := shipped.Templates()
	w.must(err)
	tables := map[string]string{}
	for i := range all {
		f, err := w.ask("Mia", all[i].Name)
		if err != nil {
			w.t.Errorf("%s: %v", all[i].Name, err)
			continue
		}
		if len(f.Rows) < 2 {
			w.t.Errorf("%s tells of %d groups: %v", all[i].Name, len(f.Rows), f.Notes)
		}
		tables[all[i].Name] = shown(f)
	}
	return tables
}

// honest is a fortnight of looking: the boards every day, and by hand other quarters and
// years, while deals go on.
func (w *world) honest() {
	w.t.Helper()
	by := []struct{ template, even, odd string }{
		{"close-rate-by-industry", "2025-01-01", "2024-01-01"},
		{"leads-by-source", "2025-01-01", "2025-07-01"},
		{"activities-by-kind", "2025-01-01", "2025-07-01"},
		{"quotes-by-status", "2025-01-01", "2024-01-01"},
		{"orders-by-quarter", "2025-01-01", "2026-01-01"},
	}
	for day := range 14 {
		w.now = w.now.AddDate(0, 0, 1)
		w.add(deal{"medical", "won", "2026-06-10", 4000 + float64(day)}, deal{"retail", "lost", "2026-06-11", 5000})
		w.board()
		for _, look := range by {
			since := []string{look.even, look.odd}[day%2]
			if _, err := w.ask("Rex", look.template, "since", since); err != nil {
				w.t.Errorf("day %d, %s since %s: %v", day, look.template, since, err)
			}
		}
	}
}

// wholeGroups compares what is told of a group with what somebody who sees everything adds
// up: exact, and of all its records.
func (w *world) wholeGroups() {
	w.t.Helper()
	f, err := w.ask("Rita", "deals-by-stage")
	w.must(err)
	told, err := w.Lens.Aggregate(context.Background(), w.actor("Rita"), lens.AggregateQuery{
		Collection: "opportunities", Dimensions: []lens.Dimension{{Field: "stage"}},
		Measures: []lens.Measure{{Fn: "count", As: "deals"}, {Fn: "sum", Field: "amount", As: "value"}}, Sort: []string{"-deals"},
	})
	w.must(err)
	want := ""
	for _, row := range told.Rows {
		for _, v := range row {
			want += string(v.AppendJSON(nil)) + " "
		}
		want += "\n"
	}
	if diff := cmp.Diff(want, shown(f)); diff != "" {
		w.t.Errorf("deals by stage (-added up +told):\n%s", diff)
	}
}
