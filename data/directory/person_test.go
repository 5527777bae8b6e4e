package directory

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope"
)

func TestPersonIsResolved(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		boss := b.person(t, "boss")
		sales, err := b.a.CreateDepartment(ctx, admin, "Sales", "")
		must(t, err)
		id, err := b.a.CreatePerson(ctx, admin, NewPerson{
			Name: "Ada", Email: "Ada@Example.com", Title: "Rep", DepartmentID: sales, ManagerID: boss,
		})
		must(t, err)
		end := b.time.now().Add(time.Hour).Truncate(time.Microsecond).UTC()
		must(t, b.a.GrantRole(ctx, admin, id, "rep", time.Time{}))
		must(t, b.a.GrantRole(ctx, admin, id, "boss", end))
		must(t, b.a.SetAttribute(ctx, admin, id, "region", "west", "east"))
		must(t, b.a.SetAttribute(ctx, admin, id, "level", "7"))

		p, err := b.b.Person(ctx, id)
		must(t, err)
		if !p.Active || p.System || p.Title != "Rep" {
			t.Errorf("person = %+v", p)
		}
		u := p.User
		if u.ID != id || u.Name != "Ada" || u.Email != "Ada@Example.com" || u.DepartmentID != sales || u.Department != "Sales" || u.ManagerID != boss {
			t.Errorf("user = %+v", u)
		}
		wantMemberships := []Membership{{Role: "boss", NotAfter: end}, {Role: "rep"}}
		if diff := cmp.Diff(wantMemberships, p.Memberships); diff != "" {
			t.Errorf("memberships (-want +got):\n%s", diff)
		}
		wantAttribute(t, u, `"west" in user.regions && user.level == 7`, true)
		wantAttribute(t, u, `"north" in user.regions`, false)

		byEmail, err := b.b.PersonByEmail(ctx, "ADA@EXAMPLE.COM")
		must(t, err)
		if byEmail.User.ID != id {
			t.Errorf("by e-mail: %s, want %s", byEmail.User.ID, id)
		}
	})
}

// wantAttribute evaluates a condition over the user's attributes region and
// level.
func wantAttribute(t *testing.T, u scope.User, condition string, want bool) {
	t.Helper()
	env, err := scope.NewEnv(remit.NewModel(nil), []scope.Attribute{
		{Name: "regions", Type: remit.Text, List: true}, {Name: "level", Type: remit.Integer},
	})
	must(t, err)
	c, err := env.CompileCondition(condition, nil)
	must(t, err)
	u.Attributes = map[string]scope.Value{"regions": u.Attributes["region"], "level": u.Attributes["level"]}
	got, err := c.Eval(&u, nil)
	if err != nil || got != want {
		t.Errorf("%s = %v, %v; want %v", condition, got, err, want)
	}
}

func TestRolesEndOnTime(t *testing.T) {
	end := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	p := &Person{Memberships: []Membership{
		{Role: "boss", NotAfter: end}, {Role: "finance", NotAfter: end.Add(time.Hour)}, {Role: "rep"},
	}}
	for _, test := range []struct {
		now   time.Time
		roles []string
		until time.Time
	}{
		{end.Add(-time.Microsecond), []string{"boss", "finance", "rep"}, end},
		{end, []string{"finance", "rep"}, end.Add(time.Hour)},
		{end.Add(time.Hour), []string{"rep"}, time.Time{}},
	} {
		u, until := p.At(test.now)
		if !slices.Equal(u.Roles, test.roles) || !until.Equal(test.until) {
			t.Errorf("At(%v) = %v until %v, want %v until %v", test.now, u.Roles, until, test.roles, test.until)
		}
	}
}

