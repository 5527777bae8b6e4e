package leaks

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/importing"
)

// nocobase#4476, SuiteCRM#2803: an export gives rows and cells beyond its reader's
// scope. twenty#19738: whoever may read may export.
func TestLeakExportIgnoresScopeAndPermission(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		export := func(who *person, collection string, body m) (int, string) {
			return send(t, w, who.token, http.MethodPost, "/api/collections/"+collection+"/export", body)
		}
		status, text := export(w.rita, "opportunities", m{"format": "csv"})
		if status != http.StatusForbidden || strings.Contains(text, "Ritas") {
			t.Errorf("who may not export gets %d: %s", status, text)
		}
		// The grant to export is for all rows and names the discount; to view is for
		// the team and does not.
		status, text = export(w.mona, "opportunities", m{"format": "csv", "sort": []string{"name"}})
		if got := strings.Join(strings.Fields(lastColumns(text)), " "); status != http.StatusOK || got != "name,stage,owner_id Ritas lost,lost Ritas open,proposal Ritas won,won" {
			t.Errorf("%d: the team's export is %s", status, got)
		}
		like(t, "discount", "zzzzzzzz", func(name string) answer {
			_, text := export(w.mona, "opportunities", m{"format": "csv", "fields": []string{name}})
			if !strings.Contains(text, "problem") && !strings.Contains(text, "kind") {
				return answer{text: text}
			}
			return refused(t, []byte(text))
		})
		status, text = export(w.mona, "accounts", m{"format": "csv", "fields": []string{"name", "annual_revenue"}, "sort": []string{"annual_revenue", "name"}})
		if status != http.StatusOK || strings.Contains(text, "7000") || strings.Contains(text, "5000") || strings.Contains(text, "Phantom") {
			t.Errorf("%d: masked cells are exported: %s", status, text)
		}
		// An AI has no way to export: neither a tool nor the route.
		for _, token := range []string{w.mona.helper, w.chief.helper} {
			if status, text := send(t, w, token, http.MethodPost, "/api/collections/accounts/export", m{"format": "csv"}); status != http.StatusForbidden {
				t.Errorf("an AI employee's export: %d %s", status, text)
			}
		}
		if list := mcpAnswer(t, w, w.chief.token, "tools/list", m{}); strings.Contains(list.text, "export") {
			t.Errorf("there is a tool to export: %s", list.text)
		}
	})
}

// lastColumns drops the ids at both ends of each line of a CSV file.
func lastColumns(text string) string {
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		fields := strings.Split(strings.TrimSpace(line), ",")
		if i > 0 {
			fields = fields[:len(fields)-1]
		}
		fmt.Fprintln(&b, strings.Join(fields[1:], ","))
	}
	return b.String()
}

// frappe#40339: the caller names another user in the request.
func TestLeakCallerSuppliesAnotherUser(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		for _, name := range []string{"user", "person", "as", "actor", "employee", "task", "owner", "on_behalf_of", "role", "channel"} {
			for _, value := range []any{string(w.chief.id), m{"person": string(w.chief.id)}} {
				if a := f.call(t, w, w.rita, "count_records", m{"collection": "opportunities", name: value}); a.kind == "" {
					t.Errorf("%s is taken: %s", name, a.text)
				}
			}
		}
		body := m{"filter": m{}}
		if f.ai {
			return
		}
		headers := []string{"X-Remit-User", "X-User", "X-Forwarded-User", "X-Remit-Person", "Impersonate-User", "X-Original-User", "From"}
		for _, header := range headers {
			status, text := send(t, w, w.rita.token, http.MethodPost, "/api/collections/opportunities/count", body, header, string(w.chief.id))
			if status != http.StatusOK || text != `{"count":3}`+"\n" && text != `{"count":3}` {
				t.Errorf("with %s: %d %s", header, status, text)
			}
		}
		for _, query := range []string{"user", "as", "person", "employee"} {
			status, text := send(t, w, w.rita.token, http.MethodPost, "/api/collections/opportunities/count?"+query+"="+string(w.chief.id), body)
			if status == http.StatusOK {
				t.Errorf("?%s is taken: %s", query, text)
			}
		}
		meta := m{"name": "count_records", "arguments": m{"collection": "opportunities"}, "_meta": m{"user": w.chief.id, "actor": m{"Person": w.chief.id}}}
		if a := mcpAnswer(t, w, w.rita.token, "tools/call", meta); !strings.Contains(a.text, `"count":3`) {
			t.Errorf("_meta is taken: %s", a.text)
		}
	})
}

