package directory

import (
	"bytes"
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

const goodPassword = "copper meadow lantern 7"

// member is a person with every kind of credential.
type member struct {
	id            remit.ID
	token         string
	session       string
	tokenActor    remit.Actor
	sessionActor  remit.Actor
	tokenShown    *Token
	sessionsShown *Session
}

func (b *bench) member(t *testing.T, name string) *member {
	t.Helper()
	ctx := context.Background()
	m := &member{id: b.person(t, name)}
	must(t, b.a.SetPassword(ctx, admin, m.id, goodPassword))
	var err error
	m.token, m.tokenShown, err = b.a.CreateToken(ctx, admin, NewToken{Person: m.id, Name: "script", Employee: "viz", TTL: 24 * time.Hour})
	must(t, err)
	m.session, m.sessionsShown, err = b.a.SignIn(ctx, SignIn{Email: name + "@example.com", Password: goodPassword, Address: "192.0.2.1", Client: "test"})
	must(t, err)
	m.tokenActor, err = b.b.Authenticate(ctx, m.token)
	must(t, err)
	m.sessionActor, err = b.b.Authenticate(ctx, m.session)
	must(t, err)
	return m
}

// alive reports which of the member's credentials are good, by what the
// database holds. Claims that a server still has in its cache do not count.
func (b *bench) alive(t *testing.T, m *member) (token, session bool) {
	t.Helper()
	return b.accepts(t, m.token, m.tokenActor), b.accepts(t, m.session, m.sessionActor)
}

func (b *bench) accepts(t *testing.T, secret string, actor remit.Actor) bool {
	t.Helper()
	ctx := context.Background()
	verified := b.b.Verify(ctx, actor)
	if verified != nil && remit.KindOf(verified) != remit.KindUnauthenticated {
		t.Fatal(verified)
	}
	fresh := b.server(t)
	_, err := fresh.Authenticate(ctx, secret)
	if (err == nil) != (verified == nil) {
		t.Errorf("a server without a cache says %v, Verify says %v", err, verified)
	}
	return verified == nil
}

func TestAuthenticate(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		m := b.member(t, "ada")
		want := remit.Actor{Person: m.id, Employee: "viz", Token: m.tokenShown.ID}
		if m.tokenActor != want {
			t.Errorf("by token: %+v, want %+v", m.tokenActor, want)
		}
		want = remit.Actor{Person: m.id, Session: m.sessionsShown.ID}
		if m.sessionActor != want {
			t.Errorf("by session: %+v, want %+v", m.sessionActor, want)
		}
		if token, session := b.alive(t, m); !token || !session {
			t.Errorf("fresh credentials: token %v, session %v", token, session)
		}
		for _, secret := range []string{
			"", "rmt_", m.token[:len(m.token)-1], m.token + "a", strings.ToUpper(m.token), " " + m.token,
			SessionPrefix + m.token[len(TokenPrefix):], TokenPrefix + m.session[len(SessionPrefix):],
			TokenPrefix + strings.Repeat("a", 52),
		} {
			if actor, err := b.a.Authenticate(context.Background(), secret); err == nil || remit.KindOf(err) != remit.KindUnauthenticated {
				t.Errorf("%q: %+v, %v", secret, actor, err)
			}
		}
	})
}

