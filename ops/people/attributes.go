package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/policystore"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope"
)

// Definitions is what the use cases need of *policystore.Store.
type Definitions interface {
	AttributeHolders(ctx context.Context) (map[string]int64, error)
	DefineAttribute(ctx context.Context, by remit.Actor, a scope.Attribute, loss policystore.Loss) error
	RemoveAttribute(ctx context.Context, by remit.Actor, name string, loss policystore.Loss) error
}

// Attribute is one that people may have, whether anybody has it or not.
type Attribute struct {
	Name   string          `json:"name" doc:"Expressions of the policy name it user.<name>."`
	Type   remit.FieldType `json:"type" enum:"text,integer,decimal,money,boolean,date,timestamp" doc:"Of its values, which people write as text."`
	List   bool            `json:"list,omitempty" doc:"It takes several values."`
	People int64           `json:"people" doc:"How many people have values of it."`
	Uses   []policy.Use    `json:"uses,omitempty" nullable:"false" doc:"Where the policy names it; for those who manage the policy."`
}

// AttributeTypes are the types that attributes may have.
var AttributeTypes = []remit.FieldType{remit.Text, remit.Integer, remit.Decimal, remit.Currency, remit.Boolean, remit.Date, remit.Timestamp}

// Attributes returns the attributes that people may have, by name. It is for those
// who manage people, and give them values, and those who manage the policy.
func (p *People) Attributes(ctx context.Context, actor remit.Actor) ([]Attribute, error) {
	standing, err := p.requirer.Require(ctx, actor, policy.ManagePeople)
	if remit.KindOf(err) == remit.KindDenied {
		if other, otherErr := p.requirer.Require(ctx, actor, policy.ManagePolicy); otherErr == nil {
			standing, err = other, nil
		}
	}
	if err != nil {
		return nil, err
	}
	holders, err := p.definitions.AttributeHolders(ctx)
	if err != nil {
		return nil, err
	}
	all := []Attribute{}
	for _, a := range standing.Policy.Env().Attributes() {
		one := Attribute{Name: a.Name, Type: a.Type, List: a.List, People: holders[a.Name]}
		if standing.Require(policy.ManagePolicy) == nil {
			one.Uses = standing.Policy.AttributeUses(a.Name)
		}
		all = append(all, one)
	}
	return all, nil
}

// Definition says what an attribute is to be.
type Definition struct {
	Name   string
	Type   remit.FieldType
	List   bool
	People *int // how many are to lose their values, which confirms it
}

// DefineAttribute adds an attribute, or changes the type of one that the policy does
// not name. It needs the capability policy.manage: what people may have decides what
// the policy can say. Values of another type are lost, if their loss is confirmed.
func (p *People) DefineAttribute(ctx context.Context, actor remit.Actor, d Definition) (*Attribute, error) {
	standing, err := p.requirer.Require(ctx, actor, policy.ManagePolicy)
	if err != nil {
		return nil, err
	}
	a := scope.Attribute{Name: d.Name, Type: d.Type, List: d.List}
	if err := definable(standing, a); err != nil {
		return nil, err
	}
	if err := p.definitions.DefineAttribute(ctx, actor, a, confirmed(d.Name, d.People)); err != nil {
		return nil, err
	}
	holders, err := p.definitions.AttributeHolders(ctx)
	return &Attribute{Name: a.Name, Type: a.Type, List: a.List, People: holders[a.Name], Uses: standing.Policy.AttributeUses(a.Name)}, err
}

// definable refuses what cannot be defined, and another type for an attribute that
// the policy names. What the policy says by the time of the change the store checks.
func definable(standing *access.Standing, a scope.Attribute) error {
	if !slices.Contains(AttributeTypes, a.Type) {
		return unknownType(a.Type)
	}
	if a.Type == remit.Boolean && a.List {
		return remit.FieldErrorf("list", "a list of yes and no says nothing: define one attribute for each")
	}
	others := standing.Policy.Env().Attributes()
	at := slices.IndexFunc(others, func(o scope.Attribute) bool { return o.Name == a.Name })
	if at >= 0 {
		if others[at] == a {
			return nil
		}
		return unused(standing, a.Name)
	}
	_, err := scope.NewEnv(standing.Policy.Model(), append(others, a))
	var e *remit.Error
	if errors.As(err, &e) {
		return remit.FieldErrorf("name", "%s", e.Message)
	}
	return err
}

func unknownType(given remit.FieldType) error {
	names := make([]string, len(AttributeTypes))
	for i, t := range AttributeTypes {
		names[i] = string(t)
	}
	e := remit.FieldErrorf("type", "must be one of %s", strings.Join(names, ", "))
	e.Hint = remit.DidYouMean(string(given), names)
	return e
}

// unused refuses to change what the policy names, and says where.
func unused(standing *access.Standing, name string) error {
	uses := standing.Policy.AttributeUses(name)
	if len(uses) == 0 {
		return nil
	}
	places := make([]string, len(uses))
	for i, u := range uses {
		places[i] = u.String()
	}
	return remit.FieldErrorf("name", "the policy uses user.%s in %s: take it out there first", name, strings.Join(places, ", "))
}

// RemoveAttribute removes an attribute that the policy does not name, with every
// value that people have of it. It needs the capability policy.manage. People is how
// many are to lose their values, which confirms it.
func (p *People) RemoveAttribute(ctx context.Context, actor remit.Actor, name string, people *int) error {
	standing, err := p.requirer.Require(ctx, actor, policy.ManagePolicy)
	if err != nil {
		return err
	}
	if err := unused(standing, name); err != nil {
		return err
	}
	return p.definitions.RemoveAttribute(ctx, actor, name, confirmed(name, people))
}

// confirmed lets values be lost by as many people as was said.
func confirmed(name string, expected *int) policystore.Loss {
	return func(people int64) error {
		if expected != nil && int64(*expected) == people {
			return nil
		}
		who := fmt.Sprintf("%d people have", people)
		if people == 1 {
			who = "1 person has"
		}
		e := remit.FieldErrorf("people", "%s values of %s, which this takes away", who, name)
		e.Hint = "give their number to confirm that"
		if expected != nil {
			e.Kind = remit.KindConflict // it was told, and has changed
		}
		return e
	}
}
