package leaks

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/httpapi"
	"github.com/remit-crm/remit/llm/roster"
	"github.com/remit-crm/remit/mcpserver"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/ops/answers"
	"github.com/remit-crm/remit/ops/conversations"
	"github.com/remit-crm/remit/ops/importing"
	"github.com/remit-crm/remit/ops/records"
	"github.com/remit-crm/remit/ops/session"
	"github.com/remit-crm/remit/ops/tools"
	"github.com/remit-crm/remit/ops/views"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/tool"
)

// law is the policy of the small world. Reps know every account that is not
// stealthy by its public face and their own in full, their own deals without
// discount and reason, and no contacts. A discounter knows the discounts of lost
// deals, whosever they are, and may say how probable a lost deal of their own is.
const law = `
scopes:
  - {name: own, collection: accounts, expression: record.owner_id == user.id}
  - {name: known, collection: accounts, expression: 'record.industry != "stealth"'}
  - {name: own, collection: opportunities, expression: record.owner_id == user.id}
  - {name: lost, collection: opportunities, expression: 'record.stage == "lost"'}
  - {name: team, collection: opportunities, expression: 'reportsTo(record.owner_id, user) || record.owner_id == user.id'}
roles:
  - name: administrator
    clearance: restricted
    capabilities: [policy.manage, people.manage, data.import, audit.read]
    grants:
      - {collection: accounts, actions: [view, create, update, delete, export], fields: ["*"], scope: all}
      - {collection: contacts, actions: [view, create, update, delete], fields: ["*"], scope: all}
      - {collection: opportunities, actions: [view, create, update, delete, export], fields: ["*"], scope: all}
      - {collection: people, actions: [view], fields: ["*"], scope: all}
    employees: [helper, narrow]
  - name: rep
    clearance: restricted
    employees: [helper, narrow]
    grants:
      - {collection: accounts, actions: [view], fields: [name, industry, city, parent_id, owner_id], scope: known}
      - {collection: accounts, actions: [view], fields: ["*"], scope: own}
      - {collection: opportunities, actions: [view], fields: [name, stage, amount, account_id, contact_id, owner_id, close_date, next_step], scope: own}
      - {collection: opportunities, actions: [create, update], fields: [name, stage, amount, account_id, next_step], scope: own}
      - {collection: people, actions: [view], fields: [name], scope: all}
  - name: discounter
    clearance: restricted
    grants:
      - {collection: opportunities, actions: [view], fields: [name, discount], scope: lost}
      - {collection: opportunities, actions: [view], fields: [probability], scope: own}
      - {collection: opportunities, actions: [update], fields: [probability], scope: lost}
  - name: manager
    clearance: restricted
    employees: [helper]
    grants:
      - {collection: accounts, actions: [view], fields: [name, industry], scope: known}
      - {collection: accounts, actions: [view], fields: [annual_revenue], scope: own}
      - {collection: accounts, actions: [export], fields: [name, annual_revenue], scope: all}
      - {collection: opportunities, actions: [view], fields: [name, amount, stage, owner_id], scope: team}
      - {collection: opportunities, actions: [export], fields: [name, stage, owner_id, discount], scope: all}
  - name: importer
    capabilities: [data.import]
employees:
  - name: helper
    title: Helper
    tools: [list_collections, describe_collection, query_records, count_records, aggregate_records, get_record, search_records, execute_sql, create_record, update_record, delete_record]
    remit:
      sensitivity: restricted
      grants: [{collection: "*", actions: [view, create, update, delete, export], fields: ["*"], scope: all}]
  - name: narrow
    title: Narrow
    tools: [list_collections, describe_collection, query_records, count_records, aggregate_records, get_record, search_records]
    remit:
      sensitivity: internal
      grants: [{collection: accounts, actions: [view], fields: [name, industry, annual_revenue], scope: known}]
`

// world is an installation with a handful of people and records.
type world struct {
	tb        testing.TB
	store     *data.Store
	server    *httptest.Server
	model     *obedient
	importer  *importing.Importer
	serverLog *bytes.Buffer

	chief, mona, rita, otto, dora, gust *person

	alpha, beta, stealth                           remit.ID // accounts of rita and of otto, and one that reps do not know
	carl                                           remit.ID // a contact
	won, lost, open, ottosLost, ottosWon, dorasWon remit.ID // deals; won, lost and open are rita's
}

// person is somebody who asks, with tokens of their own.
type person struct {
	id     remit.ID
	token  string // bound to no AI employee
	helper string // bound to the AI employee of that name
	narrow string
}

// onBoth runs a test on SQLite and on PostgreSQL, each in a world of its own,
// which the test may change.
func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			test(t, newWorld(t, kind.url(t)))
		})
	}
}

