package people_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestTimeZoneChangesEverywhere changes the company's time zone at one server and
// counts by days at both, neither of which is started again.
func TestTimeZoneChangesEverywhere(t *testing.T) {
	eachDatabase(t, func(w *world) {
		adam, ann := w.signIn(0, "adam@example.com", password), w.signIn(1, "ann@example.com", password)
		made := adam.want(http.StatusCreated, "POST", "/api/collections/activities/records",
			`{"values":{"subject":"Call","kind":"call","due_at":"2026-03-01T23:30:00Z","owner_id":"`+string(w.ids["Ann"])+`"}}`)
		if made.body["id"] == nil {
			w.t.Fatal(made.text)
		}
		days := func(b *browser) string {
			return b.want(http.StatusOK, "POST", "/api/collections/activities/aggregate",
				`{"measures":[{"fn":"count","as":"n"}],"dimensions":[{"field":"due_at","bucket":"day","as":"day"}]}`).text
		}
		for _, b := range []*browser{adam, ann} {
			if got := days(b); !strings.Contains(got, "2026-03-01") {
				w.t.Fatalf("in UTC: %s", got)
			}
		}
		ann.want(http.StatusForbidden, "PUT", "/api/settings", `{"company":"Ann's","time_zone":"Asia/Tokyo","currency":"EUR"}`)
		for _, wrong := range []string{`"time_zone":"Mars/Base","currency":"EUR"`, `"time_zone":"Local","currency":"EUR"`, `"time_zone":"UTC","currency":"euro"`} {
			adam.want(http.StatusBadRequest, "PUT", "/api/settings", `{"company":"Maven",`+wrong+`}`)
		}
		adam.want(http.StatusOK, "PUT", "/api/settings", `{"company":"Maven","time_zone":"Asia/Tokyo","currency":"JPY"}`)
		for _, b := range []*browser{adam, ann} {
			if got := days(b); !strings.Contains(got, "2026-03-02") {
				w.t.Errorf("in Tokyo: %s", got)
			}
			if set := b.want(http.StatusOK, "GET", "/api/settings", ""); set.body["time_zone"] != "Asia/Tokyo" || set.body["company"] != "Maven" || set.body["currency"] != "JPY" {
				w.t.Errorf("settings: %s", set.text)
			}
		}
		if got := w.store.Location().String(); got != "Asia/Tokyo" {
			w.t.Errorf("the other server's runs take place in %s", got)
		}
	})
}
