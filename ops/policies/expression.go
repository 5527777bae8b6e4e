package policies

import (
	"context"
	"fmt"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope"
)

// Expression is a row scope, or a condition, to be checked as somebody writes it.
type Expression struct {
	Source     string   `json:"data_source,omitempty" default:"main"`
	Collection string   `json:"collection,omitempty" doc:"Of a row scope. Left out: a condition, of a task or on calls of tools."`
	Tools      []string `json:"tools,omitempty" nullable:"false" doc:"Of a condition on calls: what it says of input must be an input of each of them."`
	Expression string   `json:"expression"`
}

// Checked says what is wrong with an expression.
type Checked struct {
	OK       bool      `json:"ok"`
	Problems []Problem `json:"problems" nullable:"false"`
}

// CheckExpression checks a row scope against the collection, or a condition against
// the inputs of the tools.
func (p *Policies) CheckExpression(ctx context.Context, actor remit.Actor, x Expression) (*Checked, error) {
	if x.Collection == "" {
		return p.checkCondition(ctx, actor, x)
	}
	if len(x.Tools) > 0 {
		return nil, remit.FieldErrorf("tools", "are for conditions: leave the collection out")
	}
	standing, collection, err := p.collection(ctx, actor, x.Source, x.Collection)
	if err != nil {
		return nil, err
	}
	_, err = standing.Policy.Env().Compile(collection, x.Expression)
	return checked(err)
}

// checkCondition checks a condition as it is checked in a policy: for each tool by
// itself, since each has inputs of its own. The first that refuses it is told.
func (p *Policies) checkCondition(ctx context.Context, actor remit.Actor, x Expression) (*Checked, error) {
	standing, err := p.readable(ctx, actor)
	if err != nil {
		return nil, err
	}
	if len(x.Tools) == 0 {
		_, err := standing.Policy.Env().CompileCondition(x.Expression, nil)
		return checked(err)
	}
	for i, name := range x.Tools {
		inputs, known := standing.Policy.InputsOf(name)
		if !known {
			return nil, remit.FieldErrorf(fmt.Sprintf("tools[%d]", i), "there is no such tool")
		}
		types := make(map[string]remit.FieldType, len(inputs))
		for _, in := range inputs {
			types[in.Name] = in.Type
		}
		if _, err := standing.Policy.Env().CompileCondition(x.Expression, types); err != nil {
			return checked(err)
		}
	}
	return checked(nil)
}

// checked tells what is wrong with an expression.
func checked(err error) (*Checked, error) {
	problems, rest := Problems(err)
	if rest != nil {
		return nil, rest
	}
	return &Checked{OK: len(problems) == 0, Problems: problems}, nil
}

// collection returns the collection for an actor who may read the policy.
func (p *Policies) collection(ctx context.Context, actor remit.Actor, source, name string) (*access.Standing, *remit.Collection, error) {
	standing, err := p.readable(ctx, actor)
	if err != nil {
		return nil, nil, err
	}
	found := standing.Policy.Model().Collection(source, name)
	if found == nil {
		return nil, nil, unknownCollection(standing.Policy.Model(), source, name)
	}
	return standing, found, nil
}

// Vocabulary is what a row scope of one collection may say, for completion.
type Vocabulary struct {
	Collection string       `json:"collection"`
	Record     []Term       `json:"record" nullable:"false" doc:"After record., one relation deep: the fields, and those behind each relation."`
	User       []Term       `json:"user" nullable:"false" doc:"After user., the attributes that people may have among them."`
	Functions  []scope.Word `json:"functions" nullable:"false"`
	Operators  []scope.Word `json:"operators" nullable:"false"`
	Scopes     []NamedScope `json:"scopes" nullable:"false" doc:"That grants may name, all and none first."`
}

// Term is a name that may stand in an expression.
type Term struct {
	Name        string            `json:"name" doc:"With what stands before it, e.g. record.account.industry."`
	Title       string            `json:"title,omitempty"`
	Type        remit.FieldType   `json:"type" enum:"text,integer,decimal,money,boolean,date,timestamp,enum,relation"`
	List        bool              `json:"list,omitempty"`
	Nullable    bool              `json:"nullable,omitempty"`
	Options     []string          `json:"options,omitempty" nullable:"false"`
	Target      string            `json:"target,omitempty" doc:"The collection that a relation leads to."`
	Sensitivity remit.Sensitivity `json:"sensitivity,omitempty"`
}

// NamedScope is a scope as grants name it.
type NamedScope struct {
	Name       string `json:"name"`
	Title      string `json:"title,omitempty"`
	Expression string `json:"expression,omitempty" doc:"Absent for all and none."`
}

// Vocabulary returns what a row scope of the collection may say.
func (p *Policies) Vocabulary(ctx context.Context, actor remit.Actor, source, name string) (*Vocabulary, error) {
	standing, collection, err := p.collection(ctx, actor, source, name)
	if err != nil {
		return nil, err
	}
	v := &Vocabulary{
		Collection: collection.Name, Functions: scope.Functions(), Operators: scope.Operators(),
		Record: recordTerms(standing.Policy.Model(), collection),
		Scopes: []NamedScope{{Name: policy.ScopeAll}, {Name: policy.ScopeNone}},
	}
	v.User = userTerms(standing.Policy.Env())
	for _, s := range standing.Policy.Document().Scopes {
		if s.Collection == name && standing.Policy.Model().Collection(s.Source, s.Collection) == collection {
			v.Scopes = append(v.Scopes, NamedScope{s.Name, s.Title, s.Expression})
		}
	}
	return v, nil
}

// userTerms returns what may be said of the user, the attributes that people may have
// among it.
func userTerms(env *scope.Env) []Term {
	var terms []Term
	for _, f := range env.UserFields() {
		terms = append(terms, Term{Name: "user." + f.Name, Type: f.Type.Base, List: f.List, Nullable: f.Nullable, Target: f.Type.Target})
	}
	return terms
}

// recordTerms returns the fields of the collection, and those over one relation.
func recordTerms(model *remit.Model, c *remit.Collection) []Term {
	terms := []Term{{Name: "record.id", Title: "Id", Type: remit.Relation, Target: c.Name}}
	var behind []Term
	for i := range c.Fields {
		f := &c.Fields[i]
		terms = append(terms, termOf("record.", f, f.Nullable()))
		target := model.Collection(c.Source, f.Target)
		hop, isLink := hopOf(f)
		if target == nil || !isLink {
			continue
		}
		for j := range target.Fields {
			behind = append(behind, termOf("record."+hop+".", &target.Fields[j], true))
		}
	}
	return slices.Concat(terms, behind)
}

func termOf(before string, f *remit.Field, nullable bool) Term {
	return Term{
		Name: before + f.Name, Title: f.Title, Type: f.Type, Nullable: nullable,
		Options: f.Options, Target: f.Target, Sensitivity: f.Sensitivity,
	}
}
