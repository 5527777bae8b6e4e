package policystore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/internal/keys"
	"github.com/remit-crm/remit/data/internal/migrations"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/policy/shipped"
	"github.com/remit-crm/remit/scope"
)

var admin = remit.Actor{Person: directory.OperatorID, Channel: remit.ChannelCLI, Operator: "test"}

// server is one of several at a database.
type server struct {
	*Store
	people *directory.Directory
}

// eachDatabase runs the test with two servers at an empty database of each kind.
func eachDatabase(t *testing.T, test func(t *testing.T, a, b server)) {
	t.Parallel() // most of the time is the disk's
	run := func(t *testing.T, url string) { test(t, newServer(t, url), newServer(t, url)) }
	t.Run("sqlite", func(t *testing.T) { run(t, "sqlite:"+filepath.Join(t.TempDir(), "remit.db")) })
	t.Run("postgres", func(t *testing.T) { run(t, pgtest.URL(t)) })
}

func newServer(t *testing.T, url string) server {
	t.Helper()
	ctx := context.Background()
	db, err := sqldb.Open(ctx, url, sqldb.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	must(t, db.Migrate(ctx, migrations.Main))
	ring, err := keys.New(bytes.Repeat([]byte{9}, keys.MasterSize))
	must(t, err)
	return server{New(db, time.Now), directory.New(db, remit.NewIDSource(nil), time.Now, ring)}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t *testing.T, err error, kind remit.Kind) {
	t.Helper()
	if err == nil || remit.KindOf(err) != kind {
		t.Errorf("error = %v, want one of kind %s", err, kind)
	}
}

// small is a policy with one role and one AI employee, whose titles say which
// edition it is.
func small(edition int) *policy.Document {
	title := fmt.Sprint("edition ", edition)
	grant := policy.Grant{Collection: "accounts", Actions: []policy.Action{policy.View}, Fields: []string{"name"}, Scope: "own"}
	return &policy.Document{
		Scopes:    []policy.Scope{{Name: "own", Collection: "accounts", Title: title, Expression: "record.owner_id == user.id"}},
		Roles:     []policy.Role{{Name: "rep", Title: title, Grants: []policy.Grant{grant}, Employees: []string{"viz"}}},
		Employees: []policy.Employee{{Name: "viz", Title: title, Tools: []string{"query_records"}, Remit: policy.Remit{Grants: []policy.Grant{{Collection: "*", Actions: []policy.Action{policy.View}, Fields: []string{"*"}, Scope: "all"}}}}},
		Tasks:     []policy.Task{{Name: "look", Employee: "viz", Title: title}},
	}
}

func edition(t *testing.T, p *policy.Policy) string {
	t.Helper()
	doc := p.Document()
	e, found := p.Employee("viz")
	if !found || len(doc.Roles) != 1 || len(doc.Scopes) != 1 || len(doc.Tasks) != 1 {
		t.Fatalf("the policy is %+v", doc)
	}
	for _, title := range []string{doc.Scopes[0].Title, doc.Tasks[0].Title, e.Title} {
		if title != doc.Roles[0].Title {
			t.Errorf("the policy mixes %q and %q", title, doc.Roles[0].Title)
		}
	}
	return e.Title
}

func TestShippedPolicyIsSeededOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, a, b server) {
		ctx := context.Background()
		doc, err := shipped.Document()
		must(t, err)
		var seeds sync.WaitGroup
		var mu sync.Mutex
		seeded := 0
		for _, s := range []server{a, b, a, b} {
			seeds.Go(func() {
				did, err := s.Seed(ctx, admin, doc)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if did {
					seeded++
				}
			})
		}
		seeds.Wait()
		if seeded != 1 {
			t.Errorf("seeded %d times", seeded)
		}
		stored, err := b.Document(ctx)
		must(t, err)
		if diff := cmp.Diff(doc, stored); diff != "" {
			t.Errorf("what was stored reads otherwise (-want +got):\n%s", diff)
		}
		// An emptied policy is a policy: it is not seeded again.
		must(t, a.Apply(ctx, admin, &policy.Document{}, nil))
		if did, err := b.Seed(ctx, admin, doc); did || err != nil {
			t.Errorf("an emptied policy was seeded: %v, %v", did, err)
		}
	})
}

