package lens

import (
	"context"
	"slices"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/policy"
)

// A new record belongs to its owner's department, as far as its maker may know it.
func TestDefaultDepartmentTellsNothingHidden(t *testing.T) {
	for _, knows := range []bool{true, false} {
		doc := shippedDocument(t)
		hidePeoplesDepartments(doc, !knows)
		for name, url := range map[string]string{"sqlite": "sqlite:" + t.TempDir() + "/remit.db", "postgres": pgtest.URL(t)} {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t, url, doc)
				operator := remit.Actor{Person: directory.OperatorID, Channel: remit.ChannelCLI}
				id, err := w.dir.CreateDepartment(context.Background(), operator, "North", "")
				must(t, err)
				must(t, w.dir.UpdatePerson(context.Background(), operator, w.other.Person, directory.PersonChange{DepartmentID: &id}))
				page, err := w.lens.Create(context.Background(), w.chief, Change{Collection: "leads", Values: values("name", "L", "owner_id", w.other.Person)})
				must(t, err)
				i := slices.IndexFunc(page.Columns, func(c Column) bool { return c.Name == "department_id" })
				if got := page.Records[0].Values[i].Text(); (got == string(id)) != knows {
					t.Errorf("the maker may know the department: %v; the record's is %q", knows, got)
				}
			})
		}
	}
}

func hidePeoplesDepartments(doc *policy.Document, hide bool) {
	for i := range doc.Roles {
		for j := range doc.Roles[i].Grants {
			if g := &doc.Roles[i].Grants[j]; hide && g.Collection == "people" {
				g.Fields = []string{"name"}
			}
		}
	}
}

// What a write shows in its answer is logged as a read of its own, also if nothing
// was changed.
func TestWritesLogWhatTheyShow(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		accounts := w.deals()
		for field, changed := range map[string]int{"Graz": 1, "": 0} {
			change := Change{Collection: "accounts", ID: accounts[0], Values: values()}
			if field != "" {
				change.Values = values("city", field)
			}
			before := len(w.log.entries)
			if _, err := w.lens.Update(context.Background(), w.rep, change); err != nil {
				t.Fatal(err)
			}
			entries := w.log.entries[before:]
			if len(entries) != 2 || entries[0].Operation != audit.OpUpdate || len(entries[0].Fields) != changed || entries[1].Operation != audit.OpGet || len(entries[1].Fields) < 5 {
				t.Errorf("%d fields changed: %+v", changed, entries)
			}
		}
	})
}
