// Package policies holds the use cases of the policy: export it, check a new one,
// tell what it would change and for whom, apply it, and explain what an actor may
// do and why. They are for people: an AI employee never edits policy (DESIGN law
// 10).
package policies

import (
	"context"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/data/policystore"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope"
	"github.com/remit-crm/remit/tool"
)

// Store is what the use cases need of *policystore.Store.
type Store interface {
	Attributes(ctx context.Context) ([]scope.Attribute, error)
	Apply(ctx context.Context, by remit.Actor, doc *policy.Document, check policystore.Check) error
	Force(ctx context.Context, by remit.Actor, doc *policy.Document, check policystore.Check) error
	ChangeField(ctx context.Context, by remit.Actor, c policystore.FieldChange, epoch int64) (int64, error)
}

// People is what the use cases need of *directory.Directory.
type People interface {
	People(ctx context.Context, after remit.ID, limit int) ([]directory.Profile, error)
	Person(ctx context.Context, id remit.ID) (*directory.Person, error)
	PersonByEmail(ctx context.Context, email string) (*directory.Person, error)
}

// Counter counts what an actor may see, as the lens does.
type Counter interface {
	Sight(ctx context.Context, actor remit.Actor, source, collection string) (lens.Sight, error)
}

// Simulator returns a counter that answers as if the policy held.
type Simulator func(p *policy.Policy) (Counter, error)

// Resolver is what the use cases need of *access.Access.
type Resolver interface {
	Resolve(ctx context.Context, actor remit.Actor) (*access.Standing, error)
	Require(ctx context.Context, actor remit.Actor, capability string) (*access.Standing, error)
}

// Policies carries out the use cases.
type Policies struct {
	store    Store
	people   People
	resolver Resolver
	simulate Simulator
	now      func() time.Time

	previewer Previewer   // nil: nothing is previewed
	tools     []tool.Spec // that the server can call
}

// New returns the use cases over the store.
func New(store Store, people People, resolver Resolver, simulate Simulator, now func() time.Time) *Policies {
	return &Policies{store: store, people: people, resolver: resolver, simulate: simulate, now: now}
}

// Export returns the policy that holds. Those who audit may read it too.
func (p *Policies) Export(ctx context.Context, actor remit.Actor) (*policy.Document, error) {
	standing, err := p.readable(ctx, actor)
	if err != nil {
		return nil, err
	}
	return standing.Policy.Document(), nil
}

func (p *Policies) readable(ctx context.Context, actor remit.Actor) (*access.Standing, error) {
	standing, err := p.resolver.Resolve(ctx, actor)
	if err != nil {
		return nil, err
	}
	if standing.Require(policy.ReadAudit) == nil {
		return standing, nil
	}
	return standing, standing.Require(policy.ManagePolicy)
}

// Check reads a policy and checks it against the data model. The error joins one
// [remit.Error] for each problem, with its path.
func (p *Policies) Check(ctx context.Context, actor remit.Actor, text []byte) (*policy.Document, error) {
	standing, err := p.readable(ctx, actor)
	if err != nil {
		return nil, err
	}
	doc, _, err := p.compile(ctx, standing, text)
	return doc, err
}

// compile reads a policy and compiles it.
func (p *Policies) compile(ctx context.Context, standing *access.Standing, text []byte) (*policy.Document, *policy.Policy, error) {
	doc, err := policy.Parse(text)
	if err != nil {
		return nil, nil, err
	}
	compiled, err := p.compileDocument(ctx, standing, doc)
	if err != nil {
		return nil, nil, err
	}
	return compiled.Document(), compiled, nil
}

// compileDocument compiles a policy for the standing's epoch, as it would be
// stored: with what it makes available to roles that take new AI employees.
func (p *Policies) compileDocument(ctx context.Context, standing *access.Standing, doc *policy.Document) (*policy.Policy, error) {
	return p.compileOver(ctx, standing, doc, standing.Policy.Model())
}

// compileOver is compileDocument for another data model.
func (p *Policies) compileOver(ctx context.Context, standing *access.Standing, doc *policy.Document, model *remit.Model) (*policy.Policy, error) {
	attributes, err := p.store.Attributes(ctx)
	if err != nil {
		return nil, err
	}
	doc = doc.Offer(standing.Policy.Document())
	compiled, err := policy.Compile(doc, model, attributes)
	if err != nil {
		return nil, err
	}
	compiled.Epoch = standing.Policy.Epoch
	return compiled, nil
}

// CheckDocument checks a policy against the data model and returns what is wrong.
func (p *Policies) CheckDocument(ctx context.Context, actor remit.Actor, doc *policy.Document) ([]Problem, error) {
	standing, err := p.readable(ctx, actor)
	if err != nil {
		return nil, err
	}
	_, err = p.compileDocument(ctx, standing, doc)
	problems, rest := Problems(err)
	return problems, rest
}

// Apply replaces the policy and returns what changed. It fails with
// [remit.KindConflict] if somebody else changes the policy meanwhile.
// A change that would lock every administrator out is refused.
func (p *Policies) Apply(ctx context.Context, actor remit.Actor, text []byte) ([]policy.Change, error) {
	standing, err := p.resolver.Require(ctx, actor, policy.ManagePolicy)
	if err != nil {
		return nil, err
	}
	return p.apply(ctx, actor, standing, text, p.store.Apply)
}

// Force is Apply also where it locks every administrator out. Only the operator may,
// whatever the policy leaves them: it is the way back, too. It is recorded as
// policy.force.
func (p *Policies) Force(ctx context.Context, actor remit.Actor, text []byte) ([]policy.Change, error) {
	if actor.Person != directory.OperatorID {
		return nil, remit.Errorf(remit.KindDenied, "only the operator may force a policy: use remit policy apply --force")
	}
	standing, err := p.resolver.Resolve(ctx, actor)
	if err != nil {
		return nil, err
	}
	return p.apply(ctx, actor, standing, text, p.store.Force)
}

// applier is a way to put a policy in place.
type applier func(ctx context.Context, by remit.Actor, doc *policy.Document, check policystore.Check) error

func (p *Policies) apply(ctx context.Context, actor remit.Actor, standing *access.Standing, text []byte, put applier) ([]policy.Change, error) {
	doc, err := policy.Parse(text)
	if err != nil {
		return nil, err
	}
	before := standing.Policy.Document()
	changes := policy.Compare(before, doc.Offer(before))
	if len(changes) == 0 {
		return nil, nil
	}
	err = put(ctx, actor, doc, func(t policystore.Transition) error {
		if t.Epoch != standing.Policy.Epoch {
			return remit.Errorf(remit.KindConflict, "somebody else has changed the policy meanwhile: look at the difference again")
		}
		return nil
	})
	return changes, err
}
