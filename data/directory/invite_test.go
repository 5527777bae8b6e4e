package directory

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// TestInviteAndList adds people with all that they need, and finds them again.
func TestInviteAndList(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		sales, err := b.a.CreateDepartment(ctx, admin, "Sales", "")
		must(t, err)
		boss := b.person(t, "boss")
		end := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
		id, password, err := b.a.Invite(ctx, admin, Invitation{
			NewPerson:  NewPerson{Name: "Zoë Müller", Email: "zoe_m@example.com", DepartmentID: sales, ManagerID: boss},
			Roles:      []Membership{{Role: "rep"}, {Role: "boss", NotAfter: end}},
			Attributes: map[string][]string{"region": {"north", "south"}},
		})
		must(t, err)
		_, _, err = b.b.SignIn(ctx, SignIn{Email: "zoe_m@example.com", Password: password})
		wantKind(t, err, remit.KindDenied)
		_, _, err = b.b.SignIn(ctx, SignIn{Email: "zoe_m@example.com", Password: password, Renewed: goodPassword})
		must(t, err)
		for name, q := range map[string]PeopleQuery{
			"by folded name": {Search: "MÜLL"}, "by address": {Search: "zoe_"}, "by department": {Department: sales},
			"by role": {Role: "boss"}, "by id": {ID: id},
		} {
			q.Limit = 10
			page, err := b.b.List(ctx, q)
			must(t, err)
			if len(page) != 1 || page[0].ID != id {
				t.Fatalf("%s: %+v", name, page)
			}
			l := page[0]
			if l.Department != "Sales" || l.Manager != "boss" || l.SeenAt.IsZero() || !l.HasPassword || l.MustChange ||
				len(l.Memberships) != 2 || l.Memberships[0].Role != "boss" || !l.Memberships[0].NotAfter.Equal(end) {
				t.Errorf("%s: %+v", name, l)
			}
		}
		if page, err := b.b.List(ctx, PeopleQuery{Search: "z%e", Limit: 10}); err != nil || len(page) != 0 {
			t.Errorf("a sign of LIKE means itself: %+v, %v", page, err)
		}
		if all, err := b.b.Attributes(ctx, id); err != nil || !slices.Equal(all["region"], []string{"north", "south"}) {
			t.Errorf("attributes %v, %v", all, err)
		}
		var names []string
		for after := remit.ID(""); ; {
			page, err := b.b.List(ctx, PeopleQuery{After: after, Limit: 1})
			must(t, err)
			if len(page) == 0 {
				break
			}
			names, after = append(names, page[0].Name), page[0].ID
		}
		if !slices.Equal(names, []string{"Zoë Müller", "boss"}) {
			t.Errorf("pages: %v", names)
		}
		for _, wrong := range []Invitation{
			{NewPerson: NewPerson{Name: "x", Email: "zoe_m@EXAMPLE.com"}},
			{NewPerson: NewPerson{Name: "x", Email: "x@example.com"}, Password: "short"},
			{NewPerson: NewPerson{Name: "x", Email: "x@example.com"}, Roles: []Membership{{Role: "bos"}}},
			{NewPerson: NewPerson{Name: "x", Email: "x@example.com"}, Roles: []Membership{{Role: "rep"}, {Role: "rep"}}},
			{NewPerson: NewPerson{Name: "x", Email: "x@example.com"}, Attributes: map[string][]string{"level": {"high"}}},
		} {
			_, _, err := b.a.Invite(ctx, admin, wrong)
			wantKind(t, err, remit.KindInvalid)
		}
	})
}

// TestLastAdministratorStays tries every way to be left with none, two at once
// included.
func TestLastAdministratorStays(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		b.exec(t, `INSERT INTO policy_roles (name, position, body) VALUES ('admin', 2, '{"name":"admin","capabilities":["people.manage"]}')`)
		ada, bob := b.person(t, "ada"), b.person(t, "bob")
		must(t, b.a.GrantRole(ctx, admin, ada, "admin", time.Time{}))
		must(t, b.a.GrantRole(ctx, admin, bob, "admin", time.Now().Add(time.Hour))) // for an hour is not for good
		for name, try := range map[string]func() error{
			"revoke":     func() error { return b.a.RevokeRole(ctx, admin, ada, "admin") },
			"replace":    func() error { return b.a.SetRoles(ctx, admin, ada, []Membership{{Role: "rep"}}) },
			"end":        func() error { return b.a.GrantRole(ctx, admin, ada, "admin", time.Now().Add(time.Hour)) },
			"deactivate": func() error { return b.a.UpdatePerson(ctx, admin, ada, PersonChange{Active: ptr(false)}) },
		} {
			if err := try(); remit.KindOf(err) != remit.KindInvalid || err == nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		must(t, b.a.SetRoles(ctx, admin, bob, []Membership{{Role: "admin"}}))
		var group sync.WaitGroup
		for server, person := range map[*Directory]remit.ID{b.a: ada, b.b: bob} {
			group.Go(func() { _ = server.UpdatePerson(ctx, admin, person, PersonChange{Active: ptr(false)}) })
		}
		group.Wait()
		active := 0
		for _, id := range []remit.ID{ada, bob} {
			if p, err := b.a.Profile(ctx, id); err == nil && p.Active {
				active++
			}
		}
		if active != 1 {
			t.Errorf("%d administrators are left, want 1", active)
		}
	})
}

func TestDeleteDepartment(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		sales, err := b.a.CreateDepartment(ctx, admin, "Sales", "")
		must(t, err)
		north, err := b.a.CreateDepartment(ctx, admin, "North", sales)
		must(t, err)
		ada := b.person(t, "ada")
		must(t, b.a.UpdatePerson(ctx, admin, ada, PersonChange{DepartmentID: &north, Active: ptr(false)}))
		wantKind(t, b.a.DeleteDepartment(ctx, admin, sales), remit.KindInvalid)
		wantKind(t, b.a.DeleteDepartment(ctx, admin, north), remit.KindInvalid)
		must(t, b.a.UpdatePerson(ctx, admin, ada, PersonChange{DepartmentID: ptr(remit.ID(""))}))
		must(t, b.a.DeleteDepartment(ctx, admin, north))
		wantKind(t, b.a.DeleteDepartment(ctx, admin, north), remit.KindNotFound)
		wantKind(t, b.a.UpdatePerson(ctx, admin, ada, PersonChange{DepartmentID: &north}), remit.KindInvalid)
		_, err = b.a.CreateDepartment(ctx, admin, "Below", north)
		wantKind(t, err, remit.KindInvalid)
		must(t, b.a.DeleteDepartment(ctx, admin, sales))
		if all, err := b.b.Departments(ctx); err != nil || len(all) != 0 {
			t.Errorf("left: %+v, %v", all, err)
		}
		if n := b.count(t, "SELECT count(*) FROM departments_closure"); n != 0 {
			t.Errorf("%d pairs are left of the tree", n)
		}
	})
}

func (b *bench) count(t *testing.T, statement string) (n int64) {
	t.Helper()
	must(t, b.a.db.Query(context.Background(), sqldb.Stmt{SQL: statement}, func(r sqldb.Row) error {
		n = r.Int(0)
		return nil
	}))
	return n
}
