package lens

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/policy"
)

// linkPolicy lets a rep see every contact's name, and of their own contacts the
// account too.
func linkPolicy() *policy.Document {
	view, all := []policy.Action{policy.View}, []string{policy.AllFields}
	return &policy.Document{
		Scopes: []policy.Scope{{Name: "own", Collection: "contacts", Expression: "record.owner_id == user.id"}},
		Roles: []policy.Role{
			{Name: "sales-executive", Grants: []policy.Grant{
				{Collection: "contacts", Actions: []policy.Action{policy.View, policy.Create}, Fields: all, Scope: policy.ScopeAll},
				{Collection: "accounts", Actions: []policy.Action{policy.View, policy.Create}, Fields: all, Scope: policy.ScopeAll},
				{Collection: "people", Actions: view, Fields: all, Scope: policy.ScopeAll},
			}},
			{Name: "sales-rep", Grants: []policy.Grant{
				{Collection: "contacts", Actions: view, Fields: []string{"name"}, Scope: policy.ScopeAll},
				{Collection: "contacts", Actions: view, Fields: []string{"account_id"}, Scope: "own"},
				{Collection: "contacts", Actions: []policy.Action{policy.Update}, Fields: []string{"account_id"}, Scope: policy.ScopeAll},
				{Collection: "accounts", Actions: view, Fields: []string{"name"}, Scope: policy.ScopeAll},
			}},
		},
	}
}

// A hidden link is named in _hidden like any other hidden cell, whether or not it
// names a record, and cannot be written (law 7).
func TestMaskedLinkIsNamed(t *testing.T) {
	for name, url := range map[string]string{"sqlite": "sqlite:" + t.TempDir() + "/remit.db", "postgres": pgtest.URL(t)} {
		t.Run(name, func(t *testing.T) {
			w, ctx := newWorld(t, url, linkPolicy()), context.Background()
			account := w.create(w.chief, "accounts", "name", "Alpha")
			w.create(w.chief, "contacts", "name", "Own", "account_id", account, "owner_id", w.rep.Person)
			linked := w.create(w.chief, "contacts", "name", "Linked", "account_id", account, "owner_id", w.other.Person)
			w.create(w.chief, "contacts", "name", "Unlinked", "owner_id", w.other.Person)
			page, err := w.lens.Query(ctx, w.rep, Query{Collection: "contacts", Sort: []string{"name"}})
			got := asJSON(t, page, err)
			for _, want := range []string{
				`"name":"Linked","account_id":null,"_hidden":["account_id"]}`,
				`"name":"Own","account_id":"` + string(account) + `"}`,
				`"name":"Unlinked","account_id":null,"_hidden":["account_id"]}`,
			} {
				if !strings.Contains(got, want) {
					t.Errorf("%s\nlacks %s", got, want)
				}
			}
			n, err := w.lens.Count(ctx, w.rep, CountQuery{Collection: "contacts", Filter: json.RawMessage(`{"account_id":{"$notEmpty":true}}`)})
			if err != nil || n != 1 {
				t.Errorf("%d contacts have an account (%v), want the own one", n, err)
			}
			_, err = w.lens.Update(ctx, w.rep, Change{Collection: "contacts", ID: linked, Values: values("account_id", account)})
			if remit.KindOf(err) != remit.KindDenied {
				t.Errorf("writing a hidden link: %v, want denied", err)
			}
		})
	}
}

// The operator is in no list of people, so no link may name it: what it makes
// belongs to nobody until somebody is named.
func TestOperatorOwnsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		operator := remit.Actor{Person: directory.OperatorID, Channel: remit.ChannelCLI}
		w.create(operator, "leads", "name", "Unowned")
		page, err := w.lens.Query(context.Background(), w.chief, Query{Collection: "leads", Fields: []string{"owner_id", "owner.name"}})
		if got := asJSON(t, page, err); !strings.Contains(got, `"owner_id":null,"owner.name":null}`) {
			t.Error(got)
		}
	})
}
