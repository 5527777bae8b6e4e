package predictions

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/httpapi"
	"github.com/remit-crm/remit/llm/offline"
	"github.com/remit-crm/remit/llm/roster"
	"github.com/remit-crm/remit/mcpserver"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/ops/answers"
	"github.com/remit-crm/remit/ops/records"
	"github.com/remit-crm/remit/ops/session"
	"github.com/remit-crm/remit/ops/tools"
	"github.com/remit-crm/remit/tool"
)

// world is an installation with the shipped policy, where two reps win for opposite
// reasons: Rita those who were referred, Otto those who came by the web form. Mona
// manages both, and Chief sees all with the discounts, on which much hangs.
type world struct {
	tb     testing.TB
	store  *data.Store
	server *httptest.Server
	tools  *tools.Tools

	rita, otto, mona, chief, nova *person
	open                          remit.ID // a deal of Rita's
}

type person struct {
	id    remit.ID
	name  string
	token string // bound to Viz
	own   string // bound to no AI employee
}

// abroad is a model service that may be told what is internal, and no more.
const abroad = "abroad"

var operator = data.Operator("test")

func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	for name, url := range map[string]func(testing.TB) string{
		"sqlite":   func(tb testing.TB) string { return "sqlite:" + filepath.Join(tb.TempDir(), "remit.db") },
		"postgres": pgtest.URL,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newWorld(t, url(t)))
		})
	}
}

func newWorld(tb testing.TB, url string) *world {
	tb.Helper()
	w := &world{tb: tb}
	services, err := roster.Open(&roster.Config{}, offline.New(offline.Options{}))
	w.must(err)
	egress := func(ctx context.Context, epoch int64, service string) (remit.Sensitivity, bool) {
		if service == abroad {
			return remit.Internal, true
		}
		return services.Egress(ctx, epoch, service)
	}
	w.store, err = data.Open(tb.Context(), data.Options{URL: url, Master: bytes.Repeat([]byte{5}, 32), Location: time.UTC, Egress: egress})
	w.must(err)
	w.serve(services)
	tb.Cleanup(func() {
		w.server.Close()
		if err := w.store.Close(); err != nil {
			tb.Error(err)
		}
	})
	w.chief = w.person("Chief", "", "sales-executive")
	w.mona = w.person("Mona", w.chief.id, "sales-manager")
	w.rita = w.person("Rita", w.mona.id, "sales-rep")
	w.otto = w.person("Otto", w.mona.id, "sales-rep")
	w.nova = w.person("Nova", w.mona.id, "sales-rep")
	w.fill()
	return w
}

