package lens

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/policy"
)

// exportless is the shipped policy with the manager's right to export accounts
// replaced by one for some fields of the manager's own.
func exportless(t *testing.T, fields ...string) *policy.Document {
	doc := shippedDocument(t)
	role := &doc.Roles[slices.IndexFunc(doc.Roles, func(r policy.Role) bool { return r.Name == "sales-manager" })]
	for i := range role.Grants {
		g := &role.Grants[i]
		if g.Collection == "accounts" {
			g.Actions = slices.DeleteFunc(slices.Clone(g.Actions), func(a policy.Action) bool { return a == policy.Export })
		}
	}
	if len(fields) > 0 {
		role.Grants = append(role.Grants, policy.Grant{
			Collection: "accounts", Actions: []policy.Action{policy.Export}, Fields: fields, Scope: "own",
		})
	}
	return doc
}

// An export gives of another collection what may be exported there, though all of
// it may be viewed.
func TestExportOverRelationNeedsExport(t *testing.T) {
	export := func(w *world, q ExportQuery) (string, error) {
		var out strings.Builder
		q.Collection = "opportunities"
		_, err := w.lens.Export(context.Background(), w.manager, q, &out)
		return out.String(), err
	}
	each := func(name string, doc *policy.Document, test func(*testing.T, *world)) {
		t.Run(name+"/sqlite", func(t *testing.T) { test(t, newWorld(t, "sqlite:"+t.TempDir()+"/remit.db", doc)) })
		t.Run(name+"/postgres", func(t *testing.T) { test(t, newWorld(t, pgtest.URL(t), doc)) })
	}
	each("none", exportless(t), func(t *testing.T, w *world) {
		account := w.create(w.rep, "accounts", "name", "Seen", "industry", "medical")
		w.create(w.rep, "opportunities", "name", "Deal", "account_id", account)
		for name, q := range map[string]ExportQuery{
			"shown":    {Fields: []string{"name", "account.name"}},
			"sorted":   {Fields: []string{"name"}, Sort: []string{"account.name"}},
			"filtered": {Fields: []string{"name"}, Filter: []byte(`{"account.name":"Seen"}`)},
		} {
			if out, err := export(w, q); remit.KindOf(err) != remit.KindDenied {
				t.Errorf("%s: %q, %v", name, out, err)
			}
		}
		out, err := export(w, ExportQuery{Fields: []string{"name", "account_id"}})
		if err != nil || !strings.Contains(out, "Deal,"+string(account)) {
			t.Errorf("a link is a cell of its own collection: %q, %v", out, err)
		}
	})
	each("some", exportless(t, "name"), func(t *testing.T, w *world) {
		own := w.create(w.manager, "accounts", "name", "Own")
		team := w.create(w.rep, "accounts", "name", "Team")
		w.create(w.rep, "opportunities", "name", "A", "account_id", own)
		w.create(w.rep, "opportunities", "name", "B", "account_id", team)
		out, err := export(w, ExportQuery{Fields: []string{"name", "account.name", "account_id"}, Sort: []string{"name"}})
		if err != nil || !strings.Contains(out, "A,Own,"+string(own)) || !strings.Contains(out, "B,,"+string(team)) {
			t.Errorf("%q, %v", out, err)
		}
		if out, err := export(w, ExportQuery{Fields: []string{"account.industry"}}); remit.KindOf(err) != remit.KindInvalid {
			t.Errorf("a field that may not be exported: %q, %v", out, err)
		}
	})
}