// TestDeadAtOnce ends credentials in every way there is on one server, and asks
// another one, whose caches are warm, right afterwards.
func TestDeadAtOnce(t *testing.T) {
	ctx := context.Background()
	tests := map[string]struct {
		end            func(t *testing.T, b *bench, m *member) error
		token, session bool // still good afterwards
	}{
		"token revoked": {func(_ *testing.T, b *bench, m *member) error {
			return b.a.RevokeToken(ctx, admin, m.id, m.tokenShown.ID)
		}, false, true},
		"session revoked": {func(_ *testing.T, b *bench, m *member) error {
			return b.a.RevokeSession(ctx, admin, m.id, m.sessionsShown.ID)
		}, true, false},
		"all sessions revoked": {func(_ *testing.T, b *bench, m *member) error {
			return b.a.RevokeSessions(ctx, admin, m.id, "")
		}, true, false},
		"all sessions but this revoked": {func(_ *testing.T, b *bench, m *member) error {
			return b.a.RevokeSessions(ctx, admin, m.id, m.sessionsShown.ID)
		}, true, true},
		"password set by an admin": {func(_ *testing.T, b *bench, m *member) error {
			return b.a.SetPassword(ctx, admin, m.id, goodPassword+" 8")
		}, true, false},
		"password set by themselves": {func(_ *testing.T, b *bench, m *member) error {
			return b.a.SetPassword(ctx, m.sessionActor, m.id, goodPassword+" 8")
		}, true, true},
		"person deactivated": {func(_ *testing.T, b *bench, m *member) error {
			return b.a.UpdatePerson(ctx, admin, m.id, PersonChange{Active: ptr(false)})
		}, false, false},
		"person deactivated and back": {func(_ *testing.T, b *bench, m *member) error {
			if err := b.a.UpdatePerson(ctx, admin, m.id, PersonChange{Active: ptr(false)}); err != nil {
				return err
			}
			return b.a.UpdatePerson(ctx, admin, m.id, PersonChange{Active: ptr(true)})
		}, false, false},
		"nothing": {func(*testing.T, *bench, *member) error { return nil }, true, true},
		"idle for an hour": {func(t *testing.T, b *bench, _ *member) error {
			b.pass(t, time.Hour)
			return nil
		}, true, true},
		"idle too long": {func(t *testing.T, b *bench, _ *member) error {
			b.pass(t, SessionIdle+time.Second)
			return nil
		}, true, false},
		"token's end": {func(t *testing.T, b *bench, _ *member) error {
			b.pass(t, 24*time.Hour+time.Second)
			return nil
		}, false, false},
	}
	eachDatabase(t, func(t *testing.T, b *bench) {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				m := b.member(t, "ada"+string(b.a.ids.New()))
				must(t, test.end(t, b, m))
				if token, session := b.alive(t, m); token != test.token || session != test.session {
					t.Errorf("good afterwards: token %v, session %v; want %v, %v", token, session, test.token, test.session)
				}
			})
		}
	})
}

// TestBusySessionEndsToo uses a session every hour: it outlives its idle time, but
// not its life.
func TestBusySessionEndsToo(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		m := b.member(t, "ada")
		ctx := context.Background()
		lived := time.Duration(0)
		for ; lived < 2*SessionLife; lived += 4 * time.Hour {
			b.pass(t, 4*time.Hour)
			if _, err := b.a.Authenticate(ctx, m.session); err != nil {
				wantKind(t, err, remit.KindUnauthenticated)
				break
			}
		}
		if lived < SessionLife-8*time.Hour || lived > SessionLife {
			t.Errorf("a session in use lived for %v, want about %v", lived, SessionLife)
		}
	})
}

func TestClaimDiesWithItsSecretOnTheSameServer(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		m := b.member(t, "ada")
		ctx := context.Background()
		_, err := b.a.Authenticate(ctx, m.token)
		must(t, err)
		must(t, b.a.RevokeToken(ctx, admin, m.id, m.tokenShown.ID))
		_, err = b.a.Authenticate(ctx, m.token)
		wantKind(t, err, remit.KindUnauthenticated)
		b.time.advance(claimTTL)
		_, err = b.b.Authenticate(ctx, m.token)
		wantKind(t, err, remit.KindUnauthenticated)
	})
}

