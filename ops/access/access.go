// Package access finds out, for use cases that are not about records, who an
// actor is now and what the policy lets that person do: use AI employees, run
// tasks, have tools called, hold capabilities.
//
// Records are another matter: there the lens decides by itself.
package access

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope"
)

// People is what the package needs of *directory.Directory.
type People interface {
	Person(ctx context.Context, id remit.ID) (*directory.Person, error)
	Gate(ctx context.Context, person remit.ID) (directory.Gate, error)
}

// Policies is what the package needs of *policystore.Store.
type Policies interface {
	Load(ctx context.Context) (*policy.Policy, error)
}

// Access resolves actors. It is safe for concurrent use.
type Access struct {
	people   People
	policies Policies

	policy atomic.Pointer[policy.Policy]
	mu     sync.Mutex
	known  map[remit.ID]*directory.Person
}

// maxKnown bounds the people that are kept, at a few hundred bytes each.
const maxKnown = 10_000

// New returns an Access over the stores.
func New(people People, policies Policies) *Access {
	return &Access{people: people, policies: policies, known: make(map[remit.ID]*directory.Person)}
}

// Standing is who an actor is and the policy that holds, at one moment.
type Standing struct {
	Actor  remit.Actor
	User   *scope.User // with the roles that count, sorted
	Policy *policy.Policy

	Generation int64     // changes with whatever is stored of the person
	Now        time.Time // the moment of which all this is said, by the database's clock
}

// Resolve returns the actor's standing by what the databases hold now. One small
// query says whether what is known of the person and of the policy still holds
// (DESIGN law 8). The error is [remit.KindUnauthenticated] for an actor who may
// not act at all.
func (a *Access) Resolve(ctx context.Context, actor remit.Actor) (*Standing, error) {
	if actor.Person == "" || actor.Channel == "" {
		return nil, remit.Errorf(remit.KindUnauthenticated, "sign in, or send a valid token")
	}
	gate, err := a.people.Gate(ctx, actor.Person)
	if err != nil {
		return nil, err
	}
	person, err := a.person(ctx, actor.Person, gate)
	if err != nil {
		return nil, err
	}
	now := gate.Now
	if now.Before(person.ReadAt) {
		now = person.ReadAt
	}
	if err := person.Admit(actor, now); err != nil {
		return nil, err
	}
	p, err := a.current(ctx, gate.Epoch)
	if err != nil {
		return nil, err
	}
	if err := a.checkView(ctx, actor, p, person, now); err != nil {
		return nil, err
	}
	user, _ := person.At(now)
	slices.Sort(user.Roles)
	return &Standing{Actor: actor, User: &user, Policy: p, Generation: person.Generation, Now: now}, nil
}

// checkView refuses an actor that views as the person without the right to.
func (a *Access) checkView(ctx context.Context, actor remit.Actor, p *policy.Policy, person *directory.Person, now time.Time) error {
	if !actor.Viewing() {
		return nil
	}
	operator, err := a.people.Person(ctx, remit.ID(actor.Operator))
	if err != nil {
		return err
	}
	_, err = directory.CheckView(p, operator, person, now)
	return err
}

func (a *Access) person(ctx context.Context, id remit.ID, gate directory.Gate) (*directory.Person, error) {
	a.mu.Lock()
	known := a.known[id]
	a.mu.Unlock()
	if known != nil && known.Generation == gate.Generation {
		return known, nil
	}
	read, err := a.people.Person(ctx, id)
	if err != nil {
		if remit.KindOf(err) == remit.KindNotFound {
			return nil, remit.Errorf(remit.KindUnauthenticated, "sign in, or send a valid token")
		}
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.known) >= maxKnown {
		clear(a.known)
	}
	a.known[id] = read
	return read, nil
}

func (a *Access) current(ctx context.Context, epoch int64) (*policy.Policy, error) {
	if p := a.policy.Load(); p != nil && p.Epoch == epoch {
		return p, nil
	}
	p, err := a.policies.Load(ctx)
	if err != nil {
		return nil, err
	}
	a.policy.Store(p)
	return p, nil
}

// Require refuses an actor whose person lacks the capability, and every AI: what
// is not about records is for people (DESIGN law 10), and for nobody who looks with
// somebody else's eyes.
func (a *Access) Require(ctx context.Context, actor remit.Actor, capability string) (*Standing, error) {
	standing, err := a.Resolve(ctx, actor)
	if err != nil {
		return nil, err
	}
	return standing, standing.Require(capability)
}

// Require is [Access.Require] for a standing.
func (s *Standing) Require(capability string) error {
	if s.Actor.AI() {
		return remit.Errorf(remit.KindDenied, "this is for people: an AI employee may not do it")
	}
	if s.Actor.Viewing() {
		return remit.Errorf(remit.KindDenied, "you are viewing as somebody else: administration is not part of the view")
	}
	if !s.Policy.Can(s.User.Roles, capability) {
		e := remit.Errorf(remit.KindDenied, "your roles do not allow this")
		e.Hint = fmt.Sprintf("ask an administrator for a role with the capability %s", capability)
		return e
	}
	return nil
}

// MayUse refuses an AI employee that the person may not use. One that does not
// exist and one that is not for the person are the same.
func (s *Standing) MayUse(employee string) error {
	if ok, _ := s.Policy.MayUse(s.User.Roles, employee); ok {
		return nil
	}
	e := remit.Errorf(remit.KindDenied, "the AI employee %q is not available to you", clip(employee))
	e.Field = "employee"
	var usable []string
	for _, other := range s.Employees() {
		usable = append(usable, other.Name)
	}
	e.Hint = remit.DidYouMean(employee, usable)
	return e
}

// Employees returns the AI employees that the person may use, by name.
func (s *Standing) Employees() []*policy.Employee {
	var usable []*policy.Employee
	for _, e := range s.Policy.Employees() {
		if ok, _ := s.Policy.MayUse(s.User.Roles, e.Name); ok {
			usable = append(usable, e)
		}
	}
	return usable
}

// MayRunTask refuses a task of the AI employee that the person may not run. One that
// does not exist and one that is not for the person are the same.
func (s *Standing) MayRunTask(employee, task string) error {
	t, known := s.Policy.Task(task)
	if ok, _ := s.Policy.MayRunTask(s.User, task, s.Now); ok && known && t.Employee == employee {
		return nil
	}
	e := remit.Errorf(remit.KindDenied, "the task %q is not available to you", clip(task))
	e.Field = "task"
	return e
}

// Pages returns the pages that the person sees, in display order.
func (s *Standing) Pages() []string { return s.Policy.Pages(s.User.Roles, s.Now) }

// Tasks returns the tasks of the AI employee that the person may run, each with
// those of its places alone that are on pages which the person sees.
func (s *Standing) Tasks(employee string) []policy.Task {
	var tasks []policy.Task
	for _, t := range s.Policy.Document().Tasks {
		if t.Employee != employee {
			continue
		}
		if ok, _ := s.Policy.MayRunTask(s.User, t.Name, s.Now); ok {
			t.Places = s.Policy.PlacesFor(s.User.Roles, &t, s.Now)
			tasks = append(tasks, t)
		}
	}
	return tasks
}

// clip shortens a name that an error message quotes.
func clip(name string) string {
	const most = 60
	if len(name) <= most {
		return name
	}
	return name[:most] + "…"
}
