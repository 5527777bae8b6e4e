package policies

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/policystore"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
)

// FieldChange is what to change of a field; nil leaves a part as it is.
type FieldChange = policystore.FieldChange

// Model is the whole data model, as those see it who manage the policy.
type Model struct {
	Epoch       int64               `json:"epoch"`
	Collections []*remit.Collection `json:"collections" nullable:"false"`
}

// Model returns every collection with every field and its tags.
func (p *Policies) Model(ctx context.Context, actor remit.Actor) (*Model, error) {
	standing, err := p.readable(ctx, actor)
	if err != nil {
		return nil, err
	}
	return &Model{standing.Policy.Epoch, standing.Policy.Model().Collections}, nil
}

// FieldChanged is a field after a change.
type FieldChanged struct {
	Epoch int64       `json:"epoch"`
	Field remit.Field `json:"field"`
}

// ChangeField changes what the data model says of a field. With an epoch other
// than 0 it fails with [remit.KindConflict] if that has passed.
func (p *Policies) ChangeField(ctx context.Context, actor remit.Actor, c policystore.FieldChange, epoch int64) (*FieldChanged, error) {
	standing, err := p.resolver.Require(ctx, actor, policy.ManagePolicy)
	if err != nil {
		return nil, err
	}
	field, err := fieldOf(standing.Policy.Model(), c)
	if err != nil {
		return nil, err
	}
	now, err := p.store.ChangeField(ctx, actor, c, epoch)
	if err != nil {
		return nil, err
	}
	c.Apply(&field)
	return &FieldChanged{now, field}, nil
}

// fieldOf returns a copy of the field that the change is about.
func fieldOf(model *remit.Model, c policystore.FieldChange) (remit.Field, error) {
	collection := model.Collection(c.Source, c.Collection)
	if collection == nil {
		return remit.Field{}, unknownCollection(model, c.Source, c.Collection)
	}
	field := collection.Field(c.Field)
	if field == nil {
		e := remit.FieldErrorf("field", "%s has no field %q", collection.Name, clip(c.Field))
		e.Kind = remit.KindNotFound
		var names []string
		for i := range collection.Fields {
			names = append(names, collection.Fields[i].Name)
		}
		e.Hint = remit.DidYouMean(c.Field, names)
		return remit.Field{}, e
	}
	return *field, nil
}

// DiffModel tells what changes to fields would change, and for whom: lowering a
// sensitivity gives AI more.
func (p *Policies) DiffModel(ctx context.Context, actor remit.Actor, changes []policystore.FieldChange, o DiffOptions) (*Diff, error) {
	standing, err := p.readable(ctx, actor)
	if err != nil {
		return nil, err
	}
	d := &Diff{Changes: []policy.Change{}, Impacts: []Impact{}}
	model, err := d.remodel(standing, changes)
	if err != nil || len(d.Changes) == 0 {
		return d, err
	}
	updated, err := p.compileOver(ctx, standing, standing.Policy.Document(), model)
	if err != nil {
		return nil, err
	}
	return d, p.impacts(ctx, d, standing, updated, o)
}

// remodel returns the model with the changes made, and notes them.
func (d *Diff) remodel(standing *access.Standing, changes []policystore.FieldChange) (*remit.Model, error) {
	var collections []*remit.Collection
	for _, c := range standing.Policy.Model().Collections {
		copied := *c
		copied.Fields = slices.Clone(c.Fields)
		collections = append(collections, &copied)
	}
	model := remit.NewModel(collections)
	for i, c := range changes {
		if err := c.Check(); err != nil {
			return nil, within(fmt.Sprintf("changes[%d]", i), err)
		}
		before, err := fieldOf(model, c)
		if err != nil {
			return nil, within(fmt.Sprintf("changes[%d]", i), err)
		}
		field := model.Collection(c.Source, c.Collection).Field(c.Field)
		c.Apply(field)
		d.Changes = append(d.Changes, fieldChanges(c.Collection+"."+c.Field, &before, field)...)
	}
	return model, nil
}

// within puts a place before that of an error.
func within(place string, err error) error {
	e, ok := err.(*remit.Error) //nolint:errorlint // made just before, and not wrapped
	if !ok {
		return err
	}
	copied := *e
	copied.Field = strings.TrimSuffix(place+"."+e.Field, ".")
	return &copied
}

func fieldChanges(name string, before, after *remit.Field) []policy.Change {
	var changes []policy.Change
	add := func(what, old, updated string, effect policy.Effect) {
		if old != updated {
			changes = append(changes, policy.Change{
				Noun: "field", Name: name, What: what, Effect: effect, Before: old, After: updated,
				Text: fmt.Sprintf("%s %s → %s", what, orNone(old), orNone(updated)),
			})
		}
	}
	effect := policy.Alters
	switch old, updated := before.Sensitivity.OfField(), after.Sensitivity.OfField(); {
	case updated < old:
		effect = policy.Widens
	case updated > old:
		effect = policy.Narrows
	}
	add("sensitivity", before.Sensitivity.String(), after.Sensitivity.String(), effect)
	add("personal", fmt.Sprint(before.Personal), fmt.Sprint(after.Personal), policy.Alters)
	add("critical", fmt.Sprint(before.Critical), fmt.Sprint(after.Critical), policy.Alters)
	add("title", before.Title, after.Title, policy.Renames)
	add("description", before.Description, after.Description, policy.Renames)
	return changes
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