func TestClaimCache(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c := newClaimCache()
	key := func(i int) (k [32]byte) {
		k[0], k[1] = byte(i), byte(i>>8)
		return k
	}
	started := c.begin()
	c.put(started, key(1), remit.Actor{Person: "ada"}, now, time.Second)
	if _, found := c.get(key(1), now.Add(time.Second)); found {
		t.Error("a claim outlives its credential")
	}
	c.forget("ada")
	if _, found := c.get(key(1), now); found {
		t.Error("a claim was not forgotten")
	}
	c.put(started, key(1), remit.Actor{Person: "ada"}, now, time.Hour)
	if _, found := c.get(key(1), now); found {
		t.Error("an answer from before the revocation came back")
	}
	for i := range 3 * maxClaims {
		c.put(c.begin(), key(i), remit.Actor{Person: "bea"}, now, time.Hour)
	}
	if n := len(c.claims); n > maxClaims {
		t.Errorf("%d claims, want at most %d", n, maxClaims)
	}
	if _, found := c.get(key(3*maxClaims-1), now); !found {
		t.Error("the newest claim is gone")
	}
}

func TestAdmit(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	later := now.Add(time.Hour)
	p := &Person{
		Active:   true,
		Tokens:   []TokenState{{ID: "free", Expires: later}, {ID: "bound", Employee: "viz", Expires: later}, {ID: "old", Expires: now}},
		Sessions: []SessionState{{ID: "open", Expires: later}, {ID: "ended", Expires: now}},
	}
	p.User.ID = "ada"
	closed := *p
	closed.Active = false
	for name, test := range map[string]struct {
		p    *Person
		a    remit.Actor
		want bool
	}{
		"zero actor":                 {p, remit.Actor{}, false},
		"zero actor, zero person":    {&Person{Active: true}, remit.Actor{}, false},
		"somebody else":              {p, remit.Actor{Person: "bea"}, false},
		"inactive":                   {&closed, remit.Actor{Person: "ada"}, false},
		"by no credential":           {p, remit.Actor{Person: "ada"}, true},
		"token":                      {p, remit.Actor{Person: "ada", Token: "free"}, true},
		"free token as anybody":      {p, remit.Actor{Person: "ada", Token: "free", Employee: "scout"}, true},
		"expired token":              {p, remit.Actor{Person: "ada", Token: "old"}, false},
		"unknown token":              {p, remit.Actor{Person: "ada", Token: "none"}, false},
		"bound token":                {p, remit.Actor{Person: "ada", Token: "bound", Employee: "viz"}, true},
		"bound token as another":     {p, remit.Actor{Person: "ada", Token: "bound", Employee: "scout"}, false},
		"bound token as the person":  {p, remit.Actor{Person: "ada", Token: "bound"}, false},
		"session":                    {p, remit.Actor{Person: "ada", Session: "open"}, true},
		"ended session":              {p, remit.Actor{Person: "ada", Session: "ended"}, false},
		"session's id as a token's":  {p, remit.Actor{Person: "ada", Token: "open"}, false},
		"good token, ended session":  {p, remit.Actor{Person: "ada", Token: "free", Session: "ended"}, false},
		"operator without a command": {&Person{Active: true, System: true}, remit.Actor{Channel: remit.ChannelWeb}, false},
	} {
		err := test.p.Admit(test.a, now)
		if (err == nil) != test.want {
			t.Errorf("%s: %v, want admitted: %v", name, err, test.want)
		}
		if err != nil && remit.KindOf(err) != remit.KindUnauthenticated {
			t.Errorf("%s: kind %v", name, remit.KindOf(err))
		}
	}
}

// TestSecretsAreNotStored looks for every secret in everything that the database
// holds.
func TestSecretsAreNotStored(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		m := b.member(t, "ada")
		_, _, err := b.a.SignIn(context.Background(), SignIn{Email: "hunter2 typed here", Password: "and " + goodPassword})
		wantKind(t, err, remit.KindUnauthenticated)
		stored := b.everything(t)
		if !bytes.Contains(stored, []byte("ada@example.com")) {
			t.Fatal("the search finds nothing that is there")
		}
		for name, secret := range map[string]string{
			"token":            m.token,
			"half the token":   m.token[len(m.token)-26:],
			"session":          m.session,
			"half the session": m.session[len(m.session)-26:],
			"password":         goodPassword,
			"mistyped address": "hunter2",
		} {
			for spelling, needle := range map[string][]byte{
				"plain": []byte(secret), "upper": bytes.ToUpper([]byte(secret)), "hexadecimal": []byte(hex.EncodeToString([]byte(secret))),
			} {
				if bytes.Contains(stored, needle) {
					t.Errorf("the %s is in the database (%s)", name, spelling)
				}
			}
		}
	})
}