// frappe#40339: following a relation returns a collection that was never granted, or
// a record that is hidden.
func TestLeakRelationReachesUngrantedRecords(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		for _, path := range []string{"contact.%s", "account.owner.%s", "account.department.%s", "contact.account.%s"} {
			for _, where := range []string{"fields", "sort"} {
				like(t, fmt.Sprintf(path, "email"), fmt.Sprintf(path, "zzzzz"), func(name string) answer {
					return f.call(t, w, w.rita, "query_records", m{"collection": "opportunities", where: []string{name}})
				})
			}
			like(t, fmt.Sprintf(path, "email"), fmt.Sprintf(path, "zzzzz"), func(name string) answer {
				return f.call(t, w, w.rita, "count_records", m{"collection": "opportunities", "filter": m{name: m{"$startsWith": "carl"}}})
			})
		}
		// A link to what is not granted, or hidden, is no link.
		a := f.call(t, w, w.rita, "query_records", m{
			"collection": "opportunities", "sort": []string{"name"},
			"fields": []string{"name", "contact_id", "account_id", "account.name", "account.annual_revenue", "account.owner.name"},
		})
		w.need(a, "")
		for column, want := range map[string]string{
			"contact_id": "[<nil> <nil> <nil>]", "account_id": fmt.Sprintf("[<nil> %s %s]", w.beta, w.alpha),
			"account.name": "[<nil> Beta Alpha]", "account.annual_revenue": "[<nil> <nil> 5000.00]", "account.owner.name": "[<nil> otto rita]",
		} {
			if got := fmt.Sprint(a.column(t, "records", column)); got != want {
				t.Errorf("%s is %s, want %s", column, got, want)
			}
		}
		for _, filter := range []m{{"account_id": string(w.stealth)}, {"contact_id": string(w.carl)}, {"account.name": "Phantom"}, {"contact_id": m{"$notEmpty": true}}} {
			a := f.call(t, w, w.rita, "count_records", m{"collection": "opportunities", "filter": filter})
			w.need(a, "")
			if got := fmt.Sprint(a.value(t, "count")); got != "0" {
				t.Errorf("%v counts %s", filter, got)
			}
		}
	})
}

// CVE-2026-41160: the write happens, and then the answer is 403.
func TestLeakWriteHappensThen403(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for _, f := range faces {
			for _, id := range []remit.ID{w.won, w.ottosWon} {
				before := w.look("opportunities", id)
				for _, values := range []m{
					{"discount": 0.5},
					{"owner_id": string(w.otto.id)},
					{"name": "taken", "close_date": "2027-01-01"},
					{"name": "taken", "account_id": string(w.stealth)},
					{"stage": "no such stage"},
					{"name": "taken", "zzz": 1},
				} {
					if a := w.update(f, w.rita, "opportunities", id, values); a.kind == "" {
						t.Errorf("%s: %v is written: %s", f.name, values, a.text)
					}
				}
				if a := f.call(t, w, w.rita, "delete_record", m{"collection": "opportunities", "id": id}); a.kind == "" {
					t.Errorf("%s: deleted: %s", f.name, a.text)
				}
				if after := w.look("opportunities", id); after != before {
					t.Errorf("%s: a refused write has happened:\n%s\n%s", f.name, before, after)
				}
			}
			for _, values := range []m{{"name": "made", "owner_id": string(w.otto.id)}, {"name": "made", "discount": 1}, {"name": "made", "account_id": string(w.stealth)}} {
				if a := f.call(t, w, w.rita, "create_record", m{"collection": "opportunities", "values": values}); a.kind == "" {
					t.Errorf("%s: %v is created: %s", f.name, values, a.text)
				}
			}
			a := api.call(t, w, w.chief, "count_records", m{"collection": "opportunities", "filter": m{"name": m{"$in": []string{"made", "taken"}}}})
			if got := fmt.Sprint(a.value(t, "count")); got != "0" {
				t.Errorf("%s: %s records were made", f.name, got)
			}
		}
	})
}

