package lens

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/policy"
)

// The row limit of a task or a tool bounds a query as a whole, however small the
// pages are in which it is read. That of an AI employee bounds a call.
func TestRowLimitHoldsOverAllPages(t *testing.T) {
	const limit, deals = 5, 9
	doc := shippedDocument(t)
	for i := range doc.Tasks {
		doc.Tasks[i].Constraints.RowLimit = limit
	}
	doc.Tools = slices.DeleteFunc(doc.Tools, func(tool policy.Tool) bool { return tool.Name == "query_records" })
	doc.Tools = append(doc.Tools, policy.Tool{Name: "query_records", Constraints: policy.Constraints{RowLimit: limit}})
	for i := range doc.Employees {
		doc.Employees[i].Remit.RowsPerCall = 4
	}
	for name, url := range map[string]string{"sqlite": "sqlite:" + t.TempDir() + "/remit.db", "postgres": pgtest.URL(t)} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, url, doc)
			for i := range deals {
				w.create(w.chief, "opportunities", "name", fmt.Sprint("Deal ", i), "close_date", "2026-03-01")
			}
			viz := w.chief
			viz.Employee = "viz"
			inTask, byTool := viz, viz
			inTask.Task, byTool.Tool = "pipeline-review", "query_records"
			for _, test := range []struct {
				name  string
				actor remit.Actor
				page  int
				want  string // records of each page
			}{
				{"task", inTask, 2, "[2 2 1]"},
				{"task, all at once", inTask, 100, "[4 1]"},
				{"tool", byTool, 3, "[3 2]"},
				{"neither", viz, 100, "[4 4 1]"},
				{"the person", w.chief, 5, "[5 4]"},
			} {
				if got := fmt.Sprint(w.walk(test.actor, test.page)); got != test.want {
					t.Errorf("%s: pages of %s, want %s", test.name, got, test.want)
				}
			}
		})
	}
}

// walk reads the actor's deals to the end and returns how many came on each page.
func (w *world) walk(actor remit.Actor, limit int) (pages []int) {
	q := Query{Collection: "opportunities", Fields: []string{"name"}, Sort: []string{"name"}, Limit: &limit}
	for {
		page, err := w.lens.Query(context.Background(), actor, q)
		must(w.tb, err)
		pages = append(pages, len(page.Records))
		if q.Cursor = page.NextCursor; q.Cursor == "" {
			return pages
		}
	}
}

// A cursor that has used up a limit which is lower by now is refused with a remedy.
func TestCursorBeyondRowLimit(t *testing.T) {
	list := &listing{selection: &selection{root: &relation{permit: &policy.Permit{RowsTotal: 3}}}, limit: 2, after: &position{taken: 4}}
	if err := list.holdTotal(); remit.KindOf(err) != remit.KindInvalid || !strings.Contains(err.Error(), "narrow the filter") {
		t.Errorf("%v", err)
	}
	list.after.taken = 2
	if err := list.holdTotal(); err != nil || list.limit != 1 {
		t.Errorf("a page of %d, %v", list.limit, err)
	}
}