// everything returns the bytes of the database: SQLite's files, or each row of
// PostgreSQL's tables as text, with binary columns as they are.
func (b *bench) everything(t *testing.T) []byte {
	t.Helper()
	var all []byte
	if path, isFile := strings.CutPrefix(b.url, "sqlite:"); isFile {
		files, err := filepath.Glob(path + "*")
		must(t, err)
		for _, f := range files {
			content, err := os.ReadFile(f)
			must(t, err)
			all = append(all, content...)
		}
		return all
	}
	var tables []string
	query(t, b.a, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'", func(r sqldb.Row) error {
		tables = append(tables, r.Text(0))
		return nil
	})
	for _, table := range tables {
		query(t, b.a, "SELECT encode(convert_to(x::text, 'UTF8'), 'escape') FROM "+table+" x", func(r sqldb.Row) error {
			all = append(all, r.Text(0)...)
			return nil
		})
	}
	return all
}

func TestTokensAreBounded(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		ada, bea := b.person(t, "ada"), b.person(t, "bea")
		for name, n := range map[string]NewToken{
			"no end":      {Person: ada, Name: "t"},
			"past end":    {Person: ada, Name: "t", TTL: -time.Hour},
			"late end":    {Person: ada, Name: "t", TTL: MaxTokenTTL + 1},
			"no name":     {Person: ada, TTL: time.Hour},
			"no employee": {Person: ada, Name: "t", TTL: time.Hour, Employee: "vis"},
		} {
			_, _, err := b.a.CreateToken(ctx, admin, n)
			if err == nil || remit.KindOf(err) != remit.KindInvalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		var last *Token
		for range MaxTokens {
			var err error
			_, last, err = b.a.CreateToken(ctx, admin, NewToken{Person: ada, Name: "t", TTL: time.Hour, Employee: remit.PersonalAgent})
			must(t, err)
		}
		_, _, err := b.a.CreateToken(ctx, admin, NewToken{Person: ada, Name: "t", TTL: time.Hour})
		wantKind(t, err, remit.KindLimited)
		wantKind(t, b.a.RevokeToken(ctx, admin, bea, last.ID), remit.KindNotFound) // another's
		must(t, b.a.RevokeToken(ctx, admin, ada, last.ID))
		_, _, err = b.a.CreateToken(ctx, admin, NewToken{Person: ada, Name: "t", TTL: time.Hour})
		must(t, err)
		listed, err := b.a.Tokens(ctx, ada)
		must(t, err)
		if len(listed) != MaxTokens+1 {
			t.Errorf("%d tokens are listed, want %d", len(listed), MaxTokens+1)
		}
	})
}

func TestUseIsNoted(t *testing.T) {
	eachDatabase(t, func(t *testing.T, b *bench) {
		m := b.member(t, "ada")
		ctx := context.Background()
		listed, err := b.a.Tokens(ctx, m.id)
		must(t, err)
		if len(listed) != 1 || listed[0].UsedAt.IsZero() || listed[0].Prefix != m.token[:shownLength] {
			t.Errorf("tokens = %+v", listed)
		}
		before := b.generation(t, m.id)
		b.pass(t, sessionTouch+time.Second)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if _, err := b.a.Authenticate(ctx, m.session); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if b.generation(t, m.id) == before {
			t.Error("a session lives longer, and whoever caches its person is not told")
		}
		sessions, err := b.a.Sessions(ctx, m.id)
		must(t, err)
		if len(sessions) != 1 || b.time.now().Sub(sessions[0].SeenAt) > time.Minute+sessionTouch {
			t.Errorf("sessions = %+v", sessions)
		}
	})
}
