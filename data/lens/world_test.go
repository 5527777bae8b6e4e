package lens

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/internal/keys"
	"github.com/remit-crm/remit/data/internal/migrations"
	"github.com/remit-crm/remit/data/internal/model"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/policy/shipped"
)

// world is a lens over a fresh database, with people to ask through it.
type world struct {
	tb      testing.TB
	db      *sqldb.DB
	lens    *Lens
	dir     *directory.Directory
	model   *remit.Model
	log     *recorded
	now     time.Time
	rep     remit.Actor // reports to manager
	other   remit.Actor // another rep, of another team
	manager remit.Actor
	chief   remit.Actor // sees everything
	admin   remit.Actor
}

// recorded keeps entries in memory; broken, it records nothing.
type recorded struct {
	mu      sync.Mutex
	entries []*audit.Entry
	broken  bool
}

func (r *recorded) Append(_ context.Context, entries ...*audit.Entry) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken {
		return remit.Errorf(remit.KindUnavailable, "no room")
	}
	r.entries = append(r.entries, entries...)
	return nil
}

func (r *recorded) Stage(ctx context.Context, _ sqldb.Tx, e *audit.Entry) (audit.Staged, error) {
	return audit.Staged{}, r.Append(ctx, e)
}

func (r *recorded) Publish(context.Context, audit.Staged) error { return nil }

// fixedPolicy is a policy that does not change.
type fixedPolicy struct{ *policy.Policy }

func (p fixedPolicy) Load(context.Context) (*policy.Policy, error) { return p.Policy, nil }

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newWorld(t, "sqlite:"+t.TempDir()+"/remit.db", shippedDocument(t))) })
	t.Run("postgres", func(t *testing.T) { test(t, newWorld(t, pgtest.URL(t), shippedDocument(t))) })
}

func shippedDocument(tb testing.TB) *policy.Document {
	doc, err := shipped.Document()
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

func newWorld(tb testing.TB, url string, doc *policy.Document) *world {
	tb.Helper()
	ctx := context.Background()
	db, err := sqldb.Open(ctx, url, sqldb.Options{GuardKey: make([]byte, 32)})
	must(tb, err)
	tb.Cleanup(func() { _ = db.Close() })
	must(tb, db.Migrate(ctx, migrations.Main))
	w := &world{tb: tb, db: db, log: &recorded{}, now: time.Date(2026, 3, 15, 12, 0, 0, 0, time.UTC)}
	w.model, err = model.Load(ctx, db)
	must(tb, err)
	pol, err := policy.Compile(doc, w.model, nil)
	must(tb, err)
	pol.Epoch = w.epoch()
	ring, err := keys.New(make([]byte, 32))
	must(tb, err)
	clock := func() time.Time { return w.now }
	ids := remit.NewIDSource(rand.NewChaCha8([32]byte{7}))
	w.dir = directory.New(db, ids, clock, ring)
	w.lens, err = New(Config{
		DB: db, Directory: w.dir, Policies: fixedPolicy{pol}, Audit: w.log, Keys: ring,
		IDs: ids, Clock: clock, Location: time.UTC,
	})
	must(tb, err)
	w.people()
	return w
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func (w *world) epoch() (epoch int64) {
	must(w.tb, w.db.Query(context.Background(), sqldb.Stmt{SQL: "SELECT epoch FROM policy_epoch"}, func(r sqldb.Row) error {
		epoch = r.Int(0)
		return nil
	}))
	return epoch
}

func (w *world) people() {
	w.chief = w.person("Clara Chief", "sales-executive", "")
	w.manager = w.person("Mona Manager", "sales-manager", w.chief.Person)
	w.rep = w.person("Rita Rep", "sales-rep", w.manager.Person)
	w.other = w.person("Otto Other", "sales-rep", w.chief.Person)
	w.admin = w.person("Adam Admin", "administrator", "")
}

func (w *world) person(name, role string, manager remit.ID) remit.Actor {
	ctx := context.Background()
	operator := remit.Actor{Person: directory.OperatorID, Channel: remit.ChannelCLI}
	id, err := w.dir.CreatePerson(ctx, operator, directory.NewPerson{Name: name, Email: name[:3] + "@example.test", ManagerID: manager})
	must(w.tb, err)
	must(w.tb, w.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(ctx, sqldb.Stmt{SQL: "INSERT INTO person_roles (person_id, role) VALUES (?, ?)", Args: []any{id, role}})
		return err
	}))
	return remit.Actor{Person: id, Channel: remit.ChannelAPI}
}