// TestEveryChangeRaisesTheGeneration makes each change there is, and compares the
// generations of the person concerned, and of one who is not, before and after.
func TestEveryChangeRaisesTheGeneration(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		sales, err := b.a.CreateDepartment(ctx, admin, "Sales", "")
		must(t, err)
		below, err := b.a.CreateDepartment(ctx, admin, "Inside sales", sales)
		must(t, err)
		boss := b.person(t, "boss")
		ada, err := b.a.CreatePerson(ctx, admin, NewPerson{Name: "ada", Email: "ada@example.com", ManagerID: boss, DepartmentID: sales})
		must(t, err)
		under, err := b.a.CreatePerson(ctx, admin, NewPerson{Name: "under", Email: "under@example.com", ManagerID: ada, DepartmentID: below})
		must(t, err)
		var token *Token
		var session *Session
		changes := []struct {
			name    string
			made    func() error
			changes bool
		}{
			{"rename", func() error { return b.a.UpdatePerson(ctx, admin, ada, PersonChange{Name: ptr("Ada L")}) }, true},
			{"e-mail", func() error {
				return b.a.UpdatePerson(ctx, admin, ada, PersonChange{Email: ptr("l@example.com")})
			}, true},
			{"manager", func() error {
				return b.a.UpdatePerson(ctx, admin, ada, PersonChange{ManagerID: ptr(remit.ID(""))})
			}, true},
			{"grant", func() error { return b.a.GrantRole(ctx, admin, ada, "rep", time.Time{}) }, true},
			{"grant again", func() error { return b.a.GrantRole(ctx, admin, ada, "rep", b.time.now().Add(time.Hour)) }, true},
			{"revoke", func() error { return b.a.RevokeRole(ctx, admin, ada, "rep") }, true},
			{"attribute", func() error { return b.a.SetAttribute(ctx, admin, ada, "level", "1") }, true},
			{"no attribute", func() error { return b.a.SetAttribute(ctx, admin, ada, "level") }, true},
			{"password", func() error { return b.a.SetPassword(ctx, admin, ada, goodPassword) }, true},
			{"sign in", func() error {
				_, session, err = b.a.SignIn(ctx, SignIn{Email: "l@example.com", Password: goodPassword})
				return err
			}, true},
			{"sign out", func() error { return b.a.RevokeSession(ctx, admin, ada, session.ID) }, true},
			{"token", func() error {
				_, token, err = b.a.CreateToken(ctx, admin, NewToken{Person: ada, Name: "t", TTL: time.Hour})
				return err
			}, true},
			{"no token", func() error { return b.a.RevokeToken(ctx, admin, ada, token.ID) }, true},
			{"sessions", func() error { return b.a.RevokeSessions(ctx, admin, ada, "") }, true},
			{"department's name", func() error {
				return b.a.UpdateDepartment(ctx, admin, sales, DepartmentChange{Name: ptr("Selling")})
			}, true},
			{"department's place", func() error {
				return b.a.UpdateDepartment(ctx, admin, below, DepartmentChange{ParentID: ptr(remit.ID(""))})
			}, false},
			{"deactivate", func() error { return b.a.UpdatePerson(ctx, admin, ada, PersonChange{Active: ptr(false)}) }, true},
			{"activate", func() error { return b.a.UpdatePerson(ctx, admin, ada, PersonChange{Active: ptr(true)}) }, true},
			{"a failing change", func() error {
				if b.a.UpdatePerson(ctx, admin, ada, PersonChange{Title: ptr("x"), ManagerID: &ada}) == nil {
					t.Error("a person was made their own manager")
				}
				return nil
			}, false},
		}
		for _, c := range changes {
			before, beforeUnder := b.generation(t, ada), b.generation(t, under)
			must(t, c.made())
			after, afterUnder := b.generation(t, ada), b.generation(t, under)
			if (after > before) != c.changes || after < before {
				t.Errorf("%s: generation %d became %d, want a change: %v", c.name, before, after, c.changes)
			}
			if afterUnder != beforeUnder {
				t.Errorf("%s: the generation of somebody else moved", c.name)
			}
		}
	})
}

func (b *bench) generation(t *testing.T, id remit.ID) int64 {
	t.Helper()
	g, err := b.b.Gate(context.Background(), id)
	must(t, err)
	return g.Generation
}

