package views

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/savedviews"
	"github.com/remit-crm/remit/ops/access"
)

// Create saves a view of the actor's own and returns it.
func (v *Views) Create(ctx context.Context, actor remit.Actor, collection string, d Draft) (*View, error) {
	standing, err := v.writer(ctx, actor)
	if err != nil {
		return nil, err
	}
	saved := savedviews.View{Owner: standing.User.ID, Collection: collection, Kind: "table", Shared: savedviews.Private}
	d.apply(&saved)
	if err := check(standing, saved, nil); err != nil {
		return nil, err
	}
	if err := v.lens.Check(ctx, actor, collection, saved.Shape); err != nil {
		return nil, err
	}
	if saved.ID, err = v.store.Create(ctx, actor, saved); err != nil {
		return nil, err
	}
	return v.finish(ctx, standing, saved, d)
}

// Update changes what the draft names of a view and returns it. Whoever may use a
// view may make it their default; the rest is for who may change it. An editor who
// sees less than the whole of a shape and changes it, saves what they see.
func (v *Views) Update(ctx context.Context, actor remit.Actor, id remit.ID, d Draft) (*View, error) {
	standing, err := v.writer(ctx, actor)
	if err != nil {
		return nil, err
	}
	found, shown, err := v.find(ctx, standing, id)
	if err != nil {
		return nil, err
	}
	if d.changes() {
		if !shown.Editable {
			return nil, notYours()
		}
		if d.shapes() {
			found.Shape = shown.ViewShape
		}
		had := found.Roles
		d.apply(found)
		if err := v.change(ctx, standing, *found, had, d); err != nil {
			return nil, err
		}
	}
	return v.finish(ctx, standing, *found, d)
}

func (v *Views) change(ctx context.Context, s *access.Standing, changed savedviews.View, had []string, d Draft) error {
	if err := check(s, changed, had); err != nil {
		return err
	}
	if d.shapes() {
		if err := v.lens.Check(ctx, s.Actor, changed.Collection, changed.Shape); err != nil {
			return err
		}
	}
	return v.store.Update(ctx, s.Actor, changed)
}

// finish makes the view the default if the draft says so, and reads it back.
func (v *Views) finish(ctx context.Context, s *access.Standing, saved savedviews.View, d Draft) (*View, error) {
	if d.Default != nil {
		if err := v.store.SetDefault(ctx, s.Actor, saved, *d.Default); err != nil {
			return nil, err
		}
	}
	_, shown, err := v.find(ctx, s, saved.ID)
	return shown, err
}

const maxName = 100

// check refuses what no view can be. Roles that the view had stay as they are.
func check(s *access.Standing, saved savedviews.View, had []string) error {
	switch n := utf8.RuneCountInString(saved.Name); {
	case strings.TrimSpace(saved.Name) == "":
		return remit.FieldErrorf("name", "a view needs a name")
	case n > maxName || strings.ContainsFunc(saved.Name, unicode.IsControl):
		return remit.FieldErrorf("name", "must be a line of at most %d characters", maxName)
	case !slices.Contains([]string{"table", "board", "calendar"}, saved.Kind):
		return remit.FieldErrorf("kind", "must be table, board or calendar")
	case !slices.Contains([]string{savedviews.Private, savedviews.Everyone, savedviews.Roles}, saved.Shared):
		return remit.FieldErrorf("shared", "must be private, everyone or roles")
	case saved.Shared == savedviews.Roles && len(saved.Roles) == 0:
		return remit.FieldErrorf("roles", "name the roles that the view is shared with")
	case saved.Shared != savedviews.Roles && len(saved.Roles) > 0:
		return remit.FieldErrorf("roles", `roles are for a view whose shared is "roles"`)
	case saved.Kind == "board" && saved.Shape.Group == "":
		return remit.FieldErrorf("group", "a board needs the field whose values are its columns")
	case saved.Kind == "calendar" && saved.Shape.Date == "":
		return remit.FieldErrorf("date_field", "a calendar needs the field by which records lie on it")
	}
	if err := checkRoles(s, saved.Roles, had); err != nil {
		return err
	}
	return saved.Shape.CheckBounds()
}
