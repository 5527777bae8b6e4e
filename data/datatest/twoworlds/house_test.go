package twoworlds

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/httpapi"
	"github.com/remit-crm/remit/llm/offline"
	"github.com/remit-crm/remit/llm/roster"
	"github.com/remit-crm/remit/mcpserver"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/ops/answers"
	"github.com/remit-crm/remit/ops/conversations"
	"github.com/remit-crm/remit/ops/importing"
	"github.com/remit-crm/remit/ops/modelservices"
	"github.com/remit-crm/remit/ops/people"
	"github.com/remit-crm/remit/ops/policies"
	"github.com/remit-crm/remit/ops/profile"
	"github.com/remit-crm/remit/ops/records"
	"github.com/remit-crm/remit/ops/session"
	"github.com/remit-crm/remit/ops/settings"
	"github.com/remit-crm/remit/ops/templates"
	"github.com/remit-crm/remit/ops/tools"
	"github.com/remit-crm/remit/ops/views"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/tool"
)

// clock is the injected clock of every installation. It stands still during a
// request. It is later than any real time, for PostgreSQL judges by its own clock
// when a token ends, and by that clock nothing may end here.
type clock struct{ micros atomic.Int64 }

var noon = time.Date(2040, 5, 16, 12, 0, 0, 0, time.UTC)

func newClock() *clock {
	c := &clock{}
	c.set(noon)
	return c
}

func (c *clock) set(t time.Time) { c.micros.Store(t.UnixMicro()) }
func (c *clock) now() time.Time  { return time.UnixMicro(c.micros.Load()).UTC() }

// asker is the person who sends the requests, the same in every installation,
// with the secrets of each way to send them.
type asker struct {
	id          remit.ID
	name, email string
	session     string
	tokens      map[string]string // by the AI employee that they are bound to, "" for none
}

// house is one installation: a database behind the real handlers.
type house struct {
	name   string
	store  *data.Store
	db     *sqldb.DB // for loading worlds behind the product's back
	random *source
	model  *remit.Model
	asker  asker
	face   http.Handler
	lens   *switched
	clock  *clock
	talks  *conversations.Conversations

	furnished uint64 // how often
}

// switched is what the faces have for a lens: the lens itself, or for a while one
// that leaks on purpose.
type switched struct{ Lens }

// Lens is what records and tools need of one.
type Lens interface {
	records.Lens
	tool.Data
	policies.Previewer
}

// urls returns where the databases of a pair of worlds lie. SQLite's are kept in
// memory where the system has a place for that: nothing here asks what survives a
// crash.
func urls(tb testing.TB, dialect string) [2]string {
	tb.Helper()
	if dialect == "postgres" {
		return [2]string{pgtest.URL(tb), pgtest.URL(tb)}
	}
	folder := tb.TempDir()
	if made, err := os.MkdirTemp("/dev/shm", "twoworlds-"); err == nil {
		tb.Cleanup(func() { _ = os.RemoveAll(made) })
		folder = made
	}
	return [2]string{"sqlite:" + filepath.Join(folder, "a.db"), "sqlite:" + filepath.Join(folder, "b.db")}
}

// newHouse opens an installation with its asker. Two that are opened alike hold
// the same ids and secrets.
func newHouse(tb testing.TB, name, url string, c *clock) *house {
	tb.Helper()
	ctx := context.Background()
	h := &house{name: name, random: newSource(), clock: c}
	var err error
	if h.db, err = sqldb.Open(ctx, url, sqldb.Options{}); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = h.db.Close() })
	h.store, err = data.Open(ctx, data.Options{
		URL: url, Master: bytes.Repeat([]byte{6}, 32), Clock: c.now, Random: h.random,
		Egress: func(context.Context, int64, string) (remit.Sensitivity, bool) { return remit.Restricted, true },
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := h.store.Close(); err != nil {
			tb.Error(err)
		}
	})
	if err := h.enrol(ctx); err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	h.lens = &switched{h.store.Lens}
	if h.face, err = h.wire(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(h.talks.Close)
	return h
}

const password = "slow green rivers carry paper boats"

