package hijack

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/llm/roster"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
)

// today is the day of the company: deals are dated around it.
var today = time.Now().UTC().Truncate(24 * time.Hour)

// cell is a value of a record, which stands nowhere else in the company.
type cell struct {
	text   string  // as it is written in JSON, without quotes
	number float64 // of a money or decimal field
}

// row is a record as it was put in.
type row struct {
	collection string
	id         remit.ID
	owner      string // first name
	account    *row   // of a deal
	closed     time.Time
	cells      map[string]cell
}

// company is the installation with all that stands in it.
type company struct {
	store  *data.Store
	access *access.Access
	people map[string]remit.ID
	rows   []*row
	egress remit.Sensitivity
	dice   *rand.Rand
}

// levels are the tags of the fields that have a marked value; and their types.
var levels = map[string]map[string]remit.Sensitivity{
	"accounts": {
		"name": remit.Internal, "website": remit.Public, "city": remit.Public, "annual_revenue": remit.Confidential, "description": remit.Internal,
	},
	"opportunities": {
		"name": remit.Internal, "amount": remit.Confidential, "discount": remit.Restricted, "next_step": remit.Internal, "loss_reason": remit.Internal,
	},
}

// fields returns the marked fields of a collection in order.
func fields(collection string) []string {
	var names []string
	for name := range levels[collection] {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func numeric(field string) bool {
	return field == "annual_revenue" || field == "amount" || field == "discount"
}

func found(t *testing.T, url string, seed uint64) *company {
	t.Helper()
	c := &company{people: map[string]remit.ID{}, egress: remit.Restricted, dice: rand.New(rand.NewPCG(seed, 7))}
	var err error
	c.store, err = data.Open(t.Context(), data.Options{
		URL: url, Master: bytes.Repeat([]byte{7}, 32), Location: time.UTC,
		Egress: func(context.Context, int64, string) (remit.Sensitivity, bool) { return c.egress, true },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.store.Close() })
	c.access = access.New(c.store.Directory, c.store.Policies)
	for _, name := range []string{"Cleo", "Ann", "Bob"} {
		p := directory.NewPerson{Name: name, Email: strings.ToLower(name) + "@example.com"}
		if name != "Cleo" {
			p.ManagerID = c.people["Cleo"]
		}
		id, err := c.store.Directory.CreatePerson(t.Context(), data.Operator("test"), p)
		if err != nil {
			t.Fatal(err)
		}
		c.people[name] = id
	}
	c.fill(t)
	return c
}

// mark returns a text that stands nowhere else, or a number of which that is so.
func (c *company) mark(field string) cell {
	switch {
	case field == "discount":
		n := 1 + c.dice.IntN(900_000)
		return cell{text: fmt.Sprintf("0.%06d", n), number: float64(n) / 1e6}
	case numeric(field):
		n := 10_000_000 + c.dice.IntN(80_000_000)
		return cell{text: fmt.Sprintf("%d.%02d", n, 1+c.dice.IntN(98)), number: float64(n)}
	}
	const letters = "bcdfghjklmnpqrstvwxz"
	word := make([]byte, 12)
	for i := range word {
		word[i] = letters[c.dice.IntN(len(letters))]
	}
	return cell{text: string(word)}
}

func (c *company) fill(t *testing.T) {
	t.Helper()
	var accounts []*row
	for i := range 16 {
		r := &row{collection: "accounts", owner: []string{"Ann", "Bob", "Cleo"}[i%3]}
		c.put(t, r, nil)
		accounts = append(accounts, r)
	}
	for i := range 36 {
		a := accounts[c.dice.IntN(len(accounts))]
		r := &row{collection: "opportunities", owner: []string{"Ann", "Bob", "Cleo"}[i%3], account: a, closed: today.AddDate(0, 0, -c.dice.IntN(400)-2)}
		c.put(t, r, map[string]any{"account_id": a.id, "close_date": r.closed.Format(remit.DateLayout), "stage": []string{"won", "lost", "proposal"}[c.dice.IntN(3)]})
	}
}

func (c *company) put(t *testing.T, r *row, more map[string]any) {
	t.Helper()
	r.cells = map[string]cell{}
	values := map[string]json.RawMessage{}
	set := func(name string, v any) {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		values[name] = raw
	}
	set("owner_id", c.people[r.owner])
	for name, v := range more {
		set(name, v)
	}
	for _, f := range fields(r.collection) {
		r.cells[f] = c.mark(f)
		if numeric(f) {
			values[f] = json.RawMessage(r.cells[f].text)
		} else {
			set(f, r.cells[f].text)
		}
	}
	page, err := c.store.Lens.Create(context.Background(), data.Operator("test"), lens.Change{Collection: r.collection, Values: values})
	if err != nil {
		t.Fatalf("%s: %v", r.collection, err)
	}
	r.id = page.Records[0].ID
	c.rows = append(c.rows, r)
}

// services implements agent.Services: the model is the hijacker.
type services struct{ one *roster.Service }

func (s services) Service(context.Context, string) (*roster.Service, error) { return s.one, nil }

// drawPolicy draws a policy in which everything narrows somewhere.
func (c *company) drawPolicy() *policy.Document {
	d := &policy.Document{}
	for _, collection := range []string{"accounts", "opportunities"} {
		d.Scopes = append(d.Scopes,
			policy.Scope{Name: "own", Collection: collection, Expression: "record.owner_id == user.id"},
			policy.Scope{Name: "team", Collection: collection, Expression: "reportsTo(record.owner_id, user) || record.owner_id == user.id"})
	}
	level := func() remit.Sensitivity { return remit.Internal + remit.Sensitivity(c.dice.IntN(3)) }
	for _, name := range []string{"one", "two"} {
		d.Roles = append(d.Roles, policy.Role{
			Name: name, Clearance: level(), Employees: []string{"viz"},
			Grants: append(c.drawGrants("own", "team", "all"), c.drawGrants("own")...),
		})
	}
	d.Roles = append(d.Roles, policy.Role{Name: "administrator", Capabilities: []string{policy.ManagePolicy, policy.ManagePeople}, Employees: []string{"other"}})
	every := []policy.Grant{
		{Collection: "accounts", Actions: policy.Actions, Fields: []string{"*"}, Scope: policy.ScopeAll},
		{Collection: "opportunities", Actions: policy.Actions, Fields: []string{"*"}, Scope: policy.ScopeAll},
	}
	d.Roles[2].Grants = every // the operator's
	tools := []string{"list_collections", "describe_collection", "query_records", "count_records", "aggregate_records", "get_record", "search_records", "update_record", "draw_chart"}
	remitGrants := every
	if c.dice.IntN(2) == 0 {
		remitGrants = c.drawGrants("own", "all")
	}
	d.Employees = []policy.Employee{
		{Name: "viz", Title: "Viz", Tools: tools, Remit: policy.Remit{Grants: remitGrants, Sensitivity: level(), RowsPerCall: 1 + c.dice.IntN(12)}},
		{Name: "other", Title: "Other", Tools: policy.BuiltinTools(), Remit: policy.Remit{Grants: every, Sensitivity: remit.Restricted}},
	}
	narrow := policy.Constraints{RowLimit: 1 + c.dice.IntN(8), LastDays: 30 * c.dice.IntN(8), ReadOnly: true}
	for _, collection := range []string{"accounts", "opportunities"} {
		if len(narrow.Collections) == 0 || c.dice.IntN(3) > 0 {
			narrow.Collections = append(narrow.Collections, policy.CollectionConstraint{Collection: collection, Fields: c.drawFields(collection)})
		}
	}
	d.Tasks = []policy.Task{
		{Name: "narrow", Employee: "viz", Title: "Narrow", Tools: tools[:7-c.dice.IntN(2)], Constraints: narrow},
		{Name: "wide", Employee: "viz", Title: "Wide"},
		{Name: "others", Employee: "other", Title: "Others"},
	}
	d.Tools = []policy.Tool{
		{Name: "get_record", Condition: `input.collection == "opportunities"`},
		{Name: "search_records", Constraints: policy.Constraints{Collections: []policy.CollectionConstraint{{Collection: "accounts", Fields: c.drawFields("accounts")}}}},
	}
	return d
}

// drawFields draws some of the marked fields, and the links that queries go along.
func (c *company) drawFields(collection string) []string {
	names := []string{"owner_id"}
	if collection == "opportunities" {
		names = append(names, "account_id", "close_date", "stage")
	}
	for _, f := range fields(collection) {
		if c.dice.IntN(3) > 0 {
			names = append(names, f)
		}
	}
	return names
}

func (c *company) drawGrants(scopes ...string) []policy.Grant {
	var grants []policy.Grant
	for _, collection := range []string{"accounts", "opportunities"} {
		grants = append(grants, policy.Grant{
			Collection: collection, Actions: []policy.Action{policy.View, policy.Update}, Fields: c.drawFields(collection), Scope: scopes[c.dice.IntN(len(scopes))],
		})
	}
	return grants
}
