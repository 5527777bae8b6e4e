package policies

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
)

// MostPeople bounds how many people one diff looks at.
const MostPeople = 500

// Diff is what a new policy would change, and for whom.
type Diff struct {
	Changes []policy.Change `json:"changes" nullable:"false"`
	Impacts []Impact        `json:"impacts" nullable:"false" doc:"Who would see more, less or other; those who would not are left out."`
	People  int             `json:"people" doc:"How many active people were looked at."`
	More    bool            `json:"more" doc:"There are more people: go on with next."`
	Next    remit.ID        `json:"next,omitempty" doc:"What to send as after, to go on with the people behind."`
}

// Impact is what the new policy would change for one person, or for an AI that
// works for the person, and one collection.
type Impact struct {
	Person     remit.ID      `json:"person"`
	Name       string        `json:"name"`
	AI         bool          `json:"ai,omitempty" doc:"Not what the person may see, but what AI may use for them."`
	Employee   string        `json:"employee,omitempty" doc:"Which AI employee; personal-agent stands for any AI of the person's own."`
	Collection string        `json:"collection"`
	Counted    bool          `json:"counted" doc:"Whether records were counted: only if asked, and only where you may see them all yourself."`
	Before     int64         `json:"before" doc:"Records in sight; 0 unless counted."`
	After      int64         `json:"after"`
	Fields     []FieldImpact `json:"fields,omitempty" nullable:"false" doc:"Of which more or fewer cells are in sight."`
}

// FieldImpact is what an impact means for one field.
type FieldImpact struct {
	Field  string `json:"field"`
	Known  string `json:"known,omitempty" enum:"gained,lost" doc:"The field itself becomes known, or unknown."`
	Before int64  `json:"before" doc:"Records on which the cell is in sight; 0 unless counted."`
	After  int64  `json:"after"`
}

// DiffOptions say how far a diff goes. The zero value compares the documents and
// what the permits say, for the first people.
type DiffOptions struct {
	Counts bool          // count the records
	After  remit.ID      // of Diff.Next: go on behind this person
	Within time.Duration // how long people may be looked at; 0 is no bound
}

// Diff tells what the policy of the text would change: the documents compared,
// and the records and fields that each person could view before and after,
// counted in the data. Nothing is applied.
func (p *Policies) Diff(ctx context.Context, actor remit.Actor, text []byte) (*Diff, error) {
	standing, err := p.readable(ctx, actor)
	if err != nil {
		return nil, err
	}
	doc, err := policy.Parse(text)
	if err != nil {
		return nil, err
	}
	return p.diff(ctx, standing, doc, DiffOptions{Counts: true})
}

// DiffDocument is Diff for a document, as far as the options say.
func (p *Policies) DiffDocument(ctx context.Context, actor remit.Actor, doc *policy.Document, o DiffOptions) (*Diff, error) {
	standing, err := p.readable(ctx, actor)
	if err != nil {
		return nil, err
	}
	return p.diff(ctx, standing, doc, o)
}

func (p *Policies) diff(ctx context.Context, standing *access.Standing, doc *policy.Document, o DiffOptions) (*Diff, error) {
	updated, err := p.compileDocument(ctx, standing, doc)
	if err != nil {
		return nil, err
	}
	d := &Diff{Changes: policy.Compare(standing.Policy.Document(), updated.Document()), Impacts: []Impact{}}
	if len(d.Changes) == 0 {
		d.Changes = []policy.Change{}
		return d, nil
	}
	return d, p.impacts(ctx, d, standing, updated, o)
}

