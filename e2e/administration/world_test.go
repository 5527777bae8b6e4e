package administration

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
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
)

func TestMain(m *testing.M) { os.Exit(testserver.Main(m)) }

// law is the policy of the world. The deputy manages the policy and sees neither
// lost deals nor amounts.
const law = `
scopes:
  - {name: own, collection: opportunities, expression: record.owner_id == user.id}
  - {name: open, collection: opportunities, expression: 'record.stage != "lost"'}
  - {name: large, collection: opportunities, expression: record.amount > 500}
  - {name: medical, collection: opportunities, expression: 'record.account.industry == "medical"'}
  - {name: known, collection: accounts, expression: 'record.name != "Hidden Ltd"'}
roles:
  - name: administrator
    clearance: restricted
    capabilities: [policy.manage, people.manage, data.import, audit.read, services.manage]
    grants:
      - {collection: accounts, actions: [view, create, update, delete], fields: ["*"], scope: all}
      - {collection: opportunities, actions: [view, create, update, delete], fields: ["*"], scope: all}
      - {collection: people, actions: [view], fields: ["*"], scope: all}
    employees: [viz]
  - name: deputy
    capabilities: [policy.manage, services.manage]
    grants:
      - {collection: opportunities, actions: [view], fields: [name, stage, owner_id, account_id], scope: open}
      - {collection: accounts, actions: [view], fields: [name, industry, parent_id], scope: known}
      - {collection: people, actions: [view], fields: [name], scope: all}
  - name: auditor
    capabilities: [audit.read]
  - name: rep
    clearance: restricted
    grants:
      - {collection: opportunities, actions: [view], fields: [name, stage, amount, owner_id], scope: own}
      - {collection: opportunities, actions: [view], fields: [name, stage], scope: open}
    employees: [viz]
employees:
  - name: viz
    title: Viz
    tools: [query_records, count_records]
    remit:
      sensitivity: restricted
      grants: [{collection: "*", actions: [view], fields: ["*"], scope: all}]
`

// world is an installation with as many servers as are asked.
type world struct {
	tb       testing.TB
	in       *testserver.Installation
	store    *data.Store
	servers  []*testserver.Server
	operator remit.Actor
	people   map[string]remit.ID
	secrets  map[string]string // API tokens by first name, "Ada/viz" bound to an AI employee
	deals    map[string]remit.ID
}

// onBoth runs a test in a world on each database.
func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) {
		test(t, newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "remit.db")))
	})
	t.Run("postgres", func(t *testing.T) { test(t, newWorld(t, pgtest.URL(t))) })
}

func newWorld(tb testing.TB, url string) *world {
	tb.Helper()
	w := &world{
		tb: tb, in: testserver.New(tb, url), operator: data.Operator("test"),
		people: map[string]remit.ID{}, secrets: map[string]string{}, deals: map[string]remit.ID{},
	}
	var err error
	w.store, err = data.Open(context.Background(), data.Options{URL: url, Master: w.in.Master})
	w.must(err)
	tb.Cleanup(func() { w.must(w.store.Close()) })
	doc, err := policy.Parse([]byte(law))
	w.must(err)
	w.must(w.store.Policies.Apply(tb.Context(), w.operator, doc, nil))
	for name, role := range map[string]string{"Ada": "administrator", "Dee": "deputy", "Otto": "auditor", "Ann": "rep", "Bob": "rep"} {
		w.hire(name, role)
	}
	w.fill()
	return w
}

func (w *world) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

func (w *world) hire(name, role string) {
	w.tb.Helper()
	ctx := context.Background()
	id, err := w.store.Directory.CreatePerson(ctx, w.operator, directory.NewPerson{Name: name, Email: strings.ToLower(name) + "@example.com"})
	w.must(err)
	w.people[name] = id
	w.must(w.store.Directory.GrantRole(ctx, w.operator, id, role, time.Time{}))
	for _, employee := range []string{"", "viz"} {
		secret, _, err := w.store.Directory.CreateToken(ctx, w.operator, directory.NewToken{Person: id, Name: "test", Employee: employee, TTL: time.Hour})
		w.must(err)
		w.secrets[strings.TrimSuffix(name+"/"+employee, "/")] = secret
	}
}