// cube#10803, for writes: a grant that is limited to some rows lets its fields be
// written on the rows of the person's other roles.
func TestLeakOneRowLimitedGrantLetsWriteEveryRow(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		before := w.look("opportunities", w.dorasWon)
		for _, values := range []m{{"probability": 5}, {"probability": 5, "name": "renamed"}, {"probability": 5, "stage": "lost"}} {
			if a := w.update(api, w.dora, "opportunities", w.dorasWon, values); a.kind != "denied" {
				t.Errorf("%v is %q: %s", values, a.kind, a.text)
			}
		}
		if after := w.look("opportunities", w.dorasWon); after != before {
			t.Errorf("the deal has changed:\n%s\n%s", before, after)
		}
		w.need(w.update(api, w.dora, "opportunities", w.dorasWon, m{"stage": "lost"}), "")
		w.need(w.update(api, w.dora, "opportunities", w.dorasWon, m{"probability": 5}), "")
	})
}

// espocrm#2312: what comes in bulk skips the rules of fields.
func TestLeakBulkPathSkipsFieldRules(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ivan := w.person("ivan", "", "rep", "importer")
		actor := remit.Actor{Person: ivan.id, Channel: remit.ChannelCLI}
		for _, file := range []string{
			"name,discount\nBulk,0.5\n", "name,owner_id\nBulk," + string(w.otto.id) + "\n", "name,account_id\nBulk," + string(w.stealth) + "\n",
			"name,close_date\nBulk,2026-01-01\n", "name,stage\nFine,won\nBulk,no such stage\n", "name,created_at\nBulk,2026-01-01T00:00:00Z\n",
		} {
			report, err := w.importer.Run(t.Context(), actor, strings.NewReader(file), importing.Options{Collection: "opportunities"})
			if err == nil {
				t.Errorf("%q is imported: %+v", file, report)
			}
		}
		a := api.call(t, w, w.chief, "query_records", m{"collection": "opportunities", "fields": []string{"name", "discount", "owner_id", "account_id", "close_date"}, "filter": m{"name": m{"$in": []string{"Bulk", "Fine"}}}})
		w.need(a, "")
		for _, forbidden := range []string{"0.5", string(w.otto.id), string(w.stealth), "Fine"} {
			if strings.Contains(a.text, forbidden) {
				t.Errorf("%s came in: %s", forbidden, a.text)
			}
		}
		// The key of an import is no oracle either.
		_, err := w.importer.Run(t.Context(), actor, strings.NewReader("name,stage\nOttos won,lost\n"), importing.Options{Collection: "opportunities", Key: "name"})
		w.must(err)
		if got := w.look("opportunities", w.ottosWon); !strings.Contains(got, `"stage":"won"`) {
			t.Errorf("another's deal was changed: %s", got)
		}
	})
}

// hasura#10711: what roles inherit drops its filters. supabase#11596: a view with its
// owner's rights ignores the rules of rows. A hop is such a view here.
func TestLeakSeveralRolesDropFilters(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		// The second role says nothing of accounts: Dora's accounts are a rep's.
		for _, ask := range []string{"accounts", "people"} {
			same := func(p *person) string {
				a := f.call(t, w, p, "query_records", m{"collection": ask, "fields": []string{"name"}, "sort": []string{"name"}})
				w.need(a, "")
				return fmt.Sprint(a.column(t, "records", "name"))
			}
			if a, b := same(w.dora), same(w.rita); a != b {
				t.Errorf("%s: with two roles %s, with one %s", ask, a, b)
			}
		}
		// Over the deals that the second role shows, nothing of the first is seen.
		a := f.call(t, w, w.dora, "query_records", m{
			"collection": "opportunities", "fields": []string{"name", "stage", "owner_id", "account_id", "account.name"}, "filter": m{"discount": m{"$notEmpty": true}},
		})
		w.need(a, "")
		for _, column := range []string{"stage", "owner_id", "account_id", "account.name"} {
			if got := fmt.Sprint(a.column(t, "records", column)); got != "[<nil> <nil>]" {
				t.Errorf("%s is %s", column, got)
			}
		}
	})
}