// onEveryFace runs a test that changes nothing on both databases and through every
// face, in worlds that such tests share.
func onEveryFace(t *testing.T, test func(t *testing.T, w *world, f face)) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			shared := kind.shared(t)
			for _, f := range faces {
				t.Run(f.name, func(t *testing.T) {
					w := *shared
					w.tb = t
					test(t, &w, f)
				})
			}
		})
	}
}

// kind is a kind of database, with the world on it that is shared.
type kind struct {
	name string
	url  func(testing.TB) string
	once sync.Once
	made *world
}

var kinds = []*kind{
	{name: "sqlite", url: func(tb testing.TB) string { return "sqlite:" + filepath.Join(tb.TempDir(), "remit.db") }},
	{name: "postgres", url: pgtest.URL},
}

func (k *kind) shared(t *testing.T) *world {
	t.Helper()
	k.once.Do(func() {
		outlasting := &binary{TB: t}
		k.made = newWorld(outlasting, k.url(outlasting))
	})
	if k.made == nil {
		t.Fatal("the world that tests share could not be made")
	}
	return k.made
}

// binary is the whole run of the test binary: what is made in it is cleaned up at
// its end and not at the end of the test that was first.
type binary struct{ testing.TB }

var cleanups []func()

func (b *binary) Cleanup(f func()) { cleanups = append(cleanups, f) }

func (b *binary) Context() context.Context { return context.Background() }

func (b *binary) Error(args ...any) { fmt.Fprintln(os.Stderr, args...) }

func (b *binary) TempDir() string {
	folder, err := os.MkdirTemp("", "remit-leaks-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(folder) }) // it lies in the system's temporary folder
	return folder
}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, f := range slices.Backward(cleanups) {
		f()
	}
	os.Exit(code)
}

func newWorld(tb testing.TB, url string) *world {
	tb.Helper()
	w := &world{tb: tb, model: &obedient{}, serverLog: &bytes.Buffer{}}
	services, err := roster.Open(&roster.Config{}, w.model)
	w.must(err)
	w.store, err = data.Open(tb.Context(), data.Options{
		URL: url, Master: bytes.Repeat([]byte{5}, 32), Location: time.UTC, Egress: services.Egress,
	})
	w.must(err)
	w.apply(law)
	w.serve(services)
	tb.Cleanup(func() {
		w.server.Close()
		if err := w.store.Close(); err != nil {
			tb.Error(err)
		}
	})
	w.people()
	w.records()
	return w
}

// serve puts the parts together as the binary does.
func (w *world) serve(services *roster.Set) {
	registry, err := tool.NewRegistry(tool.Builtin(w.store.Lens)...)
	w.must(err)
	who := access.New(w.store.Directory, w.store.Policies)
	employees := agent.New(agent.Config{Policy: answers.Layers(who), Tools: registry, Services: services, Recorder: w.store.Lens})
	called := tools.New(who, registry)
	called.RecordTo(w.store.Lens)
	w.importer = importing.New(w.store.Lens, w.store.Directory, who)
	log := slog.New(slog.NewTextHandler(w.serverLog, &slog.HandlerOptions{Level: slog.LevelError}))
	talks := conversations.New(w.store.Derived, w.store.Lens, employees, who, w.store.Directory, log)
	w.tb.Cleanup(talks.Close)
	api, err := httpapi.New(httpapi.Options{
		Records: records.New(w.store.Lens).JudgeBy(answers.Layers(who)), Views: views.New(w.store.Views, w.store.Lens, who), Auth: w.store.Directory, Sessions: session.New(w.store.Directory, who, w.store.Policies),
		Answers: answers.New(employees, who), Conversations: talks, MCP: mcpserver.New(called, "test", log),
		Log: log, IDs: remit.NewIDSource(nil), Now: time.Now, Version: "test",
	})
	w.must(err)
	w.server = httptest.NewServer(api)
}

func (w *world) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

// apply puts a policy in force.
func (w *world) apply(text string) {
	w.tb.Helper()
	doc, err := policy.Parse([]byte(text))
	w.must(err)
	w.must(w.store.Policies.Apply(w.tb.Context(), operator, doc, nil))
}

var operator = data.Operator("test")

func (w *world) people() {
	w.chief = w.person("chief", "", "administrator")
	w.mona = w.person("mona", "", "manager")
	w.rita = w.person("rita", w.mona.id, "rep")
	w.otto = w.person("otto", w.chief.id, "rep")
	w.dora = w.person("dora", w.chief.id, "rep", "discounter")
	w.gust = w.person("gust", "")
}

