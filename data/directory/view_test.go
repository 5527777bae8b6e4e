package directory

import (
	"context"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/policy"
)

// TestView begins and ends a view and tries, at both servers, whatever secret the
// session ever had.
func TestView(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		ada, bob := b.member(t, "ada"), b.person(t, "bob")
		own, err := b.b.Authenticate(ctx, ada.session) // the other server remembers the claim
		must(t, err)
		own.Channel = remit.ChannelWeb
		secret, s, err := b.a.BeginView(ctx, own, bob)
		must(t, err)
		if s.ID == own.Session || s.Person != ada.id || s.Viewing != bob {
			t.Errorf("the view is %+v", s)
		}
		viewer, err := b.b.Authenticate(ctx, secret)
		must(t, err)
		viewer.Channel = remit.ChannelWeb
		if viewer.Person != bob || viewer.Operator != string(ada.id) || viewer.Session != s.ID || !viewer.Viewing() {
			t.Errorf("the view stands for %+v", viewer)
		}
		must(t, b.b.Verify(ctx, viewer))
		if b.accepts(t, ada.session, own) {
			t.Error("the session's former secret is still good")
		}
		for name, forged := range map[string]remit.Actor{
			"as bob himself":    {Person: bob, Session: s.ID, Channel: remit.ChannelWeb},
			"of somebody else":  {Person: bob, Session: s.ID, Operator: string(bob), Channel: remit.ChannelWeb},
			"by an AI employee": {Person: bob, Session: s.ID, Operator: viewer.Operator, Employee: "viz", Channel: remit.ChannelWeb},
			"without a session": {Person: bob, Operator: viewer.Operator, Channel: remit.ChannelWeb},
		} {
			if err := b.b.Verify(ctx, forged); remit.KindOf(err) != remit.KindUnauthenticated {
				t.Errorf("a view %s: %v", name, err)
			}
		}
		wantKind(t, b.a.SetPreferences(ctx, viewer, bob, PreferenceChange{Theme: ptr("dark")}), remit.KindDenied)
		_, _, err = b.a.BeginView(ctx, viewer, bob)
		wantKind(t, err, remit.KindInvalid)

		back, s, err := b.b.EndView(ctx, viewer)
		must(t, err)
		if b.accepts(t, secret, viewer) {
			t.Error("the view's secret is still good after its end")
		}
		again, err := b.a.Authenticate(ctx, back)
		must(t, err)
		again.Channel = remit.ChannelWeb
		if again.Person != ada.id || again.Viewing() || again.Session != s.ID {
			t.Errorf("the session came back as %+v", again)
		}
		must(t, b.b.Verify(ctx, again))
		_, _, err = b.a.EndView(ctx, viewer)
		wantKind(t, err, remit.KindUnauthenticated)
	})
}

// TestViewEndsAtOnce takes from the operator or the person what the view stands on:
// for a server that has cached both, the gate must not pass any more.
func TestViewEndsAtOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		for name, end := range map[string]func(operator *member, viewer remit.Actor) error{
			"the session is revoked": func(m *member, v remit.Actor) error { return b.a.RevokeSession(ctx, admin, m.id, v.Session) },
			"signed out everywhere":  func(m *member, _ remit.Actor) error { return b.a.RevokeSessions(ctx, admin, m.id, "") },
			"the operator is deactivated": func(m *member, _ remit.Actor) error {
				return b.a.UpdatePerson(ctx, admin, m.id, PersonChange{Active: ptr(false)})
			},
			"the person is deactivated": func(_ *member, v remit.Actor) error {
				return b.a.UpdatePerson(ctx, admin, v.Person, PersonChange{Active: ptr(false)})
			},
			"the operator loses a role": func(m *member, _ remit.Actor) error { return b.a.RevokeRole(ctx, admin, m.id, "boss") },
			"the operator's password is reset": func(m *member, _ remit.Actor) error {
				_, err := b.a.ResetPassword(ctx, admin, m.id, "")
				return err
			},
		} {
			suffix := string(remit.NewIDSource(nil).New())[:6]
			operator, person := b.member(t, "op-"+suffix), b.person(t, "viewed-"+suffix)
			must(t, b.a.GrantRole(ctx, admin, operator.id, "boss", time.Time{}))
			own, err := b.a.Authenticate(ctx, operator.session)
			must(t, err)
			own.Channel = remit.ChannelWeb
			secret, _, err := b.a.BeginView(ctx, own, person)
			must(t, err)
			viewer, err := b.b.Authenticate(ctx, secret)
			must(t, err)
			viewer.Channel = remit.ChannelWeb
			cached, err := b.b.Person(ctx, person)
			must(t, err)
			must(t, cached.Admit(viewer, cached.ReadAt))
			gate, err := b.b.Gate(ctx, person)
			must(t, err)
			if !gate.Passes(cached, gate.Epoch) {
				t.Fatalf("%s: the gate is shut before anything happened", name)
			}
			must(t, end(operator, viewer))
			if gate, err = b.b.Gate(ctx, person); err != nil || gate.Passes(cached, gate.Epoch) {
				t.Errorf("%s: the gate still passes (%v)", name, err)
			}
		}
	})
}

