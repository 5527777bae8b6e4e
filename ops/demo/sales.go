package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/remit-crm/remit/data/lens"
)

// stages say how common each stage is, and how probable a deal in it is.
var stages = []struct {
	name        string
	probability int
}{
	{"prospecting", 10},
	{"engaging", 25},
	{"proposal", 50},
	{"negotiation", 75},
	{"won", 100},
	{"won", 100},
	{"won", 100},
	{"won", 100},
	{"lost", 0},
	{"lost", 0},
	{"lost", 0},
}

func (c *company) fillDeals(ctx context.Context, b *lens.Batch) error {
	c.deals = nil
	for i := range 1300 {
		a := c.accounts[c.rand.IntN(len(c.accounts))]
		if err := c.addDeal(ctx, b, a, i); err != nil {
			return err
		}
	}
	return c.plantDeals(ctx, b)
}

func (c *company) addDeal(ctx context.Context, b *lens.Batch, a account, n int) error {
	stage := stages[c.rand.IntN(len(stages))]
	product := c.rand.IntN(len(goods))
	amount := goods[product].price * (1 + c.rand.IntN(4))
	closes := c.day(7 + c.rand.IntN(150))
	v := values{
		"name": fmt.Sprintf("%s for %s", goods[product].name, a.name), "account_id": a.id, "product_id": c.products[product],
		"stage": stage.name, "amount": amount, "probability": stage.probability, "owner_id": a.owner,
		"source": c.pick(sources(stage.name)), "external_ref": fmt.Sprintf("D-%05d", n+1),
	}
	switch stage.name {
	case "won", "lost":
		closes = c.day(-1 - c.rand.IntN(720))
		if stage.name == "lost" {
			v["loss_reason"] = c.pick(lossReasons)
		} else if c.rand.IntN(3) == 0 {
			v["discount"] = float64(1+c.rand.IntN(15)) / 100
		}
	default:
		v["next_step"] = c.sometimes(c.pick(nextSteps))
	}
	v["close_date"] = date(closes)
	v["engage_date"] = date(closes.AddDate(0, 0, -c.courtship(stage.name)))
	if known := c.contacts[a.id]; len(known) > 0 {
		v["contact_id"] = known[c.rand.IntN(len(known))]
	}
	id, err := add(ctx, b, v)
	c.deals = append(c.deals, deal{a, id, stage.name, amount, closes})
	return err
}

// Outcomes hang on something, so that there is something to predict them by: who was
// recommended buys more often than who came by the web form, and what drags on is
// lost.
func sources(stage string) []string {
	switch stage {
	case "won":
		return []string{"referral", "referral", "referral", "partner", "partner", "event", "web", "outbound"}
	case "lost":
		return []string{"referral", "partner", "event", "web", "web", "web", "outbound", "outbound"}
	}
	return []string{"web", "referral", "event", "outbound", "partner"}
}

// courtship is how many days a deal takes, or is planned to take.
func (c *company) courtship(stage string) int {
	switch stage {
	case "won":
		return 25 + c.rand.IntN(105)
	case "lost":
		return 40 + c.rand.IntN(130)
	}
	return 30 + c.rand.IntN(120)
}

func (c *company) fillActivities(ctx context.Context, b *lens.Batch) error {
	for range 1400 {
		d := c.deals[c.rand.IntN(len(c.deals))]
		kind := c.pick([]string{"call", "call", "email", "email", "meeting", "task", "note"})
		due := c.day(-c.rand.IntN(200) + 30).Add(time.Duration(8+c.rand.IntN(10)) * time.Hour)
		v := values{
			"subject": c.pick(subjects[kind]), "kind": kind, "status": "open", "due_at": instant(due),
			"account_id": d.account.id, "opportunity_id": d.id, "owner_id": d.account.owner,
		}
		if due.Before(c.today) {
			v["status"], v["done_at"] = "done", instant(due.Add(time.Hour))
		}
		if _, err := add(ctx, b, v); err != nil {
			return err
		}
	}
	return c.plantActivities(ctx, b)
}

func (c *company) fillQuotes(ctx context.Context, b *lens.Batch) error {
	n := 0
	for _, d := range c.deals {
		status := map[string]string{"proposal": "sent", "negotiation": "sent", "won": "accepted", "lost": "rejected"}[d.stage]
		if status == "" || c.rand.IntN(5) > 2 {
			continue
		}
		n++
		_, err := add(ctx, b, values{
			"number": fmt.Sprintf("Q-%04d", n), "opportunity_id": d.id, "account_id": d.account.id, "status": status, "total": d.amount,
			"issued_on": date(d.close.AddDate(0, 0, -20)), "valid_until": date(d.close.AddDate(0, 0, 10)), "owner_id": d.account.owner,
		})
		if err != nil {
			return err
		}
	}
	return c.plantQuotes(ctx, b)
}

func (c *company) fillOrders(ctx context.Context, b *lens.Batch) error {
	n := 0
	for _, d := range c.deals {
		if d.stage != "won" {
			continue
		}
		n++
		age := int(c.today.Sub(d.close).Hours() / 24)
		v := values{
			"number": fmt.Sprintf("O-%04d", n), "opportunity_id": d.id, "account_id": d.account.id, "total": d.amount,
			"ordered_on": date(d.close), "owner_id": d.account.owner, "status": "open",
		}
		switch {
		case age > 90:
			v["status"], v["paid_on"] = "paid", date(d.close.AddDate(0, 0, 30+c.rand.IntN(50)))
		case age > 45:
			v["status"] = "invoiced"
		case age > 20:
			v["status"] = "shipped"
		}
		if _, err := add(ctx, b, v); err != nil {
			return err
		}
	}
	return nil
}
