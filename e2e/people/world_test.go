package people_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/httpapi"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/ops/people"
	"github.com/remit-crm/remit/ops/profile"
	"github.com/remit-crm/remit/ops/records"
	"github.com/remit-crm/remit/ops/session"
	"github.com/remit-crm/remit/ops/settings"
)

const password = "slow green rivers carry paper boats"

// world is a company behind two servers at one database.
type world struct {
	t       *testing.T
	store   *data.Store
	servers []*httptest.Server
	ids     map[string]remit.ID
}

func eachDatabase(t *testing.T, test func(w *world)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { test(newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "remit.db"))) })
	t.Run("postgres", func(t *testing.T) { test(newWorld(t, pgtest.URL(t))) })
}

func newWorld(t *testing.T, url string) *world {
	t.Helper()
	w := &world{t: t, ids: map[string]remit.ID{}}
	for range 2 {
		w.serve(url)
	}
	for name, role := range map[string]string{"Ann": "sales-rep", "Bob": "sales-rep", "Adam": "administrator"} {
		id, err := w.store.Directory.CreatePerson(t.Context(), data.Operator("test"), directory.NewPerson{Name: name, Email: strings.ToLower(name) + "@example.com"})
		w.must(err)
		w.must(w.store.Directory.GrantRole(t.Context(), data.Operator("test"), id, role, time.Time{}))
		w.must(w.store.Directory.SetPassword(t.Context(), data.Operator("test"), id, password))
		w.ids[name] = id
	}
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) serve(url string) {
	w.t.Helper()
	store, err := data.Open(w.t.Context(), data.Options{URL: url, Master: bytes.Repeat([]byte{7}, 32)})
	w.must(err)
	w.t.Cleanup(func() { _ = store.Close() })
	who := access.New(store.Directory, store.Policies)
	api, err := httpapi.New(httpapi.Options{
		Records: records.New(store.Lens), Auth: store.Directory, Sessions: session.New(store.Directory, who, store.Policies),
		People: people.New(store.Directory, store.Policies, who, store.Audit), Profile: profile.New(store.Directory, who), Settings: settings.New(store.Policies, who),
		Log: slog.New(slog.DiscardHandler), IDs: remit.NewIDSource(nil), Now: time.Now, Version: "test",
	})
	w.must(err)
	server := httptest.NewServer(api)
	w.t.Cleanup(server.Close)
	w.store, w.servers = store, append(w.servers, server)
}

// browser is somebody's, at one of the servers.
type browser struct {
	w      *world
	server *httptest.Server
	cookie string
}

// answer is what a server said.
type answer struct {
	status int
	text   string
	body   map[string]any
}

func (w *world) signIn(server int, email, password string) *browser {
	w.t.Helper()
	b := &browser{w: w, server: w.servers[server]}
	b.want(http.StatusOK, "POST", "/api/session", `{"email":"`+email+`","password":"`+password+`"}`)
	return b
}

func (b *browser) do(method, path, body string) answer {
	b.w.t.Helper()
	r, err := http.NewRequestWithContext(b.w.t.Context(), method, b.server.URL+path, strings.NewReader(body))
	b.w.must(err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if b.cookie != "" {
		r.Header.Set("Cookie", "remit_session="+b.cookie)
	}
	response, err := b.server.Client().Do(r)
	b.w.must(err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	b.w.must(err)
	for _, c := range response.Cookies() {
		if c.Name == "remit_session" {
			b.cookie = c.Value
		}
	}
	a := answer{status: response.StatusCode, text: string(text)}
	_ = json.Unmarshal(text, &a.body) // some answers are empty
	return a
}

// want sends the request and holds the answer to the status.
func (b *browser) want(status int, method, path, body string) answer {
	b.w.t.Helper()
	a := b.do(method, path, body)
	if a.status != status {
		b.w.t.Fatalf("%s %s: %d %s, want %d", method, path, a.status, a.text, status)
	}
	return a
}

// at returns the same browser at the other server.
func (b *browser) at(server int) *browser {
	return &browser{b.w, b.w.servers[server], b.cookie}
}

func operator() remit.Actor { return data.Operator("test") }

func withAPI(actor remit.Actor) remit.Actor {
	actor.Channel = remit.ChannelAPI
	return actor
}