func (w *world) serve(services *roster.Set) {
	registry, err := tool.NewRegistry(tool.Builtin(w.store.Lens)...)
	w.must(err)
	who := access.New(w.store.Directory, w.store.Policies)
	employees := agent.New(agent.Config{Policy: answers.Layers(who), Tools: registry, Services: services, Recorder: w.store.Lens})
	called := tools.New(who, registry)
	called.RecordTo(w.store.Lens)
	w.tools = called
	log := slog.New(slog.DiscardHandler)
	api, err := httpapi.New(httpapi.Options{
		Records: records.New(w.store.Lens), Auth: w.store.Directory, Sessions: session.New(w.store.Directory, who, w.store.Policies),
		Answers: answers.New(employees, who), MCP: mcpserver.New(called, "test", log),
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

func (w *world) person(name string, manager remit.ID, role string) *person {
	w.tb.Helper()
	ctx := w.tb.Context()
	p := &person{name: name}
	var err error
	p.id, err = w.store.Directory.CreatePerson(ctx, operator, directory.NewPerson{Name: name, Email: strings.ToLower(name) + "@example.test", ManagerID: manager})
	w.must(err)
	w.must(w.store.Directory.GrantRole(ctx, operator, p.id, role, time.Time{}))
	for employee, secret := range map[string]*string{"viz": &p.token, "": &p.own} {
		*secret, _, err = w.store.Directory.CreateToken(ctx, operator, directory.NewToken{Person: p.id, Name: "test", Employee: employee, TTL: time.Hour})
		w.must(err)
	}
	return p
}

// The numbers of each rep's deals.
const (
	decidedDeals = 400
	openDeals    = 30
)

func (w *world) fill() {
	r := rand.New(rand.NewPCG(1, 2))
	accounts := w.import_("accounts", 6, func(i int) map[string]any {
		return map[string]any{"name": fmt.Sprint("Account ", i), "industry": []string{"medical", "energy"}[i%2], "owner_id": []*person{w.rita, w.otto}[i%2].id}
	})
	today := time.Now().UTC()
	for _, owner := range []*person{w.rita, w.otto, w.nova} {
		favored := map[*person]string{w.rita: "referral", w.otto: "web", w.nova: "referral"}[owner]
		decided, open := decidedDeals, openDeals
		if owner == w.nova {
			decided, open = 9, 5
		}
		ids := w.import_("opportunities", decided+open, func(i int) map[string]any {
			source, discount := []string{"referral", "web"}[r.IntN(2)], float64(r.IntN(30))/100
			chance, closes := 0.2, today.AddDate(0, 0, -1-r.IntN(300))
			if source == favored {
				chance = 0.8
			}
			if discount > 0.15 { // which only who sees it can know
				chance += 0.19
			} else {
				chance -= 0.19
			}
			stage := "lost"
			switch {
			case i >= decided:
				stage, closes = "proposal", today.AddDate(0, 0, 1+r.IntN(100))
			case r.Float64() < chance:
				stage = "won"
			}
			v := map[string]any{
				"name": fmt.Sprintf("%s deal %d", owner.name, i), "stage": stage, "source": source, "discount": discount, "amount": 1000 + r.IntN(9000),
				"owner_id": owner.id, "account_id": accounts[r.IntN(len(accounts))], "close_date": closes.Format(remit.DateLayout),
				"engage_date": closes.AddDate(0, 0, -20-r.IntN(60)).Format(remit.DateLayout), "probability": map[string]int{"won": 100, "lost": 0, "proposal": 50}[stage],
			}
			if stage == "lost" {
				v["loss_reason"] = "price"
			}
			return v
		})
		if owner == w.rita {
			w.open = ids[decided]
		}
	}
}

// import_ makes records at once.
func (w *world) import_(collection string, n int, values func(i int) map[string]any) []remit.ID {
	w.tb.Helper()
	made := make([]map[string]any, n)
	for i := range made {
		made[i] = values(i)
	}
	var ids []remit.ID
	w.must(w.store.Lens.Batch(w.tb.Context(), operator, remit.MainSource, collection, func(b *lens.Batch) error {
		ids = nil
		for _, v := range made {
			c := lens.Change{Values: map[string]json.RawMessage{}}
			for name, value := range v {
				raw, err := json.Marshal(value)
				if err != nil {
					return err
				}
				c.Values[name] = raw
			}
			id, err := b.Create(w.tb.Context(), c)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	}))
	return ids
}

// send posts JSON and returns the answer's text.
func (w *world) send(token, path string, body any) string {
	w.tb.Helper()
	raw, err := json.Marshal(body)
	w.must(err)
	req, err := http.NewRequestWithContext(w.tb.Context(), http.MethodPost, w.server.URL+path, bytes.NewReader(raw))
	w.must(err)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	if path != "/mcp" {
		req.Header.Set("Accept", "application/json")
	}
	resp, err := w.server.Client().Do(req)
	w.must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	w.must(err)
	return string(text)
}

// call calls a tool over MCP, and returns what it says and whether it was refused.
func (w *world) call(token, name string, arguments map[string]any) (text string, refused bool) {
	w.tb.Helper()
	text = w.send(token, "/mcp", map[string]any{
		"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": map[string]any{"name": name, "arguments": arguments},
	})
	var a struct {
		Result *struct {
			IsError           bool            `json:"isError"`
			StructuredContent json.RawMessage `json:"structuredContent"`
		} `json:"result"`
	}
	if json.Unmarshal([]byte(text), &a) != nil || a.Result == nil || a.Result.IsError {
		return text, true
	}
	return string(a.Result.StructuredContent), false
}

// told is what both tools say.
type told struct {
	Learned struct {
		Records, Won int
	} `json:"learned_from"`
	Declined *struct{ Reason, Message string }
	Check    struct{ Improvement float64 }
	Weights  []weight
	LeftOut  []struct{ Field, Reason string } `json:"left_out"`
	Open     int
	Matching int
	Rows     []map[string]any
	Total    map[string]any
}

func (w *world) ask(token, name string, arguments map[string]any) told {
	w.tb.Helper()
	if arguments["collection"] == nil {
		arguments["collection"] = "opportunities"
	}
	text, refused := w.call(token, name, arguments)
	if refused {
		w.tb.Fatalf("%s is refused: %s", name, text)
	}
	var a told
	w.must(json.Unmarshal([]byte(text), &a))
	return a
}

type weight struct {
	Field  string
	Middle struct {
		Factor float64 `json:"odds_factor"`
	} `json:"middle_half"`
	Levels []struct {
		Level  string
		Factor float64 `json:"odds_factor"`
	}
}

// factor is by how much a level of a field moves the odds; 0 where it takes no part.
func (a *told) factor(field, level string) float64 {
	for _, weight := range a.Weights {
		for _, l := range weight.Levels {
			if weight.Field == field && l.Level == level {
				return l.Factor
			}
		}
	}
	return 0
}