// TestOtherServersSeeChangesAtOnce applies on one server and loads on the other
// right afterwards, many times, with a warm cache.
func TestOtherServersSeeChangesAtOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, a, b server) {
		ctx := context.Background()
		for i := range 10 {
			from, to := a, b
			if i%2 == 1 {
				from, to = b, a
			}
			must(t, from.Apply(ctx, admin, small(i), nil))
			p, err := to.Load(ctx)
			must(t, err)
			if got, want := edition(t, p), fmt.Sprint("edition ", i); got != want {
				t.Errorf("the other server has %q, want %q", got, want)
			}
			own, err := from.Current(ctx)
			must(t, err)
			if own.Epoch != p.Epoch || edition(t, own) != edition(t, p) {
				t.Errorf("the servers have epochs %d and %d", own.Epoch, p.Epoch)
			}
			again, err := to.Load(ctx)
			must(t, err)
			if again != p {
				t.Error("the policy was compiled again, and the epoch had not moved")
			}
		}
	})
}

// TestApplyIsAllOrNothing applies documents that fail at every stage there is.
func TestApplyIsAllOrNothing(t *testing.T) {
	eachDatabase(t, func(t *testing.T, a, b server) {
		ctx := context.Background()
		must(t, a.Apply(ctx, admin, small(1), nil))
		before, err := a.Load(ctx)
		must(t, err)
		ada := person(t, a)
		must(t, a.people.GrantRole(ctx, admin, ada, "rep", time.Time{}))

		unknownField := small(2)
		unknownField.Roles[0].Grants[0].Fields = []string{"secret_name"}
		badScope := small(2)
		badScope.Scopes[0].Expression = "record.owner_id == "
		twice := small(2)
		twice.Roles = append(twice.Roles, twice.Roles[0])
		for name, doc := range map[string]*policy.Document{"unknown field": unknownField, "bad scope": badScope, "twice the same": twice} {
			err := a.Apply(ctx, admin, doc, nil)
			if err == nil || remit.KindOf(err) != remit.KindInvalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		stale := remit.Errorf(remit.KindConflict, "somebody was faster")
		err = a.Apply(ctx, admin, &policy.Document{}, func(tr Transition) error {
			if tr.Epoch != before.Epoch || tr.After == nil || len(tr.Before.Roles) != 1 {
				t.Errorf("transition = %+v, want one from epoch %d", tr, before.Epoch)
			}
			return stale
		})
		if !errors.Is(err, stale) {
			t.Errorf("a refused change answers %v", err)
		}
		// And when the last statement of the change fails: recording it.
		failing := New(a.db, time.Now)
		failing.RecordTo(brokenLog{})
		if err := failing.Apply(ctx, admin, &policy.Document{}, nil); err == nil {
			t.Error("a change was made that could not be recorded")
		}
		after, err := b.Load(ctx)
		must(t, err)
		if after.Epoch != before.Epoch || edition(t, after) != "edition 1" {
			t.Errorf("epoch %d became %d, %q", before.Epoch, after.Epoch, edition(t, after))
		}
		p, err := b.people.Person(ctx, ada)
		must(t, err)
		if len(p.Memberships) != 1 {
			t.Error("a change that was not made ended a membership")
		}
	})
}

// brokenLog cannot record anything.
type brokenLog struct{}

var errBroken = errors.New("the log is full")

func (brokenLog) Append(context.Context, ...*audit.Entry) error { return errBroken }

func (brokenLog) Stage(context.Context, sqldb.Tx, *audit.Entry) (audit.Staged, error) {
	return audit.Staged{}, errBroken
}

func (brokenLog) Publish(context.Context, audit.Staged) error { return errBroken }

func person(t *testing.T, s server) remit.ID {
	t.Helper()
	id, err := s.people.CreatePerson(context.Background(), admin, directory.NewPerson{Name: "Ada", Email: "ada@example.com"})
	must(t, err)
	return id
}

// TestConcurrentChanges applies on two servers while others load: every policy
// that is seen is one edition through and through, under the epoch it belongs
// to, and no change is lost from the count.
func TestConcurrentChanges(t *testing.T) {
	rounds := 6
	if os.Getenv("REMIT_SOAK") != "" {
		rounds = 60
	}
	eachDatabase(t, func(t *testing.T, a, b server) {
		ctx := context.Background()
		must(t, a.Apply(ctx, admin, small(0), nil))
		start, err := a.Epoch(ctx)
		must(t, err)
		var writers, readers sync.WaitGroup
		stop := make(chan struct{})
		var seen sync.Map // epoch → edition
		for _, s := range []server{a, b} {
			readers.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					p, err := s.Load(ctx)
					if err != nil {
						t.Error(err)
						return
					}
					got := edition(t, p)
					if other, loaded := seen.LoadOrStore(p.Epoch, got); loaded && other != got {
						t.Errorf("epoch %d is %q and %q", p.Epoch, other, got)
					}
				}
			})
		}
		for i, s := range []server{a, b} {
			writers.Go(func() {
				for n := range rounds {
					if err := s.Apply(ctx, admin, small(1+2*n+i), nil); err != nil {
						t.Error(err)
					}
				}
			})
		}
		writers.Wait()
		close(stop)
		readers.Wait()
		end, err := a.Epoch(ctx)
		must(t, err)
		if end != start+int64(2*rounds) {
			t.Errorf("%d changes moved the epoch from %d to %d", 2*rounds, start, end)
		}
	})
}

