// Package opstest gives the tests of the use cases a small company in a vault of
// its own: Ann and Bob are sales reps, Cleo is their manager, Dora audits, Adam
// administers.
package opstest

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/access"
)

// Password is everybody's.
const Password = "slow green rivers carry paper boats"

// Company is the vault with its people.
type Company struct {
	*data.Store
	Access   *access.Access
	Operator remit.Actor
	People   map[string]remit.ID // by first name
}

// roles says who holds what.
var roles = map[string]string{
	"Ann": "sales-rep", "Bob": "sales-rep", "Cleo": "sales-manager", "Dora": "compliance-officer", "Adam": "administrator",
}

// New returns a fresh company, closed when the test ends.
func New(t testing.TB) *Company {
	t.Helper()
	store, err := data.Open(context.Background(), data.Options{
		URL: "sqlite:" + filepath.Join(t.TempDir(), "remit.db"), Master: bytes.Repeat([]byte{7}, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	c := &Company{
		Store: store, Access: access.New(store.Directory, store.Policies),
		Operator: data.Operator("test"), People: make(map[string]remit.ID),
	}
	for _, name := range []string{"Cleo", "Ann", "Bob", "Dora", "Adam"} {
		c.hire(t, name)
	}
	return c
}

func (c *Company) hire(t testing.TB, name string) {
	t.Helper()
	ctx := context.Background()
	n := directory.NewPerson{Name: name, Email: c.Email(name)}
	if name == "Ann" || name == "Bob" {
		n.ManagerID = c.People["Cleo"]
	}
	id, err := c.Directory.CreatePerson(ctx, c.Operator, n)
	if err != nil {
		t.Fatal(err)
	}
	c.People[name] = id
	if err := c.Directory.GrantRole(ctx, c.Operator, id, roles[name], time.Time{}); err != nil {
		t.Fatal(err)
	}
}

// Email returns the address of a person.
func (c *Company) Email(name string) string { return name + "@example.com" }

// Actor returns a person at the web app.
func (c *Company) Actor(name string) remit.Actor {
	return remit.Actor{Person: c.People[name], Channel: remit.ChannelWeb}
}

// Deal adds an opportunity of a person and returns its id.
func (c *Company) Deal(t testing.TB, owner, title string) remit.ID {
	t.Helper()
	values := make(map[string]json.RawMessage)
	for field, value := range map[string]string{"name": title, "owner_id": string(c.People[owner]), "stage": "won"} {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		values[field] = text
	}
	page, err := c.Lens.Create(context.Background(), c.Operator, lens.Change{Collection: "opportunities", Values: values})
	if err != nil {
		t.Fatal(err)
	}
	return page.Records[0].ID
}
