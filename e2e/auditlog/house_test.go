package auditlog

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/e2e/testserver"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/policy/shipped"
)

func TestMain(m *testing.M) { os.Exit(testserver.Main(m)) }

const email = "wes@example.com"

// house is an installation with somebody who may read and write activities.
type house struct {
	*testserver.Installation
	tb    testing.TB
	token string
}

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, newHouse(t, "sqlite:"+t.TempDir()+"/remit.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, newHouse(t, pgtest.URL(t))) })
}

func newHouse(tb testing.TB, url string) *house {
	tb.Helper()
	h := &house{Installation: testserver.New(tb, url), tb: tb}
	h.open(func(store *data.Store) {
		ctx, operator := context.Background(), data.Operator("test")
		doc, err := shipped.Document()
		h.must(err)
		doc.Roles = append(doc.Roles, policy.Role{Name: "clerk", Clearance: remit.Internal, Grants: []policy.Grant{{
			Collection: "activities", Actions: []policy.Action{policy.View, policy.Create, policy.Update, policy.Delete},
			Fields: []string{"subject", "status"}, Scope: policy.ScopeAll,
		}}})
		h.must(store.Policies.Apply(ctx, operator, doc, nil))
		person, err := store.Directory.CreatePerson(ctx, operator, directory.NewPerson{Name: "Wes", Email: email})
		h.must(err)
		h.must(store.Directory.GrantRole(ctx, operator, person, "clerk", time.Time{}))
		h.token, _, err = store.Directory.CreateToken(ctx, operator, directory.NewToken{Person: person, Name: "test", TTL: time.Hour})
		h.must(err)
	})
	return h
}

func (h *house) must(err error) {
	h.tb.Helper()
	if err != nil {
		h.tb.Fatal(err)
	}
}

// open opens the vault in this process for as long as use takes.
func (h *house) open(use func(*data.Store)) {
	h.tb.Helper()
	store, err := data.Open(context.Background(), data.Options{URL: h.Database, Master: h.Master})
	h.must(err)
	use(store)
	h.must(store.Close())
}

// activities returns the subject of each activity that is there, by id.
func (h *house) activities() map[remit.ID]string {
	h.tb.Helper()
	var out strings.Builder
	h.open(func(store *data.Store) {
		_, err := store.Lens.Export(context.Background(), data.Operator("test"), lens.ExportQuery{Collection: "activities", Fields: []string{"subject"}}, &out)
		h.must(err)
	})
	all := map[remit.ID]string{}
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n")[1:] {
		id, subject, _ := strings.Cut(line, ",")
		all[remit.ID(id)] = subject
	}
	return all
}
