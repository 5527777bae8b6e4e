// Package templates holds the use cases over the reviewed templates of company-wide
// figures (Overall Analytics): writing, reviewing and publishing them, and being told
// their figures.
//
// What is told is the same for everybody who has the tool: the figures of a question
// are made once a day, of groups that are large enough (package disclosure), and kept.
// Before somebody is told more, what they were told before is looked at with it, so
// that no small group of records is determined by all of it together.
package templates

import (
	"context"
	"fmt"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/analytics"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/lens"
	store "github.com/remit-crm/remit/data/templates"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
)

// Store keeps templates and figures. *templates.Store of package data is one.
type Store interface {
	All(ctx context.Context) ([]store.Version, error)
	Of(ctx context.Context, name string) ([]store.Version, error)
	InForce(ctx context.Context, collection string) ([]store.Version, error)
	Published(ctx context.Context, name string) (*store.Version, error)
	Write(ctx context.Context, by remit.Actor, t analytics.Template) (int64, error)
	Review(ctx context.Context, by remit.Actor, name string, r store.Review) error
	Publish(ctx context.Context, by remit.Actor, name string, version int64) error
	Withdraw(ctx context.Context, by remit.Actor, name, why string) error
	Latest(ctx context.Context, question string) (*store.Figures, error)
	SeenBy(ctx context.Context, person remit.ID, collection string, since time.Time) (*store.Seen, error)
	Tell(ctx context.Context, person remit.ID, collection string, seen *store.Seen, f store.Figures) error
	Moving() []byte
}

// Lens reads what is company-wide and keeps the audit log. *lens.Lens does.
type Lens interface {
	ReadCompany(ctx context.Context, actor remit.Actor, operation, collection string, input, details map[string]any, do func(context.Context, lens.Company) error) error
	Note(ctx context.Context, actor remit.Actor, operation string, details map[string]any) error
}

// People tells who somebody is now. *directory.Directory does.
type People interface {
	Person(ctx context.Context, id remit.ID) (*directory.Person, error)
}

// Resolver says who an actor is. *access.Access does.
type Resolver interface {
	Resolve(ctx context.Context, actor remit.Actor) (*access.Standing, error)
	Require(ctx context.Context, actor remit.Actor, capability string) (*access.Standing, error)
}

// Templates carries out the use cases.
type Templates struct {
	store  Store
	lens   Lens
	people People
	who    Resolver
	now    func() time.Time
}

// New returns the use cases over the stores. Reviews lapse by the clock.
func New(s Store, l Lens, p People, r Resolver, clock func() time.Time) *Templates {
	return &Templates{s, l, p, r, clock}
}

// Offer is a template in force as its callers see it.
type Offer struct {
	Name        string                `json:"name"`
	Title       string                `json:"title"`
	Collection  string                `json:"collection"`
	Description string                `json:"description"`
	Parameters  []analytics.Parameter `json:"parameters" nullable:"false"`
	Chart       *analytics.Chart      `json:"chart,omitempty"`
	Version     int64                 `json:"version"`
	ReviewedBy  string                `json:"reviewed_by"`
	ReviewedAt  time.Time             `json:"reviewed_at"`
	ReviewUntil time.Time             `json:"review_until"`
}

// OpList is the operation under which the audit log has who asked what there is.
const OpList = "template.list"

// List returns the templates in force that the actor may ask: of one collection, or of
// all for "". The error is [remit.KindDenied] for whoever may ask none.
func (t *Templates) List(ctx context.Context, actor remit.Actor, collection string) ([]Offer, error) {
	standing, err := t.caller(ctx, actor, collection, "")
	if err != nil {
		return nil, err
	}
	if err := t.lens.Note(ctx, actor, OpList, map[string]any{"collection": collection}); err != nil {
		return nil, err
	}
	all, err := t.store.InForce(ctx, collection)
	if err != nil {
		return nil, err
	}
	offers := []Offer{}
	for i := range all {
		v := &all[i]
		if !granted(standing, v.Collection, v.Name) {
			continue
		}
		notice, err := t.stops(ctx, v, standing)
		if err != nil {
			return nil, err
		}
		if notice != "" {
			continue
		}
		o, err := t.offer(ctx, v)
		if err != nil {
			return nil, err
		}
		offers = append(offers, o)
	}
	return offers, nil
}