func (w *world) person(name string, manager remit.ID, roles ...string) *person {
	w.tb.Helper()
	ctx := w.tb.Context()
	id, err := w.store.Directory.CreatePerson(ctx, operator, directory.NewPerson{Name: name, Email: name + "@example.test", ManagerID: manager})
	w.must(err)
	for _, role := range roles {
		w.must(w.store.Directory.GrantRole(ctx, operator, id, role, time.Time{}))
	}
	p := &person{id: id}
	p.token, p.helper, p.narrow = w.mint(id, ""), w.mint(id, "helper"), w.mint(id, "narrow")
	return p
}

func (w *world) mint(id remit.ID, employee string) string {
	w.tb.Helper()
	secret, _, err := w.store.Directory.CreateToken(w.tb.Context(), operator, directory.NewToken{Person: id, Name: "test", Employee: employee, TTL: time.Hour})
	w.must(err)
	return secret
}

func (w *world) records() {
	w.alpha = w.create("accounts", "name", "Alpha", "industry", "medical", "annual_revenue", 5000, "description", "alphas secret plan", "owner_id", w.rita.id)
	w.beta = w.create("accounts", "name", "Beta", "industry", "retail", "annual_revenue", 7000, "description", "betas secret plan", "owner_id", w.otto.id)
	w.stealth = w.create("accounts", "name", "Phantom", "industry", "stealth", "annual_revenue", 9000, "owner_id", w.otto.id)
	w.carl = w.create("contacts", "name", "Carl Undisclosed", "email", "carl@example.test", "owner_id", w.chief.id)
	w.won = w.deal("Ritas won", w.rita, "won", 100, 0.01, w.alpha)
	w.lost = w.deal("Ritas lost", w.rita, "lost", 200, 0.02, w.stealth)
	w.open = w.deal("Ritas open", w.rita, "proposal", 50, 0.06, w.beta)
	w.ottosLost = w.deal("Ottos lost", w.otto, "lost", 400, 0.03, w.beta)
	w.ottosWon = w.deal("Ottos won", w.otto, "won", 800, 0.04, w.beta)
	w.dorasWon = w.deal("Doras won", w.dora, "won", 1600, 0.05, w.alpha)
}

func (w *world) deal(name string, owner *person, stage string, amount int, discount float64, account remit.ID) remit.ID {
	return w.create("opportunities", "name", name, "owner_id", owner.id, "stage", stage, "amount", amount,
		"discount", discount, "account_id", account, "contact_id", w.carl, "loss_reason", "hushhush "+name, "close_date", "2026-01-15")
}

// create makes a record as the chief, over HTTP.
func (w *world) create(collection string, pairs ...any) remit.ID {
	w.tb.Helper()
	a := api.call(w.tb, w, w.chief, "create_record", arguments("collection", collection, "values", arguments(pairs...)))
	w.need(a, "")
	return remit.ID(a.value(w.tb, "id").(string))
}

// set changes a record as the chief.
func (w *world) set(collection string, id remit.ID, pairs ...any) {
	w.tb.Helper()
	w.need(w.update(api, w.chief, collection, id, arguments(pairs...)), "")
}

// update asks for a change of the record as the chief last saw it, or for somebody
// who may see it as they do.
func (w *world) update(f face, who *person, collection string, id remit.ID, values map[string]any) answer {
	w.tb.Helper()
	version, _ := api.call(w.tb, w, who, "get_record", arguments("collection", collection, "id", id)).value(w.tb, "_version").(string)
	if version == "" {
		version = "AAAAAAAAAAAAAAAAAAAAAAAA"
	}
	return f.call(w.tb, w, who, "update_record", arguments("collection", collection, "id", id, "version", version, "values", values))
}

// look returns all that there is of a record.
func (w *world) look(collection string, id remit.ID) string {
	w.tb.Helper()
	a := api.call(w.tb, w, w.chief, "get_record", arguments("collection", collection, "id", id))
	w.need(a, "")
	return a.text
}

// need ends the test unless the answer is of the kind.
func (w *world) need(a answer, kind string) {
	w.tb.Helper()
	if a.kind != kind {
		w.tb.Fatalf("answered %q, want %q: %s\n%s", a.kind, kind, a.text, w.serverLog.String())
	}
}

// entries returns the newest audit entries.
func (w *world) entries(n int) []audit.Record {
	w.tb.Helper()
	found, err := w.store.Audit.Tail(w.tb.Context(), audit.Filter{Limit: n})
	w.must(err)
	return found
}

// arguments makes an object of names and values.
func arguments(pairs ...any) map[string]any {
	object := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		object[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return object
}