// TestCheckView holds the rule of who may view whom.
func TestCheckView(t *testing.T) {
	doc := &policy.Document{Roles: []policy.Role{
		{Name: "admin", Title: "A", Capabilities: []string{policy.ViewAs, policy.ManagePeople}},
		{Name: "viewer", Title: "V", Capabilities: []string{policy.ViewAs}},
		{Name: "rep", Title: "R"},
	}}
	pol, err := policy.Compile(doc, &remit.Model{}, nil)
	must(t, err)
	now := time.Now()
	person := func(active bool, roles ...string) *Person {
		p := &Person{Active: active}
		for _, role := range roles {
			p.Memberships = append(p.Memberships, Membership{Role: role})
		}
		return p
	}
	ending := person(true, "admin")
	ending.Memberships[0].NotAfter = now
	for _, test := range []struct {
		name             string
		operator, viewed *Person
		may              bool
	}{
		{"admin views rep", person(true, "admin"), person(true, "rep"), true},
		{"viewer views rep", person(true, "viewer"), person(true, "rep"), true},
		{"admin views admin", person(true, "admin"), person(true, "admin"), true},
		{"viewer views admin", person(true, "viewer"), person(true, "admin"), false},
		{"rep views rep", person(true, "rep"), person(true, "rep"), false},
		{"inactive admin", person(false, "admin"), person(true, "rep"), false},
		{"admin whose role has ended", ending, person(true, "rep"), false},
		{"nobody", &Person{}, person(true, "rep"), false},
	} {
		if _, err := CheckView(pol, test.operator, test.viewed, now); (err == nil) != test.may {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestInitialPassword resets a password and signs in with it.
func TestInitialPassword(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		ada := b.member(t, "ada")
		initial, err := b.a.ResetPassword(ctx, admin, ada.id, "")
		must(t, err)
		if len(initial) < MinPassword || checkStrength(initial, "ada", "ada@example.com") != nil {
			t.Errorf("made up %q", initial)
		}
		if _, session := b.alive(t, ada); session {
			t.Error("a session survives the reset")
		}
		in := SignIn{Email: "ada@example.com", Password: initial}
		_, _, err = b.b.SignIn(ctx, in)
		wantKind(t, err, remit.KindDenied)
		for _, weak := range []string{initial, "short", "ada@example.com!"} {
			in.Renewed = weak
			_, _, err = b.b.SignIn(ctx, in)
			wantKind(t, err, remit.KindInvalid)
		}
		in.Password, in.Renewed = "wrong", "six grey geese over the harbour"
		_, _, err = b.b.SignIn(ctx, in)
		wantKind(t, err, remit.KindUnauthenticated)
		in.Password = initial
		_, _, err = b.b.SignIn(ctx, in)
		must(t, err)
		_, _, err = b.a.SignIn(ctx, in)
		wantKind(t, err, remit.KindUnauthenticated)
		_, s, err := b.a.SignIn(ctx, SignIn{Email: in.Email, Password: in.Renewed})
		must(t, err)

		by := remit.Actor{Person: ada.id, Session: s.ID, Channel: remit.ChannelWeb}
		wantKind(t, b.a.ChangePassword(ctx, by, "", "wrong", goodPassword), remit.KindDenied)
		wantKind(t, b.a.ChangePassword(ctx, by, "", in.Renewed, "short"), remit.KindInvalid)
		must(t, b.a.ChangePassword(ctx, by, "", in.Renewed, goodPassword))
		must(t, b.b.Verify(ctx, by))
		all, err := b.b.Sessions(ctx, ada.id)
		must(t, err)
		for _, other := range all {
			if other.ID != s.ID && other.RevokedAt.IsZero() {
				t.Error("another session survives the change of the password")
			}
		}
		for range 20 {
			err = b.a.ChangePassword(ctx, by, "", "wrong", goodPassword)
		}
		wantKind(t, err, remit.KindLimited)
	})
}

func TestPreferences(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		ada := b.person(t, "ada")
		must(t, b.a.SetPreferences(ctx, admin, ada, PreferenceChange{Language: ptr("de-AT")}))
		must(t, b.a.SetPreferences(ctx, admin, ada, PreferenceChange{Theme: ptr("dark")}))
		if got, err := b.b.Preferences(ctx, ada); err != nil || got != (Preferences{"de-AT", "dark"}) {
			t.Errorf("%+v, %v", got, err)
		}
		must(t, b.a.SetPreferences(ctx, admin, ada, PreferenceChange{Language: ptr("")}))
		for _, wrong := range []PreferenceChange{{Language: ptr("klingonese-xx-yy-zz")}, {Language: ptr("<b>")}, {Theme: ptr("pink")}} {
			wantKind(t, b.a.SetPreferences(ctx, admin, ada, wrong), remit.KindInvalid)
		}
		wantKind(t, b.a.SetPreferences(ctx, admin, OperatorID, PreferenceChange{Theme: ptr("dark")}), remit.KindNotFound)
	})
}
