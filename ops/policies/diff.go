package policies

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/policy"
)

// MostPeople bounds how many people a diff counts records for.
const MostPeople = 500

// Diff is what a new policy would change, and for whom.
type Diff struct {
	Changes []policy.Change `json:"changes"`
	Impacts []Impact        `json:"impacts"` // who would see more, less or other; those who would not are left out
	People  int             `json:"people"`  // how many were looked at
	More    bool            `json:"more"`    // there are more than MostPeople
}

// Impact is what the new policy would change for one person, or for the AI of one
// person, and one collection.
type Impact struct {
	Person     remit.ID      `json:"person"`
	Name       string        `json:"name"`
	AI         bool          `json:"ai,omitempty"` // not what the person may see, but what AI may use for them
	Collection string        `json:"collection"`
	Before     int64         `json:"before"` // records in sight
	After      int64         `json:"after"`
	Fields     []FieldImpact `json:"fields,omitempty"` // those of which more or fewer cells are in sight
}

// FieldImpact is what an impact means for one field.
type FieldImpact struct {
	Field  string `json:"field"`
	Known  string `json:"known,omitempty"` // "gained" or "lost": the field itself becomes known, or unknown
	Before int64  `json:"before"`          // records on which the cell is in sight
	After  int64  `json:"after"`
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

// person compares what the person sees, and what AI sees for them.
func (c *comparison) person(ctx context.Context, person *directory.Person) ([]Impact, error) {
	var impacts []Impact
	for _, channel := range []remit.Channel{remit.ChannelCLI, remit.ChannelMCP} {
		as := remit.Actor{Person: person.User.ID, Channel: channel, Operator: c.by.Operator, Request: c.by.Request}
		subject := subjectOf(person, as.EmployeeKey(), "", c.now)
		for _, collection := range c.old.Model().Collections {
			old := c.old.Permit(subject, collection.Source, collection.Name, policy.View, c.now)
			updated := c.updated.Permit(subject, collection.Source, collection.Name, policy.View, c.now)
			if samePermit(old, updated) {
				continue
			}
			impact, err := c.compare(ctx, as, collection)
			if err != nil {
				return nil, err
			}
			impact.Name, impact.AI = person.User.Name, as.AI()
			impacts = append(impacts, impact)
		}
	}
	return impacts, nil
}

// compare counts, in the data, what the actor sees of the collection under both
// policies.
func (c *comparison) compare(ctx context.Context, as remit.Actor, collection *remit.Collection) (Impact, error) {
	before, err := c.before.Sight(ctx, as, collection.Source, collection.Name)
	if err != nil {
		return Impact{}, err
	}
	after, err := c.after.Sight(ctx, as, collection.Source, collection.Name)
	if err != nil {
		return Impact{}, err
	}
	impact := Impact{Person: as.Person, Collection: collection.Name, Before: before.Records, After: after.Records}
	for _, f := range collection.Fields {
		b, knownBefore := before.Cells[f.Name]
		a, knownAfter := after.Cells[f.Name]
		field := FieldImpact{Field: f.Name, Before: b, After: a}
		switch {
		case knownAfter && !knownBefore:
			field.Known = "gained"
		case knownBefore && !knownAfter:
			field.Known = "lost"
		case b == a:
			continue
		}
		impact.Fields = append(impact.Fields, field)
	}
	return impact, nil
}

// samePermit reports whether two permits show the same cells by their scopes and
// fields, so that nothing needs to be counted.
func samePermit(one, other *policy.Permit) bool {
	keys := func(p *policy.Permit) []string {
		var all []string
		for _, b := range p.Branches {
			all = append(all, fmt.Sprint(b.Scope.Key(), b.Fields))
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	return one.LastDays == other.LastDays && slices.Equal(keys(one), keys(other))
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
