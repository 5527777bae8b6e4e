package lens

import (
	"context"
	"strings"
	"testing"
)

// A masked field over a hop is named in _hidden where there is a record to hide it of,
// and not where the path leads to none: scopes have no say about a record that is not
// there.
func TestNothingIsHiddenOfNoRecord(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		accounts := w.deals()
		w.create(w.chief, "opportunities", "name", "Without", "owner_id", w.rep.Person)
		w.create(w.chief, "opportunities", "name", "Foreign", "owner_id", w.rep.Person, "account_id", accounts[1])
		w.create(w.chief, "opportunities", "name", "Own", "owner_id", w.rep.Person, "account_id", accounts[0])
		page, err := w.lens.Query(context.Background(), w.rep, Query{Collection: "opportunities", Fields: []string{"name", "account.annual_revenue"}})
		got := asJSON(t, page, err)
		for _, want := range []string{
			`"name":"Without","account.annual_revenue":null}`, `"name":"Own","account.annual_revenue":5000.00}`,
			`"name":"Foreign","account.annual_revenue":null,"_hidden":["account.annual_revenue"]}`,
		} {
			if !strings.Contains(got, want) {
				t.Errorf("%s\nlacks %s", got, want)
			}
		}
	})
}