// interrupted is a database in which something happens before the query of a
// number.
type interrupted struct {
	querier
	countdown int
	happens   func()
}

func (i *interrupted) Query(ctx context.Context, s sqldb.Stmt, each func(sqldb.Row) error) error {
	i.countdown--
	if i.countdown == 0 {
		i.happens()
	}
	return i.querier.Query(ctx, s, each)
}

// TestChangeDuringLoad changes the policy before each query that a load makes: it
// must come out whole, under its own epoch.
func TestChangeDuringLoad(t *testing.T) {
	eachDatabase(t, func(t *testing.T, a, b server) {
		ctx := context.Background()
		must(t, a.Apply(ctx, admin, small(0), nil))
		for n := 1; n <= 5; n++ {
			q := &interrupted{nil, n, func() { must(t, b.Apply(ctx, admin, small(n), nil)) }}
			before, err := b.Load(ctx)
			must(t, err)
			var p *policy.Policy
			must(t, a.db.Read(ctx, func(tx sqldb.Tx) (err error) {
				q.querier = tx
				p, err = compileStored(ctx, q)
				return err
			}))
			now, err := b.Load(ctx)
			must(t, err)
			if q.countdown > 0 {
				t.Fatalf("a load makes fewer than %d queries", n)
			}
			want := before
			if p.Epoch != before.Epoch {
				want = now
			}
			if p.Epoch != want.Epoch || edition(t, p) != edition(t, want) {
				t.Errorf("a change before query %d: loaded %q as epoch %d; the database has %q as %d",
					n, edition(t, p), p.Epoch, edition(t, want), want.Epoch)
			}
		}
	})
}

// TestNothingComesBackWithItsName removes a role and an AI employee and adds them
// again: nobody holds the one, no token acts as the other.
func TestNothingComesBackWithItsName(t *testing.T) {
	eachDatabase(t, func(t *testing.T, a, b server) {
		ctx := context.Background()
		must(t, a.Apply(ctx, admin, small(1), nil))
		ada := person(t, a)
		must(t, a.people.GrantRole(ctx, admin, ada, "rep", time.Time{}))
		secret, _, err := a.people.CreateToken(ctx, admin, directory.NewToken{Person: ada, Name: "t", Employee: "viz", TTL: time.Hour})
		must(t, err)
		actor, err := b.people.Authenticate(ctx, secret)
		must(t, err)
		before, err := b.people.Person(ctx, ada)
		must(t, err)

		must(t, a.Apply(ctx, admin, &policy.Document{}, nil))
		must(t, a.Apply(ctx, admin, small(2), nil))
		after, err := b.people.Person(ctx, ada)
		must(t, err)
		if len(after.Memberships) != 0 || len(after.Tokens) != 0 || after.Generation <= before.Generation {
			t.Errorf("after the role came back: %+v", after)
		}
		wantKind(t, b.people.Verify(ctx, actor), remit.KindUnauthenticated)
		operator, err := b.people.Person(ctx, directory.OperatorID)
		must(t, err)
		if len(operator.Memberships) != 1 {
			t.Error("the operator lost its role")
		}
	})
}

