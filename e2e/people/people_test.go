package people_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestManagingPeople goes through the life of somebody's account.
func TestManagingPeople(t *testing.T) {
	eachDatabase(t, func(w *world) {
		adam, ann := w.signIn(0, "adam@example.com", password), w.signIn(1, "ann@example.com", password)
		for _, path := range []string{"/api/people", "/api/departments", "/api/people/" + string(w.ids["Bob"]) + "/tokens"} {
			ann.want(http.StatusForbidden, "GET", path, "")
		}
		ann.want(http.StatusForbidden, "POST", "/api/people", `{"name":"X","email":"x@example.com"}`)

		sales := adam.want(http.StatusCreated, "POST", "/api/departments", `{"name":"Sales"}`).body["id"].(string)
		north := adam.want(http.StatusCreated, "POST", "/api/departments", `{"name":"North","parent":"`+sales+`"}`).body["id"].(string)
		adam.want(http.StatusBadRequest, "PATCH", "/api/departments/"+sales, `{"parent":"`+north+`"}`)
		adam.want(http.StatusBadRequest, "DELETE", "/api/departments/"+sales, "")

		made := adam.want(http.StatusCreated, "POST", "/api/people", `{"name":"Zoe","email":"zoe@example.com","department":"`+north+
			`","manager":"`+string(w.ids["Ann"])+`","roles":[{"name":"sales-rep","not_after":"2099-01-01T00:00:00Z"}]}`)
		initial := made.body["initial_password"].(string)
		zoe := made.body["person"].(map[string]any)["id"].(string)
		adam.want(http.StatusBadRequest, "DELETE", "/api/departments/"+north, "")

		b := &browser{w: w, server: w.servers[1]}
		refused := b.want(http.StatusForbidden, "POST", "/api/session", `{"email":"zoe@example.com","password":"`+initial+`"}`)
		if refused.body["field"] != "new_password" || b.cookie != "" {
			t := refused.text
			w.t.Errorf("the initial password: %s", t)
		}
		b.want(http.StatusOK, "POST", "/api/session", `{"email":"zoe@example.com","password":"`+initial+`","new_password":"six grey geese over the harbour"}`)
		if me := b.want(http.StatusOK, "GET", "/api/me", ""); me.body["department"] != "North" {
			w.t.Errorf("me: %s", me.text)
		}
		page := adam.want(http.StatusOK, "GET", "/api/people?q=ZO&active=true&department="+north, "")
		if list := page.body["people"].([]any); len(list) != 1 || !strings.Contains(page.text, `"name":"Ann"`) || !strings.Contains(page.text, `"password":"own"`) {
			w.t.Errorf("the list: %s", page.text)
		}
		first := adam.want(http.StatusOK, "GET", "/api/people?limit=3", "")
		rest := adam.want(http.StatusOK, "GET", "/api/people?limit=3&cursor="+first.body["next_cursor"].(string), "")
		if len(first.body["people"].([]any)) != 3 || len(rest.body["people"].([]any)) != 1 || rest.body["next_cursor"] != nil {
			w.t.Errorf("pages: %s\n%s", first.text, rest.text)
		}
		for _, wrong := range []string{"?limit=0", "?limit=201", "?cursor=x", "?active=maybe", "?who=1"} {
			adam.want(http.StatusBadRequest, "GET", "/api/people"+wrong, "")
		}
		one := "/api/people/" + zoe
		adam.want(http.StatusOK, "PUT", one+"/roles", `{"roles":[{"name":"finance"}]}`)
		if me := b.want(http.StatusOK, "GET", "/api/me", ""); strings.Contains(me.text, "sales-rep") {
			w.t.Errorf("a lost role counts: %s", me.text)
		}
		adam.want(http.StatusBadRequest, "PUT", one+"/roles", `{"roles":[{"name":"financ"}]}`)
		adam.want(http.StatusBadRequest, "PUT", one+"/roles", `{}`)
		sessions := adam.want(http.StatusOK, "GET", one+"/sessions", "").body["sessions"].([]any)
		adam.want(http.StatusNoContent, "DELETE", one+"/sessions/"+sessions[0].(map[string]any)["id"].(string), "")
		b.want(http.StatusUnauthorized, "GET", "/api/me", "")
		reset := adam.want(http.StatusOK, "PUT", one+"/password", `{}`).body["initial_password"].(string)
		b.want(http.StatusOK, "POST", "/api/session", `{"email":"zoe@example.com","password":"`+reset+`","new_password":"six grey geese over the harbour"}`)
		adam.want(http.StatusOK, "PATCH", one, `{"active":false,"department":""}`)
		b.want(http.StatusUnauthorized, "GET", "/api/me", "")
		adam.want(http.StatusNoContent, "DELETE", "/api/departments/"+north, "")

		self := "/api/people/" + string(w.ids["Adam"])
		adam.want(http.StatusBadRequest, "PATCH", self, `{"active":false}`)
		adam.want(http.StatusBadRequest, "PUT", self+"/roles", `{"roles":[]}`)
	})
}