func TestGate(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		ada := b.person(t, "ada")
		p, err := b.a.Person(ctx, ada)
		must(t, err)
		pass := func() bool {
			t.Helper()
			g, err := b.b.Gate(ctx, ada)
			must(t, err)
			if d := g.Now.Sub(b.time.now()).Abs(); d > time.Minute {
				t.Errorf("the gate's time is off by %v", d)
			}
			return g.Passes(p, 1)
		}
		if !pass() {
			t.Error("closed, and nothing has moved")
		}
		if (Gate{}).Passes(p, 1) || (Gate{}).Passes(&Person{}, 0) {
			t.Error("the zero gate lets somebody pass")
		}
		must(t, b.b.RevokeRole(ctx, admin, ada, "rep"))
		if pass() {
			t.Error("open after the generation moved")
		}
		p, err = b.a.Person(ctx, ada)
		must(t, err)
		b.exec(t, "UPDATE policy_epoch SET epoch = epoch + 1")
		if pass() {
			t.Error("open after the epoch moved")
		}
		g, err := b.a.Gate(ctx, "aaaaaaaaaaaaaaaaaaaaaaaaaa")
		if err != nil || g != (Gate{}) {
			t.Errorf("the gate of nobody is %+v, %v", g, err)
		}
	})
}

// TestGenerationIsReadFirst changes a person between the two statements that
// resolve them: what was read must lie under a generation that the gate refuses.
func TestGenerationIsReadFirst(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		ada := b.person(t, "ada")
		must(t, b.a.GrantRole(ctx, admin, ada, "rep", time.Time{}))
		var p *Person
		must(t, b.a.db.Query(ctx, personStmt(b.a.db, ada), func(r sqldb.Row) error {
			p = readPerson(r)
			return nil
		}))
		must(t, b.b.GrantRole(ctx, admin, ada, "boss", time.Time{}))
		g, err := b.a.Gate(ctx, ada)
		must(t, err)
		if g.Passes(p, g.Epoch) {
			t.Error("the gate passes what was read before the change")
		}
	})
}

func TestEmailsAreUniqueHoweverTheyAreWritten(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		kim, err := b.a.CreatePerson(ctx, admin, NewPerson{Name: "Kim", Email: "kim.é@example.com"})
		must(t, err)
		for _, email := range []string{"KIM.é@example.com", "\u212aim.é@example.com", "kim.É@EXAMPLE.com", "kim.e\u0301@example.com"} {
			_, err := b.b.CreatePerson(ctx, admin, NewPerson{Name: "Other", Email: email})
			if remit.KindOf(err) != remit.KindInvalid {
				t.Errorf("%q beside kim.é: %v", email, err)
			}
		}
		other := b.person(t, "other")
		wantKind(t, b.a.UpdatePerson(ctx, admin, other, PersonChange{Email: ptr("KIM.É@example.com")}), remit.KindInvalid)
		// One's own address, written otherwise, is no collision.
		must(t, b.a.UpdatePerson(ctx, admin, kim, PersonChange{Email: ptr("Kim.É@example.com")}))
	})
}

