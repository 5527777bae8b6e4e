package templates

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/analytics"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
)

// world is a company with a clock that the test moves. Wren and Will write templates
// (data analysts), Rex and Rita review them (executives), Mia is a manager who asks, Ann
// a rep who may not, Adam administers.
type world struct {
	t *testing.T
	*data.Store
	*Templates
	who    *access.Access
	now    time.Time
	people map[string]remit.ID

	postgres bool
}

var start = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

var roles = map[string]string{
	"Wren": "data-analyst", "Will": "data-analyst", "Rex": "sales-executive", "Rita": "sales-executive",
	"Mia": "sales-manager", "Max": "sales-manager", "Ann": "sales-rep", "Adam": "administrator",
}

// eachDatabase runs a test on SQLite and on PostgreSQL.
func eachDatabase(t *testing.T, test func(w *world)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "remit.db"))) })
	t.Run("postgres", func(t *testing.T) { test(newWorld(t, pgtest.URL(t))) })
}

func newWorld(t *testing.T, url string) *world {
	t.Helper()
	w := &world{t: t, now: start, people: map[string]remit.ID{}, postgres: !strings.HasPrefix(url, "sqlite:")}
	var err error
	w.Store, err = data.Open(t.Context(), data.Options{URL: url, Master: bytes.Repeat([]byte{7}, 32), Clock: func() time.Time { return w.now }})
	w.must(err)
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	w.who = access.New(w.Directory, w.Policies)
	w.Templates = New(w.Store.Templates, w.Lens, w.Directory, w.who, func() time.Time { return w.now })
	for name, role := range roles {
		id, err := w.Directory.CreatePerson(t.Context(), operator, directory.NewPerson{Name: name, Email: name + "@example.com"})
		w.must(err)
		w.people[name] = id
		w.must(w.Directory.GrantRole(t.Context(), operator, id, role, time.Time{}))
	}
	return w
}

var operator = data.Operator("test")

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) want(err error, kind remit.Kind) {
	w.t.Helper()
	if err == nil || remit.KindOf(err) != kind {
		w.t.Errorf("error %v, want one of kind %s", err, kind)
	}
}

func (w *world) actor(name string) remit.Actor {
	return remit.Actor{Person: w.people[name], Channel: remit.ChannelWeb}
}

// viz is the AI employee, working for somebody.
func (w *world) viz(name string) remit.Actor {
	a := w.actor(name)
	a.Employee = "viz"
	return a
}

// deal is an opportunity to be made.
type deal struct {
	industry, stage, closed string
	amount                  float64
}

// add makes the deals, each of an account of its industry.
func (w *world) add(deals ...deal) (ids []remit.ID) {
	w.t.Helper()
	ctx := context.Background()
	w.must(w.Lens.Batch(ctx, operator, "", "opportunities", func(b *lens.Batch) error {
		accounts := map[string]remit.ID{}
		ids = nil
		for i, d := range deals {
			if accounts[d.industry] == "" {
				id, err := b.CreateIn(ctx, "accounts", lens.Change{Values: texts(map[string]any{"name": "Account", "industry": d.industry})})
				if err != nil {
					return err
				}
				accounts[d.industry] = id
			}
			id, err := b.Create(ctx, lens.Change{Values: texts(map[string]any{
				"name": fmt.Sprint("Deal ", i), "account_id": accounts[d.industry], "stage": d.stage, "close_date": d.closed, "amount": d.amount,
				"owner_id": w.people["Ann"],
			})})
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	}))
	return ids
}

func texts(values map[string]any) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for name, v := range values {
		out[name], _ = json.Marshal(v)
	}
	return out
}

// repeat returns n deals like d, each of another amount.
func repeat(n int, d deal) []deal {
	out := make([]deal, n)
	for i := range out {
		out[i] = d
		out[i].amount += float64(i)
	}
	return out
}

// publish writes, reviews and publishes a template.
func (w *world) publish(t analytics.Template) *Version {
	w.t.Helper()
	ctx := context.Background()
	v, err := w.Draft(ctx, w.actor("Wren"), t)
	w.must(err)
	v, err = w.Review(ctx, w.actor("Rex"), t.Name, w.review(v))
	w.must(err)
	v, err = w.Publish(ctx, w.actor("Wren"), t.Name, v.Version)
	w.must(err)
	return v
}

func (w *world) review(v *Version) Review {
	return Review{Version: v.Version, Digest: v.Digest, Until: w.now.AddDate(1, 0, 0)}
}

// ask runs a template for somebody.
func (w *world) ask(name, template string, given ...string) (*Figures, error) {
	parameters := map[string]string{}
	for i := 0; i+1 < len(given); i += 2 {
		parameters[given[i]] = given[i+1]
	}
	return w.Run(context.Background(), w.actor(name), Request{Template: template, Parameters: parameters})
}

// shown is a table as a text: a row a line, the columns in their order.
func shown(f *Figures) string {
	var out bytes.Buffer
	for _, row := range f.Rows {
		for _, c := range f.Columns {
			fmt.Fprintf(&out, "%s ", row[c.Name])
		}
		out.WriteString("\n")
	}
	return out.String()
}

// byIndustry counts and adds up won deals between two months.
var byIndustry = analytics.Template{
	Name: "won-by-industry", Title: "Won by industry", Collection: "opportunities", Description: "Won deals by industry.",
	SQL: `SELECT a.industry, COUNT(*) AS deals, SUM(o.amount) AS revenue, AVG(o.amount) AS average
FROM opportunities o LEFT JOIN accounts a ON a.id = o.account_id
WHERE o.stage = 'won' AND o.close_date >= :from AND o.close_date < :before
GROUP BY industry`,
	Parameters: []analytics.Parameter{
		{Name: "from", Type: analytics.Month, Default: "-12"}, {Name: "before", Type: analytics.Month, Default: "1"},
	},
}

// change applies a change to the policy.
func (w *world) change(edit func(*policy.Document)) {
	w.t.Helper()
	doc, err := w.Policies.Document(context.Background())
	w.must(err)
	edit(doc)
	w.must(w.Policies.Apply(context.Background(), operator, doc, nil))
}

// amount sets a deal's amount.
func (w *world) amount(id remit.ID, to float64) {
	w.t.Helper()
	_, err := w.Lens.Update(context.Background(), operator, lens.Change{Collection: "opportunities", ID: id, Values: texts(map[string]any{"amount": to})})
	w.must(err)
}