// enrol makes the asker, with a session and tokens.
func (h *house) enrol(ctx context.Context) error {
	by := data.Operator("test")
	if err := h.store.Policies.Apply(ctx, by, blankPolicy(), nil); err != nil {
		return err
	}
	p, err := h.store.Policies.Load(ctx)
	if err != nil {
		return err
	}
	h.model = p.Model()
	a := asker{name: "Asta Asker", email: "asta@x.test", tokens: map[string]string{}}
	if a.id, err = h.store.Directory.CreatePerson(ctx, by, directory.NewPerson{Name: a.name, Email: a.email}); err != nil {
		return err
	}
	if err := h.store.Directory.SetPassword(ctx, by, a.id, password); err != nil {
		return err
	}
	if a.session, _, err = h.store.Directory.SignIn(ctx, directory.SignIn{Email: a.email, Password: password}); err != nil {
		return err
	}
	for _, employee := range append([]string{""}, employeeNames...) {
		made := directory.NewToken{Person: a.id, Name: "test", Employee: employee, TTL: directory.MaxTokenTTL}
		if a.tokens[employee], _, err = h.store.Directory.CreateToken(ctx, by, made); err != nil {
			return err
		}
	}
	h.asker = a
	return nil
}

// blankPolicy has the names that tokens are bound to, and grants nothing.
func blankPolicy() *policy.Document {
	doc := &policy.Document{}
	for _, name := range employeeNames {
		doc.Employees = append(doc.Employees, policy.Employee{Name: name, Title: name})
	}
	return doc
}

// wire puts the use cases and the faces over the lens, as the binary does.
func (h *house) wire() (http.Handler, error) {
	log := slog.New(slog.DiscardHandler)
	who := access.New(h.store.Directory, h.store.Policies)
	rules := policies.New(h.store.Policies, h.store.Directory, who, func(p *policy.Policy) (policies.Counter, error) { return h.store.Under(p) }, h.clock.now)
	rules.PreviewThrough(h.lens)
	overall := templates.New(h.store.Templates, h.store.Lens, h.store.Directory, who, h.clock.now)
	registry, err := tool.NewRegistry(append(tool.Builtin(h.lens), rules.ExplainTool(h.store.Lens), overall.Tool())...)
	if err != nil {
		return nil, err
	}
	live, err := modelservices.NewLive(&roster.Config{}, offline.New(offline.Options{Now: h.clock.now}))
	if err != nil {
		return nil, err
	}
	live.Over(h.store.Policies)
	models := modelservices.New(live, h.store.Policies, who, h.store.Lens, h.clock.now, h.store.Location)
	ids := remit.NewIDSource(h.random)
	// What a run has used is written when it has ended, at no certain time: its ids,
	// which nobody sees, must not take from the injected randomness.
	employees := models.Meter(agent.New(agent.Config{
		Policy: answers.Layers(who), Tools: registry, Services: live,
		Location: h.store.Location, Clock: h.clock.now, IDs: ids, Recorder: h.store.Lens,
	}), remit.NewIDSource(nil), log)
	called, asked := tools.New(who, registry), answers.New(employees, who)
	called.RecordTo(h.store.Lens)
	asked.RecordTo(h.store.Lens)
	h.talks = conversations.New(h.store.Derived, h.store.Lens, employees, who, h.store.Directory, log)
	return httpapi.New(httpapi.Options{
		Records: records.New(h.lens).JudgeBy(answers.Layers(who)), Views: views.New(h.store.Views, h.store.Lens, who),
		Auth: h.store.Directory, Sessions: session.New(h.store.Directory, who, h.store.Policies),
		People: people.New(h.store.Directory, h.store.Policies, who, h.store.Audit), Profile: profile.New(h.store.Directory, who),
		Settings: settings.New(h.store.Policies, who), Importer: importing.New(h.store.Lens, h.store.Directory, who),
		Policies: rules, Services: models, Templates: overall, Answers: asked, Conversations: h.talks, MCP: mcpserver.New(called, "test", log),
		Ready: h.store.Ready, Log: log, IDs: ids, Now: h.clock.now, Version: "test",
	})
}

// furnish loads a world and its policy, in place of those before.
func (h *house) furnish(ctx context.Context, co *company, rest beside, doc *policy.Document, roles []string) error {
	h.furnished++
	h.random.wind(1<<63 | h.furnished)
	h.clock.set(noon)
	if err := h.store.Policies.Apply(ctx, data.Operator("test"), doc, nil); err != nil {
		return err
	}
	return h.load(ctx, co, rest, roles)
}