// TestNobodyMakesMoreThanThemselves gives somebody the management of people alone:
// that must not be a way to be an administrator.
func TestNobodyMakesMoreThanThemselves(t *testing.T) {
	eachDatabase(t, func(w *world) {
		doc, err := w.store.Policies.Document(t.Context())
		w.must(err)
		for i := range doc.Roles {
			if doc.Roles[i].Name == "sales-rep" {
				doc.Roles[i].Capabilities = []string{"people.manage", "people.view_as"}
			}
		}
		w.must(w.store.Policies.Apply(t.Context(), operator(), doc, nil))
		ann := w.signIn(0, "ann@example.com", password)
		adam := "/api/people/" + string(w.ids["Adam"])
		ann.want(http.StatusForbidden, "PUT", "/api/people/"+string(w.ids["Ann"])+"/roles", `{"roles":[{"name":"administrator"}]}`)
		ann.want(http.StatusForbidden, "POST", "/api/people", `{"name":"X","email":"x@example.com","roles":[{"name":"administrator"}]}`)
		ann.want(http.StatusForbidden, "PUT", adam+"/password", `{}`)
		ann.want(http.StatusForbidden, "PUT", adam+"/roles", `{"roles":[]}`)
		ann.want(http.StatusForbidden, "PATCH", adam, `{"email":"ann2@example.com"}`)
		ann.want(http.StatusForbidden, "POST", "/api/session/view-as", `{"person":"`+string(w.ids["Adam"])+`"}`)
		ann.want(http.StatusOK, "PATCH", "/api/people/"+string(w.ids["Bob"]), `{"title":"Rep"}`)
	})
}

