package lens

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/policy"
)

func (w *world) named(actor remit.Actor, collection, filter string) string {
	w.tb.Helper()
	page, err := w.lens.Query(context.Background(), actor, Query{Collection: collection, Fields: []string{"name"}, Sort: []string{"name"}, Filter: json.RawMessage(filter), Total: true})
	if err != nil {
		var e *remit.Error
		if !errors.As(err, &e) {
			w.tb.Fatal(err)
		}
		return e.Kind.String() + ": " + e.Message
	}
	var names []string
	for _, r := range page.Records {
		names = append(names, r.Values[0].Text())
	}
	if *page.Total != int64(len(names)) {
		w.tb.Errorf("%s: a total of %d for %d records", filter, *page.Total, len(names))
	}
	return strings.Join(names, " ")
}

// Related records are those that the reader sees: what is hidden is not there.
func TestRelatedRecords(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		accounts := w.deals() // Alpha: deals 0, 2 of the rep, 4 of the other; Beta: 1 of the rep, 3 of the other
		w.create(w.chief, "accounts", "name", "Gamma", "parent_id", accounts[0], "owner_id", w.rep.Person)
		gone := w.create(w.chief, "opportunities", "name", "Gone", "stage", "won", "owner_id", w.chief.Person, "account_id", w.create(w.chief, "accounts", "name", "Zeta"))
		must(t, w.lens.Delete(context.Background(), w.admin, Removal{Collection: "opportunities", ID: gone}))
		for _, test := range []struct {
			name   string
			actor  remit.Actor
			filter string
			want   string
		}{
			{"some", w.chief, `{"$has":{"collection":"opportunities"}}`, "Alpha Beta"},
			{"none, the deleted one not counted", w.chief, `{"$hasNo":{"collection":"opportunities","via":"account_id"}}`, "Gamma Zeta"},
			{"which match", w.chief, `{"$has":{"collection":"opportunities","filter":{"stage":"won","amount":{"$gt":400}}}}`, "Beta"},
			{"none that match", w.chief, `{"$hasNo":{"collection":"opportunities","filter":{"stage":"won","amount":{"$gt":400}}}}`, "Alpha Gamma Zeta"},
			{"the rep's own alone", w.rep, `{"$has":{"collection":"opportunities","filter":{"stage":"won"}}}`, "Alpha"},
			{"the others' are not there", w.rep, `{"$hasNo":{"collection":"opportunities","filter":{"stage":"won"}}}`, "Beta Gamma Zeta"},
			{"beside another condition", w.rep, `{"name":{"$ne":"Gamma"},"$hasNo":{"collection":"opportunities","filter":{"stage":"won"}}}`, "Beta Zeta"},
			{"not none", w.rep, `{"$not":{"$hasNo":{"collection":"opportunities","filter":{"stage":"won"}}}}`, "Alpha"},
			{"of the same collection", w.chief, `{"$has":{"collection":"accounts","via":"parent_id"}}`, "Alpha"},
			{"over a hop", w.chief, `{"$has":{"collection":"opportunities","filter":{"account.industry":"retail"}}}`, "Beta"},
			{"of related records", w.chief, `{"$has":{"collection":"accounts","filter":{"$hasNo":{"collection":"opportunities"}}}}`, "Alpha"},
			{"either", w.chief, `{"$or":[{"$has":{"collection":"accounts"}},{"name":"Zeta"}]}`, "Alpha Zeta"},
		} {
			if got := w.named(test.actor, "accounts", test.filter); got != test.want {
				t.Errorf("%s: %q, want %q", test.name, got, test.want)
			}
		}
		for _, measure := range []struct {
			actor remit.Actor
			want  string
		}{{w.chief, "2 0.5"}, {w.rep, "1 0.25"}} {
			result, err := w.lens.Aggregate(context.Background(), measure.actor, AggregateQuery{Collection: "accounts", Measures: []Measure{
				{Fn: "count", As: "n", Filter: json.RawMessage(`{"$has":{"collection":"opportunities","filter":{"stage":"won"}}}`)},
				{Fn: "ratio", As: "r", Filter: json.RawMessage(`{"$has":{"collection":"opportunities","filter":{"stage":"won"}}}`)},
			}})
			must(t, err)
			if got := fmt.Sprint(result.Rows[0][0], " ", result.Rows[0][1]); got != measure.want {
				t.Errorf("measures: %s, want %s", got, measure.want)
			}
		}
	})
}