func TestAttributes(t *testing.T) {
	eachDatabase(t, func(t *testing.T, a, b server) {
		ctx := context.Background()
		must(t, a.DefineAttribute(ctx, admin, scope.Attribute{Name: "region", Type: remit.Text}, nil))
		doc := small(1)
		doc.Scopes[0].Expression = "record.country != null && record.country == user.region"
		must(t, b.Apply(ctx, admin, doc, nil))
		ada := person(t, a)
		must(t, a.people.SetAttribute(ctx, admin, ada, "region", "AT"))
		before, err := a.people.Person(ctx, ada)
		must(t, err)

		// What the policy names can neither go nor become something else.
		wantKind(t, a.RemoveAttribute(ctx, admin, "region", nil), remit.KindInvalid)
		wantKind(t, a.DefineAttribute(ctx, admin, scope.Attribute{Name: "region", Type: remit.Integer}, nil), remit.KindInvalid)
		wantKind(t, a.DefineAttribute(ctx, admin, scope.Attribute{Name: "Not a name", Type: remit.Text}, nil), remit.KindInvalid)
		wantKind(t, a.DefineAttribute(ctx, admin, scope.Attribute{Name: "email", Type: remit.Text}, nil), remit.KindInvalid)
		wantKind(t, a.RemoveAttribute(ctx, admin, "none", nil), remit.KindNotFound)
		after, err := b.people.Person(ctx, ada)
		must(t, err)
		if diff := cmp.Diff(before.Generation, after.Generation); diff != "" || len(after.User.Attributes) != 1 {
			t.Errorf("refused changes left traces: %+v", after)
		}
		// The same definition again keeps the values.
		must(t, a.DefineAttribute(ctx, admin, scope.Attribute{Name: "region", Type: remit.Text}, nil))
		after, err = b.people.Person(ctx, ada)
		must(t, err)
		if len(after.User.Attributes) != 1 {
			t.Error("the same definition took the values")
		}
		must(t, b.Apply(ctx, admin, small(2), nil))
		must(t, a.RemoveAttribute(ctx, admin, "region", nil))
		after, err = b.people.Person(ctx, ada)
		must(t, err)
		all, err := b.Attributes(ctx)
		must(t, err)
		if len(after.User.Attributes) != 0 || after.Generation <= before.Generation || len(all) != 0 {
			t.Errorf("after removal: %+v, %v", after, all)
		}
	})
}

func TestSettings(t *testing.T) {
	eachDatabase(t, func(t *testing.T, a, b server) {
		ctx := context.Background()
		got, err := a.Settings(ctx)
		must(t, err)
		if got != (Settings{Currency: "USD", TimeZone: "UTC"}) {
			t.Errorf("settings of a new database: %+v", got)
		}
		before, err := b.Load(ctx)
		must(t, err)
		want := Settings{Company: "Analytical Engines", Currency: "EUR", TimeZone: "Europe/Vienna"}
		must(t, a.SetSettings(ctx, admin, want))
		got, err = b.Settings(ctx)
		must(t, err)
		after, err := b.Load(ctx)
		must(t, err)
		if got != want || after.Epoch != before.Epoch+1 {
			t.Errorf("settings = %+v under epoch %d, after %d", got, after.Epoch, before.Epoch)
		}
		for _, bad := range []Settings{
			{Currency: "Euro", TimeZone: "UTC"},
			{Currency: "EUR"},
			{Currency: "EUR", TimeZone: "Local"},
			{Currency: "EUR", TimeZone: "Mars/Olympus"},
			{Currency: "EUR", TimeZone: "UTC", Company: "\xff"},
			{Currency: "EUR", TimeZone: "UTC", Company: "\x00"},
		} {
			wantKind(t, a.SetSettings(ctx, admin, bad), remit.KindInvalid)
		}
	})
}

func TestEmployees(t *testing.T) {
	eachDatabase(t, func(t *testing.T, a, b server) {
		ctx := context.Background()
		must(t, a.Apply(ctx, admin, small(1), nil))
		list, err := b.Employees(ctx)
		must(t, err)
		if len(list) != 1 || list[0].Name != "viz" || len(list[0].Tasks) != 1 || len(list[0].Roles) != 1 {
			t.Errorf("AI employees = %+v", list)
		}
		agent, err := b.Employee(ctx, remit.PersonalAgent)
		must(t, err)
		if len(agent.Roles) != 1 || len(agent.Tasks) != 0 {
			t.Errorf("the personal agent is %+v", agent)
		}
		_, err = b.Employee(ctx, "vis")
		wantKind(t, err, remit.KindNotFound)
	})
}

// TestUnusablePolicyIsRefused breaks the stored policy behind the store: nothing
// is decided by half of it, and what was wrong is not for callers.
func TestUnusablePolicyIsRefused(t *testing.T) {
	eachDatabase(t, func(t *testing.T, a, b server) {
		ctx := context.Background()
		must(t, a.Apply(ctx, admin, small(1), nil))
		must(t, a.db.Write(ctx, func(tx sqldb.Tx) error {
			if _, err := tx.Exec(ctx, sqldb.Stmt{SQL: "DELETE FROM policy_scopes"}); err != nil {
				return err
			}
			_, err := raiseEpoch(ctx, tx)
			return err
		}))
		_, err := b.Load(ctx)
		wantKind(t, err, remit.KindInternal)
		must(t, a.Apply(ctx, admin, small(2), nil)) // the way out
		p, err := b.Load(ctx)
		must(t, err)
		if edition(t, p) != "edition 2" {
			t.Errorf("the repaired policy is %q", edition(t, p))
		}
	})
}
