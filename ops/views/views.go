// Package views holds the use cases over saved views: what of a collection people
// keep to look at again, for themselves or for others.
//
// A view is shown to a reader as the lens fits it: columns that the reader does not
// know are dropped, and one whose filter, order or grouping names an unknown field or
// a hidden record is unusable, with a note that names neither. Who owns a view changes
// and deletes it; shared ones also whoever may manage the policy.
package views

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/data/savedviews"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
)

// Store keeps views. *savedviews.Store is one.
type Store interface {
	Of(ctx context.Context, person remit.ID, collection string) ([]savedviews.View, error)
	Get(ctx context.Context, id remit.ID) (*savedviews.View, error)
	Create(ctx context.Context, by remit.Actor, v savedviews.View) (remit.ID, error)
	Update(ctx context.Context, by remit.Actor, v savedviews.View) error
	Delete(ctx context.Context, by remit.Actor, v savedviews.View) error
	Default(ctx context.Context, person remit.ID, collection string) (remit.ID, error)
	SetDefault(ctx context.Context, by remit.Actor, v savedviews.View, on bool) error
}

// Lens fits views to their readers. *lens.Lens does.
type Lens interface {
	Check(ctx context.Context, actor remit.Actor, collection string, shape lens.ViewShape) error
	Fits(ctx context.Context, actor remit.Actor, collection string, shapes []lens.ViewShape) ([]lens.Fit, error)
	Names(ctx context.Context, actor remit.Actor, people []remit.ID) (map[string]remit.Value, error)
}

// Resolver says who an actor is. *access.Access does.
type Resolver interface {
	Resolve(ctx context.Context, actor remit.Actor) (*access.Standing, error)
}

// Views carries out the use cases.
type Views struct {
	store Store
	lens  Lens
	who   Resolver
}

// New returns the use cases over the stores.
func New(s Store, l Lens, r Resolver) *Views { return &Views{s, l, r} }

// View is a saved view as its reader may see it.
type View struct {
	ID         remit.ID `json:"id"`
	Name       string   `json:"name"`
	Collection string   `json:"collection"`
	Kind       string   `json:"kind" enum:"table,board,calendar"`
	lens.ViewShape
	Shared   string            `json:"shared" enum:"private,everyone,roles"`
	Roles    []string          `json:"roles,omitempty" nullable:"false" doc:"With whom it is shared; only for who may change it."`
	Owner    *lens.NamedPerson `json:"owner,omitempty" doc:"Absent where you may not see them."`
	Mine     bool              `json:"mine"`
	Editable bool              `json:"editable" doc:"You may change and delete it."`
	Default  bool              `json:"default" doc:"It is what you see first of the collection."`
	Usable   bool              `json:"usable" doc:"If not, filter, sort and the rest are left out: they name something that you may not see."`
	Withheld []string          `json:"withheld,omitempty" nullable:"false" enum:"filter,sort,group,date_field,sum_field" doc:"The parts of an unusable view that name it."`
	Note     string            `json:"note,omitempty" doc:"Why the view is unusable, and what to do."`
}

// person resolves the actor, who must be no AI.
func (v *Views) person(ctx context.Context, actor remit.Actor) (*access.Standing, error) {
	if actor.AI() {
		return nil, remit.Errorf(remit.KindDenied, "saved views are for people: an AI employee may not use them")
	}
	return v.who.Resolve(ctx, actor)
}

// writer is person for changes, which whoever views as somebody else may not make.
func (v *Views) writer(ctx context.Context, actor remit.Actor) (*access.Standing, error) {
	if actor.Viewing() {
		return nil, remit.Errorf(remit.KindDenied, "you are viewing as somebody else: nothing can be changed")
	}
	return v.person(ctx, actor)
}

// List returns the views of a collection that the actor may use: their own and those
// shared with them, by name. Whoever views as somebody sees the shared ones only.
func (v *Views) List(ctx context.Context, actor remit.Actor, collection string) ([]View, error) {
	standing, err := v.person(ctx, actor)
	if err != nil {
		return nil, err
	}
	all, err := v.store.Of(ctx, actor.Person, collection)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(one savedviews.View) bool { return !reads(standing, one) })
	return v.shown(ctx, standing, collection, all)
}

