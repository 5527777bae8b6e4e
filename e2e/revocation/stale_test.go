package revocation

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/datatest/stale"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/e2e/testserver"
	"github.com/remit-crm/remit/httpapi"
	"github.com/remit-crm/remit/mcpserver"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/ops/records"
	"github.com/remit-crm/remit/ops/session"
	"github.com/remit-crm/remit/ops/tools"
	"github.com/remit-crm/remit/tool"
)

// parts are what a server of this process is made of.
type parts struct {
	store    *data.Store
	lens     *lens.Lens
	people   access.People
	policies access.Policies
}

// serve serves the parts as cmd/remit does, and makes them server B.
func (w *world) serve(p parts) {
	w.tb.Helper()
	registry, err := tool.NewRegistry(tool.Builtin(p.lens)...)
	w.must(err)
	who := access.New(p.people, p.policies)
	log := slog.New(slog.DiscardHandler)
	api, err := httpapi.New(httpapi.Options{
		Records: records.New(p.lens), Auth: p.store.Directory, Sessions: session.New(p.store.Directory, who, p.store.Policies),
		MCP: mcpserver.New(tools.New(who, registry), "test", log),
		Log: log, IDs: remit.NewIDSource(nil), Now: time.Now,
	})
	w.must(err)
	server := httptest.NewServer(api)
	w.tb.Cleanup(server.Close)
	w.b = server.URL
}

// noticed are the kinds that the gate alone keeps out: what the database says of
// a person's activity, of time and of hierarchies is read with the data anyway.
var noticed = []string{
	"grant removed", "field removed from a grant", "row scope narrowed", "actions removed from a grant",
	"role removed from the policy", "tool withdrawn", "role taken", "token revoked", "session revoked",
	"AI employee disabled", "AI employee no longer available", "remit narrowed", "clearance lowered",
}

// TestStaleServerIsCaught: the same races against a server that never learns of a
// change must find answers by the old policy, for every kind. Against one of the
// same wiring that does learn of them, they find none.
func TestStaleServerIsCaught(t *testing.T) {
	url := pgtest.URL(t)
	w := newQuietWorld(t, url)
	old, err := stale.Open(context.Background(), data.Options{URL: url, Master: w.in.Master})
	w.must(err)
	t.Cleanup(func() { w.must(old.Close()) })
	random := testserver.Random(t)
	w.serve(parts{w.a, w.a.Lens, w.a.Directory, w.a.Policies})
	for _, k := range kindsCalled(t, noticed) {
		if r := w.run(k, random); len(r.violations) > 0 {
			t.Errorf("a server that learns of changes: %s", r.violations[0])
		}
	}
	w.serve(parts{old.Store, old.Lens, old.People, old.Policies})
	w.begun = func() {
		w.must(old.People.Refresh(context.Background(), w.subject))
		w.must(old.Policies.Refresh(context.Background()))
	}
	var caught int
	for _, k := range kindsCalled(t, noticed) {
		r := w.run(k, random)
		if len(r.violations) == 0 {
			t.Errorf("%s: a server that never learns of it was not caught", k.name)
		}
		caught += len(r.violations)
	}
	t.Logf("%d answers by an old policy were caught over %d kinds", caught, len(noticed))
}

func kindsCalled(t *testing.T, names []string) []*kind {
	t.Helper()
	known := map[string]*kind{}
	for _, k := range kinds() {
		known[k.name] = k
	}
	var chosen []*kind
	for _, name := range names {
		if known[name] == nil {
			t.Fatalf("there is no kind %q", name)
		}
		chosen = append(chosen, known[name])
	}
	return chosen
}
