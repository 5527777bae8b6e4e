package session_test

import (
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/policystore"
	"github.com/remit-crm/remit/ops/opstest"
	"github.com/remit-crm/remit/ops/session"
)

func TestSignInAndOut(t *testing.T) {
	c := opstest.New(t)
	ops := session.New(c.Directory, c.Access, c.Policies)
	if err := c.Directory.SetPassword(t.Context(), c.Operator, c.People["Ann"], opstest.Password); err != nil {
		t.Fatal(err)
	}
	given := session.Credentials{Email: c.Email("Ann"), Password: opstest.Password, Address: "192.0.2.1"}
	opened, err := ops.SignIn(t.Context(), given)
	if err != nil {
		t.Fatal(err)
	}
	actor, err := c.Directory.Authenticate(t.Context(), opened.Secret)
	if err != nil || actor.Person != c.People["Ann"] || actor.Session == "" {
		t.Fatalf("the session is %+v's: %v", actor, err)
	}
	actor.Channel = remit.ChannelWeb
	me, err := ops.Me(t.Context(), actor)
	if err != nil || me.Name != "Ann" || len(me.Roles) != 1 || len(me.Employees) == 0 || len(me.Capabilities) != 0 {
		t.Errorf("me: %+v, %v", me, err)
	}
	for range 2 { // signing out again does no harm
		if err := ops.SignOut(t.Context(), actor); err != nil {
			t.Error(err)
		}
	}
	if _, err := ops.Me(t.Context(), actor); remit.KindOf(err) != remit.KindUnauthenticated {
		t.Errorf("after signing out: %v", err)
	}
	given.Password = "wrong"
	_, wrong := ops.SignIn(t.Context(), given)
	given.Email = "nobody@example.com"
	_, unknown := ops.SignIn(t.Context(), given)
	if remit.KindOf(wrong) != remit.KindUnauthenticated || wrong.Error() != unknown.Error() {
		t.Errorf("wrong password: %v; unknown address: %v", wrong, unknown)
	}
}

// TestMeTellsTheCompany reads what everybody's screens go by, before and after it is
// changed.
func TestMeTellsTheCompany(t *testing.T) {
	c := opstest.New(t)
	ops := session.New(c.Directory, c.Access, c.Policies)
	set := policystore.Settings{Company: "Larkfield", TimeZone: "Europe/Vienna", Currency: "EUR"}
	if err := c.Policies.SetSettings(t.Context(), c.Operator, set); err != nil {
		t.Fatal(err)
	}
	me, err := ops.Me(t.Context(), c.Actor("Ann"))
	if want := (session.MyCompany{Name: "Larkfield", TimeZone: "Europe/Vienna", Currency: "EUR"}); err != nil || me.Company != want {
		t.Errorf("company: %+v, %v, want %+v", me.Company, err, want)
	}
}