// What is not known of related records gets one answer, whatever there is.
func TestRelatedRecordsUnknown(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for filter, want := range map[string]string{
			`{"$has":{"collection":"deals"}}`:                                 `invalid: no records in "deals" name accounts; there are accounts by parent_id, activities by account_id, contacts by account_id, `,
			`{"$has":{"collection":"opportunities","via":"owner_id"}}`:        `invalid: no records in "opportunities" by "owner_id" name accounts; there are `,
			`{"$has":{"collection":"opportunities","via":"password"}}`:        `invalid: no records in "opportunities" by "password" name accounts; there are `,
			`{"$has":{"collection":"products"}}`:                              `invalid: no records in "products" name accounts; there are `,
			`{"$has":{"collection":"opportunities","filter":{"nothing":1}}}`:  `invalid: opportunities has no field "nothing"`,
			`{"$has":{"collection":"opportunities","filter":{"amount":"x"}}}`: `invalid: amount is a money`,
			`{"$has":{}}`:                                                                `invalid: expected an object such as`,
			`{"$has":"opportunities"}`:                                                   `invalid: expected an object such as`,
			`{"$has":{"collection":""}}`:                                                 `invalid: expected a name`,
			`{"$has":{"collection":"opportunities","where":{}}}`:                         `invalid: unknown key`,
			`{"$has":{"collection":"opportunities","collection":"contacts"}}`:            `invalid: the key comes twice`,
			`{"$hass":{"collection":"opportunities"}}`:                                   `invalid: unknown connective`,
			`{"name":{"$has":{"collection":"opportunities"}}}`:                           `invalid: unknown operator`,
			strings.Repeat(`{"$has":{"collection":"accounts","filter":`, 3) + `{}}}}}}}`: `invalid: related records of related records of related records`,
			`{"$or":[` + strings.Repeat(`{"$has":{"collection":"accounts"}},`, 10) + `{"$hasNo":{"collection":"accounts"}}]}`: `invalid: the filter asks for related records more than 10 times`,
		} {
			if got := w.named(w.chief, "accounts", filter); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %s, want %s", filter, got, want)
			}
		}
		if got := w.named(w.chief, "people", `{"$has":{"collection":"accounts"}}`); got != "" {
			t.Errorf("owners: %s", got)
		}
		if got := w.named(w.chief, "people", `{"$has":{"collection":"people"}}`); got != "Clara Chief Mona Manager" {
			t.Errorf("managers: %s", got)
		}
	})
}

// A collection, and a link, of which the reader knows nothing are not told from
// those that are not there.
func TestRelatedRecordsHidden(t *testing.T) {
	for name, url := range map[string]string{"sqlite": "sqlite:" + t.TempDir() + "/remit.db", "postgres": pgtest.URL(t)} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, url, linkPolicy())
			w.create(w.chief, "contacts", "name", "Own", "account_id", w.create(w.chief, "accounts", "name", "Alpha"), "owner_id", w.rep.Person)
			w.create(w.chief, "contacts", "name", "Foreign", "account_id", w.create(w.chief, "accounts", "name", "Beta"), "owner_id", w.other.Person)
			if got := w.named(w.rep, "accounts", `{"$has":{"collection":"contacts"}}`); got != "Alpha" {
				t.Errorf("a contact that is seen names Beta by a link that is hidden: %s", got)
			}
			if got := w.named(w.rep, "accounts", `{"$hasNo":{"collection":"contacts"}}`); got != "Beta" {
				t.Errorf("without contacts: %s", got)
			}
			hidden := w.named(w.rep, "accounts", `{"$has":{"collection":"quotes"}}`)
			absent := w.named(w.rep, "accounts", `{"$has":{"collection":"quoted"}}`)
			if hidden != strings.ReplaceAll(absent, "quoted", "quotes") || !strings.Contains(hidden, "there are contacts by account_id") || strings.Contains(hidden, "parent_id") {
				t.Errorf("hidden: %s\nabsent: %s", hidden, absent)
			}
			if got := w.named(w.chief, "accounts", `{"$has":{"collection":"contacts","via":"owner_id"}}`); !strings.HasPrefix(got, "invalid: no records") {
				t.Errorf("by a link to another collection: %s", got)
			}
		})
	}
}