// reads reports whether the view is the person's or shared with them.
func reads(s *access.Standing, v savedviews.View) bool {
	switch {
	case v.Shared == savedviews.Private:
		return v.Owner == s.User.ID && !s.Actor.Viewing()
	case v.Owner == s.User.ID, v.Shared == savedviews.Everyone, manages(s):
		return true
	}
	return slices.ContainsFunc(v.Roles, func(role string) bool { return slices.Contains(s.User.Roles, role) })
}

func manages(s *access.Standing) bool { return s.Policy.Can(s.User.Roles, policy.ManagePolicy) }

func edits(s *access.Standing, v savedviews.View) bool {
	return !s.Actor.Viewing() && (v.Owner == s.User.ID || (v.Shared != savedviews.Private && manages(s)))
}

// shown fits views of one collection to the actor.
func (v *Views) shown(ctx context.Context, s *access.Standing, collection string, all []savedviews.View) ([]View, error) {
	shapes, owners := make([]lens.ViewShape, len(all)), make([]remit.ID, len(all))
	for i, one := range all {
		shapes[i], owners[i] = one.Shape, one.Owner
	}
	fits, err := v.lens.Fits(ctx, s.Actor, collection, shapes)
	if err != nil {
		return nil, err
	}
	names, err := v.lens.Names(ctx, s.Actor, owners)
	if err != nil {
		return nil, err
	}
	first, err := v.store.Default(ctx, s.User.ID, collection)
	if err != nil {
		return nil, err
	}
	shown := make([]View, len(all))
	for i, one := range all {
		shown[i] = show(s, one, fits[i])
		shown[i].Default = one.ID == first
		if name, seen := names[string(one.Owner)]; seen {
			shown[i].Owner = &lens.NamedPerson{ID: one.Owner, Name: name}
		}
	}
	return shown, nil
}

func show(s *access.Standing, v savedviews.View, fit lens.Fit) View {
	shown := View{
		ID: v.ID, Name: v.Name, Collection: v.Collection, Kind: v.Kind, ViewShape: fit.Shape, Shared: v.Shared,
		Mine: v.Owner == s.User.ID, Editable: edits(s, v), Usable: fit.Usable(), Withheld: fit.Withheld,
	}
	if shown.Editable {
		shown.Roles = v.Roles
	}
	if !fit.Usable() {
		shown.Note = noteOn(fit.Withheld, shown.Editable)
	}
	return shown
}

// noteOn says why a view is unusable and what to do, without naming what is hidden.
func noteOn(parts []string, editable bool) string {
	do := "Ask whoever shared it for one that you can use, ask for access, or save a view of your own."
	if editable {
		do = "Save it anew with what you may see, ask for access, or delete it."
	}
	return fmt.Sprintf("This view cannot be used: its %s names something that you may not see, or that is gone. %s", strings.Join(parts, " and its "), do)
}

// find returns a view that the actor may use. One of a collection that is unknown to
// the actor is none.
func (v *Views) find(ctx context.Context, s *access.Standing, id remit.ID) (*savedviews.View, *View, error) {
	gone := remit.Errorf(remit.KindNotFound, "there is no such view that you may use")
	found, err := v.store.Get(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if found == nil || !reads(s, *found) {
		return nil, nil, gone
	}
	shown, err := v.shown(ctx, s, found.Collection, []savedviews.View{*found})
	if err != nil && remit.KindOf(err) == remit.KindNotFound {
		return nil, nil, gone
	}
	if err != nil {
		return nil, nil, err
	}
	return found, &shown[0], nil
}

// Delete removes a view of the actor's, or a shared one for whoever may manage the
// policy.
func (v *Views) Delete(ctx context.Context, actor remit.Actor, id remit.ID) error {
	standing, err := v.writer(ctx, actor)
	if err != nil {
		return err
	}
	found, shown, err := v.find(ctx, standing, id)
	if err != nil {
		return err
	}
	if !shown.Editable {
		return notYours()
	}
	return v.store.Delete(ctx, actor, *found)
}

func notYours() error {
	return remit.Errorf(remit.KindDenied, "this view is somebody else's: save one of your own instead")
}