func TestTextIsChecked(t *testing.T) {
	b := newBench(t, "sqlite:"+t.TempDir()+"/remit.db")
	for name, n := range map[string]NewPerson{
		"no name":           {Email: "a@example.com"},
		"blank name":        {Name: "  ", Email: "a@example.com"},
		"control character": {Name: "A\nB", Email: "a@example.com"},
		"turned round":      {Name: "Ada\u202egnp.exe", Email: "a@example.com"},
		"no address":        {Name: "A"},
		"display name":      {Name: "A", Email: "Ada <a@example.com>"},
		"two addresses":     {Name: "A", Email: "a@example.com, b@example.com"},
		"no UTF-8":          {Name: "A\xff", Email: "a@example.com"},
	} {
		_, err := b.a.CreatePerson(context.Background(), admin, n)
		if err == nil || remit.KindOf(err) != remit.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPeopleArePaged(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		var want []string
		for _, name := range []string{"dora", "ada", "bea", "eve", "cleo"} {
			b.person(t, name)
			want = append(want, name)
		}
		slices.Sort(want)
		var got []string
		after := remit.ID("")
		for {
			page, err := b.a.People(ctx, after, 2)
			must(t, err)
			if len(page) == 0 {
				break
			}
			for _, p := range page {
				got = append(got, p.Name)
				after = p.ID
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("people = %v, want %v (and not the operator)", got, want)
		}
	})
}

func TestOperatorIsOutOfReach(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		op := OperatorID
		for name, err := range map[string]error{
			"rename":   b.a.UpdatePerson(ctx, admin, op, PersonChange{Name: ptr("x")}),
			"close":    b.a.UpdatePerson(ctx, admin, op, PersonChange{Active: ptr(false)}),
			"revoke":   b.a.RevokeRole(ctx, admin, op, "administrator"),
			"grant":    b.a.GrantRole(ctx, admin, op, "rep", time.Time{}),
			"password": b.a.SetPassword(ctx, admin, op, goodPassword),
			"token":    secondError(b.a.CreateToken(ctx, admin, NewToken{Person: op, Name: "t", TTL: time.Hour})),
			"profile":  firstError(b.a.Profile(ctx, op)),
			"e-mail":   firstError(b.a.PersonByEmail(ctx, "operator@localhost")),
		} {
			if err == nil || remit.KindOf(err) != remit.KindNotFound {
				t.Errorf("%s: %v, want not found", name, err)
			}
		}
		_, _, err := b.a.SignIn(ctx, SignIn{Email: "operator@localhost", Password: ""})
		wantKind(t, err, remit.KindUnauthenticated)
		must(t, b.a.Verify(ctx, admin))
		for _, channel := range []remit.Channel{"", remit.ChannelWeb, remit.ChannelAPI, remit.ChannelMCP} {
			wantKind(t, b.a.Verify(ctx, remit.Actor{Person: op, Channel: channel}), remit.KindUnauthenticated)
		}
	})
}

func firstError[T any](_ T, err error) error        { return err }
func secondError[T, U any](_ T, _ U, e error) error { return e }

func TestRolesAndAttributesMustBeDefined(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		ada := b.person(t, "ada")
		wantKind(t, b.a.GrantRole(ctx, admin, ada, "administator", time.Time{}), remit.KindInvalid)
		wantKind(t, b.a.GrantRole(ctx, admin, "aaaaaaaaaaaaaaaaaaaaaaaaaa", "rep", time.Time{}), remit.KindNotFound)
		wantKind(t, b.a.SetAttribute(ctx, admin, ada, "reign", "x"), remit.KindInvalid)
		wantKind(t, b.a.SetAttribute(ctx, admin, ada, "level", "many"), remit.KindInvalid)
		wantKind(t, b.a.SetAttribute(ctx, admin, ada, "level", "1", "2"), remit.KindInvalid)
		wantKind(t, b.a.SetAttribute(ctx, admin, ada, "region", ""), remit.KindInvalid)
	})
}

// TestAttributeThatDoesNotFitIsLeftOut changes a definition behind the values:
// the attribute must be absent, which closes every rule that reads it.
func TestAttributeThatDoesNotFitIsLeftOut(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		ada := b.person(t, "ada")
		must(t, b.a.SetAttribute(ctx, admin, ada, "region", "1", "west"))
		must(t, b.a.SetAttribute(ctx, admin, ada, "level", "3"))
		b.exec(t, "UPDATE attribute_definitions SET type = 'integer' WHERE name = 'region'")
		p, err := b.a.Person(ctx, ada)
		must(t, err)
		if _, found := p.User.Attributes["region"]; found {
			t.Error("half a list was kept")
		}
		if _, found := p.User.Attributes["level"]; !found {
			t.Error("an attribute that fits was left out")
		}
	})
}

func TestHolders(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		ada, bea := b.person(t, "ada"), b.person(t, "bea")
		must(t, b.a.GrantRole(ctx, admin, ada, "rep", time.Time{}))
		must(t, b.a.GrantRole(ctx, admin, bea, "rep", time.Time{}))
		must(t, b.a.GrantRole(ctx, admin, bea, "boss", time.Time{}))
		all, err := b.a.Holders(ctx, "")
		must(t, err)
		bosses, err := b.a.Holders(ctx, "boss")
		must(t, err)
		if len(all) != 3 || len(bosses) != 1 || bosses[0].Person != bea {
			t.Errorf("holders = %v, of boss %v", all, bosses)
		}
	})
}
