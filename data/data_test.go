package data_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/policystore"
)

func open(t *testing.T, url string) *data.Store {
	t.Helper()
	s, err := data.Open(context.Background(), data.Options{URL: url, Master: bytes.Repeat([]byte{1}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// eachDatabase runs the test on an empty database of each kind.
func eachDatabase(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, "sqlite:"+filepath.Join(t.TempDir(), "remit.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, pgtest.URL(t)) })
}

func TestOpenTwice(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		ctx := context.Background()
		a := open(t, url)
		first, err := a.Policies.Load(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, found := first.Employee("viz"); !found {
			t.Error("a new installation has no AI employee viz")
		}
		if err := a.Directory.Verify(ctx, data.Operator("test")); err != nil {
			t.Errorf("the operator may not act: %v", err)
		}
		b := open(t, url)
		second, err := b.Policies.Load(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if second.Epoch != first.Epoch {
			t.Errorf("the second start moved the epoch from %d to %d", first.Epoch, second.Epoch)
		}
		if b.Location() != time.UTC {
			t.Errorf("location = %v, want UTC where nobody chose", b.Location())
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	ctx := context.Background()
	for name, o := range map[string]data.Options{
		"no key":     {URL: "sqlite:" + filepath.Join(t.TempDir(), "a.db")},
		"short key":  {URL: "sqlite:" + filepath.Join(t.TempDir(), "b.db"), Master: make([]byte, 16)},
		"other url":  {URL: "mysql://x", Master: make([]byte, 32)},
		"no url":     {Master: make([]byte, 32)},
		"log's path": {URL: "sqlite:" + filepath.Join(t.TempDir(), "c.db"), AuditURL: "sqlite:" + filepath.Join(t.TempDir(), "none", "d.db"), Master: make([]byte, 32)},
	} {
		if s, err := data.Open(ctx, o); err == nil {
			t.Errorf("%s: opened", name)
			_ = s.Close()
		}
	}
}

func TestSQLiteKeepsTheLogApart(t *testing.T) {
	folder := t.TempDir()
	open(t, "sqlite:"+filepath.Join(folder, "remit.db"))
	if _, err := os.Stat(filepath.Join(folder, "remit-audit.db")); err != nil {
		t.Error(err)
	}
}

// TestChangesAreRecorded holds law 9 for what Remit keeps about itself: when a
// change has been answered, its entry is in the log.
func TestChangesAreRecorded(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		ctx := context.Background()
		s := open(t, url)
		by := data.Operator("ada")
		person, err := s.Directory.CreatePerson(ctx, by, directory.NewPerson{Name: "Grace", Email: "grace@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Directory.GrantRole(ctx, by, person, "sales-rep", time.Time{}); err != nil {
			t.Fatal(err)
		}
		doc, err := s.Policies.Document(ctx)
		if err != nil {
			t.Fatal(err)
		}
		doc.Roles[0].Title = "Another title"
		if err := s.Policies.Apply(ctx, by, doc, nil); err != nil {
			t.Fatal(err)
		}
		refused := remit.Errorf(remit.KindConflict, "no")
		if err := s.Policies.Apply(ctx, by, doc, func(policystore.Transition) error { return refused }); err == nil {
			t.Fatal("a refused change was made")
		}
		got := recorded(t, s)
		want := []string{"policy.seed", "template.seed", "people.create", "people.role_grant", "policy.apply"}
		if !slices.Equal(got, want) {
			t.Errorf("recorded %v, want %v", got, want)
		}
	})
}

// recorded returns the operations that the log holds, oldest first.
func recorded(t *testing.T, s *data.Store) []string {
	t.Helper()
	records, err := s.Audit.Tail(context.Background(), audit.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	operations := make([]string, len(records))
	for i, r := range records {
		operations[i] = string(r.Operation)
	}
	return operations
}
