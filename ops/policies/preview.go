package policies

import (
	"context"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope"
)

// Previewer shows what another person would see. *lens.Lens is one.
type Previewer interface {
	Preview(ctx context.Context, actor remit.Actor, p lens.Preview) (*lens.Previewed, error)
}

// PreviewThrough has previews shown by the lens. Call it before the use cases are
// shared.
func (p *Policies) PreviewThrough(l Previewer) { p.previewer = l }

// MostPreviewed bounds the records of a preview.
const MostPreviewed = 200

// Preview asks which records a person would see: by a scope of the policy, by an
// expression, or else by all that the person's roles grant. Under a document it
// is asked of that instead of the policy that holds.
type Preview struct {
	Person     remit.ID
	Source     string
	Collection string
	Scope      string // name of a scope of the collection
	Expression string
	Document   *policy.Document // nil: the policy that holds
	Limit      *int
}

// Preview returns the records that the person would see, as far as the actor may
// see them. The audit names both.
func (p *Policies) Preview(ctx context.Context, actor remit.Actor, q Preview) (*lens.Previewed, error) {
	standing, err := p.resolver.Require(ctx, actor, policy.ManagePolicy)
	if err != nil {
		return nil, err
	}
	collection := standing.Policy.Model().Collection(q.Source, q.Collection)
	switch {
	case collection == nil:
		return nil, unknownCollection(standing.Policy.Model(), q.Source, q.Collection)
	case q.Scope != "" && q.Expression != "":
		return nil, remit.FieldErrorf("scope", "name a scope or give an expression, not both")
	case q.Limit != nil && (*q.Limit < 1 || *q.Limit > MostPreviewed):
		return nil, remit.FieldErrorf("limit", "must be between 1 and %d", MostPreviewed)
	case !q.Person.Valid():
		return nil, remit.FieldErrorf("person", "name the person by id")
	}
	person, err := p.people.Person(ctx, q.Person)
	if err != nil {
		return nil, err
	}
	asked := lens.Preview{
		Source: collection.Source, Collection: collection.Name, Person: q.Person, Limit: q.Limit,
		Details: map[string]any{
			"person": q.Person, "name": person.User.Name, "scope": q.Scope, "expression": q.Expression, "draft": q.Document != nil,
		},
	}
	if asked.Under, err = p.under(ctx, standing, q.Document); err != nil {
		return nil, err
	}
	if asked.Rows, err = rowsOf(asked.Under, collection, q); err != nil {
		return nil, err
	}
	return p.previewer.Preview(ctx, actor, asked)
}

// under returns the policy to judge by: that of the document, or the one that
// holds.
func (p *Policies) under(ctx context.Context, standing *access.Standing, doc *policy.Document) (*policy.Policy, error) {
	if doc == nil {
		return standing.Policy, nil
	}
	return p.compileDocument(ctx, standing, doc)
}

// rowsOf returns the scope that is asked about; nil for all that the person may
// view.
func rowsOf(under *policy.Policy, collection *remit.Collection, q Preview) (*scope.Predicate, error) {
	switch {
	case q.Expression != "":
		return under.Env().Compile(collection, q.Expression)
	case q.Scope == "":
		return nil, nil //nolint:nilnil // no one scope is asked about
	case q.Scope == policy.ScopeAll:
		return scope.All(), nil
	case q.Scope == policy.ScopeNone:
		return scope.None(), nil
	}
	var known []string
	for _, s := range under.Document().Scopes {
		if under.Model().Collection(s.Source, s.Collection) != collection {
			continue
		}
		if s.Name == q.Scope {
			return under.Env().Compile(collection, s.Expression)
		}
		known = append(known, s.Name)
	}
	e := remit.FieldErrorf("scope", "%s has no scope %q", collection.Name, clip(q.Scope))
	e.Hint = remit.DidYouMean(q.Scope, known)
	return nil, e
}

// hopOf returns the name under which a relation field is followed.
func hopOf(f *remit.Field) (string, bool) {
	hop, ok := strings.CutSuffix(f.Name, "_id")
	return hop, ok && f.Type == remit.Relation
}

func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