// fill makes two accounts and, of Ann and of Bob each, deals of 100 and 1000 that
// are won, and one that is lost.
func (w *world) fill() {
	w.tb.Helper()
	hidden := w.create("accounts", map[string]any{"name": "Hidden Ltd", "industry": "medical", "status": "customer"})
	known := w.create("accounts", map[string]any{"name": "Known Ltd", "industry": "medical", "status": "customer", "parent_id": hidden})
	for _, owner := range []string{"Ann", "Bob"} {
		for _, d := range []struct {
			name, stage string
			amount      int
			account     remit.ID
		}{{"small", "won", 100, known}, {"large", "won", 1000, hidden}, {"lost", "lost", 700, known}} {
			name := owner + " " + d.name
			w.deals[name] = w.create("opportunities", map[string]any{
				"name": name, "stage": d.stage, "amount": d.amount, "owner_id": w.people[owner], "account_id": d.account,
			})
		}
	}
}

func (w *world) create(collection string, values map[string]any) remit.ID {
	w.tb.Helper()
	raw := map[string]json.RawMessage{}
	for name, v := range values {
		text, err := json.Marshal(v)
		w.must(err)
		raw[name] = text
	}
	page, err := w.store.Lens.Create(context.Background(), w.operator, lens.Change{Collection: collection, Values: raw})
	w.must(err)
	return page.Records[0].ID
}

// reply is an answer that has been read.
type reply struct {
	status int
	body   string
	json   map[string]any
}

// send sends a request to a server with somebody's token.
func (w *world) send(server int, as, method, path string, body any) reply {
	w.tb.Helper()
	var text []byte
	switch b := body.(type) {
	case nil:
	case string:
		text = []byte(b)
	default:
		var err error
		text, err = json.Marshal(b)
		w.must(err)
	}
	for len(w.servers) <= server {
		w.servers = append(w.servers, w.in.Serve(w.tb))
	}
	req, err := http.NewRequestWithContext(w.tb.Context(), method, w.servers[server].URL+path, bytes.NewReader(text))
	w.must(err)
	req.Header.Set("Authorization", "Bearer "+w.secrets[as])
	if text != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	w.must(err)
	defer func() { _ = res.Body.Close() }()
	all, err := io.ReadAll(res.Body)
	w.must(err)
	r := reply{status: res.StatusCode, body: string(all)}
	_ = json.Unmarshal(all, &r.json) // not every answer is an object
	return r
}

// ok is send for what must succeed.
func (w *world) ok(as, method, path string, body any) reply {
	w.tb.Helper()
	r := w.send(0, as, method, path, body)
	if r.status/100 != 2 {
		w.tb.Fatalf("%s %s as %s: %d %s", method, path, as, r.status, r.body)
	}
	return r
}

// refused checks who is refused a request, whatever it asks for: people without
// the capability, and AI of those who have it.
func (w *world) refused(method, path string, body any, people ...string) {
	w.tb.Helper()
	for _, as := range append(people, "Ada/viz", "Dee/viz") {
		if r := w.send(0, as, method, path, body); r.status != http.StatusForbidden {
			w.tb.Errorf("%s %s as %s: %d %s", method, path, as, r.status, r.body)
		}
	}
	if r := w.send(0, "nobody", method, path, body); r.status != http.StatusUnauthorized {
		w.tb.Errorf("%s %s as nobody: %d %s", method, path, r.status, r.body)
	}
}

// names returns what is called name in the records of an answer's page.
func names(page any) []string {
	var all []string
	records, _ := page.(map[string]any)["records"].([]any)
	for _, r := range records {
		all = append(all, fmt.Sprint(r.(map[string]any)["name"]))
	}
	return all
}

// fields reads an object of values.
func fields(tb testing.TB, text string) map[string]json.RawMessage {
	tb.Helper()
	var values map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		tb.Fatal(err)
	}
	return values
}