// odoo#80133: what was evaluated with privileges is answered to others. Ids that can
// be counted through tell what there is.
func TestLeakRecordsAreEnumerable(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		var first string
		for _, id := range []remit.ID{
			w.ottosWon, w.stealth, w.carl, "aaaaaaaaaaaaaaaaaaaaaaaaaa", "zzz", "1", w.ottosWon + "a", "' OR 1=1 --",
		} {
			a := f.call(t, w, w.rita, "get_record", m{"collection": "opportunities", "id": id})
			if a.kind != "not_found" {
				t.Errorf("%s is %q: %s", id, a.kind, a.text)
			}
			if first == "" {
				first = a.text
			}
			if a.text != first {
				t.Errorf("what is hidden and what is absent are told apart:\n%s\n%s", first, a.text)
			}
		}
		ids := []string{string(w.won), string(w.lost), string(w.open), string(w.ottosLost), string(w.ottosWon), string(w.dorasWon)}
		if slices.IsSorted(ids) {
			t.Logf("the ids rise in the order of their making, which chance does once in 720 times")
		}
		for i, a := range ids {
			for _, b := range ids[:i] {
				if !remit.ID(a).Valid() || a[:4] == b[:4] {
					t.Errorf("%s and %s have too much in common", a, b)
				}
			}
		}
	})
}

// Tools that list and describe show collections and fields that were not granted.
func TestLeakMetadataOfUngrantedCollections(t *testing.T) {
	onEveryFace(t, func(t *testing.T, w *world, f face) {
		a := f.call(t, w, w.rita, "list_collections", m{})
		w.need(a, "")
		if got := fmt.Sprint(a.column(t, "collections", "name")); got != "[accounts opportunities people]" {
			t.Errorf("the collections are %s", got)
		}
		for _, hidden := range []string{"discount", "loss_reason", "probability", "contacts", "orders", "email"} {
			if strings.Contains(a.text, `"`+hidden+`"`) {
				t.Errorf("the list names %s: %s", hidden, a.text)
			}
		}
		for _, tool := range []string{"describe_collection", "query_records", "count_records"} {
			like(t, "contacts", "zzzzzzzz", func(name string) answer {
				return f.call(t, w, w.rita, tool, m{"collection": name})
			})
		}
		like(t, "contacts", "zzzzzzzz", func(name string) answer {
			return f.call(t, w, w.rita, "get_record", m{"collection": name, "id": w.carl})
		})
		// A name that is nearly right gets no help towards what is hidden.
		for _, near := range []string{"contact", "contactz", "order", "leeds"} {
			if a := f.call(t, w, w.rita, "count_records", m{"collection": near}); strings.Contains(a.text, "contacts") || strings.Contains(a.text, "orders") || strings.Contains(a.text, "leads") {
				t.Errorf("%q is helped: %s", near, a.text)
			}
		}
		a = f.call(t, w, w.rita, "count_records", m{"collection": "opportunities", "filter": m{"discounts": 1}})
		if strings.Contains(strings.ReplaceAll(a.text, "discounts", ""), "discount") {
			t.Errorf("a hidden field is suggested: %s", a.text)
		}
	})
}

// CVE-2026-41641: what is checked when a record is made is not checked when it is
// changed.
func TestLeakCheckedOnCreateButNotOnUpdate(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for _, values := range []m{
			{"account_id": string(w.stealth)},
			{"account_id": string(w.carl)},
			{"account_id": "aaaaaaaaaaaaaaaaaaaaaaaaaa"},
			{"account_id": "x"},
			{"stage": "imagined"},
			{"amount": "1; DROP TABLE accounts"},
			{"amount": 1e300},
			{"name": "a\x00b"},
			{"discount": 0.5},
			{"created_at": "2020-01-01T00:00:00Z"},
			{"id": string(w.won)},
			{"version": 7},
			{"deleted_at": nil},
		} {
			created := api.call(t, w, w.rita, "create_record", m{"collection": "opportunities", "values": values})
			updated := w.update(api, w.rita, "opportunities", w.won, values)
			if created.kind == "" || updated.kind != created.kind {
				t.Errorf("%v: creating is %q, updating %q\n%s\n%s", values, created.kind, updated.kind, created.text, updated.text)
			}
		}
		// Naming a hidden record answers as naming none.
		like(t, string(w.stealth), "aaaaaaaaaaaaaaaaaaaaaaaaaa", func(id string) answer {
			return w.update(api, w.rita, "opportunities", w.won, m{"account_id": id})
		})
	})
}