// A filter on related records is an access to their fields, and an export needs the
// right to export them.
func TestRelatedRecordsAreRecorded(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deals()
		w.log.entries = nil
		w.named(w.rep, "accounts", `{"$has":{"collection":"opportunities","filter":{"amount":{"$gt":1},"account.industry":"medical"}}}`)
		e := w.log.entries[0]
		for _, field := range []string{"opportunities.amount", "opportunities.account_id", "opportunities.account.industry"} {
			if !slices.Contains(e.Fields, field) {
				t.Errorf("fields %v lack %s", e.Fields, field)
			}
		}
		if e.Operation != audit.OpQuery || e.Sensitivity != remit.Confidential {
			t.Errorf("%s of %s", e.Operation, e.Sensitivity)
		}
	})
	doc := shippedDocument(t)
	for _, role := range doc.Roles {
		for i := range role.Grants {
			if g := &role.Grants[i]; g.Collection == "opportunities" {
				g.Actions = slices.DeleteFunc(slices.Clone(g.Actions), func(a policy.Action) bool { return a == policy.Export })
			}
		}
	}
	for name, url := range map[string]string{"sqlite": "sqlite:" + t.TempDir() + "/remit.db", "postgres": pgtest.URL(t)} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, url, doc)
			var out strings.Builder
			_, err := w.lens.Export(context.Background(), w.manager, ExportQuery{Collection: "accounts", Filter: json.RawMessage(`{"$has":{"collection":"opportunities"}}`)}, &out)
			if remit.KindOf(err) != remit.KindDenied {
				t.Errorf("%q, %v", out.String(), err)
			}
			_, err = w.lens.Export(context.Background(), w.manager, ExportQuery{Collection: "accounts", Filter: json.RawMessage(`{"$has":{"collection":"contacts"}}`)}, &out)
			must(t, err)
		})
	}
}

// A stored answer that rests on related records is for those who see the same of
// them, or all.
func TestRecheckOfRelatedRecords(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deals()
		accounts := func(filter string) func(*world, remit.Actor, *Lineage) error {
			return listOf(Query{Collection: "accounts", Fields: []string{"name"}, Filter: json.RawMessage(filter)})
		}
		for _, test := range []struct {
			asker remit.Actor
			traced
			want string
		}{
			{w.rep, traced{"her own deals", accounts(`{"$has":{"collection":"opportunities","filter":{"stage":"won"}}}`)}, "rc"},
			{w.rep, traced{"none of her deals", accounts(`{"$hasNo":{"collection":"opportunities"}}`)}, "rc"},
			{w.chief, traced{"everybody's deals", accounts(`{"$has":{"collection":"opportunities"}}`)}, "c"},
			{w.chief, traced{"over a hop", accounts(`{"$has":{"collection":"accounts","filter":{"parent.annual_revenue":{"$gt":1}}}}`)}, "c"},
			{w.chief, traced{"what all see", listOf(Query{Collection: "people", Fields: []string{"name"}, Filter: json.RawMessage(`{"$has":{"collection":"people","via":"manager_id"}}`)})}, "romc"},
			{w.chief, traced{"a figure", func(w *world, a remit.Actor, l *Lineage) error {
				_, err := w.lens.Aggregate(context.Background(), a, AggregateQuery{
					Collection: "accounts", Lineage: l,
					Measures: []Measure{{Fn: "count", Filter: json.RawMessage(`{"$has":{"collection":"opportunities"}}`)}},
				})
				return err
			}}, "c"},
			{w.manager, traced{"a count", func(w *world, a remit.Actor, l *Lineage) error {
				_, err := w.lens.Count(context.Background(), a, CountQuery{Collection: "accounts", Filter: json.RawMessage(`{"$has":{"collection":"opportunities"}}`), Lineage: l})
				return err
			}}, "mc"},
		} {
			l := ask(t, w, test.asker, test.traced)
			if got := w.readers(t, l); got != test.want {
				text, _ := json.Marshal(l)
				t.Errorf("%s: shown to %q, want %q\n%s", test.name, got, test.want, text)
			}
		}
	})
}

// A saved view whose condition on related records names what a reader may not see is
// not told to her.
func TestRelatedRecordsInSavedViews(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deals()
		page, err := w.lens.Query(context.Background(), w.other, Query{Collection: "opportunities", Fields: []string{"name"}})
		must(t, err)
		shape := func(filter string) []ViewShape { return []ViewShape{{Filter: json.RawMessage(filter)}} }
		named := fmt.Sprintf(`{"$has":{"collection":"opportunities","filter":{"id":%q}}}`, page.Records[0].ID)
		for _, test := range []struct {
			actor  remit.Actor
			filter string
			usable bool
		}{{w.rep, named, false}, {w.other, named, true}, {w.rep, `{"$has":{"collection":"opportunities"}}`, true}, {w.rep, `{"$has":{"collection":"deals"}}`, false}} {
			fits, err := w.lens.Fits(context.Background(), test.actor, "accounts", shape(test.filter))
			must(t, err)
			if fits[0].Usable() != test.usable {
				t.Errorf("%s: usable %v", test.filter, fits[0].Usable())
			}
		}
	})
}
