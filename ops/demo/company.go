package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// company is the demo company while it is being made.
type company struct {
	stores Stores
	actor  remit.Actor
	rand   *rand.Rand
	today  time.Time

	owners   []remit.ID // the sales reps
	products []remit.ID
	accounts []account
	contacts map[remit.ID][]remit.ID // by account
	deals    []deal
}

type account struct {
	id    remit.ID
	owner remit.ID
	name  string
}

type deal struct {
	account account
	id      remit.ID
	stage   string
	amount  int
	close   time.Time
}

// values are the cells of one record, by field.
type values map[string]any

func (v values) change() (lens.Change, error) {
	c := lens.Change{Values: make(map[string]json.RawMessage, len(v))}
	for name, value := range v {
		if value == nil || value == "" || value == remit.ID("") {
			continue
		}
		raw, err := json.Marshal(value)
		if err != nil {
			return c, fmt.Errorf("encoding %s: %w", name, err)
		}
		c.Values[name] = raw
	}
	return c, nil
}

// add makes a record, with its owner's department.
func add(ctx context.Context, b *lens.Batch, v values) (remit.ID, error) {
	c, err := v.change()
	if err != nil {
		return "", err
	}
	return b.Create(ctx, c)
}

// fill makes all records, collection by collection.
func (c *company) fill(ctx context.Context) error {
	for _, p := range people() {
		if !slices.Contains(p.Roles, "sales-rep") {
			continue
		}
		found, err := c.stores.Directory.PersonByEmail(ctx, p.Email)
		if err != nil {
			return err
		}
		c.owners = append(c.owners, found.User.ID)
	}
	for _, step := range []struct {
		collection string
		fill       func(context.Context, *lens.Batch) error
	}{
		{"products", c.fillProducts},
		{"accounts", c.fillAccounts},
		{"contacts", c.fillContacts},
		{"leads", c.fillLeads},
		{"opportunities", c.fillDeals},
		{"activities", c.fillActivities},
		{"quotes", c.fillQuotes},
		{lastStep, c.fillOrders},
	} {
		err := c.stores.Lens.Batch(ctx, c.actor, remit.MainSource, step.collection, func(b *lens.Batch) error {
			return step.fill(ctx, b)
		})
		if err != nil {
			return fmt.Errorf("making %s: %w", step.collection, err)
		}
	}
	return nil
}

func (c *company) pick(list []string) string { return list[c.rand.IntN(len(list))] }

func (c *company) name() string { return c.pick(firstNames) + " " + c.pick(lastNames) }

// day returns the day so many days from today.
func (c *company) day(offset int) time.Time { return c.today.AddDate(0, 0, offset) }

func date(t time.Time) string { return t.Format(remit.DateLayout) }

func instant(t time.Time) string { return t.Format(time.RFC3339) }
