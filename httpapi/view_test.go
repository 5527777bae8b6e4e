package httpapi_test

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

// viewable are the routes, by operation id, that answer who views as somebody else.
// Before you add one, make sure that it changes nothing and shows nothing that is
// private to the person; what it shows must come through the lens.
var viewable = []string{
	"listCollections", "describeCollection", "queryRecords", "countRecords", "aggregateRecords", "searchRecords", "listRecords", "getRecord",
	"searchAll", "recordHistory", "listViews", "me", "signOut", "endView", "executeSQL", "getSettings",
	"signIn", "openapi", // open to everybody
}

// TestViewingWalk sends every documented request as somebody who views as another
// person. Only the routes above may answer; a new route is refused without its
// doing anything for it.
func TestViewingWalk(t *testing.T) {
	b := newBench(t)
	var answering []string
	for _, op := range walk(t) {
		before := len(b.lens.actors)
		r := b.send(t, op.method, op.path, op.body, "Cookie: remit_session="+viewingCookie)
		if op.id == "signOut" || slices.Contains([]string{"signIn", "openapi"}, op.id) {
			answering = append(answering, op.id)
			continue
		}
		if r.status == http.StatusForbidden && strings.Contains(r.body, "not part of the view") {
			if len(b.lens.actors) != before {
				t.Errorf("%s reached the lens", op.id)
			}
			continue
		}
		answering = append(answering, op.id)
	}
	want := slices.Sorted(slices.Values(viewable))
	if got := slices.Sorted(slices.Values(answering)); !slices.Equal(got, want) {
		t.Errorf("in a view these answer:\n%v, want\n%v", got, want)
	}
	for _, actor := range b.lens.actors {
		if !actor.Viewing() {
			t.Errorf("the lens was asked by %+v", actor)
		}
	}
}

// TestForeignOriginWalk sends every request that is not safe as a page of another
// site would make a browser send it.
func TestForeignOriginWalk(t *testing.T) {
	b := newBench(t)
	for _, op := range walk(t) {
		if op.method == http.MethodGet {
			continue
		}
		for _, header := range []string{"Origin: https://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"} {
			r := b.send(t, op.method, op.path, op.body, "Cookie: remit_session="+cookie, header)
			if r.status != http.StatusForbidden || !strings.Contains(r.body, "another origin") {
				t.Errorf("%s with %s: %d %s", op.id, header, r.status, r.body)
			}
		}
	}
	if len(b.lens.actors) != 0 {
		t.Error("a forged request reached the lens")
	}
}

// documented is one operation of the API with a request that its reader takes.
type documented struct{ id, method, path, body string }

// walk returns every operation of the committed document.
func walk(t *testing.T) []documented {
	t.Helper()
	text, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc document
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	var all []documented
	for path, methods := range doc.Paths {
		concrete := path
		for strings.Contains(concrete, "{") {
			before, rest, _ := strings.Cut(concrete, "{")
			name, after, _ := strings.Cut(rest, "}")
			value := string(deal)
			if name == "name" {
				value = "opportunities"
			}
			concrete = before + value + after
		}
		for method, op := range methods {
			d := documented{id: op.OperationID, method: strings.ToUpper(method), path: concrete}
			if op.RequestBody != nil {
				d.body = "{}"
			}
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b documented) int { return strings.Compare(a.id, b.id) })
	return all
}

// TestSignInReplacesSession signs in with a cookie of before: that session must
// end.
func TestSignInReplacesSession(t *testing.T) {
	b := newBench(t)
	body := `{"email":"ada@example.com","password":"` + password + `"}`
	if r := b.send(t, "POST", "/api/session", body, "Cookie: remit_session="+cookie); r.status != http.StatusOK {
		t.Fatal(r.body)
	}
	if n := b.sessions.signedOut.Load(); n != 1 {
		t.Errorf("%d sessions were ended, want the former one", n)
	}
	if r := b.send(t, "POST", "/api/session", body, "Cookie: remit_session=stale"); r.status != http.StatusOK {
		t.Errorf("with a cookie that is nobody's: %d %s", r.status, r.body)
	}
}