func (t *Templates) offer(ctx context.Context, v *store.Version) (Offer, error) {
	o := Offer{
		Name: v.Name, Title: v.Title, Collection: v.Collection, Description: v.Description, Parameters: v.Parameters,
		Chart: v.Chart, Version: v.Version, ReviewedAt: v.ReviewedAt, ReviewUntil: v.ReviewUntil,
	}
	if o.Parameters == nil {
		o.Parameters = []analytics.Parameter{}
	}
	var err error
	o.ReviewedBy, err = t.reviewer(ctx, v)
	return o, err
}

// reviewer names who answers for a version.
func (t *Templates) reviewer(ctx context.Context, v *store.Version) (string, error) {
	if v.Shipped {
		return "Remit, as shipped", nil
	}
	p, err := t.people.Person(ctx, v.Reviewer)
	if err != nil {
		return "", err
	}
	return p.User.Name, nil
}

// caller resolves who asks for company-wide figures, and refuses whom the tool is not
// granted.
func (t *Templates) caller(ctx context.Context, actor remit.Actor, collection, template string) (*access.Standing, error) {
	if actor.Viewing() { // what is told counts for whom it is told
		return nil, remit.Errorf(remit.KindDenied, "you are viewing as somebody else: company-wide figures are not part of the view")
	}
	standing, err := t.who.Resolve(ctx, actor)
	if err != nil {
		return nil, err
	}
	if !granted(standing, collection, template) {
		e := remit.Errorf(remit.KindDenied, "company-wide figures are not available to you")
		e.Hint = "an administrator grants them by a role that has the tool " + policy.OverallAnalytics
		return nil, e
	}
	return standing, nil
}

func granted(s *access.Standing, collection, template string) bool {
	ok, _ := s.Policy.MayCallTool(s.User, s.Actor.EmployeeKey(), s.Actor.Task, policy.OverallAnalytics, toolInput(collection, template), s.Now)
	return ok
}

// toolInput is what conditions on the tool may look at.
func toolInput(collection, template string) map[string]any {
	return map[string]any{"collection_name": collection, "template": template}
}

// stops says why a version that is in force may not be asked now, "" if it may. One
// that no longer fits the data model is withdrawn, with that as its notice.
func (t *Templates) stops(ctx context.Context, v *store.Version, s *access.Standing) (string, error) {
	if v.Template.Digest() != v.Digest || v.ReviewOf != v.Digest {
		return "its review is of another text", nil
	}
	if !v.ReviewUntil.After(t.now()) {
		return "its review lapsed on " + v.ReviewUntil.Format(remit.DateLayout), nil
	}
	if err := v.Check(s.Policy.Model()); err != nil {
		why := "it no longer fits the data model: " + remit.PublicText(err)
		err := t.store.Withdraw(ctx, data.Operator("remit"), v.Name, why)
		if err != nil && remit.KindOf(err) != remit.KindNotFound { // another request did it
			return "", err
		}
		return why, nil
	}
	if v.Shipped {
		return "", nil
	}
	for _, who := range []struct {
		person     remit.ID
		capability string
		did        string
	}{{v.Author, policy.WriteTemplates, "wrote"}, {v.Reviewer, policy.ReviewTemplates, "reviewed"}} {
		able, err := t.able(ctx, who.person, who.capability, s)
		if err != nil || !able {
			return fmt.Sprintf("whoever %s it may no longer do so", who.did), err
		}
	}
	return "", nil
}

// able reports whether a person has the capability now.
func (t *Templates) able(ctx context.Context, id remit.ID, capability string, s *access.Standing) (bool, error) {
	p, err := t.people.Person(ctx, id)
	if err != nil {
		if remit.KindOf(err) == remit.KindNotFound {
			return false, nil
		}
		return false, err
	}
	user, _ := p.At(s.Now)
	return p.Active && s.Policy.Can(user.Roles, capability), nil
}
