package policies

import (
	"context"
	"slices"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/policy"
)

// MostPeople bounds how many people a diff counts records for.
const MostPeople = 500

// Diff is what a new policy would change, and for whom.
type Diff struct {
	Changes []policy.Change `json:"changes"`
	Impacts []Impact        `json:"impacts"` // people who would see another number of records; those who would not are left out
	People  int             `json:"people"`  // how many were looked at
	More    bool            `json:"more"`    // there are more than MostPeople
}

// Impact is what the new policy would change for one person and one collection.
type Impact struct {
	Person     remit.ID `json:"person"`
	Name       string   `json:"name"`
	Collection string   `json:"collection"`
	Before     int64    `json:"before"` // records that the person may view
	After      int64    `json:"after"`
	Gained     []string `json:"fields_gained,omitempty"`
	Lost       []string `json:"fields_lost,omitempty"`
}

// Diff tells what the policy of the text would change: the documents compared,
// and the records and fields that each person could view before and after,
// counted in the data. Nothing is applied.
func (p *Policies) Diff(ctx context.Context, actor remit.Actor, text []byte) (*Diff, error) {
	standing, err := p.readable(ctx, actor)
	if err != nil {
		return nil, err
	}
	doc, updated, err := p.compile(ctx, standing, text)
	if err != nil {
		return nil, err
	}
	d := &Diff{Changes: policy.Compare(standing.Policy.Document(), doc), Impacts: []Impact{}}
	if len(d.Changes) == 0 {
		d.Changes = []policy.Change{}
		return d, nil
	}
	c, err := p.newComparison(actor, standing.Policy, updated)
	if err != nil {
		return nil, err
	}
	return d, p.impacts(ctx, d, c)
}

func (p *Policies) impacts(ctx context.Context, d *Diff, c *comparison) error {
	people, err := p.people.People(ctx, "", MostPeople+1)
	if err != nil {
		return err
	}
	if d.More = len(people) > MostPeople; d.More {
		people = people[:MostPeople]
	}
	for _, profile := range people {
		if !profile.Active {
			continue
		}
		person, err := p.people.Person(ctx, profile.ID)
		if err != nil {
			return err
		}
		d.People++
		impacts, err := c.person(ctx, person)
		if err != nil {
			return err
		}
		d.Impacts = append(d.Impacts, impacts...)
	}
	return nil
}

// comparison asks two policies about the same people.
type comparison struct {
	by           remit.Actor
	old, updated *policy.Policy
	before       Counter
	after        Counter
	now          time.Time
}

func (p *Policies) newComparison(by remit.Actor, old, updated *policy.Policy) (*comparison, error) {
	before, err := p.simulate(old)
	if err != nil {
		return nil, err
	}
	after, err := p.simulate(updated)
	if err != nil {
		return nil, err
	}
	return &comparison{by, old, updated, before, after, p.now()}, nil
}

func (c *comparison) person(ctx context.Context, person *directory.Person) ([]Impact, error) {
	var impacts []Impact
	subject := subjectOf(person, "", "", c.now)
	for _, collection := range c.old.Model().Collections {
		old := c.old.Permit(subject, collection.Source, collection.Name, policy.View, c.now)
		updated := c.updated.Permit(subject, collection.Source, collection.Name, policy.View, c.now)
		impact := Impact{Person: person.User.ID, Name: person.User.Name, Collection: collection.Name}
		impact.Gained = known(collection, updated, old)
		impact.Lost = known(collection, old, updated)
		if !sameRows(old, updated) {
			var err error
			if impact.Before, err = c.count(ctx, c.before, old, person, collection); err != nil {
				return nil, err
			}
			if impact.After, err = c.count(ctx, c.after, updated, person, collection); err != nil {
				return nil, err
			}
		}
		if impact.Before != impact.After || impact.Gained != nil || impact.Lost != nil {
			impacts = append(impacts, impact)
		}
	}
	return impacts, nil
}

func (c *comparison) count(ctx context.Context, counter Counter, permit *policy.Permit, person *directory.Person, collection *remit.Collection) (int64, error) {
	if !permit.Allowed() {
		return 0, nil
	}
	as := remit.Actor{Person: person.User.ID, Channel: remit.ChannelCLI, Operator: c.by.Operator, Request: c.by.Request}
	return counter.Count(ctx, as, lens.CountQuery{Source: collection.Source, Collection: collection.Name})
}

// known returns the fields that one permit knows and the other does not.
func known(collection *remit.Collection, one, other *policy.Permit) []string {
	var names []string
	for i := range collection.Fields {
		if one.Knows(i) && !other.Knows(i) {
			names = append(names, collection.Fields[i].Name)
		}
	}
	return names
}

// sameRows reports whether two permits allow the same rows by their scopes, so
// that nothing needs to be counted.
func sameRows(one, other *policy.Permit) bool {
	keys := func(p *policy.Permit) []string {
		var all []string
		for _, b := range p.Branches {
			all = append(all, b.Scope.Key())
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	return slices.Equal(keys(one), keys(other))
}

// subjectOf returns the subject that the lens would make of the person.
func subjectOf(person *directory.Person, employee, task string, now time.Time) policy.Subject {
	user, _ := person.At(now)
	slices.Sort(user.Roles)
	return policy.Subject{Roles: user.Roles, AI: employee != "", Employee: employee, Task: task}
}

func unknownCollection(model *remit.Model, source, name string) error {
	var names []string
	for _, c := range model.Collections {
		if source == "" || c.Source == source {
			names = append(names, c.Name)
		}
	}
	e := remit.FieldErrorf("collection", "there is no collection %q", name)
	e.Kind = remit.KindNotFound
	e.Hint = remit.DidYouMean(name, names)
	return e
}