// impacts looks at one person after the other until the time is up.
func (p *Policies) impacts(ctx context.Context, d *Diff, standing *access.Standing, updated *policy.Policy, o DiffOptions) error {
	c, err := p.newComparison(standing, updated, d.Changes, o.Counts)
	if err != nil {
		return err
	}
	people, err := p.people.People(ctx, o.After, MostPeople+1)
	if err != nil {
		return err
	}
	started := p.now()
	for i, profile := range people {
		if i == MostPeople || (i > 0 && o.Within > 0 && p.now().Sub(started) > o.Within) {
			d.More, d.Next = true, people[i-1].ID
			return nil
		}
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
	by           *access.Standing
	old, updated *policy.Policy
	before       Counter
	after        Counter
	now          time.Time
	employees    []string // whose sight may change; "" is the person
	countable    map[*remit.Collection]bool
}

func (p *Policies) newComparison(by *access.Standing, updated *policy.Policy, changes []policy.Change, counts bool) (*comparison, error) {
	c := &comparison{
		by: by, old: by.Policy, updated: updated, now: p.now(),
		employees: concerned(changes), countable: map[*remit.Collection]bool{},
	}
	for _, collection := range c.old.Model().Collections {
		c.countable[collection] = counts && seesAll(by, collection, c.now)
	}
	var err error
	if c.before, err = p.simulate(c.old); err != nil {
		return nil, err
	}
	c.after, err = p.simulate(updated)
	return c, err
}

// concerned returns the AI employees that the changes name, behind the person and
// the personal agent, which stands for all others.
func concerned(changes []policy.Change) []string {
	employees := []string{"", remit.PersonalAgent}
	for _, change := range changes {
		for _, e := range change.Employees {
			if change.Noun == "AI employee" && !slices.Contains(employees, e) {
				employees = append(employees, e)
			}
		}
	}
	return employees
}

// seesAll reports whether every cell of the collection is in the actor's own
// sight. Only then does a count tell nothing that is hidden from the actor.
func seesAll(by *access.Standing, c *remit.Collection, now time.Time) bool {
	permit := by.Policy.Permit(policy.Subject{Roles: by.User.Roles}, c.Source, c.Name, policy.View, now)
	return permit.LastDays == 0 && slices.ContainsFunc(permit.Branches, func(b policy.Branch) bool {
		return b.Scope.IsAll() && !slices.Contains(b.Fields, false)
	})
}

// person compares what the person sees, and what AI sees for them.
func (c *comparison) person(ctx context.Context, person *directory.Person) ([]Impact, error) {
	var impacts []Impact
	for _, employee := range c.employees {
		subject := subjectOf(person, employee, "", c.now)
		for _, collection := range c.old.Model().Collections {
			old := c.old.Permit(subject, collection.Source, collection.Name, policy.View, c.now)
			updated := c.updated.Permit(subject, collection.Source, collection.Name, policy.View, c.now)
			if samePermit(old, updated) {
				continue
			}
			impact := Impact{
				Person: person.User.ID, Name: person.User.Name, AI: employee != "", Employee: employee, Collection: collection.Name,
				Counted: c.countable[collection],
			}
			if err := c.measure(ctx, &impact, collection, old, updated); err != nil {
				return nil, err
			}
			impacts = append(impacts, impact)
		}
	}
	return impacts, nil
}

// as returns the actor who counts what the person, or the AI employee for them,
// sees: in the audit log beside whoever asked. It is no view of the person, which
// is for the eyes of one who looks.
func (c *comparison) as(person remit.ID, employee string) remit.Actor {
	as := remit.Actor{Person: person, Employee: employee, Channel: c.by.Actor.Channel, Operator: c.by.Actor.Operator, Request: c.by.Actor.Request}
	if as.Channel != remit.ChannelCLI {
		as.Channel, as.Operator = remit.ChannelAPI, string(c.by.User.ID)
	}
	return as
}

// measure fills in what the impact means.
func (c *comparison) measure(ctx context.Context, impact *Impact, collection *remit.Collection, old, updated *policy.Permit) error {
	var before, after lens.Sight
	if impact.Counted {
		as := c.as(impact.Person, impact.Employee)
		var err error
		if before, err = c.before.Sight(ctx, as, collection.Source, collection.Name); err != nil {
			return err
		}
		if after, err = c.after.Sight(ctx, as, collection.Source, collection.Name); err != nil {
			return err
		}
	}
	impact.Before, impact.After = before.Records, after.Records
	for i := range collection.Fields {
		name := collection.Fields[i].Name
		field := FieldImpact{Field: name, Before: before.Cells[name], After: after.Cells[name]}
		switch {
		case updated.Knows(i) && !old.Knows(i):
			field.Known = "gained"
		case old.Knows(i) && !updated.Knows(i):
			field.Known = "lost"
		case field.Before == field.After:
			continue
		}
		impact.Fields = append(impact.Fields, field)
	}
	return nil
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
