package demo

import (
	"context"
	"fmt"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

func (c *company) fillProducts(ctx context.Context, b *lens.Batch) error {
	c.products = nil
	for _, g := range goods {
		id, err := add(ctx, b, values{"name": g.name, "code": g.code, "family": g.family, "list_price": g.price, "unit_cost": g.cost, "active": true})
		if err != nil {
			return err
		}
		c.products = append(c.products, id)
	}
	return nil
}

func (c *company) fillAccounts(ctx context.Context, b *lens.Batch) error {
	c.accounts = nil
	for i, first := range namesFirst {
		for j := range 6 {
			industry := industries[(i+j)%len(industries)]
			name := first + " " + namesSecond[industry][(i+j)%len(namesSecond[industry])]
			if err := c.addAccount(ctx, b, name, industry, c.owners[c.rand.IntN(len(c.owners))]); err != nil {
				return err
			}
		}
	}
	return c.plantAccounts(ctx, b)
}

func (c *company) addAccount(ctx context.Context, b *lens.Batch, name, industry string, owner remit.ID) error {
	place := places[c.rand.IntN(len(places))]
	size := 20 + c.rand.IntN(60)*c.rand.IntN(60)
	id, err := add(ctx, b, values{
		"name": name, "industry": industry, "status": c.pick([]string{"customer", "customer", "prospect", "former"}),
		"country": place.country, "city": place.city, "employees": size, "annual_revenue": size * (90 + c.rand.IntN(120)) * 1000,
		"founded_year": 1950 + c.rand.IntN(70), "website": "https://" + slug(name) + ".example", "owner_id": owner,
	})
	c.accounts = append(c.accounts, account{id, owner, name})
	return err
}

func slug(name string) string { return strings.ReplaceAll(strings.ToLower(name), " ", "-") }

func (c *company) fillContacts(ctx context.Context, b *lens.Batch) error {
	c.contacts = map[remit.ID][]remit.ID{}
	for _, a := range c.accounts {
		for range 1 + c.rand.IntN(4) {
			name := c.name()
			id, err := add(ctx, b, values{
				"name": name, "email": strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@" + slug(a.name) + ".example",
				"phone": fmt.Sprintf("+1 555 01%02d", c.rand.IntN(100)), "title": c.pick(jobTitles), "account_id": a.id,
				"owner_id": a.owner, "marketing_consent": c.rand.IntN(3) > 0,
			})
			if err != nil {
				return err
			}
			c.contacts[a.id] = append(c.contacts[a.id], id)
		}
	}
	return nil
}

func (c *company) fillLeads(ctx context.Context, b *lens.Batch) error {
	for range 420 {
		name, industry := c.name(), c.pick(industries)
		firm := c.pick(namesFirst) + " " + c.pick(namesSecond[industry])
		_, err := add(ctx, b, values{
			"name": name, "company": firm, "email": strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@" + slug(firm) + ".example",
			"source": c.pick([]string{"web", "web", "referral", "event", "outbound", "partner"}),
			"stage":  c.pick([]string{"new", "new", "working", "working", "qualified", "unqualified", "converted"}),
			"score":  c.rand.IntN(101), "estimated_value": (1 + c.rand.IntN(60)) * 500, "industry": c.sometimes(industry),
			"owner_id": c.owners[c.rand.IntN(len(c.owners))],
		})
		if err != nil {
			return err
		}
	}
	return c.plantLeads(ctx, b)
}

// sometimes leaves a value out, as people do.
func (c *company) sometimes(v string) any {
	if c.rand.IntN(4) == 0 {
		return nil
	}
	return v
}
