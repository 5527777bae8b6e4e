package audit

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit/data/internal/sqldb"
)

// Every filter finds its entries by an index, in a log of any length. (PostgreSQL
// plans by statistics, so its plans on a small table say nothing.)
func TestFiltersUseIndexes(t *testing.T) {
	w := sqliteWorld(t)
	after := int64(3)
	for want, f := range map[string]Filter{
		"audit_entries_person":     {Person: "p", Limit: 1},
		"audit_entries_employee":   {Employee: "viz", Limit: 1},
		"audit_entries_collection": {Collection: "accounts", Limit: 1},
		"audit_entries_operation":  {Operation: OpExport, Limit: 1},
		"audit_entries_decision":   {Decision: Refused, Limit: 1},
		"audit_entries_time":       {Since: time.Now(), Limit: 1},
		"PRIMARY KEY":              {After: &after, Limit: 1},
	} {
		s := f.statement()
		s.SQL = "EXPLAIN QUERY PLAN " + s.SQL
		var plan []string
		err := w.db.Query(context.Background(), s, func(r sqldb.Row) error {
			plan = append(plan, r.Text(3))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan[0], want) || !strings.HasPrefix(plan[0], "SEARCH e") {
			t.Errorf("want %s, got %q", want, plan)
		}
	}
}
