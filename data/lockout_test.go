package data_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/policy"
)

var (
	nobody   = data.Operator("test")
	inAnHour = func() time.Time { return time.Now().Add(time.Hour) }
)

// withAdministrator returns two servers of one database with one administrator, and
// a policy in which only the role spare, which nobody holds, administers.
func withAdministrator(t *testing.T, url string) (a, b *data.Store, ada remit.ID, locked *policy.Document) {
	t.Helper()
	ctx := context.Background()
	a, b = open(t, url), open(t, url)
	ada, _, err := a.Directory.Invite(ctx, nobody, directory.Invitation{
		NewPerson: directory.NewPerson{Name: "Ada", Email: "ada@example.com"}, Roles: []directory.Membership{{Role: "administrator"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a, b, ada, withSpare(t, a, func(r *policy.Role) { r.Capabilities = nil })
}

// withSpare returns the policy with the role spare, which may administer, after
// change has been made to the role administrator.
func withSpare(t *testing.T, s *data.Store, change func(*policy.Role)) *policy.Document {
	t.Helper()
	doc, err := s.Policies.Document(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(doc.Roles, func(r policy.Role) bool { return r.Name == "administrator" })
	change(&doc.Roles[i])
	if !slices.ContainsFunc(doc.Roles, func(r policy.Role) bool { return r.Name == "spare" }) {
		doc.Roles = append(doc.Roles, policy.Role{Name: "spare", Title: "Spare", Capabilities: []string{policy.ManagePolicy, policy.ManagePeople}})
	}
	return doc
}

// TestNoChangeLocksAllOut takes either capability from the last who has it, by the
// policy and by the person.
func TestNoChangeLocksAllOut(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		ctx := context.Background()
		a, b, ada, locked := withAdministrator(t, url)
		for _, left := range []string{policy.ManagePolicy, policy.ManagePeople} {
			half := withSpare(t, a, func(r *policy.Role) { r.Capabilities = []string{left} })
			if err := a.Policies.Apply(ctx, nobody, half, nil); remit.KindOf(err) != remit.KindDenied {
				t.Errorf("only %s is left: %v", left, err)
			}
		}
		if err := a.Policies.Apply(ctx, nobody, locked, nil); remit.KindOf(err) != remit.KindDenied {
			t.Errorf("nothing is left: %v", err)
		}
		gone := &policy.Document{Roles: locked.Roles[:0]}
		if err := b.Policies.Apply(ctx, nobody, gone, nil); err == nil {
			t.Error("a policy without the role was applied")
		}
		if err := b.Directory.RevokeRole(ctx, nobody, ada, "administrator"); remit.KindOf(err) != remit.KindInvalid {
			t.Errorf("the role is revoked: %v", err)
		}
		if err := b.Directory.GrantRole(ctx, nobody, ada, "administrator", inAnHour()); remit.KindOf(err) != remit.KindInvalid {
			t.Errorf("the role ends: %v", err)
		}
		if err := a.Policies.Force(ctx, nobody, locked, nil); err != nil {
			t.Errorf("the operator insists: %v", err)
		}
	})
}

// TestOneWhoManagesOnlyThePolicyStays is about a person whose role manages no people.
func TestOneWhoManagesOnlyThePolicyStays(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		ctx := context.Background()
		a, _, ada, _ := withAdministrator(t, url)
		doc := withSpare(t, a, func(*policy.Role) {})
		doc.Roles = append(doc.Roles, policy.Role{Name: "people", Title: "People", Capabilities: []string{policy.ManagePeople}})
		must(t, a.Policies.Apply(ctx, nobody, doc, nil))
		if err := a.Directory.SetRoles(ctx, nobody, ada, []directory.Membership{{Role: "people"}}); remit.KindOf(err) != remit.KindInvalid {
			t.Errorf("nobody manages the policy: %v", err)
		}
		must(t, a.Directory.SetRoles(ctx, nobody, ada, []directory.Membership{{Role: "spare"}}))
	})
}

// TestRacingChangesLockNobodyOut lets the policy take the capabilities from one role
// at the moment at which the last holder of the other role loses it, on two servers.
func TestRacingChangesLockNobodyOut(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		ctx := context.Background()
		a, b, ada, locked := withAdministrator(t, url)
		open := withSpare(t, a, func(*policy.Role) {})
		for range 10 {
			must(t, a.Policies.Force(ctx, nobody, open, nil))
			must(t, a.Directory.SetRoles(ctx, nobody, ada, []directory.Membership{{Role: "administrator"}, {Role: "spare"}}))
			var applied, revoked error
			var group sync.WaitGroup
			group.Go(func() { applied = a.Policies.Apply(ctx, nobody, locked, nil) })
			group.Go(func() { revoked = b.Directory.RevokeRole(ctx, nobody, ada, "spare") })
			group.Wait()
			if (applied == nil) == (revoked == nil) {
				t.Fatalf("one of the two must be refused: policy %v, role %v", applied, revoked)
			}
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
