package tokens_test

import (
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/opstest"
	"github.com/remit-crm/remit/ops/tokens"
)

func TestOwnTokensOnly(t *testing.T) {
	c := opstest.New(t)
	ops := tokens.New(c.Directory, c.Access)
	ann, adam := c.Actor("Ann"), c.Actor("Adam")
	request := tokens.Request{Email: c.Email("Ann"), Name: "laptop", TTL: time.Hour}

	created, err := ops.Create(t.Context(), ann, request)
	if err != nil {
		t.Fatal(err)
	}
	actor, err := c.Directory.Authenticate(t.Context(), created.Secret)
	if err != nil || actor.Person != ann.Person || actor.Token != created.ID {
		t.Errorf("the token is %+v's: %v", actor, err)
	}
	if _, err := ops.Create(t.Context(), adam, request); err != nil {
		t.Errorf("by who manages people: %v", err)
	}
	listed, err := ops.List(t.Context(), ann, c.Email("Ann"))
	if err != nil || len(listed) != 2 {
		t.Errorf("list: %v, %v", listed, err)
	}

	// Another's tokens, and whether there is such a person, are not Bob's business.
	bob := c.Actor("Bob")
	_, there := ops.List(t.Context(), bob, c.Email("Ann"))
	_, absent := ops.List(t.Context(), bob, "nobody@example.com")
	if remit.KindOf(there) != remit.KindDenied || there.Error() != absent.Error() {
		t.Errorf("there: %v; absent: %v", there, absent)
	}
	if err := ops.Revoke(t.Context(), bob, c.Email("Ann"), created.ID); remit.KindOf(err) != remit.KindDenied {
		t.Errorf("revoke by another: %v", err)
	}
	if err := ops.Revoke(t.Context(), ann, c.Email("Ann"), created.ID); err != nil {
		t.Error(err)
	}
}

// TestNoAIHandlesTokens checks that an AI employee cannot make itself a way in.
func TestNoAIHandlesTokens(t *testing.T) {
	c := opstest.New(t)
	ops := tokens.New(c.Directory, c.Access)
	viz := c.Actor("Ann")
	viz.Employee = "viz"
	if _, err := ops.Create(t.Context(), viz, tokens.Request{Email: c.Email("Ann"), Name: "x", TTL: time.Hour}); remit.KindOf(err) != remit.KindDenied {
		t.Errorf("create: %v", err)
	}
	if _, err := ops.List(t.Context(), viz, c.Email("Ann")); remit.KindOf(err) != remit.KindDenied {
		t.Errorf("list: %v", err)
	}
}