// TestSelfService does what everybody does for themselves.
func TestSelfService(t *testing.T) {
	eachDatabase(t, func(w *world) {
		ann, other := w.signIn(0, "ann@example.com", password), w.signIn(1, "ann@example.com", password)
		me := ann.want(http.StatusOK, "PATCH", "/api/me", `{"name":"Ann Ames","language":"de","theme":"dark"}`)
		if me.body["name"] != "Ann Ames" || me.body["theme"] != "dark" || me.body["language"] != "de" {
			w.t.Errorf("me: %s", me.text)
		}
		ann.want(http.StatusBadRequest, "PATCH", "/api/me", `{"theme":"pink"}`)
		ann.want(http.StatusBadRequest, "PATCH", "/api/me", `{"email":"boss@example.com"}`)
		ann.want(http.StatusForbidden, "PUT", "/api/me/password", `{"current_password":"wrong","new_password":"six grey geese over the harbour"}`)
		for candidate, why := range map[string]string{
			"short": "short", "annames12345": "personal", "aaaaaaaaaaaaaaaa": "pattern", "six grey geese over the harbour": "",
		} {
			told := ann.want(http.StatusOK, "POST", "/api/me/password/check", `{"password":"`+candidate+`"}`)
			if told.body["weakness"] != why {
				w.t.Errorf("%s is told to be %v, not %q", candidate, told.body["weakness"], why)
			}
		}
		weak := ann.want(http.StatusBadRequest, "PUT", "/api/me/password", `{"current_password":"`+password+`","new_password":"annames12345"}`)
		if weak.body["field"] != "new_password" {
			w.t.Errorf("weak: %s", weak.text)
		}
		ann.want(http.StatusNoContent, "PUT", "/api/me/password", `{"current_password":"`+password+`","new_password":"six grey geese over the harbour"}`)
		other.want(http.StatusUnauthorized, "GET", "/api/me", "")
		ann.at(1).want(http.StatusOK, "GET", "/api/me", "")

		made := ann.want(http.StatusCreated, "POST", "/api/me/tokens", `{"name":"script","employee":"viz","days":7}`)
		secret, token := made.body["token"].(string), made.body["id"].(string)
		ann.want(http.StatusForbidden, "POST", "/api/me/tokens", `{"name":"x","employee":"finance-analyst"}`)
		ann.want(http.StatusBadRequest, "POST", "/api/me/tokens", `{"name":"x","days":367}`)
		if list := ann.want(http.StatusOK, "GET", "/api/me/tokens", ""); strings.Contains(list.text, secret) || !strings.Contains(list.text, token) {
			w.t.Errorf("tokens: %s", list.text)
		}
		actor, err := w.store.Directory.Authenticate(t.Context(), secret)
		w.must(err)
		ann.want(http.StatusNoContent, "DELETE", "/api/me/tokens/"+token, "")
		if err := w.store.Directory.Verify(t.Context(), withAPI(actor)); err == nil {
			w.t.Error("a revoked token is good")
		}
		ann.want(http.StatusNotFound, "DELETE", "/api/me/tokens/"+token, "")

		other.want(http.StatusOK, "POST", "/api/session", `{"email":"ann@example.com","password":"six grey geese over the harbour"}`)
		ann.want(http.StatusNoContent, "DELETE", "/api/me/sessions?others=true", "")
		other.want(http.StatusUnauthorized, "GET", "/api/me", "")
		ann.want(http.StatusOK, "GET", "/api/me/sessions", "")
		kept := ann.at(1)
		ann.want(http.StatusNoContent, "DELETE", "/api/me/sessions", "")
		kept.want(http.StatusUnauthorized, "GET", "/api/me", "")
	})
}

// TestViewOverHTTP views at one server and looks at both.
func TestViewOverHTTP(t *testing.T) {
	eachDatabase(t, func(w *world) {
		adam, ann := w.signIn(0, "adam@example.com", password), w.signIn(1, "ann@example.com", password)
		own := ann.want(http.StatusOK, "POST", "/api/collections/people/query", `{}`)
		before := adam.at(1)
		adam.want(http.StatusOK, "POST", "/api/session/view-as", `{"person":"`+string(w.ids["Ann"])+`"}`)
		before.want(http.StatusUnauthorized, "GET", "/api/me", "")
		for server := range w.servers {
			view := adam.at(server)
			if me := view.want(http.StatusOK, "GET", "/api/me", ""); me.body["name"] != "Ann" || !strings.Contains(me.text, `"operator":{"id":"`+string(w.ids["Adam"])) {
				w.t.Errorf("me: %s", me.text)
			}
			if seen := view.want(http.StatusOK, "POST", "/api/collections/people/query", `{}`); seen.text != own.text {
				w.t.Errorf("the view shows\n%s, Ann sees\n%s", seen.text, own.text)
			}
			view.want(http.StatusForbidden, "POST", "/api/collections/accounts/records", `{"values":{"name":"X"}}`)
			view.want(http.StatusForbidden, "GET", "/api/people", "")
			view.want(http.StatusForbidden, "GET", "/api/me/tokens", "")
			view.want(http.StatusForbidden, "PUT", "/api/me/password", `{"current_password":"`+password+`","new_password":"six grey geese over the harbour"}`)
		}
		adam.want(http.StatusOK, "DELETE", "/api/session/view-as", "")
		if me := adam.at(1).want(http.StatusOK, "GET", "/api/me", ""); me.body["name"] != "Adam" || me.body["viewing"] != nil {
			w.t.Errorf("after the view: %s", me.text)
		}
		ann.want(http.StatusOK, "GET", "/api/me", "")
	})
}
